//! What separates the fields of a file and what its decimal point is, as its first lines show.

use super::dialect::{Delimiter, Dialect};
use super::options::CsvOptions;
use super::records::{Field, Records};
use super::source::Source;
use super::thousands::without_thousands;
use super::{CsvError, CsvProblem};
use crate::DataError;

/// The delimiters to choose from, the most usual first.
const CANDIDATES: [Delimiter; 5] = [
    Delimiter::Char(','),
    Delimiter::Char('\t'),
    Delimiter::Char(';'),
    Delimiter::Char('|'),
    Delimiter::Whitespace,
];

/// The maximum number of bytes and of records that are looked at.
const BYTES: usize = 1 << 15;
const RECORDS: usize = 100;

/// Returns the dialect, and whether its delimiter is a guess.
pub(super) fn dialect(source: &Source, options: &CsvOptions) -> Result<(Dialect, bool), DataError> {
    let usual = Dialect::new(options.delimiter.unwrap_or(CANDIDATES[0]), options)?;
    let sample = Sample::of(source);
    let dialect = match options.delimiter {
        Some(_) => usual,
        None => guess(&sample, options).map_err(|problem| -> CsvError { source.error(problem) })?,
    };
    let is_free = options.thousands.is_none() && options.has_decimal_comma.is_none();
    let thousands = if is_free { sample.thousands(dialect) } else { options.thousands };
    let dialect = Dialect { thousands, ..dialect };
    let has_decimal_comma = options.has_decimal_comma.unwrap_or_else(|| match thousands {
        Some('.') => true,
        Some(',') => false,
        _ => !dialect.is_delimiter(b',') && sample.has_decimal_commas(dialect),
    });
    Ok((dialect.with_point(has_decimal_comma)?, options.delimiter.is_none()))
}

/// The delimiter that gives all records the same number of fields, of which there must be one. If there is none, the one that does
/// so for most.
fn guess(sample: &Sample, options: &CsvOptions) -> Result<Dialect, CsvProblem> {
    let dialects = CANDIDATES.iter().filter_map(|&delimiter| Dialect::new(delimiter, options).ok());
    let usual = dialects.clone().next().unwrap_or(Dialect::ORDINARY);
    let dialects = dialects.filter(|dialect| sample.bytes.iter().any(|&byte| dialect.is_delimiter(byte)));
    let (runs, mut fits): (Vec<Fit>, Vec<Fit>) =
        dialects.map(|dialect| sample.fit(dialect)).partition(|fit| fit.dialect.has_runs());
    fits.retain(|fit| fit.fields > 1);
    match fits.iter().filter(|fit| fit.share() == 1.0).collect::<Vec<_>>()[..] {
        [only] => return Ok(only.dialect),
        [first, second, ..] if first.records > 1 => {
            let [first, second] = [first, second].map(|fit| fit.dialect.delimiter().to_string());
            return Err(CsvProblem::UnclearDelimiter { first, second });
        }
        _ => {}
    }
    // Words may have spaces between them. Where they separate fields, a column of numbers shows it.
    let runs = runs.into_iter().find(|fit| fit.fields > 1 && sample.has_numbers(fit));
    // The first of those with the highest share; with a single record, the one with the most fields.
    let rank = |fit: &Fit| (fit.share(), if fit.records == 1 { fit.fields } else { 0 });
    let best = fits.iter().rev().max_by(|a, b| rank(a).partial_cmp(&rank(b)).expect("shares are finite"));
    Ok(match (best, runs) {
        (best, Some(runs)) if runs.share() > best.map_or(0.5, |best| best.share().max(0.5)) => runs.dialect,
        (Some(best), _) if best.share() >= 0.5 => best.dialect,
        _ => usual,
    })
}

/// The first bytes of a file.
struct Sample<'a> {
    bytes: &'a [u8],
    /// Whether the last record may be cut short.
    is_cut: bool,
}

/// How well a dialect fits.
struct Fit {
    dialect: Dialect,
    records: usize,
    /// The most frequent number of fields, and the number of records that have it.
    fields: usize,
    alike: usize,
}

impl Fit {
    fn share(&self) -> f64 {
        self.alike as f64 / self.records.max(1) as f64
    }
}

impl<'a> Sample<'a> {
    fn of(source: &'a Source) -> Self {
        let bytes = source.first_bytes(BYTES + 1);
        Sample { bytes: &bytes[..bytes.len().min(BYTES)], is_cut: bytes.len() > BYTES }
    }

    /// Calls `take` with the number of each record, counted from 0, and each of its fields, and returns the numbers of fields.
    fn read(&self, dialect: Dialect, mut take: impl FnMut(usize, usize, Field)) -> Vec<usize> {
        let (mut counts, mut records) = (Vec::new(), Records::new(self.bytes, 0, &dialect));
        while counts.len() < RECORDS {
            let number = counts.len();
            let Some(record) = records.next(|place, field| take(number, place, field)) else { break };
            let is_whole = record.is_closed && !(self.is_cut && records.at == self.bytes.len());
            if !is_whole && number > 0 {
                break;
            }
            counts.push(record.fields);
        }
        counts
    }

    fn fit(&self, dialect: Dialect) -> Fit {
        let counts = self.read(dialect, |_, _, _| {});
        let alike = |fields: usize| counts.iter().filter(|&&count| count == fields).count();
        let fields = counts.iter().copied().max_by_key(|&fields| (alike(fields), fields)).unwrap_or(0);
        Fit { dialect, records: counts.len(), fields, alike: alike(fields) }
    }

    /// Whether some column has numbers in each record that has the usual number of fields, but for the first of them: the header.
    fn has_numbers(&self, fit: &Fit) -> bool {
        let counts = self.read(fit.dialect, |_, _, _| {});
        let mut are_numbers = vec![true; fit.fields];
        let header = counts.iter().position(|&count| count == fit.fields);
        let mut rows = 0;
        self.read(fit.dialect, |record, place, field| {
            if Some(record) == header || counts.get(record) != Some(&fit.fields) {
                return;
            }
            rows += usize::from(place == 0);
            are_numbers[place] &= field.number.is_some()
                || field.text().is_some_and(|text| text.replace(',', ".").parse::<f64>().is_ok());
        });
        rows > 0 && are_numbers.contains(&true)
    }

    /// What is between thousands for certain: there are numbers such as `1,234.5` or `1,234,567`, and none that speaks against it.
    fn thousands(&self, dialect: Dialect) -> Option<char> {
        let mut signs = [Signs::default(), Signs::default()];
        self.read(dialect, |_, _, field| {
            let Some(text) = field.short_text().filter(|text| text.contains([',', '.'])) else { return };
            signs[0].look_at(&text, ',', '.');
            signs[1].look_at(&text, '.', ',');
        });
        match signs {
            [Signs { are_for: true, are_against: false }, Signs { are_for: false, .. }] => Some(','),
            [Signs { are_for: false, .. }, Signs { are_for: true, are_against: false }] => Some('.'),
            _ => None,
        }
    }

    /// Whether there are numbers such as `1,5`, and none such as `1.5`. `1,234` shows nothing: it may be a thousand.
    fn has_decimal_commas(&self, dialect: Dialect) -> bool {
        let (mut commas, mut points) = (false, false);
        self.read(dialect, |_, _, field| {
            let Some(mut text) = field.text() else { return };
            if let Some(separator) = dialect.thousands {
                text = text.replace(separator, "").into();
            }
            points |= text.contains('.') && text.parse::<f64>().is_ok();
            commas |= is_decimal_comma(&text);
        });
        commas && !points
    }
}

/// What numbers say of a character that may be between thousands.
#[derive(Default)]
struct Signs {
    are_for: bool,
    are_against: bool,
}

impl Signs {
    fn look_at(&mut self, text: &str, separator: char, point: char) {
        let groups = text.matches(separator).count();
        let is_divided = groups > 0
            && without_thousands(text, separator, point as u8)
                .is_some_and(|plain| plain.replace(point, ".").parse::<f64>().is_ok());
        // Four numbers up to 255 are an address of a network.
        let is_address = || groups == 3 && text.split('.').all(|part| part.parse::<u8>().is_ok());
        self.are_for |= is_divided && (groups > 1 || text.contains(point)) && !is_address();
        self.are_against |= groups == 1 && !is_divided && text.replace(separator, ".").parse::<f64>().is_ok();
    }
}

/// Whether a text is a number whose comma cannot be one between thousands.
fn is_decimal_comma(text: &str) -> bool {
    let Some((whole, decimals)) = text.split_once(',') else { return false };
    let whole = whole.trim_start_matches(['-', '+']);
    let are_digits = [whole, decimals].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    are_digits && !decimals.is_empty() && (decimals.len() != 3 || whole.len() > 3 || whole.starts_with('0'))
}
