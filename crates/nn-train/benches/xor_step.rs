//! Times one whole training step of the XOR network 2-8-2 on 200 samples in `f32`: through the layers, for one network and
//! for a stack of sixteen, and as a program written by hand for this network alone, which shows what the layers cost. The
//! program knows all sizes at compile time, makes as few passes over the samples as it can, and uses that the gradients of
//! the two logits are negatives of each other.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nn_core::lanes::{Block, LANES, Lanes, Sums};
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::simd::{Kernel, dispatch};
use nn_core::{
    Accumulate, Linear, Mode, Module, Parameters, Plan, Purpose, Scalar, Sequential, Stack, Tanh, Tensor,
};
use nn_data::{Target, make_xor};
use nn_loss::{CrossEntropyLoss, Loss};
use nn_train::Step;
use nn_train::optim::{Optimizer, Sgd};

const SAMPLES: usize = 200;
const HIDDEN: usize = 8;
const LEARNING_RATE: f32 = 0.01;

fn step(c: &mut Criterion) {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let data = make_xor::<f32>(SAMPLES, 0.3, &mut rng).expect("valid arguments");
    let network = || {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let hidden = Linear::new(2, HIDDEN, &mut rng);
        Sequential::new().append(hidden).append(Tanh).append(Linear::new(HIDDEN, 2, &mut rng))
    };
    let loss = CrossEntropyLoss::sum();
    let mut sgd = Sgd::new(f64::from(LEARNING_RATE));

    // The times can be compared only if both compute the same.
    let (mut layers, mut fused) = (network(), Fused::of(&network()));
    let mut step = Step::plan(&layers, &loss, data.x(), data.y()).expect("shapes fit");
    for _ in 0..100 {
        let expected = step.run(&layers, &loss, data.x(), data.y(), &mut rng).expect("planned");
        sgd.step(&mut layers, step.workspace()).expect("planned");
        let found = fused.step(data.x(), data.y());
        assert!((expected - found).abs() < 1e-3 * expected, "layers {expected}, by hand {found}");
    }

    let mut group = c.benchmark_group("xor_step");
    group.throughput(Throughput::Elements(SAMPLES as u64));
    group.bench_function("through layers", |b| {
        b.iter(|| {
            let value = step.run(&layers, &loss, data.x(), data.y(), &mut rng).expect("planned");
            sgd.step(&mut layers, step.workspace()).expect("planned");
            value
        });
    });
    group.bench_function("by hand", |b| b.iter(|| fused.step(data.x(), data.y())));

    // The same steps as in `Fit::fit_stack` of gradient descent.
    let networks: [Sequential<f32>; LANES] = std::array::from_fn(|_| network());
    let mut stack =
        Stack::new(networks.each_ref().map(|network| network as &dyn Module<f32>)).expect("layers stack");
    let x = Tensor::interleave([data.x(); LANES]).expect("one shape");
    let y = Vec::interleave([data.y(); LANES]).expect("one length");
    let Plan { output, mut workspace } = stack.module().plan(x.shape(), Purpose::Train).expect("shapes fit");
    let (mut output, mut gradient) = (Tensor::zeros(&output), Tensor::zeros(&output));
    let mut losses = [0.0; LANES];
    group.throughput(Throughput::Elements((LANES * SAMPLES) as u64));
    group.bench_function("through layers, sixteen networks", |b| {
        b.iter(|| {
            workspace.zero_grad();
            stack.module().forward(&x, &mut output, &mut workspace, &mut Mode::Eval);
            loss.evaluate(&output, &y, Some(&mut gradient), &mut losses);
            stack.module().backward(&x, &output, &gradient, None, Accumulate::Replace, &mut workspace);
            sgd.step(stack.module_mut(), &workspace).expect("planned");
            losses
        });
    });
}

const BLOCKS: usize = SAMPLES.div_ceil(LANES);

/// The network's parameters, and the values that a step keeps from one pass to the next.
struct Fused {
    /// The two weights and the bias of each hidden unit.
    hidden: [[f32; 3]; HIDDEN],
    /// The weights of each logit, one per hidden unit.
    out: [[f32; HIDDEN]; 2],
    bias: [f32; 2],
    h: [Column; HIDDEN],
    /// The logits, later replaced by their gradients.
    z: [Column; 2],
    /// 1 for samples of the first class, −1 for those of the second.
    side: Column,
}

#[derive(Clone, Copy)]
#[repr(align(64))]
struct Column([Block<f32>; BLOCKS]);

impl Fused {
    fn of(network: &Sequential<f32>) -> Self {
        let mut all: Vec<Vec<f32>> = Vec::new();
        network.visit(&mut |parameter| all.push(parameter.value.to_vec()));
        let empty = Column([[0.0; LANES]; BLOCKS]);
        Fused {
            hidden: std::array::from_fn(|k| [all[0][2 * k], all[0][2 * k + 1], all[1][k]]),
            out: std::array::from_fn(|i| std::array::from_fn(|k| all[2][i * HIDDEN + k])),
            bias: [all[3][0], all[3][1]],
            h: [empty; HIDDEN],
            z: [empty; 2],
            side: empty,
        }
    }

    /// Runs forward, loss, backward and update, and returns the loss.
    fn step(&mut self, x: &Tensor<f32>, labels: &[usize]) -> f32 {
        dispatch(FusedStep { network: self, x, labels })
    }
}

struct FusedStep<'a> {
    network: &'a mut Fused,
    x: &'a Tensor<f32>,
    labels: &'a [usize],
}

impl Kernel for FusedStep<'_> {
    type Output = f32;

    #[inline(always)]
    fn run(self) -> f32 {
        let FusedStep { network, x, labels } = self;
        let (x0, x1) = x.blocks().split_at(BLOCKS);
        let (x0, x1): (&[_; BLOCKS], &[_; BLOCKS]) =
            (x0.try_into().expect("two inputs"), x1.try_into().expect("two inputs"));

        for (unit, h) in network.hidden.iter().zip(&mut network.h) {
            let [w0, w1, bias] = unit.map(Lanes::splat);
            for b in 0..BLOCKS {
                let a = w1.mul_add(Lanes(x1[b]), w0.mul_add(Lanes(x0[b]), bias));
                a.map(Scalar::tanh).store(&mut h.0[b]);
            }
        }

        for b in 0..BLOCKS {
            let [mut z0, mut z1] = network.bias.map(Lanes::splat);
            for k in 0..HIDDEN {
                let h = Lanes(network.h[k].0[b]);
                z0 = Lanes::splat(network.out[0][k]).mul_add(h, z0);
                z1 = Lanes::splat(network.out[1][k]).mul_add(h, z1);
            }
            z0.store(&mut network.z[0].0[b]);
            z1.store(&mut network.z[1].0[b]);
        }

        for (side, label) in network.side.0.as_flattened_mut().iter_mut().zip(labels) {
            *side = if *label == 0 { 1.0 } else { -1.0 };
        }
        let mut loss = Lanes::zero();
        let [z0, z1] = &mut network.z;
        for b in 0..BLOCKS {
            let (side, ahead) = (Lanes(network.side.0[b]), Lanes(z1.0[b]) - Lanes(z0.0[b]));
            let e = ahead.map(|x| -x.abs()).map(Scalar::exp_nonpositive);
            let v = ahead * side;
            let mut value = v.map(|v| v.max(0.0)) + e.map(Scalar::ln_1p_unit);
            let p = v.zip(e, |v, e| if v > 0.0 { 1.0 } else { e }) / (Lanes::splat(1.0) + e);
            let mut d1 = p * side;
            let count = SAMPLES - b * LANES;
            if count < LANES {
                (value, d1) = (value.keep(count), d1.keep(count));
            }
            loss += value;
            // The gradients overwrite the logits.
            (Lanes::zero() - d1).store(&mut z0.0[b]);
            d1.store(&mut z1.0[b]);
        }

        let [d0, d1] = &network.z;
        let mut sums = Sums::new();
        for half in 0..2 {
            for k in half * HIDDEN / 2..(half + 1) * HIDDEN / 2 {
                let (w0, w1) = (Lanes::splat(network.out[0][k]), Lanes::splat(network.out[1][k]));
                let (mut s0, mut s1, mut s_bias) = (Lanes::zero(), Lanes::zero(), Lanes::zero());
                let mut s_out = Lanes::zero();
                for b in 0..BLOCKS {
                    let h = Lanes(network.h[k].0[b]);
                    let dh = w1.mul_add(Lanes(d1.0[b]), w0 * Lanes(d0.0[b]));
                    let da = dh * (Lanes::zero() - h).mul_add(h, Lanes::splat(1.0));
                    s0 = da.mul_add(Lanes(x0[b]), s0);
                    s1 = da.mul_add(Lanes(x1[b]), s1);
                    s_bias += da;
                    // The gradients of the two logits are negatives of each other, so one sum serves both.
                    s_out = h.mul_add(Lanes(d1.0[b]), s_out);
                }
                sums.push(s0);
                sums.push(s1);
                sums.push(s_bias);
                sums.push(s_out);
            }
            let taken = sums.take();
            for (k, sums) in (half * HIDDEN / 2..).zip(taken.as_chunks::<4>().0) {
                for (parameter, sum) in network.hidden[k].iter_mut().zip(sums) {
                    *parameter -= LEARNING_RATE * sum;
                }
                network.out[0][k] += LEARNING_RATE * sums[3];
                network.out[1][k] -= LEARNING_RATE * sums[3];
            }
        }
        let mut d_bias = Lanes::zero();
        for d in &network.z[1].0 {
            d_bias += Lanes(*d);
        }
        let d_bias = d_bias.sum();
        network.bias[0] += LEARNING_RATE * d_bias;
        network.bias[1] -= LEARNING_RATE * d_bias;
        loss.sum()
    }
}

criterion_group!(benches, step);
criterion_main!(benches);
