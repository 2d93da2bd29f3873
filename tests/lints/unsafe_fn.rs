//! `async unsafe fn` and `unsafe fn`.

use std::io;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use retryable::retryable;

/// # Safety
///
/// `count` is valid.
#[retryable(backoff = "none")]
async unsafe fn raw(count: *const AtomicU32) -> io::Result<u32> {
    let count = unsafe { &*count };
    match count.fetch_add(1, Relaxed) + 1 {
        3 => Ok(3),
        _ => Err(io::ErrorKind::TimedOut.into()),
    }
}

/// # Safety
///
/// `count` is valid.
#[retryable(backoff = "none")]
unsafe fn blocking(count: *const AtomicU32) -> io::Result<u32> {
    let count = unsafe { &*count };
    match count.fetch_add(1, Relaxed) + 1 {
        3 => Ok(3),
        _ => Err(io::ErrorKind::TimedOut.into()),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let count = AtomicU32::new(0);
    assert_eq!(unsafe { raw(&count) }.await.ok(), Some(3));
    let count = AtomicU32::new(0);
    assert_eq!(unsafe { blocking(&count) }.ok(), Some(3));
}
