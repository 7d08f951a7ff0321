//! Layers that only move values move them as arrays do, and their gradients go back to where the values came from.

use crate::common::random;
use nn_core::ndarray::{ArrayD, ArrayViewD, Axis, Slice as Range};
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{
    Accumulate, Mode, Module, Permute, Plan, Purpose, Scalar, Select, Sequential, Slice, Tensor, Workspace,
};

/// Compares a layer with a view of arrays, given as a function of `x` and of the positions of its values.
fn compare<F: Scalar>(
    layer: &dyn Module<F>,
    sample: &[usize],
    view: impl Fn(ArrayViewD<'_, F>) -> ArrayD<F>,
) {
    let rng = &mut ChaCha8Rng::seed_from_u64(1);
    for samples in [1, 16, 21] {
        let x = random::<F>(&[&[samples], sample].concat(), rng);
        let what = format!("{layer} of {:?}", x.shape());
        let expected = view(x.view());
        let Plan { output, mut workspace } = layer.plan(x.shape(), Purpose::Train).unwrap();
        assert_eq!(output, expected.shape(), "{what}");
        let mut y = Tensor::zeros(&output);
        layer.forward(&x, &mut y, &mut workspace, &mut Mode::Eval);
        assert_eq!(y.view(), expected, "{what}");

        // Each value of x is its own position, so the view says where each gradient goes.
        let count = x.view().len();
        let places = ArrayD::from_shape_vec(x.shape(), (0..count).map(|i| F::from_f64(i as f64)).collect());
        let places = view(places.unwrap().view());
        let dy = random::<F>(&output, rng);
        for (accumulate, before) in [(Accumulate::Replace, F::ZERO), (Accumulate::Add, F::from_f64(0.25))] {
            let mut dx = Tensor::zeros(x.shape());
            (0..dx.features()).for_each(|feature| dx.feature_mut(feature).fill(F::from_f64(0.25)));
            layer.backward(&x, &y, &dy, Some(&mut dx), accumulate, &mut workspace);
            let mut expected = vec![before; count];
            for (place, &dy) in places.iter().zip(dy.view()) {
                expected[place.to_f64() as usize] += dy;
            }
            let bits = |x: &F| x.to_f64().to_bits();
            assert!(dx.view().iter().map(bits).eq(expected.iter().map(bits)), "{what}: {dx}");
        }
    }
}

/// All orders of the axes from 1 to `count`.
fn orders(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![vec![]];
    }
    let shorter = orders(count - 1);
    let with = |order: &Vec<usize>, at: usize| [&order[..at], &[count], &order[at..]].concat();
    shorter.iter().flat_map(|order| (0..count).map(move |at| with(order, at))).collect()
}

#[test]
fn axes_are_permuted_as_those_of_arrays() {
    fn check<F: Scalar>() {
        for sample in [&[3][..], &[2, 3], &[3, 1], &[2, 3, 4], &[2, 1, 3, 2]] {
            for order in orders(sample.len()) {
                let axes = [&[0], &order[..]].concat();
                compare::<F>(&Permute::new(&order[..]), sample, |x| x.permuted_axes(axes.clone()).to_owned());
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn an_index_of_an_axis_is_that_of_arrays() {
    for sample in [&[3][..], &[1], &[2, 3], &[3, 2, 4]] {
        for axis in 1..=sample.len() {
            let size = sample[axis - 1];
            for index in 0..size {
                let view = |x: ArrayViewD<'_, f64>| x.index_axis(Axis(axis), index).to_owned();
                compare(&Select::new(axis, index as isize), sample, view);
                compare(&Select::new(axis, index as isize - size as isize), sample, view);
            }
        }
    }
}

#[test]
fn a_range_of_an_axis_is_that_of_arrays() {
    for sample in [&[3][..], &[1], &[4, 2], &[2, 3, 4]] {
        for axis in 1..=sample.len() {
            let size = sample[axis - 1] as isize;
            for start in 0..size {
                for end in start + 1..=size {
                    let view = |x: ArrayViewD<'_, f64>| {
                        x.slice_axis(Axis(axis), Range::new(start, Some(end), 1)).to_owned()
                    };
                    compare(&Slice::new(axis, start, end), sample, view);
                    let from_the_end = (end < size).then_some(end - size);
                    compare(&Slice::new(axis, start - size, from_the_end), sample, view);
                }
            }
        }
    }
}

/// What is not selected has no influence, whatever it is, and its gradient is exactly 0.
#[test]
fn values_that_are_left_out_are_not_looked_at() {
    let bad = [f64::NAN, f64::INFINITY, -0.0];
    let mut x = Tensor::<f64>::zeros(&[3, 3, 2]);
    (0..4).for_each(|feature| x.feature_mut(feature).copy_from_slice(&bad));
    let layers: [Box<dyn Module<f64>>; 2] = [Box::new(Select::new(1, -1)), Box::new(Slice::new(1, -1, None))];
    for layer in layers {
        let Plan { output, mut workspace } = layer.plan(x.shape(), Purpose::Train).unwrap();
        let (mut y, mut dx) = (Tensor::zeros(&output), x.clone());
        layer.forward(&x, &mut y, &mut workspace, &mut Mode::Eval);
        assert_eq!(y, Tensor::zeros(&output));
        let dy = Tensor::zeros(&output);
        layer.backward(&x, &y, &dy, Some(&mut dx), Accumulate::Replace, &mut workspace);
        assert!(
            (0..6).all(|feature| dx.feature(feature).iter().all(|dx| dx.to_bits() == 0)),
            "{layer}: {dx}"
        );
    }
}

/// Layers of one type with the same shapes that return other values.
#[test]
fn a_workspace_of_other_settings_is_refused() {
    fn refused(planned: impl Module<f64>, other: impl Module<f64>, sample: &[usize]) {
        let x = Tensor::zeros(&[&[2], sample].concat());
        let Plan { output, mut workspace } = planned.plan(x.shape(), Purpose::Train).unwrap();
        let mut y = Tensor::zeros(&output);
        let mut run = |layer: &dyn Module<f64>, workspace: &mut Workspace<f64>| {
            let forward = || layer.forward(&x, &mut y, workspace, &mut Mode::Eval);
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(forward)).is_ok()
        };
        assert!(run(&planned, &mut workspace), "{planned}");
        assert!(!run(&other, &mut workspace), "{other} with the workspace of {planned}");
    }
    refused(Permute::new([2, 1, 3]), Permute::new([1, 3, 2]), &[2, 2, 2]);
    refused(Select::new(1, 0), Select::new(1, 1), &[2, 2]);
    refused(Select::new(1, 0), Select::new(2, 0), &[2, 2]);
    refused(Slice::new(1, 0, 2), Slice::new(1, 1, None), &[3, 2]);
}

/// Where nothing is to move, nothing is moved.
#[test]
fn axes_without_values_are_left_out_and_permuted() {
    for (network, sample, output) in [
        (Sequential::new().append(Permute::new([2, 1])), &[0, 2][..], &[3, 2, 0][..]),
        (Sequential::new().append(Select::new(1, 1)), &[2, 0], &[3, 0]),
        (Sequential::new().append(Slice::new(1, 1, None)), &[2, 0], &[3, 1, 0]),
    ] {
        let x = Tensor::<f32>::zeros(&[&[3], sample].concat());
        let plan = network.plan(x.shape(), Purpose::Train).unwrap();
        assert_eq!(plan.output, output);
        let (mut workspace, mut y, mut dx) = (plan.workspace, Tensor::zeros(output), x.clone());
        network.forward(&x, &mut y, &mut workspace, &mut Mode::Eval);
        for accumulate in [Accumulate::Replace, Accumulate::Add] {
            network.backward(&x, &y, &y, Some(&mut dx), accumulate, &mut workspace);
        }
    }
}
