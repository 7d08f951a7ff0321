//! Graphs: what they compute is what the same layers compute otherwise, and what does not fit is an error that names the node.

use crate::common::{assert_same_bits, random, results, values};
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{
    Accumulate, Branches, Flatten, Graph, Identity, Linear, Mode, Module, Parameters, Plan, Purpose,
    Residual, Select, Sequential, Sigmoid, Tanh, Tensor, Workspace,
};

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(1)
}

/// Without names, which differ.
fn unnamed(module: &mut dyn Module<f64>, x: &Tensor<f64>, dy: &Tensor<f64>) -> Vec<(String, Vec<f64>)> {
    results(module, x, dy).into_iter().map(|(_, values)| (String::new(), values)).collect()
}

#[test]
fn a_graph_that_is_a_chain_is_that_chain() {
    let rng = &mut rng();
    let (a, b) = (Linear::new(3, 5, rng), Linear::new(5, 2, rng));
    let mut chain =
        Sequential::new().append(a.clone()).append(Tanh).append(Identity).append(b.clone()).append(Sigmoid);
    let mut graph = Graph::new()
        .input("x", [3])
        .node("0", a, "x")
        .node("1", Tanh, "0")
        .node("2", Identity, "1")
        .node("3", b, "2")
        .node("4", Sigmoid, "3")
        .output("4");
    for samples in [1, 17, 200] {
        let (x, dy) = (random(&[samples, 3], rng), random(&[samples, 2], rng));
        let [chain, graph] = [&mut chain as &mut dyn Module<f64>, &mut graph].map(|m| results(m, &x, &dy));
        assert_same_bits(&graph, &chain, &format!("{samples} samples"));
    }
    // Nothing is copied: three places between layers, with a value and a gradient each.
    assert_eq!(graph.plan(&[7, 3], Purpose::Train).unwrap().workspace.buffers.len(), 6);
    assert_eq!(graph.plan(&[7, 3], Purpose::Predict).unwrap().workspace.buffers.len(), 3);
}

#[test]
fn a_residual_is_two_branches_and_is_a_graph() {
    let rng = &mut rng();
    let linear = Linear::new(4, 4, rng);
    let inner = || Sequential::new().append(linear.clone()).append(Tanh);
    let mut modules: [Box<dyn Module<f64>>; 4] = [
        Box::new(Residual::new(inner())),
        Box::new(Branches::sum().append(inner()).append(Identity)),
        Box::new(Branches::sum().append(Identity).append(inner())),
        Box::new(Graph::new().input("x", [4]).node("f", inner(), "x").sum("y", ["x", "f"]).output("y")),
    ];
    let (x, dy) = (random(&[21, 4], rng), random(&[21, 4], rng));
    let expected = unnamed(&mut *modules[0], &x, &dy);
    for module in &mut modules {
        assert_same_bits(&unnamed(&mut **module, &x, &dy), &expected, &module.to_string());
        // f(x), which its backward needs.
        let buffers = module.plan(&[21, 4], Purpose::Train).unwrap().workspace.buffers;
        assert_eq!(buffers.len(), 1, "{module}");
    }
    // y = x + f(x) and ∂L/∂x = ∂L/∂f (∂f/∂x) + ∂L/∂y, by hand.
    let mut alone = unnamed(&mut inner(), &x, &dy);
    for (index, other) in [(0, &x), (1, &dy)] {
        let other = values(other);
        alone[index].1.iter_mut().zip(other).for_each(|(value, other)| *value += other);
    }
    assert_same_bits(&expected[..2], &alone[..2], "by hand");
}

#[test]
fn branches_are_their_outputs_joined() {
    let rng = &mut rng();
    let (a, b) = (Linear::<f64>::new(3, 2, rng), Linear::<f64>::new(3, 2, rng));
    let x = random(&[19, 4, 3], rng);
    let [of_a, of_b] = [&a, &b].map(|layer| layer.predict(&x).unwrap());
    let joined = |join: Branches<f64>| join.append(a.clone()).append(b.clone()).predict(&x).unwrap();
    assert_eq!(joined(Branches::sum()), Tensor::from_array((&of_a.view() + &of_b.view()).view()));
    assert_eq!(joined(Branches::product()), Tensor::from_array((&of_a.view() * &of_b.view()).view()));
    for axis in [1, 2] {
        let both = [of_a.view(), of_b.view()];
        let expected = nn_core::ndarray::concatenate(nn_core::ndarray::Axis(axis), &both).unwrap();
        assert_eq!(joined(Branches::concat(axis)).view(), expected);
    }
}

/// The gradient of shared weights is the sum of those of two modules with equal weights.
#[test]
fn shared_weights_have_the_sum_of_their_gradients() {
    let rng = &mut rng();
    let linear = || Sequential::new().append(Linear::<f64>::new(3, 3, &mut self::rng())).append(Tanh);
    let graph = |second: bool| {
        let graph = Graph::new().input("x", [3]).node("first", linear(), "x").output("second");
        if second {
            graph.node("second", linear(), "first")
        } else {
            graph.shared("second", "first", "first")
        }
    };
    let (x, dy) = (random(&[17, 3], rng), random(&[17, 3], rng));
    let gradients = |mut graph: Graph<f64>| {
        let Plan { output, mut workspace } = graph.plan(x.shape(), Purpose::Train).unwrap();
        let mut y = Tensor::zeros(&output);
        for _ in 0..2 {
            workspace.zero_grad();
            graph.forward(&x, &mut y, &mut workspace, &mut Mode::Eval);
            graph.backward(&x, &y, &dy, None, Accumulate::Replace, &mut workspace);
        }
        let (mut visited, mut handed_out) = (Vec::new(), Vec::new());
        graph.visit_mut(Some(&workspace), &mut |p| visited.push(p.gradient.unwrap().to_vec()));
        workspace.for_each_gradient_mut(&mut |gradient| handed_out.push(gradient.to_vec()));
        assert_eq!(visited, handed_out, "each gradient is seen once");
        visited
    };
    let (shared, apart) = (gradients(graph(false)), gradients(graph(true)));
    assert_eq!((shared.len(), apart.len()), (2, 4));
    for (index, shared) in shared.iter().enumerate() {
        for (i, sum) in shared.iter().enumerate() {
            let expected = apart[index][i] + apart[index + 2][i];
            assert!((sum - expected).abs() < 1e-12, "{sum} {expected}");
        }
    }
}

#[test]
fn inputs_and_outputs_lie_side_by_side() {
    let rng = &mut rng();
    let (of_a, of_b) = (Linear::<f64>::new(3, 2, rng), Linear::<f64>::new(2, 4, rng));
    let graph = Graph::new()
        .input("a", [2, 3])
        .input("b", [2])
        .output("of b")
        .output("of a")
        .output("b")
        .node("of a", of_a.clone(), "a")
        .node("of b", of_b.clone(), "b");
    let (a, b) = (random(&[18, 2, 3], rng), random(&[18, 2], rng));
    let flat = |x: Tensor<f64>| Flatten.predict(&x).unwrap();
    let x = Tensor::hstack(&[&flat(a.clone()), &b]).unwrap();
    let expected = [of_b.predict(&b).unwrap(), flat(of_a.predict(&a).unwrap()), b];
    assert_eq!(graph.predict(&x).unwrap(), Tensor::hstack(&expected.each_ref()).unwrap());
}

#[test]
fn a_module_can_be_found_by_the_name_of_its_node() {
    let graph = Graph::<f32>::new().input("x", [3]).node("a", Tanh, "x").shared("b", "a", "a").output("b");
    assert_eq!(graph.get("a").unwrap().to_string(), "Tanh");
    assert!(graph.get("b").is_none() && graph.get("x").is_none());
}

// --- Errors ---

fn message(graph: &dyn Module<f32>, input: &[usize]) -> String {
    graph.plan(input, Purpose::Train).unwrap_err().to_string()
}

#[test]
fn names_and_nodes_that_make_no_sense_are_errors_that_name_them() {
    let x = || Graph::<f32>::new().input("x", [2]);
    let long = "a".repeat(1000);
    let cases = [
        (Graph::new(), "Graph: number of inputs is 0, expected at least 1"),
        (x().node("a", Tanh, "x"), "Graph: number of outputs is 0, expected at least 1"),
        (
            x().node("a", Tanh, "z").output("a"),
            r#"Graph: an input of node "a" is "z", expected the name of an input or of a node"#,
        ),
        (x().output("z"), r#"Graph: an output is "z", expected the name of an input or of a node"#),
        (
            x().output("x").output("x"),
            r#"Graph: an output is "x", expected one that is not an output already"#,
        ),
        (
            x().node("x", Tanh, "x").output("x"),
            r#"Graph: a name is "x", expected one that no other input or node has"#,
        ),
        (x().node("", Tanh, "x"), r#"Graph: a name is "", expected 1 to 80 characters without a dot"#),
        (x().node("a.b", Tanh, "x"), r#"Graph: a name is "a.b", expected 1 to 80 characters without a dot"#),
        (
            x().input("z", [1]).node("a", Tanh, "x").output("a"),
            r#"Graph: input "z" is unused, expected one that a node reads, or an output"#,
        ),
        (
            x().node("a", Tanh, "x").node("b", Tanh, "x").output("a"),
            r#"Graph: node "b" is unused, expected one that a node reads, or an output"#,
        ),
        (
            x().sum("a", ["x", "b"]).node("b", Tanh, "a").output("a"),
            r#"Graph: node "a" is in a circle: "a" reads "b" reads "a", expected one that does not need its own output"#,
        ),
        (
            x().sum("y", ["x", "a"]).node("a", Tanh, "a").output("y"),
            r#"Graph: node "a" is in a circle: "a" reads "a", expected one that does not need its own output"#,
        ),
        (
            x().shared("a", "x", "x").output("a"),
            r#"Graph: the module of node "a" is "x", expected that of a node with a module of its own"#,
        ),
        (
            x().sum("a", ["x"]).shared("b", "a", "a").output("b"),
            r#"Graph: the module of node "b" is "a", expected that of a node with a module of its own"#,
        ),
        (
            x().sum::<&str>("a", []).sum("b", ["a", "x"]).output("b"),
            "layer a, Sum: number of inputs is 0, expected at least 1",
        ),
    ];
    for (graph, expected) in cases {
        assert_eq!(message(&graph, &[5, 2]), expected);
    }
    assert!(message(&x().node(&*long, Tanh, "x"), &[5, 2]).len() < 200);
    let circle = (0..1000).fold(x().sum("y", ["x", "0"]).output("y"), |graph, index| {
        graph.node(index.to_string(), Tanh, ((index + 1) % 1000).to_string())
    });
    assert_eq!(
        message(&circle, &[5, 2]),
        r#"Graph: node "0" is in a circle: "0" reads "1" reads "2" reads "3" reads "4" reads 995 more reads "0", expected one that does not need its own output"#
    );
}

/// A module, an input that it cannot take, and the message.
type Misfit = (Box<dyn Module<f32>>, &'static [usize], &'static str);

#[test]
fn shapes_that_do_not_meet_are_errors_that_name_the_nodes() {
    let rng = &mut rng();
    let mut linear = |inputs, outputs| Linear::<f32>::new(inputs, outputs, rng);
    let two = || Graph::<f32>::new().input("a", [2, 3]).input("b", [2]);
    let of_a = |graph: Graph<f32>| graph.node("flat", Flatten, "a");
    let cases: Vec<Misfit> = vec![
        (
            Box::new(Graph::new().input("x", [2, 3]).output("x")),
            &[5, 6],
            "Graph: expected input [n, 2, 3], found [5, 6]",
        ),
        (
            Box::new(Graph::new().input("x", []).output("x")),
            &[5, 6],
            "Graph: expected input [n], found [5, 6]",
        ),
        (
            Box::new(two().output("a").output("b")),
            &[5, 7],
            "Graph: expected input [n, 8], the 2 inputs side by side, found [5, 7]",
        ),
        (
            Box::new(two().output("a").output("b")),
            &[5, 2, 4],
            "Graph: expected input [n, 8], the 2 inputs side by side, found [5, 2, 4]",
        ),
        (
            Box::new(two().output("a").output("b")),
            &[0, 8],
            "Graph: expected at least one sample, found [0, 8]",
        ),
        (
            Box::new(of_a(two()).sum("y", ["b", "flat"]).output("y")),
            &[5, 8],
            r#"layer y, Sum: expected the shape of "b", [5, 2], from "flat", found [5, 6]"#,
        ),
        (
            Box::new(two().product("y", ["a", "b"]).output("y")),
            &[5, 8],
            r#"layer y, Product: expected the shape of "a", [5, 2, 3], from "b", found [5, 2]"#,
        ),
        (
            Box::new(two().concat("y", 1, ["a", "b"]).output("y")),
            &[5, 8],
            r#"layer y, Concat(1): expected the shape of "a", [5, 2, 3], but for axis 1, from "b", found [5, 2]"#,
        ),
        (
            Box::new(two().concat("y", 2, ["b", "a"]).output("y")),
            &[5, 8],
            "layer y, Concat(2): expected inputs with an axis 2, found [5, 2]",
        ),
        (
            Box::new(two().concat("y", 0, ["b", "a"]).output("y")),
            &[5, 8],
            "layer y, Concat: axis is 0, expected an axis of a sample, 1 or more",
        ),
        (
            Box::new(two().node("y", linear(4, 1), "a").output("y").output("b")),
            &[5, 8],
            "layer y, Linear(4 → 1): expected input [n, …, 4], found [5, 2, 3]",
        ),
        (
            Box::new(
                two()
                    .node("of b", linear(2, 1), "b")
                    .shared("of a", "of b", "a")
                    .output("of a")
                    .output("of b"),
            ),
            &[5, 8],
            "layer of a, Linear(2 → 1): expected input [n, …, 2], found [5, 2, 3]",
        ),
        (Box::new(Branches::sum()), &[5, 2], "Branches(sum): number of branches is 0, expected at least 1"),
        (
            Box::new(Branches::sum().append(linear(2, 3)).append(linear(2, 4))),
            &[5, 2],
            r#"Branches(sum): expected the shape of "0", [5, 3], from "1", found [5, 4]"#,
        ),
        (
            Box::new(Branches::concat(2).append(Identity).append(Select::new(1, 0))),
            &[5, 2, 3],
            r#"Branches(concat, axis=2): expected the shape of "0", [5, 2, 3], but for axis 2, from "1", found [5, 3]"#,
        ),
        (
            Box::new(Branches::concat(0).append(Identity)),
            &[5, 2],
            "Branches: axis is 0, expected an axis of a sample, 1 or more",
        ),
        (
            Box::new(Branches::product().append(Identity).append(Residual::new(linear(3, 3)))),
            &[5, 2],
            "layer 1.fn, Linear(3 → 3): expected input [n, …, 3], found [5, 2]",
        ),
    ];
    for (module, input, expected) in cases {
        assert_eq!(message(&*module, input), expected);
    }
}

#[test]
fn the_workspace_of_another_graph_is_refused() {
    let graph = |node: &str| {
        Graph::<f64>::new()
            .input("x", [3])
            .node("a", Tanh, "x")
            .node("b", Tanh, "a")
            .sum("y", ["a", "b", node])
            .output("y")
    };
    let x = Tensor::zeros(&[5, 3]);
    let mut theirs = graph("a").plan(x.shape(), Purpose::Train).unwrap().workspace;
    assert!(graph("a").plan(x.shape(), Purpose::Train).is_ok());
    let mut y = x.clone();
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        graph("b").forward(&x, &mut y, &mut theirs, &mut Mode::Eval);
    }));
    let message = result.unwrap_err().downcast_ref::<String>().unwrap().clone();
    assert!(message.starts_with("Graph: expected a workspace that it planned"), "{message}");
    let mut count = 0;
    graph("b").visit_mut(Some(&Workspace::empty()), &mut |_| count += 1);
    assert_eq!(count, 0);
}

// --- Files ---

#[test]
#[cfg(feature = "safetensors")]
fn the_text_of_a_graph_lists_its_nodes() {
    let rng = &mut rng();
    let graph = Graph::<f32>::new()
        .input("words", [2, 3])
        .input("numbers", [])
        .node("a", Linear::new(3, 3, rng), "words")
        .shared("again", "a", "a")
        .sum("sum", ["a", "again"])
        .product("product", ["sum", "again"])
        .concat("all", 1, ["sum", "product"])
        .output("all")
        .output("numbers");
    let json = graph.architecture().unwrap().to_json();
    assert_eq!(
        json,
        r#"{"kind":"Graph","inputs":[["words", 2, 3], ["numbers"]],"nodes":[["a", "module", "words"], ["again", "shared", "a", "a"], ["sum", "sum", "a", "again"], ["product", "product", "sum", "again"], ["all", "concat", 1, "sum", "product"]],"outputs":["all", "numbers"],"children":[{"kind":"Linear","bias":true,"in_features":3,"out_features":3}]}"#
    );
    let made = nn_core::Architecture::from_json(&json).unwrap().build::<f32>(rng).unwrap();
    assert_eq!(made.to_string(), graph.to_string());
    assert_eq!(made.architecture().unwrap().to_json(), json);
}

#[test]
#[cfg(feature = "safetensors")]
fn a_text_that_is_no_graph_is_an_error() {
    let nodes =
        |nodes: &str| format!(r#"{{"kind":"Graph","inputs":[["x", 2]],"nodes":{nodes},"outputs":["x"]}}"#);
    let lists = "expected a list of lists of a name, a kind and what the node reads";
    let cases = [
        (nodes(r#"[["a", "tanh", "x"]]"#), format!("Graph: nodes is [[…]], {lists}")),
        (nodes(r#"[["a", "module", "x", "y"]]"#), format!("Graph: nodes is [[…]], {lists}")),
        (nodes(r#"[["a", "concat", "x"]]"#), format!("Graph: nodes is [[…]], {lists}")),
        (nodes(r#"[["a", "shared", "x"]]"#), format!("Graph: nodes is [[…]], {lists}")),
        (nodes("[1, 2]"), format!("Graph: nodes is [1, 2], {lists}")),
        (nodes(r#"[["a", "module", "x"]]"#), "Graph: number of children is 0, expected 1".into()),
        (
            r#"{"kind":"Graph","inputs":["x"],"nodes":[],"outputs":["x"]}"#.into(),
            "Graph: inputs is [\"x\"], expected a list of lists of a name and sizes".into(),
        ),
        (
            r#"{"kind":"Graph","inputs":[["x", 2]],"nodes":[],"outputs":[1]}"#.into(),
            "Graph: outputs is [1], expected a list of texts".into(),
        ),
        (
            r#"{"kind":"Branches","join":"mean"}"#.into(),
            r#"Branches: join is "mean", expected sum, product or concat"#.into(),
        ),
        (
            r#"{"kind":"Branches","join":"concat"}"#.into(),
            "Branches: dim is missing, expected a whole number of at least 0".into(),
        ),
        (
            r#"{"kind":"Branches","join":"sum","dim":1}"#.into(),
            r#"Branches: the setting "dim" is 1, expected none of that name"#.into(),
        ),
    ];
    for (json, expected) in cases {
        let architecture = nn_core::Architecture::from_json(&json).unwrap();
        assert_eq!(architecture.build::<f32>(&mut rng()).err().unwrap().to_string(), expected);
    }
}
