//! The default that repeats a POST: `#[retryable]` without `on` over `client.post(url).send()`.
//!
//! A `reqwest::Error` does not know the method of its request, so a lost connection is `Transient`, and the default
//! repeats the request: while a server restarts, orders are placed twice. The macro sees the method, and requires the
//! author to say what is safe.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;

use crate::attribute::{OnErrors, Settings};
use crate::errors::Errors;
use crate::function::Function;

pub(crate) fn check(function: &Function, settings: &Settings, errors: &mut Errors) {
    let decided = !matches!(settings.on, OnErrors::Unset) || settings.policy.is_some();
    // `Classified` errors are made by functions such as `transient(..)`: their author has classified each of them.
    let classified = names(function.sig.output.to_token_stream(), "Classified");
    if decided || classified || settings.makes_one_attempt() {
        return;
    }
    let mut body = Body::default();
    body.read(function.body.stream());
    if let Some((span, call)) = body.repeated() {
        errors.at(
            span,
            format!(
                "{call} may be processed twice: if the response is lost, the default repeats the request, \
                 because the error does not know its method; write one of:\n\
                 - `send_checked()` instead of `send()`, with `http::Error`, which knows the method\n\
                 - an idempotency key, with which the server recognizes the repeated request\n\
                 - `on = \"refused\"`, which repeats only requests that were certainly not processed\n\
                 - `on = \"transient\"`, if processing it twice does no harm"
            ),
        );
    }
}

fn names(tokens: TokenStream, name: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == name,
        TokenTree::Group(group) => names(group.stream(), name),
        _ => false,
    })
}

/// The requests in a body. The macro knows names and not types, so this is a guess.
#[derive(Default)]
struct Body {
    /// `.post(..)` or `.patch(..)`, or `Method::POST` or `Method::PATCH`.
    post: Option<(Span, String)>,
    /// Whether something is sent. The router's `get(list).post(create)` is not.
    sends: bool,
    /// Whether the error knows the method, or the request has a key.
    safe: bool,
}

impl Body {
    fn repeated(self) -> Option<(Span, String)> {
        self.post.filter(|_| self.sends && !self.safe)
    }

    fn read(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (at, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) => self.read(group.stream()),
                TokenTree::Literal(literal) => {
                    let text = literal.to_string().to_lowercase();
                    self.safe |= text.contains("idempotency-key");
                }
                TokenTree::Ident(word) => self.read_word(&tokens, at, &word.to_string()),
                TokenTree::Punct(_) => {}
            }
        }
    }

    fn read_word(&mut self, tokens: &[TokenTree], at: usize, word: &str) {
        let before = |distance: usize| at.checked_sub(distance).map(|at| &tokens[at]);
        let is_call = tokens.get(at + 1).is_some_and(|next| match next {
            TokenTree::Group(_) => true,
            // `.json::<T>()`.
            next => is(Some(next), ':'),
        });
        let is_method = is(before(1), '.') && is_call;
        match word {
            "RetryClient" | "RetryRequest" | "send_checked" => self.safe = true,
            "retry" => self.safe |= is_method,
            "post" | "patch" if is_method => self.found(tokens, at, format!("this `{word}`")),
            "POST" | "PATCH" if names_method(tokens, at) => {
                self.found(tokens, at, format!("this `Method::{word}`"));
            }
            "send" | "execute" | "request" | "call" => self.sends |= is_method,
            _ => {
                self.sends |= is_method && word.starts_with("send_");
                self.safe |= word.to_lowercase().contains("idempoten");
            }
        }
    }

    fn found(&mut self, tokens: &[TokenTree], at: usize, call: String) {
        self.post.get_or_insert((tokens[at].span(), call));
    }
}

/// Whether this is the end of `Method::POST`, and neither a pattern nor compared.
fn names_method(tokens: &[TokenTree], at: usize) -> bool {
    let mut start = at;
    while start >= 3 && is(tokens.get(start - 1), ':') && is(tokens.get(start - 2), ':') {
        start -= 3;
    }
    let in_method = at >= 3
        && start < at
        && matches!(&tokens[at - 3], TokenTree::Ident(word) if word == "Method");
    let compared = start >= 2
        && is(tokens.get(start - 1), '=')
        && (is(tokens.get(start - 2), '=') || is(tokens.get(start - 2), '!'));
    let is_pattern =
        is(tokens.get(at + 1), '|') || (is(tokens.get(at + 1), '=') && is(tokens.get(at + 2), '>'));
    in_method && !compared && !is_pattern
}

fn is(token: Option<&TokenTree>, mark: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == mark)
}
