//! What is wrong with a document, and where.

use std::error::Error;
use std::fmt;

/// A fault in a document or in a finished page. No site is made while there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteError {
    /// The document or the page, from the root of the repository or of the site.
    pub file: String,
    /// The line, counted from 1, if one is known.
    pub line: Option<usize>,
    /// What was found, what was expected, and what to do.
    pub problem: String,
}

impl SiteError {
    pub(crate) fn new(file: &str, line: Option<usize>, problem: impl Into<String>) -> Self {
        Self { file: file.into(), line, problem: problem.into() }
    }
}

impl fmt::Display for SiteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.problem),
            None => write!(f, "{}: {}", self.file, self.problem),
        }
    }
}

impl Error for SiteError {}
