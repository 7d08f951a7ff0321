//! Training for nn: gradient descent, many seeded trials, honest statistics.

pub mod statistics;
