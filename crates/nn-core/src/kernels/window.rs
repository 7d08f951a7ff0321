//! Windows that move along an axis: which inputs each output sees, and through which element of the window.
//!
//! A convolution and a pooling look at the input through a window of `kernel` elements, its taps. Element k of the window at output
//! position o is at input position o · stride + k · dilation − before. Positions outside the input do not exist: they are left out, not
//! read as zeros.

/// One axis of a convolution or a pooling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Axis {
    pub(crate) input: usize,
    pub(crate) output: usize,
    pub(crate) kernel: usize,
    pub(crate) stride: usize,
    pub(crate) dilation: usize,
    /// The padding before the first input.
    pub(crate) before: usize,
}

/// The inputs that one position sees, as a walk: tap `tap` is at `source`, and `count` taps follow each other by the steps of
/// their [`Walks`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Walk {
    pub(crate) tap: usize,
    pub(crate) count: usize,
    pub(crate) source: usize,
}

/// The walks of all positions of an axis, in runs: positions whose walks differ only in `source`, by one from each to the next.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Walks<'a> {
    runs: &'a [[usize; NUMBERS]],
    /// From one tap of a walk to the next.
    pub(crate) tap_step: usize,
    /// From the source of one tap to that of the next.
    pub(crate) source_step: isize,
}

/// A run of positions, the first of which is `at` and has the walk `walk`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) at: usize,
    pub(crate) length: usize,
    pub(crate) walk: Walk,
}

/// The numbers that a run is stored as.
const NUMBERS: usize = 5;

/// From where to where an axis is walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From each output to the inputs that it sees.
    Forward,
    /// From each input to the outputs that see it.
    Backward,
}

impl Axis {
    /// An axis of a single position and a window of a single element.
    pub(crate) const POINT: Axis = Axis { input: 1, output: 1, kernel: 1, stride: 1, dilation: 1, before: 0 };

    /// Writes down the walks of the windows that divide an axis into about equal parts: output o sees the inputs from
    /// o · input / output, rounded down, to (o + 1) · input / output, rounded up.
    pub(crate) fn adaptive(input: usize, output: usize) -> Vec<usize> {
        // In 128 bits, because the product may be larger than either.
        let [inputs, outputs] = [input as u128, output as u128];
        let part = |o: usize| {
            let [first, next] = [o as u128 * inputs, (o as u128 + 1) * inputs];
            let [source, end] = [(first / outputs) as usize, next.div_ceil(outputs) as usize];
            [o, 1, 0, end - source, source]
        };
        (0..output).flat_map(part).collect()
    }

    /// Joins two axes whose windows are single elements that leave nothing out: their positions lie side by side.
    pub(crate) fn joined([rows, columns]: [Axis; 2]) -> [Axis; 2] {
        let plain =
            |axis: Axis| (axis.kernel, axis.stride, axis.before) == (1, 1, 0) && axis.input == axis.output;
        if !plain(rows) || !plain(columns) {
            return [rows, columns];
        }
        let size = rows.input * columns.input;
        [Axis::POINT, Axis { input: size, output: size, ..columns }]
    }

    /// Returns the sizes of both axes as numbers, which tell them from any others.
    pub(crate) fn numbers(axes: &[Axis; 2]) -> impl Iterator<Item = usize> + use<'_> {
        axes.iter().flat_map(|&Axis { input, output, kernel, stride, dilation, before }| {
            [input, output, kernel, stride, dilation, before]
        })
    }

    /// Returns the outputs whose tap `tap` is an input, first and past the last.
    #[inline(always)]
    pub(crate) fn outputs_of(&self, tap: usize) -> [usize; 2] {
        let shift = tap * self.dilation;
        let edges = [self.before, self.input + self.before].map(|edge| edge.saturating_sub(shift));
        // Most strides are 1, and a division takes as long as copying some blocks.
        let [first, end] =
            if self.stride == 1 { edges } else { edges.map(|edge| edge.div_ceil(self.stride)) };
        [first.min(end.min(self.output)), end.min(self.output)]
    }

    /// Returns the number of elements of the window at this output that lie in the input or in the padding around it.
    #[inline(always)]
    pub(crate) fn padded(&self, output: usize) -> usize {
        self.kernel.min(self.input + 2 * self.before - output * self.stride)
    }

    /// Returns whether there is memory for the walks of so many positions.
    pub(crate) fn has_room(positions: usize) -> bool {
        Vec::<[usize; NUMBERS]>::new().try_reserve_exact(positions).is_ok()
    }

    /// Writes down the walks of all positions: the sources are inputs, or outputs if it goes backward. [`Walks::of`] reads them.
    pub(crate) fn walks(&self, direction: Direction) -> Vec<usize> {
        let positions = match direction {
            Direction::Forward => self.output,
            Direction::Backward => self.input,
        };
        let mut runs: Vec<Run> = Vec::new();
        for at in 0..positions {
            let walk = self.walk(direction, at);
            let next = |run: &Run| Walk { source: run.walk.source + run.length, ..run.walk };
            match runs.last_mut() {
                Some(run) if next(run) == walk => run.length += 1,
                _ => runs.push(Run { at, length: 1, walk }),
            }
        }
        let numbers = |run: Run| [run.at, run.length, run.walk.tap, run.walk.count, run.walk.source];
        runs.into_iter().flat_map(numbers).collect()
    }

    /// Returns the walk of one position, without going over all of a window that may be much longer than the axis.
    fn walk(&self, direction: Direction, at: usize) -> Walk {
        let (step, _) = self.steps(direction);
        let (first, end) = match direction {
            Direction::Forward => {
                let [first, end] = [self.before, self.input + self.before]
                    .map(|edge| edge.saturating_sub(at * self.stride).div_ceil(self.dilation));
                (first, end.min(self.kernel))
            }
            Direction::Backward => {
                let reach = at + self.before;
                let beyond = reach.checked_sub(self.output * self.stride);
                let first = beyond.map_or(0, |beyond| beyond / self.dilation + 1);
                (first, self.kernel.min(reach / self.dilation + 1))
            }
        };
        // Between these taps, every `step`th sees something.
        let source = |tap: usize| match direction {
            Direction::Forward => Some(at * self.stride + tap * self.dilation - self.before),
            Direction::Backward => {
                let distance = at + self.before - tap * self.dilation;
                distance.is_multiple_of(self.stride).then_some(distance / self.stride)
            }
        };
        let seen = (first..end).take(step).find_map(|tap| Some((tap, source(tap)?)));
        seen.map_or(Walk { tap: 0, count: 0, source: 0 }, |(tap, source)| {
            let count = (end - tap).div_ceil(step);
            Walk { tap, count, source }
        })
    }

    /// Returns what lies between the taps of a walk, and between their sources. Backward, every tap by which the window reaches
    /// another output by whole strides is seen.
    fn steps(&self, direction: Direction) -> (usize, isize) {
        match direction {
            Direction::Forward => (1, self.dilation as isize),
            Direction::Backward => {
                let shared = gcd(self.stride, self.dilation);
                (self.stride / shared, -((self.dilation / shared) as isize))
            }
        }
    }
}

impl<'a> Walks<'a> {
    /// Reads what [`Axis::walks`] wrote down.
    pub(crate) fn of(axis: &Axis, direction: Direction, numbers: &'a [usize]) -> Self {
        let (tap_step, source_step) = axis.steps(direction);
        Walks { runs: numbers.as_chunks().0, tap_step, source_step }
    }

    /// Reads what [`Axis::adaptive`] wrote down.
    pub(crate) fn adaptive(numbers: &'a [usize]) -> Self {
        Walks { runs: numbers.as_chunks().0, tap_step: 1, source_step: 1 }
    }

    #[inline(always)]
    pub(crate) fn runs(self) -> impl Iterator<Item = Run> + use<'a> {
        self.runs.iter().map(|&[at, length, tap, count, source]| Run {
            at,
            length,
            walk: Walk { tap, count, source },
        })
    }

    /// Returns whether the positions see all inputs one after another, each exactly once.
    pub(crate) fn see_each_once(self, inputs: usize) -> bool {
        let mut next = 0;
        for Run { length, walk, .. } in self.runs() {
            // Positions of a run see neighbouring inputs.
            let alone = length == 1 || walk.count == 1;
            if !alone || self.source_step != 1 || walk.source != next {
                return false;
            }
            next += length * walk.count;
        }
        next == inputs
    }

    /// Returns whether every position sees at least one input.
    pub(crate) fn see_something(self) -> bool {
        self.runs().all(|run| run.walk.count > 0)
    }

    /// Returns the number of pairs of a position and an input that it sees.
    pub(crate) fn pairs(self) -> usize {
        self.runs().map(|run| run.length * run.walk.count).sum()
    }
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every axis with small numbers, against the definition: output o sees input o · stride + k · dilation − before.
    #[test]
    fn walks_visit_every_pair_of_the_definition_once() {
        for input in 1..=9 {
            for kernel in 1..=4 {
                for stride in 1..=4 {
                    for dilation in 1..=3 {
                        for before in 0..=3 {
                            check(input, kernel, stride, dilation, before);
                        }
                    }
                }
            }
        }
    }

    fn check(input: usize, kernel: usize, stride: usize, dilation: usize, before: usize) {
        let span = dilation * (kernel - 1) + 1;
        let Some(free) = (input + 2 * before).checked_sub(span) else { return };
        let output = free / stride + 1;
        let axis = Axis { input, output, kernel, stride, dilation, before };
        let mut expected = Vec::new();
        for o in 0..output {
            for k in 0..kernel {
                let i = (o * stride + k * dilation) as isize - before as isize;
                if (0..input as isize).contains(&i) {
                    expected.push((o, k, i as usize));
                }
            }
        }
        for direction in [Direction::Forward, Direction::Backward] {
            let numbers = axis.walks(direction);
            let walks = Walks::of(&axis, direction, &numbers);
            assert_eq!(walks.pairs(), expected.len(), "{axis:?}");
            let mut found = Vec::new();
            for Run { at, length, walk } in walks.runs() {
                for offset in 0..length {
                    for step in 0..walk.count {
                        let tap = walk.tap + step * walks.tap_step;
                        let source =
                            (walk.source + offset).wrapping_add_signed(step as isize * walks.source_step);
                        found.push(match direction {
                            Direction::Forward => (at + offset, tap, source),
                            Direction::Backward => (source, tap, at + offset),
                        });
                    }
                }
            }
            found.sort_unstable();
            assert_eq!(found, expected, "{axis:?}, {direction:?}");
        }
        for k in 0..kernel {
            let [first, end] = axis.outputs_of(k);
            let outputs: Vec<_> = expected.iter().filter(|pair| pair.1 == k).map(|pair| pair.0).collect();
            assert_eq!((first..end).collect::<Vec<_>>(), outputs, "{axis:?}, tap {k}");
        }
    }
}
