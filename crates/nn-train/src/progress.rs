//! Shows how far trainings and trials are, with the feature `progress`: a bar in a terminal, elsewhere a line now and then.

use std::fmt::{self, Display};
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};
use nn_core::Scalar;

use crate::{EpochReport, TrialReport};

/// The time between two lines, unless it is set.
const EVERY: Duration = Duration::from_secs(10);

/// Shows how far a training is, or many trials: the epoch or the trial with its losses, metrics and scores, and the time
/// that is left. In a terminal it is a bar on standard error, which disappears at the end. Where standard error is no
/// terminal, it is a line every ten seconds and one at the end.
///
/// Give its observers to [`Trainer::observe`](crate::Trainer::observe) or to [`Trials::observe`](crate::Trials::observe).
/// Where trainings run within trials, observe the trials. The trials of a [grid](crate::Trials::grid) and of a
/// [cross-validation](crate::Trials::cross_validate) count together. One value serves one training after another.
///
/// What is shown is no part of any result. A line that cannot be written is dropped.
///
/// ```
/// use nn_train::prelude::*;
/// use nn_train::progress::Progress;
///
/// let mut rng = ChaCha8Rng::seed_from_u64(1);
/// let data = make_xor::<f32>(100, 0.3, &mut rng)?;
/// let mut network = Linear::new(2, 2, &mut rng);
/// let progress = Progress::new();
/// Trainer::new(Adam::new(0.01)).epochs(50).observe(progress.epochs()).fit(
///     &mut network,
///     &CrossEntropyLoss::mean(),
///     &data,
///     None,
///     &mut rng,
/// )?;
///
/// let observer = progress.trials();
/// let trials = Trials::new(20).observe(&observer);
/// # trials.run(|_| Ok(Run::new(vec![1.0])))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Progress {
    every: Duration,
    state: Mutex<State>,
}

struct State {
    output: Output,
    /// The time at which the present task began.
    start: Instant,
    /// The time of the last report.
    last: Instant,
    /// The time of the last line.
    line: Instant,
    done: usize,
}

enum Output {
    Nothing,
    Bar(ProgressBar),
    Lines(Box<dyn Write + Send>),
}

impl Progress {
    /// Shows progress on standard error.
    #[allow(clippy::new_without_default, reason = "a default would not say that it writes to standard error")]
    pub fn new() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        Progress::with(if bar.is_hidden() { Output::Lines(Box::new(io::stderr())) } else { styled(bar) })
    }

    /// Shows nothing, so that a program can switch progress off without another branch.
    pub fn off() -> Self {
        Progress::with(Output::Nothing)
    }

    /// Writes lines to `writer`, as to standard error where that is no terminal: into a file, for example.
    pub fn to_writer(writer: impl Write + Send + 'static) -> Self {
        Progress::with(Output::Lines(Box::new(writer)))
    }

    fn with(output: Output) -> Self {
        let now = Instant::now();
        Progress {
            every: EVERY,
            state: Mutex::new(State { output, start: now, last: now, line: now, done: 0 }),
        }
    }

    /// Sets the time between two lines. The last line of a task is always written. A bar does not depend on it.
    #[must_use]
    pub fn every(self, every: Duration) -> Self {
        Progress { every, ..self }
    }

    /// Returns an observer of the epochs of a training.
    pub fn epochs<F: Scalar>(&self) -> impl Fn(&EpochReport<F>) + Send + Sync + '_ {
        move |epoch| self.show(epoch.index + 1, epoch.of, epoch)
    }

    /// Returns an observer of trials.
    pub fn trials(&self) -> impl Fn(&TrialReport) + Send + Sync + '_ {
        move |trial| {
            let (before, cells) = trial.cell.as_ref().map_or((0, 1), |cell| (cell.index, cell.of));
            self.show(before * trial.of + trial.done, cells * trial.of, trial);
        }
    }

    /// Shows that `done` of `of` steps are done, the last of them with this report.
    fn show(&self, done: usize, of: usize, report: &dyn Display) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        // Another task has begun. Threads may report two neighbouring steps in the wrong order.
        if done == 1 && state.done > 0 {
            state.start = state.last;
        }
        let ended = done >= of;
        let left = (now - state.start).mul_f64(of.saturating_sub(done) as f64 / done.max(1) as f64);
        let text =
            format!("{report}{}", if ended { String::new() } else { format!(", {} left", Time(left)) });
        let due = ended || now - state.line >= self.every;
        (state.done, state.last) = (done, now);
        match &mut state.output {
            Output::Nothing => (),
            Output::Bar(bar) => {
                if bar.is_finished() {
                    bar.reset();
                }
                bar.set_length(of as u64);
                bar.set_position(done as u64);
                bar.set_message(text);
                if ended {
                    bar.finish_and_clear();
                }
            }
            Output::Lines(writer) if due => {
                let _ = writeln!(writer, "{text}").and_then(|()| writer.flush());
                state.line = now;
            }
            Output::Lines(_) => (),
        }
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress").field("every", &self.every).finish_non_exhaustive()
    }
}

/// The message gets what the bar leaves of the width of the terminal.
fn styled(bar: ProgressBar) -> Output {
    let style = ProgressStyle::with_template("{bar:20} {pos}/{len} {wide_msg}").expect("a valid template");
    Output::Bar(bar.with_style(style).with_finish(ProgressFinish::AndClear))
}

/// A time, roughly.
struct Time(Duration);

impl Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_secs() {
            seconds @ 0..120 => write!(f, "{seconds} s"),
            seconds @ 120..7200 => write!(f, "{} min", seconds / 60),
            seconds => write!(f, "{} h {} min", seconds / 3600, seconds / 60 % 60),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use indicatif::TermLike;

    use super::*;

    /// A terminal of sixty columns that keeps what is written to it.
    #[derive(Debug, Clone, Default)]
    struct Terminal(Arc<Mutex<String>>);

    impl Terminal {
        fn write(&self, text: &str) -> io::Result<()> {
            self.0.lock().unwrap().push_str(text);
            Ok(())
        }
    }

    impl TermLike for Terminal {
        fn width(&self) -> u16 {
            60
        }
        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            self.write("\n")
        }
        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            self.write("\n")
        }
        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            self.write("\n")
        }
        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            self.write("\n")
        }
        fn write_line(&self, line: &str) -> io::Result<()> {
            self.write(&format!("{line}\n"))
        }
        fn write_str(&self, text: &str) -> io::Result<()> {
            self.write(text)
        }
        fn clear_line(&self) -> io::Result<()> {
            self.write("\n")
        }
        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_bar_fits_into_the_width_of_the_terminal() {
        let terminal = Terminal::default();
        let target = ProgressDrawTarget::term_like(Box::new(terminal.clone()));
        let progress = Progress::with(styled(ProgressBar::with_draw_target(None, target)));
        progress.show(3, 1000, &"epoch    3  loss 1.2340e-1");
        if let Output::Bar(bar) = &progress.state.lock().unwrap().output {
            bar.tick();
        }
        progress.show(4, 1000, &"x".repeat(500));
        let written = terminal.0.lock().unwrap().clone();
        assert!(written.contains("3/1000 epoch    3  loss 1.2340e-1, "), "{written:?}");
        let longest = written.lines().map(|line| line.trim_end().chars().count()).max();
        assert!(longest <= Some(60), "{written:?}");
    }

    #[test]
    fn the_time_left_is_that_of_the_task_at_hand() {
        /// A file that others can read.
        #[derive(Clone, Default)]
        struct Written(Arc<Mutex<Vec<u8>>>);
        impl Write for Written {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0.lock().unwrap().write(bytes)
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let written = Written::default();
        let progress = Progress::to_writer(written.clone()).every(Duration::ZERO);
        let passes = |seconds| {
            let mut state = progress.state.lock().unwrap();
            state.start -= Duration::from_secs(seconds);
            state.last -= Duration::from_secs(seconds);
        };
        progress.show(1, 4, &"first");
        passes(60);
        progress.show(2, 4, &"first");
        progress.show(3, 4, &"first");
        progress.show(4, 4, &"first");
        passes(30);
        progress.show(1, 2, &"second");
        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        let expected =
            ["first, 0 s left", "first, 60 s left", "first, 20 s left", "first", "second, 30 s left"];
        assert_eq!(text.lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn times_are_rough() {
        let print = |seconds| Time(Duration::from_secs(seconds)).to_string();
        assert_eq!(
            [0, 119, 120, 7199, 7200, 90061].map(print),
            ["0 s", "119 s", "2 min", "119 min", "2 h 0 min", "25 h 1 min"]
        );
    }
}
