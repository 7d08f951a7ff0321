//! What one process does of a study.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::str::FromStr;

use nn_core::lanes::LANES;

use super::error::StudyError;

/// What one process does of a [`Study`](super::Study).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Task {
    /// Runs all trials.
    #[default]
    Whole,
    /// Runs a part of the trials, and writes their shard.
    Shard {
        /// The part.
        part: Part,
        /// Where the shard goes.
        directory: PathBuf,
    },
    /// Merges the shards of all trials.
    Merge {
        /// Where the shards are.
        directories: Vec<PathBuf>,
    },
}

/// One of several parts of a study: `3/10`, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    number: usize,
    of: usize,
}

impl Part {
    /// Returns part `number` of `of`.
    ///
    /// # Errors
    /// [`StudyError::Words`] unless `number` is from 1 to `of`.
    pub fn new(number: usize, of: usize) -> Result<Self, StudyError> {
        if (1..=of).contains(&number) {
            return Ok(Part { number, of });
        }
        let expected = "a part such as 3/10, counted from 1".into();
        Err(StudyError::Words { found: format!("the part is {number}/{of}"), expected })
    }

    /// Returns the part of a task of Slurm's array job, whatever numbers its tasks have.
    ///
    /// # Errors
    /// [`StudyError::Words`] unless this process is such a task.
    pub fn from_slurm() -> Result<Self, StudyError> {
        of_slurm(&|name: &str| env::var(name).ok())
    }

    /// Returns the indices of the trials of this part. Parts are as equal as they can be; if there are enough trials for all, they
    /// end at multiples of sixteen, because that many small networks are trained at once. With more parts than trials, some are
    /// empty.
    pub fn range(self, trials: usize) -> Range<usize> {
        let unit = if trials.div_ceil(LANES) >= self.of { LANES } else { 1 };
        let units = trials.div_ceil(unit);
        // u128, because the product of two sizes can be larger than a size.
        let end =
            |part: usize| ((units as u128 * part as u128 / self.of as u128) as usize).saturating_mul(unit);
        end(self.number - 1).min(trials)..end(self.number).min(trials)
    }
}

impl FromStr for Part {
    type Err = StudyError;

    fn from_str(text: &str) -> Result<Self, StudyError> {
        let numbers = text.split_once('/').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
        match numbers {
            Some((number, of)) => Part::new(number, of),
            None => Err(StudyError::Words {
                found: format!("the part is {:?}", crate::failure::shortened(text, 100)),
                expected: "a part such as 3/10, counted from 1".into(),
            }),
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl Task {
    /// Reads the task from the arguments of the program. Other arguments are left to the program.
    ///
    /// | arguments | task |
    /// |---|---|
    /// | none of these | run all trials |
    /// | `--shard 3/10 --out DIR` | run the third of ten parts |
    /// | `--shard slurm --out DIR` | run the part that Slurm's array job gives this process |
    /// | `--merge DIR...` | merge the shards in these directories |
    ///
    /// # Errors
    /// [`StudyError::Words`] if they make no sense.
    pub fn from_args() -> Result<Self, StudyError> {
        Task::from_words(env::args_os().skip(1), |name| env::var(name).ok())
    }

    /// Reads the task from these words and variables.
    fn from_words(
        words: impl IntoIterator<Item = OsString>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, StudyError> {
        let error = |found: &str, expected: &str| StudyError::Words {
            found: found.to_owned(),
            expected: expected.to_owned(),
        };
        // `--shard=3/10` is `--shard 3/10`.
        let split = |word: OsString| match word.to_str().and_then(|word| word.split_once('=')) {
            Some((name @ ("--shard" | "--out" | "--merge"), value)) => vec![name.into(), value.into()],
            _ => vec![word],
        };
        let mut words = words.into_iter().flat_map(split).peekable();
        let (mut part, mut out, mut directories) = (None, None, Vec::new());
        let is_value = |word: &OsString| word.to_str().is_none_or(|word| !word.starts_with("--"));
        while let Some(word) = words.next() {
            let mut value = || words.next_if(is_value);
            match word.to_str() {
                Some("--shard") => {
                    let text = value().ok_or_else(|| error("--shard has no part", "a part such as 3/10"))?;
                    let text = text.to_string_lossy();
                    part = Some(if text == "slurm" { of_slurm(&variable)? } else { text.parse()? });
                }
                Some("--out") => out = value(),
                Some("--merge") => {
                    directories.extend(std::iter::from_fn(value).map(PathBuf::from));
                    if directories.is_empty() {
                        return Err(error("--merge has no directory", "those that hold the shards"));
                    }
                }
                _ => {}
            }
        }
        match (part, out, directories) {
            (None, _, directories) if directories.is_empty() => Ok(Task::Whole),
            (None, _, directories) => Ok(Task::Merge { directories }),
            (Some(part), Some(out), directories) if directories.is_empty() => {
                Ok(Task::Shard { part, directory: out.into() })
            }
            (Some(_), None, _) => {
                Err(error("--shard is without --out", "the directory for the shard: --out DIR"))
            }
            _ => Err(error("--shard is beside --merge", "one of the two")),
        }
    }
}

/// The part of a task of Slurm's array job, whatever numbers the tasks have.
fn of_slurm(variable: &impl Fn(&str) -> Option<String>) -> Result<Part, StudyError> {
    let number = |name: &str| variable(name).and_then(|text| text.parse::<usize>().ok());
    let of_array = ["ID", "MIN", "MAX", "COUNT"].map(|name| number(&format!("SLURM_ARRAY_TASK_{name}")));
    let step = number("SLURM_ARRAY_TASK_STEP").filter(|&step| step > 0).unwrap_or(1);
    match of_array {
        [Some(id), Some(first), Some(last), Some(count)] if (first..=last).contains(&id) => {
            if first <= 1 && (last - first) / step + 1 == count {
                return Part::new((id - first) / step + 1, count);
            }
            Err(StudyError::Words {
                found: format!("the array job has {count} tasks from {first} to {last}"),
                expected: format!(
                    "one that begins with 0 or 1 and has no gaps: submit the whole array, or write the number of all parts, \
                     --shard {id}/N"
                ),
            })
        }
        _ => Err(StudyError::Words {
            found: "--shard slurm has no task".into(),
            expected: "SLURM_ARRAY_TASK_ID, _MIN, _MAX and _COUNT, which Slurm sets for the tasks of an array job (sbatch --array=1-10)"
                .into(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(trials: usize, of: usize) -> Vec<Range<usize>> {
        (1..=of).map(|number| Part::new(number, of).unwrap().range(trials)).collect()
    }

    #[test]
    fn parts_hold_every_trial_once_and_differ_by_little() {
        for trials in [0, 1, 2, 15, 16, 17, 100, 1000, 9999] {
            for of in [1, 2, 3, 7, 10, 64, 1000, 20_000] {
                let parts = parts(trials, of);
                assert!(parts.iter().cloned().flatten().eq(0..trials), "{trials} in {of}");
                let most = parts.iter().map(Range::len).max().unwrap();
                let unit = if trials.div_ceil(16) >= of { 16 } else { 1 };
                assert!(most < trials / of + 2 * unit, "{trials} in {of}: {most}");
            }
        }
        assert_eq!(parts(100, 3), [0..32, 32..64, 64..100]);
        assert_eq!(parts(5, 3), [0..1, 1..3, 3..5]);
        assert_eq!(parts(2, 3), [0..0, 0..1, 1..2]);
        for of in [1, 3, usize::MAX] {
            assert_eq!(Part::new(of, of).unwrap().range(usize::MAX).end, usize::MAX);
        }
    }

    #[test]
    fn a_part_is_counted_from_1() {
        assert_eq!("3/10".parse::<Part>().unwrap().to_string(), "3/10");
        for wrong in ["0/10", "11/10", "0/0"] {
            let error = wrong.parse::<Part>().unwrap_err().to_string();
            assert_eq!(error, format!("the part is {wrong}, expected a part such as 3/10, counted from 1"));
        }
        for wrong in ["", "3", "3/", "/10", "-1/10", "3/10/2", "a/b"] {
            let error = wrong.parse::<Part>().unwrap_err().to_string();
            assert_eq!(error, format!("the part is {wrong:?}, expected a part such as 3/10, counted from 1"));
        }
    }

    #[test]
    fn words_and_variables_say_what_to_do() {
        let task = |words: &str, variables: &str| {
            let variable = |name: &str| {
                let find = |pair: &str| {
                    pair.split_once('=').filter(|(other, _)| *other == name).map(|(_, v)| v.to_owned())
                };
                variables.split(' ').find_map(find)
            };
            let words = words.split(' ').filter(|word| !word.is_empty()).map(OsString::from);
            Task::from_words(words, variable).map_err(|error| error.to_string())
        };
        let shard =
            |number, of| Ok(Task::Shard { part: Part::new(number, of).unwrap(), directory: "d".into() });
        let slurm =
            "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=4 SLURM_ARRAY_TASK_COUNT=4";
        assert_eq!(task("", slurm), Ok(Task::Whole));
        assert_eq!(task("--trials 30 --out d", ""), Ok(Task::Whole));
        assert_eq!(task("--out d --shard 3/10 --trials 30", ""), shard(3, 10));
        assert_eq!(task("--shard=3/10 --out=d", ""), shard(3, 10));
        assert_eq!(task("--shard slurm --out d", slurm), shard(3, 4));
        let stepped = slurm.replace("MAX=4", "MAX=7") + " SLURM_ARRAY_TASK_STEP=2";
        assert_eq!(task("--shard slurm --out d", &stepped), shard(2, 4));
        // The tasks of `--array=1,2,3,12` or `--array=3-6` are not those of an array that was submitted before.
        for (changes, range) in [
            ([("MAX=4", "MAX=12"), ("", "")], "1 to 12"),
            ([("MAX=4", "MAX=6"), ("MIN=1", "MIN=3")], "3 to 6"),
        ] {
            let other = changes.iter().fold(slurm.to_owned(), |slurm, (from, to)| slurm.replace(from, to));
            let message = format!(
                "the array job has 4 tasks from {range}, expected one that begins with 0 or 1 and has no gaps: submit the whole array, \
                 or write the number of all parts, --shard 3/N"
            );
            assert_eq!(task("--shard slurm --out d", &other), Err(message));
        }
        let merge = Task::Merge { directories: vec!["a".into(), "b".into()] };
        assert_eq!(task("--merge a b --out c", ""), Ok(merge));
        for (words, variables, message) in [
            ("--shard", "", "--shard has no part, expected a part such as 3/10"),
            ("--shard --out d", "", "--shard has no part, expected a part such as 3/10"),
            ("--shard 1/2", "", "--shard is without --out, expected the directory for the shard: --out DIR"),
            ("--merge --out d", "", "--merge has no directory, expected those that hold the shards"),
            ("--shard 1/2 --out d --merge a", "", "--shard is beside --merge, expected one of the two"),
            (
                "--shard slurm --out d",
                "SLURM_ARRAY_TASK_ID=7",
                "--shard slurm has no task, expected SLURM_ARRAY_TASK_ID, _MIN, _MAX and _COUNT, which Slurm sets for the tasks of an \
                 array job (sbatch --array=1-10)",
            ),
        ] {
            assert_eq!(task(words, variables), Err(message.into()));
        }
    }
}
