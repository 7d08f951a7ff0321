//! Dates as numbers: days since 1 January 1970.

use std::fmt::{self, Write};

use nn_core::SettingError;

use crate::error::shortened;

/// How a date is written, as by the `strptime` of C and Python: what follows a `%` says what stands there, and everything else
/// stands for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DateFormat(Vec<Piece>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    Year,
    ShortYear,
    Month,
    MonthName,
    Day,
    Hour,
    Minute,
    Second,
    Literal(char),
}

/// Some usual formats, to be proposed.
const USUAL: [&str; 18] = [
    "%Y-%m-%d",
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%Y/%m/%d",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%m/%d/%y",
    "%d/%m/%y",
    "%d.%m.%y",
    "%d-%b-%Y",
    "%d %b %Y",
    "%b %d %Y",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M",
];

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

impl DateFormat {
    /// Reads a format.
    pub(super) fn new(format: &str) -> Result<Self, SettingError> {
        let refuse = || {
            let expected = "%Y or %y, and any of %m, %b, %d, %H, %M, %S, %% and other characters";
            SettingError::new("Csv", "format of dates", expected, format_args!("{:?}", shortened(format, 40)))
        };
        let (mut pieces, mut letters) = (Vec::new(), format.chars());
        while let Some(letter) = letters.next() {
            pieces.push(match letter {
                '%' => Piece::of(letters.next().ok_or_else(refuse)?).ok_or_else(refuse)?,
                literal => Piece::Literal(literal),
            });
        }
        let years = [Piece::Year, Piece::ShortYear];
        let has = |wanted: &[Piece]| pieces.iter().any(|piece| wanted.contains(piece));
        if has(&years) { Ok(DateFormat(pieces)) } else { Err(refuse()) }
    }

    /// The usual formats that all of these texts have.
    pub(super) fn of_all<'a>(texts: impl Iterator<Item = &'a str> + Clone) -> Vec<&'static str> {
        let fits = |format: &&str| {
            let format = DateFormat::new(format).expect("a usual format is one");
            texts.clone().all(|text| format.days(text).is_some())
        };
        USUAL.into_iter().filter(fits).collect()
    }

    /// Returns the days since 1 January 1970, with the time of the day as a fraction, or `None` for a text that is no date of this
    /// format. A date without a day is the first of its month, one without a month is in January.
    pub(super) fn days(&self, text: &str) -> Option<f64> {
        let (mut year, mut month, mut day) = (1970, 1, 1);
        let (mut hour, mut minute, mut second) = (0, 0, 0.0);
        let mut rest = text;
        for piece in &self.0 {
            let text = &mut rest;
            match piece {
                Piece::Year => year = number(text, 4..=4, 0..=9999)?,
                // As POSIX has it: from 1969 to 2068.
                Piece::ShortYear => {
                    let short = number(text, 2..=2, 0..=99)?;
                    year = if short < 69 { 2000 + short } else { 1900 + short };
                }
                Piece::Month => month = number(text, 1..=2, 1..=12)?,
                Piece::MonthName => month = month_name(text)?,
                Piece::Day => day = number(text, 1..=2, 1..=31)?,
                Piece::Hour => hour = number(text, 1..=2, 0..=23)?,
                Piece::Minute => minute = number(text, 1..=2, 0..=59)?,
                Piece::Second => second = seconds(text)?,
                Piece::Literal(literal) => *text = text.strip_prefix(*literal)?,
            }
        }
        if !rest.is_empty() || day > days_of_month(year, month) {
            return None;
        }
        let seconds = f64::from(3600 * hour + 60 * minute) + second;
        Some(f64::from(days_since_1970(year, month, day)) + seconds / 86_400.0)
    }
}

/// Prints the text that it was read from.
impl fmt::Display for DateFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|piece| match piece {
            Piece::Year => f.write_str("%Y"),
            Piece::ShortYear => f.write_str("%y"),
            Piece::Month => f.write_str("%m"),
            Piece::MonthName => f.write_str("%b"),
            Piece::Day => f.write_str("%d"),
            Piece::Hour => f.write_str("%H"),
            Piece::Minute => f.write_str("%M"),
            Piece::Second => f.write_str("%S"),
            Piece::Literal('%') => f.write_str("%%"),
            Piece::Literal(literal) => f.write_char(*literal),
        })
    }
}

impl Piece {
    fn of(letter: char) -> Option<Self> {
        Some(match letter {
            'Y' => Piece::Year,
            'y' => Piece::ShortYear,
            'm' => Piece::Month,
            'b' => Piece::MonthName,
            'd' => Piece::Day,
            'H' => Piece::Hour,
            'M' => Piece::Minute,
            'S' => Piece::Second,
            '%' => Piece::Literal('%'),
            _ => return None,
        })
    }
}

/// Takes a number of so many digits, which is in the range, from the start of a text.
fn number(
    text: &mut &str,
    digits: std::ops::RangeInclusive<usize>,
    range: std::ops::RangeInclusive<i32>,
) -> Option<i32> {
    let length = text.bytes().take(*digits.end()).take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at(length);
    *text = rest;
    number.parse().ok().filter(|number| digits.contains(&length) && range.contains(number))
}

/// Takes seconds, which may have decimals.
fn seconds(text: &mut &str) -> Option<f64> {
    let whole = number(text, 1..=2, 0..=59)?;
    let Some(decimals) = text.strip_prefix('.') else { return Some(whole.into()) };
    let length = decimals.bytes().take_while(u8::is_ascii_digit).count();
    let (decimals, rest) = decimals.split_at(length);
    *text = rest;
    format!("{whole}.{decimals}").parse().ok()
}

/// Takes the English name of a month, or its first three letters, in any case.
fn month_name(text: &mut &str) -> Option<i32> {
    let length = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (name, rest) = text.split_at(length);
    let name = name.to_ascii_lowercase();
    let place = MONTHS.iter().position(|month| *month == name || month[..3] == name)?;
    *text = rest;
    Some(place as i32 + 1)
}

fn days_of_month(year: i32, month: i32) -> i32 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The days from 1 January 1970 to a day of the Gregorian calendar. Years start in March here, so that the leap day is the last.
/// Source: H. Hinnant, *chrono-compatible low-level date algorithms*, `days_from_civil`.
fn days_since_1970(year: i32, month: i32, day: i32) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = 365 * year_of_era + year_of_era / 4 - year_of_era / 100 + day_of_year;
    146_097 * era + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(format: &str, text: &str) -> Option<f64> {
        DateFormat::new(format).unwrap().days(text)
    }

    /// Counts the days one by one.
    #[test]
    fn every_day_of_some_centuries_has_its_number() {
        let (mut next, mut count) = (None, 0);
        for year in 1599..2120 {
            for month in 1..=12 {
                for day in 1..=31 {
                    let Some(found) = days("%Y-%m-%d", &format!("{year}-{month:02}-{day}")) else { continue };
                    assert_eq!(found, next.unwrap_or(found), "{year}-{month}-{day}");
                    next = Some(found + 1.0);
                    count += 1;
                }
            }
        }
        // Every fourth year from 1600 to 2116 is a leap year, but not 1700, 1800, 1900 and 2100.
        assert_eq!(count, 521 * 365 + 126);
        assert_eq!(days("%Y-%m-%d", "1970-01-01"), Some(0.0));
        assert_eq!(days("%Y-%m-%d", "2026-11-30"), Some(20_787.0));
    }

    #[test]
    fn formats_are_read_to_the_last_character() {
        for (format, text, expected) in [
            ("%Y%m%d", "19580329", Some(-4296.0)),
            ("%d.%m.%Y", "29.3.1958", Some(-4296.0)),
            ("%d-%b-%y", "02-jan-70", Some(1.0)),
            ("%b %d, %Y", "February 29, 2000", Some(11_016.0)),
            ("%d/%m/%y", "1/1/68", Some(35_794.0)),
            ("%d/%m/%y", "1/1/69", Some(-365.0)),
            ("%Y-%m", "1970-02", Some(31.0)),
            ("%Y", "1971", Some(365.0)),
            ("%Y-%m-%d %H:%M", "1970-01-02 12:00", Some(1.5)),
            ("%Y-%m-%dT%H:%M:%SZ", "1970-01-01T06:00:43.2Z", Some(0.2505)),
            ("100%% %Y", "100% 1970", Some(0.0)),
            ("%Y-%m-%d", "1970-01-01 ", None),
            ("%Y-%m-%d", "1970-01-01T00:00", None),
            ("%Y-%m-%d", "70-01-01", None),
            ("%Y-%m-%d", "1970-13-01", None),
            ("%Y-%m-%d", "1970-02-29", None),
            ("%Y-%m-%d", "1900-02-29", None),
            ("%Y-%m-%d", "1970-01-", None),
            ("%Y-%m-%d", "-970-01-01", None),
            ("%d %b %Y", "1 Juni 1970", None),
            ("%H:%M %Y", "24:00 1970", None),
        ] {
            assert_eq!(days(format, text), expected, "{format} {text}");
            assert_eq!(DateFormat::new(format).unwrap().to_string(), format);
        }
    }

    #[test]
    fn formats_that_make_no_sense_are_refused() {
        for format in ["", "%m-%d", "%Y-%q", "%Y-%", "Y-m-d"] {
            assert!(DateFormat::new(format).is_err(), "{format}");
        }
        let message = DateFormat::new("%d").unwrap_err().to_string();
        assert_eq!(
            message,
            "Csv: format of dates is \"%d\", expected %Y or %y, and any of %m, %b, %d, %H, %M, %S, %% and other characters"
        );
    }

    #[test]
    fn usual_formats_are_found() {
        let of = |texts: &[&'static str]| DateFormat::of_all(texts.iter().copied());
        assert_eq!(of(&["2020-01-31", "2020-02-01"]), ["%Y-%m-%d"]);
        assert_eq!(of(&["01/02/2020"]), ["%d/%m/%Y", "%m/%d/%Y"]);
        assert_eq!(of(&["01/02/2020", "13/02/2020"]), ["%d/%m/%Y"]);
        assert_eq!(of(&["2020", "cat"]), [""; 0]);
    }
}
