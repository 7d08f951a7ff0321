//! What the examples share: where the data lie and where figures go. Everything else stands in each of them, to be read
//! top-down and copied.

use std::error::Error;
use std::path::{Path, PathBuf};

use nn_viz::Figure;

/// A file of the workspace's folder `data`.
pub fn data(name: &str) -> PathBuf {
    root().join("data").join(name)
}

/// Writes a figure as SVG and PNG into `target/figures` and says where.
///
/// # Errors
/// If it cannot be drawn or written.
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
