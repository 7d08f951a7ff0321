//! The message for every way in which a CSV file can be wrong.

use std::io::{self, Read};

use nn_core::Scalar;
use nn_data::{Csv, DataError};

/// Reads `y` as values, all else as features.
fn values<F: Scalar>(text: impl AsRef<[u8]>) -> Result<(), DataError> {
    Csv::from_reader(text.as_ref())?.values::<F>(["y"]).map(|_| ())
}

/// Reads `y` as classes, all else as features.
fn classes(text: impl AsRef<[u8]>) -> Result<(), DataError> {
    Csv::from_reader(text.as_ref())?.classes::<f64>("y").map(|_| ())
}

#[track_caller]
fn says<T>(result: Result<T, DataError>, message: &str) {
    let error = result.err().expect("this should be an error");
    assert_eq!(error.to_string(), message);
}

// --- The file ---

#[test]
fn missing_file() {
    let reason = std::fs::metadata("no/such.csv").unwrap_err();
    says(Csv::open("no/such.csv"), &format!("no/such.csv: cannot be read: {reason}"));
}

#[test]
fn unreadable_input() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the cable is loose"))
        }
    }
    says(Csv::from_reader(Broken), "<input>: cannot be read: the cable is loose");
}

#[test]
fn empty_file() {
    let message = "<input>: expected a header row with the names of the columns, found an empty file";
    says(values::<f64>(""), message);
    says(values::<f64>("\u{feff}"), message);
    says(values::<f64>("\n\r\n\n"), message);
}

#[test]
fn header_without_rows() {
    let message = "<input>: expected at least one row below the header, found none";
    says(values::<f64>("x,y"), message);
    says(values::<f64>("x,y\n\n"), message);
    says(classes("x,y\r\n"), message);
}

// --- The header ---

#[test]
fn unnamed_column() {
    says(
        values::<f64>("\nx, ,y\n1,2,3\n"),
        "<input>, line 2: column 2 has no name in the header; name it, or choose the columns with `features`",
    );
    says(
        values::<f64>("\u{feff}\n\nx,y,\n1,2,3\n"),
        "<input>, line 3: column 3 has no name in the header; name it, or choose the columns with `features`",
    );
}

#[test]
fn duplicate_column() {
    says(
        values::<f64>("x,z,x,y\n1,2,3,4\n"),
        r#"<input>, line 1: columns 1 and 3 are both named "x"; rename one, or read neither"#,
    );
}

/// What is not read is not refused.
#[test]
fn names_that_are_not_read_do_not_matter() {
    let csv = |text: &[u8]| Csv::from_reader(text).unwrap().features(["x"]);
    for header in [&b"x,,y"[..], b"x, ,y", b"x,z,y,z", b"x,,y,", b",x,y,,", b"x,gr\xF6\xDFe,y"] {
        let row: String = (0..header.split(|&byte| byte == b',').count()).map(|i| format!(",{i}")).collect();
        let file = [header, b"\n", &row.as_bytes()[1..]].concat();
        let read = csv(&file).values::<f64>(["y"]).unwrap();
        assert_eq!((read.features, read.targets), (vec!["x".to_owned()], vec!["y".to_owned()]));
        let classes = csv(&file).classes::<f64>("y").unwrap();
        assert_eq!(classes.classes, [(read.data.y()[[0, 0]]).to_string()]);
    }
    assert_eq!(csv(b"x,,y,x,gr\xF6\xDFe\n").columns(), ["x", "", "y", "x", "\u{FFFD}"]);
    // What is read is.
    let twice = r#"<input>, line 1: columns 2 and 4 are both named "z"; rename one, or read neither"#;
    says(csv(b"x,z,y,z\n1,2,3,4\n").features(["z"]).values::<f64>(["y"]), twice);
    says(csv(b"x,z,y,z\n1,2,3,4\n").values::<f64>(["z"]), twice);
    says(
        csv(b"x,,y\n1,2,3\n").classes::<f64>(""),
        r#"<input>: there is no column ""; the columns are "x", "", "y""#,
    );
}

// --- Other formats ---

#[test]
fn files_that_are_no_csv_files() {
    let gzip = "<input>: expected comma-separated values in UTF-8, found a file that gzip compressed; decompress it first";
    says(Csv::from_reader(&b"\x1F\x8B\x08\0\0"[..]), gzip);
    says(Csv::from_reader(&b"\x1F\x8B"[..]), gzip);
    says(
        Csv::from_reader(&b"PK\x03\x04\x14\0"[..]),
        "<input>: expected comma-separated values in UTF-8, found a zip file or a workbook; save its table as CSV",
    );
    for utf16 in [&b"\xFF\xFEx\0,\0y\0"[..], b"\xFE\xFF\0x\0,\0y"] {
        says(
            Csv::from_reader(utf16),
            "<input>: expected comma-separated values in UTF-8, found text in UTF-16; save the file as UTF-8",
        );
    }
}

#[test]
fn messages_are_bounded() {
    let long = "x".repeat(10_000);
    let file = format!("{long},{long},y\n1,2,3\n");
    let csv = |text: &str| Csv::from_reader(text.as_bytes()).unwrap();
    let path = "d/".repeat(100_000);
    let errors = [
        csv(&file).classes::<f64>("z").err(),
        csv(&file).classes::<f64>("y").err(),
        csv(&file).classes::<f64>(&long).err(),
        csv("x,y\n1,2\n").classes::<f64>(&long).err(),
        csv("x,y\n1,2\n").features([&long]).classes::<f64>("y").err(),
        csv(&format!("{long},y\n!,1\n")).classes::<f64>("y").err(),
        csv(&format!("{long},y\n,1\n")).classes::<f64>("y").err(),
        csv(&format!("{long},y\ninf,1\n")).classes::<f64>("y").err(),
        csv(&format!("{long},y\n1e999,1\n")).classes::<f64>("y").err(),
        csv(&format!("{long},y\n1,2\n")).features([&long, &long]).classes::<f64>("y").err(),
        csv(&format!("{long},y\n1,2\n")).features([&long]).classes::<f64>(&long).err(),
        Csv::open(&path).err(),
        nn_data::Idx::open(&path).err(),
    ];
    for error in errors {
        let message = error.unwrap().to_string();
        assert!(message.len() < 2000 && message.contains('…'), "{message}");
    }
}

#[test]
fn header_that_is_not_utf8() {
    says(
        values::<f64>(b"x,gr\xF6\xDFe,y\n1,2,3\n"),
        "<input>, line 1: the name of column 2 is not UTF-8 text; save the file as UTF-8",
    );
}

// --- The choice of columns ---

#[test]
fn unknown_column() {
    let csv = Csv::from_reader(&b"weight,power,price\n1,2,3\n"[..]).unwrap();
    let columns = r#"the columns are "weight", "power", "price""#;
    says(csv.classes::<f64>("year"), &format!(r#"<input>: there is no column "year"; {columns}"#));
    says(
        csv.classes::<f64>("PRICE"),
        &format!(r#"<input>: there is no column "PRICE" (did you mean "price"?); {columns}"#),
    );
    says(
        csv.features(["wieght"]).values::<f64>(["price"]),
        &format!(r#"<input>: there is no column "wieght" (did you mean "weight"?); {columns}"#),
    );
}

#[test]
fn a_third_of_the_letters_may_differ() {
    let hint = |wanted: &str| {
        let csv = Csv::from_reader(&b"petal_width,petal_length\n"[..]).unwrap();
        let message = csv.classes::<f64>(wanted).unwrap_err().to_string();
        message.split('"').nth(3).map(str::to_owned).filter(|_| message.contains("did you mean"))
    };
    // Two inserted, one replaced: 3 of 9; another replaced: 4 of 9.
    assert_eq!(hint("pedalwdth").as_deref(), Some("petal_width"));
    assert_eq!(hint("pebalxdth"), None);
    assert_eq!(hint("my_petals_width").as_deref(), Some("petal_width"));
    assert_eq!(hint("length_of_petal"), None);
    assert_eq!(hint("petallength").as_deref(), Some("petal_length"));
    assert_eq!(hint("y"), None);
}

/// Spreadsheets in half of Europe save such files.
#[test]
fn a_header_without_commas_gets_a_hint() {
    let hint = "separate the fields by commas";
    says(
        classes("x;y\n1;2\n"),
        &format!(r#"<input>: there is no column "y"; the columns are "x;y"; {hint}"#),
    );
    says(
        classes("x\ty\n1\t2\n"),
        &format!(r#"<input>: there is no column "y"; the columns are "x\ty"; {hint}"#),
    );
    says(classes("x\n1\n"), r#"<input>: there is no column "y"; the columns are "x""#);
}

#[test]
fn very_many_columns_are_not_all_listed() {
    let names: Vec<String> = (0..65).map(|i| format!("p{i}")).collect();
    let csv = Csv::from_reader(names.join(",").as_bytes()).unwrap();
    says(
        csv.classes::<f64>("digit"),
        r#"<input>: there is no column "digit"; the columns are "p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9" and 55 more"#,
    );
}

#[test]
fn column_chosen_twice() {
    let csv = Csv::from_reader(&b"x,y\n1,2\n"[..]).unwrap();
    let message = |column| format!("<input>: column {column:?} is chosen twice; name it once");
    says(csv.values::<f64>(["y", "y"]), &message("y"));
    says(csv.features(["x", "x"]).values::<f64>(["y"]), &message("x"));
}

#[test]
fn target_as_feature() {
    let csv = Csv::from_reader(&b"x,y\n1,2\n"[..]).unwrap().features(["x", "y"]);
    let message = r#"<input>: column "y" is chosen as a feature and as the target; choose one"#;
    says(csv.values::<f64>(["y"]), message);
    says(csv.classes::<f64>("y"), message);
}

#[test]
fn no_feature() {
    let message = "<input>: expected at least one column that is a feature and not a target, found none";
    says(values::<f64>("y\n1\n"), message);
    let none: [&str; 0] = [];
    let csv = Csv::from_reader(&b"x,y\n1,2\n"[..]).unwrap();
    says(csv.values::<f64>(["x", "y"]), message);
    says(csv.features(none).classes::<f64>("y"), message);
}

#[test]
fn no_target() {
    let none: [&str; 0] = [];
    let csv = Csv::from_reader(&b"x,y\n1,2\n"[..]).unwrap();
    says(csv.values::<f64>(none), "<input>: expected at least one column to predict, found none");
}

// --- The rows ---

#[test]
fn ragged_row() {
    says(
        values::<f64>("x,z,y\n1,2,3\n4,5\n"),
        "<input>, line 3: expected 3 fields as in the header, found 2",
    );
    says(classes("x,y\n1,2,3\n"), "<input>, line 2: expected 2 fields as in the header, found 3");
}

#[test]
fn quote_that_does_not_end() {
    let message =
        "<input>, line 3: a quoted field starts in this row but does not end; close it with a double quote";
    says(classes("x,y\n1,a\n2,\"b\n3,c\n4,d\n"), message);
    says(classes("x,y\n1,a\n2,\"b\"\"\n"), message);
    says(classes("x,y\n1,a\n2,\""), message);
    // The header is checked as well.
    says(
        classes("x,\"y\n1,a\n"),
        "<input>, line 1: a quoted field starts in this row but does not end; close it with a double quote",
    );
}

#[test]
fn field_that_is_not_utf8() {
    let message = r#"<input>, line 3: column "y" is not UTF-8 text; save the file as UTF-8"#;
    says(classes(b"x,y\n1,a\n2,Jos\xE9\n"), message);
    says(values::<f64>(b"x,y\n1,2\n3,\xFF\n"), message);
}

#[test]
fn missing_value() {
    let message =
        r#"<input>, line 3: column "y" has no value; fill it in, or leave out such rows with `drop_missing`"#;
    says(values::<f64>("x,y\n1,2\n3,\n"), message);
    says(values::<f64>("x,y\n1,2\n3,  \t\n"), message);
    says(values::<f64>("x,y\n1,2\n3,\"\"\n"), message);
    says(classes("x,y\n1,2\n3,\n"), message);
    for found in ["?", "NA", "NaN", "nan", "\"NA\"", " ? "] {
        let mark = found.trim_matches([' ', '"']);
        let message = format!(
            r#"<input>, line 3: column "y" holds "{mark}", which stands for a missing value; fill it in, or leave out such rows with `drop_missing`"#
        );
        says(values::<f64>(format!("x,y\n1,2\n3,{found}\n")), &message);
        says(classes(format!("x,y\n1,2\n3,{found}\n")), &message);
    }
}

#[test]
fn nothing_but_missing_values() {
    let csv = Csv::from_reader(&b"x,y\n1,\n?,2\n"[..]).unwrap().drop_missing();
    let message = "<input>: expected at least one row without missing values, found none among 2";
    says(csv.classes::<f64>("y"), message);
    says(csv.values::<f64>(["y"]), message);
    // Other mistakes are still errors.
    let drop = |text: &str| Csv::from_reader(text.as_bytes()).unwrap().drop_missing().values::<f64>(["y"]);
    says(drop("x,y\n1,\n"), "<input>: expected at least one row without missing values, found none among 1");
    says(drop("x,y\n"), "<input>: expected at least one row below the header, found none");
    says(drop("x,y\n,1\n1,heavy\n"), r#"<input>, line 3: column "y" holds "heavy", expected a number"#);
    says(drop("x,y\n,1\n?\n"), "<input>, line 3: expected 2 fields as in the header, found 1");
}

#[test]
fn field_that_is_no_number() {
    says(
        values::<f64>("x,weight,y\n1,2,3\n1,heavy,3\n"),
        r#"<input>, line 3: column "weight" holds "heavy", expected a number"#,
    );
    says(values::<f64>("x,y\n1,\"3,5\"\n"), r#"<input>, line 2: column "y" holds "3,5", expected a number"#);
}

#[test]
fn of_several_mistakes_in_a_row_the_first_column_asked_for_is_named() {
    let table = Csv::from_reader("a,y,b,c\nx,4,y,z\n".as_bytes()).unwrap().features(["c", "a", "b"]);
    says(table.values::<f64>(["y"]), "<input>, line 2: column \"c\" holds \"z\", expected a number");
    let table = Csv::from_reader("a,b\n,y\n1,z\n".as_bytes()).unwrap().features(["b"]);
    says(table.values::<f64>(["a"]), "<input>, line 2: column \"b\" holds \"y\", expected a number");
    // A row that is dropped may hold anything.
    let dropped = table.drop_missing().values::<f64>(["a"]);
    says(dropped, "<input>, line 3: column \"b\" holds \"z\", expected a number");
}

#[test]
fn a_long_field_is_quoted_in_part() {
    let long = "é".repeat(1000);
    says(
        values::<f64>(format!("x,y\n1,{long}\n")),
        &format!(r#"<input>, line 2: column "y" holds "{}…", expected a number"#, "é".repeat(40)),
    );
    let whole = "é".repeat(40);
    says(
        values::<f64>(format!("x,y\n1,{whole}\n")),
        &format!(r#"<input>, line 2: column "y" holds "{whole}", expected a number"#),
    );
}

#[test]
fn field_that_is_not_finite() {
    for found in ["NAN", "-nan", "inf", "-Infinity"] {
        says(
            values::<f64>(format!("x,y\n{found},1\n")),
            &format!(r#"<input>, line 2: column "x" holds {found:?}, expected a finite number"#),
        );
    }
}

#[test]
fn number_beyond_the_range_of_the_type() {
    says(
        values::<f32>("x,y\n1,2\n3,1e39\n"),
        r#"<input>, line 3: column "y" holds "1e39", expected a number within the range of f32"#,
    );
    says(
        values::<f64>("x,y\n1,2\n3,-1e309\n"),
        r#"<input>, line 3: column "y" holds "-1e309", expected a number within the range of f64"#,
    );
    assert_eq!(values::<f64>("x,y\n1,2\n3,1e39\n"), Ok(()));
}

// --- Where ---

#[test]
fn lines_are_counted_as_an_editor_counts_them() {
    for (text, line) in [
        ("x,y\n1,a\n!,b\n", 3),
        ("x,y\r\n1,a\r\n!,b\r\n", 3),
        ("x,y\r1,a\r!,b", 3),
        ("\u{feff}\nx,y\n!,b", 3),
        ("\r\n\r\nx,y\r\n\r\n1,a\r\n\r\n\r\n!,b\r\n", 8),
        // The row starts on line 4: the one above it takes two. Its own line breaks do not count.
        ("x,y\n1,\"a\na\"\n!,\"b\nb\"\n", 4),
        ("x,\"y\"\r\n1,\"a\r\n\r\na\"\r\n!,b\r\n", 5),
        ("x,y\n1,\"a\ra\"\n!,b\n", 4),
    ] {
        says(classes(text), &format!(r#"<input>, line {line}: column "x" holds "!", expected a number"#));
    }
}

#[test]
fn the_first_error_of_the_file_is_told() {
    says(values::<f64>("x,y\n1,!\n!,1\n1\n"), r#"<input>, line 2: column "y" holds "!", expected a number"#);
}

#[test]
fn files_are_named() {
    let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/files_are_named.csv");
    std::fs::write(path, "x,y\n1,\n").unwrap();
    says(
        Csv::open(path).unwrap().classes::<f32>("y"),
        &format!(
            r#"{path}, line 2: column "y" has no value; fill it in, or leave out such rows with `drop_missing`"#
        ),
    );
}
