//! Settings are fixed when the code is compiled, so they cannot come from `self` or from an argument.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Expr, ExprBlock, ExprClosure, ExprPath, Type};

use super::entries::{Entry, Value};
use super::keys::POLICY_KEYS;
use crate::errors::Errors;

fn report(key: &str, instead: &str, span: Span, errors: &mut Errors) {
    errors.at(
        span,
        format!(
            "`{key}` is fixed when the code is compiled; for settings that are known at run time, \
             write `policy = {instead}` in place of them"
        ),
    );
}

pub(super) fn no_self(key: &str, value: &Expr, errors: &mut Errors) {
    if let Some(span) = find_self(value.to_token_stream()) {
        report(key, "self.policy", span, errors);
    }
}

fn find_self(tokens: TokenStream) -> Option<Span> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Ident(ident) if ident == "self" => Some(ident.span()),
        TokenTree::Group(group) => find_self(group.stream()),
        _ => None,
    })
}

/// Reports every setting that names one of the `arguments`. The compiler's own error would not say what to do.
pub(crate) fn no_arguments(entries: &[Entry], arguments: &[Ident], errors: &mut Errors) {
    for entry in entries {
        // These two are evaluated in the function.
        if !POLICY_KEYS.iter().any(|key| entry.is(key)) || entry.is("on") || entry.is("budget") {
            continue;
        }
        if let Value::Expr(value) = &entry.value {
            let mut named = Named {
                arguments,
                found: None,
            };
            named.visit_expr(value);
            if let Some(name) = named.found {
                let instead = "Policy::new()…";
                report(&entry.key.to_string(), instead, name.span(), errors);
            }
        }
    }
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

    // These may have names of their own, and so may a length in a type.
    fn visit_expr_closure(&mut self, _: &'ast ExprClosure) {}
    fn visit_expr_block(&mut self, _: &'ast ExprBlock) {}
    fn visit_type(&mut self, _: &'ast Type) {}
}
