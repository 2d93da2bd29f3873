//! `#[retryable]`: parses both sides, and always gives the item back.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{FnArg, ReceiverKind, ReturnType, Signature, Type};

use crate::attribute::{Settings, parse_entries};
use crate::errors::Errors;
use crate::expand::{expand, parse_boxed, returns_boxed_future};
use crate::function::{Function, ungroup};
use crate::group;

pub(crate) fn retryable(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    if let Some(group) = group::parse(item) {
        return group::retryable(arguments, item, group);
    }
    let mut errors = Errors::default();
    let entries = parse_entries(arguments, &mut errors);
    let settings = Settings::from_entries(&entries, &mut errors);

    let expanded = match syn::parse2::<Function>(item.clone()) {
        Ok(function) => {
            check_function(&function, &settings, &mut errors);
            expand(function, &settings, &mut errors)
        }
        Err(error) => {
            errors.push(error);
            TokenStream::new()
        }
    };
    if errors.is_empty() {
        return expanded;
    }
    // The item as it was written, so that an editor knows it while the attribute is half typed, and
    // so that its callers do not fail too.
    let errors = errors.to_compile_errors();
    quote!(#item #errors)
}

fn check_function(function: &Function, settings: &Settings, errors: &mut Errors) {
    let sig = &function.sig;
    check_lending(sig, errors);
    if let Some(keyword) = &sig.constness {
        errors.at(
            keyword.span,
            "a `const fn` can neither wait nor read a clock, so it cannot be retried",
        );
    }
    if sig.asyncness.is_some() {
        return;
    }
    if returns_boxed_future(sig) {
        if parse_boxed(function).is_none() {
            errors.at(
                sig.fn_token.span,
                "expected an `async fn`, or a body that ends with `Box::pin(async move { … })`: nothing else can be called again",
            );
        }
        return;
    }
    if let ReturnType::Type(_, ty) = &sig.output {
        if let Type::ImplTrait(opaque) = ungroup(ty) {
            errors.at(
                opaque.span(),
                "this may be a future, which cannot be called again: write an `async fn`",
            );
            return;
        }
    }
    let limits = [&settings.attempt_timeout, &settings.deadline];
    for limit in limits.into_iter().flatten() {
        errors.on(
            limit.place(),
            "a blocking function cannot be cut off: write `max_elapsed`, after which no attempt begins, \
             set the timeout of what it calls, or make it an `async fn`",
        );
    }
}

/// A loop cannot return what it borrows mutably, as the next attempt would borrow it again. The compiler
/// knows that too, and tells of closures and iterations that the user has not written.
fn check_lending(sig: &Signature, errors: &mut Errors) {
    let Some(FnArg::Receiver(receiver)) = sig.inputs.first() else {
        return;
    };
    let ReceiverKind::Reference(_, lifetime, Some(_)) = &receiver.kind else {
        return;
    };
    let ReturnType::Type(_, output) = &sig.output else {
        return;
    };
    let lifetime = lifetime.as_ref().map(ToString::to_string);
    if let Some(lent) = lent_mutably(output.to_token_stream(), lifetime.as_deref()) {
        errors.at(
            lent,
            "a retried method cannot lend out of `&mut self`: the next attempt would need it again; \
             return a value, or borrow it after the call",
        );
    }
}

/// Where a type has `&mut` with this lifetime, or with none.
fn lent_mutably(ty: TokenStream, lifetime: Option<&str>) -> Option<Span> {
    let tokens: Vec<TokenTree> = ty.into_iter().collect();
    let is = |token: Option<&TokenTree>, text: &str| {
        token.is_some_and(|token| token.to_string() == text)
    };
    tokens
        .iter()
        .enumerate()
        .find_map(|(at, token)| match token {
            TokenTree::Group(group) => lent_mutably(group.stream(), lifetime),
            TokenTree::Punct(mark) if mark.as_char() == '&' => {
                let same = is(tokens.get(at + 1), "'")
                    && is(tokens.get(at + 3), "mut")
                    && lifetime.is_some_and(|lifetime| is(tokens.get(at + 2), &lifetime[1..]));
                (is(tokens.get(at + 1), "mut") || same).then(|| token.span())
            }
            _ => None,
        })
}
