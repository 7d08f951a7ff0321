//! From a state to bytes. Equal states give equal bytes, the same that the reference implementation writes.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::dtype::Dtype;
use super::error::StateFileProblem as Problem;
use super::json::METADATA;
use crate::state::error::Axes;
use crate::{Entry, Kind, Scalar, StateDict};

/// The whole file.
pub(super) fn to_bytes<F: Scalar>(state: &StateDict<F>) -> Result<Vec<u8>, Problem> {
    let mut names = BTreeSet::new();
    if let Some(entry) = state.entries.iter().find(|entry| !names.insert(&entry.name)) {
        return Err(Problem::tensor(&entry.name, "appears twice"));
    }
    let mut entries: Vec<_> = state.entries.iter().map(|entry| (Dtype::of::<F>(entry.kind), entry)).collect();
    // Wide types come first, which keeps all tensors aligned; within a type the order is by name.
    entries.sort_by_key(|(dtype, entry)| (*dtype, &entry.name));
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

/// The header's JSON, padded with spaces so that the data starts at a multiple of eight bytes.
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
    let wrong = |reason| Err(Problem::tensor(name, reason));
    if name == METADATA {
        return wrong("has a name that safetensors files reserve for something else".to_owned());
    }
    let count = shape.iter().try_fold(1_usize, |count, &axis| count.checked_mul(axis));
    if count != Some(value.len()) {
        return wrong(format!("has shape {} but {} values", Axes(shape), value.len()));
    }
    match value.iter().find(|value| entry.kind == Kind::Counter && !is_count(**value)) {
        Some(value) => wrong(format!("counts something, so it must be a whole number, but is {value}")),
        None => Ok(()),
    }
}

/// Whether an I64 can hold this value. The largest I64 is 2⁶³ as a float, and 2⁶³ is written as the largest I64: so whatever was
/// read can be saved.
fn is_count<F: Scalar>(value: F) -> bool {
    let value = value.to_f64();
    value.trunc() == value && value.abs() <= i64::MAX as f64
}

fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_appears_twice_is_refused() {
        let entry = |kind| Entry { name: "a".into(), kind, shape: vec![], value: vec![1.0_f64] };
        for kind in [Kind::Learned, Kind::Counter] {
            let mut state = StateDict::new();
            for kind in [Kind::Learned, kind] {
                state.push(entry(kind));
            }
            assert_eq!(to_bytes(&state).unwrap_err().to_string(), r#"tensor "a" appears twice"#);
        }
    }
}
