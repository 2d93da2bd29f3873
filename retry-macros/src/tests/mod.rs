//! The macro as a function from tokens to tokens.

mod as_syn;
mod half_typed;
mod repeated_post;
mod snapshots;

use proc_macro2::TokenStream;

/// Expands `#[retryable(arguments)] item`.
fn expand(arguments: &str, item: &str) -> TokenStream {
    let item: TokenStream = item.parse().expect("the item of a test can be lexed");
    let arguments = arguments.parse().expect("the arguments can be lexed");
    crate::retryable::retryable(arguments, &item)
}
