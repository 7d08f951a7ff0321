//! The PNG writer: tiny-skia paints the canvas at a given resolution.

use tiny_skia::{
    FillRule, FilterQuality, LineCap, LineJoin, Mask, Paint as Ink, Path, PathBuilder, Pattern, Pixmap,
    PremultipliedColorU8, Rect, Shader, SpreadMode, StrokeDash, Transform,
};
use ttf_parser::OutlineBuilder;

use super::encode;
use crate::canvas::{Canvas, Frame, Operation, Paint, Point, Raster, Shape, Stroke, Style, Text};
use crate::canvas::{UNITS_PER_INCH, font};
use crate::color::Color;
use crate::error::VizError;

/// The largest number of pixels. More are taken for a mistake in the resolution.
const MOST_PIXELS: f64 = 2e8;

/// Paints the canvas at `dpi` pixels per inch and returns the bytes of a PNG file.
pub(crate) fn png(canvas: &Canvas, dpi: f64) -> Result<Vec<u8>, VizError> {
    let scale = dpi / UNITS_PER_INCH;
    let (width, height) =
        ((f64::from(canvas.width) * scale).round(), (f64::from(canvas.height) * scale).round());
    if !(width >= 1.0 && height >= 1.0 && width * height <= MOST_PIXELS) {
        return Err(VizError::Resolution { dpi });
    }
    let pixmap = Pixmap::new(width as u32, height as u32).ok_or(VizError::Resolution { dpi })?;
    let mut painter = Painter { pixmap, scale: scale as f32, clip: None };
    painter.pixmap.fill(tiny_skia::Color::WHITE);
    for (frame, operation) in &canvas.operations {
        painter.paint(*frame, operation);
    }
    encode::rgb(&painter.pixmap, dpi).map_err(|error| VizError::Png(error.to_string()))
}

struct Painter {
    pixmap: Pixmap,
    /// Pixels per canvas unit.
    scale: f32,
    /// The mask of the latest frame, which the operations of a panel share.
    clip: Option<(Frame, Mask)>,
}

impl Painter {
    fn paint(&mut self, frame: Option<Frame>, operation: &Operation) {
        self.prepare_clip(frame);
        let clip = self.clip.as_ref().filter(|_| frame.is_some()).map(|(_, mask)| mask);
        match operation {
            Operation::Path { shape, style } => draw_shape(&mut self.pixmap, self.scale, clip, shape, style),
            Operation::Text(text) => draw_text(&mut self.pixmap, self.scale, clip, text),
            Operation::Image { raster, frame } => {
                let (left, top, width, height) = raster.extent(*frame);
                let pixels = |unit: f64| unit as f32 * self.scale;
                let node = (pixels(width / raster.columns as f64), pixels(height / raster.rows as f64));
                let area = Rect::from_xywh(pixels(left), pixels(top), pixels(width), pixels(height));
                draw_image(&mut self.pixmap, clip, raster, (area, node), FilterQuality::Bilinear);
            }
            Operation::Pixels { raster, frame } => {
                let edge = |unit: i32| (unit as f32 * self.scale).round();
                let (left, top, right, bottom) =
                    (edge(frame.left), edge(frame.top), edge(frame.right), edge(frame.bottom));
                let node = ((right - left) / raster.columns as f32, (bottom - top) / raster.rows as f32);
                let area = Rect::from_ltrb(left, top, right, bottom);
                draw_image(&mut self.pixmap, clip, raster, (area, node), FilterQuality::Nearest);
            }
        }
    }

    fn prepare_clip(&mut self, frame: Option<Frame>) {
        let Some(frame) = frame else { return };
        if self.clip.as_ref().is_some_and(|(current, _)| *current == frame) {
            return;
        }
        let edge = |unit: i32| (unit as f32 * self.scale).round();
        let mask = Mask::new(self.pixmap.width(), self.pixmap.height()).map(|mut mask| {
            let inside =
                Rect::from_ltrb(edge(frame.left), edge(frame.top), edge(frame.right), edge(frame.bottom));
            if let Some(inside) = inside {
                mask.fill_path(
                    &PathBuilder::from_rect(inside),
                    FillRule::Winding,
                    false,
                    Transform::identity(),
                );
            }
            (frame, mask)
        });
        self.clip = mask;
    }
}

fn draw_shape(pixmap: &mut Pixmap, scale: f32, clip: Option<&Mask>, shape: &Shape, style: &Style) {
    let crisp = style.stroke.filter(|_| is_upright(shape)).map(|stroke| pixel_width(stroke, scale));
    let Some(path) = path(shape, scale, crisp) else { return };
    if let Some(fill) = style.fill {
        pixmap.fill_path(&path, &ink(fill), FillRule::Winding, Transform::identity(), clip);
    }
    if let Some(stroke) = style.stroke {
        let width = crisp.unwrap_or(stroke.width as f32 * scale);
        let dash = stroke
            .dash
            .and_then(|(on, off)| StrokeDash::new(vec![on as f32 * scale, off as f32 * scale], 0.0));
        let pen = tiny_skia::Stroke {
            width,
            line_cap: LineCap::Butt,
            line_join: LineJoin::Round,
            dash,
            ..tiny_skia::Stroke::default()
        };
        pixmap.stroke_path(&path, &ink(stroke.paint), &pen, Transform::identity(), clip);
    }
}

/// The shape in pixels. With a `crisp` stroke width, its corners move by at most half a pixel, so that the
/// edges of the stroke lie on the edges of pixels and axes and grid lines look sharp.
fn path(shape: &Shape, scale: f32, crisp: Option<f32>) -> Option<Path> {
    let place = |unit: i32| match crisp {
        Some(width) if width % 2.0 == 1.0 => (unit as f32 * scale - 0.5).round() + 0.5,
        Some(_) => (unit as f32 * scale).round(),
        None => unit as f32 * scale,
    };
    let mut builder = PathBuilder::new();
    match shape {
        Shape::Disc { centre, radius } => {
            builder.push_circle(place(centre.0), place(centre.1), *radius as f32 * scale);
        }
        Shape::Lines(points) | Shape::Polygon(points) => {
            let (first, others) = points.split_first()?;
            builder.move_to(place(first.0), place(first.1));
            for &(x, y) in others {
                builder.line_to(place(x), place(y));
            }
            if matches!(shape, Shape::Polygon(_)) {
                builder.close();
            }
        }
    }
    builder.finish()
}

/// Whether all sides of the shape are horizontal or vertical.
fn is_upright(shape: &Shape) -> bool {
    let straight = |pair: &[Point]| pair[0].0 == pair[1].0 || pair[0].1 == pair[1].1;
    match shape {
        Shape::Disc { .. } => false,
        Shape::Lines(points) | Shape::Polygon(points) => points.windows(2).all(straight),
    }
}

fn pixel_width(stroke: Stroke, scale: f32) -> f32 {
    (stroke.width as f32 * scale).round().max(1.0)
}

fn draw_text(pixmap: &mut Pixmap, scale: f32, clip: Option<&Mask>, text: &Text) {
    let size = (text.size / font::EM) as f32 * scale;
    let mut outline = Outline { builder: PathBuilder::new(), pen: 0.0 };
    for glyph in font::shape(text.face, &text.text).0 {
        outline.pen = glyph.x as f32;
        font::outline(text.face, glyph.id, &mut outline);
    }
    let (x, y) = (text.origin.0 as f32 * scale, text.origin.1 as f32 * scale);
    let place = match text.upwards {
        true => Transform::from_row(0.0, -size, -size, 0.0, x, y),
        false => Transform::from_row(size, 0.0, 0.0, -size, x, y),
    };
    if let Some(path) = outline.builder.finish() {
        if let Some(halo) = text.halo {
            let width = halo as f32 * scale / size;
            let pen = tiny_skia::Stroke { width, line_join: LineJoin::Round, ..tiny_skia::Stroke::default() };
            pixmap.stroke_path(&path, &ink(Paint { color: Color::WHITE, alpha: 1.0 }), &pen, place, clip);
        }
        pixmap.fill_path(&path, &ink(text.paint), FillRule::Winding, place, clip);
    }
}

/// Fills an area with a raster. The area and the size of a node are in pixels.
fn draw_image(
    pixmap: &mut Pixmap,
    clip: Option<&Mask>,
    raster: &Raster,
    (area, node): (Option<Rect>, (f32, f32)),
    quality: FilterQuality,
) {
    let Some(area) = area else { return };
    let Some(mut image) = Pixmap::new(raster.columns as u32, raster.rows as u32) else { return };
    for (pixel, &index) in image.pixels_mut().iter_mut().zip(&raster.indices) {
        let (red, green, blue) = raster.palette[usize::from(index)].components();
        *pixel = PremultipliedColorU8::from_rgba(red, green, blue, 255).unwrap_or(*pixel);
    }
    let place = Transform::from_row(node.0, 0.0, 0.0, node.1, area.left(), area.top());
    let shader = Pattern::new(image.as_ref(), SpreadMode::Pad, quality, 1.0, place);
    pixmap.fill_rect(area, &Ink { shader, ..Ink::default() }, Transform::identity(), clip);
}

fn ink(Paint { color, alpha }: Paint) -> Ink<'static> {
    let (red, green, blue) = color.components();
    let color = tiny_skia::Color::from_rgba8(red, green, blue, (alpha * 255.0).round() as u8);
    Ink { shader: Shader::SolidColor(color), ..Ink::default() }
}

/// Collects the glyphs of one line of text, in font units.
struct Outline {
    builder: PathBuilder,
    pen: f32,
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.builder.move_to(self.pen + x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.builder.line_to(self.pen + x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.builder.quad_to(self.pen + x1, y1, self.pen + x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.builder.cubic_to(self.pen + x1, y1, self.pen + x2, y2, self.pen + x, y);
    }

    fn close(&mut self) {
        self.builder.close();
    }
}
