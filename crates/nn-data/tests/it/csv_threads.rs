//! The CSV reader with several threads: what it reads and what it says is the same as with one. (On a machine with a single core
//! both have one.)

use std::fmt::Write;

use nn_core::team::alone;
use nn_data::{Csv, CsvProblem, DataError};

/// So many rows that threads share them.
const ROWS: usize = 40_000;

/// A number, the number of the row and a name, with a missing value now and then, and with empty lines.
fn table(line_end: &str) -> String {
    let mut text = format!("x,y,name{line_end}");
    for row in 0..ROWS {
        let number = (row * row) as f64 / 7000.0 - 1000.0;
        match row % 1000 {
            400 => write!(text, "NA,{row},only dropped"),
            // Names that are first met in different parts.
            _ => write!(text, "{number},{row},name {}", (ROWS - row) / 5000),
        }
        .unwrap();
        text.push_str(line_end);
        if row % 77 == 0 {
            text.push_str(line_end);
        }
    }
    text
}

/// Reads everything with and without helpers, and compares. Returns the message if there is one.
fn both(text: &str) -> Option<DataError> {
    let csv = Csv::from_reader(text.as_bytes()).unwrap().drop_missing().numbers(["y"]);
    let read = || {
        let classes = csv.classes::<f32>("name").map(|read| (read.data, read.classes, read.dropped));
        let values = csv.clone().features(["y"]).values::<f64>(["x"]).map(|read| (read.data, read.dropped));
        (classes, values)
    };
    let (classes, values) = read();
    let (classes_alone, values_alone) = alone(read);
    assert!(classes == classes_alone, "{:?}", (classes.err(), classes_alone.err()));
    assert!(values == values_alone, "{:?}", (values.err(), values_alone.err()));
    let tables = [csv.clone(), csv.clone().categories(["x"]), csv.clone().numbers(["y", "name"])];
    for csv in tables.into_iter().flat_map(|csv| [csv.clone().missing(["?"]), csv]) {
        assert!(csv.table() == alone(|| csv.table()), "{:?}", csv.table().err());
    }
    let (classes, values) = (classes.map_err(Some), values.map_err(Some));
    if let (Ok((data, names, dropped)), Ok((numbers, _))) = (&classes, &values) {
        assert_eq!((data.samples(), *dropped), (ROWS - ROWS / 1000, ROWS / 1000));
        assert_eq!(names.len(), 9, "{names:?}");
        // The samples are in the order of the file.
        let rows = numbers.x().feature(0);
        assert!(rows.is_sorted() && rows[400] == 401.0);
        let name = |row: usize| format!("name {}", (ROWS - row) / 5000);
        assert!(data.y().iter().zip(rows).all(|(&class, &row)| names[class] == name(row as usize)));
    }
    classes.err().or(values.err()).flatten()
}

#[test]
fn threads_change_nothing_that_is_read() {
    for line_end in ["\n", "\r\n", "\r"] {
        let text = table(line_end);
        assert_eq!(both(&text), None);
        assert_eq!(both(text.trim_end()), None);
    }
}

#[test]
fn threads_change_no_message() {
    let text = table("\n");
    let line = |line: usize| text.lines().nth(line - 1).unwrap();
    let (early, late) = (line(200), line(39_000));
    for (wrong, expected) in [
        (text.replace(early, "heavy,1,a").replace(late, "1,1"), 200),
        (text.replace(late, "1,1"), 39_000),
        (text.replace(late, "inf,1,a"), 39_000),
        (text.clone() + "1,2,\"open", text.lines().count() + 1),
    ] {
        let Some(DataError::Csv(error)) = both(&wrong) else { panic!("no error") };
        assert_eq!(error.line, Some(expected), "{error}");
    }
    let empty = format!("x,y,name\n{}", ",,\n".repeat(200_000));
    let Some(DataError::Csv(error)) = both(&empty) else { panic!("no error") };
    let columns = ["x", "y", "name"].map(str::to_owned).to_vec();
    let expected = CsvProblem::AllMissing { rows: 200_000, missing: 200_000, columns, more: 0 };
    assert_eq!(error.problem, expected);
}

#[test]
fn a_quote_anywhere_may_hold_line_breaks() {
    for row in [3, ROWS / 2, ROWS - 10] {
        let text = table("\n").replace(&format!(",{row},name "), &format!(",\"{row}\n\n\n\",name "));
        assert_eq!(both(&text), None);
    }
}

/// One part knows nothing of a column, and another all.
#[test]
fn values_may_start_late_and_end_early() {
    let (rows, some) = (3 * ROWS, ROWS / 4);
    let mut text = "early number,late number,early name,late name\n".to_owned();
    for row in 0..rows {
        text += if row < some {
            "1.5,,a,\n"
        } else if row < rows - some {
            ",,,\n"
        } else {
            ",2.5,,b\n"
        };
    }
    let csv = Csv::from_reader(text.as_bytes()).unwrap();
    let read = csv.table().unwrap();
    assert!(read == alone(|| csv.table()).unwrap());
    assert_eq!(read.rows(), rows);
    for (name, first) in [("early", 0), ("late", rows - some)] {
        let [numbers, names] = ["number", "name"].map(|kind| read.column(&format!("{name} {kind}")).unwrap());
        for row in 0..rows {
            let is_there = (first..first + some).contains(&row);
            assert_eq!(
                (numbers.number(row).is_some(), names.text(row).is_some()),
                (is_there, is_there),
                "{row}"
            );
        }
    }
}
