//! `cargo xtask compare`: measures nn and other frameworks on the same work in the same run.
//!
//! Every program is a process. It reads its jobs (`job`) and the data and initial weights (`data`), and writes its answers
//! (`answer`). Each round runs all programs in turn (`rounds`). Every process that is timed also reports the loss after ten
//! steps, on batches in the order of the file, which must be the same for all.

mod answer;
mod clock;
mod contestant;
mod data;
mod document;
mod forms;
mod growth;
mod images;
mod job;
mod json;
mod line;
pub(crate) mod machine;
mod nn;
mod options;
mod plan;
mod process;
mod results;
mod rounds;
mod sample;
mod sequences;
mod table;
mod text;
mod tokens;
mod work;

use std::io::ErrorKind;
use std::path::Path;
use std::time::Instant;

use serde_json::json;

use crate::directory;
use crate::json::shown;
use crate::paths;
use crate::print::{complain, say};
use contestant::Contestant;
use plan::Measurements;

pub use nn::{AnswerOptions, run as answer_jobs};
pub use options::CompareOptions;

/// Finds or builds the programs, measures all in turn, and writes or prints the results.
///
/// # Errors
/// One line: a peer computes something else, nn's own program fails, or a file cannot be written.
pub fn run(options: &CompareOptions) -> Result<(), String> {
    let start = Instant::now();
    let whole = !options.quick && options.only.is_empty() && options.works.is_empty();
    let path = options.out.clone().or_else(|| whole.then(paths::benchmarks));
    if let Some(path) = path.as_ref().filter(|_| !options.setup) {
        // A file that cannot take the results is reported now, not after half an hour.
        with_measured(path, "")?;
        directory::check(above(path))
            .map_err(|error| format!("{error}; choose another place with --out FILE"))?;
    }
    let plan = Measurements::new(options.quick, options.rounds, &options.works);
    let chosen = |contestant: &Contestant| {
        let wanted = options.only.is_empty() || options.only.contains(contestant);
        contestant.id == "nn" || (wanted && plan.works.iter().any(|work| contestant.does(work)))
    };
    let mut ready = Vec::new();
    let mut left_out = Vec::new();
    for contestant in contestant::ALL.into_iter().filter(chosen) {
        match contestant.prepare(options.quick, options.python.as_deref()) {
            Ok(program) => ready.push((contestant, program)),
            Err(reason) => left_out.push((contestant, reason)),
        }
    }
    for (contestant, reason) in &left_out {
        complain(format_args!("left out: {}: {reason}", contestant.title));
    }
    if options.setup {
        let names: Vec<&str> = ready.iter().map(|(contestant, _)| contestant.id).collect();
        return say(format_args!("ready: {} ({:.0} s)", names.join(", "), start.elapsed().as_secs_f64()));
    }

    let machine = machine::describe();
    let mut results = rounds::run(&plan, ready)?;
    results.left_out.splice(0..0, left_out);
    let forms = forms::run(&plan)?;
    let growth = if plan.growth { Some(growth::run(&plan)?) } else { None };
    let (took, own) = (start.elapsed(), (forms.as_ref(), growth.as_ref()));
    let measured = document::measured(&machine, &plan, &results, own, took);
    if let Some(path) = &path {
        let text = with_measured(path, &measured)?;
        directory::fill(above(path), || nn_files::write(path, text).map_err(|error| error.to_string()))?;
    }
    let document = || {
        let mut document = json::results(&machine, &plan, &results, own, took);
        document["written"] = json!(path.as_deref().map(shown));
        document
    };
    let text = || match &path {
        Some(path) => format!("written: {}", path.display()),
        None => format!("\n{measured}"),
    };
    options.output.say(document, text)
}

/// The directory of a file.
fn above(file: &Path) -> &Path {
    file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The text of the document with a new measured part; the text around it stays.
fn with_measured(path: &Path, measured: &str) -> Result<String, String> {
    let existing = match std::fs::read_to_string(path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(format!("cannot read {}: {error}", path.display())),
    };
    document::insert(existing.as_deref(), measured).map_err(|error| format!("{}: {error}", path.display()))
}
