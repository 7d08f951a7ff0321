//! The places of what is in the layers of a diagram, from left to right.

use super::layers::{Layers, mean};

/// The number of times that slots are drawn to what they are connected to.
const SWEEPS: usize = 16;

/// Returns the middle of every slot, for slots of these widths with at least `gap` between them. The leftmost slot begins at 0.
pub(super) fn places(layers: &Layers, from: &[Vec<usize>], widths: &[Vec<f64>], gap: f64) -> Vec<Vec<f64>> {
    let centred = |widths: &Vec<f64>| apart(&vec![0.0; widths.len()], widths, gap);
    let mut places: Vec<Vec<f64>> = widths.iter().map(centred).collect();
    let count = widths.len();
    for sweep in 0..SWEEPS {
        let down = sweep % 2 == 0;
        for step in 0..count {
            let layer = if down { step } else { count - 1 - step };
            let wanted: Vec<f64> = (0..widths[layer].len())
                .map(|index| {
                    let above = layers.above(layer, layers.slots[layer][index], from);
                    let below = layers.below(layer, index, from);
                    let (connected, other) =
                        if down { (above, layer.wrapping_sub(1)) } else { (below, layer + 1) };
                    mean(connected.iter().map(|&slot| places[other][slot])).unwrap_or(places[layer][index])
                })
                .collect();
            places[layer] = apart(&wanted, &widths[layer], gap);
        }
    }
    let left = |(places, widths): (&Vec<f64>, &Vec<f64>)| {
        places.iter().zip(widths).map(|(place, width)| place - width / 2.0).fold(f64::INFINITY, f64::min)
    };
    let leftmost = places.iter().zip(widths).map(left).fold(f64::INFINITY, f64::min);
    places.iter_mut().flatten().for_each(|place| *place -= leftmost);
    places
}

/// Returns the places nearest to those wanted, in the sum of squares, at which no two slots overlap: slots that are too close form a
/// block, which is placed as a whole.
fn apart(wanted: &[f64], widths: &[f64], gap: f64) -> Vec<f64> {
    // Without the room that the slots before take, places only need to ascend.
    let mut offset = 0.0;
    let mut offsets = Vec::with_capacity(widths.len());
    for (index, width) in widths.iter().enumerate() {
        offset += if index == 0 { 0.0 } else { (widths[index - 1] + width) / 2.0 + gap };
        offsets.push(offset);
    }
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for (wanted, offset) in wanted.iter().zip(&offsets) {
        let mut block = (wanted - offset, 1);
        while let Some(&(before, count)) = blocks.last()
            && before > block.0
        {
            let all = (count + block.1) as f64;
            block = ((before * count as f64 + block.0 * block.1 as f64) / all, count + block.1);
            blocks.pop();
        }
        blocks.push(block);
    }
    let placed = blocks.iter().flat_map(|&(place, count)| std::iter::repeat_n(place, count));
    placed.zip(offsets).map(|(place, offset)| place + offset).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_keep_apart_and_are_else_where_they_are_wanted() {
        assert_eq!(apart(&[0.0, 10.0], &[2.0, 4.0], 1.0), [0.0, 10.0]);
        // Four apart, around the middle of what they want.
        assert_eq!(apart(&[5.0, 5.0], &[2.0, 4.0], 1.0), [3.0, 7.0]);
        assert_eq!(apart(&[6.0, 4.0, 20.0], &[2.0, 2.0, 2.0], 2.0), [3.0, 7.0, 20.0]);
        assert!(apart(&[], &[], 1.0).is_empty());
    }
}
