//! Threads that share the work of a step, and stay awake for a moment because more work usually follows.
//!
//! Waking a sleeping thread takes as long as a small matrix product. Idle helpers therefore look for work a little
//! longer before they sleep, and work that is too short to wait for sleeping helpers is shared only with helpers that
//! are awake. If they sleep, they are woken for the next time, and the caller works alone.
//!
//! It is more than plain scopes of rayon, and stays because of what it gains: steps of 784-128-10 and of 784-512-512-10, by SGD
//! and by Adam, take an eighth less time with it, whole epochs of them between nothing and a tenth less (two shared cores of an
//! Intel Xeon, 2026-11-29, interleaved, medians).
//!
//! The parts are the same whichever thread does them: threads change no bit of a result as long as no part needs the
//! result of another.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};
use std::time::{Duration, Instant};
use std::{env, hint, thread};

use rayon::{ThreadPool, ThreadPoolBuilder, Yield};

/// The minimum cost at which work is shared: with helpers that are already awake (`SHORT`), or with any (`LONG`).
const SHORT: usize = 1 << 21;
const LONG: usize = 1 << 23;

/// The cost of changing one value in place, most of which is reading and writing memory.
pub const NUMBER: usize = 32;

/// The time for which an idle helper looks for work before it sleeps.
const AWAKE: Duration = Duration::from_micros(100);

/// The maximum number of threads: with more, parts become small, and each helper that is awake keeps a core busy.
const MOST: usize = 8;

/// The number of times the caller polls for completion before it sleeps, the first `EAGER_LOOKS` of them without yielding.
const LOOKS: usize = 1000;
const EAGER_LOOKS: usize = 200;

/// All threads except the caller's; `None` if they could not be started.
static TEAM: OnceLock<Option<Team>> = OnceLock::new();

struct Team {
    pool: ThreadPool,
    /// Which helpers are awake (looking for work or doing it), and how many.
    awake: Vec<AtomicBool>,
    count: AtomicUsize,
    /// Held by the thread whose work is shared: a thread that asks meanwhile works alone.
    asking: Mutex<()>,
}

thread_local! {
    /// Whether the thread is within [`alone`].
    static ALONE: Cell<bool> = const { Cell::new(false) };
}

/// Does `work` without sharing any of it: for one of several threads that each have work of their own, such as the
/// trials of an experiment.
pub fn alone<R>(work: impl FnOnce() -> R) -> R {
    /// Restores the previous value, even after a panic.
    struct Before(bool);
    impl Drop for Before {
        fn drop(&mut self) {
            ALONE.set(self.0);
        }
    }
    let _before = Before(ALONE.replace(true));
    work()
}

/// Returns the number of parts to divide work of this cost (in multiplications) into: as many as the environment variable
/// `RAYON_NUM_THREADS` says when the first work is divided, otherwise one for each core, and at most eight. Returns 1 if the
/// work is too short, within [`alone`], or within a rayon pool, whose other threads have work of their own.
///
/// Nothing is known of other threads: several that train at once each divide their work for the whole machine. Let each
/// of them run within [`alone`].
#[inline]
pub fn threads(cost: usize) -> usize {
    if cost < SHORT || ALONE.get() || rayon::current_thread_index().is_some() { 1 } else { most() }
}

/// Returns the maximum number of threads. Reads the variable itself, because to ask rayon is to start its global pool, with
/// all the threads that the variable says, and to panic where they cannot start.
fn most() -> usize {
    static NUMBER: OnceLock<usize> = OnceLock::new();
    *NUMBER.get_or_init(|| {
        let asked = env::var("RAYON_NUM_THREADS").ok().and_then(|number| number.parse().ok());
        let cores = || thread::available_parallelism().map_or(1, std::num::NonZero::get);
        asked.filter(|&number| number > 0).unwrap_or_else(cores).min(MOST)
    })
}

/// Does `work` for all parts, whose total cost is `cost`.
///
/// This thread takes parts from the front and helpers take them from the back. From one step to the next, about the
/// same parts, and the memory that they touch, therefore stay with one thread.
///
/// Nothing is shared, and this thread does all parts from first to last, if there are fewer than two, if [`threads`]
/// returns 1 for this cost, if the work is short and helpers sleep, while another call is sharing, on another thread or
/// around this one, or if helpers cannot be started.
///
/// The number of parts that [`threads`] asks for depends on the machine and on `RAYON_NUM_THREADS`. Do not add up one
/// partial sum per part: the total would be rounded differently elsewhere.
///
/// # Panics
///
/// If `work` does. The panic reaches the caller after all threads have stopped; the other parts may or may not be done.
/// The next call is shared as before.
///
/// ```
/// use nn_core::team::{NUMBER, share, threads};
/// let mut numbers = vec![1.0; 100_000];
/// let cost = NUMBER * numbers.len();
/// let part = numbers.len().div_ceil(threads(cost));
/// share(cost, numbers.chunks_mut(part), |numbers| {
///     numbers.iter_mut().for_each(|number| *number *= 2.0)
/// });
/// assert!(numbers.iter().all(|&number| number == 2.0));
/// ```
pub fn share<P: Send>(
    cost: usize,
    parts: impl DoubleEndedIterator<Item = P> + ExactSizeIterator + Send,
    work: impl Fn(P) + Sync,
) {
    let alone = parts.len() < 2 || threads(cost) == 1;
    let team = if alone { None } else { TEAM.get_or_init(Team::new).as_ref() };
    if let Some(team) = team
        && let Some(_asking) = team.ask()
        && (team.wake() || cost >= LONG)
    {
        team.share(parts, work);
    } else {
        parts.for_each(work);
    }
}

impl Team {
    fn new() -> Option<Team> {
        let helpers = threads(LONG) - 1;
        let pool = ThreadPoolBuilder::new().num_threads(helpers).build().ok()?;
        let awake = (0..helpers).map(|_| AtomicBool::new(false)).collect();
        Some(Team { pool, awake, count: AtomicUsize::new(0), asking: Mutex::new(()) })
    }

    /// Returns `None` while another call is sharing. A lock poisoned by an earlier panic is taken: the panic leaves
    /// nothing inconsistent behind.
    fn ask(&self) -> Option<MutexGuard<'_, ()>> {
        match self.asking.try_lock() {
            Ok(asking) => Some(asking),
            Err(TryLockError::Poisoned(error)) => Some(error.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Returns whether all helpers were awake; wakes them otherwise.
    fn wake(&'static self) -> bool {
        let awake = self.count.load(Ordering::Relaxed) == self.awake.len();
        if !awake {
            self.pool.spawn_broadcast(|helper| self.look_for_work(helper.index()));
        }
        awake
    }

    /// Looks for work until the helper has been idle for [`AWAKE`], and lets other threads run meanwhile.
    fn look_for_work(&self, helper: usize) {
        if self.awake[helper].swap(true, Ordering::Relaxed) {
            return;
        }
        self.count.fetch_add(1, Ordering::Relaxed);
        let mut since = Instant::now();
        while since.elapsed() < AWAKE {
            match rayon::yield_now() {
                Some(Yield::Executed) => since = Instant::now(),
                _ => thread::yield_now(),
            }
        }
        self.count.fetch_sub(1, Ordering::Relaxed);
        self.awake[helper].store(false, Ordering::Relaxed);
    }

    /// Shares the parts, of which there must be at least one.
    fn share<P: Send>(
        &self,
        parts: impl DoubleEndedIterator<Item = P> + ExactSizeIterator + Send,
        work: impl Fn(P) + Sync,
    ) {
        // More helpers would find nothing left.
        let helpers = (parts.len() - 1).min(self.awake.len());
        let parts = Mutex::new(parts);
        let first = || parts.lock().unwrap_or_else(PoisonError::into_inner).next();
        let last = || parts.lock().unwrap_or_else(PoisonError::into_inner).next_back();
        let busy = AtomicUsize::new(helpers);
        self.pool.in_place_scope(|scope| {
            for _ in 0..helpers {
                scope.spawn(|_| {
                    std::iter::from_fn(last).for_each(&work);
                    busy.fetch_sub(1, Ordering::Release);
                });
            }
            std::iter::from_fn(first).for_each(&work);
            // The end of the scope sleeps until the helpers are done. Mostly they are, or nearly, so poll first.
            for look in 0..LOOKS {
                if busy.load(Ordering::Acquire) == 0 {
                    break;
                }
                if look < EAGER_LOOKS { hint::spin_loop() } else { thread::yield_now() }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
    use std::thread::ThreadId;

    /// The time limit for what must happen.
    const PATIENCE: Duration = Duration::from_secs(60);

    /// Shares eight parts; returns what was done with them and by which threads.
    fn eight(cost: usize) -> (Vec<usize>, HashSet<ThreadId>) {
        let mut numbers = vec![0; 8];
        let by = Mutex::new(HashSet::new());
        share(cost, numbers.iter_mut().enumerate(), |(index, number)| {
            thread::sleep(Duration::from_millis(1));
            by.lock().unwrap().insert(thread::current().id());
            *number += index;
        });
        (numbers, by.into_inner().unwrap())
    }

    /// Shares two parts and does `work` in both while the other thread is in the other part; `work` is told whether it
    /// runs on a helper. Other tests may ask at the same time, so this repeats until it could share.
    fn in_shared_work(work: impl Fn(bool) + Sync) {
        let asker = thread::current().id();
        let since = Instant::now();
        let mut done = 0;
        while done < 2 {
            assert!(since.elapsed() < PATIENCE, "never shared");
            let (by, works) = (Mutex::new(HashSet::new()), AtomicUsize::new(0));
            let attempt = Instant::now();
            share(LONG, 0..2, |_| {
                let me = thread::current().id();
                by.lock().unwrap().insert(me);
                while by.lock().unwrap().len() < 2 {
                    if attempt.elapsed() > Duration::from_millis(100) {
                        return;
                    }
                    thread::yield_now();
                }
                work(me != asker);
                works.fetch_add(1, Ordering::Relaxed);
            });
            done = works.into_inner();
        }
    }

    /// Wakes all helpers.
    fn wake(team: &'static Team) {
        let since = Instant::now();
        while !team.wake() {
            assert!(since.elapsed() < PATIENCE, "nobody woke");
            thread::yield_now();
        }
    }

    #[test]
    fn alone_nothing_is_shared_and_afterwards_it_is_as_before() {
        let me = HashSet::from([thread::current().id()]);
        let before = threads(LONG);
        alone(|| {
            alone(|| assert_eq!((threads(LONG), eight(LONG).1), (1, me.clone())));
            assert_eq!((threads(LONG), eight(LONG).1), (1, me.clone()));
            assert!(catch_unwind(|| alone(|| panic!("in work"))).is_err());
            assert_eq!(threads(LONG), 1);
        });
        assert!(catch_unwind(|| alone(|| panic!("in work"))).is_err());
        assert_eq!(threads(LONG), before);
    }

    #[test]
    fn every_part_is_done_once_and_helpers_do_some() {
        for cost in [0, SHORT, LONG] {
            let since = Instant::now();
            let [mut runs, mut most] = [0; 2];
            // Other tests may ask at the same time, or keep the helpers from running, so this repeats as often as it takes.
            while runs < 10 || (most < threads(cost).min(2) && since.elapsed() < PATIENCE) {
                if threads(LONG) > 1 {
                    wake(TEAM.get_or_init(Team::new).as_ref().unwrap());
                }
                let (numbers, by) = eight(cost);
                assert!(numbers.into_iter().eq(0..8), "{cost}");
                runs += 1;
                most = most.max(by.len());
            }
            assert_eq!(most > 1, threads(cost) > 1, "{cost}");
        }
    }

    #[test]
    fn helpers_wake_for_the_next_time_and_sleep_again() {
        if threads(LONG) == 1 {
            return;
        }
        // A separate team, asleep, that no other test asks.
        let team: &'static Team = Box::leak(Box::new(Team::new().unwrap()));
        assert!(!team.wake());
        wake(team);
        let since = Instant::now();
        while team.count.load(Ordering::Relaxed) > 0 {
            assert!(since.elapsed() < PATIENCE, "nobody sleeps");
            thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn nothing_is_shared_within_a_pool_nor_with_a_second_that_asks() {
        let alone = |(numbers, by): (Vec<usize>, HashSet<ThreadId>)| {
            assert!(numbers.into_iter().eq(0..8));
            assert_eq!(by.len(), 1);
        };
        let pool = ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        alone(pool.install(|| eight(LONG)));
        if threads(LONG) == 1 {
            return;
        }
        // While one thread asks a second time, the other is free to help, but must not.
        for asked_by_helper in [false, true] {
            in_shared_work(|helper| {
                if helper == asked_by_helper {
                    alone(eight(LONG));
                    alone(thread::scope(|scope| scope.spawn(|| eight(LONG)).join().unwrap()));
                }
            });
        }
    }

    #[test]
    fn one_part_leaves_the_helpers_to_the_work_inside() {
        share(LONG, 0..0, |_| panic!("no part"));
        if threads(LONG) > 1 {
            share(LONG, 0..1, |_| in_shared_work(|_| ()));
        }
    }

    #[test]
    fn a_panic_reaches_the_caller_and_the_next_work_is_shared_again() {
        if threads(LONG) == 1 {
            return;
        }
        for by_helper in [false, true] {
            let panics = |helper| {
                if helper == by_helper {
                    resume_unwind(Box::new("on purpose"));
                }
            };
            let panic = catch_unwind(AssertUnwindSafe(|| in_shared_work(panics))).unwrap_err();
            assert_eq!(panic.downcast_ref(), Some(&"on purpose"), "{by_helper}");
            in_shared_work(|_| ());
        }
    }
}
