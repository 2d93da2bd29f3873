//! `#[retryable]`: parses both sides, and always gives the item back.

use proc_macro2::TokenStream;
use quote::quote;

use crate::attribute::{Settings, parse_entries};
use crate::errors::Errors;
use crate::expand::expand;
use crate::function::Function;

pub(crate) fn retryable(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let entries = parse_entries(arguments, &mut errors);
    let settings = Settings::from_entries(&entries, &mut errors);

    let expanded = match syn::parse2::<Function>(item.clone()) {
        Ok(function) => {
            check_function(&function, &settings, &mut errors);
            expand(function, &settings, &mut errors)
        }
        Err(error) => {
            errors.push(error);
            TokenStream::new()
        }
    };
    if errors.is_empty() {
        return expanded;
    }
    // The item as it was written, so that an editor knows it while the attribute is half typed, and
    // so that its callers do not fail too.
    let errors = errors.to_compile_errors();
    quote!(#item #errors)
}

fn check_function(function: &Function, settings: &Settings, errors: &mut Errors) {
    if let Some(keyword) = &function.sig.constness {
        errors.at(
            keyword.span,
            "a `const fn` can neither wait nor read a clock, so it cannot be retried",
        );
    }
    if let (Some(timeout), None) = (&settings.timeout, &function.sig.asyncness) {
        errors.on(
            timeout.place(),
            "a blocking function cannot be interrupted: set the timeout of what it calls, or make it an `async fn`",
        );
    }
}
