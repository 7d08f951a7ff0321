//! A model is one file: what is loaded predicts what was saved, and a file that is no model is refused.

use nn_train::nn_core::{
    Identity, LogSoftmax, Residual, Scalar, Sigmoid, Softmax, StateDict, StateFileProblem, save_model,
};
use nn_train::nn_data::{Column, Numbers, Recipe, Table};
use nn_train::prelude::*;
use nn_train::{ModelError, Output};

fn cars() -> Table {
    Table::new([
        Column::numbers("weight", [Some(1200.0), Some(1650.0), None, Some(1500.0)]),
        Column::categories("body", [Some("sedan"), None, Some("estate"), Some("sedan")]),
        Column::categories("origin", ["japan", "usa, or \"us\"", "japan", "usa, or \"us\""].map(Some)),
        Column::numbers("price", [9500.0, 21000.0, 7900.0, 18000.0].map(Some)),
    ])
    .unwrap()
}

fn recipe() -> Recipe {
    Recipe::new().features(["weight", "body"]).numbers(["weight"], Numbers::new().indicator())
}

/// A network from the features of `recipe` to so many outputs, with a module at the end.
fn network<M: Module<f64> + 'static>(outputs: usize, last: M) -> Sequential<f64> {
    let rng = &mut ChaCha8Rng::seed_from_u64(3);
    Sequential::new()
        .append(Linear::new(4, 5, rng))
        .append(Tanh)
        .append(Sequential::new().append(Linear::new(5, outputs, rng)).append(last))
}

fn classifier<M: Module<f64> + 'static>(outputs: usize, last: M) -> Model<f64> {
    let preprocessor = recipe().target_classes("origin").fit(&cars()).unwrap();
    Model::new(network(outputs, last), preprocessor)
}

/// Saves and loads a model, in a folder that is gone when this returns.
fn reloaded(model: &Model<f64>) -> Result<Model<f64>, ModelError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    model.save(&path)?;
    Model::load(&path)
}

/// Checks that both predict the same bits, under the same names.
fn assert_same(loaded: &Model<f64>, saved: &Model<f64>) {
    let [loaded, saved] = [loaded, saved].map(|model| model.predict(&cars()).unwrap());
    assert_eq!(loaded.values(), saved.values());
    assert_eq!(loaded.to_csv(), saved.to_csv());
}

#[test]
fn a_loaded_model_predicts_the_same() {
    let preprocessor = recipe().target_values(["price"]).fit(&cars()).unwrap();
    let values = Model::new(network(1, Identity), preprocessor);
    for model in [classifier(2, Identity), classifier(2, Softmax), classifier(1, Identity), values] {
        let model = model.metadata("author", "Ada \"L\"\n").metadata("epochs", "12");
        let loaded = reloaded(&model).unwrap();
        assert_same(&loaded, &model);
        assert_eq!(loaded.preprocessor(), model.preprocessor());
        assert_eq!(loaded.texts(), model.texts());
        assert_eq!(loaded.texts().len(), 2);
        assert_eq!(format!("{loaded:?}"), format!("{model:?}"));
        assert_eq!(loaded.columns(), model.columns());
    }
}

/// Softmax of the logits, the logistic function of one logit, and the probabilities of a network that makes them itself.
#[test]
fn probabilities_are_those_of_the_logits() {
    let logits = |outputs| {
        let model = classifier(outputs, Identity);
        model.network().predict(&model.preprocessor().transform(&cars()).unwrap()).unwrap()
    };
    let (two, one) = (logits(2), logits(1));
    let softmax = classifier(2, Identity).predict(&cars()).unwrap();
    let logarithms = classifier(2, LogSoftmax).predict(&cars()).unwrap();
    let own = classifier(2, Softmax).predict(&cars()).unwrap();
    let (sigmoid, own_one) =
        (classifier(1, Identity).predict(&cars()).unwrap(), classifier(1, Sigmoid).predict(&cars()).unwrap());
    for row in 0..4 {
        let expected = 1.0 / (1.0 + Scalar::exp(two[[row, 0]] - two[[row, 1]]));
        for predictions in [&softmax, &logarithms, &own] {
            assert!((predictions.values()[[row, 1]] - expected).abs() < 1e-15);
            assert!((predictions.values()[[row, 0]] - (1.0 - expected)).abs() < 1e-15);
            assert_eq!(predictions.classes()[row], usize::from(expected > 0.5));
        }
        let expected = 1.0 / (1.0 + Scalar::exp(-one[[row, 0]]));
        for predictions in [&sigmoid, &own_one] {
            assert!((predictions.values()[[row, 1]] - expected).abs() < 1e-15);
            assert!((predictions.values()[[row, 0]] - (1.0 - expected)).abs() < 1e-15);
        }
    }
}

#[test]
fn what_outputs_are_is_told_from_the_target_and_the_last_module() {
    let of = |last: Box<dyn Module<f64>>, recipe: Recipe| {
        Output::of(&network(2, last), &recipe.fit(&cars()).unwrap())
    };
    let classes = || recipe().target_classes("origin");
    assert_eq!(of(Box::new(Identity), classes()), Output::Logits);
    assert_eq!(of(Box::new(LogSoftmax), classes()), Output::Logits);
    assert_eq!(of(Box::new(Softmax), classes()), Output::Probabilities);
    assert_eq!(of(Box::new(Sigmoid), classes()), Output::Probabilities);
    assert_eq!(of(Box::new(Residual::new(Softmax)), classes()), Output::Logits);
    assert_eq!(of(Box::new(Softmax), recipe().target_values(["price"])), Output::Values);
    assert_eq!(of(Box::new(Softmax), recipe()), Output::Values);
    // What the program says counts, and is saved.
    let model = classifier(2, Softmax).output(Output::Values);
    let predictions = reloaded(&model).unwrap().predict(&cars()).unwrap();
    assert_eq!(
        (predictions.names(), predictions.class(0)),
        (&["output 0".into(), "output 1".into()][..], None)
    );
}

#[test]
fn predictions_have_names_and_are_read_as_csv() {
    let predictions = classifier(2, Identity).predict(&cars()).unwrap();
    assert_eq!(predictions.names(), ["japan", "usa, or \"us\""]);
    assert_eq!((predictions.rows(), predictions.class(4)), (4, None));
    let csv = predictions.to_csv();
    assert!(csv.starts_with("class,p(japan),\"p(usa, or \"\"us\"\")\"\n"), "{csv}");
    let columns = ["p(japan)", "p(usa, or \"us\")"];
    let read = Csv::from_reader(csv.as_bytes()).unwrap().features(columns).classes::<f64>("class").unwrap();
    assert_eq!(read.data.x(), predictions.values());
    let classes: Vec<&str> = read.data.y().iter().map(|&class| &read.classes[class][..]).collect();
    let expected: Vec<&str> = (0..4).map(|row| predictions.class(row).unwrap()).collect();
    assert_eq!(classes, expected);

    let preprocessor = recipe().target_values(["price"]).fit(&cars()).unwrap();
    let predictions = Model::new(network(1, Identity), preprocessor).predict(&cars()).unwrap();
    assert_eq!((predictions.names(), predictions.classes()), (&["price".to_owned()][..], &[][..]));
    let csv = predictions.to_csv();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!((lines[0], lines[1].parse()), ("price", Ok(predictions.values()[[0, 0]])));

    let sizes = Table::new([
        Column::categories("body", ["sedan", "estate", "sedan"].map(Some)),
        Column::numbers("length", [4.5, 4.7, 4.4].map(Some)),
        Column::numbers("width", [1.8, 1.9, 1.7].map(Some)),
    ]);
    let sizes = sizes.unwrap();
    let preprocessor = Recipe::new().features(["body"]).target_values(["length", "width"]).fit(&sizes);
    let line = Linear::<f64>::new(2, 2, &mut ChaCha8Rng::seed_from_u64(4));
    let predictions =
        Model::new(Sequential::new().append(line), preprocessor.unwrap()).predict(&sizes).unwrap();
    let csv = predictions.to_csv();
    let mut lines = csv.lines();
    assert_eq!((lines.next(), predictions.rows()), (Some("length,width"), 3));
    for (row, line) in lines.enumerate() {
        let numbers: Vec<f64> = line.split(',').map(|number| number.parse().unwrap()).collect();
        assert_eq!(numbers, predictions.values().sample(row).collect::<Vec<_>>());
    }
}

#[test]
fn outputs_that_are_no_predictions_are_refused() {
    let message = |model: Model<f64>| model.predict(&cars()).unwrap_err().to_string();
    assert_eq!(
        message(classifier(3, Identity)),
        "Model: shape of the outputs is [4, 3], expected [rows, 2], one for each class"
    );
    let mut diverged = network(2, Identity);
    diverged.visit_mut(None, &mut |parameter| parameter.value.fill(f64::NAN));
    let preprocessor = recipe().target_classes("origin").fit(&cars()).unwrap();
    assert_eq!(
        message(Model::new(diverged, preprocessor)),
        "row 1: expected a finite output, found NaN for \"japan\"; the training may have diverged"
    );
    // Scores that lie between 0 and 1, and others.
    let advice = "outputs that are scores are declared by `Model::output(Output::Logits)`";
    let error = message(classifier(2, Tanh).output(Output::Probabilities));
    assert!(error.starts_with("row 1: expected probabilities that add up to 1, found 0.75"), "{error}");
    assert!(error.ends_with(&format!(" for \"all classes\"; {advice}")), "{error}");
    let mut scores = network(2, Identity);
    scores.visit_mut(None, &mut |parameter| parameter.value.fill(-1.0));
    let preprocessor = recipe().target_classes("origin").fit(&cars()).unwrap();
    let error = message(Model::new(scores, preprocessor).output(Output::Probabilities));
    assert!(error.contains(": expected a probability, found ") && error.ends_with(advice), "{error}");
    // A table without what the model needs.
    let cars = Table::new([Column::numbers("weight", [Some(1.0)])]).unwrap();
    let error = classifier(2, Identity).predict(&cars).unwrap_err();
    assert!(matches!(error, ModelError::Data(_)) && error.to_string().contains("\"body\""), "{error}");
}

#[test]
fn a_file_that_is_no_model_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    let error = |path| Model::<f64>::load(path).unwrap_err().to_string();
    save_model(&network(2, Identity), &path).unwrap();
    assert_eq!(
        error(&path),
        format!(
            "{}: expected a model, found a file without a preprocessor; \
             load a network alone with `nn_core::load_model`",
            path.display()
        )
    );
    classifier(2, Identity).save(&path).unwrap();
    let whole = StateDict::<f64>::load_safetensors(&path).unwrap();
    for (key, text, expected) in [
        ("nn.output", "x".repeat(1000), "expected one of logits, probabilities, values"),
        ("nn.preprocessor", "[]".into(), "expected a model, "),
        ("nn.preprocessor", "x".repeat(100_000), "expected a model, "),
        ("nn.architecture", r#"{"kind":"Own"}"#.into(), "one of nn's own modules"),
        ("nn.architecture", "x".repeat(100_000), "the architecture is not as expected"),
    ] {
        let mut state = whole.clone();
        state.metadata_mut().insert(key.into(), text);
        state.save_safetensors(&path).unwrap();
        let error = error(&path);
        assert!(error.contains(expected) && error.len() < 2000, "{error}");
        assert!(error.starts_with(&path.display().to_string()), "{error}");
    }
    let missing = folder.path().join("missing");
    assert!(matches!(Model::<f64>::load(missing), Err(ModelError::File(_))));
    let named = classifier(2, Identity).metadata("nn.author", "Ada");
    assert_eq!(
        named.save(&path).unwrap_err().to_string(),
        "Model: name of a text is \"nn.author\", expected one that does not start with \"nn.\""
    );
}

/// A network with a module of one's own is saved by its weights.
#[test]
fn the_weights_of_another_network_are_loaded_into_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    let model = classifier(2, Own);
    model.save(&path).unwrap();
    let error = Model::<f64>::load(&path).unwrap_err();
    assert!(error.to_string().contains("layer 2.1, Own: expected one of nn's own modules"), "{error}");

    let mut fresh = network(2, Own);
    fresh.visit_mut(None, &mut |parameter| parameter.value.fill(0.0));
    let loaded = Model::load_with(&path, fresh).unwrap();
    assert_same(&loaded, &model);
    let error = Model::<f64>::load_with(&path, network(3, Own)).unwrap_err();
    let ModelError::File(error) = error else { panic!("{error}") };
    assert!(matches!(error.problem, StateFileProblem::Mismatch(_)));
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Own;

impl nn_train::nn_core::Activation for Own {
    fn f<F: Scalar>(self, x: F) -> F {
        x
    }
    fn df<F: Scalar>(self, x: F, _: F) -> F {
        x
    }
}

impl std::fmt::Display for Own {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Own")
    }
}
