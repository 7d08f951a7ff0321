//! Shows on standard error how far a task is: with a bar in a terminal, elsewhere with a line for each part that is done.

use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::print;

/// The progress of a task. It consists of parts, such as experiments, and these of steps, such as trials.
///
/// The bar fits into the width of the terminal, and disappears when this value is dropped.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Begins a task of this number of steps. `widest` is the length of its longest message.
    pub(crate) fn new(steps: usize, widest: usize) -> Self {
        Progress::on(ProgressDrawTarget::stderr(), steps, widest)
    }

    fn on(target: ProgressDrawTarget, steps: usize, widest: usize) -> Self {
        let template = format!("{{msg:{widest}}} {{wide_bar}} {{pos}}/{{len}}, {{elapsed}} of {{duration}}");
        let bar = ProgressBar::with_draw_target(Some(steps as u64), target);
        bar.set_style(ProgressStyle::with_template(&template).expect("a valid template"));
        Progress(bar)
    }

    /// Says what is being done.
    pub(crate) fn message(&self, message: impl Into<String>) {
        self.0.set_message(message.into());
    }

    /// Counts a step.
    pub(crate) fn step(&self) {
        self.0.inc(1);
    }

    /// Prints a line to standard error, above the bar.
    pub(crate) fn complain(&self, line: &str) {
        self.0.suspend(|| print::complain(line));
    }

    /// Reports that a part is done which began at `start`. A bar has shown it already.
    pub(crate) fn done(&self, part: &str, start: Instant) {
        if self.0.is_hidden() {
            print::complain(format_args!("{part} in {:.1} s", start.elapsed().as_secs_f64()));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use indicatif::TermLike;

    use super::*;

    /// A terminal that keeps what is written to it.
    #[derive(Debug, Clone)]
    struct Terminal {
        width: u16,
        written: Arc<Mutex<String>>,
    }

    impl Terminal {
        fn write(&self, text: &str) -> io::Result<()> {
            self.written.lock().unwrap().push_str(text);
            Ok(())
        }
    }

    impl TermLike for Terminal {
        fn width(&self) -> u16 {
            self.width
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
        for width in [60, 80, 200] {
            let terminal = Terminal { width, written: Arc::default() };
            let target = ProgressDrawTarget::term_like(Box::new(terminal.clone()));
            let progress = Progress::on(target, 8_000_000, 24);
            progress.message("nonlinear-classification");
            progress.step();
            progress.0.tick();
            let written = terminal.written.lock().unwrap().clone();
            let longest = written.lines().map(|line| line.trim_end().chars().count()).max();
            assert!(
                written.contains("nonlinear-classification ") && written.contains("/8000000, "),
                "{written:?}"
            );
            assert!(longest <= Some(width.into()), "{width}: {written:?}");
        }
    }
}
