//! The header: type and sizes, checked before any memory is allocated for the numbers.

use nn_core::lanes::LANES;

use super::IdxProblem;
use super::element::Element;
use super::source::Source;

/// What the header announces.
pub(super) struct Header {
    pub(super) element: Element,
    pub(super) shape: Vec<usize>,
    /// The size of the header itself, in bytes.
    pub(super) size: usize,
    /// The size of all numbers, in bytes.
    pub(super) numbers: usize,
}

/// Reads the header and checks it.
pub(super) fn read(source: &mut Source<'_>) -> Result<Header, IdxProblem> {
    let start = source.bytes(4)?;
    if !start.starts_with(&[0, 0][..start.len().min(2)]) {
        return Err(IdxProblem::NotIdx { found: start[..start.len().min(2)].to_vec() });
    }
    let &[_, _, code, axes] = &start[..] else {
        return Err(IdxProblem::HeaderEnds { expected: 4, found: start.len() });
    };
    let element = Element::of(code).ok_or(IdxProblem::UnknownType { code })?;
    if axes == 0 {
        return Err(IdxProblem::NoAxes);
    }
    let sizes = source.bytes(4 * usize::from(axes))?;
    let (expected, found) = (4 + 4 * usize::from(axes), 4 + sizes.len());
    if found < expected {
        return Err(IdxProblem::HeaderEnds { expected, found });
    }
    let size = |bytes: &[u8]| bytes.iter().fold(0_u32, |size, &byte| size << 8 | u32::from(byte));
    // A size that does not fit into a usize is refused below as too large.
    let shape: Vec<usize> =
        sizes.chunks(4).map(|bytes| usize::try_from(size(bytes)).unwrap_or(usize::MAX)).collect();
    if let Some(axis) = shape.iter().position(|&size| size == 0) {
        return Err(IdxProblem::EmptyAxis { axis });
    }
    let numbers =
        bytes(element, &shape).ok_or_else(|| IdxProblem::TooLarge { announced: element.announce(&shape) })?;
    // Neither precision would accept what f32 refuses.
    check_padding(element, &shape, size_of::<f32>())?;
    Ok(Header { element, shape, size: expected, numbers })
}

/// Returns the size of all numbers in bytes, or `None` if a tensor of them could not be addressed. A tensor is padded to
/// blocks of sixteen samples and takes up to eight bytes for each number.
fn bytes(element: Element, shape: &[usize]) -> Option<usize> {
    let features = shape[1..].iter().try_fold(1_usize, |product, &size| product.checked_mul(size))?;
    let padded = shape[0].checked_next_multiple_of(LANES)?.checked_mul(features)?.checked_mul(8)?;
    isize::try_from(padded).ok()?;
    Some(shape[0] * features * element.size())
}

/// Checks the memory that a tensor of this shape takes beyond its numbers, which have `size` bytes each. It matters for a few
/// huge samples: a single one takes sixteen times its memory. `bytes` has shown that nothing overflows here.
pub(super) fn check_padding(element: Element, shape: &[usize], size: usize) -> Result<(), IdxProblem> {
    const MOST: usize = 1 << 30;
    let (samples, features) = (shape[0], shape[1..].iter().product::<usize>());
    let used = samples * features * size;
    let padding = samples.next_multiple_of(LANES) * features * size - used;
    if padding <= used.max(MOST) {
        return Ok(());
    }
    Err(IdxProblem::Padding { announced: element.announce(shape), used, padding })
}
