//! Types and paths.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;

use super::{Cursor, is_mark, is_word, plain_ident, split, until, without_parentheses};

/// A type of the user's.
#[derive(Clone)]
pub(crate) struct Type(pub(super) Vec<TokenTree>);

/// A path of the user's.
#[derive(Clone)]
pub(crate) struct Path(pub(super) Vec<TokenTree>);

impl Path {
    /// Reads names and `::`; `None` if the next token is neither.
    pub(crate) fn parse(input: &mut Cursor<'_>) -> Option<Self> {
        if let Some(group) = input.group(Delimiter::None) {
            let inside: Vec<_> = group.stream().into_iter().collect();
            return Self::parse(&mut Cursor::new(&inside));
        }
        let is_part = |token: &TokenTree| match token {
            TokenTree::Ident(_) => true,
            TokenTree::Punct(punct) => punct.as_char() == ':',
            _ => false,
        };
        let end = input.rest.iter().position(|token| !is_part(token));
        let path = input.take(end.unwrap_or(input.rest.len()));
        matches!(path.last(), Some(TokenTree::Ident(_))).then(|| Self::new(path))
    }

    /// Returns the last name, under which errors are.
    pub(crate) fn last_span(&self) -> Span {
        self.0.last().map_or_else(Span::call_site, TokenTree::span)
    }

    /// Whether it begins with `::`, `crate` or `$crate`.
    pub(crate) fn is_absolute(&self) -> bool {
        let first = self.0.first();
        is_mark(first, ':') || is_word(first, "crate") || is_word(first, "$crate")
    }
}

impl Type {
    /// Returns the place of the first token, as [`span_of`](super::span_of) does.
    pub(crate) fn span(&self) -> Span {
        self.0.first().map_or_else(Span::call_site, TokenTree::span)
    }

    pub(crate) fn tokens(&self) -> &[TokenTree] {
        &self.0
    }

    /// Returns the type inside parentheses, and inside the invisible ones that `macro_rules!` adds.
    pub(crate) fn ungroup(&self) -> Self {
        Self(without_parentheses(&self.0))
    }

    /// Returns whether a reference is `&mut`; `None` for any other type.
    pub(crate) fn reference(&self) -> Option<bool> {
        let inside = self.ungroup();
        let mut input = Cursor::new(&inside.0);
        input.mark('&')?;
        input.lifetime();
        Some(input.is_word("mut"))
    }

    /// Returns the only name of a path without arguments.
    pub(crate) fn name(&self) -> Option<Ident> {
        plain_ident(&self.ungroup().0)
    }

    /// Whether it is `impl …`.
    pub(crate) fn is_opaque(&self) -> bool {
        is_word(self.ungroup().0.first(), "impl")
    }

    /// Whether it is `!`.
    pub(crate) fn is_never(&self) -> bool {
        matches!(&*self.0, [mark] if is_mark(Some(mark), '!'))
    }

    /// Returns the last name of a path, and its arguments in `<…>`.
    fn last_segment(&self) -> Option<(Ident, Vec<TokenTree>)> {
        let inside = self.ungroup().0;
        let mut input = Cursor::new(&inside);
        if input.is_mark('<') {
            input.angles()?;
        }
        let mut last = None;
        while let Some(token) = input.skip() {
            match token {
                TokenTree::Ident(name)
                    if !matches!(
                        &*name.to_string(),
                        "dyn" | "impl" | "fn" | "for" | "unsafe" | "extern"
                    ) =>
                {
                    let mut ahead = input;
                    if ahead.rest.len() > 2 && is_mark(ahead.rest.get(2), '<') && ahead.is_mark(':')
                    {
                        ahead.take(2);
                    }
                    let arguments = ahead.angles()?;
                    if !arguments.is_empty() {
                        input = ahead;
                    }
                    let arguments = arguments.get(1..).unwrap_or_default();
                    let arguments = &arguments[..arguments.len().saturating_sub(1)];
                    last = Some((name.clone(), arguments.to_vec()));
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => {}
                _ => return None,
            }
        }
        last
    }

    /// Returns the token that errors about it underline: the last name of a path, else the first token.
    pub(crate) fn error_span(&self) -> Span {
        match self.last_segment() {
            Some((name, _)) => name.span(),
            None => self.ungroup().span(),
        }
    }

    /// Returns the first argument of a path that ends with `name`.
    pub(crate) fn argument_of(&self, name: &str) -> Option<Self> {
        let (last, arguments) = self.last_segment()?;
        if last != name {
            return None;
        }
        types(&arguments).next()
    }

    /// Returns `E`, if it is written `…Result<T, E>`.
    pub(crate) fn error_type(&self) -> Option<Self> {
        let (last, arguments) = self.last_segment()?;
        if !last.to_string().ends_with("Result") {
            return None;
        }
        types(&arguments).nth(1)
    }

    /// Returns `R` of `dyn Future<Output = R> + …`.
    pub(crate) fn output_of_dyn(&self) -> Option<Self> {
        let inside = self.ungroup().0;
        let mut input = Cursor::new(&inside);
        input.word("dyn")?;
        while !input.is_empty() {
            let bound = input.take(until(input.rest, &|at| is_mark(input.rest.get(at), '+')));
            input.skip();
            let Some((_, arguments)) = Self::new(bound).last_segment() else {
                continue;
            };
            for argument in split(&arguments) {
                if let [word, mark, output @ ..] = argument {
                    if is_word(Some(word), "Output") && is_mark(Some(mark), '=') {
                        return Some(Self::new(output));
                    }
                }
            }
        }
        None
    }

    /// Replaces every `impl Trait` in it by `_`, so that the type can be written in a body.
    pub(crate) fn nameable(&self) -> Self {
        Self(erase_opaque(&self.0))
    }

    /// Whether an `impl Trait`, or one of these names, is in it.
    pub(crate) fn is_generic(&self, parameters: &[Ident]) -> bool {
        fn among(tokens: TokenStream, parameters: &[Ident]) -> bool {
            tokens.into_iter().any(|token| match token {
                TokenTree::Ident(name) => name == "impl" || parameters.contains(&name),
                TokenTree::Group(group) => among(group.stream(), parameters),
                _ => false,
            })
        }
        among(self.to_token_stream(), parameters)
    }
}

/// Returns the types among the arguments of a path.
fn types(arguments: &[TokenTree]) -> impl Iterator<Item = Type> {
    let is_type = |argument: &&[TokenTree]| {
        !is_mark(argument.first(), '\'')
            && until(argument, &|at| is_mark(argument.get(at), '=')) == argument.len()
            && !matches!(argument.first(), Some(TokenTree::Literal(_)))
    };
    split(arguments).into_iter().filter(is_type).map(Type::new)
}

fn erase_opaque(tokens: &[TokenTree]) -> Vec<TokenTree> {
    let mut erased = Vec::new();
    let mut input = Cursor::new(tokens);
    while let Some(token) = input.skip() {
        match token {
            TokenTree::Ident(word) if word == "impl" => {
                let ends =
                    |at| is_mark(input.rest.get(at), ',') || is_mark(input.rest.get(at), ';');
                input.take(until(input.rest, &ends));
                erased.push(Ident::new("_", word.span()).into());
            }
            TokenTree::Group(group) => {
                let inside: Vec<_> = group.stream().into_iter().collect();
                let inside: TokenStream = erase_opaque(&inside).into_iter().collect();
                let mut replaced = Group::new(group.delimiter(), inside);
                replaced.set_span(group.span());
                erased.push(replaced.into());
            }
            token => erased.push(token.clone()),
        }
    }
    erased
}
