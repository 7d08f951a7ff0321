//! Which lines are the table, and which rows have another length than the header.

use std::ops::Bound;

use nn_data::{ColumnKind, Csv, CsvOptions, DataError, Table};

fn read(options: CsvOptions, text: &str) -> Result<Table, DataError> {
    options.from_reader(text.as_bytes())?.table()
}

fn options() -> CsvOptions {
    Csv::options()
}

#[track_caller]
fn says<T>(result: Result<T, DataError>, part: &str) {
    let message = result.err().expect("this should be an error").to_string();
    assert!(message.contains(part), "{message}");
}

fn numbers(table: &Table, column: &str) -> Vec<Option<f64>> {
    let column = table.column(column).unwrap();
    (0..table.rows()).map(|row| column.number(row)).collect()
}

#[test]
fn lines_are_counted_as_in_an_editor() {
    let text = "Rain\r\n\r\nx,y\r\n1,2\r\n3,4\r\n\r\nby hand\r\n";
    for lines in [options().lines(3..6), options().lines(3..=5), options().lines(2..=6)] {
        let table = read(lines, text).unwrap();
        assert_eq!(numbers(&table, "y"), [Some(2.0), Some(4.0)]);
        assert_eq!(table.place(1), "<input>, line 5");
    }
    assert_eq!(read(options().lines(3..=4), text).unwrap().rows(), 1);
    assert_eq!(read(options().no_header(4..=5), text).unwrap().rows(), 2);
    assert_eq!(read(options().no_header(..=2), "1,2\n3,4\nx,y\n").unwrap().rows(), 2);
    // A file that ends before, and one in which nothing is left.
    assert_eq!(read(options().lines(3..=900), "a\n\nx,y\n1,2").unwrap().rows(), 1);
    says(read(options().lines(9..), text), "found an empty file");
    says(read(options().lines(..=1), "x,y\n1,2\n"), "expected at least one row below the header");
    // Samples are read of the same lines.
    let csv = options().lines(3..=5).from_reader(text.as_bytes()).unwrap();
    assert_eq!(csv.values::<f32>(["y"]).unwrap().data.samples(), 2);
    assert_eq!(csv.table_like(&[("y".to_owned(), ColumnKind::Number)]).unwrap().rows(), 2);
}

#[test]
fn lines_that_are_none_and_headers_that_contradict_are_refused() {
    let text = "x,y\n1,2\n";
    let lines = "expected lines counted from 1, of which the last is not above the first";
    says(read(options().lines(0..), text), &format!("CsvOptions: range of lines is 0.., {lines}"));
    says(
        read(options().no_header((Bound::Included(5), Bound::Included(4))), text),
        &format!("CsvOptions: range of lines is 5..=4, {lines}"),
    );
    says(read(options().lines(..0), text), lines);
    says(read(options().no_header(..).header(), text), "expected `header` or `no_header`, not both");
    says(
        read(options().no_header(..).lines(2..), text),
        "CsvOptions: header is no_header(..), expected `no_header(2..)` without `lines`",
    );
}

#[test]
fn notes_below_are_named_with_the_lines_to_read() {
    let text = "Rain\nx,y,z\n1,2,3\n4,5,6\nby hand\n";
    says(read(options(), text), "with `Csv::options().lines(2..)`");
    says(
        read(options().lines(2..), text),
        "line 5: expected 3 fields as in the header, found 1; if the table ends above this line, open the file with \
         `Csv::options().lines(2..=4)`",
    );
    assert_eq!(read(options().lines(2..=4), text).unwrap().rows(), 2);
    let text = "1,2,3\n4,5,6\nx,y,z,u\n";
    says(read(options().no_header(..), text), "with `Csv::options().no_header(..=2)`");
    // Above many rows, it is a row that is wrong.
    let rows = "1,2,3\n".repeat(1000);
    let error = read(options(), &format!("x,y,z\n{rows}1\n{rows}")).unwrap_err().to_string();
    assert!(error.ends_with("line 1002: expected 3 fields as in the header, found 1"), "{error}");
}

#[test]
fn notes_behind_an_empty_line_are_left_out_and_said() {
    assert_eq!(read(options(), "x,y,z\n1,2,3\n4,5,6\n\nSource: by hand, in Graz\n\n").unwrap().rows(), 2);
    says(read(options(), "x,y,z\n1,2,3\n4,5,6\n\nSource: by hand, in Graz, in May\n"), "\"x\" holds numbers");
    let text = "x,y,z\n1,2,3\n4,5,6\n\nSource: by hand\nRounded\n";
    let table = read(options(), text).unwrap();
    assert_eq!(numbers(&table, "z"), [Some(3.0), Some(6.0)]);
    assert!(table.to_string().contains("(left out as notes: 2 lines below the table)"), "{table}");
    let csv = options().from_reader(text.as_bytes()).unwrap();
    assert_eq!(csv.values::<f64>(["y"]).unwrap().data.samples(), 2);
    // What the user says counts.
    says(read(options().lines(..=5), text), "line 5: expected 3 fields");
    // A row that broke off has a number, or is one of a file with many empty lines.
    says(read(options(), "x,y,z\n1,2,3\n\n4\n"), "line 4: expected 3 fields");
    says(read(options(), "x,y,z\na,2,3\n\nb,5,6\n\nc\n"), "line 6: expected 3 fields");
}

#[test]
fn a_line_of_dashes_below_the_header_is_left_out_and_said() {
    for text in ["x  y\n----\n1  2\n", "x\ty\n-----\n1\t2\n", "x|y\n---|:---\n1|2\n"] {
        let table = read(options(), text).unwrap();
        assert_eq!(numbers(&table, "y"), [Some(2.0)], "{text}");
        assert!(table.to_string().contains("(left out: a line of dashes below the header)"), "{table}");
    }
    // A column of texts may have this one.
    assert_eq!(read(options(), "x\n---\na\n").unwrap().rows(), 2);
}

#[test]
fn short_rows_lack_values_where_the_user_says_so() {
    let text = "a,b,c,d,e\n1,2,3,4,5\n6,7,8\n9,10,11,12,13,, \n14,15,16,17\n";
    says(
        read(options(), text),
        "line 3: expected 5 fields as in the header, found 3; if rows lack values at their ends, open the file with \
         `Csv::options().uneven_rows()`",
    );
    let table = read(options().uneven_rows(), text).unwrap();
    assert_eq!(numbers(&table, "c"), [Some(3.0), Some(8.0), Some(11.0), Some(16.0)]);
    assert_eq!(numbers(&table, "d"), [Some(4.0), None, Some(12.0), Some(17.0)]);
    assert_eq!(numbers(&table, "e"), [Some(5.0), None, Some(13.0), None]);
    assert!(table.to_string().contains("missing values: 3 empty"), "{table}");
    // Samples have no missing values.
    let csv = options().uneven_rows().from_reader(text.as_bytes()).unwrap();
    says(csv.values::<f64>(["e"]), "line 3: column \"d\" has no value");
    let read = csv.clone().drop_missing().values::<f64>(["e"]).unwrap();
    assert_eq!((read.data.samples(), read.dropped), (2, 2));
    assert_eq!(csv.features(["a"]).values::<f64>(["b"]).unwrap().data.samples(), 4);
}

#[test]
fn rows_with_other_fields_stay_wrong() {
    for (text, found) in [
        ("a,b,c,d\n1,2,3,4\n5,6\n", "line 3: expected 4 fields as in the header, found 2"),
        ("a,b,c,d\n1,2,3,4\n5,6,7,8,9\n", "line 3: expected 4 fields as in the header, found 5"),
        ("a,b,c,d\n1,2,3,4\n5,6,7,8,,9\n", "line 3: expected 4 fields as in the header, found 6"),
    ] {
        says(read(options().uneven_rows(), text), found);
    }
    says(
        options()
            .uneven_rows()
            .from_reader(&b"a,b,c\n1,2\n3,4\n"[..])
            .unwrap()
            .drop_missing()
            .features(["c"])
            .values::<f64>(["a"]),
        "2 are missing in column \"c\"",
    );
}

/// A table of a thousand columns has a thousand times the cells of a file whose rows may be short without end.
#[test]
fn a_file_of_very_short_rows_makes_no_large_table() {
    let header: Vec<String> = (0..1000).map(|column| format!("c{column}")).collect();
    let text = header.join(",") + &"\n1".repeat(100_000);
    says(read(options().uneven_rows(), &text), "line 2: expected 1000 fields as in the header, found 1");
}
