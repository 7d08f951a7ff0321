//! Trainings on samples with weights are those on as many copies.

use nn_train::nn_core::Weighted;
use nn_train::nn_data::{KFold, Target};
use nn_train::prelude::*;

type Labelled<T> = Dataset<f64, T>;

/// Blobs, and the number of copies of each sample.
fn data() -> (Labelled<Vec<usize>>, Vec<usize>) {
    let data = make_xor::<f64>(40, 0.3, &mut ChaCha8Rng::seed_from_u64(3)).unwrap();
    (data, (0..40).map(|sample| sample * 7 % 4).collect())
}

fn weighted(data: &Labelled<Vec<usize>>, counts: &[usize]) -> Labelled<Weighted<Vec<usize>>> {
    let weights: Vec<f64> = counts.iter().map(|&n| n as f64).collect();
    Dataset::new(data.x().clone(), Weighted::new(data.y().clone(), weights)).unwrap()
}

fn network() -> Sequential<f64> {
    let rng = &mut ChaCha8Rng::seed_from_u64(5);
    Sequential::new().append(Linear::new(2, 6, rng)).append(Tanh).append(Linear::new(6, 2, rng))
}

fn train<T: Target>(
    data: &Labelled<T>,
    loss: &dyn Loss<f64, T>,
    batch_size: usize,
) -> (History<f64>, Sequential<f64>) {
    let mut network = network();
    let trainer = Trainer::new(Adam::new(0.05)).epochs(30).batch_size(batch_size);
    let history = trainer.fit(&mut network, loss, data, None, &mut ChaCha8Rng::seed_from_u64(9)).unwrap();
    (history, network)
}

#[test]
fn a_training_on_weights_is_that_on_copies() {
    let (data, counts) = data();
    let all: Vec<usize> = (0..40).flat_map(|sample| std::iter::repeat_n(sample, counts[sample])).collect();
    let copies = data.select(&all).unwrap();
    for loss in
        [CrossEntropyLoss::mean(), CrossEntropyLoss::sum(), CrossEntropyLoss::mean().weight([1.0, 3.0])]
    {
        let (of_weights, network) = train(&weighted(&data, &counts), &loss, 1000);
        let (of_copies, other) = train(&copies, &loss, 1000);
        for (a, b) in of_weights.loss.iter().zip(&of_copies.loss) {
            assert!((a - b).abs() < 1e-10, "{a}, {b}");
        }
        let difference =
            (network.predict(data.x()).unwrap()[[0, 0]] - other.predict(data.x()).unwrap()[[0, 0]]).abs();
        assert!(difference < 1e-8, "{difference}");
        let (unweighted, _) = train(&data, &loss, 1000);
        assert!((unweighted.loss[29] - of_weights.loss[29]).abs() > 1e-4, "weights matter");
    }
}

/// Samples of weight 0 are noise that would ruin the training if a batch mixed up the weights.
#[test]
fn shuffled_batches_carry_their_weights() {
    let (data, _) = data();
    let counts: Vec<usize> = (0..40).map(|sample| usize::from(sample < 20)).collect();
    let labels: Vec<usize> = data
        .y()
        .iter()
        .enumerate()
        .map(|(sample, &class)| if sample < 20 { class } else { 1 - class })
        .collect();
    let wrong = Dataset::new(data.x().clone(), labels).unwrap();
    let (_, network) = train(&weighted(&wrong, &counts), &CrossEntropyLoss::mean(), 8);
    let right = |network: &Sequential<f64>| {
        nn_train::metrics::accuracy(data.y(), &argmax(&network.predict(data.x()).unwrap()).unwrap()).unwrap()
    };
    assert!(right(&network) > 0.9, "{}", right(&network));
    let (_, misled) = train(&wrong, &CrossEntropyLoss::mean(), 8);
    assert!(right(&misled) < 0.9, "{}", right(&misled));
}

/// Stacks of networks decline weighted samples, and trials have the bits of trainings alone.
#[test]
fn trials_and_folds_take_weighted_samples() {
    let (data, counts) = data();
    let data = weighted(&data, &counts);
    let loss = CrossEntropyLoss::sum();
    let trainer = Trainer::new(Adam::new(0.05)).epochs(5).batch_size(16);
    let new = |trial: Trial| Linear::new(2, 2, &mut trial.rng("network"));
    let trials = Trials::new(20).threads(1);
    let stacked =
        trials.fit(&trainer, &loss, |trial| Ok((new(trial), &data)), |fitted| Ok(Run::from(fitted.history)));
    let alone = trials.run(|trial| {
        Ok(Run::from(trainer.fit(&mut new(trial), &loss, &data, None, &mut trial.rng("fit"))?))
    });
    assert_eq!(stacked.unwrap().final_losses(), alone.unwrap().final_losses());

    let folds = Trials::new(2).cross_validate(&data, &KFold::new(4), |train, test, trial| {
        let history = trainer.fit(&mut new(trial), &loss, train, Some(test), &mut trial.rng("fit"))?;
        Ok(Run::from(history).keep(test.y().weights.clone()))
    });
    let weights: f64 = folds.unwrap().runs().iter().flat_map(|run| run.kept.clone()).sum();
    assert_eq!(weights, 2.0 * counts.iter().sum::<usize>() as f64);
}
