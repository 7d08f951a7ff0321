//! The peak of the memory in use, for each thread.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Measuring;

thread_local! {
    static USED: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
}

fn add(size: isize) {
    let used = USED.get() + size;
    USED.set(used);
    MOST.set(MOST.get().max(used));
}

// SAFETY: every method forwards its arguments to the system's allocator, so it keeps the promises of that. A `realloc` is the
// trait's default, which allocates, copies and frees.
unsafe impl GlobalAlloc for Measuring {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add(layout.size() as isize);
        // SAFETY: the caller keeps the rules of this method, which are those of that.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        add(-(layout.size() as isize));
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Measuring = Measuring;

/// Returns the result of `work` and the maximum number of bytes that it had in use, its result included.
pub fn peak<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = USED.get();
    MOST.set(before);
    let made = work();
    (made, (MOST.get() - before) as usize)
}
