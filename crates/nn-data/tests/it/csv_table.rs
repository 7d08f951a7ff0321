//! Files as tables of columns of all kinds, and what is hardly meant as a feature.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use nn_data::{Categories, Column, ColumnKind, Csv, DataError, Delimiter, Preprocessor, Recipe, Table};

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
        Column::dates("d", "%Y", [Some(0.0), Some(365.0), None]),
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

/// The format is that of the first table, also after what learnt from it was saved.
#[test]
fn dates_of_new_rows_are_read_as_those_of_the_old() {
    let old = csv("day,month,x\n02.01.1970,1970-01,1\n05.01.1970,1970-02,2\n")
        .dates(["day"], "%d.%m.%Y")
        .dates(["month"], "%Y-%m")
        .table()
        .unwrap();
    assert_eq!(old.column("day").unwrap(), &Column::dates("day", "%d.%m.%Y", [Some(1.0), Some(4.0)]));
    let kinds = |table: &Table| -> Vec<(String, ColumnKind)> {
        table.columns().iter().map(|column| (column.name().to_owned(), column.kind())).collect()
    };
    let text = "month,x,day\n1970-02,3,10.01.1970\n,4,\n";
    let new = csv(text).table_like(&kinds(&old)).unwrap();
    assert_eq!(new.columns()[0], Column::dates("day", "%d.%m.%Y", [Some(9.0), None]));
    assert_eq!(new.columns()[1], Column::dates("month", "%Y-%m", [Some(31.0), None]));
    assert_eq!(kinds(&new), kinds(&old));
    assert_eq!(kinds(&old.select(&[1]).unwrap()), kinds(&old));

    let recipe = Recipe::new().categories(["month"], Categories::new()).target_classes("x");
    let fitted = recipe.fit(&old).unwrap();
    let restored = Preprocessor::from_json(&fitted.to_json()).unwrap();
    assert_eq!(restored, fitted);
    let expected =
        [("day", ColumnKind::Date("%d.%m.%Y".into())), ("month", ColumnKind::Date("%Y-%m".into()))];
    assert_eq!(restored.columns(), expected.map(|(name, kind)| (name.to_owned(), kind)));
    let read = csv(text).table_like(&restored.columns()).unwrap();
    assert_eq!(restored.transform::<f64>(&read).unwrap(), fitted.transform(&new).unwrap());
    // Numbers of days are as good.
    let days =
        Table::new([Column::numbers("day", [Some(9.0), None]), Column::numbers("month", [Some(31.0), None])]);
    assert_eq!(restored.transform::<f64>(&days.unwrap()).unwrap(), fitted.transform(&new).unwrap());

    // A file may write its dates in another way.
    let text = "month,x,day\n1970-02,3,1970/1/10\n";
    says(
        csv(text).table_like(&kinds(&old)),
        "<input>, line 2: column \"day\" holds \"1970/1/10\", expected a date of the format that was set with `dates`",
    );
    let new = csv(text).dates(["day"], "%Y/%m/%d").table_like(&kinds(&old)).unwrap();
    assert_eq!(new.columns()[0], Column::dates("day", "%Y/%m/%d", [Some(9.0)]));
    says(
        csv("x\n1\n").table_like(&[("x".to_owned(), ColumnKind::Date("%q".to_owned()))]),
        "Csv: format of dates is \"%q\", expected %Y or %y, and any of %m, %b, %d, %H, %M, %S, %% and other characters",
    );
    let broken = fitted.to_json().replace("%d.%m.%Y", "%d.%m");
    says(
        Preprocessor::from_json(&broken),
        "Preprocessor::from_json: \"dates\" of input 0 is \"%d.%m\", expected a format of dates, such as \"%Y-%m-%d\"",
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
        let table = csv(counting(first, 10)).table().unwrap();
        assert!(table.to_string().contains("(left out, counts the rows: \"id\")"), "{table}");
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
    let table = csv(&gaps).drop_missing().table().unwrap();
    assert!(table.to_string().contains("(left out, counts the rows: \"id\")"), "{table}");
}

#[test]
fn codes_are_no_features_unless_somebody_says_that_they_are_numbers() {
    let message = |code: &str, line: usize| {
        format!(
            "<input>: expected columns that can be read as they are, found \"code\" holds numbers with zeros in front, such as \
             {code:?} on line {line} (leave it out with `except`, read it with `numbers`, or read the file with `table`, which has \
             categories)"
        )
    };
    let text = "code,x,y\n8010,1,0\n01234,2,1\n05,3,1\n";
    says(csv(text).values::<f64>(["y"]), &message("01234", 3));
    says(csv(text).classes::<f32>("y"), &message("01234", 3));
    says(csv(text).features(["x", "code"]).values::<f32>(["y"]), &message("01234", 3));
    says(csv(text.replace("01234", " \"01234\"")).values::<f64>(["y"]), &message("01234", 3));
    says(csv(text.replace(',', ";")).classes::<f64>("y"), &message("01234", 3));
    says(csv(text.replace(",1\n05", ",?\n05")).drop_missing().values::<f64>(["y"]), &message("01234", 3));
    assert_eq!(csv(text).numbers(["code"]).values::<f64>(["y"]).unwrap().data.x()[[1, 0]], 1234.0);
    assert_eq!(csv(text).except(["code"]).values::<f64>(["y"]).unwrap().features, ["x"]);
    // Classes are texts, values to predict are numbers, and other numbers may begin with a zero.
    assert_eq!(csv(text).classes::<f64>("code").unwrap().classes, ["05", "01234", "8010"]);
    assert_eq!(csv(text).values::<f64>(["code"]).unwrap().data.y()[[2, 0]], 5.0);
    assert!(csv("x,y\n0,1\n0.5,2\n-0.5,3\n0e1,4\n").values::<f64>(["y"]).is_ok());
    // In a part that another thread reads.
    let rows = "1,2,3\n".repeat(100_000);
    says(csv(format!("code,x,y\n{rows}07,2,3\n{rows}")).values::<f64>(["y"]), &message("07", 100_002));
    // All that is suspicious is named at once.
    let both = counting(1, 10).replace(",3,", ",03,");
    let found = csv(both).values::<f64>(["y"]).unwrap_err().to_string();
    assert!(found.contains("\"id\" counts the rows") && found.contains("\"03\" on line 4"), "{found}");
}

#[test]
fn features_have_no_other_kind_than_numbers() {
    let text = "code,day,y\n1,1970,0\n2,1971,1\n";
    let message = |columns: &str| {
        format!("<input>: expected columns that can be read as they are, found {columns}").replace(
            '!',
            "(only a `table` has them: read the file as one, or leave the column out with `except`)",
        )
    };
    let set = csv(text).categories(["code", "y"]).dates(["day"], "%Y");
    says(set.values::<f64>(["y"]), &message("\"code\" is set to categories !; \"day\" is set to dates !"));
    says(set.clone().except(["day"]).classes::<f64>("y"), &message("\"code\" is set to categories !"));
    assert!(set.except(["day", "code"]).features(["code"]).values::<f64>(["y"]).is_err());
    assert!(csv(text).categories(["code"]).numbers(["code"]).classes::<f64>("y").is_ok());
}

#[test]
fn integers_that_are_rounded_are_refused() {
    let text = "x,y\n16777216,1\n16777217,2\n";
    let message = "<input>, line 3: column \"x\" holds \"16777217\", which f32 rounds to 16777216; leave it out with `except`, or \
                   read `f64`";
    says(csv(text).values::<f32>(["y"]), message);
    says(csv(text.replace("16777217", "\"16777217\"")).values::<f32>(["y"]), message);
    assert_eq!(csv(text).values::<f64>(["y"]).unwrap().data.x()[[1, 0]], 16_777_217.0);
    let thousands = Csv::options().thousands(',').from_reader("x,y\n\"16,777,217\",1\n".as_bytes()).unwrap();
    says(
        thousands.values::<f32>(["y"]),
        &message.replace("line 3", "line 2").replace("\"16777217", "\"16,777,217"),
    );
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
fn thousands_are_read_where_somebody_says_so() {
    let read = |separator: char, text: &str| {
        let csv = Csv::options().thousands(separator).from_reader(text.as_bytes()).unwrap();
        let values = csv.values::<f64>(["y"]).unwrap();
        let table = csv.table().unwrap();
        let column = table.column("x").unwrap();
        let numbers: Vec<f64> = (0..column.rows()).map(|row| column.number(row).unwrap()).collect();
        assert_eq!(values.data.x().feature(0), numbers);
        numbers
    };
    assert_eq!(read(',', "x,y\n\"1,234\",1\n950,1\n\"-1,234,567.5\",1\n"), [1234.0, 950.0, -1_234_567.5]);
    assert_eq!(read(',', "x;y\n1,234;1\n950.25;1\n"), [1234.0, 950.25]);
    assert_eq!(read('.', "x;y\n1.234;1\n1.234,5;1\n0,5;1\n"), [1234.0, 1234.5, 0.5]);
    assert_eq!(read('\'', "x,y\n1'234.5,1\n"), [1234.5]);
    assert_eq!(read(' ', "x;y\n12 345,5;1\n"), [12_345.5]);
    assert_eq!(read('\u{a0}', "x;y\n12\u{a0}345;1\n"), [12_345.0]);
    // What is no thousand stays an error.
    let csv = |separator: char, text: &str| Csv::options().thousands(separator).from_reader(text.as_bytes());
    for text in ["x;y\n1,5;1\n", "x;y\n0,123;1\n", "x;y\n12,34;1\n", "x;y\n1234,567;1\n"] {
        assert!(csv(',', text).unwrap().values::<f64>(["y"]).is_err(), "{text}");
    }
    // The table says which setting reads it.
    let table = |text: &str| Csv::from_reader(text.as_bytes()).unwrap().table().unwrap_err().to_string();
    let remedy = "set `Csv::options().thousands(',')`, or `decimal_comma()` if it is one";
    for text in ["x;y\n1,234;1\n950,134;1\n", "x;y\n1,234;1\n950;1\n"] {
        assert!(table(text).contains(remedy), "{}", table(text));
    }
    let found = Csv::from_reader("x,z,y\n1 234,1 234,1\n".as_bytes()).unwrap().values::<f64>(["y"]);
    assert_eq!(found.unwrap_err().to_string().matches("`Csv::options().thousands(' ')`").count(), 2);

    let expected = "expected a character that is no letter, digit, '+' or '-' and not the decimal point";
    says(csv('7', "x,y\n").map(drop), &format!("CsvOptions: thousands is '7', {expected}, '.'"));
    let both = Csv::options().thousands(',').decimal_comma().from_reader("x;y\n".as_bytes());
    says(both.map(drop), &format!("CsvOptions: thousands is ',', {expected}, ','"));
    let both = Csv::options().thousands('.').decimal_point().from_reader("x;y\n".as_bytes());
    says(both.map(drop), &format!("CsvOptions: thousands is '.', {expected}, '.'"));
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
    assert_eq!(read(options().lines(3..), "\nt\r\nx,y\n1,a\n").columns(), expected);
    assert_eq!(read(options().lines(2..), "\u{feff}t\rx,y\r1,a").columns(), expected);
    assert_eq!(read(options().comment('%'), "%1\nx,y\n%\"\n1,a\n%").columns(), expected);
    assert_eq!(read(options().quote('\''), "'x','y'\n'1', 'a'\n").columns(), expected);
    let commas = read(options().decimal_comma(), "x,y\n\"1,5\",\"2\"\n");
    assert_eq!(commas.columns()[0], Column::numbers("x", [Some(1.5)]));
    let points = read(options().decimal_point(), "x;y\na,5;1\n2,5;1\n");
    assert_eq!(points.columns()[0], Column::categories("x", [Some("a,5"), Some("2,5")]));
    let none = read(options().no_header(..), "1,a\n2,b\n");
    assert_eq!(none.columns()[0], Column::numbers("column 1", [Some(1.0), Some(2.0)]));
    assert_eq!(none.place(0), "<input>, line 1");
    says(
        options().lines(6..).from_reader("x,y\n".as_bytes()),
        "<input>: expected a header row with the names of the columns, found an empty file",
    );
}
