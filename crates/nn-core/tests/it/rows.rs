//! Batches made of rows are those that the tensor itself gives, whatever the shape, the instruction set and the number of
//! threads.

use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::simd::Level;
use nn_core::{Rows, Scalar, Tensor, team};

use crate::common::random;

/// Some samples in no order, with repetitions.
fn chosen(count: usize, samples: usize) -> Vec<usize> {
    (0..count).map(|index| index * 7919 % samples).collect()
}

fn check<F: Scalar>() {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    for (samples, features) in
        [(1, 16), (5, 17), (16, 18), (33, 19), (100, 1), (100, 15), (100, 50), (300, 784)]
    {
        let x = random::<F>(&[samples, features], rng);
        let rows = Rows::of(&x);
        for count in [0, 1, 2, 15, 16, 17, 40, 64] {
            let (samples, next) = (chosen(count, samples), chosen(count + 1, samples));
            let mut batch = Tensor::zeros(&[count, features]);
            for next in [&[][..], &next, &[usize::MAX, 0]] {
                rows.gather(&samples, next, &mut batch);
                assert_eq!(batch, x.select(&samples), "{count} of {:?}", x.shape());
            }
        }
    }
}

#[test]
fn rows_give_what_the_tensor_gives() {
    let _alone = crate::LEVEL.lock();
    let widest = Level::current();
    for level in Level::available() {
        level.set().unwrap();
        check::<f32>();
        check::<f64>();
    }
    widest.set().unwrap();
}

#[test]
fn samples_of_any_rank_are_rows() {
    let x = random::<f32>(&[20, 3, 4, 5], &mut ChaCha8Rng::seed_from_u64(0));
    let mut batch = Tensor::zeros(&[2, 3, 4, 5]);
    Rows::of(&x).gather(&[19, 3], &[], &mut batch);
    assert_eq!(batch, x.select(&[19, 3]));
}

/// Large enough to be copied and gathered by several threads.
#[test]
fn threads_share_the_copy_and_the_batches() {
    let x = random::<f32>(&[1000, 530], &mut ChaCha8Rng::seed_from_u64(0));
    let samples = chosen(500, 1000);
    let batch = || {
        let mut batch = Tensor::zeros(&[500, 530]);
        let rows = Rows::of(&x);
        // The first may find the helpers asleep.
        for _ in 0..3 {
            rows.gather(&samples, &[], &mut batch);
        }
        batch
    };
    assert_eq!(batch(), x.select(&samples));
    assert_eq!(team::alone(batch), x.select(&samples));
}

#[test]
#[should_panic(expected = "expected indices of samples below 20, found 20")]
fn an_index_beyond_the_samples_is_refused() {
    // Without a copy the message is the same.
    let narrow = Tensor::<f32>::zeros(&[20, 2]);
    let gather = || Rows::of(&narrow).gather(&[3, 20], &[], &mut Tensor::zeros(&[2, 2]));
    let panic = std::panic::catch_unwind(gather).unwrap_err();
    let message = panic.downcast_ref::<String>().unwrap();
    assert_eq!(message, "expected indices of samples below 20, found 20");
    let wide = Tensor::<f32>::zeros(&[20, 16]);
    Rows::of(&wide).gather(&[3, 20], &[], &mut Tensor::zeros(&[2, 16]));
}

#[test]
#[should_panic(expected = "2 samples of [20, 16] into [2, 4, 4]")]
fn a_batch_of_another_shape_is_refused() {
    let x = Tensor::<f32>::zeros(&[20, 16]);
    Rows::of(&x).gather(&[3, 4], &[], &mut Tensor::zeros(&[2, 4, 4]));
}
