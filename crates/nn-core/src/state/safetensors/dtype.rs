//! The types of numbers in a file, and what becomes of them.

use crate::{Kind, Scalar};

/// A type of numbers that is read. In the order of the files: first what needs the coarsest alignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Dtype {
    I64,
    F64,
    F32,
    F16,
    BF16,
}

impl Dtype {
    pub(super) fn parse(name: &str) -> Option<Self> {
        [Dtype::I64, Dtype::F64, Dtype::F32, Dtype::F16, Dtype::BF16].into_iter().find(|d| d.name() == name)
    }

    /// What numbers of this kind are saved as.
    pub(super) fn of<F: Scalar>(kind: Kind) -> Self {
        match kind {
            Kind::Counter => Dtype::I64,
            // There are two scalars.
            Kind::Learned | Kind::Buffer if size_of::<F>() == 4 => Dtype::F32,
            Kind::Learned | Kind::Buffer => Dtype::F64,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Dtype::I64 => "I64",
            Dtype::F64 => "F64",
            Dtype::F32 => "F32",
            Dtype::F16 => "F16",
            Dtype::BF16 => "BF16",
        }
    }

    /// Bytes of one number.
    pub(super) fn size(self) -> usize {
        match self {
            Dtype::I64 | Dtype::F64 => 8,
            Dtype::F32 => 4,
            Dtype::F16 | Dtype::BF16 => 2,
        }
    }

    /// All types but I64 fit into `f64` exactly. `bytes` has the [`size`](Dtype::size) of one number.
    pub(super) fn read(self, bytes: &[u8]) -> f64 {
        let mut word = [0; 8];
        word[..bytes.len()].copy_from_slice(bytes);
        let word = u64::from_le_bytes(word);
        match self {
            Dtype::I64 => word as i64 as f64,
            Dtype::F64 => f64::from_bits(word),
            Dtype::F32 => f64::from(f32::from_bits(word as u32)),
            Dtype::F16 => half(word as u16),
            // The upper half of an f32.
            Dtype::BF16 => f64::from(f32::from_bits((word as u32) << 16)),
        }
    }

    /// Appends a number. A counter must be whole.
    pub(super) fn write(self, x: f64, bytes: &mut Vec<u8>) {
        match self {
            Dtype::I64 => bytes.extend((x as i64).to_le_bytes()),
            Dtype::F64 => bytes.extend(x.to_le_bytes()),
            Dtype::F32 => bytes.extend((x as f32).to_le_bytes()),
            Dtype::F16 | Dtype::BF16 => unreachable!("these are never written"),
        }
    }
}

/// IEEE 754 binary16: one bit of sign, five of exponent, ten of fraction.
fn half(bits: u16) -> f64 {
    let (exponent, fraction) = (bits >> 10 & 31, f64::from(bits & 1023));
    let size = match exponent {
        0 => fraction * power_of_two(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1024.0 + fraction) * power_of_two(i64::from(exponent) - 25),
    };
    if bits >> 15 == 1 { -size } else { size }
}

fn power_of_two(exponent: i64) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_precision_is_read_as_ieee_754_has_it() {
        for (bits, value) in [
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x0001, 5.960464477539063e-8),
            (0x03ff, 6.097555160522461e-5),
            (0x0400, 6.103515625e-5),
            (0x3555, 0.333251953125),
            (0x7c00, f64::INFINITY),
            (0xfc00, f64::NEG_INFINITY),
            (0x8000, -0.0),
        ] {
            assert_eq!(Dtype::F16.read(&u16::to_le_bytes(bits)).to_bits(), f64::to_bits(value), "{bits:x}");
        }
        assert!(Dtype::F16.read(&[1, 0x7c]).is_nan());
        assert_eq!(Dtype::BF16.read(&[0xc0, 0xbf]), -1.5);
    }
}
