//! IDX files: a file is read if and only if it holds what its header announces; its numbers are those that a second decoder
//! finds; compressed by gzip it is read alike; memory stays in proportion to the file.
//!
//! The first byte has the settings, the second the amount of data to add, the rest is the file.

#![no_main]

use std::cell::OnceCell;
use std::io::Write;

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use libfuzzer_sys::fuzz_target;
use nn_core::Scalar;
use nn_data::{DataError, Idx};
use nn_fuzz::{Folder, check_message, peak};

/// The maximum length of a message in bytes: it lists at most a few sizes.
const LONGEST_MESSAGE: usize = 1000;

fuzz_target!(|input: &[u8]| {
    let Some((&[settings, fill], bytes)) = input.split_first_chunk::<2>() else { return };
    let has = |setting: u32| settings >> setting & 1 == 1;
    let mut plain = bytes.to_vec();
    if has(0)
        && let Some(announced) = announced(&plain)
    {
        // Data for the header, or nearly: one byte less or more.
        let size = announced.min(20_000).saturating_add_signed((fill % 4) as isize - 1);
        plain.resize(size, fill);
    }
    match settings >> 6 {
        // One member or two: a file may be a sequence of compressed files.
        0 => check(&gzip(&plain), Some(&plain), has(1)),
        1 => {
            let (a, b) = plain.split_at(plain.len() * usize::from(fill) / 256);
            check(&[gzip(a), gzip(b)].concat(), Some(&plain), has(1));
        }
        _ if plain.starts_with(&[0x1F, 0x8B]) => check(&plain, None, has(1)),
        _ => check(&plain, Some(&plain), has(1)),
    }
});

/// Reads the file as numbers and as labels. `plain` is the uncompressed file, if it is known.
fn check(file: &[u8], plain: Option<&[u8]>, from_path: bool) {
    thread_local! {
        static FOLDER: OnceCell<Folder> = const { OnceCell::new() };
    }
    let (read, used) = if from_path {
        let path = FOLDER.with(|folder| folder.get_or_init(Folder::new).write("numbers.idx", file));
        peak(|| Idx::open(path))
    } else {
        peak(|| Idx::from_reader(file))
    };
    // A growing buffer takes three times its contents, and gzip makes at most 1032 bytes of one.
    let most = match plain {
        Some(plain) => 3 * plain.len() + 200_000,
        None => 3 * 1032 * file.len() + 200_000,
    };
    assert!(used <= most, "{used} bytes for a file of {}", file.len());
    let unpacked = match plain {
        Some(plain) => plain.to_vec(),
        None => {
            let mut unpacked = Vec::new();
            if std::io::copy(&mut MultiGzDecoder::new(file), &mut unpacked).is_err() {
                return check_error(&read.expect_err("damaged gzip"));
            }
            unpacked
        }
    };
    assert_eq!(read.is_ok(), announced(&unpacked) == Some(unpacked.len()), "{read:?}");
    let idx = match read {
        Ok(idx) => idx,
        Err(error) => return check_error(&error),
    };
    let (shape, values) = decode(&unpacked);
    assert_eq!(idx.shape(), shape);
    check_tensor::<f32>(&idx, &values);
    check_tensor::<f64>(&idx, &values);
    let whole = unpacked[2] < 0x0D;
    match idx.labels() {
        Ok(labels) => {
            assert!(whole && shape.len() == 1);
            assert!(labels.iter().map(|&label| label as f64).eq(values));
        }
        Err(error) => {
            check_error(&error);
            assert!(!whole || shape.len() > 1 || values.iter().any(|&value| value < 0.0), "{error}");
        }
    }
}

fn check_tensor<F: Scalar>(idx: &Idx, values: &[f64]) {
    let (tensor, used) = peak(|| idx.tensor::<F>());
    // A tensor is padded to blocks of sixteen samples.
    let most = 16 * size_of::<F>() * values.len() + 50 * idx.shape().len() + 2000;
    assert!(used <= most, "{used} bytes for {} numbers", values.len());
    let finite = values.iter().all(|&value| F::from_f64(value).is_finite());
    match tensor {
        Ok(tensor) => {
            assert!(finite);
            assert_eq!(tensor.shape(), idx.shape());
            let found = (0..tensor.samples()).flat_map(|sample| tensor.sample(sample));
            let expected = values.iter().map(|&value| F::from_f64(value).to_f64().to_bits());
            assert!(found.map(|value| value.to_f64().to_bits()).eq(expected));
        }
        Err(error) => {
            check_error(&error);
            assert!(!finite, "{error}");
        }
    }
}

fn check_error(error: &DataError) {
    check_message(error, LONGEST_MESSAGE);
    assert!(matches!(error, DataError::Idx(_)), "{error:?}");
}

/// The size in bytes of a number with this code.
fn width(code: u8) -> Option<usize> {
    Some(match code {
        0x08 | 0x09 => 1,
        0x0B => 2,
        0x0C | 0x0D => 4,
        0x0E => 8,
        _ => return None,
    })
}

/// The sizes of the axes, if the header is whole.
fn sizes(bytes: &[u8]) -> Option<Vec<usize>> {
    let (&[0, 0, _, axes], rest) = bytes.split_first_chunk::<4>()? else { return None };
    let sizes = rest.get(..4 * usize::from(axes)).filter(|_| axes > 0)?;
    Some(sizes.chunks(4).map(|size| u32::from_be_bytes(size.try_into().unwrap()) as usize).collect())
}

/// The size in bytes of the file that the header announces, or `None` if the header is wrong.
fn announced(bytes: &[u8]) -> Option<usize> {
    let sizes = sizes(bytes)?;
    let numbers = sizes.iter().try_fold(width(bytes[2])?, |product, &size| product.checked_mul(size))?;
    (numbers > 0).then(|| numbers.checked_add(4 + 4 * sizes.len()))?
}

/// The shape and the numbers of a correct file.
fn decode(bytes: &[u8]) -> (Vec<usize>, Vec<f64>) {
    let (shape, code) = (sizes(bytes).unwrap(), bytes[2]);
    let numbers = bytes[4 + 4 * shape.len()..].chunks(width(code).unwrap());
    let value = |number: &[u8]| match code {
        0x08 => f64::from(number[0]),
        0x09 => f64::from(number[0] as i8),
        0x0B => f64::from(i16::from_be_bytes(number.try_into().unwrap())),
        0x0C => f64::from(i32::from_be_bytes(number.try_into().unwrap())),
        0x0D => f64::from(f32::from_be_bytes(number.try_into().unwrap())),
        _ => f64::from_be_bytes(number.try_into().unwrap()),
    };
    (shape, numbers.map(value).collect())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}
