//! Prints for a person. `println!` and `eprintln!` panic when their stream is closed or full; nothing here does.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::process::{self, ExitCode};

/// The status that shells report for a program that SIGPIPE has ended: 128 + 13.
const CLOSED_PIPE: i32 = 141;

/// Prints a line to standard output. When nobody reads it any longer, as in `cargo xtask figures | head -1`, the process
/// ends without a word, as the tools of Unix do.
///
/// # Errors
/// One line, when standard output cannot take the text, for example because a disk is full.
pub(crate) fn say(line: impl Display) -> Result<(), String> {
    let mut stdout = io::stdout().lock();
    match writeln!(stdout, "{line}").and_then(|()| stdout.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => process::exit(CLOSED_PIPE),
        Err(error) => Err(format!("cannot write to standard output: {error}")),
    }
}

/// Prints a line to standard error. When that fails, no other place is left to say so.
pub(crate) fn complain(line: impl Display) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Turns the result of a task into the status of the process, and prints its error.
pub fn finish(result: Result<(), String>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            complain(format_args!("error: {message}"));
            ExitCode::FAILURE
        }
    }
}
