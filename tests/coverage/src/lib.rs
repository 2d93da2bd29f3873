//! Functions that are compiled twice, plain and with `--cfg retried`: coverage must see the same code.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// One line.
#[cfg_attr(retried, retryable::retryable)]
pub async fn one_line(text: &str) -> io::Result<usize> {
    Ok(text.len())
}

/// Branches, loops, closures, and an early return.
#[cfg_attr(retried, retryable::retryable(max = 2))]
pub async fn branches(list: &[u32], name: String, (least, most): (u32, u32)) -> io::Result<u32> {
    let mut sum = 0;
    for number in list {
        if *number < least {
            continue;
        }
        match number {
            0 => return Err(io::ErrorKind::InvalidData.into()),
            number if *number > most => break,
            number => sum += number,
        }
    }
    let double = |number: u32| -> u32 { if number > 10 { number } else { number * 2 } };
    let length = async { name.len() }.await;
    let more: u32 = name.parse().map_err(|_| io::ErrorKind::InvalidInput)?;
    Ok(double(sum) + more + u32::try_from(length).unwrap_or(0))
}

/// A blocking one.
#[cfg_attr(retried, retryable::retryable(backoff = "none"))]
pub fn blocking(text: &str) -> io::Result<u32> {
    let Ok(number) = text.parse() else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    if number == 0 {
        Err(io::ErrorKind::InvalidData.into())
    } else {
        Ok(number)
    }
}

/// Whose methods are covered.
#[derive(Debug)]
pub struct Client(u32);

impl Client {
    /// By mutable reference.
    #[cfg_attr(retried, retryable::retryable(attempt_timeout = "1s", on = |_| true))]
    pub async fn method(&mut self, add: u32) -> Result<u32, TimedOut> {
        self.0 += add;
        if self.0 > 3 {
            return Ok(self.0);
        }
        Err(TimedOut)
    }
}

/// Says nothing.
#[derive(Debug)]
pub struct TimedOut;

impl From<retryable::TimedOut> for TimedOut {
    fn from(_: retryable::TimedOut) -> Self {
        Self
    }
}

fn poll<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// Makes the compiler generate code for all of them.
pub fn run() {
    let _ = poll(one_line("a"));
    let _ = poll(branches(&[1], String::new(), (0, 9)));
    let _ = blocking("1");
    let _ = poll(Client(0).method(1));
}
