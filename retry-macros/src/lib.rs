//! `#[retryable]`. Use it through the facade `retryable`.

mod attribute;
mod errors;
mod expand;
mod function;
mod retryable;
mod suggest;

use proc_macro::TokenStream;

/// Retries a function.
#[proc_macro_attribute]
pub fn retryable(arguments: TokenStream, item: TokenStream) -> TokenStream {
    retryable::retryable(arguments.into(), &item.into()).into()
}
