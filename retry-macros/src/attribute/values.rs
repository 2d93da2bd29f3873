//! Literals are checked here, when the code is compiled; expressions are passed on as they are.

use std::time::Duration;

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::ext::IdentExt;
use syn::{Expr, ExprLit, ExprUnary, Lit, LitStr, UnOp};

use crate::errors::Errors;
use crate::suggest;

/// A duration: known, where it is a string, or an expression.
#[derive(Clone)]
pub(crate) enum Time {
    Known(Duration, TokenStream),
    Expr(Expr),
}

impl Time {
    pub(crate) fn known(&self) -> Option<Duration> {
        match self {
            Self::Known(duration, _) => Some(*duration),
            Self::Expr(_) => None,
        }
    }

    /// An expression of type `Duration`; `private` is the path to the macro's support module.
    pub(crate) fn tokens(&self, private: &TokenStream) -> TokenStream {
        match self {
            Self::Known(duration, _) => {
                let (secs, nanos) = (duration.as_secs(), duration.subsec_nanos());
                let span = proc_macro2::Span::mixed_site();
                quote_spanned!(span=> #private::Duration::new(#secs, #nanos))
            }
            Self::Expr(value) => value.to_token_stream(),
        }
    }

    /// What an error about it underlines.
    pub(crate) fn place(&self) -> TokenStream {
        match self {
            Self::Known(_, literal) => literal.clone(),
            Self::Expr(value) => value.to_token_stream(),
        }
    }
}

/// The literal that an expression is, through the invisible parentheses that `macro_rules!` adds.
pub(super) fn literal(value: &Expr) -> Option<&Lit> {
    match value {
        Expr::Lit(ExprLit { lit, .. }) => Some(lit),
        Expr::Group(group) => literal(&group.expr),
        _ => None,
    }
}

pub(super) fn is_negative(value: &Expr) -> bool {
    matches!(value, Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) if literal(expr).is_some())
}

pub(super) fn string(value: &Expr) -> Option<&LitStr> {
    match literal(value) {
        Some(Lit::Str(string)) => Some(string),
        _ => None,
    }
}

/// `"250ms"`, or an expression of type `Duration`.
pub(super) fn time(key: &str, value: &Expr, errors: &mut Errors) -> Option<Time> {
    match literal(value) {
        Some(Lit::Str(string)) => match humantime::parse_duration(&string.value()) {
            Ok(duration) => return Some(Time::Known(duration, string.to_token_stream())),
            Err(error) => errors.on(
                string,
                format!("`{key}` is not a duration, such as \"250ms\" or \"1m 30s\": {error}"),
            ),
        },
        Some(literal) => errors.on(
            literal,
            format!("`{key}` needs a unit: a string such as \"250ms\" or \"1m 30s\""),
        ),
        None if is_negative(value) => errors.on(value, format!("`{key}` cannot be negative")),
        None => return Some(Time::Expr(value.clone())),
    }
    None
}

/// A whole number, at least `least`, or an expression.
pub(super) fn count(
    key: &str,
    value: &Expr,
    zero: Option<&str>,
    errors: &mut Errors,
) -> Option<()> {
    match literal(value) {
        Some(Lit::Int(number)) => match (number.base10_parse::<u32>(), zero) {
            (Ok(0), Some(message)) => errors.on(number, message),
            (Ok(_), _) => return Some(()),
            (Err(_), _) => errors.on(number, format!("`{key}` must fit into a `u32`")),
        },
        Some(literal) => errors.on(literal, format!("`{key}` is a whole number: `{key} = 5`")),
        None if is_negative(value) => errors.on(value, format!("`{key}` cannot be negative")),
        None => return Some(()),
    }
    None
}

/// The number that a literal is, whole or not.
pub(super) fn number(value: &Expr) -> Option<f64> {
    match literal(value)? {
        Lit::Int(number) => number.base10_parse().ok(),
        Lit::Float(number) => number.base10_parse().ok(),
        _ => None,
    }
}

/// One of the words that a key knows.
pub(super) fn word(
    what: &str,
    string: &LitStr,
    right: &[&'static str],
    aliases: &[(&str, &str)],
    errors: &mut Errors,
) -> Option<&'static str> {
    let word = string.value();
    let found = right.iter().find(|right| **right == word).copied();
    if found.is_none() {
        let hint = suggest::hint(&word, right, aliases);
        errors.on(string, format!("unknown {what} \"{word}\"{hint}"));
    }
    found
}

/// Whether a name occurs in a value; in a string too, as `"{name}"` may be a use of it.
pub(super) fn mentions(value: &Expr, name: &Ident) -> bool {
    fn among(tokens: TokenStream, name: &Ident, in_string: &str) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(ident) => ident == *name,
            TokenTree::Group(group) => among(group.stream(), name, in_string),
            TokenTree::Literal(literal) => literal.to_string().contains(in_string),
            TokenTree::Punct(_) => false,
        })
    }
    among(
        value.to_token_stream(),
        name,
        &format!("{{{}", name.unraw()),
    )
}
