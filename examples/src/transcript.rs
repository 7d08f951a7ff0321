//! Keeps what a program prints, so that a test can compare it with a document.

use std::cell::RefCell;
use std::fmt::Arguments;

use byhand::core::AnyError;

thread_local! {
    /// What was printed since recording began. `None` when nothing is recorded.
    static PRINTED: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Takes the place of `println!` in the test of a program, so that the test sees what the program prints.
#[macro_export]
macro_rules! record {
    ($($arguments:tt)*) => {{ $crate::record_line(format_args!($($arguments)*)); }};
}

/// Keeps a line when what is printed is being recorded; returns whether it is.
pub fn record_line(line: Arguments<'_>) -> bool {
    PRINTED.with_borrow_mut(|printed| match printed {
        Some(printed) => {
            *printed += &format!("{line}\n");
            true
        }
        None => false,
    })
}

/// Runs a program, or a part of one, and returns what it prints with [`record!`] or [`say!`](crate::say).
///
/// # Panics
/// If the program fails.
pub(crate) fn printed_by(program: impl FnOnce() -> Result<(), AnyError>) -> String {
    PRINTED.set(Some(String::new()));
    let result = program();
    let printed = PRINTED.take().unwrap_or_default();
    result.expect("the program runs to its end");
    printed
}

#[cfg(test)]
mod tests {
    use super::printed_by;

    #[test]
    fn what_is_said_is_kept_while_it_is_recorded() {
        assert!(!super::record_line(format_args!("before")));
        let printed = printed_by(|| {
            crate::say!("one\ntwo")?;
            record!("{}", 3);
            Ok(())
        });
        assert_eq!(printed, "one\ntwo\n3\n");
        assert!(!super::record_line(format_args!("after")));
    }
}
