//! `cargo xtask figures`: runs the experiments, then writes or checks their files.

mod files;
mod frames;
mod json;
mod numbers;
mod options;
mod summary;
mod table;

use std::io::ErrorKind;
use std::path::Path;
use std::time::Instant;

use crate::directory;
use nn_train::{Cost, Task};
use serde_json::json;

use crate::experiments::{self, Experiment, Findings, Request, Settings};
use crate::json::shown;
use crate::progress::Progress;
use crate::seconds;
use files::File;

pub use options::FigureOptions;

/// Returns the recorded trainings of the committed figures, for the page of the site that replays them: each file by its path
/// on the site, such as `frames/spirals.js`. Runs the three experiments for it.
///
/// # Errors
/// One line that says what is wrong.
pub fn recordings() -> Result<Vec<(String, Vec<u8>)>, String> {
    let files = frames::run(&options::COMMITTED, options::COMMITTED_PRECISION)?;
    let path = |file: File| (format!("{}/{}", frames::DIRECTORY, file.name), file.contents);
    Ok(files.into_iter().map(path).collect())
}

/// Runs the chosen experiments, writes their files (or compares them with the existing ones) and prints tables.
///
/// # Errors
/// One line that says what is wrong and what to do. No file is left half-written, and no directory empty.
pub fn run(options: &FigureOptions) -> Result<(), String> {
    let start = Instant::now();
    let directory = options.directory()?;
    if !options.check {
        directory::check(&directory)
            .map_err(|error| format!("{error}; choose another directory with --out DIR"))?;
    }
    let is_chosen = |experiment: &&Experiment| {
        options.only.is_empty() || options.only.iter().any(|only| only.name == experiment.name)
    };
    let chosen: Vec<&Experiment> = experiments::ALL.iter().filter(is_chosen).collect();
    let recorded = directory.join(frames::DIRECTORY);
    if options.frames {
        if !chosen.iter().any(|experiment| frames::records(experiment)) {
            return Err(format!(
                "expected --frames with one of {} among --only; found none",
                frames::names()
            ));
        }
        directory::check(&recorded)
            .map_err(|error| format!("{error}; choose another directory with --out DIR"))?;
    }
    let settings = options.settings();
    let task = options.task();
    let findings = run_all(&chosen, &settings, &task, options)?;
    if let Task::Shard { part, directory } = task {
        let (seconds, part) = (start.elapsed().as_secs_f64(), part.to_string());
        return options.output.say(
            || json!({ "part": part, "directory": shown(&directory), "seconds": seconds }),
            || format!("part {part} is in {} ({seconds:.1} s)", directory.display()),
        );
    }
    let files = render(&findings, &settings, options, &directory)?;
    let frames =
        if options.frames { frames::render(&findings, &settings, options.precision)? } else { Vec::new() };
    if options.check {
        files::compare(&directory, &files)?;
    } else {
        directory::fill(&directory, || files::write(&directory, &files))?;
    }
    if options.frames {
        directory::fill(&recorded, || files::write(&recorded, &frames))?;
    }
    let sets = findings.iter().flat_map(|(_, findings)| &findings.sets);
    let (cost, seconds) = (sets.map(|set| set.cost).sum::<Cost>(), start.elapsed().as_secs_f64());
    let document = || {
        let names: Vec<&str> = files.iter().chain(&frames).map(|file| file.name.as_str()).collect();
        let mut document = json::experiments(&findings, &settings, options.precision);
        document["files"] = json!(names);
        document["directory"] = json!(shown(&directory));
        document["written"] = json!(!options.check);
        document["seconds"] = json!(seconds);
        document
    };
    let text = || {
        let verb = if options.check { "up to date" } else { "written" };
        let (tables, place) = (table::tables(&findings, settings.trials), directory.display());
        let count = files.len() + frames.len();
        format!("{tables}\n{cost}\n{count} files {verb} in {place} ({seconds:.1} s)")
    };
    options.output.say(document, text)
}

/// Runs the experiments one after another, each with its trials on all threads.
fn run_all<'a>(
    chosen: &[&'a Experiment],
    settings: &Settings,
    task: &Task,
    options: &FigureOptions,
) -> Result<Vec<(&'a Experiment, Findings)>, String> {
    let of_a_set = match task {
        Task::Whole => settings.trials,
        Task::Shard { part, .. } => part.range(settings.trials).len(),
        // The best and the worst.
        Task::Merge { .. } => 2,
    };
    let trials = |experiment: &Experiment| experiment.sets.len() * of_a_set;
    let widest = chosen.iter().map(|experiment| experiment.name.len()).max().unwrap_or_default();
    let progress = Progress::new(chosen.iter().map(|experiment| trials(experiment)).sum(), widest);
    let run = |&experiment: &&'a Experiment| {
        let Experiment { name, .. } = experiment;
        let start = Instant::now();
        progress.message(*name);
        let request = Request {
            settings,
            task,
            keep_curves: options.curves || options.frames,
            progress: &|| progress.step(),
        };
        let findings =
            experiment.run(options.precision, &request).map_err(|error| format!("{name}: {error}"))?;
        progress.done(&format!("{name}: {} trials", trials(experiment)), start);
        // A check writes nothing.
        if *task == Task::Whole && !options.check && options.other_numbers().is_empty() {
            seconds::keep(name, start.elapsed().as_secs_f64());
        }
        Ok(findings.map(|findings| (experiment, findings)))
    };
    chosen.iter().filter_map(|experiment| run(experiment).transpose()).collect()
}

/// Every file of the run, in memory.
fn render(
    findings: &[(&Experiment, Findings)],
    settings: &Settings,
    options: &FigureOptions,
    directory: &Path,
) -> Result<Vec<File>, String> {
    let of_one = |(experiment, findings): &(&Experiment, Findings)| -> Result<Vec<File>, String> {
        let name = experiment.name;
        let failed = |error: nn_viz::VizError| format!("cannot draw {name}: {error}");
        let drawing = findings.figure.draw().map_err(failed)?;
        let mut files = vec![File::new(name, "svg", drawing.svg().to_string())];
        if !options.check {
            files.push(File::new(name, "png", drawing.png(300.0).map_err(failed)?));
        }
        for set in &findings.sets {
            let test = set.test.as_ref();
            let statistics = numbers::statistics(&set.training.curve, test.map(|test| &test.curve[..]));
            files.push(File::new(set.name, "csv", statistics));
            let all = [("curves", Some(&set.training)), ("test-curves", test)];
            for (ending, losses) in all.into_iter().filter(|_| options.curves) {
                if let Some(losses) = losses {
                    let name = format!("{}-{ending}", set.name);
                    files.push(File::new(&name, "csv", numbers::curves(&losses.curves)));
                }
            }
        }
        Ok(files)
    };
    let files: Result<Vec<Vec<File>>, String> = findings.iter().map(of_one).collect();
    let mut files = files?.concat();
    let path = directory.join(summary::FILE);
    let existing = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        // Its other rows would be lost.
        Err(error) => return Err(format!("cannot read {}: {error}", path.display())),
    };
    let sets = findings.iter().flat_map(|(_, findings)| &findings.sets);
    let rows = sets.map(|set| summary::row(set, settings, options.precision));
    files.push(File::new("summary", "csv", summary::merge(&existing, rows.collect())));
    Ok(files)
}
