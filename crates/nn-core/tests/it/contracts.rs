//! Contracts of every module: it can be shared and boxed, names itself, shows its parameters in one order, and does not
//! depend on the old contents of its memory.

use crate::common::{Case, assert_same_bits, narrow, random, results, step, values, wide};
use nn_core::lanes::LANES;
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{
    AdaptiveAvgPool1d, AdaptiveAvgPool2d, AvgPool1d, AvgPool2d, BatchNorm1d, BatchNorm2d, Branches, Conv1d,
    Conv2d, ConvTranspose1d, ConvTranspose2d, Dropout, Dropout2d, Elu, Embedding, Flatten, Gelu, GeluTanh,
    Graph, GroupNorm, Gru, Identity, Kind, LayerNorm, LeakyRelu, Linear, LogSoftmax, Lstm, MaxPool1d,
    MaxPool2d, Mode, Module, MultiheadAttention, Padding, Parameters, Permute, Plan, PositionEmbedding,
    PositionalEncoding, Purpose, Relu, Reshape, Residual, RmsNorm, Rnn, Scalar, Select, Sequential, Sigmoid,
    Silu, Slice, Softmax, Softplus, Tanh, Tensor, TransformerEncoderLayer, Unflatten, Upsample, Workspace,
};

#[test]
fn the_memory_of_a_step_is_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<(Tensor<f64>, Workspace<f64>, Plan<f64>)>();
}

#[test]
fn modules_name_themselves() {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let modules: [(&dyn Module<f32>, &str); 70] = [
        (&Identity, "Identity"),
        (&Tanh, "Tanh"),
        (&Sigmoid, "Sigmoid"),
        (&Relu, "Relu"),
        (&Softmax, "Softmax"),
        (&Linear::new(2, 8, rng), "Linear(2 → 8)"),
        (&LeakyRelu::default(), "LeakyRelu(negative_slope=0.01)"),
        (&Elu::default(), "Elu(alpha=1)"),
        (&Gelu, "Gelu"),
        (&GeluTanh, "GeluTanh"),
        (&Silu, "Silu"),
        (&Softplus::default(), "Softplus(beta=1, threshold=20)"),
        (&LogSoftmax, "LogSoftmax"),
        (&Dropout::new(0.25), "Dropout(p=0.25)"),
        (&BatchNorm1d::new(8), "BatchNorm1d(8)"),
        (&BatchNorm1d::new(8).momentum(0.5).eps(0.001), "BatchNorm1d(8, eps=1e-3, momentum=0.5)"),
        (
            &LayerNorm::new([3]).eps(0.1).elementwise_affine(false),
            "LayerNorm([3], eps=1e-1, elementwise_affine=false)",
        ),
        (&Linear::new(2, 8, rng).without_bias(), "Linear(2 → 8, bias=false)"),
        (&LayerNorm::new([2, 3]), "LayerNorm([2, 3])"),
        (&RmsNorm::new([2, 3]), "RmsNorm([2, 3])"),
        (
            &RmsNorm::new([3]).eps(0.1).elementwise_affine(false),
            "RmsNorm([3], eps=1e-1, elementwise_affine=false)",
        ),
        (&Embedding::new(100, 8, rng), "Embedding(100 → 8)"),
        (&Embedding::new(100, 8, rng).padding_index(0), "Embedding(100 → 8, padding_index=0)"),
        (&PositionalEncoding::new(), "PositionalEncoding"),
        (&PositionalEncoding::new().padding(0.5), "PositionalEncoding(padding=0.5)"),
        (&PositionEmbedding::new(16, 8, rng), "PositionEmbedding(16, 8)"),
        (&PositionEmbedding::new(16, 8, rng).padding(0.0), "PositionEmbedding(16, 8, padding=0)"),
        (&Flatten, "Flatten"),
        (&Dropout2d::new(0.25), "Dropout2d(p=0.25)"),
        (&BatchNorm2d::new(8).momentum(0.5), "BatchNorm2d(8, momentum=0.5)"),
        (&GroupNorm::new(2, 8), "GroupNorm(2, 8)"),
        (&GroupNorm::new(1, 8).eps(0.001).affine(false), "GroupNorm(1, 8, eps=1e-3, affine=false)"),
        (&Upsample::nearest(2), "Upsample(scale_factor=2, mode=nearest)"),
        (&Upsample::nearest_by([1, 3]), "Upsample(scale_factor=[1, 3], mode=nearest)"),
        (&Reshape::new([1, 8, 8]), "Reshape([1, 8, 8])"),
        (&Unflatten::new(1, [2, 3]), "Unflatten(1, [2, 3])"),
        (&Permute::new([2, 1]), "Permute([2, 1])"),
        (&Select::new(1, -1), "Select(1, -1)"),
        (&Slice::new(1, -3, None), "Slice(1, -3..)"),
        (&Slice::new(2, 0, 5), "Slice(2, 0..5)"),
        (&Slice::new(1, 1, -1), "Slice(1, 1..-1)"),
        (&Conv2d::new(3, 8, 3, rng), "Conv2d(3 → 8, kernel=3)"),
        (
            &Conv2d::grouped(4, 8, [3, 5], 2, rng).stride(2).padding([1, 2]).dilation(2).without_bias(),
            "Conv2d(4 → 8, kernel=3x5, stride=2, padding=1x2, dilation=2, groups=2, bias=false)",
        ),
        (&Conv1d::new(1, 2, 3, rng).padding(Padding::Same), "Conv1d(1 → 2, kernel=3, padding=same)"),
        (&Conv1d::new(1, 2, 3, rng).padding(Padding::Valid), "Conv1d(1 → 2, kernel=3)"),
        (&Rnn::new(3, 8, rng), "RNN(3 → 8)"),
        (&Rnn::new(3, 8, rng).relu().last(), "RNN(3 → 8, relu, last)"),
        (
            &Lstm::bidirectional(3, 8, 2, rng).dropout(0.25).padding(-1.0).without_bias(),
            "LSTM(3 → 8, layers=2, bidirectional, dropout=0.25, padding=-1, bias=false)",
        ),
        (&Gru::deep(3, 8, 3, rng), "GRU(3 → 8, layers=3)"),
        (&MultiheadAttention::new(8, 2, rng), "MultiheadAttention(8, heads=2)"),
        (
            &MultiheadAttention::new(8, 2, rng).causal().dropout(0.1).padding(0.0).without_bias(),
            "MultiheadAttention(8, heads=2, causal, dropout=0.1, padding=0, bias=false)",
        ),
        (&MultiheadAttention::new(8, 2, rng).cross(3), "MultiheadAttention(8, heads=2, queries=3)"),
        (&TransformerEncoderLayer::new(8, 2, 32, rng), "TransformerEncoderLayer(8, heads=2, hidden=32)"),
        (
            &TransformerEncoderLayer::new(8, 2, 32, rng)
                .gelu()
                .norm_first()
                .causal()
                .dropout(0.1)
                .padding(0.0),
            "TransformerEncoderLayer(8, heads=2, hidden=32, gelu, norm_first, causal, dropout=0.1, padding=0)",
        ),
        (
            &ConvTranspose2d::new(2, 3, 3, rng).stride([2, 3]).padding(1).output_padding([0, 1]),
            "ConvTranspose2d(2 → 3, kernel=3, stride=2x3, padding=1, output_padding=0x1)",
        ),
        (&ConvTranspose1d::grouped(4, 2, 2, 2, rng), "ConvTranspose1d(4 → 2, kernel=2, groups=2)"),
        (&MaxPool2d::new(2).stride(2), "MaxPool2d(kernel=2)"),
        (
            &MaxPool1d::new(3).stride(1).padding(1).dilation(2).ceil_mode(true),
            "MaxPool1d(kernel=3, stride=1, padding=1, dilation=2, ceil_mode=true)",
        ),
        (&AvgPool1d::new(3).count_include_pad(false), "AvgPool1d(kernel=3, count_include_pad=false)"),
        (
            &AvgPool2d::new([3, 2]).stride(3).divisor_override(5),
            "AvgPool2d(kernel=3x2, stride=3, divisor_override=5)",
        ),
        (&AdaptiveAvgPool1d::new(4), "AdaptiveAvgPool1d(output=4)"),
        (
            &Sequential::new().append(Conv1d::new(2, 3, 5, rng)).append(AdaptiveAvgPool2d::new([1, 3])),
            "\
Sequential: 33 parameters
  0  Conv1d(2 → 3, kernel=5): weight [3, 2, 5], bias [3]; 33 parameters
  1  AdaptiveAvgPool2d(output=1x3)",
        ),
        (
            &Residual::new(Linear::new(2, 2, rng)),
            "\
Residual: 6 parameters
  fn  Linear(2 → 2): weight [2, 2], bias [2]; 6 parameters",
        ),
        (
            &Branches::concat(2).append(Tanh).append(Branches::sum().append(Identity).append(Tanh)),
            "\
Branches(concat, axis=2): 0 parameters
  0  Tanh
  1  Branches(sum): 0 parameters
       0  Identity
       1  Tanh",
        ),
        (&Branches::product(), "Branches(product): 0 parameters"),
        (
            &Graph::new()
                .input("words", [2, 3])
                .input("numbers", [])
                .node(
                    "net",
                    Sequential::new().append(Residual::new(Linear::new(3, 3, rng))).append(Tanh),
                    "words",
                )
                .shared("again", "net", "net")
                .sum("sum", ["net", "again"])
                .product("product", ["sum", "again"])
                .concat("all", 1, ["sum", "product"])
                .output("all")
                .output("again")
                .output("numbers"),
            "\
Graph: 12 parameters
  words  input [2, 3]
  numbers  input []; output
  net ← words  Sequential: 12 parameters
         0  Residual: 12 parameters
              fn  Linear(3 → 3): weight [3, 3], bias [3]; 12 parameters
         1  Tanh
  again ← net  shared with net; output
  sum ← net, again  Sum
  product ← sum, again  Product
  all ← sum, product  Concat(1); output",
        ),
        (&Sequential::new(), "Sequential: 0 parameters"),
        (
            &Sequential::new().append(BatchNorm1d::new(8)).append(BatchNorm1d::new(4).affine(false)),
            "\
Sequential: 16 parameters
  0  BatchNorm1d(8): weight [8], bias [8]; 16 parameters; buffers running_mean [8], running_var [8], \
num_batches_tracked
  1  BatchNorm1d(4, affine=false): buffers running_mean [4], running_var [4], num_batches_tracked",
        ),
        (
            &Sequential::new().append(BatchNorm2d::new(2)).append(GroupNorm::new(1, 2)),
            "\
Sequential: 8 parameters
  0  BatchNorm2d(2): weight [2], bias [2]; 4 parameters; buffers running_mean [2], running_var [2], \
num_batches_tracked
  1  GroupNorm(1, 2): weight [2], bias [2]; 4 parameters",
        ),
        (
            &Sequential::new()
                .append(Linear::new(2, 3, rng))
                .append(Sequential::new().append(Tanh).append(Linear::new(3, 1, rng))),
            "\
Sequential: 13 parameters
  0  Linear(2 → 3): weight [3, 2], bias [3]; 9 parameters
  1  Sequential: 4 parameters
       0  Tanh
       1  Linear(3 → 1): weight [1, 3], bias [1]; 4 parameters",
        ),
    ];
    for (module, text) in modules {
        assert_eq!(module.to_string(), text);
    }
}

// --- Parameters ---

#[test]
fn parameters_are_visited_in_one_order_under_the_names_of_pytorch() {
    let (mut nested, mut normalised, mut residual) = (Vec::new(), Vec::new(), Vec::new());
    for case in narrow::<f64>().iter_mut().chain(&mut wide()) {
        let describe = |name: &dyn ToString, kind: Kind, shape: &[usize], value: &[f64]| {
            assert_eq!(shape.iter().product::<usize>(), value.len(), "{}", case.name);
            (name.to_string(), kind, shape.to_vec(), value.to_vec())
        };
        let (mut read, mut written, mut trained) = (Vec::new(), Vec::new(), Vec::new());
        let workspace = case.module.plan(&[&[3], case.sample].concat(), Purpose::Train).unwrap().workspace;
        case.module.visit(&mut |p| read.push(describe(&p.name, p.kind, p.shape, p.value)));
        case.module.visit_mut(None, &mut |p| {
            assert!(p.gradient.is_none());
            written.push(describe(&p.name, p.kind, p.shape, p.value));
        });
        case.module.visit_mut(Some(&workspace), &mut |p| {
            let expected = (p.kind == Kind::Learned).then_some(p.value.len());
            assert_eq!(p.gradient.map(<[f64]>::len), expected, "{}", case.name);
            trained.push(describe(&p.name, p.kind, p.shape, p.value));
        });
        assert_eq!(read, written, "{}", case.name);
        assert_eq!(read, trained, "{}", case.name);
        assert_eq!(
            case.module.parameter_count(),
            read.iter().filter(|p| p.1 == Kind::Learned).map(|p| p.3.len()).sum::<usize>()
        );
        let names: Vec<_> = read.into_iter().map(|p| p.0).collect();
        match case.name {
            "nested" => nested = names,
            "BatchNorm1d in a chain" => normalised = names,
            "Residual in a chain" => residual = names,
            _ => {}
        }
    }
    let expected = ["0.weight", "0.bias", "2.0.weight", "2.0.bias", "4.weight", "4.bias"];
    assert_eq!(nested, expected);
    let buffers = ["1.running_mean", "1.running_var", "1.num_batches_tracked"];
    assert_eq!((&residual[2][..], &residual[6][..]), ("1.fn.0.weight", "1.fn.0.num_batches_tracked"));
    assert_eq!(residual[7..], ["1.fn.2.weight", "1.fn.2.bias"]);
    assert_eq!(normalised[2..7], [&["1.weight", "1.bias"][..], &buffers].concat());
}

/// An optimiser must be able to refuse another model, so that model has to show itself.
#[test]
fn the_workspace_of_another_module_is_no_reason_to_panic() {
    let plan = |case: &Case<f64>| case.module.plan(&[&[3], case.sample].concat(), Purpose::Train).unwrap();
    let foreign = narrow::<f64>().iter().chain(&wide()).map(|case| plan(case).workspace).collect::<Vec<_>>();
    for case in narrow::<f64>().iter_mut().chain(&mut wide()) {
        for workspace in foreign.iter().chain([&Workspace::empty()]) {
            let mut count = 0;
            case.module.visit_mut(Some(workspace), &mut |p| count += p.value.len());
            case.module.absorb(workspace);
            assert_eq!(
                count,
                case.module.state_dict().entries().iter().map(|e| e.value.len()).sum::<usize>()
            );
        }
    }
}

// --- Memory ---

#[test]
fn what_padding_holds_has_no_effect() {
    padding::<f32>();
    padding::<f64>();
}

fn padding<F: Scalar>() {
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    for case in narrow::<F>().iter_mut().chain(&mut wide()) {
        for samples in case.sizes([1, 2, 15, 16, 17, 40]) {
            let mut x = case.input(samples, &mut rng);
            let mut dy = random(&case.module.plan(x.shape(), Purpose::Train).unwrap().output, &mut rng);
            let expected = results(case.module.as_mut(), &x, &dy);
            for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e30, -1e30] {
                poison(&mut x, F::from_f64(value));
                poison(&mut dy, F::from_f64(value));
                let got = results(case.module.as_mut(), &x, &dy);
                assert_same_bits(
                    &got,
                    &expected,
                    &format!("{} of {samples}, padded with {value}", case.name),
                );
            }
        }
    }
}

fn poison<F: Scalar>(x: &mut Tensor<F>, value: F) {
    let (per_feature, before) = (x.blocks_per_feature(), values(x));
    let last = x.samples() - LANES * (per_feature - 1);
    for block in x.blocks_mut().chunks_exact_mut(per_feature) {
        block[per_feature - 1][last..].fill(value);
    }
    assert!(values(x) == before, "only padding changes");
}

#[test]
fn a_step_does_not_depend_on_the_steps_before() {
    let mut rng = ChaCha8Rng::seed_from_u64(10);
    for case in narrow::<f64>().iter_mut().chain(&mut wide()) {
        let (x, other) = (case.input(17, &mut rng), case.input(17, &mut rng));
        let Plan { output, mut workspace } = case.module.plan(x.shape(), Purpose::Train).unwrap();
        let dy = random(&output, &mut rng);
        let module = case.module.as_mut();
        step(module, &other, &dy, true, &mut workspace);
        let mut later = step(module, &x, &dy, false, &mut workspace);
        step(module, &other, &dy, false, &mut workspace);
        later.extend(step(module, &x, &dy, true, &mut workspace));
        assert_same_bits(&later, &results(module, &x, &dy), case.name);
    }
}

#[test]
fn predict_is_forward() {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    for case in narrow::<f64>().iter_mut().chain(&mut wide()) {
        let x = case.input(21, &mut rng);
        let predicted = case.module.predict(&x).unwrap();
        let plan = case.module.plan(x.shape(), Purpose::Train).unwrap();
        assert_eq!(predicted.shape(), plan.output, "{}", case.name);
        let forward = results(case.module.as_mut(), &x, &Tensor::zeros(&plan.output)).swap_remove(0);
        assert_same_bits(&[("y".to_owned(), values(&predicted))], &[forward], case.name);
    }
}

/// A plan to predict can also run forward in training; only backward is impossible.
#[test]
fn a_plan_to_predict_computes_what_a_plan_to_train_does() {
    let mut rng = ChaCha8Rng::seed_from_u64(12);
    for case in narrow::<f64>().iter_mut().chain(&mut wide()) {
        let x = case.input(19, &mut rng);
        let [predicted, trained] = [Purpose::Predict, Purpose::Train].map(|purpose| {
            let Plan { output, mut workspace } = case.module.plan(x.shape(), purpose).unwrap();
            let mut y = Tensor::zeros(&output);
            let mut rng = ChaCha8Rng::seed_from_u64(13);
            case.module.forward(&x, &mut y, &mut workspace, &mut Mode::Train(&mut rng));
            y
        });
        assert_eq!(predicted, trained, "{}", case.name);
    }
}

#[test]
fn a_sample_alone_has_the_bits_that_it_has_in_a_batch() {
    alone::<f32>();
    alone::<f64>();
}

/// A module and the shape of one sample.
type Shaped<F> = (Box<dyn Module<F>>, &'static [usize]);

fn alone<F: Scalar>() {
    let mut rng = ChaCha8Rng::seed_from_u64(14);
    let odd: [Shaped<F>; 10] = [
        (Box::new(Linear::new(67, 91, &mut rng)), &[67]),
        (Box::new(Linear::new(91, 2, &mut rng)), &[91]),
        (Box::new(Linear::new(1, 3, &mut rng).without_bias()), &[1]),
        (Box::new(Lstm::new(3, 83, &mut rng)), &[4, 3]),
        (Box::new(Gru::bidirectional(7, 70, 1, &mut rng)), &[3, 7]),
        (Box::new(Rnn::new(2, 16, &mut rng).without_bias()), &[3, 2]),
        (Box::new(Linear::new(9, 11, &mut rng)), &[5, 9]),
        (Box::new(MultiheadAttention::new(33, 3, &mut rng)), &[37, 33]),
        (Box::new(MultiheadAttention::new(8, 1, &mut rng).causal()), &[50, 8]),
        (Box::new(TransformerEncoderLayer::new(10, 2, 17, &mut rng).norm_first().causal()), &[19, 10]),
    ];
    let cases = narrow::<F>().into_iter().chain(wide()).filter(|case| case.least == 1);
    let cases = cases.map(|case| {
        let x = case.input(21, &mut rng);
        (case.name.to_owned(), case.module, x)
    });
    let mut cases: Vec<_> = cases.collect();
    cases.extend(
        odd.map(|(module, sample)| (module.to_string(), module, random(&[&[21], sample].concat(), &mut rng))),
    );
    for (name, mut module, x) in cases {
        let Plan { output, .. } = module.plan(x.shape(), Purpose::Train).unwrap();
        let dy = random(&output, &mut rng);
        let mut used = |x: &Tensor<F>, dy: &Tensor<F>| {
            let mut workspace = module.plan(x.shape(), Purpose::Train).unwrap().workspace;
            step(module.as_mut(), x, dy, false, &mut workspace)
        };
        let batch = used(&x, &dy);
        for sample in [0, 20] {
            let lone = used(&x.select(&[sample]), &dy.select(&[sample]));
            // The gradients of parameters are sums over samples.
            for ((result, lone), (_, batch)) in lone.into_iter().zip(&batch).take(3) {
                let batch = batch.chunks(21).map(|feature| feature[sample]).collect();
                assert_same_bits(&[(result.clone(), lone)], &[(result, batch)], &format!("{name}, {sample}"));
            }
        }
    }
}
