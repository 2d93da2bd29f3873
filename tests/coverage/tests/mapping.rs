//! What `-C instrument-coverage` maps of an annotated function is what it maps of the plain one: a macro
//! that spans the body wrongly makes it vanish from every report.
//!
//! The map is read from the compiler's own output, so that no tool of LLVM's version is needed.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// From line and column, to line and column.
type Region = ((u64, u64), (u64, u64));

/// Compiles the library of this package with coverage on, and gives the regions of all functions in it.
fn regions(extra: &[&str], name: &str) -> BTreeSet<Region> {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let output = scratch.join(name).with_extension("ll");
    let status = Command::new(env!("CARGO"))
        .args(["rustc", "--quiet", "--lib", "--manifest-path"])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
        .arg("--target-dir")
        .arg(scratch.join("target"))
        .args(["--", "-Cinstrument-coverage", "-Ccodegen-units=1"])
        .arg(format!("--emit=llvm-ir={}", output.display()))
        .args(extra)
        // What a tool that measures this very test set for it.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .status()
        .expect("cargo runs");
    assert!(status.success(), "the library compiles");

    let ir = fs::read_to_string(output).expect("the compiler has written it");
    let records = ir.lines().filter(|line| line.starts_with("@__covrec_"));
    records.flat_map(|line| decode(&string(line))).collect()
}

/// The last string constant of a line of LLVM's assembly.
fn string(line: &str) -> Vec<u8> {
    let (_, rest) = line.rsplit_once(" c\"").expect("a record has a string");
    let (text, _) = rest.split_once('"').expect("that ends");
    let mut bytes = Vec::new();
    let mut left = text.bytes();
    while let Some(byte) = left.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let digits: Vec<u8> = left.by_ref().take(2).collect();
        let digits = String::from_utf8(digits).expect("two digits");
        bytes.push(u8::from_str_radix(&digits, 16).expect("of a hexadecimal number"));
    }
    bytes
}

/// The code regions of one function, from LLVM's coverage mapping format.
fn decode(bytes: &[u8]) -> Vec<Region> {
    let mut bytes = bytes.iter();
    let mut next = || {
        let (mut value, mut shift) = (0, 0);
        loop {
            let byte = *bytes.next().expect("the record is whole");
            value |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                return value;
            }
        }
    };

    let files = next();
    for _ in 0..files {
        next();
    }
    for _ in 0..next() {
        // An expression: two operands.
        next();
        next();
    }
    let mut regions = Vec::new();
    for _ in 0..files {
        let mut line = 0;
        for _ in 0..next() {
            let counter = next();
            assert!(
                counter & 3 != 0 || counter == 0,
                "rustc maps nothing but code, without options for more"
            );
            line += next();
            let from = next();
            let lines = next();
            let to = next();
            regions.push(((line, from), (line + lines, to)));
        }
    }
    regions
}

/// The line of the library's source that begins with this.
fn line_of(text: &str) -> u64 {
    let lines = include_str!("../src/lib.rs").lines().zip(1..);
    let mut found = lines.filter(|(line, _)| line.starts_with(text));
    found.next().expect("there is such a line").1
}

#[test]
fn coverage_maps_the_body_as_in_the_plain_function() {
    let plain = regions(&[], "plain");
    let retried = regions(&["--cfg=retried"], "retried");
    assert!(plain.len() > 40, "the map was read: {plain:?}");

    // The body of a blocking function is a closure, which has no signature: its first region is `{`.
    let signature = line_of("pub fn blocking");
    let on_signature = |region: &&Region| region.0.0 == signature && region.1.0 == signature;
    assert_eq!(plain.iter().filter(on_signature).count(), 1);
    assert_eq!(retried.iter().filter(on_signature).count(), 1);

    let differing: Vec<_> = plain
        .symmetric_difference(&retried)
        .filter(|region| !on_signature(region))
        .collect();
    assert!(differing.is_empty(), "{differing:?}");
}
