//! `cargo xtask list`: the experiments, what each shows, and what `cargo xtask figures` makes of it.

use serde_json::{Value, json};

use crate::experiments::{self, Experiment};
use crate::json::Output;
use crate::seconds;
use crate::wrap::{COLUMNS, wrap};

/// Prints the experiments in the order in which they are run.
///
/// # Errors
/// One line, when standard output cannot take the text.
pub fn run(output: Output) -> Result<(), String> {
    output.say(document, text)
}

fn document() -> Value {
    let known = seconds::known();
    let experiment = |experiment: &Experiment| {
        json!({
            "name": experiment.name,
            "about": experiment.about,
            "sets": experiment.sets,
            "files": experiment.files(),
            "seconds": known.get(experiment.name),
        })
    };
    json!({ "experiments": experiments::ALL.iter().map(experiment).collect::<Vec<Value>>() })
}

/// Three lines for each experiment: its name, with its trials and how long they took; what it shows; and its
/// files.
fn text() -> String {
    let known = seconds::known();
    let experiment = |experiment: &Experiment| {
        let Experiment { name, about, sets, .. } = experiment;
        let sets = match sets.len() {
            0 => "no trials".into(),
            1 => "1 set of trials".into(),
            count => format!("{count} sets of trials"),
        };
        let took = known.get(*name).map_or(String::new(), |seconds| format!(", took {seconds:.1} s"));
        format!("{name:26}{sets}{took}\n    {about}\n    {}", experiment.files().join(" "))
    };
    let experiments: Vec<String> = experiments::ALL.iter().map(experiment).collect();
    wrap(&format!("{}\n\n{RUN}", experiments.join("\n")), COLUMNS)
}

const RUN: &str = "To run one: cargo xtask figures --only NAME
Its files are then in docs/figures or, with --out DIR, in DIR.";
