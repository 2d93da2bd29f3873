use std::io;

use retryable::{GiveUp, retryable};

fn recover(error: io::Error, _: GiveUp) -> io::Result<u32> {
    Err(error)
}

#[retryable(fallback = recover)]
async fn path() -> io::Result<u32> {
    Ok(1)
}

#[retryable(fallback = async |error, reason| recover(error, reason))]
async fn asynchronous() -> io::Result<u32> {
    Ok(1)
}

#[retryable(fallback = move |error| Err(error))]
fn moves() -> io::Result<u32> {
    Ok(1)
}

#[retryable(fallback = || Ok(0))]
fn no_parameter() -> io::Result<u32> {
    Ok(1)
}

#[retryable(fallback = |error, reason, attempts| Err(error))]
fn three_parameters() -> io::Result<u32> {
    Ok(1)
}

#[retryable(until = |value| *value > 0, fallback = |error, reason| recover(error, reason))]
fn polls() -> io::Result<u32> {
    Ok(1)
}

#[retryable(until = |value| *value > 0, fallback = |error, reason| recover(error, reason))]
impl Client {
    #[retryable]
    fn polls(&self) -> io::Result<u32> {
        Ok(1)
    }
}

struct Client;

fn main() {}
