//! Data sets made of others.

use nn_core::{ClassMap, Tensor};
use nn_data::{DataError, Dataset, Target};

#[track_caller]
fn says<T>(result: Result<T, DataError>, message: &str) {
    assert_eq!(result.err().map(|error| error.to_string()).as_deref(), Some(message));
}

/// Images of 2 x 2 pixels whose values tell sample and pixel.
fn images(samples: usize, first: usize) -> Tensor<f32> {
    let rows = Tensor::from_fn(samples, 4, |sample, pixel| (10 * (first + sample) + pixel) as f32);
    rows.reshape(&[1, 2, 2]).unwrap()
}

/// Parts of several sizes put together are the whole, for every kind of target.
fn whole_again<T: Target + PartialEq + std::fmt::Debug>(y: T) {
    let whole = Dataset::new(images(40, 0), y).unwrap();
    let parts: Vec<_> = [0..17, 17..17, 17..33, 33..40]
        .map(|range| whole.select(&range.collect::<Vec<_>>()).unwrap())
        .into_iter()
        .collect();
    let parts: Vec<&_> = parts.iter().collect();
    assert_eq!(Dataset::concat(&parts).unwrap(), whole);
}

#[test]
fn parts_put_together_are_the_whole() {
    whole_again((0..40).collect::<Vec<usize>>());
    whole_again(images(40, 7));
    whole_again(ClassMap::new(&[40, 2, 2], &(0..160).collect::<Vec<_>>()).unwrap());
}

#[test]
fn parts_of_other_shapes_are_not_put_together() {
    let part = |features: usize, targets: usize| {
        Dataset::new(Tensor::<f32>::zeros(&[2, features]), Tensor::<f32>::zeros(&[2, targets])).unwrap()
    };
    let (a, b, c) = (part(3, 1), part(3, 2), part(4, 1));
    let shapes = "different in some parts, expected the same in all parts";
    says(Dataset::concat(&[&a, &c]), &format!("Dataset::concat: shape of a sample is {shapes}"));
    says(Dataset::concat(&[&a, &b]), &format!("Dataset::concat: shape of a target is {shapes}"));
    let none: [&Dataset<f32, Vec<usize>>; 0] = [];
    says(Dataset::concat(&none), "Dataset::concat: number of parts is 0, expected at least 1");
    let maps = |shape: &[usize]| ClassMap::new(shape, &[0, 1, 0, 1]).unwrap();
    assert_eq!(ClassMap::concat(&[&maps(&[2, 2]), &maps(&[1, 4])]), None);
}

#[test]
fn other_targets_keep_the_inputs() {
    let data = Dataset::new(images(3, 0), vec![0, 1, 2]).unwrap();
    let values = data.with_y(Tensor::from_column(&[0.5, 1.5, 2.5])).unwrap();
    assert_eq!((values.x(), values.y().feature(0)), (data.x(), &[0.5, 1.5, 2.5][..]));
    let message = "expected one target for each input, found 3 inputs and 2 targets";
    says(data.with_y(vec![1, 2]), message);
    says(Dataset::regression(images(3, 0), vec![1.0, 2.0]), message);
}
