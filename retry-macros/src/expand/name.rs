//! What events call the function.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};

use crate::attribute::Settings;
use crate::function::Signature;
use crate::private::Private;
use crate::syntax::{Expr, unraw};

pub(super) enum Name<'a> {
    /// The value of the key.
    Given(&'a Expr),
    /// The path of a function.
    Function(TokenStream),
    /// The path of a method, without its type. Only the compiler knows `Self`, and not before it generates code.
    Method(TokenStream),
}

impl<'a> Name<'a> {
    pub(super) fn new(sig: &Signature, settings: &'a Settings) -> Self {
        if let Some(name) = &settings.name {
            return Self::Given(name);
        }
        let path = path(&unraw(&sig.ident));
        if sig.receiver.is_some() || mentions_self(sig.to_token_stream()) {
            Self::Method(path)
        } else {
            Self::Function(path)
        }
    }

    /// Whether it may stand in an item, which can use neither generics nor `Self`.
    pub(super) fn is_constant(&self) -> bool {
        match self {
            Self::Given(name) => name.literal().is_some() || name.is_absolute_macro(),
            Self::Function(_) => true,
            Self::Method(_) => false,
        }
    }

    /// Writes the policy with this name.
    pub(super) fn set(&self, policy: &TokenStream, private: Private<'_>) -> TokenStream {
        let mixed = Span::mixed_site();
        match self {
            Self::Given(name) => {
                let span = name.span().resolved_at(mixed);
                let (private, setter) = (private.at(span), Ident::new("name", span));
                quote_spanned!(span=> #private::Policy::#setter(#policy, #name))
            }
            Self::Function(path) => quote_spanned!(mixed=> #policy.name(#path)),
            Self::Method(path) => {
                let private = private.at(mixed);
                quote_spanned!(mixed=> #private::method(#policy, #path, #private::type_name::<Self>))
            }
        }
    }

    /// Writes the name, for the code of `policy = …`.
    pub(super) fn reference(&self, private: Private<'_>) -> TokenStream {
        let mixed = Span::mixed_site();
        let private = private.at(mixed);
        match self {
            Self::Given(name) => quote_spanned!(mixed=> const { &#private::Name::new(#name) }),
            Self::Function(path) => quote_spanned!(mixed=> const { &#private::Name::new(#path) }),
            Self::Method(path) => quote_spanned! {mixed=>
                const { &#private::Name::of_method(#path, #private::type_name::<Self>) }
            },
        }
    }
}

/// Writes the path of `function`, which may be `Type::method`, in the module that the macro is used in.
pub(crate) fn path(function: &str) -> TokenStream {
    let function = format!("::{function}");
    quote_spanned!(Span::mixed_site()=> ::core::concat!(::core::module_path!(), #function))
}

fn mentions_self(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == "Self",
        TokenTree::Group(group) => mentions_self(group.stream()),
        _ => false,
    })
}
