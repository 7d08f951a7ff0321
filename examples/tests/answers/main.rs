//! The answers to the exercises of `docs/learn`: three tests for each chapter, in a file that has the name of
//! its program. Each does what its exercise asks for and asserts what can be seen then.

mod better;
mod boundary;
mod images;
mod line;
mod sequences;
mod xor;
