//! Bars for the figures of a table, as SVG and as PNG, in `charts/`.
//!
//! A bench does not call this: it calls `table.chart(1, "nanoseconds a call")`, and [`Table::publish`]
//! draws the figures of that column.
//!
//! [`Table::publish`]: crate::report::Table::publish

use std::error::Error;
use std::path::Path;

use epaint_default_fonts::UBUNTU_LIGHT;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontStyle, register_font};

const FONT: &str = "sans-serif";
const WIDTH: u32 = 900;
const ROW: u32 = 30;

/// Colours of Okabe and Ito, which people with colour blindness can distinguish too.
const OURS: RGBColor = RGBColor(213, 94, 0);
const PEERS: RGBColor = RGBColor(86, 180, 233);
const BY_HAND: RGBColor = RGBColor(120, 120, 120);

/// A figure, and the range of the middle half of the measurements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// The length of the bar.
    pub value: f64,
    /// Drawn as a whisker.
    pub range: Option<(f64, f64)>,
}

impl Figure {
    /// Parses a cell such as `63`, `1,040 B` or `5.71 (5.68 to 5.80)`; `None` if it does not begin with a number.
    pub fn of(cell: &str) -> Option<Self> {
        let number = |text: &str| {
            let text = text.trim_start().replace(',', "");
            let end = text.find(|c: char| !c.is_ascii_digit() && c != '.');
            text[..end.unwrap_or(text.len())].parse::<f64>().ok()
        };
        let range = |text: &str| {
            let (low, high) = text.split_once('(')?.1.split_once("to")?;
            Some((number(low)?, number(high)?))
        };
        Some(Self {
            value: number(cell)?,
            range: range(cell),
        })
    }

    fn end(&self) -> f64 {
        self.range
            .map_or(self.value, |(_, high)| high.max(self.value))
    }
}

/// A bar for each figure, from top to bottom.
#[derive(Clone, Debug)]
pub struct Bars<'a> {
    /// The title, above the bars.
    pub title: &'a str,
    /// The measured quantity, with its unit.
    pub unit: &'a str,
    /// Names and figures. A name that begins with `retryable` is ours; a bar with `by hand` in its name is grey.
    pub bars: Vec<(&'a str, Figure)>,
}

impl Bars<'_> {
    /// Writes `NAME.svg` and `NAME.png`.
    ///
    /// # Errors
    ///
    /// If the folder cannot be created, or the files cannot be written.
    pub fn write(&self, folder: &Path, name: &str) -> Result<(), Box<dyn Error>> {
        std::fs::create_dir_all(folder)?;
        let path = |extension| folder.join(name).with_extension(extension);
        let (svg, png) = (path("svg"), path("png"));
        self.draw(&SVGBackend::new(&svg, self.size()).into_drawing_area())?;
        self.draw(&BitMapBackend::new(&png, self.size()).into_drawing_area())
    }

    /// Returns the SVG.
    ///
    /// # Errors
    ///
    /// If it cannot be drawn.
    pub fn svg(&self) -> Result<String, Box<dyn Error>> {
        let mut svg = String::new();
        self.draw(&SVGBackend::with_string(&mut svg, self.size()).into_drawing_area())?;
        Ok(svg)
    }

    fn size(&self) -> (u32, u32) {
        (WIDTH, 110 + ROW * self.rows())
    }

    fn rows(&self) -> u32 {
        u32::try_from(self.bars.len()).unwrap_or(u32::MAX)
    }

    fn draw<B>(&self, area: &DrawingArea<B, Shift>) -> Result<(), Box<dyn Error>>
    where
        B: DrawingBackend,
        B::ErrorType: 'static,
    {
        // A font that is compiled in, so that charts are equal on every machine.
        register_font(FONT, FontStyle::Normal, UBUNTU_LIGHT).map_err(|_| "the font is broken")?;
        let ends = self.bars.iter().map(|(_, figure)| figure.end());
        let longest = ends.fold(f64::MIN_POSITIVE, f64::max);
        area.fill(&WHITE)?;
        let mut chart = ChartBuilder::on(area)
            .margin(14)
            .caption(self.title.replace('`', ""), (FONT, 22))
            .x_label_area_size(44)
            .y_label_area_size(280)
            // Room for the figures next to the bars.
            .build_cartesian_2d(0.0..longest * 1.12, 0.0..f64::from(self.rows()))?;
        chart
            .configure_mesh()
            .disable_y_mesh()
            .disable_y_axis()
            .x_desc(self.unit)
            .x_labels(8)
            .x_label_formatter(&|value| written(*value))
            .label_style((FONT, 15))
            .axis_desc_style((FONT, 16))
            .light_line_style(TRANSPARENT)
            .draw()?;
        let names = TextStyle::from((FONT, 16)).pos(Pos::new(HPos::Right, VPos::Center));
        let figures = TextStyle::from((FONT, 14)).pos(Pos::new(HPos::Left, VPos::Center));
        for (middle, (name, figure)) in self.middles().zip(&self.bars) {
            let bar = [(0.0, middle - 0.34), (figure.value, middle + 0.34)];
            let whisker = figure.range.map(|(low, high)| {
                PathElement::new([(low, middle), (high, middle)], BLACK.stroke_width(1))
            });
            chart.draw_series([Rectangle::new(bar, color(name).filled())])?;
            chart.draw_series(whisker)?;
            let (x, y) = chart.backend_coord(&(0.0, middle));
            area.draw_text(&name.replace('`', ""), &names, (x - 8, y))?;
            let (x, y) = chart.backend_coord(&(figure.end(), middle));
            area.draw_text(&written(figure.value), &figures, (x + 6, y))?;
        }
        area.present()?;
        Ok(())
    }

    /// Returns the positions of the bars. The first bar is at the top.
    fn middles(&self) -> impl Iterator<Item = f64> {
        (0..self.rows()).rev().map(|row| f64::from(row) + 0.5)
    }
}

fn color(name: &str) -> RGBColor {
    if name.starts_with("retryable") {
        OURS
    } else if name.contains("by hand") {
        BY_HAND
    } else {
        PEERS
    }
}

/// Formats with three significant digits, or more if there are more before the point.
fn written(value: f64) -> String {
    let digits = match value {
        _ if value.fract() == 0.0 => 0,
        100.0.. => 0,
        10.0.. => 1,
        _ => 2,
    };
    format!("{value:.digits$}")
}
