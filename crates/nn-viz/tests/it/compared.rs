//! The figures beside those of matplotlib: the program still draws the bytes that the document shows.

#[path = "../../examples/compared/data.rs"]
mod data;
#[path = "../../examples/compared/figures.rs"]
mod figures;

use std::fs;
use std::path::Path;

#[test]
fn the_figures_beside_those_of_matplotlib_are_up_to_date() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/figures-compared");
    let read = |name: String| {
        let path = directory.join(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let advice = "run `cargo run -p nn-viz --example compared -- docs/figures-compared`, \
                  then scripts/matplotlib_figures.py";
    let data = data::Data::make();
    assert!(read("data.csv".to_owned()) == data.csv(), "the data differ: {advice}");
    let figures = figures::all(&data).unwrap();
    assert_eq!(figures.len(), 8);
    for (name, figure) in figures {
        assert!(read(format!("{name}.svg")) == figure.draw().unwrap().svg(), "{name} differs: {advice}");
    }
}
