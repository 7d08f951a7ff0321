//! From a file or from bytes to a state.

use std::fs::{self, File};
use std::io::{BufReader, ErrorKind, Read};
use std::path::Path;

use super::dtype::Dtype;
use super::error::StateFileProblem as Problem;
use super::header::{self, Header, Tensor};
use crate::state::error::compare;
use crate::{Entry, Kind, Scalar, StateDict};

/// Reads the state in `bytes`.
pub(super) fn from_bytes<F: Scalar>(mut bytes: &[u8]) -> Result<StateDict<F>, Problem> {
    let length = bytes.len() as u64;
    let header = header::read(&mut bytes, length)?;
    data(header, &mut bytes)
}

/// Reads the state in a file.
pub(super) fn from_file<F: Scalar>(path: &Path) -> Result<StateDict<F>, Problem> {
    let (header, mut source) = open(path)?;
    data(header, &mut source)
}

/// Reads the state in a file if it fits `expected`. Names and shapes are checked before the data is read.
pub(super) fn from_file_like<F: Scalar>(
    path: &Path,
    expected: &StateDict<F>,
) -> Result<StateDict<F>, Problem> {
    let (header, mut source) = open(path)?;
    let found = header.tensors.iter().map(|tensor| (&*tensor.name, &*tensor.shape));
    compare(expected.shapes(), found).map_err(Problem::Mismatch)?;
    let state = data(header, &mut source)?;
    state.check_like(expected).map_err(Problem::Mismatch)?;
    Ok(state)
}

fn open(path: &Path) -> Result<(Header, BufReader<File>), Problem> {
    // Checked before the file is opened, because opening a pipe waits for somebody to write to it.
    if !fs::metadata(path).map_err(Problem::unreadable)?.is_file() {
        return Err(Problem::NotAFile);
    }
    let file = File::open(path).map_err(Problem::unreadable)?;
    let length = file.metadata().map_err(Problem::unreadable)?.len();
    let mut source = BufReader::new(file);
    Ok((header::read(&mut source, length)?, source))
}

fn data<F: Scalar>(header: Header, source: &mut impl Read) -> Result<StateDict<F>, Problem> {
    let mut state = StateDict { metadata: header.metadata, ..StateDict::new() };
    for tensor in header.tensors {
        let value = values(&tensor, source)?;
        let kind = if tensor.dtype == Dtype::I64 { Kind::Counter } else { Kind::Learned };
        state.push(Entry { name: tensor.name, kind, shape: tensor.shape, value });
    }
    Ok(state)
}

fn values<F: Scalar>(tensor: &Tensor, source: &mut impl Read) -> Result<Vec<F>, Problem> {
    const CHUNK: usize = 1024;
    let &Tensor { ref name, dtype, count, .. } = tensor;
    let mut values = Vec::new();
    values
        .try_reserve_exact(count)
        .map_err(|_| Problem::tensor(name, format!("has {count} values, for which there is no memory")))?;
    let mut chunk = [0; 8 * CHUNK];
    while values.len() < count {
        let bytes = &mut chunk[..dtype.size() * CHUNK.min(count - values.len())];
        source.read_exact(bytes).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => {
                Problem::tensor(name, "ends early; was the file changed while it was read?")
            }
            _ => Problem::unreadable(error),
        })?;
        for number in bytes.chunks_exact(dtype.size()) {
            let exact = dtype.read(number);
            let value = F::from_f64(exact);
            if exact.is_finite() && !value.is_finite() {
                let scalar = std::any::type_name::<F>();
                return Err(Problem::tensor(name, format!("holds {exact:e}, beyond the range of {scalar}")));
            }
            values.push(value);
        }
    }
    Ok(values)
}
