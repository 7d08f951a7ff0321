//! The experiments. Each is a file of its own: its names, what a trial does, and what its figure shows. The first three
//! are the report's.
//!
//! To add an experiment, write its file, declare it here and add its row to [`ALL`].

pub mod attention;
pub mod classification;
pub mod convolution;
pub mod convolution_matrix;
mod experiment;
mod final_losses;
mod findings;
pub mod linear_classification;
pub mod linear_regression;
mod loss_panel;
pub mod nonlinear_classification;
pub mod optimisers;
pub mod sequences;
mod settings;
pub mod spirals;

pub use experiment::{Experiment, Request};
pub use findings::{ExperimentError, Findings, Losses, TrialSet};
pub use settings::{Precision, Settings};

/// The table of experiments, in the order of the help text, of a run and of `summary.csv`.
pub static ALL: &[Experiment] = &[
    linear_regression::EXPERIMENT,
    linear_classification::EXPERIMENT,
    nonlinear_classification::EXPERIMENT,
    spirals::EXPERIMENT,
    optimisers::EXPERIMENT,
    convolution::EXPERIMENT,
    convolution_matrix::EXPERIMENT,
    sequences::EXPERIMENT,
    attention::EXPERIMENT,
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_of_experiments_and_of_their_sets_of_trials_differ() {
        let names: BTreeSet<&str> = ALL.iter().map(|experiment| experiment.name).collect();
        assert_eq!(names.len(), ALL.len());
        let sets: Vec<&str> = ALL.iter().flat_map(|experiment| experiment.sets).copied().collect();
        assert_eq!(sets.iter().collect::<BTreeSet<_>>().len(), sets.len());
    }

    #[test]
    fn an_experiment_finds_the_sets_of_trials_of_its_row_in_both_precisions() {
        let settings =
            Settings { trials: 2, samples: 8, epochs: 3, learning_rate: 0.01, seed: 1, threads: 1 };
        for experiment in ALL {
            for precision in [Precision::F32, Precision::F64] {
                let request = Request {
                    settings: &settings,
                    task: &nn_train::Task::Whole,
                    keep_curves: false,
                    progress: &|| (),
                };
                let findings = experiment.run(precision, &request).unwrap().unwrap();
                let names: Vec<&str> = findings.sets.iter().map(|set| set.name).collect();
                assert_eq!(names, experiment.sets);
                let svg = findings.figure.draw().unwrap().svg();
                assert!(svg.contains("</desc>"), "{} is described to no screen reader", experiment.name);
            }
        }
    }
}
