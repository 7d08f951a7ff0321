//! A CSV file read into memory, in double precision.

use std::fs;
use std::path::Path;

use nn_data::Csv;

use super::{answered, failed};
use crate::compare::answer::Answer;
use crate::compare::clock;
use crate::compare::job::Job;

/// Times the reading of the file of a job.
pub(super) fn answer(directory: &Path, job: &Job) -> Result<Answer, String> {
    let path = directory.join(&job.data);
    let target = format!("x{}", job.network.sizes[0]);
    let read = || {
        let file = Csv::open(&path).and_then(|file| file.values::<f64>([&target]));
        Ok::<_, String>(file.map_err(|error| failed(job, &error))?.data)
    };
    let data = read()?;
    let sums = (0..job.network.sizes[0])
        .map(|feature| data.x().feature(feature))
        .chain([data.y().feature(0)])
        .map(|column| column.iter().sum::<f64>());
    let value = weighted(sums, data.samples());
    drop(data);
    let timed = clock::repeat_long(job.seconds, || read().map(|data| drop(std::hint::black_box(data))))?;
    Ok(answered(job, value, timed))
}

/// Reads the file with nothing but the standard library.
pub(super) fn reference(path: &Path) -> Result<f64, String> {
    let unreadable = |error: &dyn std::fmt::Display| format!("cannot read {}: {error}", path.display());
    let text = fs::read_to_string(path).map_err(|error| unreadable(&error))?;
    let mut lines = text.lines();
    let mut sums = vec![0.0; lines.next().map_or(0, |header| header.split(',').count())];
    let mut rows = 0;
    for line in lines {
        rows += 1;
        for (sum, field) in sums.iter_mut().zip(line.split(',')) {
            *sum += field.parse::<f64>().map_err(|error| unreadable(&error))?;
        }
    }
    Ok(weighted(sums, rows))
}

/// The mean of the columns, the j-th counted j times, so that columns cannot be taken for each other.
fn weighted(sums: impl IntoIterator<Item = f64>, rows: usize) -> f64 {
    let sums: Vec<f64> = sums.into_iter().collect();
    let total: f64 = sums.iter().zip(1..).map(|(sum, number)| sum * f64::from(number)).sum();
    total / (rows * sums.len()) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::{data, work};

    #[test]
    fn the_checksum_of_a_file_is_that_of_its_text() {
        let directory = tempfile::tempdir().unwrap();
        let mut work = work::all(true).into_iter().find(|work| work.name == "reading-17").unwrap();
        work.network.samples = 50;
        data::write(directory.path(), &work, 1).unwrap();
        let expected = reference(&directory.path().join(work.file())).unwrap();
        let found = answer(directory.path(), &work.job(1, 1e-3, 1)).unwrap();
        assert!((found.loss - expected).abs() < 1e-12, "{found}, not {expected}");
        assert_eq!(weighted([10.0, 20.0], 10), 2.5);
    }
}
