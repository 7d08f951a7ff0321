//! The layers of a diagram, and the order of what is in them: lines that cross less are easier to follow.

/// What stands in a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// The node with this index.
    Node(usize),
    /// The line of the node with this index, which passes this layer to one further down.
    Line(usize),
}

/// Nodes and the lines between them, from the top layer to the bottom.
pub(super) struct Layers {
    pub(super) slots: Vec<Vec<Slot>>,
    /// The layer of each node.
    pub(super) layer: Vec<usize>,
}

/// The number of times that the layers are put into order, down and up again.
const SWEEPS: usize = 12;

impl Layers {
    /// Arranges nodes, of which each reads some that come before it. A node is as far up as what it reads permits, except that one
    /// that reads nothing stands right above the first that reads it.
    pub(super) fn of(from: &[Vec<usize>]) -> Self {
        let count = from.len();
        let mut layer = vec![0; count];
        for node in 0..count {
            layer[node] = from[node].iter().map(|&read| layer[read] + 1).max().unwrap_or(0);
        }
        let readers: Vec<Vec<usize>> = (0..count)
            .map(|node| (0..count).filter(|&reader| from[reader].contains(&node)).collect())
            .collect();
        for node in (0..count).filter(|&node| from[node].is_empty()) {
            if let Some(first) = readers[node].iter().map(|&reader| layer[reader]).min() {
                layer[node] = first - 1;
            }
        }
        let mut slots = vec![Vec::new(); layer.iter().max().map_or(0, |last| last + 1)];
        for node in 0..count {
            slots[layer[node]].push(Slot::Node(node));
            let last = readers[node].iter().map(|&reader| layer[reader]).max().unwrap_or(0);
            for passed in slots.iter_mut().take(last).skip(layer[node] + 1) {
                passed.push(Slot::Line(node));
            }
        }
        let mut layers = Layers { slots, layer };
        layers.order(from);
        layers
    }

    /// The slots of the layer above that a slot is connected to.
    pub(super) fn above(&self, layer: usize, slot: Slot, from: &[Vec<usize>]) -> Vec<usize> {
        let Some(above) = layer.checked_sub(1).map(|above| &self.slots[above]) else { return Vec::new() };
        let read =
            |of: usize| above.iter().position(|&slot| slot == Slot::Node(of) || slot == Slot::Line(of));
        match slot {
            Slot::Line(node) => read(node).into_iter().collect(),
            Slot::Node(node) => from[node].iter().filter_map(|&of| read(of)).collect(),
        }
    }

    /// The slots of the layer below that a slot is connected to.
    pub(super) fn below(&self, layer: usize, slot: usize, from: &[Vec<usize>]) -> Vec<usize> {
        let Some(below) = self.slots.get(layer + 1) else { return Vec::new() };
        let reads = |index: &usize| self.above(layer + 1, below[*index], from).contains(&slot);
        (0..below.len()).filter(reads).collect()
    }

    /// Puts each layer into the order of the means of what it is connected to, down and up several times, and keeps the order with the
    /// fewest crossings.
    fn order(&mut self, from: &[Vec<usize>]) {
        let (mut best, mut fewest) = (self.slots.clone(), self.crossings(from));
        for sweep in 0..SWEEPS {
            let down = sweep % 2 == 0;
            let count = self.slots.len();
            for step in 0..count {
                let layer = if down { step } else { count - 1 - step };
                let keys: Vec<f64> = (0..self.slots[layer].len())
                    .map(|index| {
                        let connected = match down {
                            true => self.above(layer, self.slots[layer][index], from),
                            false => self.below(layer, index, from),
                        };
                        mean(connected.iter().map(|&index| index as f64)).unwrap_or(index as f64)
                    })
                    .collect();
                let mut order: Vec<usize> = (0..keys.len()).collect();
                order.sort_by(|&a, &b| keys[a].total_cmp(&keys[b]));
                self.slots[layer] = order.iter().map(|&index| self.slots[layer][index]).collect();
            }
            let crossings = self.crossings(from);
            if crossings < fewest {
                (best, fewest) = (self.slots.clone(), crossings);
            }
        }
        self.slots = best;
    }

    fn crossings(&self, from: &[Vec<usize>]) -> usize {
        let mut count = 0;
        for layer in 1..self.slots.len() {
            let lines: Vec<(usize, usize)> = self.slots[layer]
                .iter()
                .enumerate()
                .flat_map(|(to, &slot)| self.above(layer, slot, from).into_iter().map(move |from| (from, to)))
                .collect();
            for (index, a) in lines.iter().enumerate() {
                let crosses = |b: &&(usize, usize)| (a.0 < b.0 && a.1 > b.1) || (a.0 > b.0 && a.1 < b.1);
                count += lines[index + 1..].iter().filter(crosses).count();
            }
        }
        count
    }
}

/// The mean of some values, if there are any.
pub(super) fn mean(values: impl ExactSizeIterator<Item = f64>) -> Option<f64> {
    let count = values.len() as f64;
    (count > 0.0).then(|| values.sum::<f64>() / count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_has_a_slot_in_every_layer_that_it_passes() {
        // 0 → 1 → 2 → 3, and 0 → 3; 4 is read by 3 alone.
        let from = [vec![], vec![0], vec![1], vec![], vec![2, 0, 3]];
        let layers = Layers::of(&from);
        assert_eq!(layers.layer, [0, 1, 2, 2, 3]);
        let sorted = |layer: usize| {
            let mut slots: Vec<String> = layers.slots[layer].iter().map(|slot| format!("{slot:?}")).collect();
            slots.sort();
            slots
        };
        assert_eq!(sorted(1), ["Line(0)", "Node(1)"]);
        assert_eq!(sorted(2), ["Line(0)", "Node(2)", "Node(3)"]);
        assert_eq!(layers.crossings(&from), 0);
    }

    #[test]
    fn lines_that_need_not_cross_do_not() {
        // Two chains whose nodes are declared crosswise.
        let from = [vec![], vec![], vec![1], vec![0], vec![2], vec![3], vec![4, 5]];
        assert_eq!(Layers::of(&from).crossings(&from), 0);
    }
}
