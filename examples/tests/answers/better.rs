//! Chapter 6, is it better?

use byhand::data::make_moons;
use byhand::prelude::*;
use byhand::train::statistics::paired;

/// Trains networks as the chapter does and keeps them.
fn run(trials: usize, seed: u64, hidden: usize, weights: &str) -> Ensemble<f32, Sequential<f32>> {
    let ensemble = Trials::new(trials).seed(seed).run(|trial| {
        let data = make_moons::<f32>(100, 0.3, &mut trial.rng("data"))?;
        let test = make_moons::<f32>(1000, 0.3, &mut trial.rng("test"))?;
        let mut rng = trial.rng(weights);
        let mut network = Sequential::new()
            .append(Linear::new(2, hidden, &mut rng))
            .append(Tanh)
            .append(Linear::new(hidden, 2, &mut rng));
        let (descent, loss) = (GradientDescent::new(1.0, 500), CrossEntropyLoss::mean());
        let history = descent.fit(&mut network, &loss, &data, &mut rng)?;
        let right = accuracy(test.y(), &argmax(&network.predict(test.x())?)?)?;
        Ok(Run::from(history).score(Score::higher("test accuracy", right)).keep(network))
    });
    ensemble.unwrap()
}

fn scores<K>(ensemble: &Ensemble<f32, K>) -> Vec<f64> {
    ensemble.score().unwrap().values().to_vec()
}

/// Exercise 1. What two trials of a pair share, their points, favours neither of them. Without pairs it is
/// part of the difference, as luck.
#[test]
fn without_pairs_the_interval_is_wider() {
    let [a, b] = ["network", "other weights"].map(|weights| scores(&run(100, 0, 8, weights)));
    let mut other = a.clone();
    other.rotate_left(1);
    let width = |a: &[f64]| {
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let interval = paired(&b, a, Better::Higher, 1000, &mut rng).unwrap().difference_interval.unwrap();
        interval.high - interval.low
    };
    let (with, without) = (width(&a), width(&other));
    assert!(without > 1.3 * with, "{with} {without}");
}

/// Exercise 2. The best of a hundred was good and lucky. Fresh points leave the luck behind.
#[test]
fn the_best_of_a_hundred_does_not_keep_its_score() {
    let a = run(100, 0, 8, "network");
    let scores = scores(&a);
    let best = (0..100).max_by(|&i, &j| scores[i].total_cmp(&scores[j])).unwrap();
    let fresh = make_moons::<f32>(20_000, 0.3, &mut ChaCha8Rng::seed_from_u64(1)).unwrap();
    let output = a.runs()[best].kept.predict(fresh.x()).unwrap();
    let again = accuracy(fresh.y(), &argmax(&output).unwrap()).unwrap();
    assert!(again < scores[best] - 0.005, "{} {again}", scores[best]);
}

/// Exercise 3. About one comparison of equals in twenty gives a false alarm. With a hundred trials, seed 6
/// does.
#[test]
fn some_comparisons_of_equals_give_a_false_alarm() {
    let alarm = |trials, seed| {
        let [a, b] = ["network", "other weights"].map(|weights| run(trials, seed, 8, weights));
        !Comparison::paired(&b, &a).unwrap().pairs.difference_interval.unwrap().contains(0.0)
    };
    let alarms = (0..40).filter(|&seed| alarm(20, seed)).count();
    assert!((1..=6).contains(&alarms), "{alarms}");
    assert!(alarm(100, 6) && !alarm(100, 0));
}
