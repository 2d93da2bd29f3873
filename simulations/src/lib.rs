//! Line charts, as SVG and as PNG, for the simulations.

use std::error::Error;
use std::ops::Range;
use std::path::Path;

use epaint_default_fonts::UBUNTU_LIGHT;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::{FontStyle, register_font};

const SIZE: (u32, u32) = (1040, 480);
/// The column for the names of the lines: next to the chart, so that it covers no line.
const NAMES: u32 = 210;
const FONT: &str = "sans-serif";

/// The colours of Okabe and Ito, which people with colour blindness can distinguish too. Neighbours differ most.
const COLORS: [RGBColor; 6] = [
    RGBColor(213, 94, 0),
    RGBColor(0, 114, 178),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(60, 60, 60),
    RGBColor(86, 180, 233),
];

/// Behind the lines.
const BAND: RGBColor = RGBColor(225, 225, 225);

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
    /// A part of the x axis with a grey background, and its name.
    pub band: Option<(Range<f64>, &'a str)>,
    /// One colour each.
    pub lines: Vec<Line<'a>>,
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
        let (left, names) = area.split_horizontally(SIZE.0 - NAMES);
        let mut chart = ChartBuilder::on(&left)
            .margin(14)
            .caption(self.title, (FONT, 22))
            .x_label_area_size(44)
            .y_label_area_size(64)
            .build_cartesian_2d(0.0..right, foot..top)?;
        if let Some((band, _)) = &self.band {
            let corners = [(band.start, foot), (band.end, top)];
            chart.draw_series([Rectangle::new(corners, BAND.filled())])?;
        }
        chart
            .configure_mesh()
            .x_desc(self.x)
            .y_desc(self.y)
            .y_labels(if self.log_from.is_some() { 5 } else { 8 })
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
        if let Some((_, name)) = &self.band {
            let y = 60 + 26 * i32::try_from(self.lines.len())?;
            names.draw(&Rectangle::new([(0, y - 7), (20, y + 7)], BAND.filled()))?;
            names.draw(&Text::new(*name, (27, y - 8), (FONT, 15)))?;
        }
        for (place, (line, color)) in (0_i32..).zip(self.lines.iter().zip(COLORS.iter().cycle())) {
            let style = color.stroke_width(2);
            let points = line.points.iter().map(|&(x, y)| (x, scaled(y)));
            chart.draw_series(LineSeries::new(points, style))?;
            let y = 60 + 26 * place;
            names.draw(&PathElement::new([(0, y), (20, y)], color.stroke_width(3)))?;
            names.draw(&Text::new(line.name, (27, y - 8), (FONT, 15)))?;
        }
        area.present()?;
        Ok(())
    }
}
