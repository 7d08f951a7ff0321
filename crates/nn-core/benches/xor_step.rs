//! One whole training step of the XOR network 2-8-2 on 200 samples, in `f32`: through the layers, and as a program written
//! by hand for just this network (one loop over the samples, no layers), which shows what the layers cost.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nn_core::lanes::{Block, LANES, Lanes};
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::simd::{Kernel, dispatch};
use nn_core::{Linear, Module, Scalar, Sequential, Tanh, Tensor};
use nn_data::make_xor;
use nn_loss::CrossEntropyLoss;
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

    // The two must compute the same before their times mean anything.
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
}

/// The network's parameters, unit by unit.
struct Fused {
    /// Two weights and a bias of each hidden unit.
    hidden: [[f32; 3]; HIDDEN],
    /// For each logit its weights from the hidden units.
    out: [[f32; HIDDEN]; 2],
    bias: [f32; 2],
}

impl Fused {
    fn of(network: &Sequential<f32>) -> Self {
        let mut all: Vec<Vec<f32>> = Vec::new();
        network.visit(&mut |parameter| all.push(parameter.value.to_vec()));
        Fused {
            hidden: std::array::from_fn(|k| [all[0][2 * k], all[0][2 * k + 1], all[1][k]]),
            out: std::array::from_fn(|i| std::array::from_fn(|k| all[2][i * HIDDEN + k])),
            bias: [all[3][0], all[3][1]],
        }
    }

    /// Forward, loss, backward and update in one pass over the samples.
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
        let blocks = x.blocks_per_feature();
        let zeros = [[0.0; LANES]; HIDDEN];
        let (mut d_w0, mut d_w1, mut d_bias_hidden) = (zeros, zeros, zeros);
        let (mut d_out0, mut d_out1) = (zeros, zeros);
        let (mut d_bias0, mut d_bias1, mut loss) = (Lanes::zero(), Lanes::zero(), Lanes::zero());
        let mut h = zeros;
        for b in 0..blocks {
            let count = LANES.min(SAMPLES - b * LANES);
            let x0 = Lanes(x.blocks()[b]);
            let x1 = Lanes(x.blocks()[blocks + b]);
            for (h, [w0, w1, bias]) in h.iter_mut().zip(&network.hidden) {
                let a = Lanes::splat(*bias) + Lanes::splat(*w0) * x0 + Lanes::splat(*w1) * x1;
                a.map(Scalar::tanh).store(h);
            }
            let z0 = logit(network.bias[0], &network.out[0], &h);
            let z1 = logit(network.bias[1], &network.out[1], &h);
            // With two classes the softmax is one exponential: p1 = 1 / (1 + exp(z0 - z1)), stable on its larger side.
            let mut one = [0.0; LANES];
            for lane in 0..count {
                one[lane] = labels[b * LANES + lane] as f32;
            }
            let one = Lanes(one);
            let difference = z1 - z0;
            let e = difference.map(|d| Scalar::exp(-d.abs()));
            let total = Lanes::splat(1.0) + e;
            let p1 = difference.zip(e, |d, e| if d < 0.0 { e } else { 1.0 }) / total;
            let margin = difference.zip(one, |d, one| if one > 0.5 { -d } else { d });
            let surprise = margin.map(|m| m.max(0.0)) + total.map(Scalar::ln);
            loss += surprise.keep(count);
            let d1 = (p1 - one).keep(count);
            let d0 = Lanes::zero() - d1;
            d_bias0 += d0;
            d_bias1 += d1;
            for k in 0..HIDDEN {
                let hk = Lanes(h[k]);
                (Lanes(d_out0[k]) + d0 * hk).store(&mut d_out0[k]);
                (Lanes(d_out1[k]) + d1 * hk).store(&mut d_out1[k]);
                let back = Lanes::splat(network.out[0][k]) * d0 + Lanes::splat(network.out[1][k]) * d1;
                let da = back * (Lanes::splat(1.0) - hk * hk);
                (Lanes(d_w0[k]) + da * x0).store(&mut d_w0[k]);
                (Lanes(d_w1[k]) + da * x1).store(&mut d_w1[k]);
                (Lanes(d_bias_hidden[k]) + da).store(&mut d_bias_hidden[k]);
            }
        }
        for k in 0..HIDDEN {
            network.hidden[k][0] -= LEARNING_RATE * Lanes(d_w0[k]).sum();
            network.hidden[k][1] -= LEARNING_RATE * Lanes(d_w1[k]).sum();
            network.hidden[k][2] -= LEARNING_RATE * Lanes(d_bias_hidden[k]).sum();
            network.out[0][k] -= LEARNING_RATE * Lanes(d_out0[k]).sum();
            network.out[1][k] -= LEARNING_RATE * Lanes(d_out1[k]).sum();
        }
        network.bias[0] -= LEARNING_RATE * d_bias0.sum();
        network.bias[1] -= LEARNING_RATE * d_bias1.sum();
        loss.sum()
    }
}

/// One logit of sixteen samples.
#[inline(always)]
fn logit(bias: f32, weights: &[f32; HIDDEN], h: &[Block<f32>; HIDDEN]) -> Lanes<f32> {
    let mut z = Lanes::splat(bias);
    for (weight, h) in weights.iter().zip(h) {
        z += Lanes::splat(*weight) * Lanes(*h);
    }
    z
}

criterion_group!(benches, step);
criterion_main!(benches);
