//! Expressions, as the values of keys.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;

use super::scan::expression_end;
use super::{Cursor, Literal, Pat, is_mark, is_word, split, unraw, until, without_invisible};
use crate::errors::Error;

/// A value of the user's, which the compiler parses.
#[derive(Clone)]
pub(crate) struct Expr(pub(super) Vec<TokenTree>);

impl Expr {
    /// Returns the place of the first token, as [`span_of`](super::span_of) does.
    pub(crate) fn span(&self) -> Span {
        self.0.first().map_or_else(Span::call_site, TokenTree::span)
    }

    /// Reads a value, up to a comma that is not part of it. `Err(None)` if it ends too early.
    pub(crate) fn parse(input: &mut Cursor<'_>) -> Result<Self, Option<Error>> {
        let end = expression_end(input.rest)?;
        Ok(Self::new(&without_macro_group(input.take(end))))
    }

    /// Returns the literal, if it is nothing else.
    pub(crate) fn literal(&self) -> Option<Literal> {
        match &*self.0 {
            [token] => Literal::of(token),
            _ => None,
        }
    }

    pub(crate) fn string(&self) -> Option<String> {
        match self.literal() {
            Some(Literal::Str(string)) => Some(string),
            _ => None,
        }
    }

    pub(crate) fn number(&self) -> Option<f64> {
        self.literal()?.number()
    }

    pub(crate) fn is_negative(&self) -> bool {
        matches!(&*self.0, [minus, number] if is_mark(Some(minus), '-') && Literal::of(number).is_some())
    }

    /// Whether it is a path, such as `self`, `Self::NAME` or `log::<T>`.
    pub(crate) fn is_path(&self) -> bool {
        let mut at = 0;
        while let Some(token) = self.0.get(at) {
            match token {
                TokenTree::Ident(word) if !is_keyword(word) => {}
                TokenTree::Punct(punct) if punct.as_char() == ':' => {}
                TokenTree::Punct(punct) if punct.as_char() == '<' => {
                    let before = at.checked_sub(1).and_then(|before| self.0.get(before));
                    if before.is_some() && !is_mark(before, ':') {
                        return false;
                    }
                    at += 1 + until(&self.0[at + 1..], &|_| false);
                }
                _ => return false,
            }
            at += 1;
        }
        self.literal().is_none()
    }

    /// Returns the names of a path without `<…>`.
    pub(crate) fn segments(&self) -> Vec<String> {
        let names = self.0.iter().filter_map(|token| match token {
            TokenTree::Ident(name) => Some(unraw(name)),
            _ => None,
        });
        if self.is_path() {
            names.collect()
        } else {
            Vec::new()
        }
    }

    /// Whether it calls a macro by an absolute path.
    pub(crate) fn is_absolute_macro(&self) -> bool {
        let is_call =
            matches!(&*self.0, [.., mark, TokenTree::Group(_)] if is_mark(Some(mark), '!'));
        is_mark(self.0.first(), ':') && is_call
    }

    /// Returns the closure, through parentheses and those that `macro_rules!` adds.
    pub(crate) fn closure(&self) -> Option<Closure> {
        Closure::read(&self.0)
    }

    /// Whether a name occurs in it; in a string too, as `"{name}"` may be a use of it.
    pub(crate) fn mentions(&self, name: &Ident) -> bool {
        fn among(tokens: TokenStream, name: &Ident, in_string: &str) -> bool {
            tokens.into_iter().any(|token| match token {
                TokenTree::Ident(ident) => ident == *name,
                TokenTree::Group(group) => among(group.stream(), name, in_string),
                TokenTree::Literal(literal) => literal.to_string().contains(in_string),
                TokenTree::Punct(_) => false,
            })
        }
        let in_string = format!("{{{}", unraw(name));
        among(self.to_token_stream(), name, &in_string)
    }

    pub(crate) fn tokens(&self) -> &[TokenTree] {
        &self.0
    }
}

/// Removes the invisible parentheses that `macro_rules!` adds, around one token. Around more, they decide which operator is
/// the outermost.
fn without_macro_group(tokens: &[TokenTree]) -> Vec<TokenTree> {
    let inside = without_invisible(tokens);
    if inside.len() == 1 {
        inside
    } else {
        tokens.to_vec()
    }
}

/// `|a, b| body`.
pub(crate) struct Closure {
    /// Whether it has nothing before its parameters, and no type after them.
    pub(crate) is_plain: bool,
    /// The parameters, with their marks.
    pub(crate) parameters: TokenStream,
    pub(crate) inputs: Vec<Pat>,
    pub(crate) body: Expr,
}

impl Closure {
    fn read(tokens: &[TokenTree]) -> Option<Self> {
        if let [TokenTree::Group(group)] = tokens {
            let inside: Vec<_> = group.stream().into_iter().collect();
            let is_around = matches!(group.delimiter(), Delimiter::None | Delimiter::Parenthesis);
            return is_around.then(|| Self::read(&inside)).flatten();
        }
        let start = tokens.iter().position(|token| is_mark(Some(token), '|'))?;
        let words = ["async", "move", "static", "for"];
        let begins = words.iter().any(|word| is_word(tokens.first(), word));
        if start > 0 && !begins && !is_mark(tokens.first(), '#') {
            return None;
        }
        let end = after_parameters(tokens, start)?;
        let (parameters, body) = (&tokens[start..end], &tokens[end..]);
        let inputs = split(&parameters[1..parameters.len() - 1]);
        Some(Self {
            is_plain: start == 0 && !is_arrow(body),
            inputs: inputs.into_iter().map(Pat::new).collect(),
            parameters: parameters.iter().cloned().collect(),
            body: Expr::new(body),
        })
    }
}

pub(super) fn is_arrow(tokens: &[TokenTree]) -> bool {
    is_mark(tokens.first(), '-') && is_mark(tokens.get(1), '>')
}

/// Returns the place after the parameters of the closure whose `|` is at `start`.
pub(super) fn after_parameters(tokens: &[TokenTree], start: usize) -> Option<usize> {
    let inside = tokens.get(start + 1..)?;
    let end = inside.iter().position(|token| is_mark(Some(token), '|'))?;
    Some(start + 1 + end + 1)
}

/// Returns the place after the closure whose parameters begin at `at`, if a closure may be there: after an operand, it is
/// an operator.
pub(crate) fn closure_end(tokens: &[TokenTree], at: usize) -> Option<usize> {
    let is_operand = |token: &TokenTree| match token {
        TokenTree::Ident(word) => !is_keyword(word),
        TokenTree::Literal(_) => true,
        // A block may be the statement before the closure.
        TokenTree::Group(group) => group.delimiter() != Delimiter::Brace,
        TokenTree::Punct(punct) => punct.as_char() == '?',
    };
    if !is_mark(tokens.get(at), '|') || at.checked_sub(1).is_some_and(|at| is_operand(&tokens[at]))
    {
        return None;
    }
    let body = after_parameters(tokens, at)?;
    let ends = |token: &TokenTree| is_mark(Some(token), ',') || is_mark(Some(token), ';');
    let length = tokens[body..].iter().position(ends);
    Some(length.map_or(tokens.len(), |length| body + length))
}

/// Words after which an operand follows.
pub(super) fn is_keyword(word: &Ident) -> bool {
    const BEFORE_OPERANDS: [&str; 20] = [
        "as", "async", "break", "const", "continue", "dyn", "else", "for", "if", "in", "let",
        "loop", "match", "move", "mut", "return", "static", "unsafe", "while", "yield",
    ];
    BEFORE_OPERANDS.iter().any(|keyword| word == keyword)
}
