//! A crate in a temporary folder, and what cargo takes for it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::crates::Way;

/// Of this workspace, so that every version is the same and nothing is downloaded that is not here.
const LOCK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock");

/// Nothing is left over from the last time.
const CHECK: &[&str] = &["check", "--config=profile.dev.incremental=false"];

/// Seconds of one run of cargo.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    pub(crate) wall: f64,
    /// Of the processor, over all threads, the kernel's part left out.
    pub(crate) user: f64,
}

/// A crate that can be built.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    folder: PathBuf,
    target: PathBuf,
}

impl Project {
    /// Writes a crate of so many functions.
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

    /// Crates that it is made of, with itself.
    pub(crate) fn tree(&self) -> io::Result<usize> {
        let tree = self.cargo(&["tree", "--edges=normal", "--prefix=none"])?;
        // The same crate again is marked behind its version.
        let named = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
        let mut crates: Vec<_> = tree.lines().map(named).collect();
        crates.sort_unstable();
        crates.dedup();
        Ok(crates.len())
    }

    /// Of this crate and all that it depends on, from nothing.
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

    /// Of this crate alone.
    pub(crate) fn check_again(&self) -> io::Result<Taken> {
        let source = self.folder.join("src/main.rs");
        fs::write(&source, fs::read(&source)?)?;
        self.taken(CHECK)
    }

    /// Of this crate, and what it depends on.
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

/// Seconds that the processes which this one has started and awaited have used, their own children included.
fn children() -> io::Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name of the program stands in brackets and may hold blanks; `cutime` is the 16th field of all.
    let ticks = stat
        .rsplit_once(')')
        .and_then(|(_, fields)| fields.split_whitespace().nth(13)?.parse::<u32>().ok());
    let ticks = ticks.ok_or_else(|| io::Error::other("/proc/self/stat is not as expected"))?;
    // What Linux counts by, whatever the kernel was built for.
    Ok(f64::from(ticks) / 100.0)
}
