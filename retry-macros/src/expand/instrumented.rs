//! Bodies that `#[tracing::instrument]` has rewritten, as it stands above and is expanded first.
//!
//! It wraps the body in `async move { .. }`, or in `(move || { .. })()` where it has to look at the
//! outcome of a blocking function. A receiver that cannot be copied would be moved into the first
//! attempt. Both are run where they stand, so without `move` they mean the same, and borrow it.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::{FnArg, ReceiverKind, Signature};

/// The body, such that it can be run again.
pub(super) fn borrow_receiver(body: Group, sig: &Signature) -> Group {
    if !moves_receiver(sig) {
        return body;
    }
    let tokens: Vec<TokenTree> = body.stream().into_iter().collect();
    let rewritten = if mentions(&tokens, "__tracing_instrument_future") {
        rewrite_async(tokens)
    } else if mentions(&tokens, "__tracing_attr_guard") {
        rewrite_blocking(tokens)
    } else {
        return body;
    };
    regroup(&body, rewritten)
}

fn moves_receiver(sig: &Signature) -> bool {
    matches!(
        sig.inputs.first(),
        Some(FnArg::Receiver(receiver)) if !matches!(receiver.kind, ReceiverKind::Reference(_, _, None))
    )
}

fn regroup(group: &Group, tokens: Vec<TokenTree>) -> Group {
    let mut new = Group::new(group.delimiter(), tokens.into_iter().collect());
    new.set_span(group.span());
    new
}

fn mentions(tokens: &[TokenTree], name: &str) -> bool {
    tokens.iter().any(|token| is(token, name))
}

fn is(token: &TokenTree, name: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == name)
}

fn is_group(token: &TokenTree, delimiter: Delimiter) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == delimiter)
}

/// `let __tracing_instrument_future = async move { .. };`, and in it, with `err` or `ret`,
/// `async move { .. }.await` as the first expression.
fn rewrite_async(tokens: Vec<TokenTree>) -> Vec<TokenTree> {
    let start = tokens
        .windows(2)
        .position(|pair| is(&pair[0], "let") && is(&pair[1], "__tracing_instrument_future"))
        .unwrap_or(0);
    let (tokens, future) = without_move(tokens, start);
    let Some(future) = future else { return tokens };
    let mut tokens = tokens;
    if let TokenTree::Group(group) = &tokens[future] {
        let inside: Vec<TokenTree> = group.stream().into_iter().collect();
        if looks_at_the_outcome(&inside) {
            let (inside, _) = without_move(inside, 0);
            tokens[future] = TokenTree::Group(regroup(group, inside));
        }
    }
    tokens
}

/// Whether this begins with one of `match async move`, `let x = async move` and
/// `let __match_scrutinee = async move`, and tells of it in an event.
fn looks_at_the_outcome(tokens: &[TokenTree]) -> bool {
    let begins = match tokens {
        [first, second, ..] if is(first, "match") => is(second, "async"),
        [first, name, _, fourth, ..] if is(first, "let") => {
            (is(name, "x") || is(name, "__match_scrutinee")) && is(fourth, "async")
        }
        _ => false,
    };
    begins && has_event(tokens.iter().cloned().collect())
}

/// Whether there is a `::tracing::event!`, at any depth.
fn has_event(tokens: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let event = |pair: &[TokenTree]| {
        is(&pair[0], "event") && matches!(&pair[1], TokenTree::Punct(mark) if mark.as_char() == '!')
    };
    tokens.windows(2).any(event)
        || tokens
            .iter()
            .any(|token| matches!(token, TokenTree::Group(group) if has_event(group.stream())))
}

/// Drops `move` of the first `async move { .. }` from `start` on; tells where its braces are.
fn without_move(mut tokens: Vec<TokenTree>, start: usize) -> (Vec<TokenTree>, Option<usize>) {
    let found = (start..tokens.len().saturating_sub(2)).find(|&at| {
        is(&tokens[at], "async")
            && is(&tokens[at + 1], "move")
            && is_group(&tokens[at + 2], Delimiter::Brace)
    });
    match found {
        Some(at) => {
            tokens.remove(at + 1);
            (tokens, Some(at + 1))
        }
        None => (tokens, None),
    }
}

/// `(move || { .. })()`.
fn rewrite_blocking(mut tokens: Vec<TokenTree>) -> Vec<TokenTree> {
    for token in &mut tokens {
        let TokenTree::Group(group) = token else {
            continue;
        };
        if group.delimiter() != Delimiter::Parenthesis {
            continue;
        }
        let mut inside: Vec<TokenTree> = group.stream().into_iter().collect();
        if inside.len() == 4 && is(&inside[0], "move") && is_group(&inside[3], Delimiter::Brace) {
            inside.remove(0);
            *token = TokenTree::Group(regroup(group, inside));
            break;
        }
    }
    tokens
}
