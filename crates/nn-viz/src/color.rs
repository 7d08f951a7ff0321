//! Colours that readers with colour blindness can tell apart, and the palettes of fields, counts and images.

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
    /// The colours of up to ten classes: the six Okabe-Ito colours above, then a magenta, a brown, a sand and
    /// a violet. Under each common kind of colour blindness, no two of the ten are closer than the closest
    /// two of the six.
    pub const CLASSES: [Self; 10] = [
        Self::BLUE,
        Self::ORANGE,
        Self::GREEN,
        Self::PURPLE,
        Self::AMBER,
        Self::SKY,
        Self::rgb(0xAA, 0x33, 0x77),
        Self::rgb(0x55, 0x33, 0x1A),
        Self::rgb(0xDD, 0xCC, 0x77),
        Self::rgb(0x3B, 0x1F, 0x6B),
    ];
    /// The near-black of text and axes, `#262626`.
    pub const INK: Self = Self::rgb(0x26, 0x26, 0x26);
    /// A middle grey for reference lines, `#808080`.
    pub const GREY: Self = Self::rgb(0x80, 0x80, 0x80);
    /// White.
    pub const WHITE: Self = Self::rgb(0xFF, 0xFF, 0xFF);

    /// Makes a colour from its sRGB components.
    #[must_use]
    pub const fn rgb(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    pub(crate) const fn components(self) -> (u8, u8, u8) {
        (self.red, self.green, self.blue)
    }

    /// The blend of this colour with white that contains `share` (0 to 1) of it.
    pub(crate) fn tint(self, share: f64) -> Self {
        self.over(Self::WHITE, share)
    }

    /// The blend of this colour with `ground` that contains `share` (0 to 1) of it.
    fn over(self, ground: Self, share: f64) -> Self {
        let mix = |c: u8, ground: u8| {
            let (c, ground) = (f64::from(c), f64::from(ground));
            (ground + share * (c - ground) + 0.5) as u8
        };
        Self::rgb(mix(self.red, ground.red), mix(self.green, ground.green), mix(self.blue, ground.blue))
    }

    /// Black or white, whichever contrasts more with this colour.
    pub(crate) fn contrary(self) -> Self {
        let with = |text: Self| contrast(self.luminance(), text.luminance());
        if with(Self::BLACK) >= with(Self::WHITE) { Self::BLACK } else { Self::WHITE }
    }

    const BLACK: Self = Self::rgb(0, 0, 0);

    /// The relative luminance, from 0 to 1, as WCAG 2 defines it.
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.linear();
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// The components as amounts of light, from 0 to 1.
    fn linear(self) -> [f64; 3] {
        [self.red, self.green, self.blue].map(|component| {
            let share = f64::from(component) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { libm::pow((share + 0.055) / 1.055, 2.4) }
        })
    }
}

/// The largest share of colour in a field: points drawn over it must stay more prominent than the field.
pub(crate) const FIELD_SHARE: f64 = 0.44;

/// The 256 colours of a probability field: blue at 0, white at one half, orange at 1.
pub(crate) fn field_palette() -> Vec<Color> {
    let shade = |p: f64| match p < 0.5 {
        true => Color::BLUE.tint(FIELD_SHARE * (1.0 - 2.0 * p)),
        false => Color::ORANGE.tint(FIELD_SHARE * (2.0 * p - 1.0)),
    };
    (0..=255).map(|index| shade(f64::from(index) / 255.0)).collect()
}

/// The 256 colours of counts and shares, from white through blue to a blue that is almost black. Each is
/// darker than the one before it, so their order is visible in print without colour.
pub(crate) fn sequential_palette() -> Vec<Color> {
    const DARK: Color = Color::rgb(0x08, 0x36, 0x64);
    const TURN: f64 = 0.7;
    let shade = |share: f64| match share < TURN {
        true => Color::BLUE.tint(share / TURN * 0.94),
        false => DARK.over(Color::BLUE.tint(0.94), (share - TURN) / (1.0 - TURN)),
    };
    (0..=255).map(|index| shade(f64::from(index) / 255.0)).collect()
}

/// The 256 colours of signed values: blue below zero, white at zero, orange above it. The ends are as strong
/// as the colours of classes, because nothing is drawn over them.
pub(crate) fn signed_palette() -> Vec<Color> {
    // The two colours in the middle are both white.
    let side = |color: Color| (0..=127).map(move |step| color.tint(f64::from(step) / 127.0));
    side(Color::BLUE).rev().chain(side(Color::ORANGE)).collect()
}

/// The 256 greys from black to white.
pub(crate) fn grey_palette() -> Vec<Color> {
    (0..=255).map(|level| Color::rgb(level, level, level)).collect()
}

/// The contrast ratio of two luminances, from 1 to 21, as WCAG 2 defines it.
fn contrast(a: f64, b: f64) -> f64 {
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::{Color, contrast, sequential_palette, signed_palette};

    /// The CIELAB coordinates of linear RGB components.
    fn lab(rgb: [f64; 3]) -> [f64; 3] {
        let f = |row: [f64; 3], white: f64| {
            let light = (0..3).map(|c| row[c] * rgb[c].clamp(0.0, 1.0)).sum::<f64>() / white;
            if light > 0.008_856 { libm::cbrt(light) } else { 7.787 * light + 16.0 / 116.0 }
        };
        let x = f([0.4124, 0.3576, 0.1805], 0.9505);
        let y = f([0.2126, 0.7152, 0.0722], 1.0);
        let z = f([0.0193, 0.1192, 0.9505], 1.089);
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    fn closest(colors: &[Color], seen: [[f64; 3]; 3]) -> f64 {
        let seen = |color: &Color| {
            let rgb = color.linear();
            lab(seen.map(|row| (0..3).map(|c| row[c] * rgb[c]).sum()))
        };
        let places: Vec<[f64; 3]> = colors.iter().map(seen).collect();
        let mut closest = f64::INFINITY;
        for (index, a) in places.iter().enumerate() {
            for b in &places[..index] {
                closest = closest.min((0..3).map(|c| (a[c] - b[c]) * (a[c] - b[c])).sum::<f64>().sqrt());
            }
        }
        closest
    }

    /// The matrices are those of Machado, Oliveira and Fernandes (2009), at full severity.
    #[test]
    fn ten_classes_stay_as_far_apart_as_six_for_colour_blind_readers() {
        let normal = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        let protan = [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ];
        let deutan = [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ];
        let least = |colors: &[Color]| {
            [normal, protan, deutan]
                .into_iter()
                .map(|seen| closest(colors, seen))
                .fold(f64::INFINITY, f64::min)
        };
        let (ten, six) = (least(&Color::CLASSES), least(&Color::CLASSES[..6]));
        assert!(ten >= six && six > 17.0, "{ten} of ten, {six} of six");
        // Two classes that have the same one of five shapes are farther apart than that.
        for class in 0..5 {
            let pair = least(&[Color::CLASSES[class], Color::CLASSES[class + 5]]);
            assert!(pair > 1.3 * six, "{pair} between {class} and {}", class + 5);
        }
    }

    #[test]
    fn the_colours_of_counts_darken_steadily_and_text_on_them_is_readable() {
        let palette = sequential_palette();
        assert_eq!(palette[0], Color::WHITE);
        assert!(palette.windows(2).all(|pair| pair[1].luminance() < pair[0].luminance()));
        for color in palette {
            let ratio = contrast(color.luminance(), color.contrary().luminance());
            // The contrast that WCAG 2 requires of ordinary text.
            assert!(ratio >= 4.5, "{ratio} on {color:?}");
        }
    }

    #[test]
    fn the_colours_of_signed_values_darken_away_from_zero_and_have_readable_text() {
        let palette = signed_palette();
        let (below, above) = palette.split_at(128);
        assert_eq!([below[127], above[0]], [Color::WHITE; 2]);
        assert_eq!([below[0], above[127]], [Color::BLUE, Color::ORANGE]);
        assert!(below.windows(2).all(|pair| pair[0].luminance() < pair[1].luminance()));
        assert!(above.windows(2).all(|pair| pair[0].luminance() > pair[1].luminance()));
        for color in palette {
            let ratio = contrast(color.luminance(), color.contrary().luminance());
            assert!(ratio >= 4.5, "{ratio} on {color:?}");
        }
    }
}
