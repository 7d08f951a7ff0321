//! `cargo xtask compare`: nn beside other frameworks, on the same work, in the same run.
//!
//! Every program is a process that reads the same lines (`job`) and the same data and initial weights (`data`), and
//! answers with the same lines (`answer`). Rounds go through all programs in turn; the loss after ten steps is compared
//! in every process that is timed.

mod answer;
mod contestant;
mod data;
mod document;
mod growth;
mod job;
mod machine;
mod measure;
mod nn;
mod paths;
mod sample;
mod table;
mod text;
mod work;

use std::io::ErrorKind;
use std::path::Path;
use std::time::Instant;

use crate::cli;
use contestant::Contestant;
use measure::Plan;

pub use contestant::parse;
pub use nn::run as answer_jobs;

/// Builds or finds the peers, measures all in turn, and writes or prints what was found.
///
/// # Errors
/// One line: a peer that computes something else, nn's own program failing, files that cannot be written.
pub fn run(options: &cli::Compare) -> Result<(), String> {
    let start = Instant::now();
    let chosen = |contestant: &Contestant| {
        contestant.id == "nn" || options.only.is_empty() || options.only.contains(&contestant.id)
    };
    let mut ready = Vec::new();
    let mut left_out = Vec::new();
    for contestant in contestant::ALL.into_iter().filter(chosen) {
        match contestant.prepare(options) {
            Ok(program) => ready.push((contestant, program)),
            Err(reason) => left_out.push((contestant, reason)),
        }
    }
    for (contestant, reason) in &left_out {
        println!("left out: {}: {reason}", contestant.title);
    }
    if options.setup {
        let names: Vec<&str> = ready.iter().map(|(contestant, _)| contestant.id).collect();
        println!("ready: {} ({:.0} s)", names.join(", "), start.elapsed().as_secs_f64());
        return Ok(());
    }

    let whole = !options.quick && options.only.is_empty();
    let path = options.out.clone().or_else(|| whole.then(paths::document));
    if let Some(path) = &path {
        // After half an hour it would be late to hear that it cannot be written into.
        with_measured(path, "")?;
    }
    let plan = Plan::new(options);
    let machine = machine::describe();
    let mut results = measure::run(&plan, ready)?;
    results.left_out.splice(0..0, left_out);
    let growth = growth::run(&plan)?;
    let measured = document::measured(&machine, &plan, &results, &growth, start.elapsed());
    let Some(path) = path else {
        println!("\n{measured}");
        return Ok(());
    };
    let text = with_measured(&path, &measured)?;
    std::fs::write(&path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    println!("written: {}", path.display());
    Ok(())
}

/// The text of the document with what was measured; what people wrote around it stays.
fn with_measured(path: &Path, measured: &str) -> Result<String, String> {
    let existing = match std::fs::read_to_string(path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(format!("cannot read {}: {error}", path.display())),
    };
    document::insert(existing.as_deref(), measured).map_err(|error| format!("{}: {error}", path.display()))
}
