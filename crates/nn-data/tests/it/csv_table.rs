//! Files as tables of columns of all kinds, and what is hardly meant as a feature.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use nn_data::{Column, ColumnKind, Csv, DataError, Delimiter, Table};

fn csv(text: impl AsRef<[u8]>) -> Csv {
    Csv::from_reader(text.as_ref()).unwrap()
}

fn table(text: impl AsRef<[u8]>) -> Table {
    csv(text).table().unwrap()
}

#[track_caller]
fn says<T>(result: Result<T, DataError>, message: &str) {
    assert_eq!(result.err().expect("this should be an error").to_string(), message);
}

// --- Tables ---

#[test]
fn columns_have_the_kind_of_their_values() {
    let read = table("n,c,t,f\n1,b,TRUE,no\n,?,true,NA\n-2.5e1,a,False,yes\n\"3\",b,,No\n");
    let expected = [
        Column::numbers("n", [Some(1.0), None, Some(-25.0), Some(3.0)]),
        Column::categories("c", [Some("b"), None, Some("a"), Some("b")]),
        Column::numbers("t", [Some(1.0), Some(1.0), Some(0.0), None]),
        Column::numbers("f", [Some(0.0), None, Some(1.0), Some(0.0)]),
    ];
    assert_eq!(read.columns(), expected);
}

#[test]
fn kinds_that_are_set_are_kept() {
    let text = "n,c,t,d\n1,1,yes,1970\n1.0,1.0,1,1971\n,,0,\n";
    says(
        csv(text).numbers(["t"]).table(),
        "<input>, line 2: column \"t\" holds \"yes\", expected a number; leave the column out with `except`, set what stands for \
         no value with `missing`, or read categories with `table`",
    );
    let read = csv(text).categories(["c", "t"]).dates(["d"], "%Y").table().unwrap();
    let expected = [
        Column::numbers("n", [Some(1.0), Some(1.0), None]),
        Column::categories("c", [Some("1"), Some("1.0"), None]),
        Column::categories("t", [Some("yes"), Some("1"), Some("0")]),
        Column::numbers("d", [Some(0.0), Some(365.0), None]),
    ];
    assert_eq!(read.columns(), expected);
    // The last setting of a column holds, and columns without values have their kind.
    let read = csv("x,y\n,1\n,2\n").categories(["x"]).numbers(["x"]).table().unwrap();
    assert_eq!(read.columns()[0], Column::numbers("x", [None, None]));
    let read = csv("x,y\n,1\n,2\n").categories(["x"]).table().unwrap();
    assert_eq!(read.columns()[0], Column::categories("x", [None, None]));
    says(
        csv(text).numbers(["z"]).table(),
        r#"<input>: there is no column "z"; the columns are "n", "c", "t", "d""#,
    );
}

#[test]
fn rows_know_their_lines() {
    let read = csv("x,y\n1,\"a\nb\"\n\n?,c\r\n3,d\n").drop_missing().table().unwrap();
    assert_eq!(read.rows(), 2);
    assert_eq!((read.place(0), read.place(1)), ("<input>, line 2".to_owned(), "<input>, line 6".to_owned()));
}

#[test]
fn a_row_that_is_dropped_decides_no_kind() {
    let read = csv("x,y\nheavy,?\n1,2\n3,4\n").drop_missing().table().unwrap();
    assert_eq!(read.columns()[0], Column::numbers("x", [Some(1.0), Some(3.0)]));
}

#[test]
fn features_and_except_choose_columns() {
    let names = |csv: Csv| -> Vec<String> {
        csv.table().unwrap().columns().iter().map(|column| column.name().to_owned()).collect()
    };
    let file = || csv("a,b,,c,b\n1,2,x,3,4\n1,2,y,5,6\n");
    assert_eq!(names(file().features(["c", "a"])), ["c", "a"]);
    assert_eq!(names(file().except(["b"])), ["a", "c"]);
    assert_eq!(names(file().features(["c", "a"]).except(["a"])), ["c"]);
    says(
        file().except(["d"]).table(),
        r#"<input>: there is no column "d"; the columns are "a", "b", "", "c", "b""#,
    );
    says(
        file().table(),
        r#"<input>, line 1: columns 2 and 5 are both named "b"; rename one, or leave out both with `except`"#,
    );
    assert_eq!(file().except(["b"]).values::<f64>(["c"]).unwrap().features, ["a"]);
}

#[test]
fn new_rows_are_read_as_the_old_ones() {
    let old = csv("make,id,sold,weight\n500,7,yes,1\n600,8,no,2\n").categories(["make"]).table().unwrap();
    let kinds: Vec<(String, ColumnKind)> =
        old.columns().iter().map(|column| (column.name().to_owned(), column.kind())).collect();
    let new = csv("weight;sold;more;make;id\n1,5;1;!;500;9\n").table_like(&kinds).unwrap();
    let expected = [
        Column::categories("make", [Some("500")]),
        Column::numbers("id", [Some(9.0)]),
        Column::numbers("sold", [Some(1.0)]),
        Column::numbers("weight", [Some(1.5)]),
    ];
    assert_eq!(new.columns(), expected);
    says(
        csv("make,id,sold\n500,9,yes\n").table_like(&kinds),
        r#"<input>: there is no column "weight"; the columns are "make", "id", "sold""#,
    );
    says(
        csv("make,id,sold,weight\n500,9,yes,1\n500,9,yes,heavy\n").table_like(&kinds),
        "<input>, line 3: column \"weight\" holds \"heavy\", expected a number; leave the column out with `except`, set what stands \
         for no value with `missing`, or read categories with `table`",
    );
    says(
        csv("x\n1\n").table_like(&[]),
        "<input>: expected at least one column that is a feature and not a target, found none",
    );
}

#[test]
fn a_date_that_is_none_is_refused() {
    says(
        csv("day,x\n2020-02-29,1\n2021-02-29,2\n").dates(["day"], "%Y-%m-%d").table(),
        "<input>, line 3: column \"day\" holds \"2021-02-29\", expected a date of the format that was set with `dates`",
    );
}

// --- Markers ---

#[test]
fn markers_are_texts_and_numbers() {
    let text = "x,y\n-999,a\n-999.0,NA\n\"-9.99e2\",\n1,none\n";
    let read = csv(text).missing(["-999", " none "]).table().unwrap();
    assert_eq!(read.columns()[0], Column::numbers("x", [None, None, None, Some(1.0)]));
    assert_eq!(read.columns()[1], Column::categories("y", [Some("a"), Some("NA"), None, None]));
    let read = csv(text).missing(["-999"]).drop_missing().features(["x"]).classes::<f32>("y").unwrap();
    assert_eq!((read.classes, read.dropped), (vec!["none".to_owned()], 3));
    // A category is a number as well.
    let read = csv(text).missing(["-999"]).categories(["x"]).table().unwrap();
    assert_eq!(read.columns()[0], Column::categories("x", [None, None, None, Some("1")]));
}

// --- Features that nobody means ---

fn counting(first: usize, rows: usize) -> String {
    (first..first + rows).fold("id,x,y\n".to_owned(), |text, id| text + &format!("{id},{},0\n", id % 7))
}

#[test]
fn row_numbers_are_no_feature_unless_somebody_says_so() {
    let message = "<input>: expected columns that can be read as they are, found \"id\" counts the rows (leave it out with \
                   `except`, or keep it with `numbers`)";
    for first in [0, 1] {
        says(csv(counting(first, 10)).values::<f32>(["y"]), message);
        says(csv(counting(first, 10)).classes::<f32>("y"), message);
        says(csv(counting(first, 10)).table(), message);
    }
    let read = |csv: Csv| csv.values::<f64>(["y"]).unwrap().features.len();
    assert_eq!(read(csv(counting(1, 10)).features(["id"])), 1);
    assert_eq!(read(csv(counting(1, 10)).numbers(["id"])), 2);
    assert_eq!(read(csv(counting(1, 10)).except(["id"])), 1);
    assert_eq!(read(csv(counting(2, 10))), 2, "years, for example");
    assert_eq!(read(csv(counting(1, 9))), 2, "too few to tell");
    // Rows that were dropped leave gaps.
    let gaps = counting(1, 20).replace("5,5,0", "5,?,0").replace("1,1,0\n", "1,,0\n");
    says(csv(&gaps).drop_missing().values::<f32>(["y"]), message);
    says(csv(&gaps).drop_missing().table(), message);
}

#[test]
fn integers_that_are_rounded_are_refused() {
    let text = "x,y\n16777216,1\n16777217,2\n";
    let message = "<input>, line 3: column \"x\" holds \"16777217\", which f32 rounds to 16777216; leave it out with `except`, or \
                   read `f64`";
    says(csv(text).values::<f32>(["y"]), message);
    says(csv(text.replace("16777217", "\"16777217\"")).values::<f32>(["y"]), message);
    assert_eq!(csv(text).values::<f64>(["y"]).unwrap().data.x()[[1, 0]], 16_777_217.0);
    // Who writes decimals expects rounding.
    for number in ["16777217.5", "1.6777217e7", "33554436", "-33554436"] {
        assert!(csv(format!("x,y\n{number},1\n")).values::<f32>(["y"]).is_ok(), "{number}");
    }
}

#[test]
fn all_columns_of_text_are_named() {
    let texts = ["sex", "port"].map(|name| {
        format!("{name:?} holds text, such as \"{}\" on line 2 (leave it out with `except`, or read the file with `table`)", &name[..1])
    });
    says(
        csv("age,sex,port,y\n1,s,p,1\n2,t,q,2\n").values::<f64>(["y"]),
        &format!("<input>: expected columns that can be read as they are, found {}; {}", texts[0], texts[1]),
    );
}

// --- Files ---

#[test]
fn a_compressed_file_is_read_to_its_end() {
    let gzip = |text: &str| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let text = "x;y\n1,5;a\n2;b\n";
    assert_eq!(table(gzip(text)), table(text));
    // Several files in one are one.
    assert_eq!(table([gzip("x;y\n1,5;a\n"), gzip("2;b\n")].concat()), table(text));
    let twice = gzip(text);
    let twice = {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&twice).unwrap();
        encoder.finish().unwrap()
    };
    says(
        Csv::from_reader(&twice[..]),
        "<input>: expected comma-separated values in UTF-8, found a file that gzip compressed twice; decompress it first",
    );
    for broken in [&gzip(text)[..20], &[&gzip(text)[..], b"3;c\n"].concat()] {
        let message = Csv::from_reader(broken).unwrap_err().to_string();
        assert!(message.starts_with("<input>: cannot be read: "), "{message}");
    }
}

#[test]
fn delimiters_are_guessed() {
    let delimiter = |text: &str| csv(text).delimiter();
    for (text, expected) in [
        ("x,y\n1,2\n", Delimiter::Char(',')),
        ("x;y", Delimiter::Char(';')),
        ("x\ty\n1\t2\n", Delimiter::Char('\t')),
        ("x|y\n1|2\n", Delimiter::Char('|')),
        ("x y\n1 2\n", Delimiter::Whitespace),
        (" x  y\n 1\t2 \n", Delimiter::Whitespace),
        // Decimal commas, in all fields or in some.
        ("x;y\n1,5;2,5\n3;4\n", Delimiter::Char(';')),
        ("x y\n1,5 2,5\n", Delimiter::Whitespace),
        // Words with spaces and with other marks.
        ("first name,last name\nAnn,O Hara\n", Delimiter::Char(',')),
        ("full name\nAnn Lee\nBen Li\n", Delimiter::Char(',')),
        ("x,y\n\"a;b\",\"c;d\"\n", Delimiter::Char(',')),
        ("x;y\n\"a,b\";\"c,d\"\n", Delimiter::Char(';')),
        // One column, one row, a row that is too short.
        ("x\n1\n2\n", Delimiter::Char(',')),
        ("x,y\n1,2\n3\n", Delimiter::Char(',')),
        ("x;y\n1;2\n3\n", Delimiter::Char(';')),
        // Nothing fits.
        ("x:y\n1:2\n", Delimiter::Char(',')),
    ] {
        assert_eq!(delimiter(text), expected, "{text:?}");
    }
    // More lines than are looked at, the last of which is cut.
    let long = format!("x;y\n{}", "1,5;2\n".repeat(20_000));
    assert_eq!(delimiter(&long), Delimiter::Char(';'));
    assert_eq!(table(&long).rows(), 20_000);
    let wide = vec!["name of a column"; 10_000].join("\t");
    assert_eq!(delimiter(&wide), Delimiter::Char('\t'));
}

#[test]
fn decimal_commas_are_guessed_where_they_are_clear() {
    let has_comma = |text: &str| csv(text).has_decimal_comma();
    for (text, expected) in [
        ("x;y\n1,5;2\n", true),
        ("x;y\n0,123;2\n", true),
        ("x;y\n-1234,567;2\n", true),
        ("x\ty\n1,5\t2\n", true),
        ("x;y\n1;2\n", false),
        ("x;y\n1,234;2\n", false),
        ("x;y\n1,5;2.5\n", false),
        ("x,y\n\"1,5\",2\n", false),
        ("x;y\na,b;2\n", false),
    ] {
        assert_eq!(has_comma(text), expected, "{text:?}");
    }
}

#[test]
fn options_are_kept() {
    let read = |options: nn_data::CsvOptions, text: &str| {
        options.from_reader(text.as_bytes()).unwrap().table().unwrap()
    };
    let expected = [Column::numbers("x", [Some(1.0)]), Column::categories("y", [Some("a")])];
    let options = Csv::options;
    assert_eq!(read(options().delimiter('^'), "x^y\n1^a\n").columns(), expected);
    assert_eq!(read(options().delimiter(' '), "x y\n1 a\n").columns(), expected);
    assert_eq!(read(options().skip_lines(2), "\nt\r\nx,y\n1,a\n").columns(), expected);
    assert_eq!(read(options().skip_lines(1), "\u{feff}t\rx,y\r1,a").columns(), expected);
    assert_eq!(read(options().comment('%'), "%1\nx,y\n%\"\n1,a\n%").columns(), expected);
    assert_eq!(read(options().quote('\''), "'x','y'\n'1', 'a'\n").columns(), expected);
    let commas = read(options().decimal_comma(), "x,y\n\"1,5\",\"2\"\n");
    assert_eq!(commas.columns()[0], Column::numbers("x", [Some(1.5)]));
    let points = read(options().decimal_point(), "x;y\na,5;1\n2,5;1\n");
    assert_eq!(points.columns()[0], Column::categories("x", [Some("a,5"), Some("2,5")]));
    let none = read(options().no_header(), "1,a\n2,b\n");
    assert_eq!(none.columns()[0], Column::numbers("column 1", [Some(1.0), Some(2.0)]));
    assert_eq!(none.place(0), "<input>, line 1");
    says(
        options().skip_lines(5).from_reader("x,y\n".as_bytes()),
        "<input>: expected a header row with the names of the columns, found an empty file",
    );
}
