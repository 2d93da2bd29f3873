//! Walks over tokens.

use proc_macro2::{Delimiter, Group, Ident, Spacing, Span, TokenStream, TokenTree};
use quote::ToTokens;

use crate::errors::Error;

pub(crate) fn is_mark(token: Option<&TokenTree>, mark: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == mark)
}

pub(crate) fn is_word(token: Option<&TokenTree>, word: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(ident)) if ident == word)
}

/// The name without `r#`.
pub(crate) fn unraw(name: &Ident) -> String {
    let name = name.to_string();
    match name.strip_prefix("r#") {
        Some(name) => name.to_owned(),
        None => name,
    }
}

/// Whether this is a `:` that is not a half of `::`.
pub(crate) fn colon_at(tokens: &[TokenTree], at: usize) -> bool {
    let joined = |at: Option<usize>| {
        let token = at.and_then(|at| tokens.get(at));
        matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == ':' && punct.spacing() == Spacing::Joint)
    };
    is_mark(tokens.get(at), ':') && !joined(Some(at)) && !joined(at.checked_sub(1))
}

/// Whether this `>` ends a list of arguments: that of `->` and `=>` does not.
pub(crate) fn ends_angles(tokens: &[TokenTree], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| tokens.get(before));
    let is_arrow = matches!(before, Some(TokenTree::Punct(punct))
        if matches!(punct.as_char(), '-' | '=') && punct.spacing() == Spacing::Joint);
    is_mark(tokens.get(at), '>') && !is_arrow
}

/// Returns the first place, outside of `<…>`, that `ends` accepts, or where an outer `<…>` ends.
pub(crate) fn until(tokens: &[TokenTree], ends: &dyn Fn(usize) -> bool) -> usize {
    let mut depth = 0_u32;
    for at in 0..tokens.len() {
        if depth == 0 && (ends(at) || ends_angles(tokens, at)) {
            return at;
        }
        if is_mark(tokens.get(at), '<') {
            depth += 1;
        } else if ends_angles(tokens, at) {
            depth -= 1;
        }
    }
    tokens.len()
}

/// Splits at commas outside of `<…>`. What follows the last comma is left out if it is empty.
pub(crate) fn split(tokens: &[TokenTree]) -> Vec<&[TokenTree]> {
    let mut parts = Vec::new();
    let mut rest = tokens;
    while !rest.is_empty() {
        let end = until(rest, &|at| is_mark(rest.get(at), ','));
        parts.push(&rest[..end]);
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    parts
}

/// Returns the only token, if it is a name.
pub(crate) fn plain_ident(tokens: &[TokenTree]) -> Option<Ident> {
    match &*without_invisible(tokens) {
        [TokenTree::Ident(name)] => Some(name.clone()),
        _ => None,
    }
}

/// Returns what is in the invisible parentheses that `macro_rules!` adds, if there is nothing else.
pub(crate) fn without_invisible(tokens: &[TokenTree]) -> Vec<TokenTree> {
    match tokens {
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::None => {
            let inside: Vec<_> = group.stream().into_iter().collect();
            without_invisible(&inside)
        }
        tokens => tokens.to_vec(),
    }
}

/// Returns what is in parentheses, visible or not, if there is nothing else, and if it is no tuple.
pub(crate) fn without_parentheses(tokens: &[TokenTree]) -> Vec<TokenTree> {
    if let [TokenTree::Group(group)] = tokens {
        let inside: Vec<_> = group.stream().into_iter().collect();
        let is_tuple = || {
            inside.is_empty() || until(&inside, &|at| is_mark(inside.get(at), ',')) < inside.len()
        };
        match group.delimiter() {
            Delimiter::None => return without_parentheses(&inside),
            Delimiter::Parenthesis if !is_tuple() => return without_parentheses(&inside),
            _ => {}
        }
    }
    tokens.to_vec()
}

/// What is left to read. A copy of it looks ahead.
#[derive(Clone, Copy)]
pub(crate) struct Cursor<'a> {
    pub(crate) rest: &'a [TokenTree],
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(rest: &'a [TokenTree]) -> Self {
        Self { rest }
    }

    pub(crate) fn is_empty(self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn peek(self) -> Option<&'a TokenTree> {
        self.rest.first()
    }

    pub(crate) fn is_mark(self, mark: char) -> bool {
        is_mark(self.peek(), mark)
    }

    pub(crate) fn is_word(self, word: &str) -> bool {
        is_word(self.peek(), word)
    }

    pub(crate) fn skip(&mut self) -> Option<&'a TokenTree> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    /// Reads `count` tokens, or all that are left.
    pub(crate) fn take(&mut self, count: usize) -> &'a [TokenTree] {
        let (taken, rest) = self.rest.split_at(count.min(self.rest.len()));
        self.rest = rest;
        taken
    }

    pub(crate) fn mark(&mut self, mark: char) -> Option<&'a TokenTree> {
        self.is_mark(mark).then(|| self.skip()).flatten()
    }

    pub(crate) fn word(&mut self, word: &str) -> Option<&'a TokenTree> {
        self.is_word(word).then(|| self.skip()).flatten()
    }

    pub(crate) fn ident(&mut self) -> Result<Ident, Error> {
        match self.peek() {
            Some(TokenTree::Ident(ident)) => {
                self.skip();
                Ok(ident.clone())
            }
            _ => Err(self.error("expected a name")),
        }
    }

    /// Reads a group, with these delimiters.
    pub(crate) fn group(&mut self, delimiter: Delimiter) -> Option<&'a Group> {
        match self.peek() {
            Some(TokenTree::Group(group)) if group.delimiter() == delimiter => {
                self.skip();
                Some(group)
            }
            _ => None,
        }
    }

    /// Reads `<…>`, if that is next. `None` if it does not end.
    pub(crate) fn angles(&mut self) -> Option<&'a [TokenTree]> {
        if !self.is_mark('<') {
            return Some(&[]);
        }
        let inside = &self.rest[1..];
        let end = until(inside, &|_| false);
        (end < inside.len()).then(|| self.take(end + 2))
    }

    /// Reads `'a`, if that is next, and returns `a`.
    pub(crate) fn lifetime(&mut self) -> Option<String> {
        match self.rest {
            [mark, TokenTree::Ident(name), ..] if is_mark(Some(mark), '\'') => {
                self.take(2);
                Some(name.to_string())
            }
            _ => None,
        }
    }

    /// Reads `pub`, `pub(…)`, and what `macro_rules!` passes for a `$vis:vis`.
    pub(crate) fn visibility(&mut self) -> &'a [TokenTree] {
        let count = match self.rest {
            [TokenTree::Group(group), ..] if group.delimiter() == Delimiter::None => {
                let first = group.stream().into_iter().next();
                usize::from(first.is_none() || is_word(first.as_ref(), "pub"))
            }
            [word, TokenTree::Group(group), ..]
                if is_word(Some(word), "pub") && is_restriction(group) =>
            {
                2
            }
            [word, ..] if is_word(Some(word), "pub") => 1,
            _ => 0,
        };
        self.take(count)
    }

    /// An error at the next token.
    pub(crate) fn error(self, message: impl std::fmt::Display) -> Error {
        match self.peek() {
            Some(token) => Error::new(token.span(), message),
            None => Error::new(
                Span::call_site(),
                format!("unexpected end of input, {message}"),
            ),
        }
    }
}

/// Whether this is the `(crate)` of `pub(crate)`. In the field `pub (u8, u8)`, it is a type.
fn is_restriction(group: &Group) -> bool {
    let first = group.stream().into_iter().next();
    let words = ["crate", "in", "self", "super"];
    group.delimiter() == Delimiter::Parenthesis
        && words.iter().any(|word| is_word(first.as_ref(), word))
}

/// `#[…]`.
#[derive(Clone)]
pub(crate) struct Attribute {
    pound: TokenTree,
    group: Group,
}

impl Attribute {
    /// Reads all that are next.
    pub(crate) fn all(input: &mut Cursor<'_>) -> Vec<Self> {
        let mut all = Vec::new();
        while let [pound, TokenTree::Group(group), ..] = input.rest {
            if !is_mark(Some(pound), '#') || group.delimiter() != Delimiter::Bracket {
                break;
            }
            all.push(Self {
                pound: pound.clone(),
                group: group.clone(),
            });
            input.take(2);
        }
        all
    }

    /// Reads all `#![…]` that are next.
    pub(crate) fn all_inner(input: &mut Cursor<'_>) -> Vec<Self> {
        let mut all = Vec::new();
        while let [pound, mark, TokenTree::Group(group), ..] = input.rest {
            if !is_mark(Some(pound), '#') || !is_mark(Some(mark), '!') {
                break;
            }
            all.push(Self {
                pound: pound.clone(),
                group: group.clone(),
            });
            input.take(3);
        }
        all
    }

    /// Returns what is in the brackets.
    pub(crate) fn tokens(&self) -> Vec<TokenTree> {
        let tokens: Vec<_> = self.group.stream().into_iter().collect();
        without_invisible(&tokens)
    }

    /// Whether it is `#[name]`, `#[name(…)]` or `#[name = …]`.
    pub(crate) fn is(&self, name: &str) -> bool {
        let tokens = self.tokens();
        is_word(tokens.first(), name) && !is_mark(tokens.get(1), ':')
    }
}

impl ToTokens for Attribute {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.pound.to_tokens(tokens);
        self.group.to_tokens(tokens);
    }
}
