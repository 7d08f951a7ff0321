//! Is one network better than another? One seed cannot say, and a hundred can.

use byhand::data::make_moons;
use byhand::prelude::*;
use byhand::train::statistics::paired;
use byhand::viz::{Axis, Color, Corner, Figure, Panel, ReferenceLine};

/// Trains a hundred networks, each on points of its own. New points judge them.
/// `weights` names the generator of the first weights.
fn run(hidden: usize, weights: &str) -> Result<Ensemble<f32>, AnyError> {
    let ensemble = Trials::new(100).run(|trial| {
        let data = make_moons::<f32>(100, 0.3, &mut trial.rng("data"))?;
        let test = make_moons::<f32>(1000, 0.3, &mut trial.rng("test"))?;
        let mut rng = trial.rng(weights);
        let mut network = Sequential::new()
            .append(Linear::new(2, hidden, &mut rng))
            .append(Tanh)
            .append(Linear::new(hidden, 2, &mut rng));
        let (descent, loss) =
            (GradientDescent::new(1.0, 500), CrossEntropyLoss::mean());
        let history = descent.fit(&mut network, &loss, &data, &mut rng)?;
        let right = accuracy(test.y(), &argmax(&network.predict(test.x())?)?)?;
        Ok(Run::from(history).score(Score::higher("test accuracy", right)))
    })?;
    Ok(ensemble)
}

fn main() -> Result<(), AnyError> {
    // B is A with other first weights, so any difference is luck. C has fewer units.
    let a = run(8, "network")?;
    let others = [("B", run(8, "other weights")?), ("C", run(3, "network")?)];
    let mut panel = Panel::new("How certain is the difference to A?")
        .x(Axis::log("Number of seeds").range(2.0, 100.0))
        .y(Axis::linear("Difference of the test accuracy").range(-0.08, 0.04))
        .mark(ReferenceLine::horizontal("no difference", 0.0, Color::GREY));
    for ((name, other), color) in others.iter().zip([Color::BLUE, Color::ORANGE]) {
        let scores =
            other.score().zip(a.score()).ok_or(AnyError::new("no scores"))?;
        let pairs = scores.0.values().iter().zip(scores.1.values());
        let first: Vec<String> =
            pairs.take(5).map(|(x, a)| format!("{:+.3}", x - a)).collect();
        println!("{name} − A, pairs 0 to 4: {}", first.join(" "));
        let comparison = Comparison::paired(other, &a)?.names(*name, "A");
        // The last line is long, so break it.
        let text = comparison.to_string().replace(", prob", ",\n  prob");
        println!("{text}");
        let [mut middle, mut low, mut high] = [(); 3].map(|()| Vec::new());
        for n in 2..=100 {
            let (of, of_a) = (&scores.0.values()[..n], &scores.1.values()[..n]);
            let mut rng = ChaCha8Rng::seed_from_u64(0);
            let pairs = paired(of, of_a, Better::Higher, 1000, &mut rng);
            let pairs = pairs.ok_or(AnyError::new("no pairs"))?;
            let interval =
                pairs.difference_interval.ok_or(AnyError::new("one pair"))?;
            middle.push(pairs.difference);
            low.push(interval.low);
            high.push(interval.high);
        }
        let (label, n) =
            (format!("{name} − A"), (2..=100).map(f64::from).collect::<Vec<_>>());
        panel = panel
            .band(&label, &n, &low, &high, color)
            .line(&label, &n, &middle, color);
    }
    std::fs::create_dir_all("target/figures")?;
    let figure = Figure::new(6.0, 3.2).row(1.0, [panel.legend(Corner::BottomRight)]);
    figure.draw()?.save_svg("target/figures/learn-better.svg")?;
    Ok(())
}

#[cfg(test)]
use nn_examples::record as println;

#[test]
fn the_chapter_shows_this_program_its_output_and_its_figure() {
    nn_examples::check_chapter(
        "6-is-it-better",
        "better",
        include_str!("better.rs"),
        main,
    );
}
