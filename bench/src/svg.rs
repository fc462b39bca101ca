//! Small plots as SVG: lines over two axes, limits as dashed lines. Readable on light and on dark paper, since the colours follow
//! the reader's scheme and the paper is left open.
//!
//! Refuses to know what is plotted.

use std::fmt::Write;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 24.0;
const TOP: f64 = 64.0;
const BOTTOM: f64 = 52.0;

const STYLE: &str = "<style>
text{font:13px system-ui,sans-serif;fill:#57606a}
.title{font-size:15px;font-weight:600;fill:#24292f}
.grid{stroke:#8c959f;stroke-opacity:.3}.axis{stroke:#8c959f}
.line{fill:none;stroke-width:2}.limit{stroke:#cf222e;stroke-dasharray:6 4}.of-limit{fill:#cf222e}
.s0{stroke:#0969da}.s1{stroke:#bc4c00}.s2{stroke:#1a7f37}
.d0{fill:#0969da}.d1{fill:#bc4c00}.d2{fill:#1a7f37}
@media (prefers-color-scheme:dark){text{fill:#9198a1}.title{fill:#e6edf3}.limit{stroke:#f85149}.of-limit{fill:#f85149}
.s0{stroke:#4493f8}.s1{stroke:#db8b4b}.s2{stroke:#3fb950}.d0{fill:#4493f8}.d1{fill:#db8b4b}.d2{fill:#3fb950}}
</style>";

/// How values lie along the lower axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Evenly.
    Even,
    /// Each power of ten as far from the next.
    Powers,
}

/// One line of a plot.
#[derive(Clone, Debug)]
pub struct Series {
    /// What it is, for the legend.
    pub name: String,
    /// Its points from left to right.
    pub points: Vec<(f64, f64)>,
}

/// A plot.
#[derive(Clone, Debug)]
pub struct Plot {
    /// What it shows.
    pub title: String,
    /// What lies along the lower axis.
    pub across: String,
    /// What lies along the left axis.
    pub upward: String,
    /// How the lower axis is divided.
    pub scale: Scale,
    /// Up to three lines.
    pub series: Vec<Series>,
    /// Values of the left axis that are to be kept, with their name.
    pub limits: Vec<(f64, String)>,
    /// Values of the lower axis that are to be kept, with their name.
    pub stops: Vec<(f64, String)>,
}

impl Plot {
    /// The file's text.
    pub fn render(&self) -> String {
        let frame = Frame::of(self);
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\">\n<title>{}</title>\n{STYLE}\n",
            escaped(&self.title)
        );
        text(&mut out, LEFT, 24.0, "title", "start", &self.title);
        self.axes(&mut out, &frame);
        self.legend(&mut out);
        for (value, name) in &self.limits {
            let y = frame.y(*value);
            line(&mut out, "limit", (LEFT, y), (WIDTH - RIGHT, y));
            text(&mut out, WIDTH - RIGHT, y - 5.0, "of-limit", "end", name);
        }
        for (value, name) in &self.stops {
            let x = frame.x(*value);
            line(&mut out, "limit", (x, TOP), (x, HEIGHT - BOTTOM));
            text(&mut out, x - 5.0, TOP + 14.0, "of-limit", "end", name);
        }
        for (number, series) in self.series.iter().enumerate() {
            let points: Vec<(f64, f64)> = series.points.iter().map(|(x, y)| (frame.x(*x), frame.y(*y))).collect();
            let path: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
            // Writing to a String cannot fail, here and below.
            let _ = writeln!(
                out,
                "<polyline class=\"line s{number}\" points=\"{}\"/>",
                path.join(" ")
            );
            if points.len() <= 12 {
                for (x, y) in points {
                    let _ = writeln!(out, "<circle class=\"d{number}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"/>");
                }
            }
        }
        out.push_str("</svg>\n");
        out
    }

    fn axes(&self, out: &mut String, frame: &Frame) {
        for value in even_ticks(frame.high) {
            let y = frame.y(value);
            line(out, "grid", (LEFT, y), (WIDTH - RIGHT, y));
            text(out, LEFT - 8.0, y + 4.0, "tick", "end", &plain(value));
        }
        let across = match self.scale {
            Scale::Even => even_ticks(frame.right),
            Scale::Powers => powers(frame.left, frame.right),
        };
        for value in across {
            text(
                out,
                frame.x(value),
                HEIGHT - BOTTOM + 18.0,
                "tick",
                "middle",
                &plain(value),
            );
        }
        line(out, "axis", (LEFT, HEIGHT - BOTTOM), (WIDTH - RIGHT, HEIGHT - BOTTOM));
        text(
            out,
            (LEFT + WIDTH - RIGHT) / 2.0,
            HEIGHT - 12.0,
            "name",
            "middle",
            &self.across,
        );
        text(out, LEFT, TOP - 10.0, "name", "start", &self.upward);
    }

    fn legend(&self, out: &mut String) {
        let mut right = WIDTH - RIGHT;
        for (number, series) in self.series.iter().enumerate().rev() {
            text(out, right, TOP - 10.0, "name", "end", &series.name);
            // About the width of the letters at this size.
            right -= series.name.chars().count() as f64 * 6.8 + 12.0;
            let _ = writeln!(
                out,
                "<circle class=\"d{number}\" cx=\"{right:.1}\" cy=\"{:.1}\" r=\"5\"/>",
                TOP - 14.0
            );
            right -= 20.0;
        }
    }
}

/// Where values lie on the paper.
struct Frame {
    scale: Scale,
    left: f64,
    right: f64,
    high: f64,
}

impl Frame {
    fn of(plot: &Plot) -> Self {
        let points = || plot.series.iter().flat_map(|series| &series.points);
        let most = |values: &mut dyn Iterator<Item = f64>| values.fold(0.0_f64, f64::max);
        let right = most(&mut points().map(|(x, _)| *x).chain(plot.stops.iter().map(|(x, _)| *x)));
        let high = most(&mut points().map(|(_, y)| *y).chain(plot.limits.iter().map(|(y, _)| *y)));
        Self {
            scale: plot.scale,
            left: match plot.scale {
                Scale::Even => 0.0,
                Scale::Powers => points().map(|(x, _)| *x).fold(f64::INFINITY, f64::min),
            },
            right: right.max(f64::MIN_POSITIVE),
            // Room above the highest line.
            high: high.max(f64::MIN_POSITIVE) * 1.08,
        }
    }

    fn x(&self, value: f64) -> f64 {
        let share = match self.scale {
            Scale::Even => value / self.right,
            Scale::Powers => (value / self.left).ln() / (self.right / self.left).ln().max(f64::MIN_POSITIVE),
        };
        LEFT + share.clamp(0.0, 1.0) * (WIDTH - RIGHT - LEFT)
    }

    fn y(&self, value: f64) -> f64 {
        HEIGHT - BOTTOM - (value / self.high).clamp(0.0, 1.0) * (HEIGHT - BOTTOM - TOP)
    }
}

/// From nothing to `most` in about five steps of 1, 2 or 5.
fn even_ticks(most: f64) -> Vec<f64> {
    let rough = most / 5.0;
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|times| times * power)
        .find(|step| *step >= rough)
        .unwrap_or(power);
    (0..=(most / step).floor() as u32)
        .map(|number| f64::from(number) * step)
        .collect()
}

fn powers(least: f64, most: f64) -> Vec<f64> {
    let (first, last) = (least.log10().ceil() as i32, most.log10().floor() as i32);
    (first..=last).map(|power| 10_f64.powi(power)).collect()
}

fn plain(value: f64) -> String {
    if value >= 1000.0 {
        crate::numbers::count(value.round() as usize)
    } else {
        let text = format!("{value:.2}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

fn line(out: &mut String, class: &str, from: (f64, f64), to: (f64, f64)) {
    let _ = writeln!(
        out,
        "<line class=\"{class}\" x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\"/>",
        from.0, from.1, to.0, to.1
    );
}

fn text(out: &mut String, x: f64, y: f64, class: &str, anchor: &str, words: &str) {
    let _ = writeln!(
        out,
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{}</text>",
        escaped(words)
    );
}

fn escaped(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round() {
        assert_eq!(even_ticks(340.0), [0.0, 100.0, 200.0, 300.0]);
        assert_eq!(even_ticks(4.9), [0.0, 1.0, 2.0, 3.0, 4.0]);
        assert_eq!(powers(10.0, 1_000_000.0).len(), 6);
        assert_eq!([plain(0.5), plain(20.0), plain(10_000.0)], ["0.5", "20", "10 000"]);
    }

    #[test]
    fn points_and_limits_lie_inside_the_axes() {
        let plot = Plot {
            title: "a < b".to_owned(),
            across: "x".to_owned(),
            upward: "y".to_owned(),
            scale: Scale::Powers,
            series: vec![Series {
                name: "one".to_owned(),
                points: vec![(10.0, 1.0), (1000.0, 2.0)],
            }],
            limits: vec![(5.0, "limit".to_owned())],
            stops: Vec::new(),
        };
        let frame = Frame::of(&plot);
        assert_eq!([frame.x(10.0), frame.x(100.0), frame.x(1000.0)], [64.0, 380.0, 696.0]);
        assert!(frame.y(5.0) > TOP && frame.y(0.0) == HEIGHT - BOTTOM);
        let drawn = plot.render();
        assert!(drawn.contains("a &lt; b") && drawn.contains("class=\"limit\"") && drawn.ends_with("</svg>\n"));
    }
}
