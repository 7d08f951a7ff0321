//! Thousands of damaged files, the same ones in every run: reading one gives an error or a state, never a panic, and takes no
//! more memory than its length justifies.

#![cfg(feature = "safetensors")]
#![expect(unsafe_code, reason = "watching allocations requires a global allocator, whose trait is unsafe")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use nn_core::rand::{Rng, RngExt, SeedableRng, rngs::ChaCha8Rng};
use nn_core::{Entry, Kind, StateDict};

/// Passes every call to the system's allocator and records the largest size for each thread.
struct Watching;

thread_local! {
    pub(crate) static LARGEST: Cell<usize> = const { Cell::new(0) };
}

fn note(size: usize) {
    LARGEST.with(|largest| largest.set(largest.get().max(size)));
}

// SAFETY: every method keeps the promises of the system's allocator, because it calls that with its own arguments.
unsafe impl GlobalAlloc for Watching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size());
        // SAFETY: the caller keeps the rules of this method, which are those of the method called.
        unsafe { System.alloc(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note(size);
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watching = Watching;

#[test]
fn damaged_files_are_errors() {
    let (errors, states) = fuzz(100_000, 1);
    // Damage to the values alone leaves a readable state; any other damage should be an error. Both must happen often.
    assert!(errors > 30_000 && states > 3_000, "{errors} errors, {states} states");
}

/// `cargo test --release -p nn-core --test it -- --ignored safetensors_fuzz::`
#[test]
#[ignore = "takes minutes"]
fn many_damaged_files_are_errors() {
    for seed in 0..100 {
        println!("{seed}: {:?}", fuzz(100_000, seed));
    }
}

/// Returns the number of damaged files that gave an error and the number that gave a state.
fn fuzz(rounds: usize, seed: u64) -> (usize, usize) {
    let rng = &mut ChaCha8Rng::seed_from_u64(seed);
    let whole = files();
    let (mut errors, mut states) = (0, 0);
    for _ in 0..rounds {
        let mut bytes = whole[rng.random_range(0..whole.len())].clone();
        for _ in 0..rng.random_range(1..4) {
            damage(&mut bytes, rng);
        }
        LARGEST.set(0);
        let loaded = StateDict::<f64>::from_safetensors(&bytes);
        let (largest, length) = (LARGEST.get(), bytes.len());
        // A value of two bytes can become eight bytes, and so can an axis of two bytes (`0,`), in memory that doubles as it
        // grows.
        assert!(largest <= 16 * length + 1024, "{largest} bytes of memory at once for a file of {length}");
        match loaded {
            Ok(state) => {
                states += 1;
                assert_saved_alike(&state);
            }
            Err(error) => {
                errors += 1;
                assert!(error.to_string().len() < 2000, "{error}");
            }
        }
        _ = StateDict::<f32>::from_safetensors(&bytes);
    }
    (errors, states)
}

/// Checks that a state that was read can be written and read again.
fn assert_saved_alike(state: &StateDict<f64>) {
    let saved = state.to_safetensors().unwrap();
    let again = StateDict::<f64>::from_safetensors(&saved).unwrap();
    assert_eq!(again.to_safetensors().unwrap(), saved);
    assert_eq!(again.metadata(), state.metadata());
}

/// Valid files of every type and shape.
fn files() -> Vec<Vec<u8>> {
    let entry = |name: &str, kind, shape: &[usize]| {
        let count = shape.iter().product();
        Entry { name: name.into(), kind, shape: shape.into(), value: (0..count).map(|i| i as f64).collect() }
    };
    let mut double = StateDict::from_iter([
        entry("0.weight", Kind::Learned, &[3, 2]),
        entry("0.bias", Kind::Learned, &[3]),
        entry("1.num_batches_tracked", Kind::Counter, &[]),
        entry("é\"\\\n", Kind::Buffer, &[0, 4]),
    ]);
    let mut files = vec![double.to_safetensors().unwrap()];
    double.metadata_mut().extend([("format".into(), "pt".into()), ("\u{1F600}".into(), "\t\"\\".into())]);
    files.push(double.to_safetensors().unwrap());
    files.push(StateDict::<f32>::from_safetensors(&files[1]).unwrap().to_safetensors().unwrap());
    let half = r#"{"h":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"BF16","shape":[1,2],"data_offsets":[4,8]}}"#;
    let mut bytes = (half.len() as u64).to_le_bytes().to_vec();
    bytes.extend(half.as_bytes());
    bytes.extend([0, 0x3c, 1, 0x7c, 0x80, 0x3f, 0xff, 0xff]);
    files.push(bytes);
    files
}

/// Changes a file in one of the ways in which files are damaged by accident or on purpose.
pub(crate) fn damage(bytes: &mut Vec<u8>, rng: &mut ChaCha8Rng) {
    const WORDS: [&[u8]; 24] = [
        b"0",
        b"-1",
        b"1e999",
        b"0.5",
        b"18446744073709551615",
        b"18446744073709551616",
        b"9223372036854775808",
        b"4611686018427387904",
        b"4294967296",
        b"null",
        b"\"",
        b"\\u0061",
        b"\\ud800",
        b"[",
        b"{",
        b"]",
        b"}",
        b",",
        b":",
        b"__metadata__",
        b"\xff",
        b"\0",
        b"\"F64\"",
        b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    ];
    let any = |rng: &mut ChaCha8Rng, end: usize| if end == 0 { 0 } else { rng.random_range(0..end) };
    let header = header_length(bytes);
    let at = any(rng, bytes.len());
    let within = 8 + any(rng, header);
    match rng.random_range(0..11) {
        0 => bytes.truncate(at),
        1 => bytes.extend((0..any(rng, 20)).map(|_| rng.next_u32() as u8)),
        2 if at < bytes.len() => bytes[at] ^= 1 << rng.random_range(0..8),
        3 if at < bytes.len() => bytes[at] = rng.next_u32() as u8,
        // Another length of the header.
        4 if bytes.len() >= 8 => {
            let length = match rng.random_range(0..4) {
                0 => rng.next_u64(),
                1 => u64::MAX - rng.random_range(0..20),
                2 => bytes.len() as u64 - rng.random_range(0..9),
                _ => header as u64 ^ 1 << rng.random_range(0..64),
            };
            bytes[..8].copy_from_slice(&length.to_le_bytes());
        }
        // A part removed; next, a part copied to another place. The length of the header is adjusted.
        5 if header > 0 => {
            let end = within + any(rng, 8 + header - within);
            bytes.drain(within..end);
            set_header_length(bytes, header - (end - within));
        }
        6 if header > 0 => {
            let end = within + any(rng, 8 + header - within);
            let (part, to) = (bytes[within..end].to_vec(), 8 + any(rng, header));
            bytes.splice(to..to, part.iter().copied());
            set_header_length(bytes, header + part.len());
        }
        // A word with a meaning in place of a few bytes; next, in place of a number.
        7 if header > 0 => {
            let word = WORDS[any(rng, WORDS.len())];
            let end = (within + any(rng, 4)).min(8 + header);
            bytes.splice(within..end, word.iter().copied());
            set_header_length(bytes, header + word.len() - (end - within));
        }
        8 | 9 if header > 0 => {
            let end = 8 + header;
            let digit = |at: &usize| bytes[*at].is_ascii_digit();
            let Some(start) = (within..end).find(digit) else { return };
            let stop = (start..end).find(|at| !digit(at)).unwrap_or(end);
            let word = match any(rng, 2) {
                0 => WORDS[any(rng, 9)].to_vec(),
                _ => any(rng, 100).to_string().into_bytes(),
            };
            bytes.splice(start..stop, word.iter().copied());
            set_header_length(bytes, header + word.len() - (stop - start));
        }
        // A byte of the data.
        10 if bytes.len() > 8 + header => {
            let at = 8 + header + any(rng, bytes.len() - 8 - header);
            bytes[at] = rng.next_u32() as u8;
        }
        _ => {}
    }
}

/// Returns the length of the header as the file gives it, or 0 when the file is shorter.
fn header_length(bytes: &[u8]) -> usize {
    let Some(length) = bytes.first_chunk() else { return 0 };
    let length = u64::from_le_bytes(*length);
    if length <= bytes.len() as u64 - 8 { length as usize } else { 0 }
}

fn set_header_length(bytes: &mut [u8], length: usize) {
    bytes[..8].copy_from_slice(&(length as u64).to_le_bytes());
}
