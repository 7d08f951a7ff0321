//! Correct IDX files, and every way in which one can be wrong. Files written by other programs are in `scikit_learn.rs`.

use std::io::{self, Read, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use nn_core::Tensor;
use nn_data::{DataError, Dataset, Idx, IdxProblem};

/// A file of this type and these sizes.
fn file(code: u8, sizes: &[u32], numbers: &[u8]) -> Vec<u8> {
    let mut file = vec![0, 0, code, sizes.len() as u8];
    file.extend(sizes.iter().flat_map(|size| size.to_be_bytes()));
    file.extend(numbers);
    file
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn read(bytes: &[u8]) -> Result<Idx, DataError> {
    Idx::from_reader(bytes)
}

#[track_caller]
fn says<T>(result: Result<T, DataError>, message: &str) {
    assert_eq!(result.err().map(|error| error.to_string()).as_deref(), Some(message));
}

/// The error for this file, compressed or not.
#[track_caller]
fn both_say(bytes: &[u8], message: &str) {
    says(read(bytes), message);
    says(read(&gzip(bytes)), message);
}

// --- Correct files ---

#[test]
fn images_and_labels_make_a_dataset() {
    let pixels: Vec<u8> = (0..12).map(|i| 20 * i).collect();
    let images = read(&file(8, &[3, 2, 2], &pixels)).unwrap();
    let labels = read(&gzip(&file(8, &[3], &[7, 0, 9]))).unwrap();
    assert_eq!((images.shape(), labels.shape()), (&[3, 2, 2][..], &[3][..]));
    let data = Dataset::new(images.tensor::<f32>().unwrap(), labels.labels().unwrap()).unwrap();
    assert_eq!((data.x().shape(), data.y()), (&[3, 2, 2][..], &vec![7, 0, 9]));
    assert!(data.x().sample(1).eq([80.0, 100.0, 120.0, 140.0]));
    // Labels can also be read as numbers.
    assert_eq!(labels.tensor::<f64>().unwrap().feature(0), [7.0, 0.0, 9.0]);
    says(
        Dataset::new(images.tensor::<f32>().unwrap(), vec![1, 2]),
        "expected one target for each input, found 3 inputs and 2 targets",
    );
}

#[test]
fn images_go_from_0_to_1_in_one_channel() {
    let levels: Vec<u8> = (0..=255).collect();
    let images = read(&gzip(&file(8, &[4, 8, 8], &levels))).unwrap();
    let (single, double) = (images.images::<f32>().unwrap(), images.images::<f64>().unwrap());
    assert_eq!((single.shape(), double.shape()), (&[4, 1, 8, 8][..], &[4, 1, 8, 8][..]));
    for level in levels {
        let (image, pixel) = (usize::from(level) / 64, usize::from(level) % 64);
        // As others divide, in the precision of the images.
        assert_eq!(single[[image, pixel]], f32::from(level) / 255.0);
        assert_eq!(double[[image, pixel]], f64::from(level) / 255.0);
        assert_eq!(double.view()[[image, 0, pixel / 8, pixel % 8]], double[[image, pixel]]);
    }
}

#[test]
fn what_is_no_grey_image_is_refused() {
    let expected = "<input>: expected grey images, n x height x width numbers of u8; found";
    for (bytes, found) in [
        (file(8, &[2, 2], &[0; 4]), "2 x 2 numbers of u8"),
        (file(8, &[1, 3, 1, 1], &[0; 3]), "1 x 3 x 1 x 1 numbers of u8"),
        (file(9, &[1, 1, 2], &[0; 2]), "1 x 1 x 2 numbers of i8"),
        (file(13, &[1, 1, 1], &[0; 4]), "1 x 1 x 1 number of f32"),
    ] {
        says(read(&bytes).unwrap().images::<f32>(), &format!("{expected} {found}"));
    }
}

#[test]
fn numbers_of_every_type_keep_their_value() {
    let tensor = |code, size: u32, numbers: &[u8]| {
        read(&file(code, &[size], numbers)).unwrap().tensor::<f64>().unwrap().feature(0).to_vec()
    };
    assert_eq!(tensor(0x08, 2, &[0, 255]), [0.0, 255.0]);
    assert_eq!(tensor(0x09, 2, &[0x80, 0x7F]), [-128.0, 127.0]);
    assert_eq!(tensor(0x0B, 2, &[0x80, 0, 1, 2]), [-32768.0, 258.0]);
    assert_eq!(tensor(0x0C, 2, &[0x80, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF]), [-2147483648.0, 2147483647.0]);
    assert_eq!(tensor(0x0D, 1, &1.1_f32.to_be_bytes()), [f64::from(1.1_f32)]);
    assert_eq!(tensor(0x0E, 1, &1.1_f64.to_be_bytes()), [1.1]);
}

#[test]
fn more_samples_than_are_taken_at_a_time() {
    let pixels: Vec<u8> = (0..300_u32 * 7).map(|i| (i * i % 251) as u8).collect();
    let read = read(&file(8, &[300, 7], &pixels)).unwrap().tensor::<f32>().unwrap();
    assert_eq!(read, Tensor::from_fn(300, 7, |sample, feature| f32::from(pixels[sample * 7 + feature])));
}

#[test]
fn labels_of_every_whole_type() {
    assert_eq!(read(&file(0x0B, &[2], &[1, 0, 0, 3])).unwrap().labels().unwrap(), [256, 3]);
    assert_eq!(read(&file(0x0C, &[1], &[0, 1, 0, 0])).unwrap().labels().unwrap(), [65536]);
    assert_eq!(read(&file(0x09, &[1], &[127])).unwrap().labels().unwrap(), [127]);
}

#[test]
fn files_and_readers_give_the_same() {
    let bytes = file(8, &[2, 3], &[1, 2, 3, 4, 5, 6]);
    for (name, bytes) in [("plain.idx", bytes.clone()), ("packed.idx", gzip(&bytes))] {
        let path = format!("{}/{name}", env!("CARGO_TARGET_TMPDIR"));
        std::fs::write(&path, &bytes).unwrap();
        let tensor = |idx: Result<Idx, DataError>| idx.unwrap().tensor::<f64>().unwrap();
        assert_eq!(tensor(Idx::open(&path)), tensor(read(&bytes)), "{name}");
    }
}

/// Two pieces that gzip compressed are one file when joined, as they are for gzip.
#[test]
fn joined_packages_are_one_file() {
    let bytes = file(8, &[4], &[1, 2, 3, 4]);
    let joined = [gzip(&bytes[..6]), gzip(&bytes[6..])].concat();
    assert_eq!(read(&joined).unwrap().labels().unwrap(), [1, 2, 3, 4]);
}

/// A reader may return one byte at a time and be interrupted.
#[test]
fn bytes_may_arrive_one_by_one() {
    struct Slow<'a>(&'a [u8], bool);
    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.1 = !self.1;
            if self.1 {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let one = buffer.len().min(1);
            self.0.read(&mut buffer[..one])
        }
    }
    let bytes = file(8, &[4], &[1, 2, 3, 4]);
    for bytes in [bytes.clone(), gzip(&bytes)] {
        assert_eq!(Idx::from_reader(Slow(&bytes, false)).unwrap().labels().unwrap(), [1, 2, 3, 4]);
    }
}

#[test]
fn a_large_file_prints_small_for_debugging() {
    let idx = read(&file(8, &[1000], &[0; 1000])).unwrap();
    assert_eq!(format!("{idx:?}"), r#"Idx { file: "<input>", element: U8, shape: [1000] }"#);
}

// --- The file ---

#[test]
fn missing_file() {
    let reason = std::fs::metadata("no/such.idx").unwrap_err();
    says(Idx::open("no/such.idx"), &format!("no/such.idx: cannot be read: {reason}"));
}

#[test]
fn unreadable_input() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the cable is loose"))
        }
    }
    says(Idx::from_reader(Broken), "<input>: cannot be read: the cable is loose");
    let start = file(8, &[2], &[1]);
    says(Idx::from_reader((&start[..]).chain(Broken)), "<input>: cannot be read: the cable is loose");
}

/// The size of a file is known beforehand: if it does not match, nothing is read.
#[test]
fn files_are_named_and_measured() {
    let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/measured.idx");
    for (numbers, message) in [
        (5, "the header announces 2 x 3 numbers of i16 in 12 bytes, but only 5 follow it"),
        (13, "the header announces 2 x 3 numbers of i16 in 12 bytes, but more follow it"),
    ] {
        std::fs::write(path, file(0x0B, &[2, 3], &vec![0; numbers])).unwrap();
        says(Idx::open(path), &format!("{path}: {message}"));
    }
}

// --- The header ---

#[test]
fn other_formats() {
    let message = |found| {
        format!("<input>: expected 00 00 (IDX) or 1f 8b (IDX compressed by gzip) at the start, found {found}")
    };
    both_say(b"x,y\n1,2\n", &message("78 2c"));
    both_say(b"PK\x03\x04", &message("50 4b"));
    both_say(b"\0P", &message("00 50"));
    both_say(b"P", &message("50"));
    // Compressed twice.
    says(read(&gzip(&gzip(&file(8, &[1], &[1])))), &message("1f 8b"));
}

#[test]
fn header_that_ends_early() {
    let bytes = file(8, &[2, 3], &[]);
    for (found, expected) in [(0, 4), (1, 4), (2, 4), (3, 4), (4, 12), (11, 12)] {
        both_say(
            &bytes[..found],
            &format!(
                "<input>: expected a header of {expected} bytes, found the end of the file after {found}"
            ),
        );
    }
}

#[test]
fn unknown_type() {
    let types =
        "expected a type code of 0x08 (u8), 0x09 (i8), 0x0b (i16), 0x0c (i32), 0x0d (f32) or 0x0e (f64)";
    both_say(&file(0x0A, &[1], &[1]), &format!("<input>: {types}, found 0x0a"));
    both_say(&file(0xFF, &[1], &[1]), &format!("<input>: {types}, found 0xff"));
}

#[test]
fn sizes_of_nothing() {
    both_say(&file(8, &[], &[1]), "<input>: the header announces no axes, expected at least one");
    both_say(&file(8, &[0], &[]), "<input>: axis 0 has size 0, expected at least 1");
    // A size of 0 must not hide that the product of the others overflows.
    let max = u32::MAX;
    both_say(&file(8, &[max, max, max, 0], &[]), "<input>: axis 3 has size 0, expected at least 1");
}

#[test]
fn sizes_beyond_memory() {
    let max = u32::MAX;
    both_say(
        &file(0x0E, &[max, max, max], &[1]),
        "<input>: the header announces 4294967295 x 4294967295 x 4294967295 numbers of f64, which is more than memory can hold",
    );
    both_say(
        &file(8, &[1 << 31, 1 << 30], &[1]),
        "<input>: the header announces 2147483648 x 1073741824 numbers of u8, which is more than memory can hold",
    );
    // The product wraps around to 0.
    both_say(
        &file(8, &[1 << 16, 1 << 16, 1 << 16, 1 << 16], &[]),
        "<input>: the header announces 65536 x 65536 x 65536 x 65536 numbers of u8, which is more than memory can hold",
    );
    both_say(
        &file(8, &[2; 255], &[1]),
        "<input>: the header announces 2 x 2 x 2 x 2 x 2 x 2 x 2 x 2 x … (255 axes) numbers of u8, which is more than memory can hold",
    );
}

#[test]
fn very_many_axes() {
    let one = read(&file(8, &[1; 255], &[7])).unwrap().tensor::<f64>().unwrap();
    assert_eq!((one.shape(), one.feature(0)), (&[1; 255][..], &[7.0][..]));
}

// --- The numbers ---

#[test]
fn too_few_and_too_many_numbers() {
    let announced = "<input>: the header announces 2 x 2 numbers of f32 in 16 bytes";
    for (found, but) in [
        (0, "but none follows it"),
        (1, "but only 1 follows it"),
        (15, "but only 15 follow it"),
        (17, "but more follow it"),
        (100, "but more follow it"),
    ] {
        both_say(&file(0x0D, &[2, 2], &vec![0; found]), &format!("{announced}, {but}"));
    }
    both_say(
        &file(8, &[1, 1], &[]),
        "<input>: the header announces 1 x 1 number of u8 in 1 byte, but none follows it",
    );
}

#[test]
fn damaged_packages() {
    let packed = gzip(&file(8, &[100], &[3; 100]));
    let unreadable = |bytes: &[u8]| match read(bytes) {
        Err(DataError::Idx(error)) => {
            assert!(matches!(error.problem, IdxProblem::Unreadable { .. }), "{error}");
        }
        other => panic!("{other:?}"),
    };
    for end in 2..packed.len() {
        unreadable(&packed[..end]);
    }
    // The checksum of the numbers is checked, and nothing may follow it.
    let mut wrong = packed.clone();
    wrong[packed.len() - 8] ^= 1;
    unreadable(&wrong);
    unreadable(&[&packed[..], b"more"].concat());
}

#[test]
fn numbers_that_are_not_finite() {
    let numbers = |values: [f64; 4]| file(0x0E, &[2, 2], &values.map(f64::to_be_bytes).concat());
    for (bad, found) in [(f64::NAN, "NaN"), (f64::INFINITY, "inf"), (-f64::INFINITY, "-inf")] {
        says(
            read(&numbers([1.0, 2.0, 3.0, bad])).unwrap().tensor::<f64>(),
            &format!(
                "<input>: number 1 of sample 1 is {found}, expected a finite number within the range of f64"
            ),
        );
    }
    let large = read(&numbers([1.0, 2.0, 1e39, f64::NAN])).unwrap();
    says(
        large.tensor::<f32>(),
        "<input>: number 0 of sample 1 is 1000000000000000000000000000000000000000, expected a finite number within the range of f32",
    );
}

#[test]
fn labels_that_are_none() {
    let labels = |bytes: &[u8]| read(bytes).unwrap().labels();
    says(
        labels(&file(8, &[2, 1], &[1, 2])),
        "<input>: expected labels, one whole number for each sample; found 2 x 1 numbers of u8",
    );
    says(
        labels(&file(0x0D, &[1], &[0; 4])),
        "<input>: expected labels, one whole number for each sample; found 1 number of f32",
    );
    says(labels(&file(0x09, &[2], &[1, 0xFF])), "<input>: sample 1 has the label -1, expected at least 0");
}
