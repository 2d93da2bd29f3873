//! The same shapes as plain `fn`, whose waits block the thread.

use std::fmt::Display;
use std::io;
use std::sync::Arc;

use retryable::retryable;

use crate::shapes::support::{Busy, Calls};

#[retryable(backoff = "fixed", base = "1us")]
fn free(calls: &Calls) -> Result<u32, Busy> {
    calls.third()
}

#[retryable(backoff = "none")]
fn arguments(
    calls: &Calls,
    mut list: Vec<u8>,
    (left, right): (u8, u8),
    owned: String,
    more: &mut Vec<u8>,
    #[cfg(not(test))] gone: DoesNotExist,
) -> Result<usize, Busy> {
    list.push(left + right);
    more.push(1);
    drop(owned);
    calls.third()?;
    Ok(list.len())
}

#[test]
fn a_blocking_function_is_retried() {
    let calls = Calls::new();
    assert_eq!(free(&calls), Ok(3));
    assert_eq!(calls.count(), 3);

    let mut lent = Vec::new();
    let outcome = arguments(&Calls::new(), vec![1], (2, 3), String::new(), &mut lent);
    assert_eq!((outcome, lent.len()), (Ok(2), 3));
}

#[derive(Default)]
struct Client {
    calls: Calls,
    state: u32,
    text: String,
}

impl Client {
    #[retryable(backoff = "none")]
    fn by_reference(&self) -> Result<&str, Busy> {
        self.calls.third()?;
        Ok(&self.text)
    }

    #[retryable(backoff = "none", before_retry = self.state += 10)]
    fn by_mutable_reference(&mut self) -> Result<u32, Busy> {
        self.state += 1;
        self.calls.third().map(|_| self.state)
    }

    #[retryable(backoff = "none")]
    fn by_arc(self: Arc<Self>) -> Result<u32, Busy> {
        self.calls.third()
    }

    #[retryable(backoff = "none")]
    fn by_value(self) -> Result<u32, Busy> {
        self.calls.third()
    }
}

#[test]
fn a_blocking_method_is_retried() {
    assert_eq!(Client::default().by_reference(), Ok(""));
    assert_eq!(Client::default().by_mutable_reference(), Ok(23));
    assert_eq!(Arc::new(Client::default()).by_arc(), Ok(3));
    assert_eq!(Client::default().by_value(), Ok(3));
}

#[retryable(backoff = "none")]
fn generic<'a, T, const N: usize>(
    calls: &'a Calls,
    text: &'a T,
    array: [u8; N],
    more: impl Into<String> + Clone + 'a,
) -> Result<impl Iterator<Item = String> + 'a, Busy>
where
    T: Display + ?Sized,
{
    let more: String = more.into();
    calls.third()?;
    Ok(array.into_iter().map(move |n| format!("{text}{n}{more}")))
}

#[retryable(backoff = "none")]
fn recursive(calls: &Calls, depth: u32) -> Result<u32, Busy> {
    if depth == 0 {
        return calls.third();
    }
    Ok(recursive(calls, depth - 1)? + 10)
}

#[retryable(backoff = "none")]
fn control_flow(calls: &Calls, text: &str) -> io::Result<u32> {
    let parse = |text: &str| -> Option<u32> {
        let number = text.parse().ok()?;
        #[allow(clippy::needless_return)]
        return Some(number);
    };
    let found = 'outer: loop {
        for n in 0.. {
            if n == 4 {
                break 'outer n;
            }
        }
    };
    let list = Vec::from([calls.third().map_err(|_| io::ErrorKind::TimedOut)?]);
    let Some(number) = parse(text) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    Ok(list[0] + number + found)
}

#[test]
fn a_blocking_body_keeps_its_meaning() {
    let calls = Calls::new();
    let made = generic(&calls, "t", [1, 2], "m").expect("the third succeeds");
    assert_eq!(made.collect::<Vec<_>>(), ["t1m", "t2m"]);
    assert_eq!(recursive(&Calls::new(), 2), Ok(23));

    let calls = Calls::new();
    assert_eq!(control_flow(&calls, "1").ok(), Some(8));
    assert_eq!(calls.count(), 3);
    let calls = Calls::new();
    let error = control_flow(&calls, "x").map_err(|error| error.kind());
    assert_eq!(
        (error, calls.count()),
        (Err(io::ErrorKind::InvalidInput), 3)
    );
}

#[retryable(backoff = "none", until = Option::is_some)]
fn until(calls: &Calls) -> Option<u32> {
    calls.next().checked_sub(2)
}

#[retryable(backoff = "none", max_elapsed = "1h", on_give_up = |event| {
    assert_eq!(event.attempts, 3);
    gave_up.next();
})]
fn hooks(calls: &Calls, gave_up: &Calls) -> Result<(), Busy> {
    calls.next();
    Err(Busy)
}

#[test]
fn a_blocking_function_has_the_same_keys() {
    assert_eq!(until(&Calls::new()), Some(0));
    let (calls, gave_up) = (Calls::new(), Calls::new());
    assert_eq!(hooks(&calls, &gave_up), Err(Busy));
    assert_eq!((calls.count(), gave_up.count()), (3, 1));
}
