//! The page and the tests name the same values.

use std::collections::{BTreeMap, BTreeSet};

const PAGE: &str = include_str!("../../../docs/published-values.md");

const TESTS: [(&str, &str); 7] = [
    ("backoff", include_str!("backoff.rs")),
    ("budgets", include_str!("budgets.rs")),
    ("gating", include_str!("gating.rs")),
    ("hints", include_str!("hints.rs")),
    ("observing", include_str!("observing.rs")),
    ("presets", include_str!("presets.rs")),
    ("resume", include_str!("resume.rs")),
];

/// B1 and the like: a letter of a section and a number.
fn ids(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let is_id = |word: &&str| {
        let number = word.strip_prefix(['B', 'R', 'T', 'C', 'P', 'O']);
        number.is_some_and(|number| number.parse::<u32>().is_ok())
    };
    words.filter(is_id).map(str::to_owned).collect()
}

/// The ids of the page, each with its last column: where it is shown.
fn rows() -> BTreeMap<String, &'static str> {
    let mut rows = BTreeMap::new();
    for line in PAGE.lines() {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [id, _, _, shown] = cells[..] else {
            continue;
        };
        if ids(id).contains(id) {
            assert_eq!(rows.insert(id.to_owned(), shown), None, "{id} has two rows");
        }
    }
    rows
}

#[test]
fn every_value_of_the_page_is_in_the_test_that_it_names() {
    let rows = rows();
    let sections = [
        ('B', 31),
        ('R', 14),
        ('T', 28),
        ('C', 14),
        ('P', 15),
        ('O', 7),
    ];
    for (letter, last) in sections {
        for number in 1..=last {
            let id = format!("{letter}{number}");
            assert!(rows.contains_key(&id), "the page has no {id}");
        }
    }
    let lasts = sections.iter().map(|(_, last)| last);
    assert_eq!(rows.len(), lasts.sum::<usize>());
    for (id, shown) in &rows {
        for (module, source) in TESTS {
            let named = shown
                .split(", ")
                .any(|name| name.trim_matches('`') == module);
            assert_eq!(ids(source).contains(id), named, "{id} in {module}");
        }
    }
}
