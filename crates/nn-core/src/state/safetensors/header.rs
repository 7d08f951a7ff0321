//! What a file holds, checked against its length before any memory is taken for its data.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use super::dtype::Dtype;
use super::error::StateFileProblem as Problem;
use super::json::{self, Claim, Claims};

/// As the reference implementation has it.
const MAX_LENGTH: u64 = 100_000_000;

/// What a file holds. The tensors lie one after another in this order and fill the rest of the file.
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

/// Reads the header of a file of this length; `source` stands at the first byte of data then.
pub(super) fn read(source: &mut impl Read, length: u64) -> Result<Header, Problem> {
    let Some(rest) = length.checked_sub(8) else {
        return Err(Problem::NoHeader { found: length });
    };
    let mut claimed = [0; 8];
    source.read_exact(&mut claimed).map_err(|error| Problem::unreadable(&error))?;
    let claimed = u64::from_le_bytes(claimed);
    if claimed > rest || claimed > MAX_LENGTH {
        return Err(Problem::HeaderLength { claimed, found: rest });
    }
    let mut text = Vec::new();
    source.take(claimed).read_to_end(&mut text).map_err(|error| Problem::unreadable(&error))?;
    let text = String::from_utf8(text)
        .map_err(|error| Problem::HeaderNotUtf8 { position: error.utf8_error().valid_up_to() })?;
    let claims = json::parse(&text).map_err(|error| Problem::Header { reason: error.to_string() })?;
    check(claims, rest - claimed)
}

/// Every tensor for itself, then all together: no name twice, no byte of the data used twice or not at all.
fn check(claims: Claims, data: u64) -> Result<Header, Problem> {
    let mut names = BTreeSet::new();
    let mut tensors = Vec::new();
    for (name, claim) in &claims.tensors {
        if !names.insert(name) {
            return Err(Problem::DuplicateName { tensor: name.clone() });
        }
        tensors.push((claim.offsets, check_one(name, claim, data)?));
    }
    // A stable sort: empty tensors, which share their offsets, stay in the order of the header.
    tensors.sort_by_key(|(offsets, _)| *offsets);
    let mut expected = 0;
    for ((begin, end), Tensor { name, .. }) in &tensors {
        match *begin {
            begin if begin < expected => {
                return Err(Problem::Overlap { tensor: name.clone(), begin, expected });
            }
            begin if begin > expected => return Err(Problem::Unused { begin: expected, end: begin }),
            _ => expected = *end,
        }
    }
    if expected < data {
        return Err(Problem::Unused { begin: expected, end: data });
    }
    let tensors = tensors.into_iter().map(|(_, tensor)| tensor).collect();
    Ok(Header { metadata: claims.metadata, tensors })
}

fn check_one(name: &str, claim: &Claim, data: u64) -> Result<Tensor, Problem> {
    let tensor = || name.to_owned();
    let &Claim { dtype: ref found, ref shape, offsets: (begin, end) } = claim;
    let dtype =
        Dtype::parse(found).ok_or_else(|| Problem::Dtype { tensor: tensor(), found: found.clone() })?;
    let overflow = || Problem::ShapeOverflow { tensor: tensor(), shape: shape.clone() };
    let count = shape.iter().try_fold(1_u64, |count, &axis| count.checked_mul(axis)).ok_or_else(overflow)?;
    let expected = count.checked_mul(dtype.size() as u64).ok_or_else(overflow)?;
    let found = end.checked_sub(begin).ok_or_else(|| Problem::Reversed { tensor: tensor(), begin, end })?;
    if found != expected {
        let (shape, dtype) = (shape.clone(), dtype.name());
        return Err(Problem::Size { tensor: tensor(), shape, dtype, expected, found });
    }
    if end > data {
        return Err(Problem::BeyondEnd { tensor: tensor(), end, found: data });
    }
    // Only a machine of 32 bits can fail here.
    let axes = shape.iter().map(|&axis| usize::try_from(axis).map_err(|_| overflow()));
    Ok(Tensor {
        name: tensor(),
        dtype,
        shape: axes.collect::<Result<_, _>>()?,
        count: usize::try_from(count).map_err(|_| overflow())?,
    })
}
