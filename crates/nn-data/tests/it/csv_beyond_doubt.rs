//! What a table reads or leaves out without being told, because it can be nothing else, and says. Each has a case that is near and is
//! refused.

use nn_data::{Column, ColumnKind, Csv, DataError, Table};

fn read(text: &str) -> Result<Table, DataError> {
    Csv::from_reader(text.as_bytes())?.table()
}

#[track_caller]
fn says<T>(result: Result<T, DataError>, part: &str) {
    let message = result.err().expect("this should be an error").to_string();
    assert!(message.contains(part), "{message}");
}

#[track_caller]
fn notes(table: &Table, note: &str) {
    let text = table.to_string();
    assert!(text.contains(&format!("({note})")), "{text}");
}

/// Rows of an id, a name, an empty field, and two values.
fn rows(count: usize) -> String {
    let row = |row: usize| {
        format!("{row},n{row},,{},{}\n", row * row % 7, if row.is_multiple_of(2) { "a" } else { "b" })
    };
    "id,name,note,x,kind\n".to_owned() + &(1..=count).map(row).collect::<String>()
}

#[test]
fn columns_without_use_are_left_out() {
    let table = read(&rows(12)).unwrap();
    let names: Vec<&str> = table.columns().iter().map(Column::name).collect();
    assert_eq!(names, ["x", "kind"]);
    notes(&table, "left out, counts the rows: \"id\"");
    notes(&table, "left out, another text in each row: \"name\"");
    notes(&table, "left out, without a value: \"note\"");
    // Who asks for one is told why it is not there.
    says(
        table.column("id").map(drop),
        "expected one of \"x\", \"kind\" (left out, counts the rows: \"id\", unless `numbers` or `categories` keeps it)",
    );
    // Also where there are more of them than a note lists.
    let empty: Vec<String> = (1..=12).map(|i| format!("empty {i}")).collect();
    let many =
        read(&format!("x,{}\n1{commas}\n2{commas}\n", empty.join(","), commas = ",".repeat(12))).unwrap();
    says(many.column("empty 12").map(drop), "left out, without a value: \"empty 12\"");
    let asked = table.column("y").unwrap_err().to_string();
    assert!(!asked.contains("left out"), "{asked}");
}

#[test]
fn columns_that_somebody_names_are_kept() {
    let csv = || Csv::from_reader(rows(12).as_bytes()).unwrap();
    let kept = csv().numbers(["id", "note"]).categories(["name"]).table().unwrap();
    assert_eq!(kept.columns().len(), 5);
    let named = csv().features(["id", "name", "x"]).table().unwrap();
    assert_eq!(named.columns().len(), 3);
    assert_eq!(named.column("name").unwrap().text(1), Some("n2"));
    says(csv().features(["note", "x"]).table(), "\"note\" has no value in any row");
    // Nothing would be left, and samples cannot say what they left out.
    says(csv().except(["x", "kind"]).table(), "\"id\" counts the rows");
    says(csv().except(["name", "note"]).classes::<f64>("kind"), "\"id\" counts the rows");
    let ends_with_delimiters = Csv::options().no_header(..).from_reader(&b"1,\n2,\n"[..]).unwrap();
    says(ends_with_delimiters.except(["column 1"]).table(), "\"column 2\" has no value in any row");
    // In few rows nothing is suspicious but a column without a value.
    assert_eq!(read(&rows(9)).unwrap().columns().len(), 4);
    // Rising numbers with gaps are values, however few there are.
    let sparse = "x,y\n,1\n".to_owned() + &",1\n".repeat(40) + "7,1\n,1\n30,1\n";
    assert_eq!(read(&sparse).unwrap().column("x").unwrap().missing(), 42);
}

#[test]
fn dates_of_one_format_are_read() {
    let table = read("day,time,x\n2020-02-28,1/2/2020 12:00,1\n2020-03-01,13/2/2020 0:00,2\n").unwrap();
    assert_eq!(table.column("day").unwrap().number(0), Some(18_320.0));
    assert_eq!(table.column("day").unwrap().kind(), ColumnKind::Date("%Y-%m-%d".to_owned()));
    assert_eq!(table.column("time").unwrap().number(0), Some(18_293.5));
    notes(&table, "read as dates of the format \"%Y-%m-%d\": \"day\"");
    notes(&table, "read as dates of the format \"%d/%m/%Y %H:%M\": \"time\"");
    for days in ["01/02/2020", "1/2/2020 12:00", "01-02-2020", "13/01/20", "1.2.20"] {
        says(read(&format!("day,x\n{days},1\n")), "holds dates such as");
    }
    says(read("day,x\n20200228,1\n20200301,2\n"), "holds numbers that look like dates");
    let text = Csv::from_reader("day,x\n2020-02-28,1\n".as_bytes()).unwrap().categories(["day"]);
    assert_eq!(text.table().unwrap().column("day").unwrap().text(0), Some("2020-02-28"));
}

#[test]
fn numbers_among_texts_are_texts_where_they_are_rare() {
    let text = |numbers: usize, text: fn(usize) -> String| {
        let rows =
            (0..400).map(|row| if row < numbers { format!("{}5,{}\n", row + 1, row % 3) } else { text(row) });
        "x,y\n".to_owned() + &rows.collect::<String>()
    };
    let table = read(&text(3, |row| format!("word {},1\n", row / 2 * 2 + row % 3))).unwrap();
    notes(&table, "read as categories, though some are numbers: \"x\"");
    assert_eq!(table.column("x").unwrap().text(0), Some("15"));
    for (numbers, other) in [
        (5, (|row| format!("word {row},1\n")) as fn(usize) -> String),
        (3, |_| "failed,1\n".to_owned()),
        (1, |row| format!("reason {},1\n", char::from(b'a' + (row % 20) as u8))),
        (3, |row| format!("\"{row},5\",1\n")),
    ] {
        says(read(&text(numbers, other)), "\"x\" holds numbers (");
    }
}

#[test]
fn codes_with_zeros_in_front_may_have_letters() {
    let table = read("code,x\n01,1\n2A,2\n30,3\n").unwrap();
    notes(&table, "read as categories, though some are numbers: \"code\"");
    assert_eq!(table.column("code").unwrap().text(0), Some("01"));
    says(read("code,x\n01,1\n,2\nnone given,3\n"), "\"code\" holds numbers (1, such as \"01\" on line 2)");
    says(read("code,x\n1,1\n2A,2\n30,3\n"), "\"code\" holds numbers (2");
    // Rows are dropped as they would be anyway.
    let dropped = Csv::from_reader("code,x\n01,1\n2A,\n30,3\n3B,4\n".as_bytes()).unwrap().drop_missing();
    assert_eq!(dropped.table().unwrap().column("code").unwrap().text(2), Some("3B"));
}

#[test]
fn what_is_between_thousands_is_found_where_a_number_shows_it() {
    for (text, expected) in [
        ("x;y\n1.234.567;1\n891.234;2\n", 891_234.0),
        ("x,y\n\"1,234,567\",1\n\"891,234\",2\n", 891_234.0),
        ("x,y\n\"1,234.5\",1\n\"891,234\",2\n", 891_234.0),
        ("x;y\n1.234,5;1\n891,25;2\n", 891.25),
        ("x\ty\n599.994\t1\n3,995.383\t2\n", 3995.383),
    ] {
        let table = read(text).unwrap();
        assert_eq!(table.column("x").unwrap().number(1), Some(expected), "{text}");
        assert!(table.to_string().contains("between thousands)"), "{table}");
    }
    for text in [
        "x,y\n\"1,234\",1\n\"891,234\",2\n",
        "x,y\n\"1,234,567\",1\n\"1,5\",2\n",
        "x;y\n1.234.567;1.5\n891.234;2\n",
    ] {
        says(read(text), "texts");
    }
    // Addresses of computers.
    says(read("ip,x\n192.168.100.101,1\n192.168.100.102,2\n"), "texts that look like numbers");
    // What the user says counts.
    let text = "x;y\n1.234.567;1\n891.234;2\n";
    let points = Csv::options().decimal_point().from_reader(text.as_bytes()).unwrap();
    says(points.table(), "\"x\" holds numbers (1, such as \"891.234\" on line 3)");
}

#[test]
fn a_year_is_a_name_where_texts_stand_above_numbers() {
    let table = read("Country,Unit,2015,Estimated since\nA,euro,5.5,2014\nB,euro,7.5,\n").unwrap();
    assert_eq!(table.column("2015").unwrap().number(1), Some(7.5));
    notes(&table, "the numbers in the first row are read as names");
    for text in [
        // A row of values, of which one is missing.
        "Graz,2015,unknown\nLinz,2016,5\nWien,2017,6\n",
        // No year, and no text above numbers.
        "Country,15,Estimated since\nA,5.5,2014\nB,7.5,2015\n",
        "Country,2015,Unit\nA,5.5,euro\nB,7.5,euro\n",
        // A line of counts.
        "150,4,setosa,versicolor\n5.1,3.5,1.4,0\n6.2,2.9,1.4,1\n",
    ] {
        says(read(text), "if this row has values");
    }
}

#[test]
fn a_count_from_zero_names_the_rows() {
    let table = read("x,y\n0,1,2\n1,3,4\n2,5,6\n").unwrap();
    assert_eq!(table.column("x").unwrap().number(2), Some(5.0));
    says(read("x,y\n2,1,2\n3,3,4\n4,5,6\n"), "with `Csv::options().header()`");
}

#[test]
fn a_first_row_of_texts_is_no_header_beside_free_text() {
    // Some messages are sent twice.
    let row = |row: usize| {
        format!("{}\tmessage {}\n", if row.is_multiple_of(3) { "spam" } else { "ham" }, row.min(35))
    };
    let text: String = (1..40).map(row).collect();
    says(read(&text), "if this row has values, open the file with `Csv::options().no_header(..)`");
    assert!(read(&format!("kind\ttext\n{text}")).is_ok());
}

#[test]
fn typeset_signs_are_read() {
    let table = read("x,y\n\u{2212}1.5,2\n\u{2014},3\n--,4\n").unwrap();
    assert_eq!(table.column("x").unwrap().number(0), Some(-1.5));
    assert_eq!(table.column("x").unwrap().missing(), 2);
    assert_eq!(read("x,y\n\u{2212}a,2\n").unwrap().column("x").unwrap().text(0), Some("\u{2212}a"));
}
