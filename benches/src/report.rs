//! The tables of `RESULTS.md`: each bench prints its own, and a full run writes them there.

use std::fmt::{self, Write as _};
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::charts::{Bars, Figure};

/// The lock file, with every version that this workspace uses.
const LOCK: &str = include_str!("../../Cargo.lock");

/// Whether `cargo bench` has started this process; `cargo test` only checks that the bench runs.
pub fn is_full_run() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}

/// Returns a crate with its version: `backon 1.6.0`.
///
/// # Panics
///
/// If the workspace does not depend on it.
pub fn versioned(name: &str) -> String {
    let version = LOCK
        .split("[[package]]")
        .filter_map(|package| {
            let value = |key: &str| {
                let line = package.lines().find(|line| line.starts_with(key))?;
                line.split('"').nth(1)
            };
            (value("name = ")? == name).then(|| value("version = "))?
        })
        // If there are several versions, the newest is the last.
        .last();
    let version = version.unwrap_or_else(|| panic!("{name} is no dependency"));
    format!("{name} {version}")
}

/// A table of `RESULTS.md`.
#[derive(Clone, Debug)]
pub struct Table {
    id: &'static str,
    title: &'static str,
    columns: &'static [&'static str],
    rows: Vec<(String, Vec<String>)>,
    remarks: Vec<String>,
    chart: Option<(usize, &'static str)>,
}

impl Table {
    /// `id` is the name of the bench, or begins with it, as in `calls` and `calls-dyn`; the first column
    /// names the measured things.
    pub fn new(id: &'static str, title: &'static str, columns: &'static [&'static str]) -> Self {
        Self {
            id,
            title,
            columns,
            rows: Vec::new(),
            remarks: Vec::new(),
            chart: None,
        }
    }

    /// Adds a row, with a cell for each column after the first.
    pub fn row(&mut self, name: impl Into<String>, cells: impl IntoIterator<Item = String>) {
        self.rows.push((name.into(), cells.into_iter().collect()));
    }

    /// Sets the sentence below the table.
    pub fn remark(&mut self, remark: impl Into<String>) {
        self.remarks.push(remark.into());
    }

    /// Shows the figures of this column above the table, as bars; the first column after the names is 1.
    /// A row whose cell is not a number has no bar.
    pub fn chart(&mut self, column: usize, unit: &'static str) {
        self.chart = Some((column, unit));
    }

    fn bars(&self) -> Option<Bars<'_>> {
        let (column, unit) = self.chart?;
        let figure = |cells: &[String]| Figure::of(cells.get(column - 1)?);
        let rows = self.rows.iter();
        let bars = rows.filter_map(|(name, cells)| Some((name.as_str(), figure(cells)?)));
        Some(Bars {
            title: self.title,
            unit,
            bars: bars.collect(),
        })
    }

    /// Prints the table. After a full run, also replaces its last state in `RESULTS.md`, with its chart.
    ///
    /// # Errors
    ///
    /// If the chart cannot be drawn, or the file cannot be read or written, or has no place for the table: a line
    /// `<!-- ID -->` and, after it, a line `<!-- /ID -->`.
    pub fn publish(&self) -> std::io::Result<()> {
        println!("{self}");
        let drawn = |error| std::io::Error::other(format!("the chart: {error}"));
        if !is_full_run() {
            self.bars()
                .map(|bars| bars.svg())
                .transpose()
                .map_err(drawn)?;
            return Ok(());
        }
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        if let Some(bars) = self.bars() {
            bars.write(&folder.join("charts"), self.id).map_err(drawn)?;
        }
        let path = folder.join("RESULTS.md");
        let page = fs::read_to_string(&path)?;
        let (begin, end) = (
            format!("<!-- {} -->\n", self.id),
            format!("<!-- /{} -->", self.id),
        );
        let place = page
            .split_once(&begin)
            .and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
        let Some((before, after)) = place else {
            let missing = format!("RESULTS.md has no place for {}", self.id);
            return Err(std::io::Error::other(missing));
        };
        fs::write(&path, format!("{before}{begin}{self}\n{end}{after}"))
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "**{}**\n", self.title)?;
        if let Some((_, unit)) = self.chart {
            writeln!(f, "![{}: {unit}](charts/{}.svg)\n", self.title, self.id)?;
        }
        writeln!(f, "| {} |", self.columns.join(" | "))?;
        let numbers = "---:|".repeat(self.columns.len().saturating_sub(1));
        writeln!(f, "|---|{numbers}")?;
        for (name, cells) in &self.rows {
            writeln!(f, "| {name} | {} |", cells.join(" | "))?;
        }
        let bench = self.id.split('-').next().unwrap_or(self.id);
        write!(f, "\n{}", self.remarks.join(" "))?;
        f.write_str(if self.remarks.is_empty() { "" } else { " " })?;
        writeln!(
            f,
            "`cargo bench -p retryable-benches --bench {bench}`, {}.",
            circumstances()
        )
    }
}

/// Returns the command, the date and the machine.
fn circumstances() -> String {
    let said = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output().ok()?;
        Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
    };
    let mut all = said("date", &["+%F"]).unwrap_or_default();
    if let Some(version) = said("rustc", &["--version"]) {
        let version: Vec<_> = version.split(' ').take(2).collect();
        let _ = write!(all, ", {}", version.join(" "));
    }
    let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processor
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    if let Some((_, model)) = model {
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        let _ = write!(all, ", {cores} cores of {model}");
    }
    all
}

/// The median, and the range of the middle half: `5.71 (5.68 to 5.80)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// A quarter is below.
    pub low: f64,
    /// Half are below.
    pub median: f64,
    /// A quarter is above.
    pub high: f64,
}

impl Spread {
    /// Summarizes these values.
    ///
    /// # Panics
    ///
    /// If there is no value.
    pub fn of(mut values: Vec<f64>) -> Self {
        values.sort_unstable_by(f64::total_cmp);
        let at = |quarter: usize| values[(values.len() - 1) * quarter / 4];
        Self {
            low: at(1),
            median: at(2),
            high: at(3),
        }
    }

    /// Divides by this number, for values that each cover several things.
    pub fn divided_by(self, things: f64) -> Self {
        Self {
            low: self.low / things,
            median: self.median / things,
            high: self.high / things,
        }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = f.precision().unwrap_or(2);
        let Self { low, median, high } = self;
        write!(f, "{median:.digits$} ({low:.digits$} to {high:.digits$})")
    }
}
