//! What a program prints when its `main` returns an error.

use std::error::Error;
use std::fmt;

use nn_core::AnyError;

/// An error with a cause, which repeats the message of its cause or does not.
#[derive(Debug)]
struct Failed {
    message: &'static str,
    cause: Option<Box<Failed>>,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message)
    }
}

impl Error for Failed {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}

fn failed(messages: &[&'static str]) -> Failed {
    let (message, rest) = messages.split_first().expect("at least one message");
    Failed { message, cause: (!rest.is_empty()).then(|| Box::new(failed(rest))) }
}

#[test]
fn an_error_is_a_sentence_and_each_cause_is_said_once() {
    let printed = |messages: &[&'static str]| format!("{:?}", AnyError::from(failed(messages)));
    assert_eq!(printed(&["the disk is full"]), "the disk is full");
    assert_eq!(printed(&["trial 3: the disk is full", "the disk is full"]), "trial 3: the disk is full");
    assert_eq!(
        printed(&["cannot save", "a.svg: no space", "no space", "error 28"]),
        "cannot save\n  caused by: a.svg: no space\n  caused by: error 28"
    );
}

#[test]
fn it_passes_through_functions_that_return_boxed_errors() {
    fn inner() -> Result<(), AnyError> {
        Err(failed(&["no data"]))?
    }
    fn outer() -> Result<(), Box<dyn Error + Send + Sync>> {
        Ok(inner()?)
    }
    let error = outer().unwrap_err();
    assert!(error.is::<Failed>());
    assert_eq!(AnyError::from(failed(&["no data"])).to_string(), "no data");
}
