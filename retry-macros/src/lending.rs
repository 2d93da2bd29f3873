//! Functions that return a borrow of a `&mut` argument. They cannot be retried, because the next attempt borrows it again.
//!
//! The compiler rejects them too, but its errors are about generated closures and loops. This file reads the signature:
//! which lifetime of the returned type is that of which `&mut`.

use proc_macro2::{Delimiter, Span, TokenTree};

use crate::boxed_future::boxed_output;
use crate::errors::Errors;
use crate::function::{Receiver, ReceiverKind, Signature};
use crate::syntax::{Cursor, Type, is_mark, until};

/// A place for a lifetime in a type.
struct Place {
    /// `None`: elided.
    lifetime: Option<String>,
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
    let Some(output) = boxed_output(sig).or_else(|| sig.output.clone()) else {
        return;
    };
    let lenders = lenders(sig);
    for place in places(&output) {
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
    let of_receiver = sig.receiver.is_some() && is_self(first);
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
    lifetime: &str,
    mutable: bool,
) -> Option<&'a Lender> {
    let mut with_it = lenders
        .iter()
        .filter(|lender| lender.place.lifetime.as_deref() == Some(lifetime));
    let own = sig.declares(lifetime);
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
    let mut add = |name: &str, places: Vec<Place>| {
        for place in places {
            let name = name.to_owned();
            lenders.push(Lender { name, place });
        }
    };
    if let Some(receiver) = &sig.receiver {
        add(SELF, places_of_receiver(receiver));
    }
    for argument in &sig.arguments {
        let name = match argument.pat.plain_name() {
            Some(name) => format!("the argument `{name}`"),
            None => "an argument".to_owned(),
        };
        add(&name, places(&argument.ty));
    }
    lenders
}

fn places_of_receiver(receiver: &Receiver) -> Vec<Place> {
    match &receiver.kind {
        ReceiverKind::Reference(lifetime, mutable) => vec![Place {
            lifetime: lifetime.clone().filter(|name| name != "_"),
            mutable: *mutable,
            span: receiver.span(),
        }],
        ReceiverKind::Typed(ty) => places(ty),
        ReceiverKind::Value => Vec::new(),
    }
}

fn places(ty: &Type) -> Vec<Place> {
    let mut places = Vec::new();
    read(ty.tokens(), &mut places);
    places
}

/// Whether this is the name of a trait, or `fn`.
fn is_name(token: Option<&TokenTree>) -> bool {
    match token {
        Some(TokenTree::Ident(word)) => !["const", "dyn", "impl", "mut"]
            .iter()
            .any(|other| word == other),
        _ => false,
    }
}

fn read(tokens: &[TokenTree], places: &mut Vec<Place>) {
    let mut input = Cursor::new(tokens);
    let mut before = None;
    while let Some(token) = input.peek() {
        let is_reference = input.is_mark('&');
        if is_reference {
            input.skip();
        }
        let lifetime = input.lifetime();
        if is_reference || lifetime.is_some() {
            let mutable = is_reference && input.is_word("mut");
            let span = token.span();
            if lifetime.as_deref() != Some("static") {
                places.push(Place {
                    lifetime: lifetime.filter(|name| name != "_"),
                    mutable,
                    span,
                });
            }
            before = None;
            continue;
        }
        match token {
            // These declare lifetimes, or list what a type may capture.
            TokenTree::Ident(word) if word == "for" || word == "use" => {
                input.skip();
                input.angles();
            }
            // An elided lifetime in `Fn(&mut T) -> &T` or `fn(&mut T)` is new in each call.
            TokenTree::Group(group)
                if group.delimiter() == Delimiter::Parenthesis && is_name(before) =>
            {
                input.skip();
                if input.is_mark('-') {
                    input.take(2);
                    let rest = input.rest;
                    let ends = |at| is_mark(rest.get(at), ',') || is_mark(rest.get(at), '+');
                    input.take(until(rest, &ends));
                }
            }
            // The tokens of a macro, and lengths, borrow nothing.
            TokenTree::Group(group)
                if !is_mark(before, '!') && group.delimiter() != Delimiter::Brace =>
            {
                let inside: Vec<_> = group.stream().into_iter().collect();
                let ends =
                    |at| group.delimiter() == Delimiter::Bracket && is_mark(inside.get(at), ';');
                let end = until(&inside, &ends);
                read(&inside[..end], places);
                input.skip();
            }
            _ => {
                input.skip();
            }
        }
        before = Some(token);
    }
}
