//! Tables: what is read is finite and complete, is read alike when it is written and read again, and takes memory in
//! proportion to the file; an error is short and names a line that the file has.
//!
//! The first byte has the settings, the second the column, the rest is the file.

#![no_main]

use std::fmt::Write;

use libfuzzer_sys::fuzz_target;
use nn_core::Scalar;
use nn_data::{Csv, DataError};
use nn_fuzz::{check_message, peak, stretch};

/// The maximum length of a message in bytes: it lists ten names of forty characters, each of which may print as an
/// escape of ten bytes.
const LONGEST_MESSAGE: usize = 6000;

fuzz_target!(|input: &[u8]| {
    let Some((&[settings, column], text)) = input.split_first_chunk::<2>() else { return };
    let case = Case { settings, column: column.into(), file: stretch(text) };
    if case.has(0) { case.run::<f64>() } else { case.run::<f32>() }
});

struct Case {
    settings: u8,
    column: usize,
    file: Vec<u8>,
}

impl Case {
    fn has(&self, setting: u32) -> bool {
        self.settings >> setting & 1 == 1
    }

    fn run<F: Scalar>(&self) {
        let (read, used) = peak(|| Csv::from_reader(&self.file[..]));
        // A buffer that grows takes three times its contents.
        self.check_memory(used, 3);
        let mut csv = match read {
            Ok(csv) => csv,
            Err(error) => return self.check_error(&error),
        };
        let (column, other) = (self.name(&csv, self.column % 16), self.name(&csv, self.column / 16));
        if self.has(1) {
            csv = csv.drop_missing();
        }
        if self.has(2) {
            csv = csv.features([&other]);
        }
        if self.has(3) {
            self.classes::<F>(&csv, &column);
        } else if self.has(4) {
            self.values::<F>(&csv, &[&column, &other]);
        } else {
            self.values::<F>(&csv, &[&column]);
        }
    }

    /// The name of a column, or one that is similar.
    fn name(&self, csv: &Csv, index: usize) -> String {
        let columns = csv.columns();
        let mut name = columns.get(index % columns.len().max(1)).cloned().unwrap_or_default();
        if self.has(5) {
            name.push('~');
        }
        name
    }

    fn classes<F: Scalar>(&self, csv: &Csv, target: &str) {
        let (read, used) = peak(|| csv.classes::<F>(target));
        self.check_memory(used, 30);
        let read = match read {
            Ok(read) => read,
            Err(error) => return self.check_error(&error),
        };
        let (x, labels) = (read.data.x(), read.data.y());
        assert!(x.view().iter().all(|value| value.is_finite()));
        assert!((1..self.lines()).contains(&(x.samples() + read.dropped)));
        let mut found = vec![false; read.classes.len()];
        labels.iter().for_each(|&label| found[label] = true);
        assert!(found.iter().all(|&found| found), "a class without samples");

        let mut header = read.features.clone();
        header.push(target.to_owned());
        let written = write_table(&header, x.samples(), |sample, row| {
            row.extend(x.sample(sample).map(|value| value.to_string()));
            row.push(read.classes[labels[sample]].clone());
        });
        let again = Csv::from_reader(written.as_bytes()).and_then(|csv| csv.classes::<F>(target)).unwrap();
        assert_eq!(again.data, read.data);
        assert_eq!((again.classes, again.features, again.dropped), (read.classes, read.features, 0));
    }

    fn values<F: Scalar>(&self, csv: &Csv, targets: &[&String]) {
        let (read, used) = peak(|| csv.values::<F>(targets));
        self.check_memory(used, 30);
        let read = match read {
            Ok(read) => read,
            Err(error) => return self.check_error(&error),
        };
        let (x, y) = (read.data.x(), read.data.y());
        assert!(x.view().iter().chain(y.view().iter()).all(|value| value.is_finite()));
        assert!((1..self.lines()).contains(&(x.samples() + read.dropped)));

        let header = [&read.features[..], &read.targets[..]].concat();
        let written = write_table(&header, x.samples(), |sample, row| {
            row.extend(x.sample(sample).chain(y.sample(sample)).map(|value| value.to_string()));
        });
        let again = Csv::from_reader(written.as_bytes()).and_then(|csv| csv.values::<F>(targets)).unwrap();
        assert_eq!(again.data, read.data);
        assert_eq!((again.features, again.targets, again.dropped), (read.features, read.targets, 0));
    }

    /// An upper bound of the number of lines.
    fn lines(&self) -> usize {
        1 + self.file.iter().filter(|byte| matches!(byte, b'\r' | b'\n')).count()
    }

    fn check_error(&self, error: &DataError) {
        check_message(error, LONGEST_MESSAGE);
        let DataError::Csv(error) = error else { panic!("{error:?}") };
        assert!(error.line.is_none_or(|line| (1..=self.lines()).contains(&line)), "{error}");
    }

    /// Checks the promise of the reader: this many times the size of the file.
    fn check_memory(&self, used: usize, times: usize) {
        let most = times * self.file.len() + 10_000;
        assert!(used <= most, "{used} bytes for a file of {}, expected at most {most}", self.file.len());
    }
}

/// Writes a table whose fields are all quoted.
fn write_table(header: &[String], samples: usize, row: impl Fn(usize, &mut Vec<String>)) -> String {
    let mut text = String::new();
    let mut line = |fields: &[String]| {
        for (index, field) in fields.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(text, "{comma}\"{}\"", field.replace('"', "\"\"")).unwrap();
        }
        text.push('\n');
    };
    line(header);
    let mut fields = Vec::new();
    for sample in 0..samples {
        fields.clear();
        row(sample, &mut fields);
        line(&fields);
    }
    text
}
