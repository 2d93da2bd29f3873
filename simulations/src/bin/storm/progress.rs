//! The progress of long runs, on a terminal.

use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget};

/// A run that is shorter shows no bar.
const LONG: Duration = Duration::from_secs(1);

/// A bar that appears when a run turns out to be long, if stderr is a terminal.
pub(crate) struct Progress {
    began: Instant,
    bar: ProgressBar,
    is_terminal: bool,
}

impl Progress {
    pub(crate) fn new(steps: u64) -> Self {
        Self {
            began: Instant::now(),
            bar: ProgressBar::with_draw_target(Some(steps), ProgressDrawTarget::hidden()),
            is_terminal: stderr().is_terminal(),
        }
    }

    /// Counts a step of one simulation.
    pub(crate) fn step(&self) {
        self.bar.inc(1);
        if self.is_terminal && self.bar.is_hidden() && self.began.elapsed() >= LONG {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    /// Removes the bar, so that it is not between the lines of the table.
    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}
