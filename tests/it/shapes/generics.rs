//! Generics, lifetimes, `impl Trait` and `dyn`.

use std::fmt::{Debug, Display};
use std::sync::Arc;

use retryable::{Classify, retryable};

use crate::shapes::support::{Busy, Calls};

#[retryable]
async fn type_parameter<T: Clone + Into<String>>(calls: &Calls, value: T) -> Result<String, Busy> {
    let text = value.into();
    calls.third()?;
    Ok(text)
}

#[retryable]
async fn const_parameter<const N: usize>(
    calls: &Calls,
    array: [u8; N],
) -> Result<(usize, u8), Busy> {
    calls.third()?;
    Ok((N, array.iter().sum()))
}

#[retryable]
async fn where_clause<T, U>(calls: &Calls, left: &T, right: U) -> Result<String, Busy>
where
    T: Display + ?Sized,
    U: Debug + Clone,
{
    calls.third()?;
    Ok(format!("{left}{right:?}"))
}

/// Both the error and how it classifies are the caller's.
#[retryable]
async fn generic_error<E, Via>(calls: &Calls, error: E) -> Result<u32, E>
where
    E: Classify<Via> + Clone,
    Via: ?Sized,
{
    calls.third().map_err(|_| error)
}

#[tokio::test(start_paused = true)]
async fn a_function_may_be_generic() {
    let calls = Calls::new();
    assert_eq!(type_parameter(&calls, "a").await.as_deref(), Ok("a"));
    assert_eq!(calls.count(), 3);
    assert_eq!(const_parameter(&Calls::new(), [1, 2, 3]).await, Ok((3, 6)));
    let text = where_clause(&Calls::new(), "a", Some(1)).await;
    assert_eq!(text.as_deref(), Ok("aSome(1)"));
    assert_eq!(generic_error(&Calls::new(), Busy).await, Ok(3));
}

struct Table<'c, T, const N: usize> {
    calls: &'c Calls,
    rows: [T; N],
}

impl<'c, T: Clone + PartialEq, const N: usize> Table<'c, T, N> {
    const COLUMNS: usize = 2;

    #[retryable]
    async fn find<'q>(&'q self, row: &'q T) -> Result<&'q T, Busy> {
        self.calls.third()?;
        Ok(self.rows.iter().find(|&r| r == row).unwrap_or(row))
    }

    #[retryable]
    async fn longest<'q>(&'q mut self, other: &'c Calls) -> Result<(usize, &'c Calls), Busy>
    where
        'c: 'q,
    {
        self.rows.reverse();
        other.third()?;
        Ok((self.rows.len(), other))
    }

    #[retryable]
    async fn constants(&self) -> Result<usize, Busy> {
        self.calls.third()?;
        Ok(N * Self::COLUMNS)
    }

    #[retryable]
    async fn makes(calls: &'c Calls, rows: [T; N]) -> Result<Self, Busy> {
        calls.third()?;
        Ok(Self { calls, rows })
    }
}

#[tokio::test(start_paused = true)]
async fn a_method_of_a_generic_impl_is_retried() {
    let calls = Calls::new();
    let mut table = Table {
        calls: &calls,
        rows: ["a", "b"],
    };
    assert_eq!(table.find(&"b").await, Ok(&"b"));
    assert_eq!(calls.count(), 3);
    assert_eq!(table.constants().await, Ok(4));

    let other = Calls::new();
    let (rows, lent) = table.longest(&other).await.expect("the third succeeds");
    assert_eq!((rows, lent.count()), (2, 3));
    assert_eq!(table.rows, ["b", "a"]);

    let calls = Calls::new();
    let made = Table::makes(&calls, [1, 2, 3]).await;
    assert_eq!(made.map(|table| table.rows), Ok([1, 2, 3]));
}

#[retryable]
async fn elided(calls: &Calls) -> Result<&Calls, Busy> {
    calls.third()?;
    Ok(calls)
}

#[retryable]
async fn named<'a>(calls: &Calls, text: &'a str) -> Result<&'a str, Busy> {
    calls.third()?;
    Ok(text.trim())
}

#[retryable]
async fn anonymous(calls: &Calls, parts: std::str::Split<'_, char>) -> Result<usize, Busy> {
    calls.third()?;
    Ok(parts.count())
}

#[tokio::test(start_paused = true)]
async fn lifetimes_may_be_elided_or_named() {
    let calls = Calls::new();
    assert_eq!(elided(&calls).await.map(Calls::count), Ok(3));
    assert_eq!(named(&Calls::new(), " a ").await, Ok("a"));
    assert_eq!(anonymous(&Calls::new(), "a,b".split(',')).await, Ok(2));
}

#[retryable]
async fn impl_argument(
    calls: &Calls,
    text: impl Into<String> + Clone,
    more: Option<impl Display + Clone>,
    reference: &impl Display,
) -> Result<String, Busy> {
    let text = text.into();
    calls.third()?;
    let more = more.map_or_else(String::new, |more| more.to_string());
    Ok(format!("{text}{more}{reference}"))
}

#[retryable]
async fn impl_return(calls: &Calls, end: u32) -> Result<impl Iterator<Item = u32>, Busy> {
    calls.third()?;
    Ok((0..end).map(|n| n * 2))
}

#[retryable]
async fn impl_in_tuple(calls: &Calls) -> Result<(impl Display, Box<impl Fn(u32) -> u32>), Busy> {
    let third = calls.third()?;
    Ok(("text", Box::new(move |n| n + third)))
}

#[tokio::test(start_paused = true)]
async fn impl_trait_may_be_argument_and_return() {
    let calls = Calls::new();
    let text = impl_argument(&calls, "a", Some(1), &'c').await;
    assert_eq!(text.as_deref(), Ok("a1c"));
    assert_eq!(calls.count(), 3);

    let numbers = impl_return(&Calls::new(), 3).await.map(Iterator::collect);
    assert_eq!(numbers, Ok(vec![0, 2, 4]));
    let calls = Calls::new();
    let (text, add) = impl_in_tuple(&calls).await.expect("succeeds");
    assert_eq!((text.to_string(), add(1)), ("text".to_owned(), 4));
}

type Handler<'a> = dyn Fn(&Calls) -> Result<u32, Busy> + Send + Sync + 'a;

#[retryable]
async fn dyn_reference(calls: &Calls, handler: &Handler<'_>) -> Result<u32, Busy> {
    handler(calls)
}

#[retryable]
async fn dyn_arc(calls: &Calls, handler: Arc<Handler<'static>>) -> Result<u32, Busy> {
    handler(calls)
}

#[retryable(share(handler))]
async fn dyn_box(calls: &Calls, handler: Box<Handler<'_>>) -> Result<u32, Busy> {
    handler(calls)
}

#[retryable]
async fn dyn_return(calls: &Calls) -> Result<Box<dyn Display + Send>, Busy> {
    Ok(Box::new(calls.third()?))
}

#[retryable]
async fn closure_by_value<F>(calls: &Calls, handler: F) -> Result<u32, Busy>
where
    F: AsyncFn(&Calls) -> Result<u32, Busy> + Clone,
{
    handler(calls).await
}

#[tokio::test(start_paused = true)]
async fn dyn_may_be_argument_and_return() {
    let calls = Calls::new();
    assert_eq!(dyn_reference(&calls, &Calls::third).await, Ok(3));
    assert_eq!(calls.count(), 3);
    let handler = Arc::new(Calls::third);
    assert_eq!(dyn_arc(&Calls::new(), handler).await, Ok(3));
    assert_eq!(dyn_box(&Calls::new(), Box::new(Calls::third)).await, Ok(3));
    let shown = dyn_return(&Calls::new()).await.map(|n| n.to_string());
    assert_eq!(shown.as_deref(), Ok("3"));
    let handler = async |calls: &Calls| calls.third();
    assert_eq!(closure_by_value(&Calls::new(), handler).await, Ok(3));
}
