//! Colours: the Okabe-Ito set, which colour-blind readers can tell apart, and the two-class blend.

/// An opaque sRGB colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color {
    red: u8,
    green: u8,
    blue: u8,
}

impl Color {
    /// Okabe-Ito blue, `#0072B2`: class 0, training.
    pub const BLUE: Self = Self::rgb(0x00, 0x72, 0xB2);
    /// Okabe-Ito vermilion, `#D55E00`: class 1, test.
    pub const ORANGE: Self = Self::rgb(0xD5, 0x5E, 0x00);
    /// Okabe-Ito bluish green, `#009E73`.
    pub const GREEN: Self = Self::rgb(0x00, 0x9E, 0x73);
    /// Okabe-Ito reddish purple, `#CC79A7`.
    pub const PURPLE: Self = Self::rgb(0xCC, 0x79, 0xA7);
    /// Okabe-Ito sky blue, `#56B4E9`.
    pub const SKY: Self = Self::rgb(0x56, 0xB4, 0xE9);
    /// Okabe-Ito amber, `#E69F00`.
    pub const AMBER: Self = Self::rgb(0xE6, 0x9F, 0x00);
    /// The near-black of text and axes, `#262626`.
    pub const INK: Self = Self::rgb(0x26, 0x26, 0x26);
    /// A middle grey for reference lines, `#808080`.
    pub const GREY: Self = Self::rgb(0x80, 0x80, 0x80);
    /// White.
    pub const WHITE: Self = Self::rgb(0xFF, 0xFF, 0xFF);

    /// The colour of three sRGB components.
    #[must_use]
    pub const fn rgb(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    pub(crate) const fn components(self) -> (u8, u8, u8) {
        (self.red, self.green, self.blue)
    }

    /// The blend with white that holds `share` (0 to 1) of this colour.
    fn tint(self, share: f64) -> Self {
        let mix = |c: u8| (255.0 + share * (f64::from(c) - 255.0) + 0.5) as u8;
        Self::rgb(mix(self.red), mix(self.green), mix(self.blue))
    }
}

/// At most this much colour in a field: points drawn over it must stay the strongest thing in sight.
const FIELD_SHARE: f64 = 0.44;

/// The 256 colours of a probability field: blue at 0, white at one half, orange at 1.
pub(crate) fn field_palette() -> Vec<Color> {
    let shade = |p: f64| match p < 0.5 {
        true => Color::BLUE.tint(FIELD_SHARE * (1.0 - 2.0 * p)),
        false => Color::ORANGE.tint(FIELD_SHARE * (2.0 * p - 1.0)),
    };
    (0..=255).map(|index| shade(f64::from(index) / 255.0)).collect()
}
