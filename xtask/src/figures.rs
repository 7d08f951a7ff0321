//! `cargo xtask figures`: runs the experiments, then writes or checks their files.

mod files;
mod numbers;
mod options;
mod summary;
mod table;

use std::path::{Path, PathBuf};
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};

use crate::experiments::{self, Experiment, Findings, Settings};
use crate::paths;
use files::File;

pub use options::FigureOptions;

/// Returns the path relative to the current directory if it lies below it.
fn as_seen_from_here(path: PathBuf) -> PathBuf {
    let here = std::env::current_dir().ok();
    here.and_then(|here| path.strip_prefix(here).map(Path::to_path_buf).ok()).unwrap_or(path)
}

/// Runs the chosen experiments, writes their files (or compares them with the existing ones) and prints a table.
///
/// # Errors
/// One line that says what is wrong and what to do. No file is left half-written.
pub fn run(options: &FigureOptions) -> Result<(), String> {
    let start = Instant::now();
    let directory = options.out.clone().unwrap_or_else(|| as_seen_from_here(paths::figures()));
    if !options.check {
        files::prepare(&directory)?;
    }
    let is_chosen = |experiment: &&Experiment| {
        options.only.is_empty() || options.only.iter().any(|only| only.name == experiment.name)
    };
    let chosen: Vec<&Experiment> = experiments::ALL.iter().filter(is_chosen).collect();
    let settings = Settings {
        trials: options.trials,
        samples: options.samples,
        epochs: options.epochs,
        learning_rate: options.learning_rate,
        seed: options.seed,
        // More threads than trials would only take time to start.
        threads: options.threads.min(options.trials),
    };
    let findings = run_all(&chosen, &settings, options)?;
    let files = render(&findings, &settings, options, &directory)?;
    if options.check {
        files::compare(&directory, &files)?;
    } else {
        files::write(&directory, &files)?;
    }
    print!("{}", table::table(&findings));
    let verb = if options.check { "up to date" } else { "written" };
    println!(
        "{} files {verb} in {} ({:.1} s)",
        files.len(),
        directory.display(),
        start.elapsed().as_secs_f64()
    );
    Ok(())
}

/// Runs the experiments one after another, each with its trials on all threads.
fn run_all<'a>(
    chosen: &[&'a Experiment],
    settings: &Settings,
    options: &FigureOptions,
) -> Result<Vec<(&'a Experiment, Findings)>, String> {
    let sets: usize = chosen.iter().map(|experiment| experiment.sets.len()).sum();
    let bar = ProgressBar::new((sets * settings.trials) as u64);
    bar.set_style(
        ProgressStyle::with_template("{msg:26} {bar:40} {pos}/{len} trials").expect("a valid template"),
    );
    let run = |&experiment: &&'a Experiment| {
        bar.set_message(experiment.name);
        match experiment.run(settings, options.precision, options.curves, &|| bar.inc(1)) {
            Ok(findings) => Ok((experiment, findings)),
            Err(error) => Err(format!("{}: {error}", experiment.name)),
        }
    };
    let findings = chosen.iter().map(run).collect();
    bar.finish_and_clear();
    findings
}

/// Every file of the run, in memory. The figures are drawn in parallel.
fn render(
    findings: &[(&Experiment, Findings)],
    settings: &Settings,
    options: &FigureOptions,
    directory: &Path,
) -> Result<Vec<File>, String> {
    use rayon::prelude::*;
    let of_one = |(experiment, findings): &(&Experiment, Findings)| -> Result<Vec<File>, String> {
        let name = experiment.name;
        let failed = |error: nn_viz::VizError| format!("cannot draw {name}: {error}");
        let drawing = findings.figure.draw().map_err(failed)?;
        let mut files = vec![File::new(name, "svg", drawing.svg().to_string())];
        if !options.check {
            files.push(File::new(name, "png", drawing.png(300.0).map_err(failed)?));
        }
        for set in &findings.sets {
            files.push(File::new(set.name, "csv", numbers::statistics(&set.curve)));
            if options.curves {
                let name = format!("{}-curves", set.name);
                files.push(File::new(&name, "csv", numbers::curves(&set.curves)));
            }
        }
        Ok(files)
    };
    let files: Result<Vec<Vec<File>>, String> = findings.par_iter().map(of_one).collect();
    let mut files = files?.concat();
    let existing = std::fs::read_to_string(directory.join(summary::FILE)).unwrap_or_default();
    let sets = findings.iter().flat_map(|(_, findings)| &findings.sets);
    let rows = sets.map(|set| summary::row(set, settings, options.precision));
    files.push(File::new("summary", "csv", summary::merge(&existing, rows.collect())));
    Ok(files)
}
