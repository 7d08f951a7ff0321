//! Contour lines of values on a lattice, by marching squares.

/// The lines along which the values, given row by row, equal `level`. Points are in node coordinates: column
/// and row, both counted from 0. A closed line ends where it starts. No line runs along the edge of the
/// lattice.
pub(super) fn contours(columns: usize, rows: usize, values: &[f64], level: f64) -> Vec<Vec<(f64, f64)>> {
    let surface = Surface { columns, values, level };
    let mut links = Links::new(2 * columns * rows);
    for row in 0..rows - 1 {
        for column in 0..columns - 1 {
            for (from, to) in surface.cell(column, row) {
                links.join(from, to);
            }
        }
    }
    let lines = links.into_lines();
    lines.into_iter().map(|line| line.into_iter().map(|edge| surface.crossing(edge)).collect()).collect()
}

/// The height of each node, and the level of the lines.
struct Surface<'a> {
    columns: usize,
    values: &'a [f64],
    level: f64,
}

impl Surface<'_> {
    /// The lines across one cell, as pairs of edges. Edge `2 n` leads from node `n` to the right, and edge
    /// `2 n + 1` leads from it to the next row.
    fn cell(&self, column: usize, row: usize) -> impl Iterator<Item = (usize, usize)> + use<> {
        let node = row * self.columns + column;
        let corners = [node, node + 1, node + 1 + self.columns, node + self.columns];
        let [a, b, c, d] = corners.map(|corner| self.values[corner]);
        // The sides in the order of the corners: each leads from one corner to the next around the cell.
        let sides = [2 * node, 2 * (node + 1) + 1, 2 * (node + self.columns), 2 * node + 1];
        let above = [a, b, c, d].map(|value| value >= self.level);
        let mut crossed = (0..4).filter(|&side| above[side] != above[(side + 1) % 4]).map(|side| sides[side]);
        let pairs = match [crossed.next(), crossed.next(), crossed.next(), crossed.next()] {
            [Some(p), Some(q), Some(r), Some(s)] => {
                // A saddle: the mean of the corners decides which two of them belong together.
                let middle = (a + b + c + d) / 4.0 >= self.level;
                if middle == above[0] { [Some((p, q)), Some((r, s))] } else { [Some((s, p)), Some((q, r))] }
            }
            [Some(p), Some(q), ..] => [Some((p, q)), None],
            _ => [None, None],
        };
        pairs.into_iter().flatten()
    }

    /// The point on an edge at which the values cross the level, by linear interpolation.
    fn crossing(&self, edge: usize) -> (f64, f64) {
        let (node, down) = (edge / 2, edge % 2 == 1);
        let next = if down { node + self.columns } else { node + 1 };
        let (from, to) = (self.values[node], self.values[next]);
        let share = (self.level - from) / (to - from);
        let (column, row) = ((node % self.columns) as f64, (node / self.columns) as f64);
        if down { (column, row + share) } else { (column + share, row) }
    }
}

/// For each edge, the one or two edges to which a line leads from it.
struct Links(Vec<[Option<usize>; 2]>);

impl Links {
    fn new(edges: usize) -> Self {
        Self(vec![[None; 2]; edges])
    }

    fn join(&mut self, a: usize, b: usize) {
        for (from, to) in [(a, b), (b, a)] {
            let free = usize::from(self.0[from][0].is_some());
            self.0[from][free] = Some(to);
        }
    }

    /// Follows all lines: first those that end on the edge of the lattice, then the closed ones.
    fn into_lines(mut self) -> Vec<Vec<usize>> {
        let ends = |links: &[Option<usize>; 2]| links[0].is_some() && links[1].is_none();
        let open = (0..self.0.len()).filter(|&edge| ends(&self.0[edge])).collect::<Vec<_>>();
        let mut lines = Vec::new();
        for start in open.into_iter().chain(0..self.0.len()) {
            let line = self.follow(start);
            if line.len() > 1 {
                lines.push(line);
            }
        }
        lines
    }

    /// The line from `start` on. Its links are removed on the way.
    fn follow(&mut self, start: usize) -> Vec<usize> {
        let mut line = vec![start];
        let mut here = start;
        while let Some(next) = self.0[here].iter().flatten().copied().next() {
            self.unlink(here, next);
            self.unlink(next, here);
            line.push(next);
            here = next;
        }
        line
    }

    fn unlink(&mut self, from: usize, to: usize) {
        if let Some(link) = self.0[from].iter_mut().find(|link| **link == Some(to)) {
            *link = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::contours;

    fn sampled(size: usize, f: impl Fn(f64, f64) -> f64) -> Vec<f64> {
        (0..size * size).map(|node| f((node % size) as f64, (node / size) as f64)).collect()
    }

    #[test]
    fn a_plane_is_cut_in_one_straight_line_at_the_exact_place() {
        let values = sampled(9, |x, y| x + 0.5 * y);
        let lines = contours(9, 9, &values, 3.25);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].len() >= 9);
        assert!(lines[0].iter().all(|(x, y)| (x + 0.5 * y - 3.25).abs() < 1e-12));
        let mut ends = [lines[0][0], lines[0][lines[0].len() - 1]];
        ends.sort_by(|a, b| a.0.total_cmp(&b.0));
        assert_eq!(ends, [(0.0, 6.5), (3.25, 0.0)]);
    }

    #[test]
    fn a_line_found_in_its_middle_is_still_one_line() {
        // A valley that almost touches the first row: its lowest point is the first part seen.
        let values = sampled(21, |x, y| y - 0.1 * (x - 10.0).powi(2));
        let lines = contours(21, 21, &values, 0.3);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].iter().any(|&(x, _)| x < 1.0) && lines[0].iter().any(|&(x, _)| x > 19.0));
    }

    #[test]
    fn a_circle_is_one_closed_line() {
        let values = sampled(41, |x, y| (x - 20.0).powi(2) + (y - 20.0).powi(2));
        let lines = contours(41, 41, &values, 144.0);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].first(), lines[0].last());
        let radius = |(x, y): &(f64, f64)| ((x - 20.0).powi(2) + (y - 20.0).powi(2)).sqrt();
        assert!(lines[0].iter().all(|point| (radius(point) - 12.0).abs() < 0.02));
        let distance = |w: &[(f64, f64)]| {
            ((w[1].0 - w[0].0) * (w[1].0 - w[0].0) + (w[1].1 - w[0].1) * (w[1].1 - w[0].1)).sqrt()
        };
        let length: f64 = lines[0].windows(2).map(distance).sum();
        assert!((length - 24.0 * std::f64::consts::PI).abs() < 0.2, "{length}");
    }

    #[test]
    fn a_region_that_reaches_the_edge_is_not_closed_along_it() {
        let values = sampled(21, |x, _| x);
        let lines = contours(21, 21, &values, 19.5);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].iter().all(|&(x, _)| x == 19.5));
        assert!(contours(21, 21, &values, 30.0).is_empty());
        assert!(contours(21, 21, &vec![1.0; 441], 0.5).is_empty());
    }

    #[test]
    fn lines_at_a_saddle_part_and_do_not_cross() {
        // The middle, 0.25, is below the level: each high corner is cut off on its own.
        let low_middle = contours(2, 2, &[0.6, -0.1, -0.1, 0.6], 0.5);
        assert_eq!(low_middle.len(), 2);
        for line in &low_middle {
            let near = line.iter().all(|(x, y)| x + y < 0.5) || line.iter().all(|(x, y)| x + y > 1.5);
            assert!(near, "{line:?}");
        }
        // The middle, 0.7, is above: each low corner is.
        let high_middle = contours(2, 2, &[1.0, 0.4, 0.4, 1.0], 0.5);
        assert_eq!(high_middle.len(), 2);
        assert!(high_middle.iter().flatten().all(|(x, y)| (x - y).abs() > 0.6));
    }
}
