//! Times a region of nn's own program, and measures its memory.

use std::fs;
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;

/// Measures wall time and CPU time side by side.
pub(super) struct Clock(Instant, ProcessTime);

impl Clock {
    /// Starts both. The peak of the memory starts anew as well.
    pub(super) fn start() -> Self {
        // A system that cannot do this reports the peak of the whole process.
        let _ = fs::write("/proc/self/clear_refs", "5");
        Clock(Instant::now(), ProcessTime::now())
    }

    /// Returns wall and CPU seconds since the start.
    pub(super) fn stop(self) -> (f64, f64) {
        (self.0.elapsed().as_secs_f64(), self.1.elapsed().as_secs_f64())
    }
}

/// Peak resident memory of this process since a clock last started, in KiB, if the system reports it.
pub(super) fn peak_memory() -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Repeats `once`, which takes long itself, for `seconds` after a first call to warm up. If the first call takes as long, it
/// is the measurement. Returns wall time, CPU time and the number of calls.
///
/// # Errors
/// The error of `once`.
pub(super) fn repeat_long(
    seconds: f64,
    mut once: impl FnMut() -> Result<(), String>,
) -> Result<(f64, f64, usize), String> {
    let clock = Clock::start();
    once()?;
    let (wall, cpu) = clock.stop();
    if wall >= seconds {
        return Ok((wall, cpu, 1));
    }
    let (clock, mut count) = (Clock::start(), 0);
    while count == 0 || clock.0.elapsed().as_secs_f64() < seconds {
        once()?;
        count += 1;
    }
    let (wall, cpu) = clock.stop();
    Ok((wall, cpu, count))
}

/// Calls `once` for half of `seconds` to warm up, then for `seconds`. Returns wall time, CPU time and the number of calls.
/// Reads the clock only about once per millisecond.
pub(super) fn repeat(seconds: f64, mut once: impl FnMut()) -> (f64, f64, usize) {
    let mut repeat = |seconds: f64, chunk: usize| {
        let (clock, length) = (Clock::start(), Duration::from_secs_f64(seconds));
        let mut count = 0;
        // A busy machine may let the time pass before the first call.
        while count == 0 || clock.0.elapsed() < length {
            (0..chunk).for_each(|_| once());
            count += chunk;
        }
        let (wall, cpu) = clock.stop();
        (wall, cpu, count)
    };
    let (wall, _, count) = repeat(seconds / 2.0, 1);
    repeat(seconds, (1e-3 * count as f64 / wall).ceil() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_work_is_timed_at_once_and_a_short_one_after_warming_up() {
        let calls = |seconds| {
            let mut calls = 0;
            let (_, _, count) = repeat_long(seconds, || {
                calls += 1;
                Ok(())
            })
            .unwrap();
            (calls, count)
        };
        assert_eq!(calls(0.0), (1, 1));
        let (all, timed) = calls(0.01);
        assert_eq!(all, timed + 1);
        assert_eq!(repeat_long(0.0, || Err("no".into())), Err("no".into()));
    }
}
