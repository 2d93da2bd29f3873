//! Recognizes functions that return a boxed future, as `#[async_trait]` and `#[async_recursion]` write them.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::quote_spanned;

use crate::function::{Function, Signature};
use crate::syntax::{Attribute, Cursor, Pat, Type, colon_at, is_mark, is_word, until};

/// Returns `R` of `Pin<Box<dyn Future<Output = R> + …>>`.
pub(crate) fn boxed_output(sig: &Signature) -> Option<Type> {
    let pin = sig.output.as_ref()?;
    pin.argument_of("Pin")?.argument_of("Box")?.output_of_dyn()
}

/// Whether the function returns a boxed future, and is not an `async fn`.
pub(crate) fn returns_boxed_future(sig: &Signature) -> bool {
    sig.asyncness.is_none() && boxed_output(sig).is_some()
}

/// The body of such a function: the statements before the future, and the future.
pub(crate) struct Boxed {
    before: Vec<TokenTree>,
    pin: Vec<TokenTree>,
    /// The place of `async`.
    pub(crate) keyword: Span,
    pub(crate) statements: Vec<Statement>,
}

/// A statement of the future.
pub(crate) enum Statement {
    Let(Let),
    Other(Vec<TokenTree>),
}

/// `let pattern: Type = value;`
pub(crate) struct Let {
    pub(crate) tokens: Vec<TokenTree>,
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) pat: Pat,
    /// The value, if it ends with a name: `k`, or `{ …; k }`.
    pub(crate) last_name: Option<Ident>,
}

/// Returns `None` if the body does not end with `Box::pin(async move { … })`.
pub(crate) fn parse_boxed(function: &Function) -> Option<Boxed> {
    let body: Vec<_> = function.body.stream().into_iter().collect();
    let (call, rest) = body.split_last()?;
    if !is_word(rest.last(), "pin") {
        return None;
    }
    let start = rest.len() - path_length(rest);
    let (before, pin) = rest.split_at(start);
    let is_new_statement = match before.last() {
        None => true,
        Some(TokenTree::Group(block)) => block.delimiter() == Delimiter::Brace,
        last => is_mark(last, ';'),
    };
    if !is_new_statement {
        return None;
    }
    let arguments: Vec<_> = parenthesized(call)?.stream().into_iter().collect();
    let mut input = Cursor::new(&arguments);
    let keyword = input.word("async")?.span();
    input.word("move")?;
    let block = input.group(Delimiter::Brace)?;
    Some(Boxed {
        before: before.to_vec(),
        pin: pin.to_vec(),
        keyword,
        statements: statements(block),
    })
}

fn parenthesized(token: &TokenTree) -> Option<&Group> {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => Some(group),
        _ => None,
    }
}

/// Returns the length of the path that the tokens end with.
fn path_length(tokens: &[TokenTree]) -> usize {
    let mut after_name = false;
    let is_part = |token: &&TokenTree| {
        let is_name = matches!(token, TokenTree::Ident(_));
        let is_part = is_mark(Some(token), ':') || (is_name && !after_name);
        after_name = is_name;
        is_part
    };
    tokens.iter().rev().take_while(is_part).count()
}

/// Splits a block. Only its `let` statements have to be exact.
fn statements(block: &Group) -> Vec<Statement> {
    let tokens: Vec<_> = block.stream().into_iter().collect();
    let mut statements = Vec::new();
    let mut rest = &tokens[..];
    while !rest.is_empty() {
        let mut input = Cursor::new(rest);
        let attrs = Attribute::all(&mut input);
        let is_let = input.is_word("let");
        let ends = |at: usize| match &rest[at] {
            TokenTree::Group(group) => {
                let next = rest.get(at + 1);
                let continues = is_word(next, "else") || is_mark(next, '.') || is_mark(next, '?');
                !is_let && group.delimiter() == Delimiter::Brace && !continues
            }
            token => is_mark(Some(token), ';'),
        };
        let end = (0..rest.len()).find(|at| ends(*at));
        let (statement, after) = rest.split_at(end.map_or(rest.len(), |end| end + 1));
        rest = after;
        statements.push(if is_let {
            Statement::Let(read_let(statement, attrs))
        } else {
            Statement::Other(statement.to_vec())
        });
    }
    statements
}

fn read_let(statement: &[TokenTree], attrs: Vec<Attribute>) -> Let {
    let mut input = Cursor::new(statement);
    Attribute::all(&mut input);
    input.skip();
    let rest = input.rest;
    let ends = |at: usize| is_mark(rest.get(at), '=') || is_mark(rest.get(at), ';');
    let pat = input.take(until(rest, &|at| colon_at(rest, at) || ends(at)));
    let rest = input.rest;
    let ends = |at: usize| is_mark(rest.get(at), '=') || is_mark(rest.get(at), ';');
    input.take(until(rest, &ends) + 1);
    let value = match input.rest {
        [value @ .., end] if is_mark(Some(end), ';') => value,
        value => value,
    };
    Let {
        tokens: statement.to_vec(),
        attrs,
        pat: Pat::new(pat),
        last_name: last_name(value),
    }
}

fn last_name(value: &[TokenTree]) -> Option<Ident> {
    match value {
        [TokenTree::Ident(name)] => Some(name.clone()),
        [TokenTree::Group(block)] if block.delimiter() == Delimiter::Brace => {
            let inside: Vec<_> = block.stream().into_iter().collect();
            match &*inside {
                [.., end, TokenTree::Ident(name)] if ends_statement(end) => Some(name.clone()),
                inside => last_name(inside),
            }
        }
        _ => None,
    }
}

fn ends_statement(token: &TokenTree) -> bool {
    is_mark(Some(token), ';')
        || matches!(token, TokenTree::Group(block) if block.delimiter() == Delimiter::Brace)
}

impl Boxed {
    /// Whether the future begins with a statement that infers its type, as that of `#[async_trait]` does.
    pub(crate) fn has_hint(&self) -> bool {
        matches!(self.statements.first(), Some(Statement::Other(tokens)) if is_word(tokens.first(), "if"))
    }

    /// Returns the names that its `let` statements bind, such as those of the arguments.
    pub(crate) fn bound_names(&self) -> Vec<Ident> {
        let mut names = Vec::new();
        for statement in &self.statements {
            if let Statement::Let(local) = statement {
                names.extend(local.pat.bound_names());
            }
        }
        names
    }

    /// Writes the body of the function, with `looped` as the content of the future.
    pub(crate) fn rebuild(&self, looped: &TokenStream) -> TokenStream {
        let Self { before, pin, .. } = self;
        let keyword = Ident::new("async", self.keyword);
        let mixed = Span::mixed_site();
        quote_spanned!(mixed=> #(#before)* #(#pin)* (#keyword move { #looped }))
    }
}
