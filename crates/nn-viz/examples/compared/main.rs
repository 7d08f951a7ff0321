//! Draws the figures that `docs/figures-compared.md` sets beside those of matplotlib, into the directory given as an
//! argument, and writes the data of both beside them.

mod data;
mod figures;

use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Instant;

use self::data::Data;

fn main() -> Result<(), Box<dyn Error>> {
    let directory = PathBuf::from(
        std::env::args().nth(1).ok_or("expected the output directory as an argument; found none")?,
    );
    fs::create_dir_all(&directory)?;
    let data = Data::make();
    fs::write(directory.join("data.csv"), data.csv())?;
    for (name, figure) in figures::all(&data)? {
        let start = Instant::now();
        let drawing = figure.draw()?;
        drawing.save_svg(directory.join(format!("{name}.svg")))?;
        let svg_done = start.elapsed();
        // To see how long it takes; the documents show the SVG.
        let png = drawing.png(150.0)?;
        let (all, bytes) = (start.elapsed() - svg_done, drawing.svg().len());
        let png = png.len();
        writeln!(io::stdout(), "{name}: SVG of {bytes} bytes in {svg_done:.1?}, PNG of {png} in {all:.1?}")?;
    }
    Ok(())
}
