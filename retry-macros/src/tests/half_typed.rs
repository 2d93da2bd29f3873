//! While an attribute or a function is half typed, the function stays: an editor still knows it, and its callers do not
//! fail too.

use proc_macro2::{TokenStream, TokenTree};

use super::expand;

const FUNCTION: &str = "
    /// Documented.
    #[must_use]
    pub(crate) async fn fetch<T: Clone>(&self, mut id: u64, (a, b): (T, T)) -> Result<T, Error>
    where
        T: Send,
    {
        let user = self.get(id).await?;
        Ok(user)
    }
";

/// Counts the `compile_error!`s, after checking that the item precedes them as it was written.
#[track_caller]
fn errors_after(item: &str, expanded: &TokenStream) -> usize {
    let item: TokenStream = item.parse().expect("the item can be lexed");
    let kept: TokenStream = expanded
        .clone()
        .into_iter()
        .take(item.clone().into_iter().count())
        .collect();
    assert_eq!(kept.to_string(), item.to_string(), "the item is kept");
    let words = expanded.clone().into_iter();
    words
        .filter(|token| matches!(token, TokenTree::Ident(word) if word == "compile_error"))
        .count()
}

#[test]
fn a_half_typed_attribute_keeps_its_function() {
    for arguments in [
        "m",
        "max",
        "max =",
        "max = ,",
        "max = 3 +",
        "max = 3, ba",
        "max = 3, backoff",
        "max = 3, backoff =",
        "max = 3, backoff = \"\"",
        "max = 3, backoff = \"ex\"",
        "max = 3 backoff = \"exp\"",
        "max = 3; on = \"any\"",
        "max == 3",
        "max()",
        "max = self.",
        "base = \"100\"",
        "on = |",
        "timer =",
        "timer = self.",
        "fallback =",
        "fallback = |",
        "fallback = |error",
        "fallback = |error|",
        "fallback = |error, reason| error.",
        "on = |e|",
        "on = |e| e.",
        "on = |e| { e. }.",
        "on = is::",
        "policy =",
        "policy = self.",
        "policy = &",
        "until = |v",
        "before_retry = self.",
        "on_retry = |event| {}.",
        "share",
        "share()",
        "share(i)",
        "share(id, ,)",
        "share(id id)",
        "share = id",
        "share[id]",
        "name =",
        "name = x::",
        "crate",
        "crate =",
        "crate = ::",
        "crate = \"x\"",
        "=",
        "= 3",
        ",",
        ", ,",
        "!",
        "#",
        "..",
        "'a",
        "'a: loop {}",
        "r#max =",
        "self",
        "()",
        "{}",
    ] {
        let errors = errors_after(FUNCTION, &expand(arguments, FUNCTION));
        assert!(errors > 0, "`{arguments}` is no whole attribute");
    }
}

/// Only the compiler can find these mistakes.
#[test]
fn what_is_complete_for_the_macro_is_expanded() {
    for arguments in [
        "",
        "max = ()",
        "max = M",
        "on = |e| true",
        "policy = self",
        "name = n",
    ] {
        let expanded = expand(arguments, FUNCTION).to_string();
        assert!(expanded.contains("loop"), "{arguments}: {expanded}");
        assert!(
            !expanded.contains("compile_error"),
            "{arguments}: {expanded}"
        );
    }
}

#[test]
fn a_half_typed_body_is_expanded_all_the_same() {
    for body in [
        "{ self. }",
        "{ let user = }",
        "{ let user = self.get(id).; Ok(user) }",
        "{ if }",
        "{ match self.get(id) { Ok() } }",
        "{ foo(, ) }",
        "{ #![allow(unused)] let }",
    ] {
        let item = format!("async fn fetch(&self, id: u64) -> Result<u64, Error> {body}");
        let expanded = expand("", &item).to_string();
        assert!(expanded.contains("loop"), "{body}: {expanded}");
        assert!(!expanded.contains("compile_error"), "{body}: {expanded}");
    }
}

#[test]
fn a_half_typed_signature_is_kept() {
    for item in [
        "async fn fetch(&self) -> Result<u64, Error>",
        "async fn fetch(&self)",
        "async fn fetch",
        "async fn",
        "pub async",
        "pub",
        "fn fetch(id: ) -> Result<u64, Error> {}",
        "fn fetch(id: u64) -> {}",
        "fn fetch(id: u64) -> Result<u64, Error>;",
        "fn fetch(id) {}",
        "fn fetch<T:(id: T) {}",
        "struct Fetch;",
        "let x = 1;",
        "",
    ] {
        let errors = errors_after(item, &expand("max = 3", item));
        assert_eq!(errors, 1, "{item}");
    }
}

#[test]
fn every_mistake_of_an_attribute_is_reported_at_once() {
    let arguments = "max = 0, backof = \"exp\", backoff = \"expo\", max = 3, retries = 5, jitter";
    let expanded = expand(arguments, FUNCTION);
    // Six, and where `max` was given first.
    assert_eq!(errors_after(FUNCTION, &expanded), 7);
}

#[test]
fn a_half_typed_attribute_of_an_impl_block_keeps_the_block() {
    let item = "impl Client { #[retryable] async fn get(&self) -> Result<u64, Error> { Ok(1) } }";
    for arguments in ["max", "max =", "backoff = \"ex\"", "share(id)"] {
        let expanded = expand(arguments, item);
        assert!(errors_after(item, &expanded) > 0, "{arguments}");
    }
}
