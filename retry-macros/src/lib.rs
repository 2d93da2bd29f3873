//! `#[retryable]`. Use it through the facade `retryable`.

mod attribute;
mod derive;
mod errors;
mod expand;
mod function;
mod group;
mod retryable;
mod suggest;

use proc_macro::TokenStream;

/// Retries a function.
#[proc_macro_attribute]
pub fn retryable(arguments: TokenStream, item: TokenStream) -> TokenStream {
    retryable::retryable(arguments.into(), &item.into()).into()
}

/// Implements `Classify`.
#[proc_macro_derive(Classify, attributes(classify))]
pub fn derive_classify(input: TokenStream) -> TokenStream {
    derive::derive_classify(input.into()).into()
}
