//! Trains LeNet on the 70,000 handwritten digits of MNIST, or on any other images in four IDX files of the same names, such as
//! Fashion-MNIST: `cargo run --release --example mnist -- DIRECTORY`.

use std::path::{Path, PathBuf};
use std::time::Instant;

use byhand::core::{Conv2d, Flatten, MaxPool2d};
use byhand::data::Idx;
use byhand::data::augment::Shift;
use byhand::prelude::*;
use byhand::train::schedule::CosineAnnealingLr;
use byhand::viz::{Figure, Images, Panel};
use nn_examples::say;

type Digits = Dataset<f32, Vec<usize>>;

const HOW: &str = "\
expected a directory with the four files of MNIST, unpacked or as .gz:
  train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte
They are at https://ossci-datasets.s3.amazonaws.com/mnist/ (12 MB). Then
  cargo run --release --example mnist -- DIRECTORY
trains LeNet for five epochs, in less than a minute. Expect about 99 % of the test images to be right: LeCun et al. (1998)
report 99.05 %, and 99.2 % with distorted copies of the images.";

const EPOCHS: usize = 5;

fn main() -> Result<(), AnyError> {
    let Some(directory) = std::env::args_os().nth(1).map(PathBuf::from) else {
        return help();
    };
    let (train, test) = (read(&directory, "train")?, read(&directory, "t10k")?);
    say!("{} images to train with, {} to test with\n", train.samples(), test.samples())?;
    let (network, predicted) = fit(&train, &test, EPOCHS)?;
    say!("\n{network}\n\ntest accuracy {:.2} %", 100.0 * accuracy(test.y(), &predicted)?)?;
    if predicted == *test.y() {
        say!("there is no error to draw")
    } else {
        nn_examples::save(&figure(&test, &predicted), "mnist")
    }
}

fn help() -> Result<(), AnyError> {
    say!("{HOW}")
}

/// Reads the images and the labels of one part, unpacked or not.
fn read(directory: &Path, part: &str) -> Result<Digits, AnyError> {
    let path = |name: &str| {
        let path = directory.join(format!("{part}-{name}"));
        if path.exists() { path } else { directory.join(format!("{part}-{name}.gz")) }
    };
    let open = |name: &str| Idx::open(path(name)).map_err(|error| AnyError::new(format!("{error}\n{HOW}")));
    Ok(Dataset::new(open("images-idx3-ubyte")?.images()?, open("labels-idx1-ubyte")?.labels()?)?)
}

/// Makes LeNet-5 in its modern form, for images of this height and width and so many classes.
fn lenet(size: [usize; 2], classes: usize, rng: &mut ChaCha8Rng) -> Sequential<f32> {
    // Two pools halve the image, the second convolution takes two pixels off each edge.
    let [height, width] = size.map(|size| (size / 2).saturating_sub(4) / 2);
    Sequential::new()
        .append(Conv2d::new(1, 6, 5, rng).padding(2))
        .append(Relu)
        .append(MaxPool2d::new(2))
        .append(Conv2d::new(6, 16, 5, rng))
        .append(Relu)
        .append(MaxPool2d::new(2))
        .append(Flatten)
        .append(Linear::new(16 * height * width, 120, rng))
        .append(Relu)
        .append(Linear::new(120, 84, rng))
        .append(Relu)
        .append(Linear::new(84, classes, rng))
}

/// Trains a network, prints its progress, and returns it with its predictions for the test images.
fn fit(train: &Digits, test: &Digits, epochs: usize) -> Result<(Sequential<f32>, Vec<usize>), AnyError> {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let classes = train.y().iter().max().map_or(1, |most| most + 1);
    let mut network = lenet([train.x().shape()[2], train.x().shape()[3]], classes, &mut rng);
    let start = Instant::now();
    let history = Trainer::new(Adam::new(0.002))
        .epochs(epochs)
        .batch_size(64)
        .schedule(CosineAnnealingLr::new(epochs))
        // Each image by up to two pixels to any side, another way in every epoch.
        .augment(Shift::new(2))
        .fit(&mut network, &CrossEntropyLoss::mean(), train, None, &mut rng)?;
    for (epoch, loss) in history.loss.iter().enumerate() {
        say!("epoch {}: loss {loss:.4}", epoch + 1)?;
    }
    say!("{:.0} s", start.elapsed().as_secs_f64())?;
    let predicted = argmax(&network.predict(test.x())?)?;
    Ok((network, predicted))
}

/// Draws the first images that were misread, of which there must be some.
fn figure(test: &Digits, predicted: &[usize]) -> Figure {
    let wrong = (0..test.samples()).filter(|&i| predicted[i] != test.y()[i]).take(40);
    let (images, captions): (Vec<Vec<f64>>, Vec<String>) = wrong
        .map(|i| {
            let image = test.x().sample(i).map(f64::from).collect();
            (image, format!("{} → {}", test.y()[i], predicted[i]))
        })
        .unzip();
    let &[_, _, height, width] = test.x().shape() else { unreachable!("images have rows and columns") };
    let panel = Panel::new("Misread: true → predicted")
        .mark(Images::new(height, width, &images).range(0.0, 1.0).inverted().captions(&captions));
    Figure::new(7.2, 4.0).title("Images that a convolutional network misreads").row(3.6, [panel])
}

/// Four small files of the format: images of 12 × 12 pixels with a bar, upright or lying.
#[test]
fn it_learns_from_four_small_files_and_says_what_is_missing() {
    let directory = std::env::temp_dir().join(format!("nn-mnist-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    for (part, count) in [("train", 200_u32), ("t10k", 50)] {
        let header = |magic: u8, sizes: &[u32]| -> Vec<u8> {
            let sizes = sizes.iter().flat_map(|size| size.to_be_bytes());
            [0, 0, 8, magic].into_iter().chain(sizes).collect()
        };
        let (mut images, mut labels) = (header(3, &[count, 12, 12]), header(1, &[count]));
        for i in 0..count {
            let (lying, place) = (i % 2 == 1, 3 + i as usize / 2 % 6);
            let pixel = |at: usize| if lying { at / 12 == place } else { at % 12 == place };
            images.extend((0..144).map(|at| if pixel(at) { 250 - (at % 7) as u8 } else { 0 }));
            labels.push(u8::from(lying));
        }
        std::fs::write(directory.join(format!("{part}-images-idx3-ubyte")), images).unwrap();
        std::fs::write(directory.join(format!("{part}-labels-idx1-ubyte")), labels).unwrap();
    }
    let (train, test) = (read(&directory, "train").unwrap(), read(&directory, "t10k").unwrap());
    assert_eq!((train.x().shape(), test.samples()), (&[200, 1, 12, 12][..], 50));
    let (_, mut predicted) = fit(&train, &test, 20).unwrap();
    assert_eq!(predicted, *test.y());
    predicted[7] = 0;
    figure(&test, &predicted).draw().unwrap();

    std::fs::remove_dir_all(&directory).unwrap();
    let error = read(&directory, "train").unwrap_err().to_string();
    assert!(error.contains("train-images-idx3-ubyte.gz") && error.contains(HOW), "{error}");
    nn_examples::check_gallery("mnist", help);
}
