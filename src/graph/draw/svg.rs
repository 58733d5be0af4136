//! SVG, laid out in columns: each resource right of all that it needs.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::Sketch;
use crate::graph::Graph;
use crate::graph::document::Tie;

const HEIGHT: usize = 40;
const ROW: usize = 54;
const GAP: usize = 90;
const MARGIN: usize = 20;
const LETTER: usize = 7;
const HUES: usize = 8;

/// The graph as an SVG picture. Instances are told apart by colour.
pub fn svg(graph: &Graph) -> String {
    let sketch = Sketch::of(graph);
    let places = places(&sketch);
    let width = places.values().map(|place| place.x + place.width).max().unwrap_or(0) + MARGIN;
    let height = places.values().map(|place| place.y + HEIGHT).max().unwrap_or(0) + MARGIN;
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n{STYLE}"
    );
    for ((from, to), tie) in &sketch.arrows {
        if let (Some(from), Some(to)) = (places.get(from), places.get(to)) {
            arrow(&mut text, from, to, *tie);
        }
    }
    for (hue, numbers) in sketch.instances().into_values().enumerate() {
        for number in numbers {
            if let Some(place) = places.get(&number) {
                draw_square(&mut text, &sketch.squares[number], place, hue % HUES);
            }
        }
    }
    text + "</svg>\n"
}

const STYLE: &str = "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"7\" \
    markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0 8 4 0 8z\" fill=\"#777\"/></marker></defs>\n";

struct Place {
    x: usize,
    y: usize,
    width: usize,
}

/// Where the squares are: in each column, near the middle of what they need.
fn places(sketch: &Sketch<'_>) -> BTreeMap<usize, Place> {
    let mut places: BTreeMap<usize, Place> = BTreeMap::new();
    let mut x = MARGIN;
    for mut column in sketch.columns() {
        let middle = |number: &usize| {
            let used = sketch.arrows.keys().filter(|(_, to)| to == number);
            let heights: Vec<usize> =
                used.filter_map(|(from, _)| places.get(from)).map(|place| place.y).collect();
            heights.iter().sum::<usize>().checked_div(heights.len()).unwrap_or(0)
        };
        column.sort_by_cached_key(|number| (middle(number), *number));
        let letters = |number: &usize| {
            let one = &sketch.squares[*number];
            one.address.as_str().len().max(one.kind.len())
        };
        let width = column.iter().map(letters).max().unwrap_or(0) * LETTER + MARGIN;
        for (row, number) in column.into_iter().enumerate() {
            places.insert(number, Place { x, y: MARGIN + row * ROW, width });
        }
        x += width + GAP;
    }
    places
}

fn draw_square(text: &mut String, one: &super::Square<'_>, place: &Place, hue: usize) {
    let Place { x, y, width } = place;
    let degrees = hue * 360 / HUES;
    let (address, kind) = (one.address, one.kind);
    let _ = writeln!(
        text,
        "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{HEIGHT}\" rx=\"6\" \
         fill=\"hsl({degrees},60%,92%)\" stroke=\"hsl({degrees},45%,45%)\"/>\
         <text x=\"{0}\" y=\"{1}\">{address}</text>\
         <text x=\"{0}\" y=\"{2}\" font-size=\"10\" fill=\"#666\">{kind}</text>",
        x + 10,
        y + 17,
        y + 31,
    );
}

fn arrow(text: &mut String, from: &Place, to: &Place, tie: Tie) {
    let (x1, y1) = (from.x + from.width, from.y + HEIGHT / 2);
    let (x2, y2) = (to.x, to.y + HEIGHT / 2);
    let dashes = if tie == Tie::Real { "" } else { " stroke-dasharray=\"3 3\"" };
    let (out, back) = (x1 + GAP / 2, x2.saturating_sub(GAP / 2));
    let _ = writeln!(
        text,
        "<path d=\"M{x1} {y1}C{out} {y1} {back} {y2} {x2} {y2}\" fill=\"none\" stroke=\"#777\" \
         marker-end=\"url(#tip)\"{dashes}/>"
    );
}
