//! Bodies that `#[tracing::instrument]` has wrapped already, because it is written above `#[retryable]`.
//!
//! It moves the receiver into an `async move` block, or into a closure if it looks at the outcome of a blocking
//! function (`err`, `ret`). A `&self` is copied, so every attempt has it, and a span of its own. Any other receiver
//! is gone after the first attempt, and the compiler's error would be about generated code.

use proc_macro2::{Delimiter, Group, TokenTree};
use syn::{FnArg, Receiver, ReceiverKind, Signature, Type};

use crate::errors::Errors;
use crate::function::{Function, ungroup};

/// Reports a receiver that is moved. Tracing's names only decide about this message: if they change, the function does
/// not compile either.
pub(crate) fn check(function: &Function, errors: &mut Errors) {
    let Some(receiver) = receiver(&function.sig).filter(|receiver| !is_copied(receiver)) else {
        return;
    };
    let mut tokens = function.body.stream().into_iter();
    let moves = match function.sig.asyncness {
        Some(_) => tokens.any(|token| is(&token, "__tracing_instrument_future")),
        // The only parentheses around a closure: the user's body has braces of its own.
        None => {
            tokens.any(|token| is(&token, "__tracing_attr_guard")) && tokens.any(is_moving_closure)
        }
    };
    if moves {
        errors.at(
            receiver.self_token.span,
            "`#[instrument]` above `#[retryable]` moves this `self` into the first attempt: write `#[instrument]` below \
             `#[retryable]`, for one span around the whole call, or take `&self`",
        );
    }
}

fn receiver(sig: &Signature) -> Option<&Receiver> {
    match sig.inputs.first()? {
        FnArg::Receiver(receiver) => Some(receiver),
        FnArg::Typed(_) => None,
    }
}

/// Whether this is `&self`, or `self: &Self`.
fn is_copied(receiver: &Receiver) -> bool {
    match &receiver.kind {
        ReceiverKind::Reference(_, _, mutability) => mutability.is_none(),
        ReceiverKind::Typed(_, ty) => {
            matches!(ungroup(ty), Type::Reference(reference) if reference.mutability.is_none())
        }
        _ => false,
    }
}

/// Whether this is the `(move || …)` of `(move || …)()`.
fn is_moving_closure(token: TokenTree) -> bool {
    let inside = |group: Group| group.stream().into_iter().next();
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
            inside(group).is_some_and(|first| is(&first, "move"))
        }
        _ => false,
    }
}

fn is(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}
