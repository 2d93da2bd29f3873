//! Patterns, and the names that they bind.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;

use super::{colon_at, is_mark, is_word, plain_ident, until};

/// A pattern of the user's.
#[derive(Clone)]
pub(crate) struct Pat(pub(super) Vec<TokenTree>);

/// A name that a pattern binds.
pub(crate) struct Part {
    pub(crate) name: Ident,
    /// The `mut` before it.
    pub(crate) mutability: Option<Ident>,
}

impl Pat {
    /// Returns the place of the first token, as [`span_of`](super::span_of) does.
    pub(crate) fn span(&self) -> Span {
        self.0.first().map_or_else(Span::call_site, TokenTree::span)
    }

    /// Writes `name`, or `mut name`.
    pub(crate) fn of_name(name: &Ident, mutability: Option<Span>) -> Self {
        let mut tokens = Vec::new();
        if let Some(span) = mutability {
            tokens.push(Ident::new("mut", span).into());
        }
        tokens.push(name.clone().into());
        Self(tokens)
    }

    /// Returns the name, with its `mut`, if it is nothing else.
    fn plain(&self) -> Option<(Option<&TokenTree>, Ident)> {
        let (mutability, name) = match &*self.0 {
            [word, name @ ..] if is_word(Some(word), "mut") => (Some(word), name),
            name => (None, name),
        };
        let name = plain_ident(name).filter(|name| name != "_")?;
        Some((mutability, name))
    }

    pub(crate) fn plain_name(&self) -> Option<Ident> {
        self.plain().map(|(_, name)| name)
    }

    /// Whether it is `mut name`.
    pub(crate) fn has_mut(&self) -> bool {
        self.plain()
            .is_some_and(|(mutability, _)| mutability.is_some())
    }

    /// Whether it is `_`.
    pub(crate) fn is_wild(&self) -> bool {
        matches!(&*self.0, [wild] if is_word(Some(wild), "_") || is_mark(Some(wild), '_'))
    }

    /// Makes it `mut`, if it is a name.
    pub(crate) fn make_mutable(&mut self) {
        if let Some((None, name)) = self.plain() {
            *self = Self::of_name(&name, Some(Span::mixed_site()));
        }
    }

    /// Moves each `mut` to another place, so that lints do not look at it.
    pub(crate) fn with_muts_at(&self, span: Span) -> Self {
        let respanned = with_muts_at(span, self.to_token_stream());
        Self(respanned.into_iter().collect())
    }

    /// Returns the names that it binds; `None` if the whole argument has to be cloned, because the parts borrow from it
    /// or may be constants.
    pub(crate) fn parts(&self) -> Option<Vec<Part>> {
        let mut parts = Parts::default();
        parts.read(&self.0);
        (!parts.whole).then_some(parts.found)
    }

    /// Returns all names that it binds.
    pub(crate) fn bound_names(&self) -> Vec<Ident> {
        let mut parts = Parts::default();
        parts.read(&self.0);
        parts.found.into_iter().map(|part| part.name).collect()
    }
}

fn with_muts_at(span: Span, tokens: TokenStream) -> TokenStream {
    let respan = |token| match token {
        TokenTree::Ident(word) if word == "mut" => Ident::new("mut", span).into(),
        TokenTree::Group(group) => {
            let inside = with_muts_at(span, group.stream());
            let mut respanned = Group::new(group.delimiter(), inside);
            respanned.set_span(group.span());
            respanned.into()
        }
        token => token,
    };
    tokens.into_iter().map(respan).collect()
}

#[derive(Default)]
struct Parts {
    found: Vec<Part>,
    whole: bool,
}

impl Parts {
    fn read(&mut self, tokens: &[TokenTree]) {
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let before = at.checked_sub(1).and_then(|before| tokens.get(before));
            match token {
                TokenTree::Ident(name) => self.read_name(name, tokens, at),
                // The arguments of a path.
                TokenTree::Punct(punct) if punct.as_char() == '<' => {
                    at += 1 + until(&tokens[at + 1..], &|_| false);
                }
                TokenTree::Group(group) if !is_mark(before, '#') && !is_mark(before, '!') => {
                    let is_const_block = is_word(before, "const");
                    if !is_const_block || group.delimiter() != Delimiter::Brace {
                        let inside: Vec<_> = group.stream().into_iter().collect();
                        self.read(&inside);
                    }
                }
                _ => {}
            }
            at += 1;
        }
    }

    fn read_name(&mut self, name: &Ident, tokens: &[TokenTree], at: usize) {
        let before = |distance: usize| at.checked_sub(distance).and_then(|at| tokens.get(at));
        let next = tokens.get(at + 1);
        let word = name.to_string();
        match &*word {
            "ref" | "const" => self.whole = true,
            _ if is_mark(next, '!') => self.whole = true,
            "mut" | "_" | "true" | "false" | "box" | "self" | "Self" | "crate" | "super" => {}
            // A path, the name of a field, or the end of a range.
            _ if is_mark(before(1), ':') && is_mark(before(2), ':')
                || is_mark(next, ':')
                    && (colon_at(tokens, at + 1) || is_mark(tokens.get(at + 2), ':'))
                || matches!(next, Some(TokenTree::Group(_)))
                || is_mark(before(1), '.')
                || is_mark(before(1), '=')
                || is_mark(next, '.') => {}
            _ => {
                self.whole |= word.starts_with(char::is_uppercase);
                // Each alternative of `(Ok(x) | Err(x))` binds the same names.
                if !self.found.iter().any(|part| part.name == *name) {
                    let mutability = match before(1) {
                        Some(TokenTree::Ident(word))
                            if word == "mut" && !is_mark(before(2), '&') =>
                        {
                            Some(word.clone())
                        }
                        _ => None,
                    };
                    self.found.push(Part {
                        name: name.clone(),
                        mutability,
                    });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::{TokenStream, TokenTree};

    use super::Pat;

    fn pattern(text: &str) -> Pat {
        let tokens: TokenStream = text.parse().expect("the text can be lexed");
        Pat::new(&tokens.into_iter().collect::<Vec<TokenTree>>())
    }

    #[test]
    fn every_name_that_a_pattern_binds_is_found() {
        for (text, names) in [
            ("x", "x"),
            ("mut x", "mut x"),
            ("_", ""),
            ("(a, mut b)", "a, mut b"),
            ("(_, (a, b))", "a, b"),
            ("Path((id, name))", "id, name"),
            ("a::Path::<T>(x)", "x"),
            ("Point { x, mut y, z: renamed, .. }", "x, mut y, renamed"),
            ("Point { 0: x, #[cfg(unix)] y }", "x, y"),
            ("&mut x", "x"),
            ("&x", "x"),
            ("x @ 1..=9", "x"),
            ("[first, .., last]", "first, last"),
            ("[rest @ ..]", "rest"),
            ("(Ok(x) | Err(x))", "x"),
            ("MIN..=MAX", ""),
            ("(true, 'a', -1)", ""),
        ] {
            let parts = pattern(text)
                .parts()
                .unwrap_or_else(|| panic!("{text} has parts"));
            let found = parts.iter().map(|part| match part.mutability {
                Some(_) => format!("mut {}", part.name),
                None => part.name.to_string(),
            });
            assert_eq!(found.collect::<Vec<_>>().join(", "), names, "{text}");
        }
    }

    #[test]
    fn a_pattern_that_borrows_or_may_be_a_constant_is_not_taken_apart() {
        for text in ["(ref x, y)", "(NONE, x)", "m!(x)", "(const { 1 }, x)"] {
            assert!(pattern(text).parts().is_none(), "{text}");
        }
    }
}
