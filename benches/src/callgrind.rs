//! Counting instructions: starts this program a second time, under callgrind.
//!
//! It needs only valgrind, and no runner of a matching version, as gungraun does. The slope between two runs removes
//! the cost of everything that is done only once.

use std::io;
use std::process::Command;

/// The work of the second process: a named operation, repeated.
#[derive(Clone, Debug)]
pub struct Errand {
    /// The name of the operation.
    pub name: String,
    /// How often to repeat it.
    pub times: u32,
}

const FLAG: &str = "--errand";

impl Errand {
    /// Returns the work for which this process was started, if it is a second process.
    pub fn of_this_run() -> Option<Self> {
        let mut arguments = std::env::args().skip_while(|argument| argument != FLAG);
        arguments.next()?;
        Some(Self {
            name: arguments.next()?,
            times: arguments.next()?.parse().ok()?,
        })
    }

    /// Counts the instructions of the whole program.
    fn count(&self) -> io::Result<u64> {
        let output = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(std::env::current_exe()?)
            .args([FLAG, &self.name, &self.times.to_string()])
            .output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        let collected = said
            .lines()
            .find_map(|line| line.split("Collected :").nth(1)?.trim().parse().ok());
        collected.ok_or_else(|| io::Error::other(format!("callgrind did not count: {said}")))
    }
}

/// Returns the instructions of one operation: the slope between `times` operations and twice as many.
///
/// # Errors
///
/// If valgrind is not installed, or the second process fails.
pub fn instructions(name: &str, times: u32) -> io::Result<f64> {
    let count = |times| {
        let name = name.to_owned();
        Errand { name, times }.count()
    };
    let (once, twice) = (count(times)?, count(2 * times)?);
    let more = u32::try_from(twice.saturating_sub(once)).unwrap_or(u32::MAX);
    Ok(f64::from(more) / f64::from(times))
}

/// Whether valgrind is installed.
pub fn is_here() -> bool {
    let version = Command::new("valgrind").arg("--version").output();
    version.is_ok_and(|output| output.status.success())
}
