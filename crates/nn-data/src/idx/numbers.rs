//! The numbers after the header, exactly as many as it announces.

use super::IdxProblem;
use super::header::Header;
use super::source::Source;

/// Reads everything after the header, as bytes. The size of a file on disk is checked before anything is read.
pub(super) fn read(header: &Header, source: &mut Source<'_>) -> Result<Vec<u8>, IdxProblem> {
    let expected = header.numbers;
    let announced = || header.element.announce(&header.shape);
    let check = |found: u64| {
        if found < expected as u64 {
            Err(IdxProblem::TooShort { announced: announced(), expected, found: found as usize })
        } else if found > expected as u64 {
            Err(IdxProblem::TooLong { announced: announced(), expected })
        } else {
            Ok(())
        }
    };
    source.size_after(header.size).map_or(Ok(()), check)?;
    // Asks for one more byte, which must not exist. Reading to the end also makes gzip compare its checksum.
    let numbers = source.bytes(expected + 1)?;
    check(numbers.len() as u64)?;
    Ok(numbers)
}
