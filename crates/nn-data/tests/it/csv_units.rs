//! Numbers with units.

use nn_data::{ColumnKind, Csv, DataError, Table};

fn open(text: &str, units: &[&str]) -> Csv {
    Csv::from_reader(text.as_bytes()).unwrap().units(units.iter().copied())
}

fn read(text: &str, units: &[&str]) -> Result<Table, DataError> {
    open(text, units).table()
}

#[track_caller]
fn says<T>(result: Result<T, DataError>, part: &str) {
    let message = result.err().expect("this should be an error").to_string();
    assert!(message.contains(part), "{message}");
}

const TEXT: &str = "way,price\n12 km,$3\n7.5km,-$2.50\n ,$ 4e1\n";

#[test]
fn numbers_have_units_before_and_after_them() {
    let table = read(TEXT, &["km", " $ "]).unwrap();
    let numbers =
        |column: &str| (0..3).map(|row| table.column(column).unwrap().number(row)).collect::<Vec<_>>();
    assert_eq!(numbers("way"), [Some(12.0), Some(7.5), None]);
    assert_eq!(numbers("price"), [Some(3.0), Some(-2.5), Some(40.0)]);
    let thousands = Csv::options().thousands('.').from_reader("x;y\n1.234,5 kg;1\n".as_bytes()).unwrap();
    assert_eq!(thousands.units(["kg"]).table().unwrap().column("x").unwrap().number(0), Some(1234.5));
    let samples = open(TEXT, &["km", "$"]).drop_missing().values::<f32>(["price"]).unwrap();
    assert_eq!((samples.data.x()[[1, 0]], samples.data.y()[[1, 0]]), (7.5, -2.5));
    let new = open(TEXT, &["$"]).table_like(&[("price".to_owned(), ColumnKind::Number)]).unwrap();
    assert_eq!(new.column("price").unwrap().number(1), Some(-2.5));
    // Where the kind is set, units change nothing.
    let kept = open(TEXT, &["km", "$"]).categories(["way"]).table().unwrap();
    assert_eq!(kept.column("way").unwrap().text(0), Some("12 km"));
}

#[test]
fn units_are_proposed() {
    let text = TEXT.replace("$ 4e1", "");
    says(
        read(&text, &["km"]),
        "\"price\" holds numbers with \"$\", such as \"$3\" on line 2 (set `units([\"$\"])`",
    );
    says(read("x,y\n5 %,1\n6 %,2\n", &[]), "(set `units([\"%\"])`");
    // A sign is no unit, and a name with a number is none.
    for text in ["x,y\n<5,1\n<6,2\n", "x,y\n~5,1\n~6,2\n"] {
        let message = read(text, &[]).unwrap_err().to_string();
        assert!(!message.contains("units"), "{message}");
    }
    assert!(read("x,y\nRoute 5,1\nRoute 6,2\n", &[]).is_ok());
    assert!(read("x,y\n5a,1\n6a,2\n", &[]).is_ok());
}

#[test]
fn a_column_has_one_unit() {
    let found = "found \"x\" holds numbers of different units, such as \"5 km\" and";
    let mixed = "x,y\n5 km,1\n6 mi,2\n";
    says(read(mixed, &["km", "mi"]), &format!("{found} \"6 mi\""));
    says(open(mixed, &["km", "mi"]).values::<f64>(["y"]), found);
    says(open("y,x\n1,5 km\n2,6 mi\n", &["km", "mi"]).values::<f64>(["x"]), found);
    says(read("x,y\n5 km,1\n6,2\n", &["km"]), &format!("{found} \"6\""));
    assert!(read(mixed, &["km", "mi"]).is_err());
    assert!(open(mixed, &["km", "mi"]).except(["x"]).table().is_ok());
    // The names of classes may be anything.
    assert_eq!(open(mixed, &["km", "mi"]).classes::<f64>("x").unwrap().classes, ["5 km", "6 mi"]);
    // A text among the numbers is named as without units.
    says(open("x,y\n5 km,1\nfar,2\n", &["km"]).values::<f64>(["y"]), "line 3: column \"x\" holds \"far\"");
}
