//! Sizes whose product is larger than any memory are an error, or a panic with the sizes where nothing is returned.

#![cfg(target_pointer_width = "64")]

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::common::{narrow, wide};
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{
    AdaptiveAvgPool1d, AdaptiveAvgPool2d, AvgPool1d, BatchNorm1d, Conv1d, Conv2d, ConvTranspose1d,
    ConvTranspose2d, Init, LayerNorm, Linear, MaxPool1d, MaxPool2d, Module, ModuleProblem, Padding, Purpose,
    Tensor,
};

/// Half of the bits of a size: its square is 0.
const HALF: usize = 1 << 32;

#[test]
fn a_tensor_of_impossible_size_is_an_error() {
    for shape in [
        &[usize::MAX][..],
        &[usize::MAX, 0],
        &[usize::MAX - 15, 0],
        &[usize::MAX, 2],
        &[HALF, HALF],
        &[1, HALF, HALF],
        &[0, HALF, HALF],
        &[HALF, HALF, 0],
        // Few bits, but more bytes than an address counts, and then more than there is memory.
        &[1 << 60, 2],
        &[1 << 47, 3],
    ] {
        let expected = format!("Tensor: expected a shape that fits into memory, found {shape:?}");
        assert_eq!(Tensor::<f32>::try_zeros(shape).unwrap_err().to_string(), expected);
        assert_eq!(panic(|| drop(Tensor::<f64>::zeros(shape))), expected);
    }
    assert_eq!(
        panic(|| drop(Tensor::<f32>::from_fn(usize::MAX, 2, |_, _| 0.0))).split(':').next(),
        Some("Tensor")
    );
    // Zeros alone take no memory.
    assert_eq!(Tensor::<f32>::try_zeros(&[0, HALF]).unwrap().shape(), [0, HALF]);
    assert_eq!(Tensor::<f32>::try_zeros(&[HALF, 0]).unwrap().view().len(), 0);
    assert_eq!(Tensor::<f32>::try_zeros(&[]).unwrap(), Tensor::zeros(&[1]));
}

/// The positions are chosen so that a product that wraps around is that of a feature that exists.
#[test]
fn a_feature_beyond_all_memory_is_no_other_feature() {
    let mut x = Tensor::<f64>::zeros(&[20, 3]);
    // The distance between two features is 32 values, in two blocks.
    let (feature, in_blocks) = (usize::MAX / 32 + 1, usize::MAX / 2 + 1);
    panic(|| _ = x.feature(feature));
    panic(|| _ = x.columns(in_blocks..in_blocks + 1));
    panic(|| _ = x.columns(0..in_blocks));
    panic(|| _ = x.columns(0..3).columns(0..in_blocks));
    panic(|| x.feature_mut(feature)[0] = 1.0);
    panic(|| _ = x.columns_mut(0..in_blocks));
    panic(|| _ = x.columns_mut(0..3).columns_mut(in_blocks..in_blocks + 1));
}

#[test]
fn a_batch_of_impossible_size_is_an_error_of_every_layer() {
    for case in narrow::<f32>().into_iter().chain(wide()) {
        // The last one may be planned where no memory is needed.
        for samples in [usize::MAX, usize::MAX / 2, 1 << 61, 1 << 47] {
            for purpose in [Purpose::Train, Purpose::Predict] {
                let input = [&[samples], case.sample].concat();
                match case.module.plan(&input, purpose) {
                    Ok(_) => assert_eq!(samples, 1 << 47, "{}", case.name),
                    Err(error) => {
                        let ModuleProblem::Shape(shape) = error.problem else {
                            panic!("{}: {error}", case.name)
                        };
                        assert_eq!(shape.expected, "a shape that fits into memory", "{}", case.name);
                        assert_eq!(shape.found[0], samples, "{}", case.name);
                    }
                }
            }
        }
    }
}

#[test]
fn a_window_of_impossible_size_is_an_error() {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let (conv1, conv2) = (Conv1d::<f32>::new(1, 1, 3, rng), Conv2d::<f32>::new(1, 1, 3, rng));
    let (up1, up2) = (ConvTranspose1d::<f32>::new(1, 1, 3, rng), ConvTranspose2d::<f32>::new(1, 1, 3, rng));
    let (point, up_point) = (Conv2d::<f32>::new(1, 1, 1, rng), ConvTranspose2d::<f32>::new(1, 1, 1, rng));
    let mut cases: Vec<(Box<dyn Module<f32>>, Vec<usize>)> = vec![
        (Box::new(conv1.clone().padding(1 << 44)), vec![1, 1, 4]),
        (Box::new(up1.clone().stride(1 << 44)), vec![1, 1, 4]),
        (Box::new(up1.clone().dilation(1 << 44)), vec![1, 1, 4]),
        (Box::new(AdaptiveAvgPool1d::new(1 << 44)), vec![1, 1, 4]),
        // Images whose rows times columns wrap around to 0, or whose rows alone have no room.
        (Box::new(point), vec![1, 1, HALF, HALF]),
        (Box::new(up_point), vec![1, 1, HALF, HALF]),
        (Box::new(conv2.clone().padding(Padding::Same)), vec![1, 1, HALF, HALF]),
        (Box::new(MaxPool2d::new(2)), vec![1, 1, HALF, HALF]),
        (Box::new(AdaptiveAvgPool2d::new(2)), vec![1, 1, HALF, HALF]),
        (Box::new(conv1.clone()), vec![1, 1, 1 << 44]),
        (Box::new(up1.clone()), vec![1, 1, 1 << 44]),
        (Box::new(MaxPool1d::new(1)), vec![1, 1, 1 << 44]),
    ];
    for size in [usize::MAX, usize::MAX / 2, usize::MAX / 2 + 1] {
        let of_images: [Box<dyn Module<f32>>; 6] = [
            Box::new(conv2.clone().padding([1, size])),
            Box::new(conv2.clone().dilation([size, 1])),
            Box::new(up2.clone().stride([size, 1])),
            Box::new(up2.clone().dilation([1, size])),
            Box::new(MaxPool2d::new(3).dilation([1, size])),
            Box::new(AdaptiveAvgPool2d::new([size, 2])),
        ];
        let of_sequences: [Box<dyn Module<f32>>; 3] = [
            Box::new(conv1.clone().dilation(size).padding(Padding::Same)),
            Box::new(up1.clone().padding(size)),
            Box::new(up1.clone().stride(size).output_padding(size - 1)),
        ];
        cases.extend(of_images.map(|module| (module, vec![1, 1, 4, 4])));
        cases.extend(of_sequences.map(|module| (module, vec![1, 1, 4])));
    }
    cases.push((Box::new(MaxPool2d::new([usize::MAX, 2])), vec![1, 1, 4, 4]));
    cases.push((Box::new(AvgPool1d::new(usize::MAX).padding(usize::MAX / 2)), vec![1, 1, 4]));
    cases.push((Box::new(conv1.stride(usize::MAX)), vec![1, 1, 4]));
    for (module, input) in cases {
        match module.plan(&input, Purpose::Train).unwrap_err().problem {
            ModuleProblem::Shape(error) => {
                assert_eq!(error.expected, "a shape that fits into memory", "{module}");
            }
            other => panic!("{module}: {other}"),
        }
    }
}

/// Most of such a window lies in the padding, where nothing goes over it.
#[test]
fn a_window_much_longer_than_the_sequence_is_quick() {
    let (kernel, x) = (usize::MAX / 4, Tensor::<f64>::zeros(&[1, 1, 4]));
    let (max, mean) = (MaxPool1d::new(kernel), AvgPool1d::new(kernel).count_include_pad(false));
    assert_eq!(max.padding(kernel / 2).predict(&x).unwrap().shape(), [1, 1, 1]);
    assert_eq!(mean.padding(kernel / 2).predict(&x).unwrap().shape(), [1, 1, 1]);
}

#[test]
fn parameters_of_impossible_size_are_a_panic_with_their_shape() {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let of = |shape: &str| format!("expected a parameter that fits into memory, found one of shape {shape}");
    for (inputs, outputs) in [(HALF, HALF), (usize::MAX, 2), (1 << 63, 2), (1 << 40, 8)] {
        for init in [Init::FanIn, Init::XavierNormal, Init::ZEROS, Init::Orthogonal { gain: 1.0 }] {
            let new = || drop(Linear::<f32>::with_init(inputs, outputs, init, init, rng));
            assert_eq!(panic(new), of(&format!("[{outputs}, {inputs}]")), "{init:?}");
        }
    }
    for kernel in [[usize::MAX, 1], [HALF, HALF], [usize::MAX, 0]] {
        let shape = format!("[2, 3, {}, {}]", kernel[0], kernel[1]);
        assert_eq!(panic(|| drop(Conv2d::<f32>::new(3, 2, kernel, rng))), of(&shape));
    }
    assert_eq!(panic(|| drop(BatchNorm1d::<f32>::new(usize::MAX))), of("[18446744073709551615]"));
    assert_eq!(panic(|| drop(LayerNorm::<f64>::new([HALF, HALF]))), of("[4294967296, 4294967296]"));
}

/// The message of the panic that there must be.
fn panic(work: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(work)).expect_err("a panic");
    payload.downcast_ref::<String>().expect("a message with sizes").clone()
}
