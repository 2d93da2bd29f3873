//! The time to compile a hello-world that depends on each crate, from a clean folder, and to check 200 retried
//! functions.
//!
//!     cargo bench -p retryable-benches --bench compile
//!
//! Run `cargo fetch` first; it needs no network then.

mod crates;
mod project;

use std::io;
use std::path::Path;

use retryable_benches::report::{Spread, Table, is_full_run};

use crates::{Way, ours, plain, ways};
use project::{Project, Taken};

const BUILDS: usize = 3;
const CHECKS: usize = 9;
const FUNCTIONS: u32 = 200;

fn main() -> io::Result<()> {
    let root = tempfile::tempdir()?;
    let root = root.path();
    if !is_full_run() {
        return smoke(root);
    }
    hello_world(root)?.publish()?;
    check(root)?.publish()
}

/// Checks that each crate still resolves, and that ours compiles.
fn smoke(root: &Path) -> io::Result<()> {
    // Kept from one run to the next, so that dependencies are not built again.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compile");
    for way in ways() {
        let crates = Project::write(root, &target, &way, 1)?.tree()?;
        println!("{}: {crates} crates", way.name);
    }
    Project::write(root, &target, &ours(), 2)?.check()
}

fn hello_world(root: &Path) -> io::Result<Table> {
    const COLUMNS: &[&str] = &[
        "",
        "crates",
        "seconds",
        "times by hand",
        "user seconds",
        "times by hand",
    ];
    let ways = ways();
    let projects = projects(root, &ways, 1)?;
    let taken = in_turns(BUILDS, &projects, Project::clean_build)?;
    let mut table = Table::new(
        "compile-hello",
        "A hello-world, built from nothing",
        COLUMNS,
    );
    for ((way, project), own) in ways.iter().zip(&projects).zip(&taken) {
        let crates = project.tree()?.to_string();
        let times = cells(own, &taken[0]);
        table.row(way.name.clone(), [crates].into_iter().chain(times));
    }
    table.chart(2, "seconds");
    table.remark("A debug build with tokio's features `rt` and `time`, of one retried function; `crates` counts it, too.");
    Ok(table)
}

fn check(root: &Path) -> io::Result<Table> {
    const COLUMNS: &[&str] = &[
        "",
        "seconds",
        "times by hand",
        "user seconds",
        "times by hand",
    ];
    let mut checked = ways();
    checked.retain(|way| way.is_checked);
    checked.push(plain());
    let projects = projects(root, &checked, FUNCTIONS)?;
    for project in &projects {
        project.check()?;
    }
    let taken = in_turns(CHECKS, &projects, Project::check_again)?;
    let mut table = Table::new(
        "compile-check",
        "`cargo check` of 200 retried functions",
        COLUMNS,
    );
    for (way, own) in checked.iter().zip(&taken) {
        table.row(way.name.clone(), cells(own, &taken[0]));
    }
    table.chart(1, "seconds");
    table.remark("What they depend on is checked before.");
    Ok(table)
}

fn projects(root: &Path, ways: &[Way], functions: u32) -> io::Result<Vec<Project>> {
    let target = root.join("target");
    let projects = ways
        .iter()
        .map(|way| Project::write(root, &target, way, functions));
    projects.collect()
}

/// Returns the times of each crate, round by round. Each round begins with another crate.
fn in_turns(
    rounds: usize,
    projects: &[Project],
    run: impl Fn(&Project) -> io::Result<Taken>,
) -> io::Result<Vec<Vec<Taken>>> {
    let mut taken = vec![Vec::new(); projects.len()];
    for round in 0..rounds {
        for place in 0..projects.len() {
            let index = (round + place) % projects.len();
            taken[index].push(run(&projects[index])?);
        }
    }
    Ok(taken)
}

/// Returns the cells for wall and user time, and their ratios.
fn cells(own: &[Taken], by_hand: &[Taken]) -> [String; 4] {
    let spread = |figure: fn(&Taken) -> f64| Spread::of(own.iter().map(figure).collect());
    let ratio = |figure: fn(&Taken) -> f64| {
        let ratios = own
            .iter()
            .zip(by_hand)
            .map(|(own, by_hand)| figure(own) / figure(by_hand));
        Spread::of(ratios.collect())
    };
    let (wall, user): (fn(&Taken) -> f64, fn(&Taken) -> f64) =
        (|taken| taken.wall, |taken| taken.user);
    [spread(wall), ratio(wall), spread(user), ratio(user)].map(|spread| spread.to_string())
}
