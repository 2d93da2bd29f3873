//! Expressions that a key cannot take: settings that are fixed at compile time cannot use `self` or an argument, and no
//! value can leave the generated loop.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{
    Expr, ExprAsync, ExprBlock, ExprBreak, ExprClosure, ExprContinue, ExprForLoop, ExprLoop,
    ExprPath, ExprWhile, Item, Type,
};

use super::entries::{Entry, Value};
use crate::errors::Errors;
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
        let mut named = Named {
            arguments,
            found: None,
        };
        named.visit_expr(value);
        if let Some(name) = named.found {
            report(entry.key, "Policy::new()…", name.span(), errors);
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

struct Named<'a, 'ast> {
    arguments: &'a [Ident],
    found: Option<&'ast Ident>,
}

impl<'ast> Visit<'ast> for Named<'_, 'ast> {
    fn visit_expr_path(&mut self, path: &'ast ExprPath) {
        let name = path.path.get_ident();
        if let Some(name) = name.filter(|name| self.arguments.contains(name)) {
            self.found.get_or_insert(name);
        }
        visit::visit_expr_path(self, path);
    }

    // Closures, blocks and lengths in types may bind the name themselves.
    fn visit_expr_closure(&mut self, _: &'ast ExprClosure) {}
    fn visit_expr_block(&mut self, _: &'ast ExprBlock) {}
    fn visit_type(&mut self, _: &'ast Type) {}
}

/// Reports the first `break` or `continue` out of each value: the loop that it would act on is generated.
pub(super) fn check_jumps(entries: &[Entry], errors: &mut Errors) {
    for entry in entries {
        let Value::Expr(value) = &entry.value else {
            continue;
        };
        if let Some((span, word)) = out_of(value) {
            let key = entry.key.name();
            errors.at(
                span,
                format!("`{word}` in `{key}` would act on the generated loop: to end the call, write `return`"),
            );
        }
    }
}

fn out_of(value: &Expr) -> Option<(Span, &'static str)> {
    let mut jump = Jump(None);
    jump.visit_expr(value);
    jump.0
}

/// The first unlabeled jump. The compiler rejects a label that is declared outside of the value, because
/// labels of generated code have another name.
struct Jump(Option<(Span, &'static str)>);

impl<'ast> Visit<'ast> for Jump {
    fn visit_expr_break(&mut self, jump: &'ast ExprBreak) {
        if jump.label.is_none() {
            self.0.get_or_insert((jump.break_token.span, "break"));
        }
        visit::visit_expr_break(self, jump);
    }

    fn visit_expr_continue(&mut self, jump: &'ast ExprContinue) {
        if jump.label.is_none() {
            self.0.get_or_insert((jump.continue_token.span, "continue"));
        }
    }

    fn visit_expr_for_loop(&mut self, inner: &'ast ExprForLoop) {
        self.visit_expr(&inner.expr);
    }

    // A jump in here belongs to an inner loop, or is rejected by the compiler.
    fn visit_expr_loop(&mut self, _: &'ast ExprLoop) {}
    fn visit_expr_while(&mut self, _: &'ast ExprWhile) {}
    fn visit_expr_closure(&mut self, _: &'ast ExprClosure) {}
    fn visit_expr_async(&mut self, _: &'ast ExprAsync) {}
    fn visit_item(&mut self, _: &'ast Item) {}
}
