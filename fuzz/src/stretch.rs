//! Long files from short inputs.

/// The number of repetitions that a control character stands for.
const TIMES: usize = 2000;
/// The maximum number of control characters that are stretched; more are removed.
const MOST: usize = 4;

/// Replaces some control characters by thousands of letters, commas, digits, brackets or line breaks. A fuzzer prefers short
/// inputs and would hardly ever find that a message or a buffer grows with the file.
pub fn stretch(input: &[u8]) -> Vec<u8> {
    let mut stretched = Vec::with_capacity(input.len());
    let mut left = MOST;
    for &byte in input {
        let part: &[u8] = match byte {
            1 => b"x",
            2 => b",",
            3 => b"1,",
            4 => b"\n",
            5 => b"[",
            6 => "\u{10FFFF}".as_bytes(),
            7 => b"\"",
            _ => {
                stretched.push(byte);
                continue;
            }
        };
        if left > 0 {
            left -= 1;
            stretched.extend(part.repeat(TIMES));
        }
    }
    stretched
}
