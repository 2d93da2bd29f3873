//! Arguments: every attempt starts from the same ones.

use retryable::retryable;

use crate::shapes::support::{Busy, Calls};

#[derive(Clone, Debug, Default)]
struct Order {
    id: u32,
    items: Vec<u8>,
    note: String,
}

#[retryable]
async fn mutable(
    calls: &Calls,
    mut list: Vec<u8>,
    mut number: u32,
    mut text: &str,
) -> Result<(Vec<u8>, u32, usize), Busy> {
    list.push(9);
    number += 1;
    text = &text[1..];
    calls.third()?;
    Ok((list, number, text.len()))
}

#[tokio::test(start_paused = true)]
async fn what_an_attempt_changes_the_next_does_not_see() {
    let calls = Calls::new();
    let outcome = mutable(&calls, vec![1], 1, "abc").await;
    assert_eq!(outcome, Ok((vec![1, 9], 2, 2)));
    assert_eq!(calls.count(), 3);
}

#[retryable]
async fn consumed(calls: &Calls, text: String, list: Vec<u8>) -> Result<usize, Busy> {
    let moved = tokio::spawn(async move { text.len() });
    let length = moved.await.map_err(|_| Busy)?;
    drop(list);
    calls.third()?;
    Ok(length)
}

#[tokio::test(start_paused = true)]
async fn an_argument_may_be_consumed_by_every_attempt() {
    let calls = Calls::new();
    assert_eq!(consumed(&calls, "abc".to_owned(), vec![]).await, Ok(3));
    assert_eq!(calls.count(), 3);
}

#[retryable]
async fn reborrowed(
    calls: &mut Vec<u8>,
    mut more: &mut Vec<u8>,
    (left, right): &mut (u32, u32),
) -> Result<usize, Busy> {
    calls.push(1);
    *left += 1;
    *right += 10;
    let other = &mut Vec::new();
    if calls.len() == 1 {
        more = other;
    }
    more.push(1);
    if calls.len() < 3 {
        return Err(Busy);
    }
    Ok(more.len())
}

#[tokio::test(start_paused = true)]
async fn a_mutable_reference_is_lent_to_every_attempt() {
    let (mut calls, mut more, mut pair) = (vec![], vec![], (0, 0));
    let outcome = reborrowed(&mut calls, &mut more, &mut pair).await;
    // The first attempt dropped `more`; the others have it again.
    assert_eq!(outcome, Ok(2));
    assert_eq!((calls.len(), more.len(), pair), (3, 2, (3, 30)));
}

#[allow(clippy::too_many_arguments)]
#[retryable]
async fn destructured(
    calls: &Calls,
    (left, mut right): (String, u32),
    Order { id, mut items, .. }: Order,
    [first, .., last]: [u8; 3],
    &(a, ref b): &(u8, String),
    whole @ Order { id: other, .. }: &Order,
    _: String,
    _ignored: String,
) -> Result<String, Busy> {
    right += 1;
    items.push(1);
    calls.third()?;
    let items = items.len();
    let note = &whole.note;
    Ok(format!(
        "{left}{right}{id}{items}{first}{last}{a}{b}{other}{note}"
    ))
}

#[tokio::test(start_paused = true)]
async fn arguments_may_be_patterns() {
    let calls = Calls::new();
    let order = Order {
        id: 3,
        note: "n".to_owned(),
        ..Order::default()
    };
    let outcome = destructured(
        &calls,
        ("l".to_owned(), 1),
        order.clone(),
        [4, 5, 6],
        &(7, "b".to_owned()),
        &order,
        String::new(),
        String::new(),
    )
    .await;
    assert_eq!(outcome.as_deref(), Ok("l231467b3n"));
    assert_eq!(calls.count(), 3);
}

/// Counts how often it is cloned.
#[derive(Debug, Default)]
struct Counted<'a>(Option<&'a Calls>);

impl Drop for Counted<'_> {
    fn drop(&mut self) {}
}

impl Clone for Counted<'_> {
    fn clone(&self) -> Self {
        if let Some(clones) = self.0 {
            clones.next();
        }
        Self(self.0)
    }
}

#[retryable]
async fn cloned(calls: &Calls, counted: Counted<'_>) -> Result<u32, Busy> {
    drop(counted);
    calls.third()
}

#[retryable(share(counted, calls))]
async fn shared(calls: &Calls, counted: Counted<'_>) -> Result<u32, Busy> {
    assert!(counted.0.is_some());
    calls.third()
}

#[tokio::test(start_paused = true)]
async fn an_argument_is_cloned_once_per_attempt_and_never_when_it_is_shared() {
    let (calls, clones) = (Calls::new(), Calls::new());
    assert_eq!(cloned(&calls, Counted(Some(&clones))).await, Ok(3));
    assert_eq!(clones.count(), 3);

    let (calls, clones) = (Calls::new(), Calls::new());
    assert_eq!(shared(&calls, Counted(Some(&clones))).await, Ok(3));
    assert_eq!(clones.count(), 0);
}

/// Not `Clone`.
struct Token(u32);

#[retryable(share(token))]
async fn shared_without_clone(calls: &Calls, token: Token) -> Result<u32, Busy> {
    calls.third().map(|calls| calls + token.0)
}

#[tokio::test(start_paused = true)]
async fn an_argument_that_is_not_clone_may_be_shared() {
    let calls = Calls::new();
    assert_eq!(shared_without_clone(&calls, Token(10)).await, Ok(13));
    assert_eq!(calls.count(), 3);
}

#[retryable(share(r#type))]
async fn raw_names(
    calls: &Calls,
    r#fn: String,
    mut r#loop: u32,
    r#type: Token,
) -> Result<u32, Busy> {
    r#loop += 1;
    drop(r#fn);
    calls.third().map(|calls| calls + r#loop + r#type.0)
}

#[retryable(name = "r#match", on_retry = |_| {})]
async fn r#match(calls: &Calls) -> Result<u32, Busy> {
    calls.third()
}

#[tokio::test(start_paused = true)]
async fn names_may_be_raw_identifiers() {
    let outcome = raw_names(&Calls::new(), String::new(), 1, Token(10)).await;
    assert_eq!(outcome, Ok(15));
    assert_eq!(r#match(&Calls::new()).await, Ok(3));
}
