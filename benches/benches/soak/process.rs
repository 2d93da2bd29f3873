//! The resources of this process.

use std::fs;
use std::io;

/// Open descriptors and resident memory.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Held {
    pub(crate) descriptors: usize,
    /// In MiB.
    pub(crate) memory: usize,
}

impl Held {
    /// # Errors
    ///
    /// If the system has no `/proc`.
    pub(crate) fn now() -> io::Result<Self> {
        let pages = fs::read_to_string("/proc/self/statm")?;
        let pages = pages.split(' ').nth(1).and_then(|word| word.parse().ok());
        let pages: usize = pages.ok_or_else(|| io::Error::other("/proc/self/statm is strange"))?;
        Ok(Self {
            // Minus one: the folder itself is open while it is read.
            descriptors: fs::read_dir("/proc/self/fd")?.count() - 1,
            memory: pages * 4 / 1024,
        })
    }

    /// Returns the larger value of each.
    pub(crate) fn max(self, other: Self) -> Self {
        Self {
            descriptors: self.descriptors.max(other.descriptors),
            memory: self.memory.max(other.memory),
        }
    }
}
