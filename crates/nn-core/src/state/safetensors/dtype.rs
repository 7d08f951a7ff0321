//! The number types of a file, and how their bytes become numbers and back.

use crate::{Kind, Scalar};

/// A number type that can be read. Ordered as the tensors of a file are: the type with the coarsest alignment comes first.
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

    /// The type in which values of this kind are saved.
    pub(super) fn of<F: Scalar>(kind: Kind) -> Self {
        match kind {
            Kind::Counter => Dtype::I64,
            // A scalar is either `f32` or `f64`.
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

    /// The number of bytes of one value.
    pub(super) fn size(self) -> usize {
        match self {
            Dtype::I64 | Dtype::F64 => 8,
            Dtype::F32 => 4,
            Dtype::F16 | Dtype::BF16 => 2,
        }
    }

    /// The value in `bytes`, of which there must be [`size`](Dtype::size). Only an I64 may be rounded.
    pub(super) fn read(self, bytes: &[u8]) -> f64 {
        let mut word = [0; 8];
        word[..bytes.len()].copy_from_slice(bytes);
        let word = u64::from_le_bytes(word);
        match self {
            Dtype::I64 => word as i64 as f64,
            Dtype::F64 => f64::from_bits(word),
            Dtype::F32 => f64::from(f32::from_bits(word as u32)),
            Dtype::F16 => half(word as u16),
            // A BF16 is the upper half of an F32.
            Dtype::BF16 => f64::from(f32::from_bits((word as u32) << 16)),
        }
    }

    /// Appends a value in one of the types that [`of`](Dtype::of) returns. An I64 must be a whole number.
    pub(super) fn write(self, x: f64, bytes: &mut Vec<u8>) {
        match self {
            Dtype::I64 => bytes.extend((x as i64).to_le_bytes()),
            Dtype::F64 => bytes.extend(x.to_le_bytes()),
            Dtype::F32 => bytes.extend((x as f32).to_le_bytes()),
            Dtype::F16 | Dtype::BF16 => unreachable!("these are never written"),
        }
    }
}

/// The value of an IEEE 754 binary16: one sign bit, five exponent bits, ten fraction bits.
fn half(bits: u16) -> f64 {
    // The same fields in an f64 are too small by the difference of the two exponent biases, 1023 − 15. To scale by a power of
    // two is exact, also for a binary16 without the implicit leading bit (a subnormal), which is a subnormal f64 at first.
    const SCALE: f64 = f64::from_bits((1008 + 1023) << 52);
    let magnitude = match bits & 0x7fff {
        0x7c00 => f64::INFINITY,
        0x7c01.. => f64::NAN,
        finite => f64::from_bits(u64::from(finite) << 42) * SCALE,
    };
    if bits >> 15 == 1 { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_precision_is_read_as_ieee_754_defines_it() {
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
