//! The arguments of `#[retryable(…)]`: from tokens to checked settings.

mod check;
mod entries;
mod expressions;
mod literals;
mod settings;
mod values;

use proc_macro2::TokenStream;

pub(crate) use entries::{Entry, find, parse_entries};
pub(crate) use expressions::check_fixed;
pub(crate) use settings::Settings;
pub(crate) use values::{Backoff, Budget, Jitter, Number, OnErrors, Time};

use crate::errors::Errors;

/// Parses and checks the arguments.
pub(crate) fn parse(arguments: TokenStream, errors: &mut Errors) -> (Vec<Entry>, Settings) {
    let entries = parse_entries(arguments, errors);
    let settings = Settings::new(&entries, errors);
    check::check(&settings, &entries, errors);
    (entries, settings)
}
