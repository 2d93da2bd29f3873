//! The dashboard: two panels over the time, with the names of the lines next to them.

use std::error::Error;
use std::path::Path;

use epaint_default_fonts::UBUNTU_LIGHT;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontStyle, register_font};

use crate::page::Totals;
use crate::{INTERVAL, PHASES};

const SIZE: (u32, u32) = (960, 560);
const FONT: &str = "sans-serif";
/// The width of the column with the names of the lines.
const NAMES: u32 = 210;

/// The widths of the two lines of a panel.
const WIDTHS: [u32; 2] = [6, 2];

/// The colours of Okabe and Ito, which people with colour blindness can distinguish too.
const ORANGE: RGBColor = RGBColor(230, 159, 0);
const SKY: RGBColor = RGBColor(86, 180, 233);

struct Line {
    name: &'static str,
    color: RGBColor,
    value: fn(Totals) -> f64,
}

struct Panel {
    y: &'static str,
    lines: [Line; 2],
}

const PANELS: [Panel; 2] = [
    Panel {
        y: "percent",
        lines: [
            Line {
                name: "requests that are retries",
                color: SKY,
                value: Totals::retry_ratio,
            },
            Line {
                name: "calls that retries saved",
                color: BLACK,
                value: Totals::saved_ratio,
            },
        ],
    },
    Panel {
        y: "calls per second",
        lines: [
            Line {
                name: "gave up: budget",
                color: ORANGE,
                value: |seen| per_second(seen.over_budget),
            },
            Line {
                name: "gave up: exhausted",
                color: BLACK,
                value: |seen| per_second(seen.exhausted),
            },
        ],
    },
];

#[allow(clippy::cast_precision_loss, reason = "a few seconds")]
fn seconds(number: u64) -> f64 {
    number as f64
}

fn per_second(increase: f64) -> f64 {
    increase / seconds(INTERVAL)
}

/// Writes `observe.svg` and `observe.png`. `samples` are the readings of the page, the first one at the start.
pub(crate) fn write(folder: &Path, samples: &[Totals]) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    // A font that is compiled in, so that charts are equal on every machine.
    register_font(FONT, FontStyle::Normal, UBUNTU_LIGHT).map_err(|_| "the font is broken")?;
    let path = |extension| folder.join("observe").with_extension(extension);
    let (svg, png) = (path("svg"), path("png"));
    draw(&SVGBackend::new(&svg, SIZE).into_drawing_area(), samples)?;
    draw(&BitMapBackend::new(&png, SIZE).into_drawing_area(), samples)
}

fn draw<B>(area: &DrawingArea<B, Shift>, samples: &[Totals]) -> Result<(), Box<dyn Error>>
where
    B: DrawingBackend,
    B::ErrorType: 'static,
{
    area.fill(&WHITE)?;
    let title = format!("A dashboard of an outage: increases over {INTERVAL} s");
    let area = area.titled(&title, (FONT, 22))?;
    let (panels, names) = area.split_horizontally(SIZE.0 - NAMES);
    let (panels, names) = (panels.split_evenly((2, 1)), names.split_evenly((2, 1)));
    for ((panel, area), names) in PANELS.iter().zip(&panels).zip(&names) {
        draw_panel(panel, area, samples)?;
        draw_names(panel, names)?;
    }
    area.present()?;
    Ok(())
}

fn draw_panel<B>(
    panel: &Panel,
    area: &DrawingArea<B, Shift>,
    samples: &[Totals],
) -> Result<(), Box<dyn Error>>
where
    B: DrawingBackend,
    B::ErrorType: 'static,
{
    let increases: Vec<_> = samples
        .windows(2)
        .zip(1..)
        .map(|(pair, end)| (seconds(end * INTERVAL), pair[1].since(pair[0])))
        .collect();
    let values = |line: &Line| {
        let value = line.value;
        increases.iter().map(move |&(end, seen)| (end, value(seen)))
    };
    let right = seconds(PHASES.iter().map(|phase| phase.seconds).sum());
    let top = panel.lines.iter().flat_map(values);
    // Room for the names of the phases above the lines.
    let top = top.map(|(_, value)| value).fold(0.0, f64::max) * 1.25;

    let mut chart = ChartBuilder::on(area)
        .margin(12)
        .x_label_area_size(40)
        .y_label_area_size(60)
        .build_cartesian_2d(0.0..right, 0.0..top)?;
    let mut from = 0.0;
    for phase in &PHASES {
        let to = from + seconds(phase.seconds);
        if phase.failing > 0 {
            let corners = [(from, 0.0), (to, top)];
            let shade = BLACK.mix(0.03 + 0.05 * f64::from(phase.failing) / 100.0);
            chart.draw_series([Rectangle::new(corners, shade.filled())])?;
        }
        let centred = Pos::new(HPos::Center, VPos::Top);
        let style = (FONT, 15).into_font().color(&BLACK.mix(0.7)).pos(centred);
        let middle = f64::midpoint(from, to);
        chart.draw_series([Text::new(phase.name, (middle, top * 0.97), style)])?;
        from = to;
    }
    chart
        .configure_mesh()
        .x_desc("seconds")
        .y_desc(panel.y)
        .y_labels(6)
        .label_style((FONT, 15))
        .axis_desc_style((FONT, 16))
        .light_line_style(TRANSPARENT)
        .x_label_formatter(&|value| format!("{value:.0}"))
        .y_label_formatter(&|value| format!("{value:.0}"))
        .draw()?;
    // The first line is wider: the second one may cover it.
    for (line, width) in panel.lines.iter().zip(WIDTHS) {
        let style = line.color.stroke_width(width);
        chart.draw_series(LineSeries::new(values(line), style))?;
    }
    Ok(())
}

fn draw_names<B>(panel: &Panel, area: &DrawingArea<B, Shift>) -> Result<(), Box<dyn Error>>
where
    B: DrawingBackend,
    B::ErrorType: 'static,
{
    for ((line, width), y) in panel.lines.iter().zip(WIDTHS).zip([80, 110]) {
        let style = line.color.stroke_width(width);
        area.draw(&PathElement::new([(0, y), (24, y)], style))?;
        let beside = Pos::new(HPos::Left, VPos::Center);
        let style = (FONT, 15).into_font().color(&BLACK).pos(beside);
        area.draw(&Text::new(line.name, (32, y), style))?;
    }
    Ok(())
}
