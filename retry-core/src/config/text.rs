//! One line of text: `key = value, key = value`.

use retry_words::Place;

use super::ConfigErrorKind::Syntax;
use super::draft::Draft;
use super::value::Value;

/// How much of a text that cannot be read a message shows.
const SHOWN: usize = 40;

/// Text that is not read yet.
#[derive(Debug)]
pub(super) struct Input<'t>(pub(super) &'t str);

impl<'t> Input<'t> {
    /// Skips spaces. Returns the next character.
    pub(super) fn next(&mut self) -> Option<char> {
        self.0 = self.0.trim_start();
        self.0.chars().next()
    }

    /// Skips spaces, and this character if it is the next one.
    pub(super) fn eat(&mut self, wanted: char) -> bool {
        let found = self.next() == Some(wanted);
        if found {
            self.0 = &self.0[wanted.len_utf8()..];
        }
        found
    }

    /// Returns what is before the first of these characters outside quotation marks, or all that is left.
    pub(super) fn until(&mut self, ends: &[char]) -> &'t str {
        let mut quote = None;
        let end = self.0.find(|c: char| match quote {
            Some(open) => {
                quote = quote.filter(|_| c != open);
                false
            }
            None => {
                quote = Some(c).filter(|c| is_quote(*c));
                ends.contains(&c)
            }
        });
        let (before, rest) = self.0.split_at(end.unwrap_or(self.0.len()));
        self.0 = rest;
        before.trim()
    }

    /// Reads `key = value, key = value`, up to `end` or to the end of the text.
    pub(super) fn entries(&mut self, end: Option<char>, draft: &mut Draft) {
        let ends = [',', end.unwrap_or(',')];
        while self.next().is_some_and(|next| Some(next) != end) {
            let entry = self.until(&ends);
            read_entry(entry, draft);
            if !self.eat(',') {
                break;
            }
        }
    }
}

fn read_entry(entry: &str, draft: &mut Draft) {
    let (name, value) = match entry.split_once('=') {
        Some((name, value)) => (name.trim_end(), value.trim_start()),
        None => (entry, ""),
    };
    let is_in_word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    if name.is_empty() || !name.chars().all(is_in_word) {
        let message = match shown(entry) {
            nothing if nothing.is_empty() => {
                "expected `key = value`, but there is nothing before a comma".to_owned()
            }
            quoted if entry.starts_with(is_quote) => format!(
                "expected `key = value`, but this is `{quoted}`: write it without quotation marks around it"
            ),
            other => format!("expected `key = value`, but this is `{other}`"),
        };
        draft.faults.add(Syntax, "", message);
        return;
    }
    let Some(key) = draft.key(name) else { return };
    match read_value(value) {
        Some(value) => draft.set(key, value),
        None if value.is_empty() => draft.faults.at_key(key, Syntax, Place::needs_value),
        None => {
            let message = format!("`{name}` has one quotation mark without the other");
            draft.faults.add(Syntax, name, message);
        }
    }
}

/// Returns the value; `None` if there is none, or half of one.
fn read_value(text: &str) -> Option<Value> {
    let first = text.chars().next()?;
    if is_quote(first) {
        let inner = text[1..].strip_suffix(first)?;
        return Some(Value::Text(inner.to_owned()));
    }
    if let Ok(flag) = text.parse() {
        return Some(Value::Flag(flag));
    }
    let number = if first.is_ascii_digit() || matches!(first, '-' | '+' | '.') {
        read_number(text)
    } else {
        // `inf` and `nan` are words.
        None
    };
    Some(number.unwrap_or_else(|| Value::Text(text.to_owned())))
}

/// Reads the numbers that the attribute takes, such as `1_000`, `0x10` and `2.5`. Their types, as in `5u32`, belong to Rust.
fn read_number(text: &str) -> Option<Value> {
    let digits = text.replace('_', "");
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = digits.strip_prefix(prefix) {
            return u64::from_str_radix(digits, radix).ok().map(Value::Whole);
        }
    }
    match digits.parse() {
        Ok(whole) if !digits.starts_with('+') => Some(Value::Whole(whole)),
        _ => digits.parse().ok().map(Value::Number),
    }
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'')
}

/// Returns the text between quotation marks, if they are around it.
#[cfg(feature = "overrides")]
pub(super) fn unquoted(text: &str) -> &str {
    let mut quotes = text.chars().filter(|c| is_quote(*c));
    let inner = quotes
        .next()
        .and_then(|quote| text.strip_prefix(quote)?.strip_suffix(quote));
    inner.filter(|_| quotes.count() == 1).unwrap_or(text)
}

/// Text for a message: in one line, and not too long.
pub(super) fn shown(text: &str) -> String {
    let (text, rest) = match text.char_indices().nth(SHOWN) {
        Some((end, _)) => (&text[..end], "…"),
        None => (text, ""),
    };
    let in_line = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().map(in_line).chain(rest.chars()).collect()
}
