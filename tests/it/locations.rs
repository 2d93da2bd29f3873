//! Where the compiler takes the body of an annotated function to stand: where the user wrote it.

use std::panic::{self, Location};
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};
use std::{io, pin::pin, thread};

use retryable::retryable;

/// Where this is called.
#[track_caller]
fn here() -> &'static Location<'static> {
    Location::caller()
}

#[retryable]
async fn caller_of_here() -> io::Result<(u32, &'static Location<'static>)> {
    Ok((line!(), here()))
}

#[retryable(backoff = "none")]
fn blocking_caller_of_here() -> io::Result<(u32, &'static Location<'static>)> {
    Ok((line!(), here()))
}

#[tokio::test]
async fn track_caller_sees_the_line_of_the_body() {
    for (line, location) in [
        caller_of_here().await.expect("succeeds"),
        blocking_caller_of_here().expect("succeeds"),
    ] {
        assert_eq!((location.file(), location.line()), (file!(), line));
    }
}

const UNWRAP_LINE: u32 = line!() + 5;

#[retryable]
async fn unwraps(text: Option<&str>) -> io::Result<usize> {
    let text = text.map(str::trim);
    Ok(text.unwrap().len())
}

#[retryable(backoff = "none")]
fn overflows(list: &[u32], index: usize) -> io::Result<u32> {
    // Two lines below the attribute, and one below this.
    Ok(list[index])
}

const INDEX_LINE: u32 = line!() - 3;

/// Where `call` panics.
fn panic_location(call: impl FnOnce() + panic::UnwindSafe) -> (String, u32) {
    // The hook is that of the process, and other tests run at the same time.
    let before = Arc::new(panic::take_hook());
    let (others, this) = (Arc::clone(&before), thread::current().id());
    let seen = Arc::new(Mutex::new(None));
    let note = Arc::clone(&seen);
    panic::set_hook(Box::new(move |info| {
        if thread::current().id() != this {
            return others(info);
        }
        let location = info.location().expect("a panic has a location");
        *note.lock().unwrap() = Some((location.file().to_owned(), location.line()));
    }));
    let outcome = panic::catch_unwind(call);
    panic::set_hook(Box::new(move |info| before(info)));
    assert!(outcome.is_err(), "did not panic");
    seen.lock().unwrap().take().expect("the hook was called")
}

#[test]
fn a_panic_is_located_at_the_line_of_the_body() {
    let location = panic_location(|| {
        let future = pin!(unwraps(None));
        let _ = future.poll(&mut Context::from_waker(Waker::noop()));
    });
    assert_eq!(location, (file!().to_owned(), UNWRAP_LINE));

    let location = panic_location(|| {
        let _ = overflows(&[], 3);
    });
    assert_eq!(location, (file!().to_owned(), INDEX_LINE));
}
