//! The bytes of a large file, read in pieces by several threads: one thread takes a tenth of the time in which all read the numbers.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// Reads to the end of a file of which `bytes` were read, as [`Read::read_to_end`] does.
pub(super) fn read_to_end(mut file: File, bytes: &mut Vec<u8>) -> io::Result<()> {
    // What cannot be read in pieces is read from first to last, which finds the reason.
    #[cfg(unix)]
    if let Ok(whole) = in_pieces(&file, bytes) {
        *bytes = whole;
        // It may have grown meanwhile.
        file.seek(SeekFrom::Start(bytes.len() as u64))?;
    }
    file.read_to_end(bytes)?;
    Ok(())
}

/// Reads as many bytes as the file has now, after its `start`.
#[cfg(unix)]
fn in_pieces(file: &File, start: &[u8]) -> io::Result<Vec<u8>> {
    use std::hint;
    use std::os::unix::fs::FileExt;

    use nn_core::team;

    use super::parts::cost;

    /// The size of a piece.
    const PIECE: usize = 1 << 20;

    let size = usize::try_from(file.metadata()?.len()).map_err(io::Error::other)?;
    if size < 2 * PIECE || team::threads(cost(size)) == 1 {
        return Err(io::ErrorKind::Unsupported.into());
    }
    // `vec!` aborts where there is no memory, so that is found out first. It has the system write zeros where memory is first
    // used, by the thread that uses it.
    hint::black_box(Vec::<u8>::new().try_reserve_exact(size))?;
    let mut whole = vec![0; size];
    let (before, rest) = whole.split_at_mut(start.len());
    before.copy_from_slice(start);
    let places = (start.len()..).step_by(PIECE);
    let mut pieces: Vec<_> = rest.chunks_mut(PIECE).zip(places).map(|(to, at)| (to, at, Ok(()))).collect();
    team::share(cost(size), pieces.iter_mut(), |(to, at, result)| {
        *result = file.read_exact_at(to, *at as u64);
    });
    pieces.into_iter().try_for_each(|(_, _, result)| result)?;
    Ok(whole)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// A file and its bytes, of which no two pieces are alike.
    fn file(size: usize) -> (tempfile::NamedTempFile, Vec<u8>) {
        let bytes: Vec<u8> = (0..size).map(|i| (i ^ (i >> 8) ^ (i >> 16)) as u8).collect();
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&bytes).unwrap();
        (file, bytes)
    }

    #[test]
    fn a_file_has_the_same_bytes_in_pieces() {
        for size in [0, 3, 4, 1000, (2 << 20) - 1, 2 << 20, (3 << 20) + 5] {
            let (file, expected) = file(size);
            let mut opened = File::open(file.path()).unwrap();
            let mut bytes = Vec::new();
            (&mut opened).take(4).read_to_end(&mut bytes).unwrap();
            read_to_end(opened, &mut bytes).unwrap();
            assert!(bytes == expected, "{size}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_large_files_are_read_in_pieces() {
        let is_read = |size| {
            let (file, expected) = file(size);
            let read = in_pieces(&File::open(file.path()).unwrap(), &expected[..4]);
            assert!(read.as_ref().is_ok_and(|bytes| *bytes == expected) || read.is_err());
            read.is_ok()
        };
        assert!(!is_read((2 << 20) - 1));
        assert_eq!(is_read(2 << 20), nn_core::team::threads(usize::MAX) > 1);
    }
}
