//! The SVG writer. Whole-number coordinates, relative where possible, keep the files small.

mod data_uri;
mod text;
mod values;

use std::collections::BTreeSet;
use std::fmt::{self, Write};

use self::data_uri::data_uri;
use self::text::FAMILY;
pub(crate) use self::text::Words;
use self::values::{Attributes, ClipId, DescriptionId, GlyphId, Outline, escaped};
use crate::canvas::{Canvas, Frame, Operation, Point, Raster, Shape, Style, UNITS_PER_PIXEL, font};

/// Writes the canvas as an SVG document with `title` as its accessible name, and its description if it has
/// one.
pub(crate) fn svg(canvas: &Canvas, title: &str, description: Option<&str>, words: Words) -> String {
    let mut out = String::new();
    head(&mut out, canvas, title, description.map(escaped).as_deref(), words);
    definitions(&mut out, canvas, words);
    put(&mut out, format_args!("<path fill=\"#fff\" d=\"M0 0H{}V{}H0z\"/>\n", canvas.width, canvas.height));
    for same_clip in canvas.operations.chunk_by(|(a, _), (b, _)| a == b) {
        let frame = same_clip[0].0;
        if let Some(frame) = frame {
            put(&mut out, format_args!("<g clip-path=\"url(#{})\">\n", ClipId(frame)));
        }
        for run in same_clip.chunk_by(|(_, a), (_, b)| same_style(a, b)) {
            put_run(&mut out, run, words);
        }
        if frame.is_some() {
            out.push_str("</g>\n");
        }
    }
    out.push_str("</svg>\n");
    out
}

fn head(out: &mut String, canvas: &Canvas, title: &str, description: Option<&str>, words: Words) {
    let (width, height) = (canvas.width, canvas.height);
    let title = escaped(title);
    let family = match words {
        Words::Outlines => String::new(),
        Words::Selectable => format!(" font-family=\"{FAMILY}\""),
    };
    let described = description.map(|text| format!(" aria-describedby=\"{}\"", DescriptionId(text)));
    put(
        out,
        format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" \
             width=\"{}\" height=\"{}\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
             aria-label=\"{title}\"{}{family}>\n\
             <title>{title}</title>\n",
            f64::from(width) / UNITS_PER_PIXEL,
            f64::from(height) / UNITS_PER_PIXEL,
            described.unwrap_or_default(),
        ),
    );
    if let Some(text) = description {
        put(out, format_args!("<desc id=\"{}\">{text}</desc>\n", DescriptionId(text)));
    }
}

/// Writes each glyph and each clipping frame once. Their names state their content, so that two figures in
/// one HTML page can share a name without harm.
fn definitions(out: &mut String, canvas: &Canvas, words: Words) {
    let mut glyphs = BTreeSet::new();
    let mut frames: Vec<Frame> = Vec::new();
    for (frame, operation) in &canvas.operations {
        frames.extend(frame.filter(|frame| !frames.contains(frame)));
        if let (Operation::Text(text), Words::Outlines) = (operation, words) {
            glyphs.extend(font::shape(text.face, &text.text).0.iter().map(|glyph| (text.face, glyph.id)));
        }
    }
    out.push_str("<defs>\n");
    for (face, glyph) in glyphs {
        let mut outline = Outline::default();
        font::outline(face, glyph, &mut outline);
        put(out, format_args!("<path id=\"{}\" d=\"{}\"/>\n", GlyphId(face, glyph), outline.data));
    }
    for frame in frames {
        let Frame { left, top, right, bottom } = frame;
        put(
            out,
            format_args!(
                "<clipPath id=\"{}\"><path d=\"M{left} {top}H{right}V{bottom}H{left}z\"/></clipPath>\n",
                ClipId(frame)
            ),
        );
    }
    out.push_str("</defs>\n");
}

/// Writes one operation, or a run of paths with the same style, which is written only once.
fn put_run(out: &mut String, run: &[(Option<Frame>, Operation)], words: Words) {
    match &run[0].1 {
        Operation::Text(text) => text::put_text(out, text, words),
        Operation::Image { raster, frame } => put_image(out, raster, raster.extent(*frame)),
        Operation::Pixels { .. } => put_pixels(out, run),
        Operation::Path { shape, style } if run.len() == 1 => put_shape(out, shape, Some(style)),
        Operation::Path { style, .. } => {
            put(out, format_args!("<g{}>\n", Attributes(style)));
            for (_, operation) in run {
                if let Operation::Path { shape, .. } = operation {
                    put_shape(out, shape, None);
                }
            }
            out.push_str("</g>\n");
        }
    }
}

fn same_style(a: &Operation, b: &Operation) -> bool {
    match (a, b) {
        (Operation::Path { style: a, .. }, Operation::Path { style: b, .. }) => a == b,
        (Operation::Pixels { .. }, Operation::Pixels { .. }) => true,
        _ => false,
    }
}

fn put_shape(out: &mut String, shape: &Shape, style: Option<&Style>) {
    match shape {
        Shape::Disc { centre: (x, y), radius } => {
            put(out, format_args!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\""));
        }
        Shape::Lines(points) | Shape::Polygon(points) => {
            out.push_str("<path d=\"");
            put_points(out, points);
            out.push_str(if matches!(shape, Shape::Polygon(_)) { "z\"" } else { "\"" });
        }
    }
    if let Some(style) = style {
        put(out, format_args!("{}", Attributes(style)));
    }
    out.push_str("/>\n");
}

/// Writes `M` to the first point, then one `l` with the steps to all others.
fn put_points(out: &mut String, points: &[Point]) {
    let Some(&(x, y)) = points.first() else { return };
    put(out, format_args!("M{x} {y}"));
    for (index, pair) in points.windows(2).enumerate() {
        let (right, down) = (pair[1].0 - pair[0].0, pair[1].1 - pair[0].1);
        // A minus sign separates two numbers as well as a space does.
        let first = if index == 0 {
            "l"
        } else if right < 0 {
            ""
        } else {
            " "
        };
        let second = if down < 0 { "" } else { " " };
        put(out, format_args!("{first}{right}{second}{down}"));
    }
}

/// Writes images with crisp pixels. The style property asks for that, and the attribute asks viewers that do
/// not know the value of the property. Some viewers ignore both and blend neighbours, which affects only a
/// small part of each pixel because the images are magnified.
fn put_pixels(out: &mut String, run: &[(Option<Frame>, Operation)]) {
    /// The approximate length of the longer side of a magnified image, in nodes.
    const SIDE: usize = 112;
    out.push_str("<g image-rendering=\"optimizeSpeed\" style=\"image-rendering:pixelated\">\n");
    for (_, operation) in run {
        if let Operation::Pixels { raster, frame } = operation {
            let corner = (f64::from(frame.left), f64::from(frame.top));
            let times = (SIDE / raster.columns.max(raster.rows)).max(1);
            put_image(out, &raster.magnified(times), (corner.0, corner.1, frame.width(), frame.height()));
        }
    }
    out.push_str("</g>\n");
}

fn put_image(out: &mut String, raster: &Raster, (left, top, width, height): (f64, f64, f64, f64)) {
    put(
        out,
        format_args!(
            "<image x=\"{left:.2}\" y=\"{top:.2}\" width=\"{width:.2}\" height=\"{height:.2}\" \
             preserveAspectRatio=\"none\" xlink:href=\"{}\"/>\n",
            data_uri(raster)
        ),
    );
}

fn put(out: &mut String, arguments: fmt::Arguments<'_>) {
    out.write_fmt(arguments).expect("writing to memory cannot fail");
}
