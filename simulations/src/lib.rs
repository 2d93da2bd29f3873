//! Line charts, as SVG and as PNG, for the simulations.

use std::error::Error;
use std::path::Path;

use epaint_default_fonts::UBUNTU_LIGHT;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::{FontStyle, register_font};

const SIZE: (u32, u32) = (900, 480);
const FONT: &str = "sans-serif";

/// The colours of Okabe and Ito, which people with colour blindness can distinguish too.
const COLORS: [RGBColor; 6] = [
    RGBColor(213, 94, 0),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(0, 158, 115),
    RGBColor(0, 114, 178),
    RGBColor(90, 90, 90),
];

/// A chart of several lines.
#[derive(Debug)]
pub struct Chart<'a> {
    /// Above the chart.
    pub title: &'a str,
    /// The name of the x axis.
    pub x: &'a str,
    /// The name of the y axis.
    pub y: &'a str,
    /// Whether every step of the y axis is ten times the one below. Values below its lowest step are cut.
    pub log_from: Option<f64>,
    /// Where the names of the lines are.
    pub legend: Legend,
    /// One colour each.
    pub lines: Vec<Line<'a>>,
}

/// The corner for the names of the lines.
#[derive(Clone, Copy, Debug)]
pub enum Legend {
    /// For lines that rise.
    UpperLeft,
    /// For lines that fall.
    UpperRight,
}

/// A line: a name, and points from left to right.
#[derive(Debug)]
pub struct Line<'a> {
    /// In the legend.
    pub name: &'a str,
    /// Pairs of x and y.
    pub points: Vec<(f64, f64)>,
}

impl Chart<'_> {
    /// Writes `NAME.svg` and `NAME.png`.
    ///
    /// # Errors
    ///
    /// The folder cannot be made, or a file cannot be written.
    pub fn write(&self, folder: &Path, name: &str) -> Result<(), Box<dyn Error>> {
        std::fs::create_dir_all(folder)?;
        // A font that is compiled in, so that charts are equal on every machine.
        register_font(FONT, FontStyle::Normal, UBUNTU_LIGHT).map_err(|_| "the font is broken")?;
        let svg = folder.join(name).with_extension("svg");
        self.draw(&SVGBackend::new(&svg, SIZE).into_drawing_area())?;
        let png = folder.join(name).with_extension("png");
        self.draw(&BitMapBackend::new(&png, SIZE).into_drawing_area())?;
        Ok(())
    }

    fn draw<B>(&self, area: &DrawingArea<B, Shift>) -> Result<(), Box<dyn Error>>
    where
        B: DrawingBackend,
        B::ErrorType: 'static,
    {
        let scaled = |value: f64| match self.log_from {
            Some(foot) => value.max(foot).log10(),
            None => value,
        };
        let points = || self.lines.iter().flat_map(|line| &line.points);
        let right = points().map(|point| point.0).fold(0.0, f64::max);
        let top = points().map(|point| scaled(point.1)).fold(0.0, f64::max);
        let top = self.log_from.map_or(top * 1.05, |_| top.ceil());
        let foot = self.log_from.map_or(0.0, f64::log10);

        area.fill(&WHITE)?;
        let mut chart = ChartBuilder::on(area)
            .margin(14)
            .caption(self.title, (FONT, 22))
            .x_label_area_size(44)
            .y_label_area_size(64)
            .build_cartesian_2d(0.0..right, foot..top)?;
        chart
            .configure_mesh()
            .x_desc(self.x)
            .y_desc(self.y)
            .y_labels(if self.log_from.is_some() { 4 } else { 8 })
            .label_style((FONT, 15))
            .axis_desc_style((FONT, 16))
            .light_line_style(TRANSPARENT)
            .x_label_formatter(&|value| format!("{value:.0}"))
            .y_label_formatter(&|value| match self.log_from {
                // Only whole powers have a label.
                Some(_) if (value - value.round()).abs() < 1e-6 => {
                    format!("{}", 10_f64.powf(*value))
                }
                Some(_) => String::new(),
                None => format!("{value}"),
            })
            .draw()?;
        for (line, color) in self.lines.iter().zip(COLORS) {
            let style = color.stroke_width(2);
            let points = line.points.iter().map(|&(x, y)| (x, scaled(y)));
            chart
                .draw_series(LineSeries::new(points, style))?
                .label(line.name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], style));
        }
        chart
            .configure_series_labels()
            .position(match self.legend {
                Legend::UpperLeft => SeriesLabelPosition::UpperLeft,
                Legend::UpperRight => SeriesLabelPosition::UpperRight,
            })
            .background_style(WHITE.mix(0.85))
            .border_style(RGBColor(200, 200, 200))
            .label_font((FONT, 15))
            .draw()?;
        area.present()?;
        Ok(())
    }
}
