//! Sizes whose product is larger than any memory are an error, or a panic with the sizes where nothing is returned.

#![cfg(target_pointer_width = "64")]

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::common::{narrow, wide};
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{BatchNorm1d, Init, LayerNorm, Linear, ModuleProblem, Purpose, Tensor};

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
fn parameters_of_impossible_size_are_a_panic_with_their_shape() {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let of = |shape: &str| format!("expected a parameter that fits into memory, found one of shape {shape}");
    for (inputs, outputs) in [(HALF, HALF), (usize::MAX, 2), (1 << 63, 2), (1 << 40, 8)] {
        for init in [Init::FanIn, Init::XavierNormal, Init::ZEROS, Init::Orthogonal { gain: 1.0 }] {
            let new = || drop(Linear::<f32>::with_init(inputs, outputs, init, init, rng));
            assert_eq!(panic(new), of(&format!("[{outputs}, {inputs}]")), "{init:?}");
        }
    }
    assert_eq!(panic(|| drop(BatchNorm1d::<f32>::new(usize::MAX))), of("[18446744073709551615]"));
    assert_eq!(panic(|| drop(LayerNorm::<f64>::new([HALF, HALF]))), of("[4294967296, 4294967296]"));
}

/// The message of the panic that there must be.
fn panic(work: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(work)).expect_err("a panic");
    payload.downcast_ref::<String>().expect("a message with sizes").clone()
}
