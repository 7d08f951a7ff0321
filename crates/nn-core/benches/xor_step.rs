//! One whole training step of the XOR network 2-8-2 on 200 samples, in `f32`: through the layers, and as a program written
//! by hand for just this network (one loop over the samples, no layers), which shows what the layers cost.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nn_core::lanes::{LANES, Lanes};
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::simd::{Kernel, dispatch};
use nn_core::{Linear, Module, Scalar, Sequential, Tanh, Tensor};
use nn_data::make_xor;
use nn_loss::CrossEntropyLoss;
use nn_train::{Sgd, Step};

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
    let sgd = Sgd { learning_rate: f64::from(LEARNING_RATE) };

    // The two must compute the same before their times mean anything.
    let (mut layers, mut fused) = (network(), Fused::of(&network()));
    let mut step = Step::plan(&layers, &loss, data.x(), data.y()).expect("shapes fit");
    for _ in 0..100 {
        let expected = step.run(&layers, &loss, data.x(), data.y(), &mut rng);
        sgd.step(&mut layers, step.workspace());
        let found = fused.step(data.x(), data.y());
        assert!((expected - found).abs() < 1e-3 * expected, "layers {expected}, by hand {found}");
    }

    let mut group = c.benchmark_group("xor_step");
    group.throughput(Throughput::Elements(SAMPLES as u64));
    group.bench_function("through layers", |b| {
        b.iter(|| {
            let value = step.run(&layers, &loss, data.x(), data.y(), &mut rng);
            sgd.step(&mut layers, step.workspace());
            value
        });
    });
    group.bench_function("by hand", |b| b.iter(|| fused.step(data.x(), data.y())));
}

/// The network's parameters, unit by unit.
struct Fused {
    /// Two weights and a bias of each hidden unit.
    hidden: [[f32; 3]; HIDDEN],
    /// For each hidden unit its two weights to the logits.
    out: [[f32; 2]; HIDDEN],
    bias: [f32; 2],
}

impl Fused {
    fn of(network: &Sequential<f32>) -> Self {
        let mut all: Vec<Vec<f32>> = Vec::new();
        network.visit(&mut |parameter| all.push(parameter.value.to_vec()));
        Fused {
            hidden: std::array::from_fn(|k| [all[0][2 * k], all[0][2 * k + 1], all[1][k]]),
            out: std::array::from_fn(|k| [all[2][k], all[2][HIDDEN + k]]),
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
        let mut d_hidden = [[Lanes::zero(); 3]; HIDDEN];
        let mut d_out = [[Lanes::zero(); 2]; HIDDEN];
        let mut d_bias = [Lanes::zero(); 2];
        let mut loss = Lanes::zero();
        for b in 0..blocks {
            let count = LANES.min(SAMPLES - b * LANES);
            let x0 = Lanes(x.blocks()[b]);
            let x1 = Lanes(x.blocks()[blocks + b]);
            let mut h = [Lanes::zero(); HIDDEN];
            let (mut z0, mut z1) = (Lanes::splat(network.bias[0]), Lanes::splat(network.bias[1]));
            for k in 0..HIDDEN {
                let [w0, w1, bias] = network.hidden[k];
                let a = Lanes::splat(bias) + Lanes::splat(w0) * x0 + Lanes::splat(w1) * x1;
                h[k] = a.map(Scalar::tanh);
                z0 += Lanes::splat(network.out[k][0]) * h[k];
                z1 += Lanes::splat(network.out[k][1]) * h[k];
            }
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
            d_bias[0] += d0;
            d_bias[1] += d1;
            for k in 0..HIDDEN {
                d_out[k][0] += d0 * h[k];
                d_out[k][1] += d1 * h[k];
                let back = Lanes::splat(network.out[k][0]) * d0 + Lanes::splat(network.out[k][1]) * d1;
                let da = back * (Lanes::splat(1.0) - h[k] * h[k]);
                d_hidden[k][0] += da * x0;
                d_hidden[k][1] += da * x1;
                d_hidden[k][2] += da;
            }
        }
        for k in 0..HIDDEN {
            for i in 0..3 {
                network.hidden[k][i] -= LEARNING_RATE * d_hidden[k][i].sum();
            }
            for i in 0..2 {
                network.out[k][i] -= LEARNING_RATE * d_out[k][i].sum();
            }
        }
        for i in 0..2 {
            network.bias[i] -= LEARNING_RATE * d_bias[i].sum();
        }
        loss.sum()
    }
}

criterion_group!(benches, step);
criterion_main!(benches);
