//! The diagram of a network: boxes and arrows.

mod layers;
mod places;

use plotters::style::text_anchor::{HPos, VPos};

use self::layers::{Layers, Slot};
use self::places::places;
use super::check::Subject;
use super::draw::{Draw, Extent, Kind, Layer, Margin, Plane};
use crate::canvas::{Canvas, Face, Frame, Paint, Point, Style, font};
use crate::color::Color;
use crate::error::{VizError, beginning};
use crate::ink::style::{CAPITALS, CAPTION, CELL_LABEL, OUTLINE, SMALLEST_LETTERS, SPINE};
use crate::ink::{Lettering, draw, put, stroke, units};
use crate::surround::Surround;

/// The diagram of a network that is no chain: a box for each node, with its name and what the caller says of it, and arrows from what a node
/// reads. What is read stands above, and lines do not cross boxes. Nodes that read nothing are blue, nodes that nobody reads
/// orange. A diagram must be the only mark of its panel, which has no axes.
///
/// ```
/// use nn_viz::{Diagram, Figure, Panel};
///
/// let diagram = Diagram::new()
///     .node("deep", &["input", "[4]"], &[])
///     .node("wide", &["input", "[3]"], &[])
///     .node("hidden", &["Linear(4 → 8)", "[8]", "40 parameters"], &["deep"])
///     .node("all", &["Concat(1)", "[11]"], &["hidden", "wide"]);
/// let drawing = Figure::new(3.0, 3.0).row(1.0, [Panel::new("").mark(diagram)]).draw()?;
/// assert!(drawing.svg().contains("data-text=\"hidden\""));
/// # Ok::<(), nn_viz::VizError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Diagram {
    nodes: Vec<Node>,
}

#[derive(Clone, Debug)]
struct Node {
    name: String,
    lines: Vec<String>,
    from: Vec<String>,
}

/// The room between the text of a box and its sides, between boxes, and between layers, in points.
const PADDING: f64 = 4.0;
const GAP: f64 = 10.0;
const LAYER_GAP: f64 = 18.0;
/// The room for a line that passes a layer, in points.
const LINE: f64 = 2.0;
/// The length and half of the width of the head of an arrow, in points.
const HEAD: (f64, f64) = (4.0, 1.8);
/// The distance of one line of text from the next, relative to the size of the letters.
const LEADING: f64 = 1.35;

impl Diagram {
    /// Makes a diagram without nodes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a node with this name, some lines of text, and the names of the nodes that it reads. They come before it.
    #[must_use]
    pub fn node(mut self, name: impl Into<String>, lines: &[&str], from: &[&str]) -> Self {
        let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        self.nodes.push(Node { name: name.into(), lines: owned(lines), from: owned(from) });
        self
    }

    /// The indices of what each node reads, all of which come before it.
    fn from(&self) -> Vec<Vec<usize>> {
        let index = |name: &String| self.nodes.iter().position(|node| node.name == *name);
        self.nodes.iter().map(|node| node.from.iter().filter_map(index).collect()).collect()
    }

    fn laid_out(&self) -> Layout {
        let from = self.from();
        let layers = Layers::of(&from);
        let size = |slot: &Slot| match slot {
            Slot::Line(_) => (LINE, 0.0),
            Slot::Node(node) => self.nodes[*node].size(),
        };
        let widths: Vec<Vec<f64>> =
            layers.slots.iter().map(|slots| slots.iter().map(|slot| size(slot).0).collect()).collect();
        let heights =
            layers.slots.iter().map(|slots| slots.iter().map(|slot| size(slot).1).fold(0.0, f64::max));
        let heights: Vec<f64> = heights.collect();
        let places = places(&layers, &from, &widths, GAP);
        let right = |(places, widths): (&Vec<f64>, &Vec<f64>)| {
            places.iter().zip(widths).map(|(place, width)| place + width / 2.0).fold(0.0, f64::max)
        };
        let width = places.iter().zip(&widths).map(right).fold(0.0, f64::max);
        let height = heights.iter().sum::<f64>() + LAYER_GAP * heights.len().saturating_sub(1) as f64;
        Layout { from, layers, widths, heights, places, width, height }
    }
}

impl Node {
    /// The width and height of its box, in points.
    fn size(&self) -> (f64, f64) {
        let width = |face, text: &String, size: f64| font::width(face, text, size);
        let lines = self.lines.iter().map(|line| width(Face::Regular, line, CAPTION));
        let widest = lines.fold(width(Face::Bold, &self.name, CELL_LABEL), f64::max);
        let height = CELL_LABEL * CAPITALS + self.lines.len() as f64 * CAPTION * LEADING;
        (widest + 2.0 * PADDING, height + 2.0 * PADDING)
    }
}

/// A diagram of natural size, in points.
struct Layout {
    from: Vec<Vec<usize>>,
    layers: Layers,
    /// The width of each slot of each layer, and its middle.
    widths: Vec<Vec<f64>>,
    places: Vec<Vec<f64>>,
    heights: Vec<f64>,
    width: f64,
    height: f64,
}

/// How a diagram gets into its frame.
#[derive(Clone, Copy)]
struct Scale {
    left: f64,
    top: f64,
    /// Canvas units for a point.
    unit: f64,
    /// At most 1.
    share: f64,
}

impl Scale {
    fn at(self, (x, y): (f64, f64)) -> Point {
        ((self.left + x * self.unit).round() as i32, (self.top + y * self.unit).round() as i32)
    }
}

impl Layout {
    /// Centred in the frame, smaller where it does not fit.
    fn scale(&self, frame: Frame) -> Scale {
        let point = f64::from(units(1.0));
        let edge = 2.0 * OUTLINE;
        let share =
            ((frame.width() / point - edge) / self.width).min((frame.height() / point - edge) / self.height);
        let share = share.min(1.0);
        let unit = share * point;
        let middle = |start: i32, length: f64, own: f64| f64::from(start) + (length - own * unit) / 2.0;
        Scale {
            left: middle(frame.left, frame.width(), self.width),
            top: middle(frame.top, frame.height(), self.height),
            unit,
            share,
        }
    }

    fn top(&self, layer: usize) -> f64 {
        self.heights[..layer].iter().sum::<f64>() + LAYER_GAP * layer as f64
    }

    /// The box of a node, as left, top, right and bottom.
    fn box_of(&self, node: usize) -> [f64; 4] {
        let layer = self.layers.layer[node];
        let slot = self.slot(layer, Slot::Node(node)).unwrap_or(0);
        let (middle, half) = (self.places[layer][slot], self.widths[layer][slot] / 2.0);
        let top = self.top(layer);
        [middle - half, top, middle + half, top + self.heights[layer]]
    }

    fn slot(&self, layer: usize, slot: Slot) -> Option<usize> {
        self.layers.slots[layer].iter().position(|&other| other == slot)
    }

    /// The line from a node to one that reads it, whose end is at this share of the upper side.
    fn line(&self, from: usize, to: usize, share: f64) -> Vec<(f64, f64)> {
        let ([left, _, right, bottom], [to_left, to_top, to_right, _]) = (self.box_of(from), self.box_of(to));
        let mut line = vec![(f64::midpoint(left, right), bottom)];
        for layer in self.layers.layer[from] + 1..self.layers.layer[to] {
            if let Some(slot) = self.slot(layer, Slot::Line(from)) {
                let (x, top) = (self.places[layer][slot], self.top(layer));
                line.extend([(x, top), (x, top + self.heights[layer])]);
            }
        }
        line.push((to_left + share * (to_right - to_left), to_top));
        line
    }

    /// All lines. Those into one node end side by side, in the order from which they come.
    fn lines(&self) -> Vec<Vec<(f64, f64)>> {
        let mut lines = Vec::new();
        for (to, from) in self.from.iter().enumerate() {
            let above = |of: &usize| {
                let line = self.line(*of, to, 0.5);
                line[line.len() - 2].0
            };
            let mut sorted = from.clone();
            sorted.sort_by(|a, b| above(a).total_cmp(&above(b)));
            for (index, &of) in sorted.iter().enumerate() {
                lines.push(self.line(of, to, (index + 1) as f64 / (sorted.len() + 1) as f64));
            }
        }
        lines
    }
}

/// Draws a line that ends with the head of an arrow.
fn arrow(canvas: &mut Canvas, line: &[(f64, f64)], scale: Scale) {
    let [.., (from_x, from_y), (x, y)] = line else { return };
    let length = libm::hypot(x - from_x, y - from_y).max(f64::MIN_POSITIVE);
    let (along, across) = ((x - from_x) / length, (y - from_y) / length);
    let at = |back: f64, side: f64| (x - back * along - side * across, y - back * across + side * along);
    let mut points: Vec<Point> = line.iter().map(|&point| scale.at(point)).collect();
    // The line ends within its head, which ends in a point.
    if let Some(end) = points.last_mut() {
        *end = scale.at(at(HEAD.0 / 2.0, 0.0));
    }
    canvas.lines(&points, stroke(Color::GREY, SPINE * scale.share));
    let head = [at(0.0, 0.0), at(HEAD.0, HEAD.1), at(HEAD.0, -HEAD.1)].map(|point| scale.at(point));
    let fill = Some(Paint { color: Color::GREY, alpha: 1.0 });
    canvas.polygon(&head, Style { fill, stroke: None });
}

impl Draw for Diagram {
    fn kind(&self) -> Kind {
        Kind { name: "diagram", layers: &[Layer::Ground], margin: Margin::None }
    }

    fn check(&self, subject: &Subject<'_>) -> Result<(), VizError> {
        subject.owns_panel(false)?;
        subject.something("at least one node", !self.nodes.is_empty())?;
        let (panel, mark) = subject.names();
        for (index, Node { name, from, .. }) in self.nodes.iter().enumerate() {
            let before = |name: &String| self.nodes[..index].iter().any(|node| node.name == *name);
            let refused = |expected, found: &str| VizError::Node {
                panel: panel.clone(),
                mark: mark.clone(),
                node: beginning(name),
                expected,
                found: beginning(found),
            };
            if before(name) {
                return Err(refused("a name that no node before it has", name));
            }
            if let Some(unknown) = from.iter().find(|&name| !before(name)) {
                return Err(refused("the names of nodes before it", unknown));
            }
        }
        Ok(())
    }

    fn reach(&self, _: &mut Extent) {}

    fn fits(&self, frame: Frame) -> bool {
        self.laid_out().scale(frame).share * CAPTION >= SMALLEST_LETTERS
    }

    fn draw(&self, _: Layer, plane: &Plane, frame: Frame) -> Result<(), VizError> {
        let layout = self.laid_out();
        let scale = layout.scale(frame);
        let is_read = |node: usize| layout.from.iter().any(|from| from.contains(&node));
        draw(plane, vec![], |canvas, _| {
            for line in layout.lines() {
                arrow(canvas, &line, scale);
            }
            for (index, node) in self.nodes.iter().enumerate() {
                let [left, top, right, bottom] = layout.box_of(index);
                let color = match (layout.from[index].is_empty(), is_read(index)) {
                    (true, _) => Color::BLUE,
                    (false, false) => Color::ORANGE,
                    (false, true) => Color::GREY,
                };
                let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
                let fill = Some(Paint { color: color.tint(0.12), alpha: 1.0 });
                let style = Style { fill, stroke: Some(stroke(color, OUTLINE)) };
                canvas.polygon(&corners.map(|corner| scale.at(corner)), style);
                let lettering = |size: f64| Lettering::new(size * scale.share, HPos::Center, VPos::Bottom);
                // Centred from top to bottom, where the box is higher than its text.
                let mut base =
                    f64::midpoint(top, bottom) - node.size().1 / 2.0 + PADDING + CELL_LABEL * CAPITALS;
                let middle = f64::midpoint(left, right);
                let bold = Lettering { bold: true, ..lettering(CELL_LABEL) };
                put(canvas, &node.name, scale.at((middle, base)), bold, Color::INK, false);
                for line in &node.lines {
                    base += CAPTION * LEADING;
                    put(canvas, line, scale.at((middle, base)), lettering(CAPTION), Color::INK, false);
                }
            }
        })
    }

    fn surround(&self) -> Surround {
        Surround::Bare
    }
}
