//! Expressions that a key cannot take: settings that are fixed at compile time cannot use `self` or an argument, and no
//! value can leave the generated loop.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;

use super::entries::{Entry, Value};
use crate::errors::Errors;
use crate::syntax::{closure_end, is_mark, is_word, until};
use crate::words::{Key, Word};

/// Reports every fixed setting that uses `self` or names one of the `arguments`: the compiler's own errors do not
/// say what to write instead.
pub(crate) fn check_fixed(entries: &[Entry], arguments: &[Ident], errors: &mut Errors) {
    for entry in entries.iter().filter(|entry| entry.key.is_fixed()) {
        let Value::Expr(value) = &entry.value else {
            continue;
        };
        if let Some(span) = find_self(value.to_token_stream()) {
            report(entry.key, "self.policy", span, errors);
        }
        if let Some(span) = find_name(value.tokens(), arguments) {
            report(entry.key, "Policy::new()…", span, errors);
        }
    }
}

fn report(key: Key, instead: &str, span: Span, errors: &mut Errors) {
    let key = key.name();
    errors.at(
        span,
        format!(
            "`{key}` is fixed at compile time: for settings that are known at run time, write `policy = {instead}` instead"
        ),
    );
}

fn find_self(tokens: TokenStream) -> Option<Span> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Ident(ident) if ident == "self" => Some(ident.span()),
        TokenTree::Group(group) => find_self(group.stream()),
        _ => None,
    })
}

/// Finds a use of one of the `arguments`. Closures, blocks and types may bind the name themselves, and the tokens of a macro
/// may mean anything.
fn find_name(tokens: &[TokenTree], arguments: &[Ident]) -> Option<Span> {
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let before = at.checked_sub(1).and_then(|before| tokens.get(before));
        let next = tokens.get(at + 1);
        if let Some(end) = closure_end(tokens, at) {
            at = end;
            continue;
        }
        match token {
            TokenTree::Ident(name) => {
                let is_part = is_mark(before, '.') || is_mark(before, ':') || is_mark(next, ':');
                if !is_part && arguments.contains(name) {
                    return Some(name.span());
                }
            }
            TokenTree::Group(group)
                if group.delimiter() != Delimiter::Brace && !is_mark(before, '!') =>
            {
                let inside: Vec<_> = group.stream().into_iter().collect();
                if let Some(span) = find_name(&inside, arguments) {
                    return Some(span);
                }
            }
            // `::<T>`.
            token if is_mark(before, ':') && is_mark(Some(token), '<') => {
                at += 1 + until(&tokens[at + 1..], &|_| false);
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// Reports the first `break` or `continue` out of each value: the loop that it would act on is generated.
pub(super) fn check_jumps(entries: &[Entry], errors: &mut Errors) {
    for entry in entries {
        let Value::Expr(value) = &entry.value else {
            continue;
        };
        if let Some((span, word)) = find_jump(value.tokens()) {
            let key = entry.key.name();
            errors.at(
                span,
                format!("`{word}` in `{key}` would act on the generated loop: to end the call, write `return`"),
            );
        }
    }
}

/// Finds the first unlabeled jump. The compiler rejects a label that is declared outside of the value, because labels of
/// generated code have another name. A jump in an inner loop, a closure, an `async` block or an item belongs to that, or is
/// rejected by the compiler.
fn find_jump(tokens: &[TokenTree]) -> Option<(Span, &'static str)> {
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let before = at.checked_sub(1).and_then(|before| tokens.get(before));
        let next = tokens.get(at + 1);
        if let Some(end) = closure_end(tokens, at) {
            at = end;
            continue;
        }
        match token {
            TokenTree::Ident(_) if is_mark(before, '.') => {}
            TokenTree::Ident(word) => match &*word.to_string() {
                "break" if !is_mark(next, '\'') => return Some((word.span(), "break")),
                "continue" if !is_mark(next, '\'') => return Some((word.span(), "continue")),
                "loop" | "while" | "async" | "fn" => at = block_after(tokens, at),
                "for" if !is_mark(next, '<') => {
                    let block = block_after(tokens, at);
                    let head = &tokens[at + 1..block.min(tokens.len())];
                    if let Some(jump) = find_jump(head) {
                        return Some(jump);
                    }
                    at = block;
                }
                _ => {}
            },
            TokenTree::Group(group) if !is_mark(before, '!') || !is_macro(tokens, at) => {
                let inside: Vec<_> = group.stream().into_iter().collect();
                if let Some(jump) = find_jump(&inside) {
                    return Some(jump);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// Returns the place of the next block, or the end.
fn block_after(tokens: &[TokenTree], at: usize) -> usize {
    let is_block = |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
    let distance = tokens[at..].iter().position(is_block);
    distance.map_or(tokens.len(), |distance| at + distance)
}

/// Whether the group is the argument of `name!`, and is not negated by `!`.
fn is_macro(tokens: &[TokenTree], group: usize) -> bool {
    let name = group.checked_sub(2).and_then(|name| tokens.get(name));
    matches!(name, Some(TokenTree::Ident(_))) && !is_word(name, "return")
}
