//! The path to the items that generated code calls.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use crate::syntax::Path;

/// `::retryable::__private_0_1`, or the same module of another root.
///
/// The name has the version, so that code from another version of the macro does not find the module, and the error
/// names both versions.
#[derive(Clone, Copy)]
pub(crate) struct Private<'a> {
    root: Option<&'a Path>,
}

impl<'a> Private<'a> {
    pub(crate) fn new(root: Option<&'a Path>) -> Self {
        Self { root }
    }

    /// Writes the path with all tokens at `span`, so that an error about the call underlines that place only. The user's
    /// own root keeps its place.
    pub(crate) fn at(self, span: Span) -> TokenStream {
        let span = span.resolved_at(Span::mixed_site());
        match self.root {
            Some(root) => quote_spanned!(span=> #root::__private_0_1),
            None => quote_spanned!(span=> ::retryable::__private_0_1),
        }
    }
}
