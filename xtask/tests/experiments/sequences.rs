//! The claims about the adding problem, from some of the trials.

use nn_core::Parameters;
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_train::Ensemble;
use xtask::experiments::Settings;
use xtask::experiments::sequences::{Cell, Trained, run};

use crate::COMMITTED;

fn some(cell: Cell, steps: usize) -> Ensemble<f32, Trained<f32>> {
    let settings = Settings { trials: 8, ..COMMITTED };
    run(&settings, cell, steps, &settings.trials(&|| ())).unwrap()
}

#[test]
fn the_numbers_of_parameters_are_those_of_the_text() {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let counts = Cell::ALL.map(|cell| cell.network::<f32>(&mut rng).parameter_count());
    assert_eq!(counts, [337, 1297, 977]);
}

/// Over 40 steps, no plain network does better than always to say 1; all with gates solve the problem.
#[test]
fn gates_carry_a_number_over_forty_steps_and_a_plain_network_does_not() {
    let [rnn, lstm, gru] = Cell::ALL.map(|cell| some(cell, 40));
    assert!(rnn.summary().min > 0.1, "{:?}", rnn.summary());
    for gated in [&lstm, &gru] {
        assert!(gated.summary().max < 0.01, "{:?}", gated.summary());
    }
    // What was 39 steps ago counts as much as what came last, where there are gates.
    for (ensemble, remembers) in [(&rnn, false), (&lstm, true), (&gru, true)] {
        for run in ensemble.runs() {
            let slopes = &run.kept.trained;
            assert_eq!(slopes.len(), 40);
            assert_eq!(slopes[39] > 0.1 * slopes[0], remembers, "{slopes:?}");
            // Untrained, none does.
            assert!(run.kept.untrained[39] < 1e-4, "{:?}", run.kept.untrained);
        }
    }
}

/// Over 10 steps, the plain network learns as well, only later.
#[test]
fn over_ten_steps_a_plain_network_is_slow() {
    let [rnn, _, gru] = Cell::ALL.map(|cell| some(cell, 10));
    assert!(rnn.summary().q3 < 0.05 && rnn.summary().min > gru.summary().max, "{:?}", rnn.summary());
}
