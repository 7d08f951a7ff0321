//! The tests of nn-data, in one program: what they share is compiled once.

mod augment;
mod batches;
mod csv;
mod csv_errors;
mod csv_messy;
mod csv_properties;
mod csv_table;
mod csv_threads;
mod datasets;
mod fuzz;
mod generators;
mod idx;
mod masked;
mod noise;
mod not_finite;
mod parts;
mod preprocess;
mod preprocess_json;
mod preprocess_oracle;
mod scikit_learn;
mod settings;
mod shapes;
mod sizes;
mod split_scale;
mod splits;
mod weighted;
