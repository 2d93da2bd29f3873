//! A call that costs more than it did is seen here, and not only in a bench.
//!
//! The program of this package is optimized, and has the default features, as the program of a user is.
//! If a change makes a call cheaper, lower its limit.

use std::path::Path;
use std::process::Command;

/// Instructions of a call that succeeds at once: the loop, ready and behind `dyn`. Three more than today.
const INSTRUCTIONS: &[(&str, u64, u64)] = &[
    ("by_hand", 41, 51),
    ("attribute", 66, 78),
    ("run", 76, 90),
    ("explicit", 91, 98),
    ("blocking", 43, 64),
];

/// Bytes of a future around a body of 1 KiB: those of today.
const BYTES: &[(&str, u64)] = &[
    ("by_hand", 1088),
    ("attribute", 1112),
    ("run", 1096),
    ("explicit", 1152),
];

/// Crates in a tree, the first included: those of today.
const CRATES: &[(&str, &str, usize)] = &[
    ("retryable", "normal", 11),
    ("quickstart", "normal,dev", 70),
];

const TIMES: u64 = 10_000;

fn output(command: &mut Command) -> (String, String) {
    let output = command.output().expect("it starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (said, complained) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{command:?}: {complained}");
    (said, complained)
}

fn cargo(arguments: &[&str]) -> String {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(arguments)
        .args(["--quiet", "--locked", "--offline"]);
    // The flags of a run for coverage or of a lint would count, too.
    cargo
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    output(&mut cargo).0
}

/// Builds the program. The other crates run no code in a call that succeeds, so they are not optimized, and most are
/// compiled for the tests anyway.
fn program() -> String {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent();
    let target = target.expect("a target folder");
    let mut arguments = vec!["build", "--package=guard", "--bin=guard"];
    let target_dir = format!("--target-dir={}", target.display());
    arguments.push(&target_dir);
    let settings: Vec<_> = ["guard", "retryable", "retry-core"]
        .iter()
        .flat_map(|package| {
            [
                "opt-level=3",
                "codegen-units=16",
                "debug-assertions=false",
                "overflow-checks=false",
                "debug=false",
            ]
            .map(|setting| format!("--config=profile.dev.package.{package}.{setting}"))
        })
        .collect();
    arguments.extend(settings.iter().map(String::as_str));
    cargo(&arguments);
    target.join("debug/guard").display().to_string()
}

/// Returns the instructions of the whole program.
fn count(program: &str, name: &str, times: u64) -> u64 {
    let mut callgrind = Command::new("valgrind");
    callgrind.args([
        "--tool=callgrind",
        "--callgrind-out-file=/dev/null",
        program,
    ]);
    let (_, said) = output(callgrind.args([name, &times.to_string()]));
    let counted = said
        .lines()
        .find_map(|line| line.split("Collected :").nth(1)?.trim().parse().ok());
    counted.unwrap_or_else(|| panic!("callgrind did not count: {said}"))
}

#[rustversion::attr(not(stable(1.95)), ignore = "the limits are those of Rust 1.95")]
#[cfg_attr(
    not(all(target_arch = "x86_64", target_os = "linux")),
    ignore = "the limits are those of Linux on x86-64"
)]
#[test]
fn a_call_takes_no_more_instructions_and_bytes_than_before() {
    let program = program();
    let (sizes, _) = output(Command::new(&program).arg("sizes"));
    let mut over = Vec::new();
    for (name, limit) in BYTES {
        let size = sizes
            .lines()
            .find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
        let size: u64 = size.expect("a size");
        println!("{name}: {size} bytes of {limit}");
        if size > *limit {
            over.push(format!("{name}: {size} bytes, at most {limit}"));
        }
    }
    let installed = Command::new("valgrind").arg("--version").output();
    if installed.is_ok() {
        // The first call is left out, because it sets up what the others find.
        let first = count(&program, "by_hand-dyn", 1);
        for (name, ready, hidden) in INSTRUCTIONS {
            for (form, limit) in [("ready", *ready), ("dyn", *hidden)] {
                let counted = count(&program, &format!("{name}-{form}"), TIMES + 1);
                let each = counted.saturating_sub(first) / TIMES;
                println!("{name}, {form}: {each} instructions of {limit}");
                if each > limit {
                    over.push(format!(
                        "{name}, {form}: {each} instructions, at most {limit}"
                    ));
                }
            }
        }
    } else {
        let in_ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
        assert!(!in_ci, "valgrind is not installed");
        println!("without valgrind, instructions are not counted");
    }
    assert!(
        over.is_empty(),
        "a call costs more than it did:\n{}",
        over.join("\n")
    );
}

#[test]
fn the_trees_have_no_more_crates_than_before() {
    for (package, edges, limit) in CRATES {
        let tree = cargo(&[
            "tree",
            "--package",
            package,
            "--edges",
            edges,
            "--prefix=none",
        ]);
        // A repeated crate has a mark after its version.
        let named = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
        let mut crates: Vec<_> = tree
            .lines()
            .map(named)
            .filter(|name| !name.starts_with('['))
            .collect();
        crates.sort_unstable();
        crates.dedup();
        println!("{package}: {} crates of {limit}", crates.len());
        assert!(
            crates.len() <= *limit,
            "{package}: {} crates, at most {limit}: {crates:#?}",
            crates.len()
        );
    }
}
