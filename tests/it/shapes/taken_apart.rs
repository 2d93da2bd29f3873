//! Arguments that a pattern takes apart: the parts are cloned, and not the whole.

use std::cell::Cell;

use retryable::retryable;

use crate::shapes::support::{Busy, Calls};

/// Not `Clone`, as the extractors of web frameworks are not.
struct Path<T>(T);

struct Unit;

struct Named<T> {
    id: T,
    text: String,
    _rest: Path<u8>,
}

#[retryable]
async fn handler(calls: &Calls, Path((id, mut name)): Path<(u32, String)>) -> Result<String, Busy> {
    name.push('!');
    let moved = tokio::spawn(async move { name });
    let name = moved.await.map_err(|_| Busy)?;
    calls.third()?;
    Ok(format!("{id}{name}"))
}

#[retryable(backoff = "none")]
fn blocking(calls: &Calls, Named { id, text, .. }: Named<u8>) -> Result<(u8, String), Busy> {
    calls.third()?;
    Ok((id, text))
}

#[retryable(backoff = "none")]
fn generic<T: Clone>(calls: &Calls, Path((left, _)): Path<(T, Unit)>) -> Result<T, Busy> {
    calls.third()?;
    Ok(left)
}

#[retryable(backoff = "none")]
fn opaque(calls: &Calls, Path(text): Path<impl Into<String> + Clone>) -> Result<String, Busy> {
    calls.third()?;
    Ok(text.into())
}

#[tokio::test(start_paused = true)]
async fn a_type_that_is_not_clone_may_be_taken_apart() {
    let calls = Calls::new();
    let task = handler(&calls, Path((1, "a".to_owned())));
    assert_eq!(task.await.as_deref(), Ok("1a!"));
    assert_eq!(calls.count(), 3);

    let named = Named {
        id: 1,
        text: "a".to_owned(),
        _rest: Path(1),
    };
    assert_eq!(blocking(&Calls::new(), named), Ok((1, "a".to_owned())));
    assert_eq!(generic(&Calls::new(), Path(("a", Unit))), Ok("a"));
    assert_eq!(opaque(&Calls::new(), Path("a")).as_deref(), Ok("a"));
}

#[retryable(backoff = "none")]
fn through_references(
    calls: &Calls,
    (name, (left, right)): (String, &(u32, String)),
    Path(&number): Path<&u32>,
    (Ok(either) | Err(either)): Result<String, String>,
    (ref text, _): (String, u8),
    (Marker, last): (Marker, u8),
) -> Result<String, Busy> {
    let left: &u32 = left;
    let number: u32 = number;
    calls.third()?;
    Ok(format!("{name}{left}{right}{number}{either}{text}{last}"))
}

/// A pattern that names a constant, or borrows, needs a clone of the whole argument.
#[derive(Clone)]
struct Marker;

#[test]
fn parts_have_the_types_that_they_have_in_a_plain_function() {
    let outcome = through_references(
        &Calls::new(),
        ("a".to_owned(), &(1, "b".to_owned())),
        Path(&2),
        Err("c".to_owned()),
        ("d".to_owned(), 0),
        (Marker, 3),
    );
    assert_eq!(outcome.as_deref(), Ok("a1b2cd3"));
}

#[retryable(
    max = 4,
    backoff = "none",
    on_retry = |_| seen.set(seen.get() + id),
    before_retry = id += 1,
)]
fn changed(Path((mut id, seen)): Path<(u32, &Cell<u32>)>) -> Result<u32, Busy> {
    id += 100;
    if id == 103 { Ok(id) } else { Err(Busy) }
}

#[test]
fn the_attribute_may_use_the_parts() {
    let seen = Cell::new(0);
    assert_eq!(changed(Path((1, &seen))), Ok(103));
    assert_eq!(seen.get(), 1 + 2);
}
