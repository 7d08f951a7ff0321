//! Times a region of nn's own program.

use std::time::{Duration, Instant};

use cpu_time::ProcessTime;

/// Measures wall time and CPU time side by side.
pub(super) struct Clock(Instant, ProcessTime);

impl Clock {
    /// Starts both.
    pub(super) fn start() -> Self {
        Clock(Instant::now(), ProcessTime::now())
    }

    /// Returns wall and CPU seconds since the start.
    pub(super) fn stop(self) -> (f64, f64) {
        (self.0.elapsed().as_secs_f64(), self.1.elapsed().as_secs_f64())
    }
}

/// Calls `once` for half of `seconds` to warm up, then for `seconds`. Returns wall time, CPU time and the number of calls.
/// Reads the clock only about once per millisecond.
pub(super) fn repeat(seconds: f64, mut once: impl FnMut()) -> (f64, f64, usize) {
    let mut repeat = |seconds: f64, chunk: usize| {
        let (clock, length) = (Clock::start(), Duration::from_secs_f64(seconds));
        let mut count = 0;
        while clock.0.elapsed() < length {
            (0..chunk).for_each(|_| once());
            count += chunk;
        }
        let (wall, cpu) = clock.stop();
        (wall, cpu, count)
    };
    let (wall, _, count) = repeat(seconds / 2.0, 1);
    repeat(seconds, (1e-3 * count as f64 / wall).ceil() as usize)
}
