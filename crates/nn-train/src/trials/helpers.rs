//! Threads in addition to the caller's, kept from one run to the next.

use std::sync::{Mutex, PoisonError};
use std::{iter, mem};

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

/// The pool of the last run. The operating system wakes an existing thread on a free core, but may let a new one wait
/// milliseconds for the core of the thread that made it: time enough to train hundreds of small networks. Only one pool is
/// kept, so however many runs a program makes, with whatever numbers of threads, it keeps no more threads than its largest
/// run had.
static KEPT: Mutex<Option<ThreadPool>> = Mutex::new(None);

/// Does `work` on this thread and at the same time on this number of other threads, or on as many as can be started.
pub(super) fn with_helpers(helpers: usize, work: impl Fn() + Sync) {
    let Some(pool) = borrow(helpers) else { return work() };
    pool.in_place_scope(|scope| {
        (0..helpers.min(pool.current_num_threads())).for_each(|_| scope.spawn(|_| work()));
        work();
    });
    give_back(pool);
}

/// Takes the kept pool, or starts another if it is too small. The second of two runs at the same time finds none: in a pool
/// that is busy, its helpers would have to wait for the end of the other run.
fn borrow(helpers: usize) -> Option<ThreadPool> {
    if helpers == 0 {
        return None;
    }
    let kept = mem::take(&mut *KEPT.lock().unwrap_or_else(PoisonError::into_inner));
    enough(helpers, kept, build)
}

/// Keeps the larger of two pools. The threads of the other one end.
fn give_back(pool: ThreadPool) {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.as_ref().is_none_or(|kept| kept.current_num_threads() < pool.current_num_threads()) {
        *kept = Some(pool);
    }
}

/// Returns a pool of at least this many threads, the kept one or a new one. Where the system does not allow so many, it is
/// the kept one all the same, or else one of half as many, and so on.
fn enough(
    helpers: usize,
    kept: Option<ThreadPool>,
    build: impl Fn(usize) -> Result<ThreadPool, ThreadPoolBuildError>,
) -> Option<ThreadPool> {
    let fewer = |&threads: &usize| (threads > 1).then_some(threads / 2);
    match kept {
        Some(pool) if pool.current_num_threads() >= helpers => Some(pool),
        Some(pool) => build(helpers).ok().or(Some(pool)),
        None => iter::successors(Some(helpers), fewer).find_map(|threads| build(threads).ok()),
    }
}

fn build(threads: usize) -> Result<ThreadPool, ThreadPoolBuildError> {
    ThreadPoolBuilder::new().num_threads(threads).thread_name(|_| "nn-trials".to_owned()).build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    use std::{io, thread};

    /// Builds a pool on a system that has so many threads left.
    fn of_at_most(most: usize) -> impl Fn(usize) -> Result<ThreadPool, ThreadPoolBuildError> {
        move |threads| {
            assert!(threads > 0, "rayon takes 0 for as many as there are CPUs");
            let spawn = |helper: rayon::ThreadBuilder| {
                if helper.index() >= most {
                    return Err(io::ErrorKind::WouldBlock.into());
                }
                thread::Builder::new().spawn(|| helper.run()).map(drop)
            };
            ThreadPoolBuilder::new().num_threads(threads).spawn_handler(spawn).build()
        }
    }

    #[test]
    fn where_threads_cannot_start_there_are_fewer_or_none() {
        let size = |wanted, kept, most| {
            let kept = (kept > 0).then(|| build(kept).unwrap());
            enough(wanted, kept, of_at_most(most)).map_or(0, |pool| pool.current_num_threads())
        };
        for (wanted, kept, most, found) in [
            (1, 0, 9, 1),
            (8, 0, 8, 8),
            (8, 0, 7, 4),
            (63, 0, 1, 1),
            (8, 0, 1, 1),
            (9, 0, 3, 2),
            (1, 0, 0, 0),
            (1000, 0, 0, 0),
            (8, 3, 8, 8),
            (8, 3, 7, 3),
            (8, 8, 0, 8),
            (2, 8, 0, 8),
        ] {
            assert_eq!(size(wanted, kept, most), found, "{wanted} wanted, {kept} kept, {most} can start");
        }
    }

    /// One test, because there is one kept pool.
    #[test]
    fn one_pool_is_kept_and_runs_at_the_same_time_do_not_wait_for_each_other() {
        let kept = || KEPT.lock().unwrap().as_ref().map(ThreadPool::current_num_threads);
        let calls = |helpers| {
            let calls = AtomicUsize::new(0);
            with_helpers(helpers, || {
                calls.fetch_add(1, Relaxed);
            });
            calls.into_inner()
        };
        assert_eq!((calls(0), kept()), (1, None));
        for (helpers, size) in [(1, 1), (3, 3), (2, 3), (3, 3), (5, 5), (1, 5), (0, 5)] {
            assert_eq!((calls(helpers), kept()), (helpers + 1, Some(size)), "{helpers}");
        }
        // Runs within a run have threads of their own, which end with them.
        with_helpers(5, || assert_eq!((calls(2), calls(7)), (3, 8)));
        assert_eq!(kept(), Some(7));
    }
}
