//! The header of a file, checked against the file's length before memory is taken for the data.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use super::dtype::Dtype;
use super::error::StateFileProblem as Problem;
use super::json::{self, Claim, Claims, Shortened};
use crate::state::error::{Axes, Quoted};

/// The longest header that the reference implementation reads.
const MAX_LENGTH: u64 = 100_000_000;

/// The contents of a file. The data of the tensors follows the header in this order and fills the rest of the file.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) tensors: Vec<Tensor>,
}

#[derive(Debug)]
pub(super) struct Tensor {
    pub(super) name: String,
    pub(super) dtype: Dtype,
    pub(super) shape: Vec<usize>,
    /// The product of the shape.
    pub(super) count: usize,
}

/// Reads the header of a file of `length` bytes and leaves `source` at the first byte of the data.
pub(super) fn read(source: &mut impl Read, length: u64) -> Result<Header, Problem> {
    let Some(rest) = length.checked_sub(8) else {
        return Err(Problem::format(format!(
            "has {length} bytes, expected at least the 8 with the length of the header; is it cut off?"
        )));
    };
    let mut claimed = [0; 8];
    source.read_exact(&mut claimed).map_err(Problem::unreadable)?;
    let claimed = u64::from_le_bytes(claimed);
    if claimed > rest || claimed > MAX_LENGTH {
        return Err(Problem::format(format!(
            "claims a header of {claimed} bytes, but {rest} follow and at most {MAX_LENGTH} are allowed; \
             is it a safetensors file, and whole?"
        )));
    }
    let mut text = Vec::new();
    source.take(claimed).read_to_end(&mut text).map_err(Problem::unreadable)?;
    let text = String::from_utf8(text).map_err(|error| {
        let position = error.utf8_error().valid_up_to();
        Problem::format(format!("the header is not UTF-8 text from its byte {position} on"))
    })?;
    let claims = json::parse(&text)
        .map_err(|error| Problem::format(format!("the header is not as expected: {}", Shortened(&error))))?;
    check(claims, rest - claimed)
}

/// Checks each tensor, then all of them together: no two have one name, and each of the `data` bytes belongs to exactly one.
fn check(claims: Claims, data: u64) -> Result<Header, Problem> {
    let mut names = BTreeSet::new();
    let mut tensors = Vec::new();
    for (name, claim) in &claims.tensors {
        if !names.insert(name) {
            return Err(Problem::tensor(name, "appears twice"));
        }
        tensors.push((claim.offsets, check_one(name, claim, data)?));
    }
    // The sort is stable, so empty tensors, which share their offsets, stay in the order of the header.
    tensors.sort_by_key(|(offsets, _)| *offsets);
    let unused =
        |begin, end| Problem::format(format!("the data from offset {begin} to {end} belongs to no tensor"));
    let mut expected = 0;
    for &((begin, end), Tensor { ref name, .. }) in &tensors {
        if begin < expected {
            let reason = format!("starts at offset {begin}, within another that ends at {expected}");
            return Err(Problem::tensor(name, reason));
        }
        if begin > expected {
            return Err(unused(expected, begin));
        }
        expected = end;
    }
    if expected < data {
        return Err(unused(expected, data));
    }
    let tensors = tensors.into_iter().map(|(_, tensor)| tensor).collect();
    Ok(Header { metadata: claims.metadata, tensors })
}

fn check_one(name: &str, claim: &Claim, data: u64) -> Result<Tensor, Problem> {
    let wrong = |reason| Problem::tensor(name, reason);
    let &Claim { dtype: ref found, ref shape, offsets: (begin, end) } = claim;
    let dtype = Dtype::parse(found)
        .ok_or_else(|| wrong(format!("is of type {}, expected F64, F32, F16, BF16 or I64", Quoted(found))))?;
    let overflow = || wrong(format!("has a shape larger than any memory: {}", Axes(shape)));
    let count = shape.iter().try_fold(1_u64, |count, &axis| count.checked_mul(axis)).ok_or_else(overflow)?;
    let expected = count.checked_mul(dtype.size() as u64).ok_or_else(overflow)?;
    let Some(span) = end.checked_sub(begin) else {
        return Err(wrong(format!("ends at offset {end}, before its start at {begin}")));
    };
    if span != expected {
        return Err(wrong(format!(
            "has shape {} of {}, which is {expected} bytes, but its offsets span {span}",
            Axes(shape),
            dtype.name()
        )));
    }
    if end > data {
        return Err(wrong(format!(
            "ends at offset {end}, but there are {data} bytes of data; is the file cut off?"
        )));
    }
    // These conversions fail only where `usize` has 32 bits.
    let axes = shape.iter().map(|&axis| usize::try_from(axis).map_err(|_| overflow()));
    Ok(Tensor {
        name: name.to_owned(),
        dtype,
        shape: axes.collect::<Result<_, _>>()?,
        count: usize::try_from(count).map_err(|_| overflow())?,
    })
}
