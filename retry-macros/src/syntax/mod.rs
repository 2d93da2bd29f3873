//! Reads Rust, as far as the macros need it.
//!
//! The compiler has parsed every item before a macro receives it, and parses what the macro returns. So the parts that
//! are only passed on (types, patterns, values, bodies) stay tokens, and the code here finds where a part ends. A parser of
//! the whole language is not needed: compiling `syn` took 30 % of the clean build of a hello-world.

mod expression;
mod literal;
mod pattern;
mod scan;
mod tokens;
mod types;

pub(crate) use expression::{Closure, Expr, closure_end};
pub(crate) use literal::Literal;
pub(crate) use pattern::{Part, Pat};
pub(crate) use tokens::{
    Attribute, Cursor, colon_at, is_mark, is_word, plain_ident, split, unraw, until,
    without_invisible, without_parentheses,
};
pub(crate) use types::{Path, Type};

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;

/// Returns the first token's place: on stable Rust, the tokens of an error cannot be joined.
pub(crate) fn span_of(tokens: &TokenStream) -> Span {
    let first = tokens.clone().into_iter().next();
    first.map_or_else(Span::call_site, |first| first.span())
}

/// Implements what all parts of an item have that are kept as tokens.
macro_rules! kept_as_tokens {
    ($($part:ident)*) => {
        $(
            impl $part {
                pub(crate) fn new(tokens: &[TokenTree]) -> Self {
                    Self(tokens.to_vec())
                }
            }

            impl ToTokens for $part {
                fn to_tokens(&self, tokens: &mut TokenStream) {
                    tokens.extend(self.0.iter().cloned());
                }
            }
        )*
    };
}
kept_as_tokens!(Expr Pat Path Type);
