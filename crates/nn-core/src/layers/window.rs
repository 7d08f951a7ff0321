//! The settings of a window that moves over an image: its size, stride, padding and dilation. Convolution and pooling share them.

use std::fmt::{self, Display};

use crate::architecture::{Value, Written};
use crate::kernels::window::Axis;
use crate::{SettingError, ShapeError};

/// One size for all `D` axes of an image, `3`, or one for each, `[3, 5]`: rows first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent<const D: usize>(pub [usize; D]);

impl<const D: usize> From<usize> for Extent<D> {
    fn from(size: usize) -> Self {
        Extent([size; D])
    }
}

impl<const D: usize> From<[usize; D]> for Extent<D> {
    fn from(sizes: [usize; D]) -> Self {
        Extent(sizes)
    }
}

/// Prints `3` where all axes are alike, and `3x5` where they are not.
impl<const D: usize> Display for Extent<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let alike = self.0.iter().all(|size| *size == self.0[0]);
        let sizes = if alike { &self.0[..1] } else { &self.0[..] };
        for (i, size) in sizes.iter().enumerate() {
            write!(f, "{}{size}", if i == 0 { "" } else { "x" })?;
        }
        Ok(())
    }
}

/// How far a window may reach beyond the edges of an image. What lies there counts as 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Padding<const D: usize> {
    /// This many positions on both sides of each axis. `2` and `[2, 1]` become this.
    Zeros([usize; D]),
    /// As many as it takes for the output to be as large as the input, d (k − 1) in all. Where that is odd, there is one more after the
    /// last position than before the first, as in PyTorch. The stride must be 1.
    Same,
    /// No padding: the window stays within the image.
    Valid,
}

impl<const D: usize> From<usize> for Padding<D> {
    fn from(size: usize) -> Self {
        Padding::Zeros([size; D])
    }
}

impl<const D: usize> From<[usize; D]> for Padding<D> {
    fn from(sizes: [usize; D]) -> Self {
        Padding::Zeros(sizes)
    }
}

impl<const D: usize> Display for Padding<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Padding::Zeros(sizes) => Extent(*sizes).fmt(f),
            Padding::Same => f.write_str("same"),
            Padding::Valid => f.write_str("valid"),
        }
    }
}

/// The settings of a window over `D` axes, one or two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window<const D: usize> {
    pub(super) kernel: [usize; D],
    pub(super) stride: [usize; D],
    pub(super) padding: Padding<D>,
    pub(super) dilation: [usize; D],
    /// Whether the output has a last position for a window that the input does not fill.
    pub(super) ceil_mode: bool,
}

/// What a layer over so many axes looks at, and the names of its axes, for errors.
const fn names(axes: usize) -> (&'static str, &'static [&'static str]) {
    if axes == 1 { ("a sequence", &["l"]) } else { ("an image", &["h", "w"]) }
}

impl<const D: usize> Window<D> {
    pub(super) fn new(kernel: Extent<D>) -> Self {
        Window {
            kernel: kernel.0,
            stride: [1; D],
            padding: Padding::Valid,
            dilation: [1; D],
            ceil_mode: false,
        }
    }

    /// Returns how many zeros there are on both sides of each axis. The padding is a number or none.
    pub(super) fn zeros(&self) -> Extent<D> {
        if let Padding::Zeros(sizes) = self.padding { Extent(sizes) } else { Extent([0; D]) }
    }

    /// Checks the settings of `of`.
    pub(super) fn check(&self, of: &str) -> Result<(), SettingError> {
        for (name, sizes) in [("kernel", self.kernel), ("stride", self.stride), ("dilation", self.dilation)] {
            let fits = !sizes.contains(&0);
            SettingError::unless(fits, of, name, "a size of at least 1 for each axis", Extent(sizes))?;
        }
        let same = self.padding == Padding::Same && self.stride != [1; D];
        let found = Extent(self.stride);
        SettingError::unless(!same, of, "stride", "1, because the padding is `same`", found)
    }

    /// Returns the axes, two of them: over a sequence, the first is a point.
    ///
    /// # Errors
    /// [`ShapeError`] if the window is larger than the image with its padding, or no number could hold the sizes.
    pub(super) fn axes(&self, of: &dyn Display, input: &[usize]) -> Result<[Axis; 2], ShapeError> {
        let too_large = || ShapeError::too_large(of, input);
        let mut axes = [Axis::POINT; 2];
        for d in 0..D {
            let size = input[input.len() - D + d];
            let span = span(self.kernel[d], self.dilation[d]).ok_or_else(too_large)?;
            let [before, after] = match self.padding {
                Padding::Zeros(sizes) => [sizes[d]; 2],
                Padding::Same => [(span - 1) / 2, span - 1 - (span - 1) / 2],
                Padding::Valid => [0; 2],
            };
            let padded =
                before.checked_add(after).and_then(|both| both.checked_add(size)).ok_or_else(too_large)?;
            // Whatever the kernels compute stays below this sum.
            padded.checked_add(span).and_then(|sum| sum.checked_add(self.stride[d])).ok_or_else(too_large)?;
            let Some(free) = padded.checked_sub(span).filter(|_| size > 0) else {
                return Err(self.too_small(of, input));
            };
            let mut output = free.checked_div(self.stride[d]).ok_or_else(too_large)? + 1;
            // The last window must begin in the input, or in the padding before it.
            if self.ceil_mode && free % self.stride[d] > 0 && output * self.stride[d] < size + before {
                output += 1;
            }
            axes[2 - D + d] = Axis {
                input: size,
                output,
                kernel: self.kernel[d],
                stride: self.stride[d],
                dilation: self.dilation[d],
                before,
            };
        }
        Ok(axes)
    }

    /// Returns the axes of the convolution whose outputs are `input`, and whose inputs are as many as the window reaches when it
    /// moves over them, and so many more. The padding is a number.
    ///
    /// # Errors
    /// [`ShapeError`] if the input is empty, if the padding cuts everything off, or if no number could hold the sizes.
    pub(super) fn transposed_axes(
        &self,
        of: &dyn Display,
        input: &[usize],
        more: [usize; D],
    ) -> Result<[Axis; 2], ShapeError> {
        let mut axes = [Axis::POINT; 2];
        for d in 0..D {
            let (size, stride) = (input[input.len() - D + d], self.stride[d]);
            if size == 0 {
                let expected = format!("{} without axes of size 0", names(D).0);
                return Err(ShapeError::new(of, expected, input));
            }
            let before = if let Padding::Zeros(sizes) = self.padding { sizes[d] } else { 0 };
            let reached = || {
                let first = (size - 1).checked_mul(stride)?;
                let all = first.checked_add(span(self.kernel[d], self.dilation[d])?)?.checked_add(more[d])?;
                // Whatever the kernels compute stays below this sum.
                all.checked_add(before.checked_mul(2)?)?.checked_add(stride).map(|_| all)
            };
            let reached = reached().ok_or_else(|| ShapeError::too_large(of, input))?;
            let Some(larger) = reached.checked_sub(2 * before).filter(|&larger| larger > 0) else {
                let expected = format!("{} of which the padding leaves something", names(D).0);
                return Err(ShapeError::new(of, expected, input));
            };
            axes[2 - D + d] = Axis {
                input: larger,
                output: size,
                kernel: self.kernel[d],
                stride,
                dilation: self.dilation[d],
                before,
            };
        }
        Ok(axes)
    }

    fn too_small(&self, of: &dyn Display, input: &[usize]) -> ShapeError {
        let least = |d: usize| {
            let padding = match self.padding {
                Padding::Zeros(sizes) => sizes[d].saturating_mul(2),
                Padding::Same => usize::MAX,
                Padding::Valid => 0,
            };
            span(self.kernel[d], self.dilation[d]).unwrap_or(usize::MAX).saturating_sub(padding).max(1)
        };
        let (what, names) = names(D);
        let axes: Vec<_> =
            names.iter().enumerate().map(|(d, name)| format!("{name} of at least {}", least(d))).collect();
        ShapeError::new(of, format!("{what} with {}", axes.join(" and ")), input)
    }

    /// Writes the settings that are not the default ones, each after a comma. The default stride of a pooling is its kernel.
    pub(super) fn fmt_settings(&self, f: &mut fmt::Formatter<'_>, stride: [usize; D]) -> fmt::Result {
        if self.stride != stride {
            write!(f, ", stride={}", Extent(self.stride))?;
        }
        if !matches!(self.padding, Padding::Valid) && self.padding != Padding::Zeros([0; D]) {
            write!(f, ", padding={}", self.padding)?;
        }
        if self.dilation != [1; D] {
            write!(f, ", dilation={}", Extent(self.dilation))?;
        }
        if self.ceil_mode { f.write_str(", ceil_mode=true") } else { Ok(()) }
    }
}

/// Returns the number of positions from the first to the last element of a window.
fn span(kernel: usize, dilation: usize) -> Option<usize> {
    kernel.checked_sub(1)?.checked_mul(dilation)?.checked_add(1)
}

/// Returns the input that a layer over `D` axes expects, for errors: `[n, 3, h, w]`.
pub(super) fn expected_input<const D: usize>(channels: impl Display) -> String {
    format!("input [n, {channels}, {}]", names(D).1.join(", "))
}

impl<const D: usize> Extent<D> {
    /// Returns the number of positions of a window of this size, or the largest number if it is larger.
    pub(super) fn positions(self) -> usize {
        self.0.into_iter().fold(1, usize::saturating_mul)
    }
}

/// One number, or a list of several that differ.
impl<const D: usize> Written for Extent<D> {
    const EXPECTED: &'static str = if D == 1 { "a size" } else { "a size or a list of two" };

    fn write(self) -> Option<Value> {
        let alike = self.0.iter().all(|size| *size == self.0[0]);
        if alike { self.0[0].write() } else { self.0.to_vec().write() }
    }

    fn read(value: Option<&Value>) -> Option<Self> {
        match value {
            sizes @ Some(Value::List(_)) => <[usize; D]>::try_from(Vec::read(sizes)?).ok().map(Extent),
            value => usize::read(value).map(Extent::from),
        }
    }
}

impl<const D: usize> Written for Padding<D> {
    const EXPECTED: &'static str =
        if D == 1 { r#"a size, "same" or "valid""# } else { r#"a size, a list of two, "same" or "valid""# };

    fn write(self) -> Option<Value> {
        match self {
            Padding::Zeros(sizes) => Extent(sizes).write(),
            Padding::Same | Padding::Valid => Some(Value::Text(self.to_string())),
        }
    }

    fn read(value: Option<&Value>) -> Option<Self> {
        match value {
            Some(Value::Text(text)) if text == "same" => Some(Padding::Same),
            Some(Value::Text(text)) if text == "valid" => Some(Padding::Valid),
            value => Extent::read(value).map(|Extent(sizes)| Padding::Zeros(sizes)),
        }
    }
}
