//! Ties the crates of nn together: declares the experiments of the report, writes their figures and numbers, compares nn
//! with other frameworks, and runs every check. Everything that knows file names or prints for a person is here.
//!
//! Data flows one way: [`cli`] reads the command line into the options of one task, and the task is given these options.

pub mod ci;
pub mod cli;
pub mod compare;
pub mod completions;
mod directory;
pub mod doc;
pub mod experiments;
pub mod figures;
pub mod json;
pub mod list;
mod paths;
pub mod print;
mod progress;
mod seconds;
pub mod site;
mod values;
pub mod weight;
mod wrap;
