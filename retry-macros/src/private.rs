//! The path to what generated code calls.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::Path;

/// `::retryable::__private_0_1`, or that of another root.
///
/// The name carries the version: code that another version of the macro generated does not find the module, and
/// the error names both.
#[derive(Clone, Copy)]
pub(crate) struct Private<'a> {
    root: Option<&'a Path>,
}

impl<'a> Private<'a> {
    pub(crate) fn new(root: Option<&'a Path>) -> Self {
        Self { root }
    }

    /// The path, all of it at `span`: an error about what is called there then underlines that, and not
    /// everything between there and the attribute. A root that the user named stays where they did.
    pub(crate) fn at(self, span: Span) -> TokenStream {
        let span = span.resolved_at(Span::mixed_site());
        match self.root {
            Some(root) => quote_spanned!(span=> #root::__private_0_1),
            None => quote_spanned!(span=> ::retryable::__private_0_1),
        }
    }
}
