//! A crate in a temporary folder, and the time that cargo takes to build it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::crates::Way;

/// The lock file of this workspace, so that every version is the same and nothing else is downloaded.
const LOCK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock");

/// Without incremental compilation, so that no run uses the results of an earlier one.
const CHECK: &[&str] = &["check", "--config=profile.dev.incremental=false"];

/// Seconds of one run of cargo.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    pub(crate) wall: f64,
    /// Processor time over all threads, without the kernel's.
    pub(crate) user: f64,
}

/// A crate that can be built.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    folder: PathBuf,
    target: PathBuf,
}

impl Project {
    /// Writes a crate with this number of functions.
    pub(crate) fn write(root: &Path, target: &Path, way: &Way, functions: u32) -> io::Result<Self> {
        let package = way.package;
        let folder = root.join(format!("{package}-{functions}"));
        fs::create_dir_all(folder.join("src"))?;
        let manifest = format!(
            "[package]\nname = \"{package}\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{}",
            way.dependencies()
        );
        fs::write(folder.join("Cargo.toml"), manifest)?;
        fs::write(folder.join("src/main.rs"), way.source(functions))?;
        fs::copy(LOCK, folder.join("Cargo.lock"))?;
        let target = target.to_owned();
        Ok(Self { folder, target })
    }

    /// Returns the number of crates in its tree, itself included.
    pub(crate) fn tree(&self) -> io::Result<usize> {
        let tree = self.cargo(&["tree", "--edges=normal", "--prefix=none"])?;
        // A repeated crate has a mark after its version.
        let named = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
        let mut crates: Vec<_> = tree.lines().map(named).collect();
        crates.sort_unstable();
        crates.dedup();
        Ok(crates.len())
    }

    /// Measures a build of this crate and its dependencies, from a clean folder.
    pub(crate) fn clean_build(&self) -> io::Result<Taken> {
        let target = self.folder.join("target");
        let fresh = Self {
            target: target.clone(),
            ..self.clone()
        };
        let taken = fresh.taken(&["build"]);
        fs::remove_dir_all(target)?;
        taken
    }

    /// Measures a check of this crate alone.
    pub(crate) fn check_again(&self) -> io::Result<Taken> {
        let source = self.folder.join("src/main.rs");
        fs::write(&source, fs::read(&source)?)?;
        self.taken(CHECK)
    }

    /// Checks this crate and its dependencies, without measuring.
    pub(crate) fn check(&self) -> io::Result<()> {
        self.cargo(CHECK).map(drop)
    }

    fn taken(&self, arguments: &[&str]) -> io::Result<Taken> {
        let (began, used) = (Instant::now(), children()?);
        self.cargo(arguments)?;
        Ok(Taken {
            wall: began.elapsed().as_secs_f64(),
            user: children()? - used,
        })
    }

    fn cargo(&self, arguments: &[&str]) -> io::Result<String> {
        let output = Command::new("cargo")
            .args(arguments)
            .args(["--quiet", "--offline"])
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", &self.target)
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .output()?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let folder = self.folder.display();
        Err(io::Error::other(format!(
            "cargo {arguments:?} in {folder}: {said}"
        )))
    }
}

/// Returns the processor seconds of the child processes that have ended, their own children included.
fn children() -> io::Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name of the program is in brackets and may contain blanks. `cutime` is field 16.
    let ticks = stat
        .rsplit_once(')')
        .and_then(|(_, fields)| fields.split_whitespace().nth(13)?.parse::<u32>().ok());
    let ticks = ticks.ok_or_else(|| io::Error::other("/proc/self/stat is not as expected"))?;
    // Linux reports times in this unit (`USER_HZ`) for every configuration of the kernel.
    Ok(f64::from(ticks) / 100.0)
}
