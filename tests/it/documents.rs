//! The documents for contributors name files that exist.

use std::path::Path;

const DOCUMENTS: [(&str, &str); 3] = [
    ("ARCHITECTURE.md", include_str!("../../ARCHITECTURE.md")),
    ("CONTRIBUTING.md", include_str!("../../CONTRIBUTING.md")),
    ("RELEASING.md", include_str!("../../RELEASING.md")),
];

/// Whether a piece of code in a document is meant as a path.
fn is_path(code: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "./_-".contains(c);
    let has_extension = [".md", ".rs", ".toml"]
        .iter()
        .any(|end| code.ends_with(end));
    code.chars().all(plain) && (code.contains('/') || has_extension)
}

#[test]
fn every_path_in_the_documents_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (document, text) in DOCUMENTS {
        let mut paths = 0;
        let prose = text.split("```").step_by(2);
        for code in prose.flat_map(|prose| prose.split('`').skip(1).step_by(2)) {
            if is_path(code) {
                assert!(root.join(code).exists(), "{document} names `{code}`");
                paths += 1;
            }
        }
        assert!(paths > 0, "{document} names no path");
    }
}

/// `write_all` may have written a part before it fails, so repeating it sends that part twice.
#[test]
fn the_readme_does_not_repeat_a_write_that_may_be_half_done() {
    let readme = include_str!("../../README.md");
    let loops = readme
        .split("```")
        .filter(|block| block.contains(".again("));
    assert!(loops.clone().count() > 0, "the README shows a loop");
    for block in loops {
        assert!(!block.contains("write_all"), "{block}");
    }
}
