//! The choice of columns that are features and targets.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::column::Column;
use super::header::Header;
use super::source::Source;
use super::{CsvError, CsvProblem, name};

/// The columns by their role. No column has two roles.
#[derive(Debug)]
pub(super) struct Choice<'a> {
    pub(super) features: Vec<Column<'a>>,
    pub(super) targets: Vec<Column<'a>>,
}

impl<'a> Choice<'a> {
    /// Looks up the names in the header. Without names of features, all columns are features but the targets, those to leave out
    /// and those without a name.
    pub(super) fn new(
        source: &'a Source,
        header: Header,
        features: Option<&'a [String]>,
        except: &'a [String],
        targets: &[&'a str],
    ) -> Result<Self, CsvError> {
        let chosen = features.into_iter().flatten().map(String::as_str);
        let wanted: Vec<&str> = targets.iter().copied().chain(chosen).collect();
        let mut targets = named(source, header, &wanted, targets.len())?;
        let mut chosen = targets.split_off(wanted.len() - features.map_or(0, <[String]>::len));
        let except = left_out(source, header, except)?;
        let features = if features.is_some() {
            chosen.retain(|column| !except.contains(&column.name[..]));
            chosen
        } else {
            all_but(&targets, &except, source, header)?
        };
        Ok(Choice { features, targets })
    }

    /// As [`Choice::new`], for at least one feature and one target.
    pub(super) fn of_samples(
        source: &'a Source,
        header: Header,
        features: Option<&'a [String]>,
        except: &'a [String],
        targets: &[&'a str],
    ) -> Result<Self, CsvError> {
        let choice = Choice::new(source, header, features, except, targets)?;
        if choice.targets.is_empty() {
            return Err(source.error(CsvProblem::NoTarget));
        }
        if choice.features.is_empty() {
            return Err(source.error(CsvProblem::NoFeature));
        }
        Ok(choice)
    }

    /// The columns by name, as features.
    pub(super) fn of_names(source: &'a Source, header: Header, names: &[&'a str]) -> Result<Self, CsvError> {
        Ok(Choice { features: named(source, header, names, 0)?, targets: Vec::new() })
    }

    /// The columns in the order of the choice.
    pub(super) fn columns(&self) -> impl Iterator<Item = &Column<'a>> {
        self.features.iter().chain(&self.targets)
    }

    /// The positions of the columns in the order of the file, each with its place in the choice.
    pub(super) fn order(&self) -> Vec<(usize, usize)> {
        let mut order = Vec::with_capacity(self.features.len() + self.targets.len());
        order.extend(self.columns().map(|column| column.position).zip(0..));
        order.sort_unstable();
        order
    }
}

/// Finds the columns with the names `wanted`, of which the first `targets` are targets.
fn named<'a>(
    source: &'a Source,
    header: Header,
    wanted: &[&'a str],
    targets: usize,
) -> Result<Vec<Column<'a>>, CsvError> {
    // For each name, the first two columns that have it.
    let mut found: HashMap<&str, [Option<usize>; 2]> = wanted.iter().map(|&name| (name, [None; 2])).collect();
    header.for_each(source, |position, name| {
        let places = name.as_deref().filter(|name| !name.is_empty()).and_then(|name| found.get_mut(name));
        if let Some(free) = places.and_then(|places| places.iter_mut().find(|place| place.is_none())) {
            *free = Some(position);
        }
    });
    let mut columns: Vec<Column> = Vec::with_capacity(wanted.len());
    let mut roles = HashMap::new();
    for (place, &wanted) in wanted.iter().enumerate() {
        let is_target = place < targets;
        match (roles.insert(wanted, is_target), found[wanted]) {
            (_, [None, _]) => return Err(source.error(unknown(wanted, source, header))),
            (_, [Some(first), Some(second)]) => return Err(doubled(wanted, first, second, source, header)),
            (None, [Some(position), None]) => columns.push(Column { position, name: wanted.into() }),
            (Some(before), _) if before == is_target => {
                return Err(source.error(CsvProblem::ChosenTwice { column: name(wanted) }));
            }
            (Some(_), _) => return Err(source.error(CsvProblem::TargetAsFeature { column: name(wanted) })),
        }
    }
    Ok(columns)
}

/// The names to leave out. The file must have them, maybe several times.
fn left_out<'a>(
    source: &'a Source,
    header: Header,
    names: &'a [String],
) -> Result<HashSet<&'a str>, CsvError> {
    let names: HashSet<&str> = names.iter().map(String::as_str).collect();
    let mut missing = names.clone();
    header.for_each(source, |_, name| {
        missing.remove(name.as_deref().unwrap_or_default());
    });
    match missing.into_iter().min() {
        Some(name) => Err(source.error(unknown(name, source, header))),
        None => Ok(names),
    }
}

/// All columns with a name but the targets and those to leave out. Each name must be one of its own.
fn all_but<'a>(
    targets: &[Column],
    except: &HashSet<&str>,
    source: &'a Source,
    header: Header,
) -> Result<Vec<Column<'a>>, CsvError> {
    let targets: HashSet<usize> = targets.iter().map(|target| target.position).collect();
    let is_chosen = |position: usize, name: &str| {
        !name.is_empty() && !targets.contains(&position) && !except.contains(name)
    };
    let (mut count, mut wrong) = (0, None);
    header.for_each(source, |position, name| match name {
        Some(name) => count += usize::from(is_chosen(position, &name)),
        None if targets.contains(&position) => {}
        None => wrong = wrong.or(Some(position + 1)),
    });
    if let Some(position) = wrong {
        return Err(source.error_in(header.record, CsvProblem::HeaderNotUtf8 { position }));
    }
    // They are counted first, because memory that grows takes up to three times as much.
    let mut columns: Vec<Column> = Vec::with_capacity(count);
    header.for_each(source, |position, name| {
        if let Some(name) = name.filter(|name| is_chosen(position, name)) {
            columns.push(Column { position, name });
        }
    });
    let mut sorted: Vec<&Column> = columns.iter().collect();
    sorted.sort_unstable_by_key(|column| (&column.name, column.position));
    let twice = sorted.windows(2).filter(|pair| pair[0].name == pair[1].name);
    match twice.min_by_key(|pair| pair[1].position) {
        Some(pair) => Err(doubled(&pair[0].name, pair[0].position, pair[1].position, source, header)),
        None => Ok(columns),
    }
}

fn doubled(column: &str, first: usize, second: usize, source: &Source, header: Header) -> CsvError {
    let (column, first, second) = (name(column), first + 1, second + 1);
    source.error_in(header.record, CsvProblem::DuplicateColumn { column, first, second })
}

fn unknown(wanted: &str, source: &Source, header: Header) -> CsvProblem {
    const LISTED: usize = 10;
    let mut columns = Vec::new();
    let mut nearest = Nearest::new(wanted);
    header.for_each(source, |position, found| {
        if position < LISTED {
            columns.push(name(found.as_deref().unwrap_or("\u{FFFD}")));
        }
        if let Some(found) = found {
            nearest.offer(found);
        }
    });
    let more = header.columns() - columns.len();
    let (column, delimiter) = (name(wanted), source.dialect.delimiter());
    CsvProblem::UnknownColumn { column, nearest: nearest.name(), columns, more, delimiter }
}

/// The name most similar to a wanted one, if at most a third of its letters would have to change. Case is ignored.
struct Nearest<'a> {
    wanted: Vec<char>,
    best: Option<(usize, Cow<'a, str>)>,
}

impl<'a> Nearest<'a> {
    fn new(wanted: &str) -> Self {
        Nearest { wanted: wanted.to_lowercase().chars().collect(), best: None }
    }

    fn offer(&mut self, name: Cow<'a, str>) {
        // Names of a length that cannot be near enough are not compared. A letter has up to four bytes.
        let letters = self.wanted.len();
        if name.is_empty() || letters > 100 || name.len() / 4 > 2 * letters {
            return;
        }
        let distance = distance(&self.wanted, &name);
        if 3 * distance <= self.wanted.len() && self.best.as_ref().is_none_or(|best| distance < best.0) {
            self.best = Some((distance, name));
        }
    }

    fn name(self) -> Option<Box<str>> {
        self.best.map(|(_, found)| name(&found).into())
    }
}

/// The Levenshtein distance: the minimum number of letters to insert, delete or replace.
fn distance(wanted: &[char], name: &str) -> usize {
    // The distances from the letters of `name` so far to every prefix of `wanted`.
    let mut row: Vec<usize> = (0..=wanted.len()).collect();
    for letter in name.to_lowercase().chars() {
        let mut diagonal = row[0];
        row[0] += 1;
        for (i, &other) in wanted.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != other);
            diagonal = row[i + 1];
            row[i + 1] = replaced.min(diagonal + 1).min(row[i] + 1);
        }
    }
    row[wanted.len()]
}
