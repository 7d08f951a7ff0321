//! The shape of a tensor, with a key by which shapes are compared in every step.

use std::ops::Deref;

/// The sizes of the axes, and a key: one comparison of numbers takes the place of one of slices.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shape {
    axes: Vec<usize>,
    key: u64,
}

impl Shape {
    pub(crate) fn of(axes: &[usize]) -> Self {
        Shape { axes: axes.to_vec(), key: key(axes) }
    }

    /// Returns whether both have the same key. Equal shapes do, and shapes of one rank that differ in a single axis do not. For
    /// any others it is as unlikely as to guess 64 bits.
    #[inline(always)]
    pub(crate) fn is(&self, other: &Shape) -> bool {
        self.key == other.key
    }
}

impl Deref for Shape {
    type Target = [usize];

    fn deref(&self) -> &[usize] {
        &self.axes
    }
}

/// Mixes the axes and then their number. A single step is invertible, so that a change of one axis always changes the key. The
/// constants are those of splitmix64.
fn key(axes: &[usize]) -> u64 {
    let step = |key: u64, size: usize| {
        let next = key.wrapping_add(0x9e37_79b9_7f4a_7c15) ^ size as u64;
        let mixed = next.wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^ (mixed >> 31)
    };
    step(axes.iter().fold(0, |key, &axis| step(key, axis)), axes.len())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_shapes_of_small_sizes_have_one_key() {
        let mut shapes = vec![vec![]];
        for a in 0..40 {
            shapes.push(vec![a]);
            for b in 0..40 {
                shapes.push(vec![a, b]);
                shapes.extend((0..20).map(|c| vec![a, b, c]));
            }
        }
        let keys: HashSet<u64> = shapes.iter().map(|axes| key(axes)).collect();
        assert_eq!(keys.len(), shapes.len());
        let is = |a: &[usize], b: &[usize]| Shape::of(a).is(&Shape::of(b));
        assert!(is(&[20, 3], &[20, 3]) && !is(&[20, 3], &[19, 3]) && !is(&[20, 3], &[3, 20]));
    }
}
