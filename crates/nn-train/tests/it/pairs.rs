//! Networks of several inputs and outputs are trained like any other: on joined features, and on a pair of targets.

use nn_train::nn_core::rand::RngExt;
use nn_train::nn_core::{Graph, Scalar, Slice};
use nn_train::nn_data::Target;
use nn_train::nn_loss::PairLoss;
use nn_train::prelude::*;

const SAMPLES: usize = 70;

/// Two inputs, of two features and of three, side by side; a class that depends on the first, and a value that depends on the second.
fn data<F: Scalar>() -> Dataset<F, (Vec<usize>, Tensor<F>)> {
    let rng = &mut ChaCha8Rng::seed_from_u64(1);
    let mut random =
        |features| Tensor::<F>::from_fn(SAMPLES, features, |_, _| F::from_f64(rng.random::<f64>() - 0.5));
    let (a, b) = (random(2), random(3));
    let classes = (0..SAMPLES).map(|s| usize::from(a[[s, 0]] > a[[s, 1]])).collect();
    let values = Tensor::from_fn(SAMPLES, 1, |s, _| b[[s, 0]] - b[[s, 2]]);
    Dataset::new(Tensor::hstack(&[&a, &b]).unwrap(), (classes, values)).unwrap()
}

fn layers<F: Scalar>() -> (Linear<F>, Linear<F>) {
    let rng = &mut ChaCha8Rng::seed_from_u64(2);
    (Linear::new(2, 2, rng), Linear::new(3, 1, rng))
}

fn graph<F: Scalar>() -> Graph<F> {
    let (class, value) = layers();
    Graph::new()
        .input("a", [2])
        .input("b", [3])
        .node("class", class, "a")
        .node("value", value, "b")
        .output("class")
        .output("value")
}

fn trainer<T: Target>() -> Trainer<'static, f64, T> {
    Trainer::new(Adam::new(0.05)).epochs(40).batch_size(16)
}

/// Nothing connects the two halves of this network, so it learns what two networks learn, in shuffled batches.
#[test]
fn two_networks_in_one_learn_what_they_learn_alone() {
    let rng = || ChaCha8Rng::seed_from_u64(3);
    let data = data::<f64>();
    let loss = PairLoss::new(CrossEntropyLoss::mean(), [2], MseLoss::mean(), [1]);
    let mut both = graph();
    let history = trainer().fit(&mut both, &loss, &data, Some(&data), &mut rng()).unwrap();

    let (mut class, mut value) = layers::<f64>();
    let part = |start, end| Slice::new(1, start, end).predict(data.x()).unwrap();
    let classes = Dataset::new(part(0, Some(2)), data.y().0.clone()).unwrap();
    let values = Dataset::new(part(2, None), data.y().1.clone()).unwrap();
    let cross = CrossEntropyLoss::mean();
    let alone = [
        trainer().fit(&mut class, &cross, &classes, Some(&classes), &mut rng()).unwrap(),
        trainer().fit(&mut value, &MseLoss::mean(), &values, Some(&values), &mut rng()).unwrap(),
    ];
    let mut expected = class.state_dict().entries().to_vec();
    expected.extend(value.state_dict().entries().iter().cloned());
    let found = both.state_dict();
    assert_eq!(found.entries().len(), expected.len());
    for (found, expected) in found.entries().iter().zip(&expected) {
        assert_eq!(found.value, expected.value, "{}", found.name);
    }
    for (epoch, loss) in history.loss.iter().enumerate() {
        assert!((loss - alone[0].loss[epoch] - alone[1].loss[epoch]).abs() < 1e-12, "{epoch}");
    }
    assert!(history.loss[39] < 0.5 * history.loss[0], "{:?}", history.loss);

    let said = both.predict(data.x()).unwrap();
    let expected = [class.predict(classes.x()).unwrap(), value.predict(values.x()).unwrap()];
    assert_eq!(said, Tensor::hstack(&expected.each_ref()).unwrap());
}

#[test]
fn a_pair_of_targets_goes_where_its_samples_go() {
    let data = data::<f32>();
    let part = data.select(&[5, 2]).unwrap();
    let (classes, values) = data.y();
    assert_eq!(part.y().0, [classes[5], classes[2]]);
    assert_eq!(part.y().1.feature(0), [values[[5, 0]], values[[2, 0]]]);
    let both = Dataset::concat(&[&part, &part]).unwrap();
    assert_eq!(both.y().0, [classes[5], classes[2], classes[5], classes[2]]);
    let error = Dataset::new(Tensor::<f32>::zeros(&[2, 1]), (vec![0, 1], vec![0])).unwrap_err();
    assert_eq!(error.to_string(), "Dataset: number of second targets is 1, expected 2, as of the first");
    let bad = (vec![0], Tensor::from_column(&[f32::NAN]));
    assert!(Dataset::new(Tensor::<f32>::zeros(&[1, 1]), bad).is_err());
    let (train, test) = train_test_split(&data, 0.3, &mut ChaCha8Rng::seed_from_u64(4)).unwrap();
    assert_eq!((train.y().1.samples(), test.y().0.len()), (49, 21));
}
