//! `#[retryable]` and `#[derive(Classify)]`. Use them through the facade `retryable`.

mod attribute;
mod boxed_future;
mod derive;
mod errors;
mod expand;
mod function;
mod group;
mod instrumented;
mod lending;
mod private;
mod repeated_post;
mod retryable;
mod syntax;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;
use retry_words as words;

// The facade tests the examples, also with `--doc`.
#[cfg_attr(not(doctest), doc = include_str!("../docs/retryable.md"))]
#[proc_macro_attribute]
pub fn retryable(arguments: TokenStream, item: TokenStream) -> TokenStream {
    retryable::retryable(arguments.into(), &item.into()).into()
}

#[cfg_attr(not(doctest), doc = include_str!("../docs/classify.md"))]
#[proc_macro_derive(Classify, attributes(classify))]
pub fn derive_classify(input: TokenStream) -> TokenStream {
    derive::derive_classify(input.into()).into()
}
