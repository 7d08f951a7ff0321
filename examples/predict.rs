//! Predicts the rows of a CSV file with a model that another program trained (`passengers.rs`, beside this file) and saved:
//! `cargo run --release --example predict [MODEL TABLE]`. It knows nothing of the training but the file.

use byhand::prelude::*;
use nn_examples::say;

fn main() -> Result<(), AnyError> {
    let mut arguments = std::env::args().skip(1);
    let model = arguments.next().unwrap_or_else(|| beside("passengers.safetensors"));
    let table = arguments.next().unwrap_or_else(|| beside("../data/new_passengers.csv"));
    report(&predict(&model, &table)?)
}

fn report(csv: &str) -> Result<(), AnyError> {
    say!("{}", csv.trim_end())
}

fn predict(model: &str, table: &str) -> Result<String, AnyError> {
    let model = Model::<f32>::load(model)?;
    let table = Csv::open(table)?.table_like(&model.columns())?;
    Ok(model.predict(&table)?.to_csv())
}

#[test]
fn every_new_passenger_gets_a_class_and_its_probabilities() {
    let csv = predict(&beside("passengers.safetensors"), &beside("../data/new_passengers.csv")).unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!((lines[0], lines.len()), ("class,p(no),p(yes)", 9));
    for line in &lines[1..] {
        let (class, rest) = line.split_once(',').unwrap();
        let p: Vec<f64> = rest.split(',').map(|p| p.parse().unwrap()).collect();
        assert!((p[0] + p[1] - 1.0).abs() < 1e-6, "{line}");
        assert_eq!(class, if p[1] > p[0] { "yes" } else { "no" });
    }
    nn_examples::check_gallery("predict", || report(&csv));
}

fn beside(name: &str) -> String {
    format!("{}/{name}", env!("CARGO_MANIFEST_DIR"))
}
