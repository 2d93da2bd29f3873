//! Arguments that a pattern takes apart. In `Path((id, name)): Path<(u32, String)>`, only the parts need to be `Clone`:
//! the pattern is matched once, and every attempt starts with clones of the names that it binds.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::visit::{self, Visit};
use syn::{Expr, Macro, Pat, PatIdent, Token, Type};

use super::arguments::{is_type_parameter, outer_name};
use crate::attribute::Settings;
use crate::private::Private;

/// A name that a pattern binds.
pub(super) struct Part {
    name: Ident,
    mutability: Option<Token![mut]>,
}

/// Returns the names that a pattern binds; `None` if the whole argument has to be cloned, because the parts borrow from
/// it or may be constants.
pub(super) fn parts(pattern: &Pat) -> Option<Vec<Part>> {
    let mut parts = Parts::default();
    parts.visit_pat(pattern);
    (!parts.whole).then_some(parts.found)
}

/// Returns all names that a pattern binds.
pub(crate) fn bound_names(pattern: &Pat) -> impl Iterator<Item = Ident> {
    let mut parts = Parts::default();
    parts.visit_pat(pattern);
    parts.found.into_iter().map(|part| part.name)
}

#[derive(Default)]
struct Parts {
    found: Vec<Part>,
    whole: bool,
}

impl<'ast> Visit<'ast> for Parts {
    fn visit_pat(&mut self, pattern: &'ast Pat) {
        self.whole |= matches!(pattern, Pat::Verbatim(_));
        visit::visit_pat(self, pattern);
    }

    fn visit_pat_ident(&mut self, pattern: &'ast PatIdent) {
        let name = &pattern.ident;
        let constant = name.to_string().starts_with(char::is_uppercase);
        self.whole |= pattern.by_ref.is_some() || constant;
        // Each alternative of `(Ok(x) | Err(x))` binds the same names.
        if !self.found.iter().any(|part| part.name == *name) {
            self.found.push(Part {
                name: name.clone(),
                mutability: pattern.mutability,
            });
        }
        visit::visit_pat_ident(self, pattern);
    }

    fn visit_macro(&mut self, _: &'ast Macro) {
        self.whole = true;
    }

    fn visit_expr(&mut self, _: &'ast Expr) {}
}

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
    let pattern = with_muts_at(mixed, pattern.to_token_stream());
    let mut inner = TokenStream::new();
    let mut outer_names = TokenStream::new();
    let mut attempt = TokenStream::new();
    for Part { name, mutability } in parts {
        let mentioned = settings.mention(name);
        let outer = outer_name(Some(name.clone()), 0, mentioned);
        inner.extend(quote_spanned!(mixed=> #name,));
        outer_names.extend(quote_spanned!(mixed=> mut #outer,));

        // An error about a part underlines its name.
        let span = name.span().resolved_at(mixed);
        let mut located = outer.clone();
        located.set_span(outer.span().located_at(span));
        // `before_retry` may be the only code that changes the part.
        let mutability = if settings.changes(name) {
            mutability.map(|_| Token![mut](mixed))
        } else {
            *mutability
        };
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

fn with_muts_at(span: Span, tokens: TokenStream) -> TokenStream {
    let respan = |token| match token {
        TokenTree::Ident(word) if word == "mut" => Ident::new("mut", span).into(),
        TokenTree::Group(group) => {
            let inside = with_muts_at(span, group.stream());
            let mut respanned = Group::new(group.delimiter(), inside);
            respanned.set_span(group.span());
            respanned.into()
        }
        token => token,
    };
    tokens.into_iter().map(respan).collect()
}

/// Writes the function that clones a part of `ty`. For a type parameter, the compiler's own message is better.
pub(super) fn clone_of_part(
    ty: Option<&Type>,
    private: Private<'_>,
    type_parameters: &[Ident],
) -> TokenStream {
    let mut generic = Generic {
        type_parameters,
        found: false,
    };
    if let Some(ty) = ty {
        generic.visit_type(ty);
    }
    let mixed = Span::mixed_site();
    if generic.found {
        return quote_spanned!(mixed=> ::core::clone::Clone::clone);
    }
    let private = private.at(mixed);
    quote_spanned!(mixed=> #private::ClonedArgument::cloned)
}

/// Whether a type has a type parameter, or `impl Trait`, in it.
struct Generic<'a> {
    type_parameters: &'a [Ident],
    found: bool,
}

impl<'ast> Visit<'ast> for Generic<'_> {
    fn visit_type(&mut self, ty: &'ast Type) {
        self.found |=
            matches!(ty, Type::ImplTrait(_)) || is_type_parameter(ty, self.type_parameters);
        visit::visit_type(self, ty);
    }
}
