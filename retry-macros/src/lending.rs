//! Functions that return a borrow of a `&mut` argument. They cannot be retried, because the next attempt borrows it again.
//!
//! The compiler rejects them too, but its errors are about generated closures and loops. This file reads the signature:
//! which lifetime of the returned type is that of which `&mut`.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{
    BoundLifetimes, FnArg, GenericParam, Lifetime, ParenthesizedGenericArguments, Pat,
    PreciseCapture, Receiver, ReceiverKind, ReturnType, Signature, Type, TypeFnPtr, TypeReference,
};

use crate::boxed_future::boxed_output;
use crate::errors::Errors;

/// A place for a lifetime in a type.
struct Place {
    /// `None`: elided.
    lifetime: Option<Lifetime>,
    /// Whether it is that of a `&mut`.
    mutable: bool,
    span: Span,
}

/// An argument with a lifetime.
struct Lender {
    name: String,
    place: Place,
}

pub(crate) fn check(sig: &Signature, errors: &mut Errors) {
    let output = match (boxed_output(sig), &sig.output) {
        (Some(output), _) => output,
        (None, ReturnType::Type(_, output)) => output,
        (None, ReturnType::Default) => return,
    };
    let lenders = lenders(sig);
    for place in places(output) {
        let lender = match &place.lifetime {
            None => elided(sig, &lenders),
            Some(lifetime) => named(sig, &lenders, lifetime, place.mutable),
        };
        if let Some(lender) = lender {
            let message = format!(
                "this lends a part of {}, which the next attempt borrows again: return an owned value, or write a loop with \
                 `Policy::start`",
                lender.name
            );
            errors.at(place.span, message);
            return;
        }
    }
}

/// Finds the `&mut` whose lifetime is that of an elided one in the returned type.
fn elided<'a>(sig: &Signature, lenders: &'a [Lender]) -> Option<&'a Lender> {
    let first = lenders.first()?;
    let of_receiver = matches!(&sig.inputs[0], FnArg::Receiver(_)) && is_self(first);
    let same = |lender: &Lender| {
        first.place.lifetime.is_some() && lender.place.lifetime == first.place.lifetime
    };
    let only = of_receiver || lenders[1..].iter().all(same);
    (only && first.place.mutable).then_some(first)
}

/// Finds the `&mut` whose lifetime is that of a named one in the returned type.
fn named<'a>(
    sig: &Signature,
    lenders: &'a [Lender],
    lifetime: &Lifetime,
    mutable: bool,
) -> Option<&'a Lender> {
    let mut with_it = lenders
        .iter()
        .filter(|lender| lender.place.lifetime.as_ref() == Some(lifetime));
    let own =
        sig.generics.params.iter().any(
            |param| matches!(param, GenericParam::Lifetime(param) if param.lifetime == *lifetime),
        );
    // A lifetime of the `impl` may be that of a reference in `self`, which is copied.
    if mutable || (own && with_it.clone().all(|lender| lender.place.mutable)) {
        with_it.find(|lender| lender.place.mutable)
    } else {
        None
    }
}

const SELF: &str = "`&mut self`";

fn is_self(lender: &Lender) -> bool {
    lender.name == SELF
}

/// Returns all lifetimes of the arguments, those of the receiver first.
fn lenders(sig: &Signature) -> Vec<Lender> {
    let mut lenders = Vec::new();
    for input in &sig.inputs {
        let (name, places) = match input {
            FnArg::Receiver(receiver) => (SELF.to_owned(), places_of_receiver(receiver)),
            FnArg::Typed(argument) => {
                let name = match &*argument.pat {
                    Pat::Ident(pat) => format!("the argument `{}`", pat.ident),
                    _ => "an argument".to_owned(),
                };
                (name, places(&argument.ty))
            }
        };
        lenders.extend(places.into_iter().map(|place| Lender {
            name: name.clone(),
            place,
        }));
    }
    lenders
}

fn places_of_receiver(receiver: &Receiver) -> Vec<Place> {
    match &receiver.kind {
        ReceiverKind::Reference(_, lifetime, mutability) => vec![Place {
            lifetime: lifetime.clone().filter(is_name),
            mutable: mutability.is_some(),
            span: receiver.span(),
        }],
        ReceiverKind::Typed(_, ty) => places(ty),
        _ => Vec::new(),
    }
}

fn places(ty: &Type) -> Vec<Place> {
    let mut places = Places(Vec::new());
    places.visit_type(ty);
    places.0
}

fn is_name(lifetime: &Lifetime) -> bool {
    lifetime.ident != "_"
}

struct Places(Vec<Place>);

impl<'ast> Visit<'ast> for Places {
    fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
        if !is_static(reference.lifetime.as_ref()) {
            self.0.push(Place {
                lifetime: reference.lifetime.clone().filter(is_name),
                mutable: reference.mutability.is_some(),
                span: reference.and_token.span(),
            });
        }
        self.visit_type(&reference.elem);
    }

    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        if !is_static(Some(lifetime)) {
            self.0.push(Place {
                lifetime: Some(lifetime.clone()).filter(is_name),
                mutable: false,
                span: lifetime.span(),
            });
        }
    }

    // An elided lifetime in `Fn(&mut T)` or `fn(&mut T)` is new in each call.
    fn visit_parenthesized_generic_arguments(&mut self, _: &'ast ParenthesizedGenericArguments) {}
    fn visit_type_fn_ptr(&mut self, _: &'ast TypeFnPtr) {}

    // These declare lifetimes, or list what a type may capture.
    fn visit_bound_lifetimes(&mut self, _: &'ast BoundLifetimes) {}
    fn visit_precise_capture(&mut self, _: &'ast PreciseCapture) {}

    // A length borrows nothing.
    fn visit_expr(&mut self, _: &'ast syn::Expr) {}
}

fn is_static(lifetime: Option<&Lifetime>) -> bool {
    lifetime.is_some_and(|lifetime| lifetime.ident == "static")
}
