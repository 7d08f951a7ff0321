//! The images of a batch, as they lie in memory.

use nn_core::lanes::{Block, LANES};
use nn_core::{Scalar, SettingError, Tensor};

/// Returns height and width of images of shape `[n, c, h, w]`, for the augmentation `of`.
pub(super) fn size(of: &str, shape: &[usize]) -> Result<[usize; 2], SettingError> {
    match *shape {
        [_, _, height, width] => Ok([height, width]),
        _ => {
            // A shape may have any number of axes.
            let axes = shape.len();
            let found = if axes < 8 { format!("{shape:?}") } else { format!("one of {axes} axes") };
            let expected = "[n, channels, height, width], images as `Dataset::reshape` makes them";
            Err(SettingError::new(of, "shape of the inputs", expected, found))
        }
    }
}

/// Sixteen images, one in each lane: for each row and column of one channel a block.
pub(super) struct Planes<'a, F> {
    /// All samples of a channel.
    blocks: &'a mut [Block<F>],
    /// The distance from one pixel to the next.
    stride: usize,
    /// Which of the blocks of a pixel.
    place: usize,
    pub(super) height: usize,
    pub(super) width: usize,
}

impl<F: Scalar> Planes<'_, F> {
    /// Returns the block of a pixel.
    #[inline(always)]
    pub(super) fn at(&mut self, row: usize, column: usize) -> &mut Block<F> {
        &mut self.blocks[(row * self.width + column) * self.stride + self.place]
    }
}

/// Draws something for each sample, sixteen at a time and in their order, and then changes each channel of the sixteen images. What
/// is drawn for the padding is `nothing`.
pub(super) fn each<F: Scalar, T: Copy>(
    x: &mut Tensor<F>,
    [height, width]: [usize; 2],
    nothing: T,
    mut draw: impl FnMut() -> T,
    change: impl Fn(Planes<'_, F>, [T; LANES]),
) {
    let (samples, stride) = (x.samples(), x.blocks_per_feature());
    for place in 0..stride {
        let mut drawn = [nothing; LANES];
        drawn[..LANES.min(samples - place * LANES)].fill_with(&mut draw);
        for blocks in x.blocks_mut().chunks_exact_mut((height * width * stride).max(1)) {
            change(Planes { blocks, stride, place, height, width }, drawn);
        }
    }
}
