//! `#[retryable]`: parses the attribute and the item. If either has a mistake, the item stays as it was written.

use proc_macro2::TokenStream;
use quote::quote;

use crate::attribute::{Settings, check_fixed, parse};
use crate::boxed_future::{parse_boxed, returns_boxed_future};
use crate::errors::Errors;
use crate::expand::expand;
use crate::function::Function;
use crate::{group, instrumented, lending, repeated_post};

pub(crate) fn retryable(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    if let Some(group) = group::parse_methods(item) {
        return group::retryable(arguments, item, group);
    }
    let mut errors = Errors::default();
    let (entries, settings) = parse(arguments, &mut errors);

    let expanded = match Function::parse(item) {
        Ok(function) => {
            check_fixed(&entries, &function.sig.bound_names(), &mut errors);
            check_function(&function, &settings, &mut errors);
            // A mistake in the attribute may be in the `on` that this check depends on.
            if errors.is_empty() {
                repeated_post::check(&function, &settings, &mut errors);
            }
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
    // The item stays as it was written, so that an editor knows it while the attribute is half typed, and so that its
    // callers do not fail too.
    let errors = errors.to_compile_errors();
    quote!(#item #errors)
}

fn check_function(function: &Function, settings: &Settings, errors: &mut Errors) {
    let sig = &function.sig;
    lending::check(sig, errors);
    instrumented::check(function, errors);
    if let Some(keyword) = sig.constness {
        errors.at(
            keyword,
            "a `const fn` can neither wait nor read a clock, so it cannot be retried: remove `const`",
        );
    }
    if sig.asyncness.is_some() {
        return;
    }
    if returns_boxed_future(sig) {
        if parse_boxed(function).is_none() {
            errors.at(
                sig.keyword,
                "the body does not end with `Box::pin(async move { … })`, so the future cannot be made again: write that, or an `async fn`",
            );
        }
        return;
    }
    if let Some(opaque) = sig.output.as_ref().filter(|output| output.is_opaque()) {
        errors.at(
            opaque.ungroup().span(),
            "this may be a future, which can run only once: write an `async fn`",
        );
        return;
    }
    // For an `async fn`, the compiler's own warning says that the attribute has no effect.
    let track_caller = function.attrs.iter().find(|attr| attr.is("track_caller"));
    if let Some(attr) = track_caller {
        errors.on(
            attr,
            "`#[track_caller]` has no effect on the body, which becomes a closure: call `Location::caller()` in an outer \
             function, and pass the location as an argument",
        );
    }
    let limits = [&settings.attempt_timeout, &settings.deadline];
    for limit in limits.into_iter().flatten() {
        errors.on(
            limit.place(),
            "a blocking function cannot be cut off: write `max_elapsed`, after which no attempt begins, set a timeout in \
             the client that it calls, or make it an `async fn`",
        );
    }
}
