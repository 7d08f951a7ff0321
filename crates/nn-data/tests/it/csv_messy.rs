//! Small files as they lie about: each is read as it is meant with at most one setting, or refused with a message that says what to do.
//! `tests/messy/README.md` says what each contains.

use std::collections::BTreeSet;
use std::fs;

use nn_data::{Csv, DataError, Table};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/messy/");

fn path(file: &str) -> String {
    format!("{FOLDER}{file}")
}

fn open(file: &str) -> Result<Csv, DataError> {
    Csv::open(path(file))
}

/// A file, a setting as the README says it, and what is read with it.
type Case = (&'static str, &'static str, fn(&str) -> Result<Table, DataError>);

const CASES: &[Case] = &[
    ("plain.csv", "", |file| open(file)?.table()),
    ("semicolons.csv", "", |file| open(file)?.table()),
    ("tabs.csv", "", |file| open(file)?.table()),
    ("bars.csv", "", |file| open(file)?.table()),
    ("white_space.csv", "", |file| open(file)?.table()),
    ("two_delimiters.csv", "", |file| open(file)?.table()),
    ("two_delimiters.csv", "options().delimiter(';')", |file| {
        Csv::options().delimiter(';').open(path(file))?.table()
    }),
    ("no_header.csv", "", |file| open(file)?.table()),
    ("no_header.csv", "options().no_header(..)", |file| {
        Csv::options().no_header(..).open(path(file))?.table()
    }),
    ("no_header_text.csv", "", |file| open(file)?.table()),
    ("no_header_text.csv", "options().no_header(..)", |file| {
        Csv::options().no_header(..).open(path(file))?.table()
    }),
    ("no_header_text_and_numbers.csv", "", |file| open(file)?.table()),
    ("counts_above.csv", "", |file| open(file)?.table()),
    ("counts_above.csv", "options().no_header(2..)", |file| {
        Csv::options().no_header(2..).open(path(file))?.table()
    }),
    ("title_above.csv", "", |file| open(file)?.table()),
    ("title_above.csv", "options().lines(4..)", |file| Csv::options().lines(4..).open(path(file))?.table()),
    ("comments.csv", "", |file| open(file)?.table()),
    ("comments.csv", "options().comment('#')", |file| Csv::options().comment('#').open(path(file))?.table()),
    ("comments_above.csv", "", |file| open(file)?.table()),
    ("notes_below.csv", "", |file| open(file)?.table()),
    ("notes_below.csv", "options().lines(..=3)", |file| Csv::options().lines(..=3).open(path(file))?.table()),
    ("notes_behind_an_empty_line.csv", "", |file| open(file)?.table()),
    ("title_and_notes.csv", "", |file| open(file)?.table()),
    ("title_and_notes.csv", "options().lines(3..)", |file| {
        Csv::options().lines(3..).open(path(file))?.table()
    }),
    ("title_and_notes.csv", "options().lines(3..=5)", |file| {
        Csv::options().lines(3..=5).open(path(file))?.table()
    }),
    ("line_below_the_header.txt", "", |file| open(file)?.table()),
    ("short_rows.csv", "", |file| open(file)?.table()),
    ("short_rows.csv", "options().uneven_rows()", |file| {
        Csv::options().uneven_rows().open(path(file))?.table()
    }),
    ("title_above_white_space.csv", "", |file| open(file)?.table()),
    ("title_above_white_space.csv", "options().lines(3..)", |file| {
        Csv::options().lines(3..).open(path(file))?.table()
    }),
    ("title_of_a_spreadsheet.csv", "", |file| open(file)?.table()),
    ("title_of_a_spreadsheet.csv", "options().lines(4..)", |file| {
        Csv::options().lines(4..).open(path(file))?.table()
    }),
    ("counted_names.csv", "", |file| open(file)?.table()),
    ("years.csv", "", |file| open(file)?.table()),
    ("years.csv", "options().header()", |file| Csv::options().header().open(path(file))?.table()),
    ("space_before_quote.csv", "", |file| open(file)?.table()),
    ("single_quotes.csv", "", |file| open(file)?.table()),
    ("single_quotes.csv", "options().quote('\\'')", |file| {
        Csv::options().quote('\'').open(path(file))?.table()
    }),
    ("markers.csv", "", |file| open(file)?.table()),
    ("markers.csv", "drop_missing()", |file| open(file)?.drop_missing().table()),
    ("namibia.csv", "", |file| open(file)?.table()),
    ("namibia.csv", "missing([\"?\"])", |file| open(file)?.missing(["?"]).table()),
    ("sentinel.csv", "", |file| open(file)?.table()),
    ("sentinel.csv", "missing([\"-999\"])", |file| open(file)?.missing(["-999"]).table()),
    ("row_numbers.csv", "", |file| open(file)?.table()),
    ("row_names.csv", "", |file| open(file)?.table()),
    ("row_names_without_quotes.csv", "", |file| open(file)?.table()),
    ("row_names_without_quotes.csv", "options().header()", |file| {
        Csv::options().header().open(path(file))?.table()
    }),
    ("ids.csv", "", |file| open(file)?.table()),
    ("ids.csv", "numbers([\"id\"])", |file| open(file)?.numbers(["id"]).table()),
    ("large_ids.csv", "", |file| open(file)?.table()),
    ("dates_as_numbers.csv", "", |file| open(file)?.table()),
    ("dates_as_numbers.csv", "dates([\"day\"], \"%Y%m%d\")", |file| {
        open(file)?.dates(["day"], "%Y%m%d").table()
    }),
    ("dates.csv", "", |file| open(file)?.table()),
    ("dates.csv", "dates([\"day\"], \"%Y-%m-%d\")", |file| open(file)?.dates(["day"], "%Y-%m-%d").table()),
    ("dates.csv", "dates([\"day\"], \"%d.%m.%Y\")", |file| open(file)?.dates(["day"], "%d.%m.%Y").table()),
    ("dates_day_or_month_first.csv", "", |file| open(file)?.table()),
    ("booleans.csv", "", |file| open(file)?.table()),
    ("mixed.csv", "", |file| open(file)?.table()),
    ("mixed.csv", "categories([\"ticket\"])", |file| open(file)?.categories(["ticket"]).table()),
    ("mixed.csv", "numbers([\"ticket\"])", |file| open(file)?.numbers(["ticket"]).table()),
    ("thousands.csv", "", |file| open(file)?.table()),
    ("thousands.csv", "options().thousands(',')", |file| {
        Csv::options().thousands(',').open(path(file))?.table()
    }),
    ("thousands_for_certain.csv", "", |file| open(file)?.table()),
    ("units.csv", "", |file| open(file)?.table()),
    ("units.csv", "units([\"km\", \"$\", \"%\"])", |file| open(file)?.units(["km", "$", "%"]).table()),
    ("typeset.csv", "", |file| open(file)?.table()),
    ("free_text.csv", "", |file| open(file)?.table()),
    ("codes_with_letters.csv", "", |file| open(file)?.table()),
    ("below_detection.csv", "", |file| open(file)?.table()),
    ("below_detection.csv", "missing([\"<0.006\"])", |file| open(file)?.missing(["<0.006"]).table()),
    ("infinities.csv", "", |file| open(file)?.table()),
    ("names.csv", "", |file| open(file)?.table()),
    ("names.csv", "categories([\"name\"])", |file| open(file)?.categories(["name"]).table()),
    ("empty_column.csv", "", |file| open(file)?.table()),
    ("empty_column.csv", "except([\"note\"])", |file| open(file)?.except(["note"]).table()),
    ("doubled_names.csv", "", |file| open(file)?.table()),
    ("doubled_names.csv", "except([\"note\"])", |file| open(file)?.except(["note"]).table()),
    ("categories.csv", "", |file| open(file)?.table()),
    ("codes.csv", "", |file| open(file)?.table()),
    ("codes.csv", "categories([\"postcode\"])", |file| open(file)?.categories(["postcode"]).table()),
    ("repeated_header.csv", "", |file| open(file)?.table()),
    ("ragged.csv", "", |file| open(file)?.table()),
    ("open_quote.csv", "", |file| open(file)?.table()),
    ("trailing_delimiters.csv", "", |file| open(file)?.table()),
    ("trailing_delimiters_no_header.csv", "options().no_header(..)", |file| {
        Csv::options().no_header(..).open(path(file))?.table()
    }),
    ("byte_order_mark.csv", "", |file| open(file)?.table()),
    ("latin_1.csv", "", |file| open(file)?.table()),
    ("latin_1.csv", "options().latin_1()", |file| Csv::options().latin_1().open(path(file))?.table()),
    ("utf_16.csv", "", |file| open(file)?.table()),
    ("compressed.csv.gz", "", |file| open(file)?.table()),
    ("compressed_in_part.csv.gz", "", |file| open(file)?.table()),
    ("compressed_and_more.csv.gz", "", |file| open(file)?.table()),
    ("compressed_by_bzip2.csv.bz2", "", |file| open(file)?.table()),
];

/// What is read of the files, in the order of the cases. With `UPDATE_EXPECTED=1` it is written anew, to be looked at.
#[test]
fn every_file_is_read_as_meant_or_refused_with_advice() {
    let mut found = String::new();
    for (file, setting, read) in CASES {
        let setting = if setting.is_empty() { "as it is" } else { setting };
        let result = read(file).map_or_else(|error| error.to_string(), |table| table.to_string());
        found += &format!("## {file}, {setting}\n{}\n\n", result.replace(FOLDER, ""));
    }
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(path("expected.txt"), &found).unwrap();
    }
    let expected = fs::read_to_string(path("expected.txt")).unwrap();
    for (found, expected) in found.split("## ").zip(expected.split("## ")) {
        assert_eq!(found, expected);
    }
    assert_eq!(found, expected);
}

#[test]
fn every_file_is_in_the_list_of_files_and_in_the_cases() {
    let readme = fs::read_to_string(path("README.md")).unwrap();
    let listed: BTreeSet<&str> =
        readme.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let tested: BTreeSet<&str> = CASES.iter().map(|&(file, ..)| file).collect();
    let files = fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<String> =
        files.filter(|file| !matches!(&file[..], "README.md" | "expected.txt")).collect();
    assert_eq!(listed, files.iter().map(String::as_str).collect());
    assert_eq!(listed, tested);
}
