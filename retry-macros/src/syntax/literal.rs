//! Literals, which can be checked when the macro runs.

use proc_macro2::TokenTree;

/// A literal, as far as keys distinguish them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Literal {
    Str(String),
    /// `None` if it is above `u64::MAX`.
    Int(Option<u64>),
    Float(f64),
    Bool,
    /// A `char`, or a string of bytes or for C.
    Other,
}

impl Literal {
    /// Reads a token; `None` if it is no literal.
    pub(crate) fn of(token: &TokenTree) -> Option<Self> {
        match token {
            TokenTree::Ident(word) if word == "true" || word == "false" => Some(Self::Bool),
            TokenTree::Literal(literal) => Some(Self::read(&literal.to_string())),
            _ => None,
        }
    }

    fn read(text: &str) -> Self {
        if let Some(raw) = text.strip_prefix('r') {
            return raw_string(raw).map_or(Self::Other, Self::Str);
        }
        match text.bytes().next() {
            Some(b'"') => string(&text[1..]).map_or(Self::Other, Self::Str),
            Some(b'0'..=b'9') => number(text),
            _ => Self::Other,
        }
    }

    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            // Through text, because no conversion is exact for every number.
            Self::Int(number) => (*number)?.to_string().parse().ok(),
            Self::Float(number) => Some(*number),
            _ => None,
        }
    }
}

fn number(text: &str) -> Literal {
    let text = text.replace('_', "");
    let end = text.find(['u', 'i']).unwrap_or(text.len());
    let digits = &text[..end];
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = digits.strip_prefix(prefix) {
            return Literal::Int(u64::from_str_radix(digits, radix).ok());
        }
    }
    // The `f` of `f64`.
    let end = digits.find('f').unwrap_or(digits.len());
    let is_float = end < digits.len() || digits.contains(['.', 'e', 'E']);
    match digits[..end].parse() {
        Ok(float) if is_float => Literal::Float(float),
        _ => Literal::Int(digits.parse().ok()),
    }
}

/// `#"…"#`.
fn raw_string(text: &str) -> Option<String> {
    let hashes = text.len() - text.trim_start_matches('#').len();
    let end = text.rfind('"')?;
    text.get(hashes + 1..end).map(str::to_owned)
}

/// Resolves the escapes up to the closing quote.
fn string(text: &str) -> Option<String> {
    let mut string = String::new();
    let mut letters = text.chars();
    loop {
        match letters.next()? {
            '"' => return Some(string),
            '\\' => match letters.next()? {
                'n' => string.push('\n'),
                'r' => string.push('\r'),
                't' => string.push('\t'),
                '0' => string.push('\0'),
                'x' => {
                    let digits: String = letters.by_ref().take(2).collect();
                    string.push(u8::from_str_radix(&digits, 16).ok()?.into());
                }
                'u' => {
                    let digits: String = letters
                        .by_ref()
                        .take_while(|letter| *letter != '}')
                        .collect();
                    let digits = digits.trim_start_matches('{').replace('_', "");
                    string.push(char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?);
                }
                // The line continues with its first letter.
                '\n' => letters = letters.as_str().trim_start().chars(),
                letter => string.push(letter),
            },
            letter => string.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Literal;

    #[test]
    fn numbers_are_read_in_every_notation() {
        for (text, number) in [
            ("5", 5),
            ("5u32", 5),
            ("1_000", 1000),
            ("0x1F", 31),
            ("0xf64", 0xf64),
            ("0x10u8", 16),
            ("0o17", 15),
            ("0b101", 5),
        ] {
            assert_eq!(Literal::read(text), Literal::Int(Some(number)), "{text}");
        }
        assert_eq!(Literal::read("99999999999999999999999"), Literal::Int(None));
        for (text, number) in [
            ("2.5", 2.5),
            ("1e3", 1000.0),
            ("2f64", 2.0),
            ("1_0.5f32", 10.5),
            ("1.", 1.0),
        ] {
            assert_eq!(Literal::read(text), Literal::Float(number), "{text}");
        }
    }

    #[test]
    fn strings_are_read_with_their_escapes() {
        for (text, string) in [
            (r#""100ms""#, "100ms"),
            (r#"r"1m""#, "1m"),
            (r###"r##"a"#b"##"###, "a\"#b"),
            (r#""a\n\t\\\"\x41\u{e9}""#, "a\n\t\\\"Aé"),
            ("\"a\\\n   b\"", "ab"),
        ] {
            assert_eq!(
                Literal::read(text),
                Literal::Str(string.to_owned()),
                "{text}"
            );
        }
        for text in ["'a'", "b\"a\"", "c\"a\"", "br\"a\"", "b'a'"] {
            assert_eq!(Literal::read(text), Literal::Other, "{text}");
        }
    }
}
