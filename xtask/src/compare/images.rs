//! The part of a network that sees images: convolutions, each with its activation and perhaps a pooling.

use std::fmt;
use std::str::FromStr;

use super::line::{Line, numbers};

/// Images and the convolutions over them. Between the last of these and the linear layers the image is flattened.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Images {
    /// Channels, height and width of the inputs.
    pub(super) shape: [usize; 3],
    pub(super) convolutions: Vec<Convolution>,
}

/// A convolution with stride 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Convolution {
    /// Number of output channels.
    pub(super) channels: usize,
    /// Height and width of the window.
    pub(super) kernel: usize,
    /// Number of zeros on each side.
    pub(super) padding: usize,
    /// Number of groups of channels; as many as there are channels make it depthwise.
    pub(super) groups: usize,
    /// Size and stride of the max pooling after the activation, or 1 for none.
    pub(super) pool: usize,
}

impl Images {
    /// The shape of each convolution's weight, `[outputs, inputs of a group, height, width]`.
    pub(super) fn weights(&self) -> Vec<Vec<usize>> {
        let inputs = [self.shape[0]].into_iter().chain(self.convolutions.iter().map(|of| of.channels));
        let shape =
            |(of, inputs): (&Convolution, _)| vec![of.channels, inputs / of.groups, of.kernel, of.kernel];
        self.convolutions.iter().zip(inputs).map(shape).collect()
    }

    /// Channels, height and width after the last convolution and its pooling.
    pub(super) fn output(&self) -> [usize; 3] {
        self.convolutions.iter().fold(self.shape, |[_, height, width], of| {
            let size = |size: usize| (size + 2 * of.padding + 1 - of.kernel) / of.pool;
            [of.channels, size(height), size(width)]
        })
    }

    /// Reads both words, or `None` if the line has neither.
    pub(super) fn read(line: &Line<'_>) -> Result<Option<Self>, String> {
        let Some(image) = line.find::<String>("image")? else { return Ok(None) };
        let shape = numbers(&image, 'x').ok_or_else(|| format!("expected image=1x28x28, found '{image}'"))?;
        let convolutions: String = line.get("convolutions")?;
        let convolutions = convolutions.split(',').map(str::parse).collect::<Result<_, _>>()?;
        Ok(Some(Images { shape, convolutions }))
    }
}

/// Two words of a job.
impl fmt::Display for Images {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [channels, height, width] = self.shape;
        let convolutions: Vec<String> = self.convolutions.iter().map(ToString::to_string).collect();
        write!(f, "image={channels}x{height}x{width} convolutions={}", convolutions.join(","))
    }
}

impl fmt::Display for Convolution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Convolution { channels, kernel, padding, groups, pool } = self;
        write!(f, "{channels}-{kernel}-{padding}-{groups}-{pool}")
    }
}

impl FromStr for Convolution {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let [channels, kernel, padding, groups, pool] = numbers(text, '-')
            .ok_or_else(|| format!("expected channels-kernel-padding-groups-pool, found '{text}'"))?;
        Ok(Convolution { channels, kernel, padding, groups, pool })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_convolutions_of_lenet() {
        let line = Line("image=1x28x28 convolutions=6-5-2-1-2,16-5-0-1-2");
        let images = Images::read(&line).unwrap().unwrap();
        assert_eq!(images.to_string(), line.0);
        assert_eq!(images.weights(), [[6, 1, 5, 5], [16, 6, 5, 5]]);
        assert_eq!(images.output(), [16, 5, 5]);
        assert_eq!(Images::read(&Line("sizes=2-2")), Ok(None));
        let depthwise = Images::read(&Line("image=32x14x14 convolutions=32-3-1-32-1")).unwrap().unwrap();
        assert_eq!((depthwise.weights(), depthwise.output()), (vec![vec![32, 1, 3, 3]], [32, 14, 14]));
    }

    #[test]
    fn images_that_cannot_be_read_are_refused() {
        let error = |line| Images::read(&Line(line)).unwrap_err();
        assert_eq!(error("image=28x28 convolutions=6-5-2-1-2"), "expected image=1x28x28, found '28x28'");
        assert!(error("image=1x28x28").starts_with("expected convolutions=…"));
        let expected = "expected channels-kernel-padding-groups-pool, found '6-5'";
        assert_eq!(error("image=1x28x28 convolutions=6-5"), expected);
    }
}
