//! What the examples share: where the data are, where figures go, and how they print. Everything else is in each example, so
//! that it can be read top-down and copied.

use std::fmt;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use byhand::core::AnyError;
use byhand::viz::Figure;

mod gallery;
mod learn;
mod transcript;

pub use gallery::check_gallery;
pub use learn::check_chapter;
pub use transcript::record_line;

/// Returns the path of a file in the workspace's folder `data`.
pub fn data(name: &str) -> PathBuf {
    root().join("data").join(name)
}

/// Returns the path of a page in the workspace's folder `docs`.
pub fn docs(name: &str) -> PathBuf {
    root().join("docs").join(name)
}

/// Prints a line as `println!` does, but returns an error where that panics. When nobody reads it any longer, as in
/// `cargo run --example iris | head -1`, the process ends quietly, as the tools of Unix do.
#[macro_export]
macro_rules! say {
    ($($arguments:tt)*) => { $crate::print_line(format_args!($($arguments)*)) };
}

/// What [`say!`] does.
///
/// # Errors
/// Fails if standard output cannot take the line, for example because a disk is full.
pub fn print_line(line: fmt::Arguments<'_>) -> Result<(), AnyError> {
    /// The status that shells report for a program that SIGPIPE has ended: 128 + 13.
    const CLOSED_PIPE: i32 = 141;
    if record_line(line) {
        return Ok(());
    }
    match writeln!(io::stdout(), "{line}") {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(CLOSED_PIPE),
        Err(error) => Err(AnyError::new(format!("cannot write to standard output: {error}"))),
    }
}

/// Writes a figure as SVG and PNG into `target/figures` and prints where.
///
/// # Errors
/// Fails if the figure cannot be drawn or written.
pub fn save(figure: &Figure, name: &str) -> Result<(), AnyError> {
    let drawing = figure.draw()?;
    let directory = root().join("target/figures");
    std::fs::create_dir_all(&directory)?;
    let path = |extension| directory.join(format!("{name}.{extension}"));
    drawing.save_svg(path("svg"))?;
    drawing.save_png(path("png"), 200.0)?;
    say!("\nfigure: target/figures/{name}.svg and .png")?;
    Ok(())
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the examples lie in the workspace")
}

/// Runs the programs of the documents as doctests. `xtask/tests/documents.rs` checks that none is forgotten.
#[cfg(doctest)]
mod documents {
    #[doc = include_str!("../../README.md")]
    struct Readme;

    #[doc = include_str!("../../docs/tables.md")]
    struct Tables;

    #[doc = include_str!("../../docs/scale.md")]
    struct Scale;

    #[doc = include_str!("../../docs/theory.md")]
    struct Theory;

    #[doc = include_str!("../../docs/theory/judging.md")]
    struct Judging;

    #[doc = include_str!("../../docs/theory/losses.md")]
    struct Losses;

    #[doc = include_str!("../../docs/theory/optimisers.md")]
    struct Optimisers;
}

#[cfg(test)]
mod tests {
    use byhand::data::{Classification, Csv};

    fn read(file: &str, target: &str) -> Classification<f32> {
        Csv::open(super::data(file)).unwrap().classes(target).unwrap()
    }

    fn count(labels: &[usize], classes: usize) -> Vec<usize> {
        (0..classes).map(|class| labels.iter().filter(|&&label| label == class).count()).collect()
    }

    #[test]
    fn iris_has_fifty_flowers_of_each_kind() {
        let iris = read("iris.csv", "species");
        assert_eq!(iris.classes, ["setosa", "versicolor", "virginica"]);
        assert_eq!(iris.features, ["sepal_length", "sepal_width", "petal_length", "petal_width"]);
        assert_eq!(iris.data.x().shape(), [150, 4]);
        assert_eq!(count(iris.data.y(), 3), [50, 50, 50]);
        let flower = |row: usize| iris.data.x().sample(row).collect::<Vec<_>>();
        assert_eq!(flower(0), [5.1, 3.5, 1.4, 0.2]);
        assert_eq!(flower(149), [5.9, 3.0, 5.1, 1.8]);
        // Rows 35 and 38 as Fisher printed them; the file of UCI has them wrong.
        assert_eq!(flower(34), [4.9, 3.1, 1.5, 0.2]);
        assert_eq!(flower(37), [4.9, 3.6, 1.4, 0.1]);
    }

    #[test]
    fn digits_are_64_grey_levels_and_ten_classes_in_numeric_order() {
        let digits = read("digits.csv", "digit");
        assert_eq!(digits.classes, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
        assert_eq!(digits.data.x().shape(), [1797, 64]);
        assert_eq!((digits.features[0].as_str(), digits.features[63].as_str()), ("p0", "p63"));
        // As scikit-learn counts them.
        assert_eq!(count(digits.data.y(), 10), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
        assert_eq!(digits.data.y()[..4], [0, 1, 2, 3]);
        assert!(digits.data.x().view().iter().all(|&grey| (0.0..=16.0).contains(&grey)));
        assert_eq!(digits.data.x().view().iter().sum::<f32>(), 561_718.0);
    }
}
