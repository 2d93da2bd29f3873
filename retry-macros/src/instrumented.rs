//! Bodies that `#[tracing::instrument]` has wrapped already, because it is written above `#[retryable]`.
//!
//! It moves the receiver into an `async move` block, or into a closure if it looks at the outcome of a blocking
//! function (`err`, `ret`). A `&self` is copied, so every attempt has it, and a span of its own. Any other receiver
//! is gone after the first attempt, and the compiler's error would be about generated code.

use proc_macro2::{Delimiter, Group, TokenTree};

use crate::errors::Errors;
use crate::function::{Function, Receiver, ReceiverKind};

/// Reports a receiver that is moved. Tracing's names only decide about this message: if they change, the function does
/// not compile either.
pub(crate) fn check(function: &Function, errors: &mut Errors) {
    let receiver = function.sig.receiver.as_ref();
    let Some(receiver) = receiver.filter(|receiver| !is_copied(receiver)) else {
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
            receiver.keyword,
            "`#[instrument]` above `#[retryable]` moves this `self` into the first attempt: write `#[instrument]` below \
             `#[retryable]`, for one span around the whole call, or take `&self`",
        );
    }
}

/// Whether this is `&self`, or `self: &Self`.
fn is_copied(receiver: &Receiver) -> bool {
    match &receiver.kind {
        ReceiverKind::Reference(_, is_mut) => !is_mut,
        ReceiverKind::Typed(ty) => ty.reference() == Some(false),
        ReceiverKind::Value => false,
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
