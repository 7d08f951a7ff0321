//! What the examples share: where the data are and where figures go. Everything else is in each example, so that it can be
//! read top-down and copied.

use std::error::Error;
use std::path::{Path, PathBuf};

use nn_viz::Figure;

/// Returns the path of a file in the workspace's folder `data`.
pub fn data(name: &str) -> PathBuf {
    root().join("data").join(name)
}

/// Writes a figure as SVG and PNG into `target/figures` and prints where.
///
/// # Errors
/// Fails if the figure cannot be drawn or written.
pub fn save(figure: &Figure, name: &str) -> Result<(), Box<dyn Error>> {
    let directory = root().join("target/figures");
    std::fs::create_dir_all(&directory)?;
    let drawing = figure.draw()?;
    std::fs::write(directory.join(format!("{name}.svg")), drawing.svg())?;
    std::fs::write(directory.join(format!("{name}.png")), drawing.png(200.0)?)?;
    println!("\nfigure: target/figures/{name}.svg and .png");
    Ok(())
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the examples lie in the workspace")
}
