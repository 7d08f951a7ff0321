//! From a state to bytes: the same state, the same bytes, those that the reference implementation writes.

use std::fmt::Write;

use super::dtype::Dtype;
use super::error::StateFileProblem as Problem;
use super::json::METADATA;
use crate::{Entry, Kind, Scalar, StateDict};

/// The whole file.
pub(super) fn to_bytes<F: Scalar>(state: &StateDict<F>) -> Result<Vec<u8>, Problem> {
    let mut entries: Vec<_> = state.entries.iter().map(|entry| (Dtype::of::<F>(entry.kind), entry)).collect();
    // Wide numbers first keeps all aligned; then by name.
    entries.sort_by_key(|(dtype, entry)| (*dtype, &entry.name));
    for pair in entries.windows(2) {
        if pair[0].1.name == pair[1].1.name {
            return Err(Problem::DuplicateName { tensor: pair[0].1.name.clone() });
        }
    }
    let header = header(state, &entries)?;
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.into_bytes());
    for (dtype, entry) in entries {
        for &value in &entry.value {
            dtype.write(value.to_f64(), &mut bytes);
        }
    }
    Ok(bytes)
}

/// JSON, filled up with spaces so that the data starts at a multiple of eight bytes.
fn header<F: Scalar>(state: &StateDict<F>, entries: &[(Dtype, &Entry<F>)]) -> Result<String, Problem> {
    let mut parts = Vec::new();
    if !state.metadata.is_empty() {
        let pairs = state.metadata.iter().map(|(key, value)| format!("{}:{}", quote(key), quote(value)));
        parts.push(format!("\"{METADATA}\":{{{}}}", pairs.collect::<Vec<_>>().join(",")));
    }
    let mut begin = 0;
    for (dtype, entry) in entries {
        check(entry)?;
        let end = begin + dtype.size() * entry.value.len();
        let shape = entry.shape.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        let (name, dtype) = (quote(&entry.name), dtype.name());
        parts.push(format!(
            "{name}:{{\"dtype\":\"{dtype}\",\"shape\":[{shape}],\"data_offsets\":[{begin},{end}]}}"
        ));
        begin = end;
    }
    let mut header = format!("{{{}}}", parts.join(","));
    let padding = header.len().next_multiple_of(8) - header.len();
    _ = write!(header, "{:padding$}", "");
    Ok(header)
}

fn check<F: Scalar>(entry: &Entry<F>) -> Result<(), Problem> {
    let Entry { name, shape, value, .. } = entry;
    let tensor = || name.clone();
    if name == METADATA {
        return Err(Problem::ReservedName { tensor: tensor() });
    }
    let count = shape.iter().try_fold(1_usize, |count, &axis| count.checked_mul(axis));
    if count != Some(value.len()) {
        return Err(Problem::ValueCount { tensor: tensor(), shape: shape.clone(), found: value.len() });
    }
    match value.iter().find(|value| entry.kind == Kind::Counter && !is_count(**value)) {
        Some(value) => Err(Problem::NotACount { tensor: tensor(), found: value.to_string() }),
        None => Ok(()),
    }
}

/// Whether an I64 can hold this.
fn is_count<F: Scalar>(value: F) -> bool {
    let value = value.to_f64();
    value.trunc() == value && value.abs() < i64::MAX as f64
}

fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
