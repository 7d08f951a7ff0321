//! Two networks read handwritten digits: one dense, one convolutional.

use byhand::core::{Conv2d, Flatten, MaxPool2d, Reshape};
use byhand::prelude::*;
use byhand::viz::{Axis, Color, Corner, Figure, Images, Panel};

type Digits = Dataset<f32, Vec<usize>>;

fn dense(rng: &mut ChaCha8Rng) -> Sequential<f32> {
    Sequential::new()
        .append(Linear::new(64, 48, rng))
        .append(Relu)
        .append(Linear::new(48, 10, rng))
}

/// 8 × 8 pixels become 8 images of 8 × 8, then 16 of 4 × 4, then ten scores.
fn convolutional(rng: &mut ChaCha8Rng) -> Sequential<f32> {
    Sequential::new()
        .append(Reshape::new([1, 8, 8]))
        .append(Conv2d::new(1, 8, 3, rng).padding(1))
        .append(Relu)
        .append(Conv2d::new(8, 16, 3, rng).padding(1))
        .append(Relu)
        .append(MaxPool2d::new(2))
        .append(Flatten)
        .append(Linear::new(16 * 4 * 4, 10, rng))
}

/// Trains a network, and returns how well it reads the test images after each epoch.
fn train(
    network: &mut Sequential<f32>,
    train: &Digits,
    test: &Digits,
) -> Result<Vec<f64>, AnyError> {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let trainer = Trainer::new(Adam::new(0.003)).epochs(20).batch_size(32);
    let trainer = trainer.metric("accuracy", |output, labels: &Vec<usize>| {
        accuracy(labels, &argmax(output)?)
    });
    let loss = CrossEntropyLoss::mean();
    let history = trainer.fit(network, &loss, train, Some(test), &mut rng)?;
    let curve = history.metric("accuracy").unwrap_or_default().to_vec();
    println!("{network}\nreads {:.1} % of the test images", 100.0 * curve[19]);
    Ok(curve)
}

fn main() -> Result<(), AnyError> {
    let digits = Csv::open("data/digits.csv")?.classes::<f32>("digit")?.data;
    // Grey levels from 0 to 16 become numbers from 0 to 1.
    let digits = digits.with_x(digits.x().map(|grey| grey / 16.0))?;
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let (learn, test) = train_test_split(&digits, 0.25, &mut rng)?;
    let (mut dense, mut cnn) = (dense(&mut rng), convolutional(&mut rng));
    let (of_dense, of_cnn) =
        (train(&mut dense, &learn, &test)?, train(&mut cnn, &learn, &test)?);

    // Which test images does the convolutional network misread?
    let read = argmax(&cnn.predict(test.x())?)?;
    let (mut images, mut captions) = (Vec::new(), Vec::new());
    for (index, (label, read)) in test.y().iter().zip(&read).enumerate() {
        if label != read {
            images.push(test.x().sample(index).map(f64::from).collect::<Vec<_>>());
            captions.push(format!("{label}, read {read}"));
        }
    }
    let misread = Panel::new("What the convolutional network misreads")
        .mark(Images::new(8, 8, &images).inverted().captions(&captions));
    let epochs: Vec<f64> = (1..=20).map(f64::from).collect();
    let curves = Panel::new("Test images read correctly")
        .x(Axis::linear("Epoch").range(0.0, 20.0))
        .y(Axis::linear("Accuracy").range(0.8, 1.0))
        .line("dense", &epochs, &of_dense, Color::ORANGE)
        .line("convolutional", &epochs, &of_cnn, Color::BLUE)
        .legend(Corner::BottomRight);
    std::fs::create_dir_all("target/figures")?;
    Figure::new(7.2, 3.0)
        .row(1.0, [curves, misread])
        .draw()?
        .save_svg("target/figures/learn-images.svg")?;
    Ok(())
}

#[cfg(test)]
use nn_examples::record as println;

#[test]
fn the_chapter_shows_this_program_its_output_and_its_figure() {
    nn_examples::check_chapter(
        "4-images",
        "images",
        include_str!("images.rs"),
        main,
    );
}
