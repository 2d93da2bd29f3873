//! Arguments that a pattern takes apart. In `Path((id, name)): Path<(u32, String)>`, only the parts need to be `Clone`:
//! the pattern is matched once, and every attempt starts with clones of the names that it binds.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};

use super::arguments::outer_name;
use crate::attribute::Settings;
use crate::private::Private;
use crate::syntax::{Part, Pat, Type};

/// Statements that bind the arguments.
#[derive(Default)]
pub(super) struct Bindings {
    /// Run before the first attempt.
    pub(super) once: TokenStream,
    /// Begin every attempt.
    pub(super) attempt: TokenStream,
}

/// Matches `pattern` with `value` once, and clones the parts for every attempt.
///
/// ```text
/// let (mut a, mut b) = {
///     let (a, mut b) = __arg2;
///     (a, b)
/// };
/// // and in every attempt
/// let a = ClonedArgument::cloned(&mut a);
/// let mut b = ClonedArgument::cloned(&mut b);
/// ```
///
/// The block hides the names of the pattern. The names outside of it cannot be seen by the body, as [`outer_name`]
/// explains.
pub(super) fn take_apart(
    pattern: &Pat,
    parts: &[Part],
    value: &TokenStream,
    clone: &TokenStream,
    settings: &Settings,
    attrs: &TokenStream,
) -> Bindings {
    let mixed = Span::mixed_site();
    // The user's `mut` is for the attempts: lints must not look at it here.
    let pattern = pattern.with_muts_at(mixed);
    let mut inner = TokenStream::new();
    let mut outer_names = TokenStream::new();
    let mut attempt = TokenStream::new();
    for Part { name, mutability } in parts {
        let mentioned = settings.mention(name);
        let outer = outer_name(Some(name.clone()), 0, mentioned);
        quote_spanned!(mixed=> #name,).to_tokens(&mut inner);
        quote_spanned!(mixed=> mut #outer,).to_tokens(&mut outer_names);

        // An error about a part underlines its name.
        let span = name.span().resolved_at(mixed);
        let mut located = outer.clone();
        located.set_span(outer.span().located_at(span));
        // `before_retry` may be the only code that changes the part.
        let mut mutability = mutability.clone();
        if let Some(word) = mutability.as_mut().filter(|_| settings.changes(name)) {
            word.set_span(mixed);
        }
        let value = quote_spanned!(span=> #clone(&mut #located));
        attempt.extend(quote_spanned!(mixed=> #attrs let #mutability #name = #value;));
        if mentioned {
            attempt.extend(quote_spanned!(mixed=> #attrs let _ = &#name;));
        }
    }
    let once = if parts.is_empty() {
        quote_spanned!(mixed=> #attrs let #pattern = #value;)
    } else {
        quote_spanned! {mixed=>
            #attrs let (#outer_names) = {
                let #pattern = #value;
                (#inner)
            };
        }
    };
    Bindings { once, attempt }
}

/// Writes the function that clones a part of `ty`. For a type parameter, the compiler's own message is better.
pub(super) fn clone_of_part(
    ty: Option<&Type>,
    private: Private<'_>,
    type_parameters: &[Ident],
) -> TokenStream {
    let mixed = Span::mixed_site();
    if ty.is_some_and(|ty| ty.is_generic(type_parameters)) {
        return quote_spanned!(mixed=> ::core::clone::Clone::clone);
    }
    let private = private.at(mixed);
    quote_spanned!(mixed=> #private::ClonedArgument::cloned)
}
