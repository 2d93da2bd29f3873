//! "Did you mean": the nearest of the words that would have been right.

/// `; did you mean `x`?` for a near miss, else `; expected one of …`.
pub(crate) fn hint(word: &str, right: &[&str], aliases: &[(&str, &str)]) -> String {
    let alias = aliases.iter().find(|(alias, _)| *alias == word);
    let meant = alias.map(|(_, meant)| *meant).or_else(|| {
        let near = |right: &&&str| distance(word, right) <= 1 + right.chars().count() / 4;
        let nearest = right.iter().filter(near);
        nearest.min_by_key(|right| distance(word, right)).copied()
    });
    match meant {
        Some(meant) => format!("; did you mean `{meant}`?"),
        None => format!("; expected one of {}", list(right)),
    }
}

/// `a`, `b`, `c`.
pub(crate) fn list(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    quoted.join(", ")
}

/// Levenshtein's: how many letters to add, drop or change.
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
