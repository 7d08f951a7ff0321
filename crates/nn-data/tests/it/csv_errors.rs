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

/// What to do about a text in the place of a number.
const REMEDY: &str = "; leave the column out with `except`, set what stands for no value with `missing`, or read categories with `table`";

/// What to do about a missing value.
const FILL: &str = "fill it in, or leave out such rows with `drop_missing`";

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
fn an_unnamed_column_is_no_feature() {
    let read = Csv::from_reader(&b"\nx, ,y,\n1,b,3,4\n"[..]).unwrap().values::<f64>(["y"]).unwrap();
    assert_eq!((read.features, read.data.x()[[0, 0]]), (vec!["x".to_owned()], 1.0));
    says(
        values::<f64>(",y\n1,2\n"),
        "<input>: expected at least one column that is a feature and not a target, found none",
    );
}

#[test]
fn a_first_row_with_a_number_is_refused() {
    let message = |found: &str, lines: usize| {
        format!(
            "<input>, line {lines}: expected a header row with the names of the columns, found {found}; if this row has \
             values, open the file with `Csv::options().no_header(..)`; if it is no part of the table, with `lines({below}..)`, \
             or with `no_header({below}..)` if no header is below it; if these are names, with `header()`",
            below = lines + 1
        )
    };
    says(values::<f64>("4.1,2.0,0\n5.3,1.9,1\n"), &message(r#""4.1", "2.0", "0""#, 1));
    says(values::<f64>("\n\n a, -1e5 ,b,c,d,e,f\n"), &message(r#""a", "-1e5", "b", "c", "d" and 2 more"#, 3));
    says(values::<f64>("x;\"1,5\"\n2;1\n"), &message(r#""x", "1,5""#, 1));
    // Words that only begin like numbers.
    for header in ["1a,y", "inf,y", "nan,y", "1.2.3,y", "-,y"] {
        assert!(Csv::from_reader(header.as_bytes()).is_ok(), "{header}");
    }
    let years = Csv::options().header().from_reader("1960,y\n1,2\n".as_bytes()).unwrap();
    assert_eq!(years.columns(), ["1960", "y"]);
}

#[test]
fn a_first_row_with_too_few_fields_is_refused() {
    let message = |lines: usize, or: &str, rest: &str| {
        format!(
            "<input>, line 1: expected a header row with 2 names, as many as the rows below have fields, found 1; leave out \
             what is above the header with `Csv::options().lines({lines}..)`{or}, or name all columns{rest}"
        )
    };
    let names = "; if each row starts with its name, open the file with `Csv::options().header()`";
    says(values::<f64>("Cars\nx,y\n1,2\n"), &message(2, "", names));
    says(values::<f64>("Cars\n\nof 1974\nx,y\n1,2\n3,4\n"), &message(4, "", names));
    // The last row shows that the file is no ordinary table, so its first line is not taken for a comment.
    says(values::<f64>("# x\nx,y\n1,2\n3,4\n5\n"), &message(2, " or `comment('#')`", ""));
    // One row says little: which of both is wrong?
    says(values::<f64>("x,y\n1,2,3\n"), "<input>, line 2: expected 2 fields as in the header, found 3");
    says(
        values::<f64>("Cars of 1974\nx,y,z\n1,2,3\n4,5,6\n"),
        "<input>, line 1: expected a header row with 3 names, as many as the rows below have fields, found 1; leave out what is \
         above the header with `Csv::options().lines(2..)`, or name all columns",
    );
}

#[test]
fn a_header_without_a_name_for_the_names_of_rows() {
    let text = "x,y\nFiat,1,2\nVolvo 142,3,4\n";
    says(
        values::<f64>(text),
        "<input>, line 1: expected a header row with 3 names, as many as the rows below have fields, found 2; if each row \
         starts with its name, open the file with `Csv::options().header()`; otherwise leave out what is above the rows with \
         `Csv::options().no_header(2..)`, or with `lines(2..)` if the first of them is a header, or name all columns",
    );
    // So the advice is good for one row as well, for a single column, and where some row has other fields: its line is named.
    let read = |text: &str| Csv::options().header().from_reader(text.as_bytes());
    for (text, columns) in
        [(text, &["", "x", "y"][..]), ("x,y\na,1,2\n", &["", "x", "y"]), ("x\na,1\nb,2\n", &["", "x"])]
    {
        assert_eq!(read(text).unwrap().columns(), columns);
        assert_eq!(read(text).unwrap().table().unwrap().columns().len(), columns.len() - 1);
    }
    says(
        read("x,y\na,1,2\nb,3,4\nc,5\n").unwrap().table(),
        "<input>, line 4: expected 3 fields as in the header, found 2; if rows lack values at their ends, open the file with \
         `Csv::options().uneven_rows()`",
    );
    assert!(read("x,y\na,1,2,3\nb,4,5,6\n").unwrap_err().to_string().contains("lines(2..)"));
}

#[test]
fn two_delimiters_that_fit_are_one_too_many() {
    says(
        values::<f64>("x;a,y\n1;5,2\n3;4,7\n"),
        "<input>: expected fields that are separated by one character, found that commas and semicolons may separate them; \
         set what does with `Csv::options().delimiter`",
    );
}

#[test]
fn settings_that_make_no_sense() {
    let open = |options: nn_data::CsvOptions| options.from_reader("x,y\n1,2\n".as_bytes());
    let expected = "expected an ASCII character that is no letter, digit, '.', '+' or '-'";
    says(open(Csv::options().delimiter('1')), &format!("CsvOptions: delimiter is '1', {expected}"));
    says(open(Csv::options().delimiter('\n')), &format!("CsvOptions: delimiter is '\\n', {expected}"));
    says(open(Csv::options().comment('ü')), &format!("CsvOptions: comment is 'ü', {expected}"));
    says(open(Csv::options().quote('-')), &format!("CsvOptions: quote is '-', {expected}"));
    says(
        open(Csv::options().quote(';').delimiter(';')),
        "CsvOptions: quote is ';', expected another character than the delimiter and the comment",
    );
    let csv = open(Csv::options()).unwrap();
    says(
        csv.dates(["x"], "%d").table(),
        "Csv: format of dates is \"%d\", expected %Y or %y, and any of %m, %b, %d, %H, %M, %S, %% and other characters",
    );
}

#[test]
fn duplicate_column() {
    says(
        values::<f64>("x,z,x,y\n1,2,3,4\n"),
        r#"<input>, line 1: columns 1 and 3 are both named "x"; rename one, or leave out both with `except`"#,
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
    let twice =
        r#"<input>, line 1: columns 2 and 4 are both named "z"; rename one, or leave out both with `except`"#;
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
    says(
        Csv::from_reader(&b"BZh91AY"[..]),
        "<input>: expected comma-separated values in UTF-8, found a file that bzip2 compressed; decompress it with bunzip2 first",
    );
    says(
        Csv::from_reader(&b"<!DOCTYPE html>"[..]),
        "<input>: expected comma-separated values in UTF-8, found a web page; download the file itself",
    );
    says(
        Csv::from_reader(&b"PK\x03\x04\x14\0"[..]),
        "<input>: expected comma-separated values in UTF-8, found a zip file or a workbook; save its table as CSV",
    );
    says(
        Csv::from_reader(&b"\xFF\xFEx\0,\0y"[..]),
        "<input>: expected comma-separated values in UTF-8, found text in UTF-16 that breaks off; save the file as UTF-8",
    );
    says(
        Csv::from_reader(&b"\xFF\xFE\0\0x\0\0\0"[..]),
        "<input>: expected comma-separated values in UTF-8, found text in UTF-32; save the file as UTF-8",
    );
    says(
        Csv::options().latin_1().from_reader("x,größe\n1,2\n".as_bytes()),
        "<input>: expected text in Latin-1, found text in UTF-8; open the file without `latin_1`",
    );
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
        "<input>, line 1: the name of column 2 is not UTF-8 text; if the file is in Latin-1 or Windows-1252, open it with \
         `Csv::options().latin_1()`, otherwise save it as UTF-8, or choose other columns with `features`",
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

#[test]
fn a_guess_is_named() {
    let guess = "(read as separated by semicolons; `Csv::options().delimiter` sets something else)";
    says(
        classes("x;z\n1;2\n"),
        &format!(r#"<input>: there is no column "y"; the columns are "x", "z" {guess}"#),
    );
    says(
        classes("x;y\n1;2\n1\n"),
        &format!(
            "<input>, line 3: expected 2 fields as in the header, found 1 {guess}; if the table ends above this line, open the \
             file with `Csv::options().lines(..=2)`"
        ),
    );
    says(
        classes("x:y z\n1:2\n"),
        r#"<input>: there is no column "y"; the columns are "x:y z"; set what separates the fields with `Csv::options().delimiter`"#,
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
        "<input>, line 3: expected 3 fields as in the header, found 2; if rows lack values at their ends, open the file with \
         `Csv::options().uneven_rows()`",
    );
    says(classes("x,y\n1,2,3\n"), "<input>, line 2: expected 2 fields as in the header, found 3");
}

#[test]
fn quote_that_does_not_end() {
    let message = "<input>, line 3: a quoted field starts in this row but does not end; close it, or set another character with `Csv::options().quote`";
    says(classes("x,y\n1,a\n2,\"b\n3,c\n4,d\n"), message);
    says(classes("x,y\n1,a\n2,\"b\"\"\n"), message);
    says(classes("x,y\n1,a\n2,\""), message);
    // The header is checked as well.
    says(
        classes("x,\"y\n1,a\n"),
        "<input>, line 1: a quoted field starts in this row but does not end; close it, or set another character with `Csv::options().quote`",
    );
}

#[test]
fn field_that_is_not_utf8() {
    let message = r#"<input>, line 3: column "y" is not UTF-8 text; if the file is in Latin-1 or Windows-1252, open it with `Csv::options().latin_1()`, otherwise save it as UTF-8"#;
    says(classes(b"x,y\n1,a\n2,Jos\xE9\n"), message);
    says(values::<f64>(b"x,y\n1,2\n3,\xFF\n"), message);
}

#[test]
fn missing_value() {
    let message = &format!(r#"<input>, line 3: column "y" has no value; {FILL}"#);
    says(values::<f64>("x,y\n1,2\n3,\n"), message);
    says(values::<f64>("x,y\n1,2\n3,  \t\n"), message);
    says(values::<f64>("x,y\n1,2\n3,\"\"\n"), message);
    says(classes("x,y\n1,2\n3,\n"), message);
    let usual = [
        "?", "NA", "N/A", "n/a", "na", "#N/A", "#NA", "<NA>", "NaN", "nan", "NAN", "-nan", "-NaN", "NaT",
        "null", "NULL", "Null", "None", "nil", "-", ".", "\"NA\"", " ? ",
    ];
    for found in usual {
        let mark = found.trim_matches([' ', '"']);
        let message = format!(
            r#"<input>, line 3: column "y" holds "{mark}", which stands for a missing value; {FILL}; if it is a value, `missing` sets others"#
        );
        says(values::<f64>(format!("x,y\n1,2\n3,{found}\n")), &message);
        says(classes(format!("x,y\n1,2\n3,{found}\n")), &message);
    }
}

#[test]
fn nothing_but_missing_values() {
    let csv = Csv::from_reader(&b"x,y\n1,\n?,2\n"[..]).unwrap().drop_missing();
    let none = "<input>: expected at least one row without missing values, found none among";
    let leave = "leave such columns out with `except`";
    let message = format!(r#"{none} 2: 1 are missing in each of the columns "x", "y"; {leave}"#);
    says(csv.clone().values::<f64>(["y"]), &message);
    says(csv.classes::<f64>("y"), &message);
    // Other mistakes are still errors.
    let drop = |text: &str| Csv::from_reader(text.as_bytes()).unwrap().drop_missing().values::<f64>(["y"]);
    says(drop("x,y\n1,\n?,\n"), &format!(r#"{none} 2: 2 are missing in column "y"; {leave}"#));
    says(drop("x,y\n"), "<input>: expected at least one row below the header, found none");
    says(
        drop("x,y\n,1\n1,heavy\n"),
        &format!(r#"<input>, line 3: column "y" holds "heavy", expected a number{REMEDY}"#),
    );
    says(
        drop("x,y\n,1\n?\n"),
        "<input>, line 3: expected 2 fields as in the header, found 1; if the table ends above this line, open the file with \
         `Csv::options().lines(..=2)`",
    );
}

#[test]
fn field_that_is_no_number() {
    says(
        values::<f64>("x,weight,y\n1,2,3\n1,heavy,3\n"),
        &format!(r#"<input>, line 3: column "weight" holds "heavy", expected a number{REMEDY}"#),
    );
    let comma = "; if this is a decimal comma, open the file with `Csv::options().decimal_comma()`";
    says(
        values::<f64>("x,y\n1,\"3,5\"\n"),
        &format!(r#"<input>, line 2: column "y" holds "3,5", expected a number{comma}"#),
    );
    says(
        values::<f64>("x;y\n1,5;3.5\n1,5;2\n"),
        &format!(r#"<input>, line 2: column "x" holds "1,5", expected a number{comma}"#),
    );
    let thousands = |separator: char, or: &str| {
        format!(
            "; if {separator:?} is between thousands, open the file with `Csv::options().thousands({separator:?})`{or}"
        )
    };
    says(
        values::<f64>("x,y\n1,\"3,500\"\n"),
        &format!(
            "<input>, line 2: column \"y\" holds \"3,500\", expected a number{}",
            thousands(',', "; if it is a decimal comma, with `decimal_comma()`")
        ),
    );
    says(
        values::<f64>("x,y\n1,3 500\n"),
        &format!("<input>, line 2: column \"y\" holds \"3 500\", expected a number{}", thousands(' ', "")),
    );
    let commas = Csv::options().decimal_comma().from_reader("x;y\n1,5;3.5\n".as_bytes()).unwrap();
    says(
        commas.values::<f64>(["y"]),
        r#"<input>, line 2: column "y" holds "3.5", expected a number with a decimal comma; if it has a point, open the file with `Csv::options().decimal_point()`"#,
    );
    let commas = Csv::options().decimal_comma().from_reader("x;y\n1,5;3.500\n".as_bytes()).unwrap();
    says(
        commas.values::<f64>(["y"]),
        "<input>, line 2: column \"y\" holds \"3.500\", expected a number with a decimal comma; if it has a point, open the file \
         with `Csv::options().decimal_point()`; if it is between thousands, with `thousands('.')`",
    );
}

#[test]
fn of_several_mistakes_in_a_row_the_first_column_asked_for_is_named() {
    let table = Csv::from_reader("a,y,b,c\nx,4,y,z\n".as_bytes()).unwrap().features(["c", "a", "b"]);
    let remedy = "(leave it out with `except`, or read the file with `table`)";
    says(
        table.values::<f64>(["y"]),
        &format!(
            "<input>: expected columns that can be read as they are, found \"c\" holds text, such as \"z\" on line 2 {remedy}; \
             \"a\" holds text, such as \"x\" on line 2 {remedy}; \"b\" holds text, such as \"y\" on line 2 {remedy}"
        ),
    );
    let table = Csv::from_reader("a,y,b,c\n!,4,2,?\n".as_bytes()).unwrap().features(["c", "a", "b"]);
    says(
        table.values::<f64>(["y"]),
        &format!(
            "<input>, line 2: column \"c\" holds \"?\", which stands for a missing value; {FILL}; if it is a value, `missing` sets others"
        ),
    );
    let table = Csv::from_reader("a,b\n,y\n1,z\n".as_bytes()).unwrap().features(["b"]);
    says(
        table.values::<f64>(["a"]),
        &format!("<input>, line 2: column \"b\" holds \"y\", expected a number{REMEDY}"),
    );
    // A row that is dropped may hold anything.
    let dropped = table.drop_missing().values::<f64>(["a"]);
    says(dropped, &format!("<input>, line 3: column \"b\" holds \"z\", expected a number{REMEDY}"));
}

#[test]
fn a_long_field_is_quoted_in_part() {
    let long = "é".repeat(1000);
    says(
        values::<f64>(format!("x,y\n1,{long}\n")),
        &format!(r#"<input>, line 2: column "y" holds "{}…", expected a number{REMEDY}"#, "é".repeat(40)),
    );
    let whole = "é".repeat(40);
    says(
        values::<f64>(format!("x,y\n1,{whole}\n")),
        &format!(r#"<input>, line 2: column "y" holds "{whole}", expected a number{REMEDY}"#),
    );
}

#[test]
fn field_that_is_not_finite() {
    for found in ["nAn", "+NaN", "inf", "-Infinity"] {
        says(
            values::<f64>(format!("x,y\n{found},1\n")),
            &format!(
                r#"<input>, line 2: column "x" holds {found:?}, expected a finite number; set what stands for no value with `missing`"#
            ),
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
        says(
            classes(text),
            &format!(r#"<input>, line {line}: column "x" holds "!", expected a number{REMEDY}"#),
        );
    }
}

#[test]
fn the_first_error_of_the_file_is_told() {
    says(
        values::<f64>("x,y\n1,!\n!,1\n1\n"),
        &format!(r#"<input>, line 2: column "y" holds "!", expected a number{REMEDY}"#),
    );
}

#[test]
fn files_are_named() {
    let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/files_are_named.csv");
    std::fs::write(path, "x,y\n1,\n").unwrap();
    says(
        Csv::open(path).unwrap().classes::<f32>("y"),
        &format!(r#"{path}, line 2: column "y" has no value; {FILL}"#),
    );
}
