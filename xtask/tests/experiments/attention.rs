//! The claims about associative recall, from some of the trials.

use nn_core::Parameters;
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_train::Ensemble;
use xtask::experiments::Settings;
use xtask::experiments::attention::{Kind, run};

use crate::COMMITTED;

fn some(kind: Kind, pairs: usize) -> Ensemble<f32, Vec<Vec<f64>>> {
    let settings = Settings { trials: 8, ..COMMITTED };
    run(&settings, kind, pairs, &settings.trials(&|| ())).unwrap()
}

#[test]
fn the_numbers_of_parameters_are_those_of_the_text() {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let counts = Kind::ALL.map(|kind| kind.network::<f32>(&mut rng).parameter_count());
    assert_eq!(counts, [2628, 2724]);
}

/// Among twelve pairs, the transformer finds the one that is asked for, by looking at it; the recurrent network hardly does better than
/// a guess, which has a loss of ln 4.
#[test]
fn attention_looks_up_what_a_recurrent_network_cannot_keep() {
    let [transformer, lstm] = Kind::ALL.map(|kind| some(kind, 12));
    assert!(transformer.summary().max < 0.001, "{:?}", transformer.summary());
    assert!(lstm.summary().min > 1.0 && lstm.summary().max < 1.5, "{:?}", lstm.summary());
    for run in transformer.runs() {
        let heads = &run.kept;
        assert_eq!(heads.len(), 2);
        // In one head at least, the pair that is asked for gets most of the weight, wherever it is.
        let looks_up = |head: &Vec<f64>| (0..12).all(|pair| head[pair * 12 + pair] > 0.5);
        assert!(heads.iter().any(looks_up), "{heads:?}");
        // What is left of the weight goes to the other pairs and to the token that asks.
        for row in heads.iter().flat_map(|head| head.chunks(12)) {
            assert!(row.iter().sum::<f64>() < 1.0 + 1e-6, "{row:?}");
        }
    }
    assert!(lstm.runs().iter().all(|run| run.kept.is_empty()));
}
