//! The rows of a file in parts, which threads read side by side.

use std::ops::Range;

use nn_core::team;

use super::records::is_line_break;

/// Whole rows of a file.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) bytes: Range<usize>,
    /// The maximum number of its rows that are kept.
    pub(super) rows: usize,
}

/// Divides what follows byte `at` of a file among threads. A row that is kept has at least `shortest` bytes with its line break.
pub(super) fn divide(file: &[u8], at: usize, shortest: usize, quote: u8) -> Vec<Part> {
    let cost = cost(file.len() - at);
    let ranges = ranges(file, at, team::threads(cost));
    let mut parts: Vec<_> = ranges.into_iter().map(|range| (range, (0, false))).collect();
    team::share(cost, parts.iter_mut(), |(range, found)| {
        *found = lines_and_quotes(&file[range.clone()], quote);
    });
    // A line break may be within quotes.
    if parts.iter().any(|&(_, (_, has_quote))| has_quote) {
        let lines = parts.iter().map(|&(_, (lines, _))| lines).sum();
        parts = vec![(at..file.len(), (lines, true))];
    }
    let part = |(bytes, (lines, _)): (Range<usize>, _)| {
        // The last line may have no line break.
        let most = (bytes.len() + 1) / shortest;
        Part { bytes, rows: most.min(lines) }
    };
    parts.into_iter().map(part).collect()
}

/// Divides what follows byte `at` into about equal parts, at most `count` of them, that end before a line break.
fn ranges(file: &[u8], at: usize, count: usize) -> Vec<Range<usize>> {
    let most = (file.len() - at).div_ceil(count).max(1);
    let (mut ranges, mut start) = (Vec::with_capacity(count), at);
    while start < file.len() {
        let about = file.len().min(start + most);
        let length = file[about..].iter().position(|&byte| is_line_break(byte));
        let end = length.map_or(file.len(), |length| about + length);
        ranges.push(start..end);
        start = end;
    }
    ranges
}

/// Returns the number of lines that are not empty, and whether there is a quote.
fn lines_and_quotes(bytes: &[u8], quote: u8) -> (usize, bool) {
    // The count of a short piece fits a byte, so that the compiler looks at sixteen bytes at a time.
    const PIECE: usize = 128;
    let next = bytes.get(1..).unwrap_or_default();
    let last = bytes.last().copied().unwrap_or(b'\n');
    let (mut lines, mut has_quote) = (usize::from(!is_line_break(last)), last == quote);
    for (bytes, next) in bytes.chunks(PIECE).zip(next.chunks(PIECE)) {
        let mut ends = 0;
        for (&byte, &next) in bytes.iter().zip(next) {
            ends += u8::from(!is_line_break(byte) & is_line_break(next));
            has_quote |= byte == quote;
        }
        lines += usize::from(ends);
    }
    (lines, has_quote)
}

/// The cost of reading so many bytes, as [`team`] counts it.
pub(super) fn cost(bytes: usize) -> usize {
    team::NUMBER.saturating_mul(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*, sample::select, test_runner::RngSeed};

    use super::super::dialect::Dialect;
    use super::super::records::Records;
    use super::*;

    /// Where the records between two places start.
    fn starts(file: &[u8], range: Range<usize>) -> Vec<usize> {
        let mut records = Records::new(&file[..range.end], range.start, &Dialect::ORDINARY);
        std::iter::from_fn(|| records.next(|_, _| {})).map(|record| record.start).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 5000,
            rng_seed: RngSeed::Fixed(1996),
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn parts_have_the_records_of_the_whole_file(
            file in vec(select(&b"\n\n\r,a1"[..]), 0..400),
            at in 0..400_usize,
            count in 1..9_usize,
        ) {
            let at = at.min(file.len());
            let ranges = ranges(&file, at, count);
            prop_assert!(ranges.len() <= count);
            let places: Vec<usize> = ranges.iter().flat_map(|range| starts(&file, range.clone())).collect();
            prop_assert_eq!(&places, &starts(&file, at..file.len()));
            let lines = ranges.into_iter().map(|range| lines_and_quotes(&file[range], b'"').0);
            prop_assert_eq!(lines.sum::<usize>(), places.len());
        }

        #[test]
        fn a_file_with_quotes_is_one_part(
            mut file in vec(select(&b"\n,a"[..]), 1..400),
            quote in any::<prop::sample::Index>(),
        ) {
            prop_assert!(!lines_and_quotes(&file, b'"').1);
            let quote = quote.index(file.len());
            file[quote] = b'"';
            prop_assert!(lines_and_quotes(&file, b'"').1);
            let parts = divide(&file, 0, 1, b'"');
            prop_assert_eq!(parts.len(), 1);
            prop_assert_eq!(&parts[0].bytes, &(0..file.len()));
            prop_assert!(parts[0].rows >= starts(&file, 0..file.len()).len());
        }
    }
}
