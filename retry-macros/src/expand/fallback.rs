//! Writes what follows a call that gave up: `fallback = |error, reason| …`.
//!
//! ```text
//! let (__error, __reason) = match given_up(&__call, loop { … }) {
//!     ControlFlow::Break(__outcome) => return __outcome,
//!     ControlFlow::Continue(__failed) => __failed,
//! };
//! let __outcome = async {
//!     if let Some(__ret) = None::<Result<T, E>> { return __ret; }
//!     let error = identity(__error);
//!     let reason = identity(__reason);
//!     body
//! }.await;
//! recovered(&__call, &__outcome);
//! __outcome
//! ```
//!
//! The block, or the closure of a blocking function, is where `return` and `?` of the body end, so that every outcome
//! passes `recovered`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

use super::retry_loop::Parts;
use crate::syntax::{Closure, Pat};

impl Parts<'_> {
    /// Writes the end of the function: the outcome of `looped`, or that of the fallback.
    pub(super) fn fallback(&self, fallback: &Closure, looped: &TokenStream) -> TokenStream {
        let (mixed, output) = (Span::mixed_site(), self.span);
        let private = self.private.at(mixed);
        let at_output = self.private.at(output);
        let mut parameters = fallback.inputs.iter();
        let parameters = (parameters.next(), parameters.next());
        let by_value = self.settings.until.is_some();
        let (given_up, failed) = match parameters {
            _ if by_value => ("given_up_with", quote_spanned!(mixed=> __error)),
            (_, Some(_)) => ("given_up", quote_spanned!(mixed=> (__error, __reason))),
            (_, None) => ("given_up", quote_spanned!(mixed=> (__error, _))),
        };
        let given_up = Ident::new(given_up, output);
        // An error about a type that is written out underlines the parameter.
        let bind = |pattern: Option<&Pat>, value: &str| {
            let pattern = pattern?;
            let span = pattern.span().resolved_at(mixed);
            let value = Ident::new(value, span);
            // A lint rejects `let _error = value;`, but not the result of a call.
            Some(quote_spanned!(span=> let #pattern = ::core::convert::identity(#value);))
        };
        let error = bind(parameters.0, "__error");
        let reason = bind(parameters.1, "__reason");
        let body = &fallback.body;
        let span = body.span().resolved_at(mixed);
        let hint = self.hint();
        let block = quote_spanned!(span=> { #hint #error #reason #body });
        let recovered = if self.is_async {
            quote_spanned!(span=> async #block.await)
        } else {
            quote_spanned!(span=> (|| #block)())
        };
        let (probe, ended) = if by_value {
            let probe = quote_spanned! {output=>
                use #at_output::PlainOutcome as _;
                let __ended = #at_output::Probe(&__outcome).outcome();
            };
            (Some(probe), quote_spanned!(output=> &__ended))
        } else {
            (None, quote_spanned!(output=> &__outcome))
        };
        quote_spanned! {mixed=>
            let __outcome = #looped;
            let #failed = match #at_output::#given_up(&__call, __outcome) {
                ::core::ops::ControlFlow::Break(__outcome) => return __outcome,
                ::core::ops::ControlFlow::Continue(__failed) => __failed,
            };
            let __outcome = #recovered;
            {
                #probe
                #private::recovered(&__call, #ended);
            }
            __outcome
        }
    }
}
