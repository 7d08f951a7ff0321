//! The beginning of a shard: lines of text that say what it holds.

use std::fmt::{self, Write};
use std::ops::Range;
use std::time::Duration;

use crate::Cost;
use crate::statistics::Better;

/// The version of the format of shards.
pub(super) const FORMAT: &str = "nn shard 1";

/// The version of the bits: it goes up when a seed, a configuration and data give other numbers than before.
pub(super) const BITS: &str = "1";

/// What a shard holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Header {
    /// What all shards of a study have in common.
    pub(super) study: Identity,
    /// The version of nn that ran the trials. For information: versions with the same bits may be mixed.
    pub(super) nn: String,
    /// The indices of its trials.
    pub(super) range: Range<usize>,
    pub(super) cost: Cost,
    /// What its runs report.
    pub(super) report: Report,
    /// The trials that failed, with the causes.
    pub(super) failures: Vec<(usize, String)>,
    /// The number of its runs.
    pub(super) runs: usize,
    /// The number of epochs of its longest run.
    pub(super) epochs: usize,
}

/// A study: what its trials compute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) name: String,
    /// Names and values of everything else that its numbers depend on.
    pub(super) settings: Vec<(String, String)>,
    pub(super) bits: String,
    pub(super) precision: Precision,
    pub(super) seed: u64,
    /// The number of all trials.
    pub(super) trials: usize,
}

/// What runs report beside their training loss.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Report {
    pub(super) validation: bool,
    /// The name of the score.
    pub(super) score: Option<(Better, String)>,
    pub(super) success: bool,
}

/// The type of the losses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Precision {
    F32,
    F64,
}

impl Precision {
    /// The number of bytes of a value.
    pub(super) fn width(self) -> usize {
        match self {
            Precision::F32 => size_of::<f32>(),
            Precision::F64 => size_of::<f64>(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Precision::F32 => "f32",
            Precision::F64 => "f64",
        }
    }
}

impl Identity {
    /// Every line of the header that must be the same in all shards of the study, with its name.
    pub(super) fn lines(&self) -> Vec<(String, String)> {
        let mut lines = vec![("bits".into(), self.bits.clone()), ("study".into(), self.name.clone())];
        lines.extend(self.settings.iter().map(|(name, value)| (format!("setting {name}"), value.clone())));
        lines.push(("precision".into(), self.precision.name().into()));
        lines.push(("seed".into(), self.seed.to_string()));
        lines.push(("trials".into(), self.trials.to_string()));
        lines
    }
}

impl Report {
    /// In words, for messages.
    pub(super) fn in_words(&self) -> String {
        let mut words = String::from("training losses");
        if self.validation {
            words += ", validation losses";
        }
        if let Some((better, name)) = &self.score {
            words += &format!(", the score \"{name}\" ({better})");
        }
        if self.success {
            words += ", success";
        }
        words
    }
}

impl fmt::Display for Header {
    /// One value a line, then an empty line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Header { study, nn, range, cost, report, failures, runs, epochs } = self;
        writeln!(f, "{FORMAT}\nnn {nn}")?;
        for (name, value) in study.lines() {
            writeln!(f, "{} {}", escaped(&name, true), escaped(&value, false))?;
        }
        writeln!(f, "range {}..{}", range.start, range.end)?;
        writeln!(f, "wall_seconds {:?}", cost.wall.as_secs_f64())?;
        if let Some(cpu) = cost.cpu {
            writeln!(f, "cpu_seconds {:?}", cpu.as_secs_f64())?;
        }
        if report.validation {
            writeln!(f, "validation yes")?;
        }
        if let Some((better, name)) = &report.score {
            let better = if *better == Better::Higher { "higher" } else { "lower" };
            writeln!(f, "score {better} {}", escaped(name, false))?;
        }
        if report.success {
            writeln!(f, "success yes")?;
        }
        for (index, cause) in failures {
            writeln!(f, "failure {index} {}", escaped(cause, false))?;
        }
        writeln!(f, "runs {runs}\nepochs {epochs}\n")
    }
}

impl Header {
    /// Reads what `Display` has written, without the empty line.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut lines = text.lines();
        if lines.next() != Some(FORMAT) {
            return Err("is no shard".into());
        }
        let mut lines = Lines(lines.peekable());
        let nn = lines.value("nn")?;
        let bits = lines.value("bits")?;
        let name = lines.value("study")?;
        let mut settings = Vec::new();
        while let Some(setting) = lines.optional("setting") {
            let (name, value) = setting.split_once(' ').ok_or("has a setting without a value")?;
            settings.push((original(name), original(value)));
        }
        let precision = match lines.value("precision")?.as_str() {
            "f32" => Precision::F32,
            "f64" => Precision::F64,
            other => return Err(format!("has numbers of {other:?}, expected f32 or f64")),
        };
        let (seed, trials) = (lines.number("seed")?, lines.number("trials")?);
        let range = lines.value("range")?;
        let ends = range.split_once("..").and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
        let range = match ends {
            Some((start, end)) if start <= end && end <= trials => start..end,
            _ => return Err(format!("has the range {range:?}, expected one within {trials} trials")),
        };
        let wall = lines.optional("wall_seconds").ok_or("has no wall_seconds")?;
        let cpu = lines.optional("cpu_seconds").map(seconds).transpose()?;
        let validation = lines.optional("validation").is_some();
        let score = lines.optional("score").map(|score| match score.split_once(' ') {
            Some(("higher", name)) => Ok((Better::Higher, original(name))),
            Some(("lower", name)) => Ok((Better::Lower, original(name))),
            _ => Err(format!("has the score {score:?}, expected higher or lower, and a name")),
        });
        let score = score.transpose()?;
        let success = lines.optional("success").is_some();
        let mut failures = Vec::new();
        while let Some(failure) = lines.optional("failure") {
            let (index, cause) = failure.split_once(' ').unwrap_or((failure, ""));
            match index.parse() {
                Ok(index) if range.contains(&index) => failures.push((index, original(cause))),
                _ => return Err(format!("has a failure of trial {index:?}, expected one of its range")),
            }
        }
        let (runs, epochs): (usize, usize) = (lines.number("runs")?, lines.number("epochs")?);
        if let Some(line) = lines.0.next() {
            return Err(format!("has the line {line:?}, which is not known"));
        }
        if runs.checked_add(failures.len()) != Some(range.len()) {
            return Err(format!("has {runs} runs and {} failures in {range:?}", failures.len()));
        }
        let cost = Cost { trials: range.len(), wall: seconds(wall)?, cpu };
        let study = Identity { name, settings, bits, precision, seed, trials };
        let report = Report { validation, score, success };
        Ok(Header { study, nn, range, cost, report, failures, runs, epochs })
    }
}

struct Lines<'a>(std::iter::Peekable<std::str::Lines<'a>>);

impl<'a> Lines<'a> {
    /// The rest of the next line, if it begins with this word.
    fn optional(&mut self, word: &str) -> Option<&'a str> {
        let rest = self.0.peek()?.strip_prefix(word)?.strip_prefix(' ')?;
        self.0.next();
        Some(rest)
    }

    fn value(&mut self, word: &str) -> Result<String, String> {
        self.optional(word).map(original).ok_or_else(|| format!("has no {word}"))
    }

    fn number<N: std::str::FromStr>(&mut self, word: &str) -> Result<N, String> {
        let text = self.value(word)?;
        text.parse().map_err(|_| format!("has {text:?} as its {word}, expected a whole number"))
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let time = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    time.ok_or_else(|| format!("has a time of {text:?}, expected seconds"))
}

/// The text in one line; as a name also without spaces.
fn escaped(text: &str, name: bool) -> String {
    let mut line = String::new();
    for (index, c) in text.char_indices() {
        match c {
            '\\' => line += "\\\\",
            '\n' => line += "\\n",
            '\r' => line += "\\r",
            // The first space of a name separates `setting` from the setting's own name.
            ' ' if name && text[..index].contains(' ') => line += "\\s",
            c => line.write_char(c).expect("strings can be written to"),
        }
    }
    line
}

/// The text that was [`escaped`].
fn original(line: &str) -> String {
    let (mut text, mut rest) = (String::new(), line.chars());
    while let Some(c) = rest.next() {
        text.push(match c {
            '\\' => match rest.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some('s') => ' ',
                Some(c) => c,
                None => '\\',
            },
            c => c,
        });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn header() -> Header {
        Header {
            study: Identity {
                name: "a study\nof two lines".into(),
                settings: vec![("hidden units".into(), "8".into()), ("\\path".into(), "C:\\new\r\n".into())],
                bits: BITS.into(),
                precision: Precision::F64,
                seed: u64::MAX,
                trials: 100,
            },
            nn: "0.1.0".into(),
            range: 30..40,
            cost: Cost { trials: 10, wall: Duration::from_millis(1500), cpu: Some(Duration::from_nanos(3)) },
            report: Report {
                validation: true,
                score: Some((Better::Lower, "mean  error".into())),
                success: true,
            },
            failures: vec![(31, "no data\nat all".into()), (39, String::new())],
            runs: 8,
            epochs: 1000,
        }
    }

    #[test]
    fn what_was_written_is_read() {
        let all = header();
        let least = Header {
            report: Report::default(),
            failures: Vec::new(),
            runs: 10,
            cost: Cost { cpu: None, ..all.cost },
            study: Identity { settings: Vec::new(), precision: Precision::F32, ..all.study.clone() },
            ..all.clone()
        };
        for header in [all, least] {
            let text = header.to_string();
            assert!(text.ends_with("\n\n") && !text.trim_end().contains("\n\n"), "{text}");
            assert_eq!(Header::parse(text.trim_end_matches('\n')), Ok(header));
        }
    }

    #[test]
    fn every_line_counts() {
        let text = header().to_string();
        let lines: Vec<&str> = text.trim_end().lines().collect();
        for left_out in 0..lines.len() {
            let rest = [&lines[..left_out], &lines[left_out + 1..]].concat().join("\n");
            assert_ne!(Header::parse(&rest), Ok(header()), "{}", lines[left_out]);
        }
        for (line, other, complaint) in [
            ("nn shard 1", "nn shard 2", "is no shard"),
            ("nn shard 1", "epoch,iqm", "is no shard"),
            ("precision f64", "precision f16", "has numbers of \"f16\", expected f32 or f64"),
            ("seed 18446744073709551615", "seed -1", "has \"-1\" as its seed, expected a whole number"),
            ("range 30..40", "range 40..30", "has the range \"40..30\", expected one within 100 trials"),
            ("range 30..40", "range 91..101", "has the range \"91..101\", expected one within 100 trials"),
            ("wall_seconds 1.5", "wall_seconds NaN", "has a time of \"NaN\", expected seconds"),
            (
                "score lower mean  error",
                "score best",
                "has the score \"best\", expected higher or lower, and a name",
            ),
            (
                "failure 31 no data\\nat all",
                "failure 3 none",
                "has a failure of trial \"3\", expected one of its range",
            ),
            ("runs 8", "runs 9", "has 9 runs and 2 failures in 30..40"),
            ("epochs 1000", "epochs 1000\nmore", "has the line \"more\", which is not known"),
        ] {
            assert!(text.contains(line), "{line}");
            assert_eq!(Header::parse(text.replace(line, other).trim_end()), Err(complaint.into()));
        }
    }
}
