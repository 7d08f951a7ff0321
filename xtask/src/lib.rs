//! Wires the crates of nn together: declares the experiments of the report, writes their figures and numbers, and runs
//! every check. Everything that knows file names or prints for a person is here.

pub mod ci;
pub mod cli;
pub mod compare;
pub mod experiments;
pub mod figures;
