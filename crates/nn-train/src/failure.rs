//! Trials that fail: the trial, and why.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// The result of a trial or of a part of it, or why there is none.
pub(crate) type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// The maximum number of characters of a cause in a message. The cause itself is kept whole.
pub(crate) const LONGEST: usize = 1000;

/// A trial that failed while others went on, see [`Trials::keep_going`](crate::Trials::keep_going). As an error it prints
/// "trial 3: " and the cause, shortened if it is long; its [`source`](Error::source) is the cause.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Failure {
    /// The index of the trial, counted from 0.
    pub index: usize,
    /// The error that the trial returned, [`Panicked`] if it panicked, or the [`RunError`](crate::RunError) of a run that
    /// cannot be used.
    pub cause: Arc<dyn Error + Send + Sync>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "trial {}: {}", self.index, shortened(&self.cause, LONGEST))
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.cause)
    }
}

/// A trial that panicked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("panicked: {message}")]
#[non_exhaustive]
pub struct Panicked {
    /// The message of the panic, shortened if it is long.
    pub message: String,
}

impl Panicked {
    /// Reads the message of a caught panic.
    pub(crate) fn new(panic: &(dyn Any + Send)) -> Self {
        let text = panic.downcast_ref::<&str>().copied();
        let message = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        Panicked { message: shortened(message.unwrap_or("without a message"), LONGEST) }
    }
}

/// Returns the printed value, with the end cut off where it is longer than this number of characters.
pub(crate) fn shortened(value: impl ToString, characters: usize) -> String {
    let mut text = value.to_string();
    if let Some((end, _)) = text.char_indices().nth(characters) {
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_of_a_panic_is_kept_if_it_is_text() {
        let message = |panic: Box<dyn Any + Send>| Panicked::new(&*panic).message;
        assert_eq!(message(Box::new("plain")), "plain");
        assert_eq!(message(Box::new("formatted".to_owned())), "formatted");
        assert_eq!(message(Box::new(7)), "without a message");
    }

    #[test]
    fn long_messages_are_shortened_between_characters() {
        let panicked = Panicked::new(&"∂".repeat(1001));
        assert_eq!(panicked.message, format!("{}…", "∂".repeat(1000)));
        let cause = Arc::new(Panicked { message: "∂".repeat(1 << 20) });
        let failure = Failure { index: 3, cause };
        let printed = failure.to_string();
        assert!(printed.starts_with("trial 3: panicked: ∂∂") && printed.chars().count() == 1010, "{printed}");
        assert_eq!(failure.source().unwrap().to_string().chars().count(), (1 << 20) + 10, "kept whole");
        assert_eq!(shortened("four", 4), "four");
    }
}
