//! `forward` and `backward` with other shapes than those planned, or with a workspace of another module, panic with the layer,
//! what it expected and what it found.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::common::{Case, assert_same_bits, narrow, random, values, wide};
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{
    Accumulate, AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, ConvTranspose2d, Flatten, GroupNorm, LayerNorm,
    Linear, Lstm, MaxPool2d, Mode, Module, ModuleError, MultiheadAttention, Parameters, Plan, Purpose,
    Residual, RmsNorm, Sequential, Tanh, Tensor, TransformerEncoderLayer, Workspace,
};

/// The arguments of a step.
#[derive(Clone)]
struct Step {
    x: Tensor<f64>,
    y: Tensor<f64>,
    dy: Tensor<f64>,
    dx: Tensor<f64>,
    workspace: Workspace<f64>,
}

impl Step {
    fn of(module: &dyn Module<f64>, input: &[usize], purpose: Purpose) -> Self {
        let rng = &mut ChaCha8Rng::seed_from_u64(3);
        let Plan { output, workspace } = module.plan(input, purpose).unwrap();
        let (x, dy) = (random(input, rng), random(&output, rng));
        Step { x, y: Tensor::zeros(&output), dy, dx: Tensor::zeros(input), workspace }
    }

    fn forward(&mut self, module: &dyn Module<f64>) {
        module.forward(&self.x, &mut self.y, &mut self.workspace, &mut Mode::Eval);
    }

    fn backward(&mut self, module: &dyn Module<f64>) {
        let Step { x, y, dy, dx, workspace } = self;
        module.backward(x, y, dy, Some(dx), Accumulate::Replace, workspace);
    }
}

/// The message of the panic, if there is one.
fn panic(work: impl FnOnce()) -> Option<String> {
    let payload = catch_unwind(AssertUnwindSafe(work)).err()?;
    Some(payload.downcast_ref::<String>().expect("a message with a name and shapes").clone())
}

/// Checks that a panic says of a layer what it expected and what it found.
fn assert_named(message: Option<String>, what: &str) {
    let message = message.unwrap_or_else(|| panic!("{what}: no panic"));
    let (layer, rest) = message.split_once(": expected ").unwrap_or_else(|| panic!("{what}: {message}"));
    assert!(layer.starts_with(char::is_uppercase) && rest.contains(", found "), "{what}: {message}");
    assert!(message.len() < 400, "{what}: {message}");
}

fn cases() -> Vec<Case<f64>> {
    narrow().into_iter().chain(wide()).collect()
}

/// Shapes that are near to this one: another batch, another last axis, another rank with as many values.
fn others(shape: &[usize]) -> Vec<Vec<usize>> {
    let (mut smaller, mut larger, mut next_block, mut wider) =
        (shape.to_vec(), shape.to_vec(), shape.to_vec(), shape.to_vec());
    smaller[0] -= 1;
    larger[0] += 1;
    next_block[0] += 16;
    if let Some(last @ 1..) = shape.len().checked_sub(1) {
        wider[last] += 1;
    } else {
        wider.push(2);
    }
    vec![smaller, larger, next_block, wider, [shape, &[1]].concat()]
}

#[test]
fn shapes_that_were_not_planned_are_a_panic_that_names_the_layer() {
    for case in cases() {
        let module = &*case.module;
        let good = Step::of(module, &[&[20], case.sample].concat(), Purpose::Train);
        let mut ran = good.clone();
        ran.forward(module);
        ran.clone().backward(module);
        for shape in others(good.x.shape()) {
            let what = format!("{}, {shape:?}", case.name);
            let x = Tensor::zeros(&shape);
            let mut step = Step { x: x.clone(), ..good.clone() };
            assert_named(panic(|| step.forward(module)), &format!("x of {what}"));
            let mut step = Step { x: x.clone(), ..ran.clone() };
            assert_named(panic(|| step.backward(module)), &format!("x of {what}, backward"));
            let mut step = Step { dx: x, ..ran.clone() };
            assert_named(panic(|| step.backward(module)), &format!("dx of {what}"));
        }
        for shape in others(good.y.shape()) {
            let what = format!("{}, {shape:?}", case.name);
            let y = Tensor::zeros(&shape);
            let mut step = Step { y: y.clone(), ..good.clone() };
            assert_named(panic(|| step.forward(module)), &format!("y of {what}"));
            let mut step = Step { y: y.clone(), ..ran.clone() };
            assert_named(panic(|| step.backward(module)), &format!("y of {what}, backward"));
            let mut step = Step { dy: y, ..ran.clone() };
            assert_named(panic(|| step.backward(module)), &format!("dy of {what}"));
        }
    }
}

#[test]
fn backward_without_forward_or_without_a_plan_for_it_is_a_panic_that_names_the_layer() {
    for case in cases() {
        let module = &*case.module;
        let input = [&[20], case.sample].concat();
        let mut step = Step::of(module, &input, Purpose::Train);
        let message = panic(|| step.backward(module));
        assert!(message.as_ref().is_some_and(|m| m.contains("forward before backward")), "{message:?}");
        assert_named(message, case.name);
        let mut step = Step::of(module, &input, Purpose::Predict);
        step.forward(module);
        let message = panic(|| step.backward(module));
        assert!(message.as_ref().is_some_and(|m| m.contains("planned for training")), "{message:?}");
        assert_named(message, case.name);
    }
}

/// Two layers of one type that differ in a slope have the same workspace; then nothing is wrong with the results.
#[test]
fn the_workspace_of_another_module_is_refused_or_makes_no_difference() {
    let (cases, mut refused) = (cases(), 0);
    for case in &cases {
        let module = &*case.module;
        let step = Step::of(module, &[&[20], case.sample].concat(), Purpose::Train);
        let mut own = step.clone();
        own.forward(module);
        own.backward(module);
        let empty = std::iter::once(("empty", Workspace::empty()));
        let foreign = cases.iter().map(|other| {
            let input = [&[20], other.sample].concat();
            (other.name, other.module.plan(&input, Purpose::Train).unwrap().workspace)
        });
        for (name, workspace) in empty.chain(foreign) {
            let what = format!("{} with the workspace of {name}", case.name);
            let mut step = Step { workspace, ..step.clone() };
            let message = panic(|| {
                step.forward(module);
                step.backward(module);
            });
            if message.is_some() {
                refused += 1;
                assert_named(message, &what);
            } else {
                let results = |step: &Step| [("y".into(), values(&step.y)), ("dx".into(), values(&step.dx))];
                assert_same_bits(&results(&step), &results(&own), &what);
            }
        }
    }
    let pairs = cases.len() * (cases.len() + 1);
    assert!(refused > pairs * 9 / 10 && refused < pairs - cases.len(), "{refused} of {pairs}");
}

#[test]
fn the_message_says_what_was_planned() {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let mut linear = |inputs, outputs| Linear::<f64>::new(inputs, outputs, rng);
    let (narrow, wide, no_bias) = (linear(2, 3), linear(2, 4), linear(2, 3).without_bias());
    let step = |module: &dyn Module<f64>, input: &[usize]| Step::of(module, input, Purpose::Train);
    let forward = |module: &dyn Module<f64>, mut step: Step| panic(|| step.forward(module)).unwrap();
    let backward = |module: &dyn Module<f64>, mut step: Step| {
        panic(|| {
            step.forward(module);
            step.backward(module);
        })
        .unwrap()
    };

    let shorter = Step { x: Tensor::zeros(&[19, 2]), ..step(&narrow, &[20, 2]) };
    assert_eq!(forward(&narrow, shorter), "Linear(2 → 3): expected x [20, 2] as planned, found [19, 2]");
    let longer = Step { dy: Tensor::zeros(&[20, 3, 1]), ..step(&narrow, &[20, 2]) };
    assert_eq!(backward(&narrow, longer), "Linear(2 → 3): expected dy [20, 3] as planned, found [20, 3, 1]");

    // Sizes of a layer that only its workspace shows.
    let other = forward(&narrow, step(&wide, &[20, 2]));
    let of = "expected a workspace that it planned, found one of nn_core::layers::linear::Linear<f64>";
    assert_eq!(other, format!("Linear(2 → 3): {of} from [20, 2] to [20, 4]"));
    let without = Step { workspace: step(&no_bias, &[20, 2]).workspace, ..step(&narrow, &[20, 2]) };
    assert_eq!(backward(&narrow, without), format!("Linear(2 → 3): {of} from [20, 2] to [20, 3]"));
    let (two, three) = (BatchNorm1d::<f64>::new(2), BatchNorm1d::<f64>::new(3));
    assert!(forward(&two, step(&three, &[20, 3])).starts_with("BatchNorm1d(2): expected a workspace"));
    let plain = BatchNorm1d::<f64>::new(2).affine(false);
    assert!(backward(&two, step(&plain, &[20, 2])).starts_with("BatchNorm1d(2): expected a workspace"));
    let message = forward(&BatchNorm2d::<f64>::new(2), step(&two, &[20, 2, 3]));
    assert!(message.starts_with("BatchNorm2d(2): expected a workspace"));
    let (one, both) = (GroupNorm::<f64>::new(1, 2), GroupNorm::<f64>::new(2, 2));
    assert!(forward(&one, step(&both, &[20, 2])).starts_with("GroupNorm(1, 2): expected a workspace"));
    let plain = GroupNorm::<f64>::new(1, 2).affine(false);
    assert!(backward(&one, step(&plain, &[20, 2])).starts_with("GroupNorm(1, 2): expected a workspace"));
    let (rows, all) = (LayerNorm::<f64>::new([3]), LayerNorm::<f64>::new([2, 3]));
    assert!(forward(&rows, step(&all, &[20, 2, 3])).starts_with("LayerNorm([3]): expected a workspace"));
    assert!(forward(&all, step(&rows, &[20, 4, 3])).starts_with("LayerNorm([2, 3]): expected a workspace"));
    let plain = LayerNorm::<f64>::new([3]).elementwise_affine(false);
    assert!(backward(&rows, step(&plain, &[20, 3])).starts_with("LayerNorm([3]): expected a workspace"));
    let (rows, all) = (RmsNorm::<f64>::new([3]), RmsNorm::<f64>::new([2, 3]));
    assert!(forward(&rows, step(&all, &[20, 2, 3])).starts_with("RmsNorm([3]): expected a workspace"));
    let plain = RmsNorm::<f64>::new([3]).elementwise_affine(false);
    assert!(backward(&rows, step(&plain, &[20, 3])).starts_with("RmsNorm([3]): expected a workspace"));
    assert!(
        backward(&plain, step(&rows, &[20, 3])).starts_with("RmsNorm([3], elementwise_affine=false): exp")
    );

    // A container has its own name, without its layers.
    let chain = Sequential::new().append(Tanh).append(Tanh);
    let empty = Step { workspace: Workspace::empty(), ..step(&chain, &[20, 2]) };
    assert_eq!(
        forward(&chain, empty),
        "Sequential: expected a workspace that it planned, found one that no module planned"
    );
    let longer = Sequential::new().append(Tanh).append(Tanh).append(Tanh);
    assert!(forward(&chain, step(&longer, &[20, 2])).starts_with("Sequential: expected a workspace"));
    assert!(backward(&longer, step(&chain, &[20, 2])).starts_with("Sequential: expected a workspace"));
    // Flattening and skipping are noticed, whatever is inside.
    let flat = step(&Sequential::new().append(Flatten).append(Tanh), &[20, 2]);
    assert!(forward(&chain, flat).starts_with("Tanh: expected a workspace"));
    let residual = Residual::new(Tanh);
    assert!(forward(&residual, step(&Tanh, &[20, 2])).starts_with("Residual: expected a workspace"));
}

/// Recurrent layers that take and give the same shapes, and need other memory.
#[test]
fn the_workspace_of_another_recurrent_layer_is_refused() {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let layer = Lstm::<f64>::bidirectional(3, 4, 2, rng);
    let others = [
        Lstm::bidirectional(3, 4, 1, rng),
        Lstm::deep(3, 8, 2, rng),
        layer.clone().dropout(0.5),
        layer.clone().padding(0.0),
        layer.clone().without_bias(),
    ];
    for other in &others {
        for (module, foreign) in [(&layer, other), (other, &layer)] {
            let mut step = Step::of(foreign, &[20, 5, 3], Purpose::Train);
            let message = panic(|| step.forward(module)).unwrap();
            assert!(message.contains("expected a workspace that it planned, found one of"), "{message}");
        }
    }
}

/// Layers of attention that take and give the same shapes, and need other memory.
#[test]
fn the_workspace_of_another_attention_is_refused() {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let layer = MultiheadAttention::<f64>::new(4, 2, rng);
    let transformer = TransformerEncoderLayer::<f64>::new(4, 2, 3, rng);
    let pairs: [[Box<dyn Module<f64>>; 2]; 8] = [
        [Box::new(layer.clone()), Box::new(MultiheadAttention::new(4, 4, rng))],
        [Box::new(layer.clone()), Box::new(layer.clone().dropout(0.5))],
        [Box::new(layer.clone()), Box::new(layer.clone().padding(0.0))],
        [Box::new(layer.clone()), Box::new(layer.without_bias())],
        [Box::new(transformer.clone()), Box::new(TransformerEncoderLayer::new(4, 2, 5, rng))],
        [Box::new(transformer.clone()), Box::new(transformer.clone().dropout(0.5))],
        [Box::new(transformer.clone()), Box::new(transformer.clone().padding(0.0))],
        [Box::new(transformer.clone()), Box::new(transformer.norm_first())],
    ];
    for [one, other] in &pairs {
        for (module, foreign) in [(one, other), (other, one)] {
            let mut step = Step::of(&**foreign, &[20, 5, 4], Purpose::Train);
            let message = panic(|| step.forward(&**module)).unwrap();
            assert!(message.contains("found"), "{message}");
        }
    }
}

/// Layers of one type that take and give images of the same shapes, and still look at other places.
#[test]
fn the_workspace_of_another_window_is_refused() {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let mut conv = |groups, kernel| Conv2d::<f64>::grouped(4, 4, kernel, groups, rng);
    let (plain, padded) = (conv(1, 3).padding(1), conv(1, 1));
    let rng = &mut ChaCha8Rng::seed_from_u64(1);
    let mut up = |kernel| ConvTranspose2d::<f64>::new(4, 4, kernel, rng);
    let (max, mean) = (MaxPool2d::new(3).padding(1), AvgPool2d::new(3).padding(1));
    let pairs: [[Box<dyn Module<f64>>; 2]; 11] = [
        [Box::new(plain.clone()), Box::new(plain.clone().dilation(2).padding(2))],
        [Box::new(plain.clone()), Box::new(conv(1, 5).padding(2))],
        [Box::new(plain.clone()), Box::new(conv(2, 3).padding(1))],
        [Box::new(conv(4, 3).padding(1)), Box::new(conv(2, 3).padding(1))],
        [Box::new(padded), Box::new(plain.clone())],
        [Box::new(conv(1, 3).stride(2).padding(1)), Box::new(conv(1, 2).stride(2))],
        [Box::new(up(3).stride(2).padding(1).output_padding(1)), Box::new(up(2).stride(2))],
        [Box::new(up(1)), Box::new(up(3).padding(1))],
        [Box::new(max.stride(1)), Box::new(MaxPool2d::new(5).stride(1).padding(2))],
        [Box::new(max.stride(2)), Box::new(MaxPool2d::new(2))],
        [Box::new(mean.stride(2)), Box::new(AvgPool2d::new(2))],
    ];
    for [one, other] in &pairs {
        for (module, foreign) in [(one, other), (other, one)] {
            let mut theirs = Step::of(foreign, &[20, 4, 8, 8], Purpose::Train);
            theirs.forward(foreign);
            assert_eq!(theirs.y.shape(), module.predict(&theirs.x).unwrap().shape());
            let expected = format!("{module}: expected a workspace that it planned, found one of ");
            for message in
                [panic(|| theirs.clone().forward(module)), panic(|| theirs.clone().backward(module))]
            {
                assert!(message.as_ref().is_some_and(|m| m.starts_with(&expected)), "{module}: {message:?}");
            }
        }
    }
    // With a bias or without it, forward is the same, and backward has another number of gradients.
    let mut theirs = Step::of(&plain.clone().without_bias(), &[20, 4, 8, 8], Purpose::Train);
    theirs.forward(&plain.clone().without_bias());
    let message = panic(|| theirs.backward(&plain)).unwrap();
    assert!(message.starts_with("Conv2d(4 → 4, kernel=3, padding=1): expected a workspace"), "{message}");
}

/// A layer of a user's own that checks nothing.
struct Trusting;

impl Parameters<f64> for Trusting {}

impl Module<f64> for Trusting {
    fn plan(&self, input: &[usize], _: Purpose) -> Result<Plan<f64>, ModuleError> {
        Ok(Plan { output: input.to_vec(), workspace: Workspace::empty() })
    }

    fn forward(&self, x: &Tensor<f64>, y: &mut Tensor<f64>, _: &mut Workspace<f64>, _: &mut Mode<'_>) {
        y.clone_from(x);
    }

    fn backward(
        &self,
        _: &Tensor<f64>,
        _: &Tensor<f64>,
        dy: &Tensor<f64>,
        dx: Option<&mut Tensor<f64>>,
        _: Accumulate,
        _: &mut Workspace<f64>,
    ) {
        dx.into_iter().for_each(|dx| dx.clone_from(dy));
    }
}

impl std::fmt::Display for Trusting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Trusting")
    }
}

#[test]
fn a_container_checks_for_the_layers_that_do_not() {
    let chain = Sequential::new().append(Trusting);
    let residual = Residual::new(Trusting);
    for module in [&chain as &dyn Module<f64>, &residual] {
        let good = Step::of(module, &[20, 3], Purpose::Train);
        let (x, dy) = (Tensor::zeros(&[19, 3]), Tensor::zeros(&[20, 2]));
        let mut step = Step { x, ..good.clone() };
        let message = panic(|| step.forward(module)).unwrap();
        assert!(message.ends_with(": expected x [20, 3] as planned, found [19, 3]"), "{message}");
        let mut step = Step { dy, ..good };
        step.forward(module);
        let message = panic(|| step.backward(module)).unwrap();
        assert!(message.ends_with(": expected dy [20, 3] as planned, found [20, 2]"), "{message}");
    }
}
