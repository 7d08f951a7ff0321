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
    assert_eq!(counts, [105, 393, 297]);
}

/// Over 20 steps, no plain network does better than always to say 1, all gated recurrent units solve the problem, and most LSTMs do.
#[test]
fn gates_carry_a_number_over_twenty_steps_and_a_plain_network_does_not() {
    let [rnn, lstm, gru] = Cell::ALL.map(|cell| some(cell, 20));
    assert!(rnn.summary().min > 0.1, "{:?}", rnn.summary());
    assert!(gru.summary().max < 0.01, "{:?}", gru.summary());
    let solved = |ensemble: &Ensemble<f32, Trained<f32>>| {
        ensemble.runs().iter().filter(|run| run.success == Some(true)).count()
    };
    assert!(solved(&lstm) >= 4, "{:?}", lstm.summary());
    // In a network that has solved it, what was 19 steps ago counts as much as what came last.
    for ensemble in [&rnn, &lstm, &gru] {
        for run in ensemble.runs() {
            let slopes = &run.kept.trained;
            assert_eq!(slopes.len(), 20);
            assert_eq!(Some(slopes[19] > 0.1 * slopes[0]), run.success, "{slopes:?}");
        }
    }
    // Untrained, a plain network and a gated recurrent unit remember nothing of it.
    for run in rnn.runs().iter().chain(gru.runs()) {
        assert!(run.kept.untrained[19] < 1e-2 * run.kept.untrained[0], "{:?}", run.kept.untrained);
    }
}

/// Over 5 steps, the plain network learns as well, only later.
#[test]
fn over_five_steps_a_plain_network_is_slow() {
    let [rnn, _, gru] = Cell::ALL.map(|cell| some(cell, 5));
    assert!(rnn.summary().q3 < 0.05 && rnn.summary().min > gru.summary().max, "{:?}", rnn.summary());
}
