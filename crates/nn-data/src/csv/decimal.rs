//! Numbers as most tables have them: at most nineteen digits, with a point somewhere.

/// Returns the `f64` nearest to the number that `bytes` begin with, such as `-12.75`, and the number of its bytes. The byte `mark`
/// stands between its digits: a point or a comma. Returns `None`
/// if there is none, if it has more than nineteen digits, and for at most one number in 250 that lies close to the middle between
/// two `f64`: std's parser, which takes several times as long, reads all of these. What follows the number is the caller's to check.
// Always inlined, because a call would take a fifth of its time.
#[inline(always)]
pub(super) fn decimal(bytes: &[u8], mark: u8) -> Option<(f64, usize)> {
    let is_negative = bytes.first() == Some(&b'-');
    let start = usize::from(is_negative);
    let (whole, point) = append_digits(bytes, start, 0);
    let (number, end, decimals) = if bytes.get(point) == Some(&mark) {
        let (number, end) = append_digits(bytes, point + 1, whole);
        (number, end, end - point - 1)
    } else {
        (whole, point, 0)
    };
    let digits = point - start + decimals;
    if digits == 0 || digits > MOST_DIGITS {
        return None;
    }
    let magnitude = nearest(number, decimals)?;
    // Without a branch, which random signs would mispredict.
    Some((f64::from_bits(magnitude.to_bits() | u64::from(is_negative) << 63), end))
}

/// Every number of this many digits is below 2⁶⁴.
const MOST_DIGITS: usize = 19;

/// Appends the digits at `at` to those of a number. Returns the place after them as well.
///
/// Eight at a time, and then those that are left in one go: the end of a loop over single digits would be mispredicted wherever
/// numbers differ in length.
#[inline(always)]
fn append_digits(bytes: &[u8], mut at: usize, mut number: u64) -> (u64, usize) {
    while let Some(&eight) = bytes[at..].first_chunk() {
        // A byte is the value of a digit if it is at most 9: neither itself nor its sum with 118 has the highest bit. A carry
        // between bytes starts at one that is no digit.
        let values = u64::from_le_bytes(eight) ^ repeat(b'0');
        let others = (values | values.wrapping_add(repeat(118))) & repeat(0x80);
        if others == 0 {
            number = number.wrapping_mul(100_000_000).wrapping_add(joined(values));
            at += 8;
            continue;
        }
        let count = others.trailing_zeros() / 8;
        // What follows the digits goes, and zeros come in front of them.
        let values = values << 8 << (8 * (7 - count));
        number = number.wrapping_mul(POWERS[count as usize]).wrapping_add(joined(values));
        return (number, at + count as usize);
    }
    // The last bytes of the file.
    while let Some(digit @ b'0'..=b'9') = bytes.get(at) {
        number = number.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
        at += 1;
    }
    (number, at)
}

/// The number that eight digits make, of which the lowest byte is the first.
#[inline(always)]
fn joined(digits: u64) -> u64 {
    // Pairs are joined, then pairs of pairs, then both halves.
    let pairs = (10 * digits + (digits >> 8)) & 0x00FF_00FF_00FF_00FF;
    let fours = (100 * pairs + (pairs >> 16)) & 0x0000_FFFF_0000_FFFF;
    (10_000 * fours + (fours >> 32)) & 0xFFFF_FFFF
}

/// 10^i.
const POWERS: [u64; 8] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

/// A word of eight equal bytes.
#[inline(always)]
const fn repeat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// Returns the `f64` nearest to `number` / 10^`decimals`, unless it is too close to call.
///
/// With the number shifted left by u so that its highest bit is set, and the reciprocal r of the power, the quotient is between
/// p and p + 2⁶⁴ of a 2¹²⁷th times a power of two, where p is the product of both: r is too small by at most 1, and the number
/// is below 2⁶⁴. Without the lowest 65 bits of p, the quotient is between q and q + 2. If both round to one `f64`, so does all
/// between.
#[inline(always)]
fn nearest(number: u64, decimals: usize) -> Option<f64> {
    if number == 0 {
        return Some(0.0);
    }
    let Reciprocal { bits, shift } = RECIPROCALS[decimals];
    let up = number.leading_zeros();
    let least = ((u128::from(number << up) * u128::from(bits)) >> 65) as i64;
    let rounded = least as f64;
    let scale = power_of_two(i64::from(shift) - i64::from(up) - 62);
    // A sum of 2⁶³ wraps around and is not equal.
    (rounded == least.wrapping_add(2) as f64).then_some(rounded * scale)
}

/// 2^`exponent`, of which the `f64` is exact.
#[inline(always)]
fn power_of_two(exponent: i64) -> f64 {
    f64::from_bits(((1023 + exponent) as u64) << 52)
}

/// 10^-i as bits · 2^(shift - 127), where the bits are rounded down and their highest is set.
#[derive(Clone, Copy)]
struct Reciprocal {
    bits: u64,
    shift: u32,
}

const RECIPROCALS: [Reciprocal; MOST_DIGITS + 1] = {
    let mut all = [Reciprocal { bits: 0, shift: 0 }; MOST_DIGITS + 1];
    let mut i = 0;
    while i <= MOST_DIGITS {
        let power = 10_u64.pow(i as u32);
        let shift = power.leading_zeros();
        // A bit less than 2¹²⁷, so that 10⁰ fits as well. No other power divides it.
        let bits = ((1 << 127) - 1) / ((power as u128) << shift);
        all[i] = Reciprocal { bits: bits as u64, shift };
        i += 1;
    }
    all
};

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, test_runner::RngSeed};

    use super::*;

    /// Compares with std, which must read the same bytes as the same number. Returns whether there was a number.
    fn check(text: &str) -> bool {
        let Some((number, length)) = decimal(text.as_bytes(), b'.') else { return false };
        let expected: f64 = text[..length].parse().unwrap();
        assert_eq!(number.to_bits(), expected.to_bits(), "{text}: {number}, expected {expected}");
        // A comma in the place of the point makes no difference.
        let swap = |byte| if byte == b'.' { b',' } else { byte };
        let with_comma: Vec<u8> = text.bytes().map(swap).collect();
        assert_eq!(decimal(&with_comma[..length], b','), Some((number, length)));
        true
    }

    #[test]
    fn usual_numbers_are_read_up_to_where_they_end() {
        for (text, length) in [
            ("0", 1),
            ("-0.0", 4),
            ("7,8", 1),
            ("12.75\n", 5),
            ("-.5", 3),
            ("2.", 2),
            ("0.1e5", 3),
            ("1.2.3", 3),
            ("00000.00000000000001", 20),
            ("9999999999999999999", 19),
            ("0.1234567890123456789", 0),
            (".9999999999999999999,", 20),
            ("99999999999999999999", 0),
            ("12345678x", 8),
            ("0.12345678\u{b1}", 10),
            ("", 0),
            ("-", 0),
            (".", 0),
            ("-.,", 0),
            ("+1", 0),
            (" 1", 0),
            ("NaN", 0),
        ] {
            assert_eq!(decimal(text.as_bytes(), b'.').map_or(0, |(_, length)| length), length, "{text}");
            assert_eq!(check(text), length > 0);
        }
    }

    #[test]
    fn numbers_near_the_middle_between_two_are_left_to_std() {
        // The middle between 2⁵³ and 2⁵³ + 2, and a number whose upper bound is beyond the range of `i64`.
        for text in ["9007199254740993", "9007199254740993.000", "9223372036854775807"] {
            assert_eq!(decimal(text.as_bytes(), b'.'), None, "{text}");
        }
        // A double, and the nearest decimals to a middle that are far enough from it.
        for text in ["9007199254740992", "9007199254740994", "900719925474099.1", "9223372036854775000"] {
            assert!(check(text), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 200_000,
            rng_seed: RngSeed::Fixed(1996),
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn every_number_is_that_of_std(number in 0..10_u64.pow(19), digits in 1..=19_u32, point in 0..=19_usize, sign: bool) {
            let mut text = (number % 10_u64.pow(digits)).to_string();
            if point < 19 {
                text = format!("{text:0>point$}");
                text.insert(text.len() - point, '.');
            }
            check(&format!("{}{text}", if sign { "-" } else { "" }));
        }
    }

    #[test]
    fn nearly_all_numbers_take_the_short_way() {
        // The digits of multiples of an irrational number.
        let taken = (1..100_000_u64).filter(|i| {
            let digits = i.wrapping_mul(0x9E37_79B9_7F4A_7C15) % 10_u64.pow(17);
            check(&format!("0.{digits:017}"))
        });
        assert!(taken.count() > 99_500);
    }
}
