//! What trials cost.

use std::fmt;
use std::iter::Sum;
use std::time::{Duration, Instant};

#[cfg(any(unix, windows))]
use cpu_time::ProcessTime;

/// What trials cost: the time that passed, and the time that CPUs worked. Costs of processes can be added up. `Display` prints
/// `100 trials in 0.320 s, 0.613 s of CPU time, 312 trials a second`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cost {
    /// The number of trials that were run.
    pub trials: usize,
    /// The time from the first to the last trial, added up over processes.
    pub wall: Duration,
    /// The time that all threads of the process worked meanwhile, also on something else. `None` where the system does not
    /// tell.
    pub cpu: Option<Duration>,
}

impl Cost {
    /// Of no trials.
    pub(crate) const NOTHING: Cost = Cost { trials: 0, wall: Duration::ZERO, cpu: Some(Duration::ZERO) };

    /// Returns the number of trials that one process ran in a second, or `None` if none was run.
    pub fn trials_a_second(&self) -> Option<f64> {
        (!self.wall.is_zero()).then(|| self.trials as f64 / self.wall.as_secs_f64())
    }
}

impl Sum for Cost {
    fn sum<I: Iterator<Item = Cost>>(costs: I) -> Cost {
        costs.fold(Cost::NOTHING, |sum, cost| Cost {
            trials: sum.trials.saturating_add(cost.trials),
            wall: sum.wall.saturating_add(cost.wall),
            cpu: sum.cpu.zip(cost.cpu).map(|(sum, cost)| sum.saturating_add(cost)),
        })
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wall = three_digits(self.wall.as_secs_f64());
        write!(f, "{} trial{} in {wall} s", self.trials, if self.trials == 1 { "" } else { "s" })?;
        if let Some(cpu) = self.cpu {
            write!(f, ", {} s of CPU time", three_digits(cpu.as_secs_f64()))?;
        }
        self.trials_a_second().map_or(Ok(()), |rate| write!(f, ", {} trials a second", three_digits(rate)))
    }
}

/// Three significant digits, or all before the point; at most nine after it.
fn three_digits(value: f64) -> String {
    let mut decimals = 0;
    let mut scaled = value;
    while scaled > 0.0 && scaled < 100.0 && decimals < 9 {
        scaled *= 10.0;
        decimals += 1;
    }
    format!("{value:.decimals$}")
}

/// A clock that runs while trials do.
pub(crate) struct Clock {
    wall: Instant,
    #[cfg(any(unix, windows))]
    cpu: Option<ProcessTime>,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Clock {
            wall: Instant::now(),
            #[cfg(any(unix, windows))]
            cpu: ProcessTime::try_now().ok(),
        }
    }

    pub(crate) fn stop(&self, trials: usize) -> Cost {
        Cost { trials, wall: self.wall.elapsed(), cpu: self.cpu() }
    }

    #[cfg(any(unix, windows))]
    fn cpu(&self) -> Option<Duration> {
        self.cpu.and_then(|start| start.try_elapsed().ok())
    }

    #[cfg(not(any(unix, windows)))]
    fn cpu(&self) -> Option<Duration> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_add_up_and_are_printed_with_three_digits() {
        let cost = |trials, wall, cpu| Cost {
            trials,
            wall: Duration::from_secs_f64(wall),
            cpu: Some(Duration::from_secs_f64(cpu)),
        };
        let sum: Cost = [cost(99, 0.3, 0.5), cost(1, 0.02, 0.113)].into_iter().sum();
        assert_eq!(sum.to_string(), "100 trials in 0.320 s, 0.613 s of CPU time, 312 trials a second");
        assert_eq!(
            cost(1, 7200.4, 12.34).to_string(),
            "1 trial in 7200 s, 12.3 s of CPU time, 0.000139 trials a second"
        );
        assert_eq!(Cost::NOTHING.to_string(), "0 trials in 0 s, 0 s of CPU time");
        let untold = Cost { cpu: None, ..cost(3, 1.5, 0.0) };
        assert_eq!(untold.to_string(), "3 trials in 1.50 s, 2.00 trials a second");
        assert_eq!([untold, cost(1, 1.0, 1.0)].into_iter().sum::<Cost>().cpu, None);
    }

    #[test]
    fn a_clock_sees_work_but_no_sleep_as_time_of_the_cpu() {
        let clock = Clock::start();
        std::thread::sleep(Duration::from_millis(20));
        let slept = clock.stop(1);
        assert!(slept.wall >= Duration::from_millis(20));
        while clock.stop(1).cpu <= slept.cpu {
            std::hint::black_box((0..1000).sum::<u64>());
        }
    }
}
