//! The number types of the format.

/// The type of the numbers in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    U8,
    I8,
    I16,
    I32,
    F32,
    F64,
}

impl Element {
    /// The type that a code in the header stands for.
    pub(super) fn of(code: u8) -> Option<Self> {
        match code {
            0x08 => Some(Element::U8),
            0x09 => Some(Element::I8),
            0x0B => Some(Element::I16),
            0x0C => Some(Element::I32),
            0x0D => Some(Element::F32),
            0x0E => Some(Element::F64),
            _ => None,
        }
    }

    /// The size of a number in bytes.
    pub(super) fn size(self) -> usize {
        match self {
            Element::U8 | Element::I8 => 1,
            Element::I16 => 2,
            Element::I32 | Element::F32 => 4,
            Element::F64 => 8,
        }
    }

    /// Whether the numbers are integers.
    pub(super) fn is_whole(self) -> bool {
        !matches!(self, Element::F32 | Element::F64)
    }

    /// Returns the number in these bytes, exactly. There must be [`size`](Element::size) bytes.
    pub(super) fn value(self, bytes: &[u8]) -> f64 {
        match (self, bytes) {
            (Element::U8, &[a]) => a.into(),
            (Element::I8, &[a]) => i8::from_be_bytes([a]).into(),
            (Element::I16, &[a, b]) => i16::from_be_bytes([a, b]).into(),
            (Element::I32, &[a, b, c, d]) => i32::from_be_bytes([a, b, c, d]).into(),
            (Element::F32, &[a, b, c, d]) => f32::from_be_bytes([a, b, c, d]).into(),
            (Element::F64, &[a, b, c, d, e, f, g, h]) => f64::from_be_bytes([a, b, c, d, e, f, g, h]),
            _ => unreachable!("{} bytes of {self:?}", bytes.len()),
        }
    }

    /// Describes the contents of a file for messages: `60000 x 28 x 28 numbers of u8`.
    pub(super) fn announce(self, shape: &[usize]) -> String {
        const SHOWN: usize = 8;
        let mut sizes: Vec<String> = shape.iter().take(SHOWN).map(usize::to_string).collect();
        if shape.len() > SHOWN {
            sizes.push(format!("… ({} axes)", shape.len()));
        }
        let plural = if shape.iter().all(|&size| size == 1) { "" } else { "s" };
        format!("{} number{plural} of {}", sizes.join(" x "), format!("{self:?}").to_lowercase())
    }
}
