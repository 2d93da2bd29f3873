//! Counting instructions: runs this very program once more, under callgrind.
//!
//! Valgrind is all that it needs: no runner of the same version, as gungraun does, and the slope between
//! two runs leaves out whatever is done but once.

use std::io;
use std::process::Command;

/// What a bench does when it is run once more: so many times what is named.
#[derive(Clone, Debug)]
pub struct Errand {
    /// What to do.
    pub name: String,
    /// How often.
    pub times: u32,
}

const FLAG: &str = "--errand";

impl Errand {
    /// What this program was run once more for, if it was.
    pub fn of_this_run() -> Option<Self> {
        let mut arguments = std::env::args().skip_while(|argument| argument != FLAG);
        arguments.next()?;
        Some(Self {
            name: arguments.next()?,
            times: arguments.next()?.parse().ok()?,
        })
    }

    /// Instructions, of the program from its beginning to its end.
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

/// Instructions each time that this is done: the slope between `times` and twice as many.
///
/// # Errors
///
/// Valgrind is not installed, or the errand fails.
pub fn instructions(name: &str, times: u32) -> io::Result<f64> {
    let count = |times| {
        let name = name.to_owned();
        Errand { name, times }.count()
    };
    let (once, twice) = (count(times)?, count(2 * times)?);
    let more = u32::try_from(twice.saturating_sub(once)).unwrap_or(u32::MAX);
    Ok(f64::from(more) / f64::from(times))
}

/// Whether there is a valgrind.
pub fn is_here() -> bool {
    let version = Command::new("valgrind").arg("--version").output();
    version.is_ok_and(|output| output.status.success())
}
