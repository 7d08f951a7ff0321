//! Tables: what is read is finite and complete, is read alike when it is written and read again, and takes memory in
//! proportion to the file; an error is short and names a line that the file has.
//!
//! The first byte has the settings, the second the column or the dialect, the rest is the file.

#![no_main]

use std::fmt::Write;

use libfuzzer_sys::fuzz_target;
use nn_core::Scalar;
use nn_data::{ColumnKind, ColumnValues, Csv, CsvOptions, DataError, Delimiter};
use nn_fuzz::{check_message, peak, stretch};

/// The maximum length of a message in bytes: it lists ten columns with a name and a field of forty characters, each of which may
/// print as an escape of ten bytes, and what to do about them.
const LONGEST_MESSAGE: usize = 12_000;

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
        let options = if self.has(7) { self.options() } else { Csv::options() };
        let (read, used) = peak(|| options.from_reader(&self.file[..]));
        // A buffer that grows takes three times its contents, and a field in quotes, which may be all of them, is copied.
        self.check_memory(used, 4, 0);
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
        if self.has(6) {
            self.table(&csv);
        } else if self.has(3) {
            self.classes::<F>(&csv, &column);
        } else if self.has(4) {
            self.values::<F>(&csv, &[&column, &other]);
        } else {
            self.values::<F>(&csv, &[&column]);
        }
    }

    /// The dialect that the second byte has.
    fn options(&self) -> CsvOptions {
        let delimiters =
            [',', ';', '\t', '|'].map(Delimiter::Char).into_iter().chain([Delimiter::Whitespace]).cycle();
        let delimiter = delimiters.skip(self.column % 8).next().expect("a cycle does not end");
        let options = Csv::options().delimiter(delimiter);
        let first = if self.column & 32 > 0 { 2 } else { 1 };
        let options = if self.column & 8 > 0 {
            options.no_header(first..)
        } else {
            options.header().lines(first..).uneven_rows()
        };
        let options = if self.column & 16 > 0 { options.decimal_comma() } else { options };
        let options = if self.column & 64 > 0 { options.comment('#') } else { options };
        if self.column & 128 > 0 { options.quote('\'') } else { options }
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
        self.check_memory(used, 30, csv.columns().len());
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
        let text = write_table(&header, x.samples(), |sample, row| {
            row.extend(x.sample(sample).map(written));
            row.push(read.classes[labels[sample]].clone());
        });
        let again = reread(&text).features(&read.features).classes::<F>(target).unwrap();
        assert_eq!(again.data, read.data);
        assert_eq!((again.classes, again.features, again.dropped), (read.classes, read.features, 0));
    }

    fn values<F: Scalar>(&self, csv: &Csv, targets: &[&String]) {
        let (read, used) = peak(|| csv.values::<F>(targets));
        self.check_memory(used, 30, csv.columns().len());
        let read = match read {
            Ok(read) => read,
            Err(error) => return self.check_error(&error),
        };
        let (x, y) = (read.data.x(), read.data.y());
        assert!(x.view().iter().chain(y.view().iter()).all(|value| value.is_finite()));
        assert!((1..self.lines()).contains(&(x.samples() + read.dropped)));

        let header = [&read.features[..], &read.targets[..]].concat();
        let text = write_table(&header, x.samples(), |sample, row| {
            row.extend(x.sample(sample).chain(y.sample(sample)).map(written));
        });
        let again = reread(&text).features(&read.features).values::<F>(targets).unwrap();
        assert_eq!(again.data, read.data);
        assert_eq!((again.features, again.targets, again.dropped), (read.features, read.targets, 0));
    }

    fn table(&self, csv: &Csv) {
        let (read, used) = peak(|| csv.table());
        self.check_memory(used, 60, csv.columns().len());
        let read = match read {
            Ok(read) => read,
            Err(error) => return self.check_error(&error),
        };
        assert!((1..=self.lines()).contains(&read.rows()));
        assert!(read.to_string().len() < 100_000);
        let kinds: Vec<(String, ColumnKind)> =
            read.columns().iter().map(|column| (column.name().to_owned(), column.kind())).collect();
        let header: Vec<String> = kinds.iter().map(|(name, _)| name.clone()).collect();
        let text = write_table(&header, read.rows(), |row, fields| {
            fields.extend(read.columns().iter().map(|column| match column.values() {
                ColumnValues::Numbers(values) => {
                    values[row].map(|value| format!("{value:e}")).unwrap_or_default()
                }
                ColumnValues::Categories { .. } => column.text(row).unwrap_or_default().to_owned(),
            }));
        });
        let again = reread(&text).table_like(&kinds).unwrap();
        assert_eq!(again.columns(), read.columns());
    }

    /// An upper bound of the number of lines. Nobody knows that of a compressed file.
    fn lines(&self) -> usize {
        if self.is_compressed() {
            return usize::MAX;
        }
        1 + self.file.iter().filter(|byte| matches!(byte, b'\r' | b'\n')).count()
    }

    fn check_error(&self, error: &DataError) {
        check_message(error, LONGEST_MESSAGE);
        let DataError::Csv(error) = error else { panic!("{error:?}") };
        assert!(error.line.is_none_or(|line| (1..=self.lines()).contains(&line)), "{error}");
    }

    fn is_compressed(&self) -> bool {
        self.file.starts_with(b"\x1F\x8B")
    }

    /// Checks the promise of the reader: this many times the size of the file, and 0.7 kilobytes for each column of a table or
    /// of a file without a header.
    fn check_memory(&self, used: usize, times: usize, columns: usize) {
        let is_wide = self.has(6) || (self.has(7) && self.column & 8 > 0);
        let most = times * self.file.len() + if is_wide { 700 * columns } else { 0 } + 10_000;
        let size = self.file.len();
        assert!(
            used <= most || self.is_compressed(),
            "{used} bytes for a file of {size}, expected at most {most}"
        );
    }
}

/// A number as it is read again: an integer without an exponent must not be rounded.
fn written<F: Scalar>(value: F) -> String {
    format!("{:e}", value.to_f64())
}

/// Opens what `write_table` wrote: its names may be numbers.
fn reread(text: &str) -> Csv {
    Csv::options().delimiter(',').header().from_reader(text.as_bytes()).unwrap()
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
