//! What a program answers: a line with its version, then one line of `key=value` words per job.

use std::fmt;
use std::str::FromStr;

use super::line::Line;

/// A program's answer to one job.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    /// The name of the work.
    pub(super) work: String,
    /// The number that all programs must agree on: the loss after ten steps, averaged over samples and trials. For a
    /// prediction it is the loss of the initial weights, with a state that is carried on that of the last step of the sequence; for gradients alone, the mean of outputs times their gradients after
    /// ten steps; for a CSV file, the mean of its columns, the j-th counted j times.
    pub(super) loss: f64,
    /// Wall time of the timed region, in seconds.
    pub(super) wall: f64,
    /// CPU time of the timed region, user and system, all threads.
    pub(super) cpu: f64,
    /// Number of trials, epochs, steps, gradients, predictions or readings in the timed region.
    pub(super) count: usize,
    /// Seconds of compiling, if the program compiles; not part of `wall`.
    pub(super) setup: Option<f64>,
    /// Peak resident memory in the timed region, in KiB, if the program reports it.
    pub(super) memory: Option<usize>,
    /// Number of epochs that a trial ran on average, if early stopping may end it.
    pub(super) epochs: Option<f64>,
}

impl Answer {
    /// Returns wall and CPU seconds of one trial, epoch, step, prediction or reading.
    pub(super) fn each(&self) -> (f64, f64) {
        (self.wall / self.count as f64, self.cpu / self.count as f64)
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Answer { work, loss, wall, cpu, count, setup, memory, epochs } = self;
        write!(f, "work={work} loss={loss} wall={wall} cpu={cpu} count={count}")?;
        setup.map_or(Ok(()), |setup| write!(f, " setup={setup}"))?;
        memory.map_or(Ok(()), |memory| write!(f, " memory={memory}"))?;
        epochs.map_or(Ok(()), |epochs| write!(f, " epochs={epochs}"))
    }
}

impl FromStr for Answer {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let words = Line(line);
        let answer = Answer {
            work: words.get("work")?,
            loss: words.get("loss")?,
            wall: words.get("wall")?,
            cpu: words.get("cpu")?,
            count: words.get("count")?,
            setup: words.find("setup")?,
            memory: words.find("memory")?,
            epochs: words.find("epochs")?,
        };
        if answer.count == 0 || !(answer.wall > 0.0 && answer.cpu >= 0.0) {
            return Err(format!("expected a count and times greater than 0, found '{line}'"));
        }
        Ok(answer)
    }
}

/// The whole output of a program.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answers {
    /// The version of the framework, in the program's words.
    pub(super) version: String,
    /// One answer per job, in the order of the jobs.
    pub(super) answers: Vec<Answer>,
}

impl FromStr for Answers {
    type Err = String;

    fn from_str(output: &str) -> Result<Self, String> {
        let (first, rest) = output.split_once('\n').unwrap_or((output, ""));
        let Some(version) = first.strip_prefix("version=") else {
            return Err(format!("expected version=… in the first line, found '{first}'"));
        };
        let answers = rest.lines().map(str::parse).collect::<Result<_, _>>()?;
        Ok(Answers { version: version.trim().into(), answers })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_read_back_the_same() {
        let xor = Answer {
            work: "xor".into(),
            loss: 0.5,
            wall: 0.25,
            cpu: 0.5,
            count: 100,
            setup: Some(1.5),
            memory: Some(2048),
            epochs: Some(28.5),
        };
        let bare = Answer { setup: None, memory: None, epochs: None, ..xor.clone() };
        let output = format!("version=PyTorch 2.15.0\n{xor}\n{bare}\n");
        assert_eq!(
            output.parse(),
            Ok(Answers { version: "PyTorch 2.15.0".into(), answers: vec![xor.clone(), bare] })
        );
        assert_eq!(xor.each(), (0.0025, 0.005));
    }

    #[test]
    fn an_answer_that_cannot_be_read_is_refused() {
        let error = |text: &str| text.parse::<Answers>().unwrap_err();
        assert_eq!(error(""), "expected version=… in the first line, found ''");
        assert!(error("version=1\nhello").starts_with("expected work=…, found 'hello'"));
        assert!(error("version=1\nwork=a loss=x wall=1 cpu=1 count=1").starts_with("cannot read loss=x"));
        for bad in ["wall=0 cpu=1 count=1", "wall=1 cpu=1 count=0", "wall=NaN cpu=1 count=1"] {
            assert!(
                error(&format!("version=1\nwork=a loss=1 {bad}")).starts_with("expected a count and times"),
                "{bad}"
            );
        }
    }
}
