//! A product, a convolution, the channels of a batch, and passes over all values, shared by several threads, give the bits that one
//! thread gives.

use crate::common::{assert_same_bits, random, results, trained};
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{
    AdaptiveAvgPool2d, AvgPool2d, BatchNorm1d, BatchNorm2d, Conv1d, Conv2d, ConvTranspose2d, Flatten, Gru,
    Linear, Lstm, MaxPool2d, Module, MultiheadAttention, Purpose, Relu, Residual, Rnn, Scalar, Sequential,
    Silu, Tensor, TransformerEncoderLayer,
};

#[test]
fn shared_products_have_the_same_bits() {
    same_bits::<f32>();
    same_bits::<f64>();
}

fn same_bits<F: Scalar>() {
    let rng = &mut ChaCha8Rng::seed_from_u64(5);
    // The rows are not a whole number of tiles.
    let mut layer = Linear::<F>::new(301, 253, rng);
    // More multiplications than one thread does alone, then fewer, shared with helpers that are still awake.
    let batches = [130, 60, 130, 60, 60].map(|n| (random(&[n, 301], rng), random(&[n, 253], rng)));
    shared_and_alone(&mut layer, &batches);
    // So many samples that threads share the columns.
    let mut layer = Linear::<F>::new(41, 67, rng);
    let batches = [2501, 4111].map(|n| (random(&[n, 41], rng), random(&[n, 67], rng)));
    shared_and_alone(&mut layer, &batches);
    // Channels in parts that are not equal.
    let batches = [[100, 5, 30, 20], [17, 5, 50, 60]].map(|shape| (random(&shape, rng), random(&shape, rng)));
    shared_and_alone(&mut trained(BatchNorm2d::<F>::new(5)), &batches);
    shared_and_alone(&mut trained(BatchNorm2d::<F>::new(5).affine(false)), &batches);
    let batches = [300, 130].map(|n| (random(&[n, 1003], rng), random(&[n, 1003], rng)));
    shared_and_alone(&mut trained(BatchNorm1d::<F>::new(1003)), &batches);
}

#[test]
fn shared_windows_have_the_same_bits() {
    windows::<f32>();
    windows::<f64>();
}

/// A layer and the shapes of two batches.
type Shared<F> = (Box<dyn Module<F>>, [&'static [usize]; 2]);

fn windows<F: Scalar>() {
    let rng = &mut ChaCha8Rng::seed_from_u64(6);
    // Channels in parts that are not equal, and first more work than one thread does alone, then less.
    let layers: [Shared<F>; 9] = [
        (Box::new(Conv2d::new(13, 21, 3, rng).padding(1)), [&[20, 13, 12, 12], &[20, 13, 9, 9]]),
        (Box::new(Conv2d::grouped(46, 96, 3, 2, rng).padding(1)), [&[20, 46, 9, 9], &[17, 46, 3, 3]]),
        (Box::new(Conv2d::grouped(37, 37, 3, 37, rng).padding(1)), [&[33, 37, 24, 24], &[17, 37, 20, 20]]),
        (Box::new(Conv1d::grouped(12, 27, 5, 3, rng).stride(2)), [&[100, 12, 501], &[17, 12, 301]]),
        (Box::new(ConvTranspose2d::new(13, 11, 3, rng).stride(2)), [&[40, 13, 13, 13], &[17, 13, 9, 9]]),
        (Box::new(MaxPool2d::new(3).stride(2).padding(1)), [&[20, 13, 30, 30], &[17, 5, 20, 20]]),
        (Box::new(AvgPool2d::new(2)), [&[20, 13, 30, 30], &[17, 5, 30, 30]]),
        (Box::new(AdaptiveAvgPool2d::new(4)), [&[20, 13, 30, 30], &[17, 5, 30, 30]]),
        (
            Box::new(Sequential::new().append(Relu).append(Residual::new(Silu)).append(Flatten)),
            [&[300, 17, 59], &[130, 17, 59]],
        ),
    ];
    for (mut layer, shapes) in layers {
        let batches = shapes.map(|shape| {
            let output = layer.plan(shape, Purpose::Train).unwrap().output;
            (random(shape, rng), random(&output, rng))
        });
        shared_and_alone(layer.as_mut(), &batches);
    }
}

#[test]
fn shared_sequences_have_the_same_bits() {
    sequences::<f32>();
    sequences::<f64>();
}

/// Strips of the batch that are not equal, and rows of weights in parts that are not equal; enough work for all parts of a step.
fn sequences<F: Scalar>() {
    let rng = &mut ChaCha8Rng::seed_from_u64(7);
    let layers: [Box<dyn Module<F>>; 3] = [
        Box::new(Rnn::bidirectional(19, 45, 2, rng)),
        Box::new(Lstm::new(19, 45, rng).padding(0.0)),
        Box::new(Gru::new(19, 45, rng).last()),
    ];
    for mut layer in layers {
        let batches = [[130, 31, 19], [71, 30, 19]].map(|shape| {
            let output = layer.plan(&shape, Purpose::Train).unwrap().output;
            (random(&shape, rng), random(&output, rng))
        });
        shared_and_alone(layer.as_mut(), &batches);
    }
}

#[test]
fn shared_attention_has_the_same_bits() {
    attention::<f32>();
    attention::<f64>();
}

/// Tokens in parts that are not equal, all of them or those before the query, and enough work for all parts of a step; and one long
/// sequence.
fn attention<F: Scalar>() {
    let rng = &mut ChaCha8Rng::seed_from_u64(7);
    let layers: [Box<dyn Module<F>>; 3] = [
        Box::new(MultiheadAttention::new(24, 3, rng).padding(0.0)),
        Box::new(MultiheadAttention::new(24, 2, rng).cross(9)),
        Box::new(TransformerEncoderLayer::new(24, 3, 40, rng).causal().dropout(0.1)),
    ];
    for mut layer in layers {
        let batches = [[130, 33, 24], [71, 34, 24], [1, 310, 24]].map(|shape| {
            let output = layer.plan(&shape, Purpose::Train).unwrap().output;
            (random(&shape, rng), random(&output, rng))
        });
        shared_and_alone(layer.as_mut(), &batches);
    }
}

fn shared_and_alone<F: Scalar>(layer: &mut dyn Module<F>, batches: &[(Tensor<F>, Tensor<F>)]) {
    let mut all = || batches.iter().map(|(x, dy)| results(layer, x, dy)).collect::<Vec<_>>();
    let shared = all();
    // Inside a pool nothing is shared.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let alone = pool.install(all);
    for (shared, alone) in shared.iter().zip(&alone) {
        assert_same_bits(shared, alone, "shared and alone");
    }
}

/// Where threads cannot start, a wide layer is computed by one, and nothing starts threads only to count them. The environment
/// belongs to the whole process, so each check runs in one of its own.
#[cfg(target_os = "linux")]
mod where_threads_are_scarce {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    use super::*;
    use nn_core::team;

    const CHILD: &str = "NN_CORE_TEST_CHILD";
    /// The time limit of a child.
    const PATIENCE: Duration = Duration::from_secs(60);

    /// Runs this test again in a process with these variables, where it does `work`.
    fn in_child(test: &str, variables: &[(&str, &str)], work: impl FnOnce()) {
        if std::env::var_os(CHILD).is_some() {
            return work();
        }
        // With one test thread, tests run on the main thread.
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                &format!("threads::where_threads_are_scarce::{test}"),
                "--test-threads=1",
                "--nocapture",
            ])
            .env(CHILD, "1")
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A child that starts as many threads as it is told to would not end.
        let start = Instant::now();
        while child.try_wait().unwrap().is_none() {
            if start.elapsed() > PATIENCE {
                child.kill().unwrap();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let output = child.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && text.contains("1 passed"), "{}: {text}", output.status);
    }

    fn threads_of_this_process() -> usize {
        std::fs::read_dir("/proc/self/task").unwrap().count()
    }

    fn wide_step() {
        let rng = &mut ChaCha8Rng::seed_from_u64(5);
        let (mut layer, x, dy) =
            (Linear::<f32>::new(301, 253, rng), random(&[130, 301], rng), random(&[130, 253], rng));
        let shared = results(&mut layer, &x, &dy);
        let alone = team::alone(|| results(&mut layer, &x, &dy));
        assert_same_bits(&shared, &alone, "in a process with few threads");
    }

    #[test]
    fn a_number_is_read_without_starting_threads() {
        in_child("a_number_is_read_without_starting_threads", &[("RAYON_NUM_THREADS", "1000")], || {
            let before = threads_of_this_process();
            assert_eq!(team::threads(usize::MAX), 8);
            assert_eq!(threads_of_this_process(), before);
            wide_step();
            assert_eq!(threads_of_this_process(), before + 7);
        });
    }

    #[test]
    fn a_number_beyond_all_reason_is_eight() {
        let variable = [("RAYON_NUM_THREADS", "99999999999999")];
        in_child("a_number_beyond_all_reason_is_eight", &variable, || {
            assert_eq!(team::threads(usize::MAX), 8);
            wide_step();
        });
    }

    /// No thread can have a stack larger than the address space.
    #[test]
    fn a_wide_layer_goes_on_alone() {
        let variables = [("RAYON_NUM_THREADS", "4"), ("RUST_MIN_STACK", "1000000000000000")];
        in_child("a_wide_layer_goes_on_alone", &variables, || {
            assert!(std::thread::Builder::new().spawn(|| ()).is_err(), "the limit holds");
            assert_eq!(team::threads(usize::MAX), 4);
            let before = threads_of_this_process();
            wide_step();
            assert_eq!(threads_of_this_process(), before);
        });
    }

    #[test]
    fn nonsense_is_one_thread_for_each_core() {
        for value in ["", "0", "-1", "many", "99999999999999999999999999"] {
            in_child("nonsense_is_one_thread_for_each_core", &[("RAYON_NUM_THREADS", value)], || {
                let cores = std::thread::available_parallelism().unwrap().get();
                assert_eq!(team::threads(usize::MAX), cores.min(8));
            });
        }
    }
}
