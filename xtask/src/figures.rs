//! `cargo xtask figures`: runs the experiments, then writes or checks what they show.

mod files;
mod numbers;
mod summary;
mod table;

use std::path::{Path, PathBuf};
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli;
use crate::experiments::{Experiment, Outcome, Settings};
use files::File;

/// Where the committed figures are.
pub fn committed() -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace");
    workspace.join("docs/figures")
}

/// The shortest way to write it: relative if it lies below the current directory.
fn as_seen_from_here(path: PathBuf) -> PathBuf {
    let here = std::env::current_dir().ok();
    here.and_then(|here| path.strip_prefix(here).map(Path::to_path_buf).ok()).unwrap_or(path)
}

/// Runs the chosen experiments, writes their files (or compares with those that are there) and prints a table.
///
/// # Errors
/// One line that says what is wrong and what to do. Nothing is written then, or everything.
pub fn run(options: &cli::Figures) -> Result<(), String> {
    let start = Instant::now();
    let directory = options.out.clone().unwrap_or_else(|| as_seen_from_here(committed()));
    if !options.check {
        files::prepare(&directory)?;
    }
    let chosen: Vec<Experiment> = Experiment::ALL
        .into_iter()
        .filter(|experiment| options.only.is_empty() || options.only.contains(experiment))
        .collect();
    let settings = Settings {
        trials: options.trials,
        samples: options.samples,
        epochs: options.epochs,
        learning_rate: options.learning_rate,
        seed: options.seed,
        // A thread without a trial would only take time to start.
        threads: options.threads.min(options.trials),
    };
    let outcomes = run_all(&chosen, &settings, options)?;
    let files = render(&outcomes, &settings, options, &directory)?;
    if options.check {
        files::compare(&directory, &files)?;
    } else {
        files::write(&directory, &files)?;
    }
    print!("{}", table::table(&outcomes));
    let verb = if options.check { "up to date" } else { "written" };
    println!(
        "{} files {verb} in {} ({:.1} s)",
        files.len(),
        directory.display(),
        start.elapsed().as_secs_f64()
    );
    Ok(())
}

fn run_all(
    chosen: &[Experiment],
    settings: &Settings,
    options: &cli::Figures,
) -> Result<Vec<(Experiment, Outcome)>, String> {
    let series: usize = chosen.iter().map(|experiment| experiment.series().len()).sum();
    let bar = ProgressBar::new((series * settings.trials) as u64);
    bar.set_style(
        ProgressStyle::with_template("{msg:26} {bar:40} {pos}/{len} trials").expect("a valid template"),
    );
    let run = |&experiment: &Experiment| {
        bar.set_message(experiment.name());
        match experiment.run(settings, options.precision, options.curves, &|| bar.inc(1)) {
            Ok(outcome) => Ok((experiment, outcome)),
            Err(error) => Err(format!("{}: {error}", experiment.name())),
        }
    };
    let outcomes = chosen.iter().map(run).collect();
    bar.finish_and_clear();
    outcomes
}

/// Every file of the run, in memory. Figures are drawn in parallel.
fn render(
    outcomes: &[(Experiment, Outcome)],
    settings: &Settings,
    options: &cli::Figures,
    directory: &Path,
) -> Result<Vec<File>, String> {
    use rayon::prelude::*;
    let of_one = |(experiment, outcome): &(Experiment, Outcome)| -> Result<Vec<File>, String> {
        let name = experiment.name();
        let failed = |error: nn_viz::VizError| format!("cannot draw {name}: {error}");
        let drawing = outcome.figure.draw().map_err(failed)?;
        let mut files = vec![File::new(name, "svg", drawing.svg().to_string())];
        if !options.check {
            files.push(File::new(name, "png", drawing.png(300.0).map_err(failed)?));
        }
        for series in &outcome.series {
            files.push(File::new(series.name, "csv", numbers::statistics(&series.curve)));
            if options.curves {
                let name = format!("{}-curves", series.name);
                files.push(File::new(&name, "csv", numbers::curves(&series.curves)));
            }
        }
        Ok(files)
    };
    let files: Result<Vec<Vec<File>>, String> = outcomes.par_iter().map(of_one).collect();
    let mut files = files?.concat();
    let kept = std::fs::read_to_string(directory.join(summary::FILE)).unwrap_or_default();
    let series = outcomes.iter().flat_map(|(_, outcome)| &outcome.series);
    let rows = series.map(|series| summary::row(series, settings, options.precision));
    files.push(File::new("summary", "csv", summary::merge(&kept, rows.collect())));
    Ok(files)
}
