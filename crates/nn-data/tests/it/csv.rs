//! The CSV reader on correct files.

use nn_core::Tensor;
use nn_data::{Classification, Csv, CsvProblem, DataError, Values};

fn csv(text: impl AsRef<[u8]>) -> Csv {
    Csv::from_reader(text.as_ref()).unwrap()
}

fn values(text: impl AsRef<[u8]>) -> Values<f64> {
    csv(text).values(["y"]).unwrap()
}

fn classes(labels: &[&str]) -> Classification<f64> {
    let rows: String = labels.iter().map(|label| format!("0,{label}\n")).collect();
    csv(format!("x,y\n{rows}")).classes("y").unwrap()
}

// --- Columns ---

#[test]
fn features_come_in_the_order_asked_for() {
    let table = csv("a,b,c,y\n1,2,3,4\n5,6,7,8\n");
    assert_eq!(table.columns(), ["a", "b", "c", "y"]);
    let all = table.values::<f64>(["y"]).unwrap();
    assert_eq!(all.features, ["a", "b", "c"]);
    assert_eq!(all.data.x(), &Tensor::from_rows(&[[1.0, 2.0, 3.0], [5.0, 6.0, 7.0]]));
    let some = table.features(["c", "a"]).values::<f64>(["y"]).unwrap();
    assert_eq!(some.features, ["c", "a"]);
    assert_eq!(some.data.x(), &Tensor::from_rows(&[[3.0, 1.0], [7.0, 5.0]]));
}

#[test]
fn several_targets_come_in_the_order_asked_for() {
    let read = csv("a,b,c\n1,2,3\n5,6,7\n").values::<f32>(vec!["c".to_owned(), "a".to_owned()]).unwrap();
    assert_eq!((read.features, read.targets), (vec!["b".to_owned()], vec!["c".to_owned(), "a".to_owned()]));
    assert_eq!(read.data.x(), &Tensor::from_column(&[2.0, 6.0]));
    assert_eq!(read.data.y(), &Tensor::from_rows(&[[3.0, 1.0], [7.0, 5.0]]));
}

#[test]
fn columns_that_are_not_read_may_hold_anything() {
    let table = csv(b"name,x,y\nJos\xE9,1,2\n,3,4\n");
    let read = table.features(["x"]).values::<f64>(["y"]).unwrap();
    assert_eq!(read.data.x(), &Tensor::from_column(&[1.0, 3.0]));
}

// --- Missing values ---

#[test]
fn rows_with_missing_values_are_dropped_on_request_and_counted() {
    let table = csv("a,b,y\n1,2,u\n?,3,v\n4,NA,u\n5,6,nan\n7, ,v\n8,9,v\n").drop_missing();
    let read = table.classes::<f64>("y").unwrap();
    assert_eq!((read.dropped, read.data.y()), (4, &vec![0, 1]));
    assert_eq!(read.data.x(), &Tensor::from_rows(&[[1.0, 2.0], [8.0, 9.0]]));
    // Only the columns in use count.
    let read = table.clone().features(["a"]).classes::<f64>("y").unwrap();
    assert_eq!((read.dropped, read.data.x().feature(0)), (2, &[1.0, 4.0, 7.0, 8.0][..]));
    let read = table.features(["a"]).values::<f64>(["b"]).unwrap();
    assert_eq!((read.dropped, read.data.y().feature(0)), (3, &[2.0, 6.0, 9.0][..]));
    // A class that only dropped rows have is none.
    let read = csv("y,a\nu,1\nw,?\nv,2\n").drop_missing().classes::<f64>("y").unwrap();
    assert_eq!((read.classes, read.data.y()), (vec!["u".to_owned(), "v".to_owned()], &vec![0, 1]));
    // Nothing is missing, nothing is dropped.
    assert_eq!(csv("x,y\n1,2\n").drop_missing().values::<f64>(["y"]).unwrap().dropped, 0);
    assert_eq!(csv("x,y\n1,2\n").values::<f64>(["y"]).unwrap().dropped, 0);
}

#[test]
fn words_that_only_resemble_a_missing_value_are_classes() {
    assert_eq!(classes(&["Na", "??", "N/a", "none"]).classes, ["??", "N/a", "Na", "none"]);
}

// --- Classes ---

#[test]
fn class_order_does_not_depend_on_the_rows() {
    for rows in [["pear", "Fig", "apple", "Fig"], ["Fig", "apple", "pear", "apple"]] {
        let read = classes(&rows);
        // By code point: upper case first.
        assert_eq!(read.classes, ["Fig", "apple", "pear"]);
        let back: Vec<&str> = read.data.y().iter().map(|&class| read.classes[class].as_str()).collect();
        assert_eq!(back, rows);
    }
}

#[test]
fn classes_that_are_numbers_are_sorted_by_value() {
    let read = classes(&["10", "9", "-1", "2.5", "1e1"]);
    // 1e1 and 10 are equal: by code point.
    assert_eq!(read.classes, ["-1", "2.5", "9", "10", "1e1"]);
    assert_eq!(read.data.y(), &[3, 2, 0, 1, 4]);
}

#[test]
fn one_name_that_is_no_finite_number_makes_all_of_them_words() {
    assert_eq!(classes(&["10", "9", "none"]).classes, ["10", "9", "none"]);
    assert_eq!(classes(&["10", "9", "inf"]).classes, ["10", "9", "inf"]);
}

// --- The format ---

#[test]
fn line_ends_byte_order_mark_blank_lines_and_spaces_do_not_matter() {
    let plain = values("x,y\n1,2\n3,4\n");
    assert_eq!(plain.data.x(), &Tensor::from_column(&[1.0, 3.0]));
    for same in [
        "x,y\n1,2\n3,4",
        "x,y\r\n1,2\r\n3,4\r\n",
        "x,y\r1,2\r3,4\r",
        "\u{feff}x,y\n1,2\n3,4\n",
        "\n\nx,y\n\n1,2\r\n\r\n\n3,4\n\n\n",
        " x\t,\u{a0}y \n 1 ,\t2\n3  ,4  \n",
        "\"x\",\"y\"\n\"1\",\" 2 \"\n3,\"4\"",
    ] {
        let read = values(same);
        assert_eq!(read.data, plain.data, "{same:?}");
        assert_eq!((read.features, read.targets), (vec!["x".to_owned()], vec!["y".to_owned()]), "{same:?}");
    }
}

#[test]
fn quoted_fields_hold_commas_quotes_and_line_breaks() {
    let names = ["a, b", "say \"yes\"", "two\r\nlines", "plain"];
    let read = classes(&names.map(quoted).each_ref().map(String::as_str));
    assert_eq!(read.classes, ["a, b", "plain", "say \"yes\"", "two\r\nlines"]);
}

#[test]
fn numbers_in_every_notation() {
    let read = values("x,y\n1,0\n-.5,0\n+2.,0\n1e-3,0\n1E+2,0\n");
    assert_eq!(read.data.x(), &Tensor::from_column(&[1.0, -0.5, 2.0, 0.001, 100.0]));
}

#[test]
fn numbers_are_rounded_once_and_may_vanish_but_not_overflow() {
    let table = csv("x,y\n0.1,3.4028235e38\n1e-60,-3.4028235e38\n");
    let read = table.values::<f32>(["y"]).unwrap();
    assert_eq!(read.data.x(), &Tensor::from_column(&[0.1, 0.0]));
    assert_eq!(read.data.y(), &Tensor::from_column(&[f32::MAX, f32::MIN]));
    let exact = csv("x,y\n0.1,1.7976931348623157e308\n").values::<f64>(["y"]).unwrap();
    assert_eq!((exact.data.x()[[0, 0]], exact.data.y()[[0, 0]]), (0.1, f64::MAX));
}

#[test]
fn files_and_readers_give_the_same() {
    let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/files_and_readers.csv");
    std::fs::write(path, "x,y\n1,2\n").unwrap();
    let read = Csv::open(path).unwrap().values::<f64>(["y"]).unwrap();
    assert_eq!(read.data, values("x,y\n1,2\n").data);
}

// --- The error as a value ---

#[test]
fn callers_can_match_on_what_is_wrong() {
    let error = csv("x,y\n1,2\n,4\n").values::<f64>(["y"]).unwrap_err();
    let DataError::Csv(error) = error else { panic!("{error:?}") };
    assert_eq!((error.file.as_str(), error.line), ("<input>", Some(3)));
    assert_eq!(error.problem, CsvProblem::MissingValue { column: "x".to_owned(), found: String::new() });
}

#[test]
fn a_large_file_prints_small_for_debugging() {
    let table = csv(format!("x,y\n{}", "1,2\n".repeat(1000)));
    assert!(format!("{table:?}").len() < 500);
}

fn quoted(field: &str) -> String {
    format!("\"{}\"", field.replace('"', "\"\""))
}
