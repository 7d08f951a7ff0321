//! Positions: what is added to which token, and what padding must not do. Their numbers are compared with PyTorch's in `parity.rs`.

use crate::common::{random, values};
use nn_core::rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use nn_core::{
    Accumulate, Embedding, Mode, Module, Plan, PositionEmbedding, PositionalEncoding, Purpose, Scalar,
    Sequential, Tensor,
};

const PADDING: f64 = -7.0;

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(23)
}

/// Tokens of which some are padding, anywhere in the sequence; some have the value in all features but one.
fn padded<F: Scalar>(shape: [usize; 3]) -> (Tensor<F>, Vec<Vec<bool>>) {
    let rng = &mut rng();
    let ([samples, positions, features], mut x) = (shape, random::<F>(&shape, rng));
    let mut real = vec![vec![true; positions]; samples];
    for sample in 0..samples {
        for position in 0..positions {
            real[sample][position] = rng.random_range(0..3) > 0;
            let kept = if real[sample][position] { rng.random_range(0..=features) } else { features + 1 };
            for feature in 0..features {
                if kept == features + 1 || (kept < features && feature != kept) {
                    x[[sample, position * features + feature]] = F::from_f64(PADDING);
                }
            }
        }
    }
    (x, real)
}

/// A layer and its table. The layer without padding comes first.
fn layers<F: Scalar>(longest: usize, features: usize) -> Vec<(Box<dyn Module<F>>, Vec<F>)> {
    let learned = PositionEmbedding::<F>::new(longest, features, &mut rng());
    let table = learned.weight().iter().copied().collect::<Vec<_>>();
    let waves = PositionalEncoding::new().predict(&Tensor::zeros(&[1, longest, features])).unwrap();
    vec![
        (Box::new(learned.clone()), table.clone()),
        (Box::new(learned.padding(PADDING)), table),
        (Box::new(PositionalEncoding::new()), values(&waves)),
        (Box::new(PositionalEncoding::new().padding(PADDING)), values(&waves)),
    ]
}

#[test]
fn every_token_but_padding_gets_its_position_and_its_gradient() {
    both::<f32>();
    both::<f64>();
}

fn both<F: Scalar>() {
    for shape @ [samples, positions, features] in [[1, 1, 1], [5, 4, 3], [17, 3, 2], [40, 7, 5]] {
        let (x, real) = padded::<F>(shape);
        for (mut layer, table) in layers::<F>(8, features) {
            let pads = layer.to_string().contains("padding");
            let Plan { output, mut workspace } = layer.plan(x.shape(), Purpose::Train).unwrap();
            let (mut y, mut dx) = (Tensor::zeros(&output), Tensor::zeros(&output));
            let mut dy = random::<F>(&output, &mut rng());
            layer.forward(&x, &mut y, &mut workspace, &mut Mode::Eval);
            let mut sums = vec![0.0; 8 * features];
            for sample in 0..samples {
                for feature in 0..positions * features {
                    let (from, to) = (x[[sample, feature]], y[[sample, feature]]);
                    if real[sample][feature / features] || !pads {
                        assert_eq!(to, from + table[feature], "{layer}");
                        sums[feature] += dy[[sample, feature]].to_f64();
                    } else {
                        assert_eq!(to, from, "{layer}");
                        // What comes from padding counts for nothing.
                        dy[[sample, feature]] = F::from_f64(f64::NAN);
                    }
                }
            }
            layer.backward(&x, &y, &dy, Some(&mut dx), Accumulate::Replace, &mut workspace);
            let mut sum = dx.clone();
            layer.backward(&x, &y, &dy, Some(&mut sum), Accumulate::Add, &mut workspace.clone());
            for ((&dx, &sum), &dy) in values(&dx).iter().zip(&values(&sum)).zip(&values(&dy)) {
                let expected = if dy.is_nan() { F::ZERO } else { dy };
                assert!(dx == expected && sum == expected + expected, "{layer}");
            }
            layer.visit_mut(Some(&workspace), &mut |parameter| {
                for (found, sum) in parameter.gradient.unwrap().iter().zip(&sums) {
                    assert!(
                        (found.to_f64() - sum).abs() < 1e-4,
                        "{layer_name}: {found}, not {sum}",
                        layer_name = parameter.name
                    );
                }
                assert!(parameter.gradient.unwrap()[positions * features..].iter().all(|&g| g == F::ZERO));
            });
        }
    }
}

/// A padded sequence is the sequence: an embedding makes padding of its index, and it stays padding.
#[test]
fn padding_of_an_embedding_stays_0() {
    let rng = &mut rng();
    let network = Sequential::<f32>::new()
        .append(Embedding::new(9, 4, rng).padding_index(0))
        .append(PositionEmbedding::new(5, 4, rng).padding(0.0))
        .append(PositionalEncoding::new().padding(0.0));
    let y = network.predict(&Tensor::from_rows(&[[3.0, 0.0, 8.0, 0.0], [1.0, 2.0, 0.0, 0.0]])).unwrap();
    for (sample, real) in [[true, false, true, false], [true, true, false, false]].into_iter().enumerate() {
        for feature in 0..16 {
            assert_eq!(y[[sample, feature]] != 0.0, real[feature / 4]);
        }
    }
}

/// The formula, at positions far apart and for an odd number of features.
#[test]
#[expect(clippy::disallowed_methods, reason = "the reference")]
fn waves_are_those_of_the_formula() {
    for features in [1, 2, 7, 64] {
        let y = PositionalEncoding::new().predict(&Tensor::<f64>::zeros(&[1, 5000, features])).unwrap();
        for position in [0, 1, 2, 17, 999, 4999] {
            for feature in 0..features {
                let exponent = (feature - feature % 2) as f64 / features as f64;
                let angle = position as f64 / 10000_f64.powf(exponent);
                let expected = if feature % 2 == 0 { angle.sin() } else { angle.cos() };
                let found = y[[0, position * features + feature]];
                assert!(
                    (found - expected).abs() < 2e-16 * (2.0 + position as f64),
                    "{found}, not {expected}"
                );
            }
        }
    }
}
