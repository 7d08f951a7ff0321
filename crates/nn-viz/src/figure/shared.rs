//! Ranges that panels of a figure have in common.

use super::layout::Row;
use crate::scales::Scale;

/// Gives all shared horizontal axes one range, and all shared vertical axes another.
pub(super) fn share(rows: &mut [Row<'_>]) {
    let (mut xs, mut ys) = (Vec::new(), Vec::new());
    for (panel, (x, y)) in rows.iter_mut().flat_map(|(_, panels)| panels) {
        xs.extend(panel.x.shared.then_some(x));
        ys.extend(panel.y.shared.then_some(y));
    }
    unite(xs);
    unite(ys);
}

/// Gives all linear scales the range that holds each of theirs, and all logarithmic scales likewise.
fn unite(scales: Vec<&mut Scale>) {
    let of_kind = |log: bool| scales.iter().map(|scale| **scale).filter(move |scale| scale.is_log() == log);
    let common = [false, true].map(|log| of_kind(log).reduce(Scale::with));
    for scale in scales {
        *scale = common[usize::from(scale.is_log())].unwrap_or(*scale);
    }
}
