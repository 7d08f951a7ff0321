//! Threads in addition to the caller's, kept from one run to the next.

use std::sync::{Arc, Mutex, PoisonError};

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

/// Returns a pool of `count` idle threads, made once and kept. The operating system wakes an existing thread on a free core,
/// but may let a new one wait milliseconds for the core of the thread that made it: time enough to train hundreds of small
/// networks.
pub(super) fn helpers(count: usize) -> Result<Arc<ThreadPool>, ThreadPoolBuildError> {
    static POOLS: Mutex<Vec<Arc<ThreadPool>>> = Mutex::new(Vec::new());
    let mut pools = POOLS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(pool) = pools.iter().find(|pool| pool.current_num_threads() == count) {
        return Ok(pool.clone());
    }
    let pool = Arc::new(ThreadPoolBuilder::new().num_threads(count).build()?);
    pools.push(pool.clone());
    Ok(pool)
}
