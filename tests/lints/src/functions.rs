//! Free functions.

use std::error::Error;
use std::fmt::Display;
use std::future::ready;
use std::io;
use std::sync::Arc;

use retryable::{TimedOut, retryable};

use crate::Busy;

/// The body is one expression.
///
/// # Errors
///
/// Busy.
#[retryable]
pub async fn one_line(id: u64) -> Result<u64, Busy> {
    ready(Ok(id)).await
}

/// The body is a block, with `?` and `return`.
///
/// # Errors
///
/// What `read_to_string` fails with.
#[retryable(max = 5, backoff = "exp", on = "transient")]
pub async fn block(path: &str, limit: usize) -> io::Result<String> {
    let text = std::fs::read_to_string(path)?;
    if text.len() > limit {
        return Err(io::ErrorKind::InvalidData.into());
    }
    ready(Ok(text)).await
}

/// Every kind of argument.
///
/// # Errors
///
/// Busy.
#[retryable]
pub async fn arguments(
    borrowed: &str,
    owned: String,
    mut list: Vec<u8>,
    scratch: &mut Vec<u8>,
    (left, mut right): (u8, u32),
    [first, ..]: [u8; 4],
    shared: Arc<str>,
) -> Result<usize, Busy> {
    list.push(left);
    scratch.push(first);
    right += 1;
    let moved = async move { owned.len() + shared.len() };
    let length = moved.await;
    if length > borrowed.len() {
        return Err(Busy);
    }
    ready(Ok(length + list.len() + usize::from(right > 7))).await
}

/// An argument that is configured out.
///
/// # Errors
///
/// Busy.
#[retryable]
pub async fn configured(
    text: String,
    #[cfg(test)] tested: String,
    #[cfg(not(test))] (left, right): (u8, u8),
) -> Result<usize, Busy> {
    #[cfg(test)]
    drop(tested);
    #[cfg(not(test))]
    let _: u8 = left ^ right;
    ready(Ok(text.len())).await
}

/// Generic in all ways.
///
/// # Errors
///
/// Busy.
#[retryable]
pub async fn generic<T, U, const N: usize>(
    value: T,
    text: &U,
    array: [u8; N],
    more: impl Display + Clone + Send,
) -> Result<impl Iterator<Item = u8>, Busy>
where
    T: Clone + Into<String> + Send,
    U: Display + ?Sized + Sync,
{
    let text = format!("{}{text}{more}", value.into());
    ready(Ok(array.into_iter().chain(text.into_bytes()))).await
}

/// A boxed error.
///
/// # Errors
///
/// Any.
#[retryable(on = causes(io::Error, TimedOut))]
pub async fn boxed(number: &str) -> Result<u32, Box<dyn Error + Send + Sync>> {
    let number = ready(number).await.parse()?;
    Ok(number)
}

/// A blocking function that consumes its argument.
///
/// # Errors
///
/// Busy.
#[retryable(backoff = "fixed", base = "1ms")]
pub fn blocking(text: String, mut list: Vec<u8>, _ignored: u8) -> Result<Vec<u8>, Busy> {
    list.extend(text.into_bytes());
    if list.is_empty() { Err(Busy) } else { Ok(list) }
}

/// Ends each attempt by a panic or an error.
///
/// # Errors
///
/// Busy.
///
/// # Panics
///
/// Never.
#[retryable]
pub async fn diverges(error: Busy) -> Result<std::convert::Infallible, Busy> {
    ready(()).await;
    Err(error)
}

/// In a macro.
macro_rules! in_a_macro {
    ($name:ident, $max:expr, $ty:ty, $value:expr) => {
        /// From a macro.
        ///
        /// # Errors
        ///
        /// Busy.
        #[retryable(max = $max)]
        pub async fn $name(extra: $ty) -> Result<$ty, Busy> {
            ready(drop(extra)).await;
            Ok($value)
        }
    };
}

in_a_macro!(from_a_macro, 3 + 1, String, String::new());
