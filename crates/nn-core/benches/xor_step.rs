//! One whole training step of the XOR network 2-8-2 on 200 samples, in `f32`: through the layers, and as a program written
//! by hand for just this network, which shows what the layers cost. The program reads every sample once, keeps sixteen of
//! them in registers from the input to the gradient of the first weight, unit by unit, and stores no activation.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nn_core::lanes::{Block, LANES, Lanes, Sums};
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

/// Sixteen partial sums of each gradient of one hidden unit: two weights and a bias into it, two weights out of it.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Unit([Block<f32>; 5]);

impl Kernel for FusedStep<'_> {
    type Output = f32;

    #[inline(always)]
    fn run(self) -> f32 {
        let FusedStep { network, x, labels } = self;
        let blocks = x.blocks_per_feature();
        let mut units = [Unit([[0.0; LANES]; 5]); HIDDEN];
        let mut h = [[0.0; LANES]; HIDDEN];
        let (mut d_bias1, mut loss) = (Lanes::zero(), Lanes::zero());
        // Of two classes only the difference of the logits matters, and their gradients are opposite.
        let bias = network.bias[1] - network.bias[0];
        for b in 0..blocks {
            let count = LANES.min(SAMPLES - b * LANES);
            let (x0, x1) = (Lanes(x.blocks()[b]), Lanes(x.blocks()[blocks + b]));
            let mut difference = Lanes::splat(bias);
            for k in 0..HIDDEN {
                let [w0, w1, bias] = network.hidden[k];
                let a = Lanes::splat(bias) + Lanes::splat(w0) * x0 + Lanes::splat(w1) * x1;
                let hk = a.map(Scalar::tanh);
                difference += Lanes::splat(network.out[1][k] - network.out[0][k]) * hk;
                hk.store(&mut h[k]);
            }
            let mut one = [0.0; LANES];
            for (one, label) in one.iter_mut().zip(&labels[b * LANES..][..count]) {
                *one = *label as f32;
            }
            let one = Lanes(one);
            // p1 = 1 / (1 + exp(z0 - z1)), stable on its larger side.
            let e = difference.map(|d| Scalar::exp(-d.abs()));
            let total = Lanes::splat(1.0) + e;
            let p1 = difference.zip(e, |d, e| if d < 0.0 { e } else { 1.0 }) / total;
            let margin = difference.zip(one, |d, one| if one > 0.5 { -d } else { d });
            loss += (margin.map(|m| if m > 0.0 { m } else { 0.0 }) + total.map(Scalar::ln)).keep(count);
            let d1 = (p1 - one).keep(count);
            d_bias1 += d1;
            for k in 0..HIDDEN {
                let (hk, [w0, w1, bias, out0, out1]) = (Lanes(h[k]), &mut units[k].0);
                let back = Lanes::splat(network.out[1][k] - network.out[0][k]) * d1;
                let da = back * (Lanes::splat(1.0) - hk * hk);
                (Lanes(*w0) + da * x0).store(w0);
                (Lanes(*w1) + da * x1).store(w1);
                (Lanes(*bias) + da).store(bias);
                let out = d1 * hk;
                (Lanes(*out1) + out).store(out1);
                (Lanes(*out0) - out).store(out0);
            }
        }
        for half in 0..HIDDEN / 2 {
            let mut sums = Sums::new();
            for unit in &units[2 * half..][..2] {
                for partial in &unit.0 {
                    sums.push(Lanes(*partial));
                }
            }
            let sums = sums.take();
            for (unit, sums) in [2 * half, 2 * half + 1].into_iter().zip(sums.chunks_exact(5)) {
                for (parameter, sum) in network.hidden[unit].iter_mut().zip(sums) {
                    *parameter -= LEARNING_RATE * sum;
                }
                network.out[0][unit] -= LEARNING_RATE * sums[3];
                network.out[1][unit] -= LEARNING_RATE * sums[4];
            }
        }
        let d_bias1 = d_bias1.sum();
        network.bias[0] += LEARNING_RATE * d_bias1;
        network.bias[1] -= LEARNING_RATE * d_bias1;
        loss.sum()
    }
}

criterion_group!(benches, step);
criterion_main!(benches);
