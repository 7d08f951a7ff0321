//! The CSV reader on random bytes and on random tables.

use nn_data::{Csv, CsvOptions, DataError, Delimiter};
use proptest::{collection::vec, prelude::*, sample::Index, test_runner::RngSeed};

/// Reads every column as classes and as values, in both precisions. Nothing may panic, and an error may only name a line
/// that the file has.
fn read_in_every_way(bytes: &[u8]) -> Result<(), TestCaseError> {
    read_as(Csv::options(), bytes)?;
    let options = Csv::options().comment('#').quote('\'').uneven_rows();
    read_as(options.clone().delimiter(Delimiter::Whitespace).decimal_comma().no_header(2..=9), bytes)?;
    read_as(Csv::options().uneven_rows(), bytes)?;
    read_as(options.delimiter('"').header().lines(2..), bytes)
}

fn read_as(options: CsvOptions, bytes: &[u8]) -> Result<(), TestCaseError> {
    let csv = match options.from_reader(bytes) {
        Ok(csv) => csv,
        Err(error) => return check(&error, bytes),
    };
    match csv.table() {
        Ok(read) => prop_assert!(read.rows() > 0 && !read.to_string().is_empty()),
        Err(error) => check(&error, bytes)?,
    }
    for column in &csv.columns() {
        match csv.classes::<f32>(column) {
            Ok(read) => {
                prop_assert!(read.data.samples() > 0);
                prop_assert!(read.data.y().iter().all(|&class| class < read.classes.len()));
                prop_assert!(read.data.x().view().iter().all(|value| value.is_finite()));
            }
            Err(error) => check(&error, bytes)?,
        }
        match csv.clone().features([column]).values::<f64>([&csv.columns()[0]]) {
            Ok(read) => prop_assert!(read.data.x().view().iter().all(|value| value.is_finite())),
            Err(error) => check(&error, bytes)?,
        }
    }
    Ok(())
}

fn check(error: &DataError, bytes: &[u8]) -> Result<(), TestCaseError> {
    let DataError::Csv(error) = error else {
        return Err(TestCaseError::fail(format!("{error:?}")));
    };
    let lines = 1 + bytes.iter().filter(|byte| matches!(byte, b'\r' | b'\n')).count();
    prop_assert!(error.line.is_none_or(|line| (1..=lines).contains(&line)), "{}", error);
    Ok(())
}

/// Mostly bytes that have a meaning for a parser.
fn telling_bytes() -> impl Strategy<Value = Vec<u8>> {
    let byte = proptest::sample::select(&b",,,\"\"\n\n\r 1234567890.e-ainfxy\xEF\xBB\xBF\xC3\xA9\x00"[..]);
    vec(byte, 0..120)
}

/// A table with two numbers and a class name in each row.
fn table() -> impl Strategy<Value = Vec<(f64, f64, String)>> {
    let number = || prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO;
    // Any characters except white space at the ends, which the reader removes.
    let name = any::<String>().prop_map(|name| format!("({name})"));
    vec((number(), number(), name), 1..20)
}

fn write(rows: &[(f64, f64, String)], line_end: &str) -> String {
    let mut text = format!("x,\"name, or \"\"class\"\"\",y{line_end}");
    for (x, y, name) in rows {
        text += &format!("{x:?},\"{}\",{y:e}{line_end}", name.replace('"', "\"\""));
    }
    text
}

/// As `write`, with another delimiter and with decimal commas, which are guessed.
fn write_with_commas(rows: &[(f64, f64, String)], delimiter: &str) -> String {
    let number = |number: String| number.replace('.', ",");
    let mut text = format!("x{delimiter}y{delimiter}name\n");
    for (x, y, name) in rows {
        let (x, y) = (number(format!("{x:?}")), number(format!("{y:e}")));
        text += &format!("{x}{delimiter}{y}{delimiter}\"{}\"\n", name.replace('"', "\"\""));
    }
    text
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

const NAME: &str = "name, or \"class\"";

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 500,
        rng_seed: RngSeed::Fixed(1996),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_bytes_panic(bytes in vec(any::<u8>(), 0..200)) {
        read_in_every_way(&bytes)?;
    }

    #[test]
    fn no_bytes_that_look_like_csv_panic(bytes in telling_bytes()) {
        read_in_every_way(&bytes)?;
    }

    #[test]
    fn no_damaged_table_panics(
        rows in table(),
        line_end in prop::sample::select(&["\n", "\r\n", "\r"][..]),
        damage in vec((any::<Index>(), 0..3_u8, telling_bytes()), 1..4),
    ) {
        let mut bytes = write(&rows, line_end).into_bytes();
        for (place, kind, new) in damage {
            let place = place.index(bytes.len());
            match kind {
                0 => bytes.truncate(place + 1),
                1 => bytes[place] = *new.first().unwrap_or(&b'"'),
                _ => drop(bytes.splice(place..place, new)),
            }
        }
        read_in_every_way(&bytes)?;
    }

    #[test]
    fn what_was_written_is_read(
        rows in table(),
        line_end in prop::sample::select(&["\n", "\r\n", "\r"][..]),
    ) {
        let text = write(&rows, line_end);
        let csv = Csv::from_reader(text.as_bytes())?.features(["x"]);
        let values = csv.values::<f64>(["y"])?;
        let (x, y): (Vec<f64>, Vec<f64>) = rows.iter().map(|&(x, y, _)| (x, y)).unzip();
        prop_assert_eq!(bits(values.data.x().feature(0)), bits(&x));
        prop_assert_eq!(bits(values.data.y().feature(0)), bits(&y));
        let names = csv.classes::<f64>(NAME)?;
        for (&class, (_, _, name)) in names.data.y().iter().zip(&rows) {
            prop_assert_eq!(&names.classes[class], name);
        }
        prop_assert!(names.classes.is_sorted());
    }

    #[test]
    fn what_was_written_with_other_delimiters_is_read(
        rows in table(),
        delimiter in prop::sample::select(&[";", "\t", "|", " ", "  \t"][..]),
    ) {
        let text = write_with_commas(&rows, delimiter);
        let options = Csv::options().delimiter(delimiter.chars().last().unwrap()).decimal_comma();
        let options = if delimiter.starts_with(' ') { options.delimiter(' ') } else { options };
        let csv = options.from_reader(text.as_bytes())?.numbers(["x", "y"]).categories(["name"]);
        let read = csv.table()?;
        let numbers = |name: &str| -> Vec<f64> {
            let column = read.column(name).unwrap();
            (0..read.rows()).map(|row| column.number(row).unwrap()).collect()
        };
        let (x, y): (Vec<f64>, Vec<f64>) = rows.iter().map(|&(x, y, _)| (x, y)).unzip();
        prop_assert_eq!((bits(&numbers("x")), bits(&numbers("y"))), (bits(&x), bits(&y)));
        for (row, (_, _, name)) in rows.iter().enumerate() {
            prop_assert_eq!(read.column("name")?.text(row), Some(&name[..]));
        }
    }
}
