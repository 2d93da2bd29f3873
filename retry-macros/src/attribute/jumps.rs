//! `break` and `continue` in a value: the loop that they would leave is generated, not the user's.

use proc_macro2::Span;
use syn::visit::{self, Visit};
use syn::{
    Expr, ExprAsync, ExprBreak, ExprClosure, ExprContinue, ExprForLoop, ExprLoop, ExprWhile, Item,
};

use super::entries::{Entry, Value};
use crate::errors::Errors;

/// Reports the first jump out of each value.
pub(super) fn out_of_values(entries: &[Entry], errors: &mut Errors) {
    for entry in entries {
        let Value::Expr(value) = &entry.value else {
            continue;
        };
        if let Some((span, word)) = out_of(value) {
            let key = &entry.key;
            errors.at(
                span,
                format!(
                    "`{word}` in `{key}` would act on the loop that makes the attempts: to end the call, write `return`"
                ),
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

    // What is in these has a loop of its own, or is rejected by the compiler.
    fn visit_expr_loop(&mut self, _: &'ast ExprLoop) {}
    fn visit_expr_while(&mut self, _: &'ast ExprWhile) {}
    fn visit_expr_closure(&mut self, _: &'ast ExprClosure) {}
    fn visit_expr_async(&mut self, _: &'ast ExprAsync) {}
    fn visit_item(&mut self, _: &'ast Item) {}
}
