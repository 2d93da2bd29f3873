//! The attempts of a function that returns a boxed future.
//!
//! ```text
//! Input:  fn f<'a>(&'a mut self, k: String) -> Pin<Box<dyn Future<Output = R> + 'a>> {
//!             Box::pin(async move {
//!                 if let Some(__ret) = None::<R> { return __ret; }
//!                 let __self = self;
//!                 let k = k;
//!                 let __ret: R = { body };
//!                 __ret
//!             })
//!         }
//!
//! Output: the loop is inside `Box::pin(async move { … })`, and each attempt begins with
//!                 let __self = &mut *self;
//!                 let k = <String as Clone>::clone(&k);
//! ```

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

use super::arguments::clone_of;
use super::patterns::{Bindings, clone_of_part, take_apart};
use crate::attribute::Settings;
use crate::boxed_future::{Boxed, Let, Statement};
use crate::function::{ReceiverKind, Signature};
use crate::private::Private;
use crate::syntax::Type;

/// Writes the statements of the future, such that each attempt starts from the same arguments.
pub(super) fn boxed_attempt(
    boxed: &Boxed,
    sig: &Signature,
    settings: &Settings,
    private: Private<'_>,
) -> Bindings {
    let share = &settings.share;
    let cloning = Cloning {
        private,
        type_parameters: sig.type_parameters(),
    };
    let mut bound = Vec::new();
    let mut once = TokenStream::new();
    let mut attempt = TokenStream::new();
    for statement in &boxed.statements {
        match statement {
            Statement::Let(local) => match rebound(local, sig) {
                Some(argument) => {
                    match cloning.take_apart(local, &argument, settings) {
                        Some(rebound) => {
                            rebound.once.to_tokens(&mut once);
                            rebound.attempt.to_tokens(&mut attempt);
                        }
                        None => rebind(local, &argument, share, &cloning).to_tokens(&mut attempt),
                    }
                    bound.push(argument.name);
                }
                None => attempt.extend(local.tokens.iter().cloned()),
            },
            Statement::Other(tokens) => attempt.extend(tokens.iter().cloned()),
        }
    }
    // Arguments that the body uses without a binding.
    let mut missing = TokenStream::new();
    for argument in arguments(sig) {
        let taken = bound.contains(&argument.name) || share.contains(&argument.name);
        if let (false, By::Value(ty), false) = (taken, &argument.by, argument.name == "self") {
            let name = &argument.name;
            let clone = cloning.clone_for(name, *ty);
            let mixed = Span::mixed_site();
            missing.extend(quote_spanned!(mixed=> let #name = #clone;));
        }
    }
    attempt.to_tokens(&mut missing);
    Bindings {
        once,
        attempt: missing,
    }
}

struct Argument<'a> {
    name: Ident,
    by: By<'a>,
}

enum By<'a> {
    /// `&T`.
    Reference,
    /// `&mut T`.
    Mutable,
    /// Anything else.
    Value(Option<&'a Type>),
}

fn by(ty: &Type) -> By<'_> {
    match ty.reference() {
        Some(true) => By::Mutable,
        Some(false) => By::Reference,
        None => By::Value(Some(ty)),
    }
}

fn arguments(sig: &Signature) -> Vec<Argument<'_>> {
    let mut arguments = Vec::new();
    if let Some(receiver) = &sig.receiver {
        arguments.push(Argument {
            name: Ident::new("self", receiver.keyword),
            by: match &receiver.kind {
                ReceiverKind::Reference(_, true) => By::Mutable,
                ReceiverKind::Reference(_, false) => By::Reference,
                ReceiverKind::Typed(ty) => by(ty),
                ReceiverKind::Value => By::Value(None),
            },
        });
    }
    for argument in &sig.arguments {
        if let Some(name) = argument.pat.plain_name() {
            let by = by(&argument.ty);
            arguments.push(Argument { name, by });
        }
    }
    arguments
}

/// Finds the argument that a `let` only binds again: `let k = k;`, or `let (a, b) = { … __arg1 };`.
fn rebound<'a>(local: &Let, sig: &'a Signature) -> Option<Argument<'a>> {
    let name = local.last_name.as_ref()?;
    let mut arguments = arguments(sig).into_iter();
    arguments.find(|argument| argument.name == *name)
}

fn rebind(
    local: &Let,
    argument: &Argument<'_>,
    share: &[Ident],
    cloning: &Cloning<'_>,
) -> TokenStream {
    let name = &argument.name;
    let mixed = Span::mixed_site();
    let value = match &argument.by {
        _ if share.contains(name) => return TokenStream::new(),
        By::Reference => return local.tokens.iter().cloned().collect(),
        By::Mutable => quote_spanned!(mixed=> &mut *#name),
        By::Value(ty) => cloning.clone_for(name, *ty),
    };
    let (attrs, pattern) = (&local.attrs, &local.pat);
    quote_spanned!(mixed=> #(#attrs)* let #pattern = #value;)
}

/// Writes clones of arguments.
struct Cloning<'a> {
    private: Private<'a>,
    type_parameters: Vec<Ident>,
}

impl Cloning<'_> {
    /// Takes apart an argument that is passed by value to a pattern.
    fn take_apart(
        &self,
        local: &Let,
        argument: &Argument<'_>,
        settings: &Settings,
    ) -> Option<Bindings> {
        let By::Value(ty) = argument.by else {
            return None;
        };
        if local.pat.plain_name().is_some() {
            return None;
        }
        let parts = local.pat.parts()?;
        let clone = clone_of_part(ty, self.private, &self.type_parameters);
        let (name, attrs) = (argument.name.to_token_stream(), &local.attrs);
        let attrs = quote!(#(#attrs)*);
        Some(take_apart(
            &local.pat, &parts, &name, &clone, settings, &attrs,
        ))
    }

    fn clone_for(&self, name: &Ident, ty: Option<&Type>) -> TokenStream {
        let mixed = Span::mixed_site();
        // A receiver is not `mut`.
        let lent = if name == "self" {
            quote_spanned!(mixed=> &#name)
        } else {
            quote_spanned!(mixed=> &mut #name)
        };
        match ty {
            Some(ty) => {
                let span = ty.error_span().resolved_at(Span::mixed_site());
                clone_of(ty, &lent, span, self.private, &self.type_parameters)
            }
            None => quote_spanned!(mixed=> ::core::clone::Clone::clone(#lent)),
        }
    }
}
