//! Do embeddings of categories help on a small table? A graph learns a row of numbers for each category, puts them beside the numbers,
//! and adds a network on all of it to a linear model; a plain network has the categories one-hot. Both are trained on the same twenty
//! splits: `cargo run --release --example wide_and_deep`.

use byhand::core::{Embedding, Flatten, Graph};
use byhand::data::{Categories, Numbers, Preprocessor, Recipe, Table};
use byhand::prelude::*;
use byhand::viz::{Diagram, Figure, Panel};
use nn_examples::say;

const CLASSES: [&str; 3] = ["first", "second", "third"];
const PORTS: [&str; 3] = ["Ancona", "Split", "Zadar"];
/// The numbers of hidden units and of values for a category.
const HIDDEN: usize = 16;
const WIDTH: usize = 2;
/// The age and whether it is missing, the fare; the companions and the delay.
const NUMBERS: [usize; 2] = [3, 2];
const TRIALS: usize = 20;

fn read() -> Result<Table, AnyError> {
    Ok(Csv::open(nn_examples::data("passengers.csv"))?
        .except(["ticket"])
        .categories(["booked again"])
        .table()?)
}

fn recipe() -> Recipe {
    Recipe::new()
        .numbers(["age"], Numbers::new().indicator())
        .numbers(["fare"], Numbers::new().ln_1p())
        .target_classes("booked again")
}

/// The plain network: categories are one-hot columns.
fn plain(preprocessor: &Preprocessor, rng: &mut ChaCha8Rng) -> Box<dyn Module<f32>> {
    let network = Sequential::new()
        .append(Linear::new(preprocessor.features(), HIDDEN, rng))
        .append(Tanh)
        .append(Dropout::new(0.2))
        .append(Linear::new(HIDDEN, 2, rng));
    Box::new(network)
}

/// The recipe of the graph: a category is the place of its name, the index of a row of an embedding.
fn indexed() -> Recipe {
    recipe()
        .categories(["class"], Categories::new().ordinal(CLASSES))
        .categories(["port"], Categories::new().ordinal(PORTS))
}

/// The features are the columns of the table, in its order.
fn wide_and_deep(rng: &mut ChaCha8Rng) -> Graph<f32> {
    let embedding = |rows, rng: &mut ChaCha8Rng| {
        Sequential::new().append(Embedding::new(rows, WIDTH, rng)).append(Flatten)
    };
    let features = 2 * WIDTH + NUMBERS[0] + NUMBERS[1];
    let deep = Sequential::new()
        .append(Linear::new(features, HIDDEN, rng))
        .append(Tanh)
        .append(Dropout::new(0.2))
        .append(Linear::new(HIDDEN, 2, rng));
    Graph::new()
        .input("class", [1])
        .input("age, fare", [NUMBERS[0]])
        .input("port", [1])
        .input("with, delay", [NUMBERS[1]])
        .node("of class", embedding(CLASSES.len(), rng), "class")
        .node("of port", embedding(PORTS.len(), rng), "port")
        .concat("all", 1, ["of class", "age, fare", "of port", "with, delay"])
        .node("deep", deep, "all")
        .node("wide", Linear::new(features, 2, rng), "all")
        .sum("booked again", ["deep", "wide"])
        .output("booked again")
}

/// Trains on three fifths of the rows and judges on a fifth. A trial has the same rows for both networks.
fn train(
    table: &Table,
    recipe: &Recipe,
    network: impl Fn(&Preprocessor, &mut ChaCha8Rng) -> Box<dyn Module<f32>> + Sync,
) -> Result<Ensemble<f32>, AnyError> {
    let rows = table.strata("booked again")?;
    let ensemble = Trials::new(TRIALS).run(|trial| {
        let (train, validation, test) =
            stratified_train_validation_test_split(&rows, 0.2, 0.2, &mut trial.rng("data"))?;
        let preprocessor = recipe.fit(&train)?;
        let classes = |part: &Table| preprocessor.classes::<f32>(part);
        let (train, validation, test) = (classes(&train)?, classes(&validation)?, classes(&test)?);
        let mut rng = trial.rng("network");
        let mut network = network(&preprocessor, &mut rng);
        let history = Trainer::new(Adam::new(0.01)).epochs(100).batch_size(32).early_stopping(15).fit(
            &mut network,
            &CrossEntropyLoss::mean(),
            &train,
            Some(&validation),
            &mut rng,
        )?;
        let accuracy = accuracy(test.y(), &argmax(&network.predict(test.x())?)?)?;
        Ok(Run::from(history).score(Score::higher("test accuracy", accuracy)))
    })?;
    Ok(ensemble)
}

fn both(table: &Table) -> Result<[Ensemble<f32>; 2], AnyError> {
    let graph = |_: &Preprocessor, rng: &mut ChaCha8Rng| Box::new(wide_and_deep(rng)) as Box<dyn Module<f32>>;
    Ok([train(table, &indexed(), graph)?, train(table, &recipe(), plain)?])
}

fn main() -> Result<(), AnyError> {
    report(&both(&read()?)?)
}

fn report([embedded, one_hot]: &[Ensemble<f32>; 2]) -> Result<(), AnyError> {
    let graph = wide_and_deep(&mut ChaCha8Rng::seed_from_u64(0));
    say!("{graph}\n")?;
    say!("wide and deep\n{embedded}\n\nplain\n{one_hot}\n")?;
    say!("{}", Comparison::paired(embedded, one_hot)?.names("wide and deep", "plain"))?;
    nn_examples::save(&figure(&graph)?, "wide_and_deep")
}

/// Draws the graph: what each node is, its shape and its parameters.
fn figure(graph: &Graph<f32>) -> Result<Figure, AnyError> {
    let mut diagram = Diagram::new();
    for node in graph.nodes()? {
        let mut lines = vec![node.text, format!("{:?}", node.shape)];
        if node.parameters > 0 {
            lines.push(format!("{} parameters", node.parameters));
        }
        let [lines, from] =
            [&lines, &node.from].map(|all| all.iter().map(|text| &**text).collect::<Vec<_>>());
        diagram = diagram.node(node.name, &lines, &from);
    }
    let panel = Panel::new("Embeddings beside numbers, and a linear model beside a network").mark(diagram);
    Ok(Figure::new(6.4, 4.2).title("Who books again").row(1.0, [panel]))
}

/// Six categories in two columns are few: to learn rows of numbers for them is no better than to have them one-hot.
#[test]
fn on_few_categories_embeddings_are_as_good_as_one_hot_columns() {
    let both = both(&read().unwrap()).unwrap();
    let scores = both.each_ref().map(|ensemble| ensemble.score().unwrap().summary());
    assert!(scores.iter().all(|score| score.iqm > 0.78), "{scores:?}");
    assert!((scores[0].iqm - scores[1].iqm).abs() < 0.02, "{scores:?}");
    nn_examples::check_gallery("wide_and_deep", || report(&both));
}
