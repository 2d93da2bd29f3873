//! "Did you mean": the nearest of the words that would have been right.

use super::Candidate;

/// `; did you mean `x`?` for an alias or a near miss, else `; expected one of …`.
// A slice, and no type parameter: the macros are compiled from nothing by every user, and would compile this for each
// iterator.
pub fn hint(word: &str, right: &[Candidate<'_>]) -> String {
    match nearest(word, right) {
        Some(meant) => format!("; did you mean `{meant}`?"),
        None => format!("; expected one of {}", list(right)),
    }
}

/// As [`hint`], for words without aliases.
pub fn hint_of_names(word: &str, names: &[String]) -> String {
    let right: Vec<Candidate<'_>> = names
        .iter()
        .map(|name| (name.as_str(), [].as_slice()))
        .collect();
    hint(word, &right)
}

/// Returns the word that was meant: by an alias, or by a near miss.
pub(crate) fn nearest<'a>(word: &str, right: &[Candidate<'a>]) -> Option<&'a str> {
    let alias = right.iter().find(|(_, aliases)| aliases.contains(&word));
    let near = alias.or_else(|| {
        let is_near = |name: &str| distance(word, name) <= 1 + name.chars().count() / 4;
        let near = right.iter().filter(|(name, _)| is_near(name));
        near.min_by_key(|(name, _)| distance(word, name))
    });
    let meant = near.or_else(|| {
        // One letter of a short alias makes another word of it.
        let is_near = |alias: &&str| alias.len() > 5 && distance(word, alias) == 1;
        right
            .iter()
            .find(|(_, aliases)| aliases.iter().any(is_near))
    });
    meant.map(|(name, _)| *name)
}

/// `a`, `b`, `c`.
pub fn list(words: &[Candidate<'_>]) -> String {
    let quoted: Vec<_> = words.iter().map(|(name, _)| format!("`{name}`")).collect();
    quoted.join(", ")
}

/// The Levenshtein distance: how many letters to add, drop or change.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, letter) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in to.iter().enumerate() {
            let change = diagonal + usize::from(letter != *other);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}
