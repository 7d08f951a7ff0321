//! Trains a network 2-24-24-3 to tell apart three spirals that wind around each other: mini-batches, AdamW, a learning rate
//! that rises once and then falls, twenty seeds, evaluated on fresh points: `cargo run --release --example spirals`.

use byhand::core::Softmax;
use byhand::data::make_spirals;
use byhand::prelude::*;
use byhand::train::optim::AdamW;
use byhand::train::schedule::OneCycleLr;
use byhand::train::statistics::Summary;
use byhand::viz::{Axis, Corner, Curve, Figure, Lattice, Look, Panel, Regions, Scatter};
use nn_examples::say;

type Points = Dataset<f32, Vec<usize>>;

const NAMES: [&str; 3] = ["arm 0", "arm 1", "arm 2"];
const EPOCHS: usize = 150;
const BATCH: usize = 32;

/// What a trial keeps: its network and its training points.
struct Trained {
    network: Sequential<f32>,
    train: Points,
}

fn train(trials: usize) -> Result<Ensemble<f32, Trained>, AnyError> {
    let ensemble = Trials::new(trials).run(|trial| {
        let draw = |samples, purpose| make_spirals(samples, 3, 1.0, 0.02, &mut trial.rng(purpose));
        let (train, validation, test) = (draw(480, "train")?, draw(240, "validation")?, draw(600, "test")?);

        let mut rng = trial.rng("network");
        let mut network = Sequential::new()
            .append(Linear::new(2, 24, &mut rng))
            .append(Tanh)
            .append(Linear::new(24, 24, &mut rng))
            .append(Tanh)
            .append(Linear::new(24, 3, &mut rng));
        let steps = EPOCHS * train.samples().div_ceil(BATCH);
        let history = Trainer::new(AdamW::new(0.02))
            .epochs(EPOCHS)
            .batch_size(BATCH)
            .step_schedule(OneCycleLr::new(0.02, steps))
            .fit(&mut network, &CrossEntropyLoss::mean(), &train, Some(&validation), &mut rng)?;

        let output = network.predict(test.x())?;
        let accuracy = or_nan(|| accuracy(test.y(), &argmax(&output)?))?;
        let run = Run::from(history).score(Score::higher("accuracy on fresh points", accuracy));
        Ok(run.keep(Trained { network, train }))
    })?;
    Ok(ensemble)
}

fn main() -> Result<(), AnyError> {
    report(&train(20)?)
}

fn report(ensemble: &Ensemble<f32, Trained>) -> Result<(), AnyError> {
    say!("{}", ensemble.runs()[0].kept.network)?;
    say!("\n{ensemble}")?;
    nn_examples::save(&figure(ensemble)?, "spirals")
}

/// Draws the losses of all trials, and the regions that the best and the worst network assign to the classes.
fn figure(ensemble: &Ensemble<f32, Trained>) -> Result<Figure, AnyError> {
    let epochs: Vec<f64> = (1..=ensemble.epochs()).map(|epoch| epoch as f64).collect();
    let mut losses = Panel::new(format!("Loss of {} trials: IQM and Q1–Q3 band", ensemble.runs().len()))
        .x(Axis::linear("Epoch").range(0.0, EPOCHS as f64))
        .y(Axis::log("Cross-entropy"))
        .legend(Corner::TopRight);
    let validation = ensemble.validation_curve().ok_or(AnyError::new("no validation losses"))?;
    for (index, (name, curve)) in
        [("training", ensemble.curve()), ("validation", validation)].iter().enumerate()
    {
        let column = |of: fn(&Summary) -> f64| curve.iter().map(of).collect::<Vec<f64>>();
        let line = Curve::new(*name, &epochs, &column(|s| s.iqm), Look::nth(index));
        losses = losses.mark(line.band(&column(|s| s.q1), &column(|s| s.q3)));
    }

    let panel = |which: &str, trial: usize| -> Result<Panel, AnyError> {
        let Trained { network, train } = &ensemble.runs()[trial].kept;
        let lattice = Lattice::new((-1.3, 1.3), (-1.3, 1.3), 130, 130)?;
        let nodes: Vec<[f32; 2]> = lattice.nodes().map(|(x, y)| [x as f32, y as f32]).collect();
        let probabilities = Softmax.predict(&network.predict(&Tensor::from_rows(&nodes))?)?;
        let of_class = |class| probabilities.feature(class).iter().map(|&p| f64::from(p)).collect();
        let regions: Vec<Vec<f64>> = (0..3).map(of_class).collect();
        let axis = |feature| train.x().feature(feature).iter().map(|&x| f64::from(x)).collect::<Vec<f64>>();
        let accuracy = 100.0 * ensemble.runs()[trial].score.as_ref().map_or(0.0, |score| score.value);
        Ok(Panel::new(format!("{which}: trial {trial}, {accuracy:.1} % of fresh points"))
            .x(Axis::linear("x₁"))
            .y(Axis::linear("x₂"))
            .mark(Regions::new(lattice, &regions))
            .mark(Scatter::new(&axis(0), &axis(1), train.y(), &NAMES).shapes().halo().size(2.4)))
    };
    let best = ensemble.best().ok_or(AnyError::new("every trial diverged"))?;
    Ok(Figure::new(7.2, 5.8)
        .title("Three spirals: losses, and the regions of the best and the worst network by validation")
        .row(1.8, [losses])
        .row(3.0, [panel("Best", best)?, panel("Worst", ensemble.worst())?]))
}

#[test]
fn the_middle_half_of_trials_is_right_on_98_percent_of_fresh_points() {
    let ensemble = train(20).unwrap();
    let accuracy = ensemble.score().unwrap();
    assert!(accuracy.summary().iqm >= 0.98, "{accuracy:?}");
    nn_examples::check_gallery("spirals", || report(&ensemble));
}
