//! What a file starts with: comments, titles, names that are numbers, and encodings. Each is recognised, or refused, where a wrong
//! guess would lose rows or names.

use nn_data::{Csv, DataError};

fn open(text: impl AsRef<[u8]>) -> Result<Csv, DataError> {
    Csv::from_reader(text.as_ref())
}

fn columns(text: impl AsRef<[u8]>) -> Vec<String> {
    open(text).unwrap().columns()
}

#[track_caller]
fn says<T>(result: Result<T, DataError>, part: &str) {
    let message = result.err().expect("this should be an error").to_string();
    assert!(message.contains(part), "{message}");
}

#[test]
fn comments_above_are_skipped_and_said() {
    let table = open("# by hand\n# today\nx,y\n1,2\n3,4\n").unwrap().table().unwrap();
    assert_eq!(table.rows(), 2);
    let text = table.to_string();
    assert!(text.contains("skipped as comments: 2 lines above the header"), "{text}");
    // Messages still count all lines of the file.
    says(open("# by hand\nx,y\n1,2\n3,a\n").unwrap().values::<f64>(["y"]), "line 4");
}

#[test]
fn a_header_that_starts_like_a_comment_is_kept() {
    assert_eq!(columns("#x,y\na,2\nb,4\n"), ["#x", "y"]);
    assert_eq!(columns("# x,y\n# cm,kg\na,b\nc,d\n"), ["# x", "y"]);
    assert_eq!(columns("#x\n1\n2\n"), ["#x"]);
    // What the user says counts.
    let file = "# by hand\nx,y\n% 1,2\n3,4\n".as_bytes();
    assert!(Csv::options().comment('%').from_reader(file).is_err());
}

#[test]
fn comments_among_the_rows_are_named() {
    let comment =
        "if lines that start with '#' are comments, open the file with `Csv::options().comment('#')`";
    let file = "x,y,z\n1,2,3\n4,5,6\n# corrected\n7,8,9\n";
    says(open(file).unwrap().table(), comment);
    let csv = Csv::options().comment('#').from_reader(file.as_bytes()).unwrap();
    assert_eq!(csv.table().unwrap().rows(), 3);
    says(open("x,y\n1,2\n3\n").unwrap().table(), "line 3: expected 2 fields as in the header, found 1");
}

#[test]
fn years_and_long_counts_are_names() {
    for header in
        ["city,1990,1991,1992", "city,2020,2015,2010", ",0,1,2,3,4,5,6,7,8,9", "id,1,2,3,4,5,6,7,8,9,10"]
    {
        let rows = ["Graz", "Linz"].map(|city| city.to_owned() + &",7".repeat(header.matches(',').count()));
        let text = format!("{header}\n{}\n", rows.join("\n"));
        let csv = open(&text).unwrap();
        assert_eq!(csv.columns().join(","), header);
        let table = csv.table().unwrap().to_string();
        assert!(table.contains("the numbers in the first row are read as names"), "{table}");
    }
}

#[test]
fn other_numbers_are_no_names() {
    for text in [
        "Graz,1990,1991,1993\nLinz,7,8,9\n",
        "Graz,1990,1991\nLinz,7,8\n",
        "Graz,1990,1990,1990\nLinz,7,8,9\n",
        "Graz,990,991,992\nLinz,7,8,9\n",
        "Graz,1990.5,1991.5,1992.5\nLinz,7,8,9\n",
        "1990,1991,1992\n7,8,9\n",
        "Graz,1,2,3\nLinz,7,8,9\n",
        "a,2,3,4,5,6,7,8,9,10,11\nb,1,1,1,1,1,1,1,1,1,1\n",
        // The second row is like the first: both have values.
        "Graz,1990,1991,1992\nLinz,1993,1994,1995\n",
    ] {
        says(open(text), "if this row has values");
    }
}

#[test]
fn a_title_above_full_rows_is_refused() {
    let advice = "leave out what is above the header with `Csv::options().lines(3..)`";
    says(open("Cars of 1974,,\n,,\nweight,power,origin\n1,2,a\n3,4,b\n"), advice);
    // Rows with few values, and a header that names most columns.
    assert!(open("x,,\n1,,\n2,,\n").is_ok());
    assert!(open("x,y,,\n1,2,3,4\n5,6,7,8\n").is_ok());
    let named = Csv::options().header().from_reader("x,,\n1,2,3\n4,5,6\n".as_bytes());
    assert!(named.is_ok(), "the user says that it is the header");
}

#[test]
fn white_space_is_found_below_a_title() {
    let text = "Old trees\nyear  oak  elm\n1990  1.5  2\n1991  1.7  3\n1992  1.8  3\n";
    says(open(text), "with `Csv::options().lines(2..)`");
}

#[test]
fn an_empty_column_behind_the_last_is_left_out_without_a_header() {
    let read = |text: &str| Csv::options().no_header(..).from_reader(text.as_bytes()).unwrap().table();
    let table = read("1,2,\n3,4,\n").unwrap();
    assert_eq!(table.columns().len(), 2);
    assert!(table.to_string().contains("left out, without a value: column 3"));
    let table = read("1,,2\n3,,4\n").unwrap();
    assert!(table.to_string().contains("left out, without a value: \"column 2\""));
}

#[test]
fn encodings_are_read() {
    let utf_16 = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        "\u{FEFF}city,rain\nKöln,840\nZürich,1134\n".encode_utf16().flat_map(bytes).collect()
    };
    let latin_1 = &b"city,rain\nK\xF6ln,840\nZ\xFCrich,1134\n"[..];
    let csvs = [
        open(utf_16(u16::to_le_bytes)),
        open(utf_16(u16::to_be_bytes)),
        Csv::options().latin_1().from_reader(&utf_16(u16::to_le_bytes)[..]),
        Csv::options().latin_1().from_reader(latin_1),
    ];
    for csv in csvs {
        let table = csv.unwrap().table().unwrap();
        assert_eq!(table.column("city").unwrap().text(0), Some("Köln"));
        assert_eq!(table.column("rain").unwrap().number(1), Some(1134.0));
    }
    // Plain ASCII is the same in both.
    assert!(Csv::options().latin_1().from_reader(&b"x,y\n1,2\n"[..]).is_ok());
}

#[test]
fn a_record_that_the_first_bytes_cut_short_does_not_count() {
    // A comma separates two fields of each row, those that are cut short as well; only the header has none.
    let row = format!("Doe, John;{};1.5\n", "x".repeat(9_000));
    let text = format!("name;text;value\n{}", row.repeat(5));
    assert_eq!(columns(text), ["name", "text", "value"]);
}
