//! "Did you mean": the nearest of the words that would have been right.

/// `; did you mean `x`?` for an alias or a near miss, else `; expected one of …`.
pub fn hint<'a>(
    word: &str,
    right: impl Iterator<Item = (&'a str, &'a [&'a str])> + Clone,
) -> String {
    match nearest(word, right.clone()) {
        Some(meant) => format!("; did you mean `{meant}`?"),
        None => format!("; expected one of {}", list(right.map(|(name, _)| name))),
    }
}

/// Returns the word that was meant: by an alias, or by a near miss.
pub(crate) fn nearest<'a>(
    word: &str,
    right: impl Iterator<Item = (&'a str, &'a [&'a str])> + Clone,
) -> Option<&'a str> {
    let is_alias = |(_, aliases): &(&str, &[&str])| aliases.contains(&word);
    let alias = right.clone().find(is_alias).map(|(name, _)| name);
    alias.or_else(|| {
        let names = right.map(|(name, _)| name);
        let near = names.filter(|name| distance(word, name) <= 1 + name.chars().count() / 4);
        near.min_by_key(|name| distance(word, name))
    })
}

/// `a`, `b`, `c`.
pub fn list<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let quoted: Vec<_> = words.map(|word| format!("`{word}`")).collect();
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
