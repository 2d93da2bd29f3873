//! Literals in an attribute's values, which can be checked when the macro runs.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Expr, ExprLit, ExprUnary, Lit, LitStr, UnOp};

use crate::errors::Errors;
use crate::words::{Key, Place, Word};

/// Returns the literal of an expression, through the invisible parentheses that `macro_rules!` adds.
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

/// Returns the number of a literal, whole or not.
pub(super) fn number(value: &Expr) -> Option<f64> {
    match literal(value)? {
        Lit::Int(number) => number.base10_parse().ok(),
        Lit::Float(number) => number.base10_parse().ok(),
        _ => None,
    }
}

/// Reads one of the words that a key takes.
pub(super) fn word<W: Word>(key: Key, string: &LitStr, errors: &mut Errors) -> Option<W> {
    let word = string.value();
    let found = W::find(&word);
    if found.is_none() {
        errors.on(string, Place::from(key).unknown_word::<W>(&word));
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
