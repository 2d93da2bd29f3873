//! Collects errors, so that all mistakes of an attribute are reported at once.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};

/// A message, and the tokens that it underlines.
pub(crate) struct Error {
    start: Span,
    end: Span,
    message: String,
}

impl Error {
    pub(crate) fn new(span: Span, message: impl Display) -> Self {
        Self {
            start: span,
            end: span,
            message: message.to_string(),
        }
    }

    /// The same place with another message.
    pub(crate) fn with_message(self, message: impl Display) -> Self {
        Self {
            message: message.to_string(),
            ..self
        }
    }

    /// An error under all tokens of a value.
    fn on(tokens: &impl ToTokens, message: impl Display) -> Self {
        let mut tokens = tokens.to_token_stream().into_iter();
        let start = tokens
            .next()
            .map_or_else(Span::call_site, |first| first.span());
        Self {
            start,
            end: tokens.last().map_or(start, |last| last.span()),
            message: message.to_string(),
        }
    }

    /// Writes a `compile_error!`. The compiler underlines from its first token to its last.
    pub(crate) fn to_compile_error(&self) -> TokenStream {
        let message = &self.message;
        let mut tokens = quote_spanned!(self.start=> ::core::compile_error!);
        quote_spanned!(self.end=> { #message }).to_tokens(&mut tokens);
        tokens
    }
}

#[derive(Default)]
pub(crate) struct Errors(Vec<Error>);

impl Errors {
    /// Adds an error under one token.
    pub(crate) fn at(&mut self, span: Span, message: impl Display) {
        self.0.push(Error::new(span, message));
    }

    /// Adds an error under all tokens of a value.
    pub(crate) fn on(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.0.push(Error::on(&tokens, message));
    }

    /// Adds an error under one token, and a note under another.
    pub(crate) fn pair(&mut self, span: Span, message: impl Display, other: Span, note: &str) {
        self.at(span, message);
        self.at(other, note);
    }

    pub(crate) fn push(&mut self, error: Error) {
        self.0.push(error);
    }

    /// Returns the value, or adds the error.
    pub(crate) fn take<T>(&mut self, result: Result<T, Error>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns a `compile_error!` for each.
    pub(crate) fn to_compile_errors(&self) -> TokenStream {
        self.0.iter().map(Error::to_compile_error).collect()
    }
}
