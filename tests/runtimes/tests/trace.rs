//! A call does the same in each runtime, and on a thread without one.

#![cfg(any(feature = "smol", feature = "tokio"))]

use std::future::Future;
use std::thread;

use retryable::testing::{Record, record, record_async};
use runtimes::{
    Outcome, Outcomes, POLICY, UNTIL_GONE, UNTIL_UP, awaited, blocking, until_gone, until_up,
};

async fn annotated(script: Outcomes) -> Outcome {
    awaited(&script).await
}

async fn run(script: Outcomes) -> Outcome {
    POLICY.run(|| async { script.next() }).await
}

async fn run_async(script: Outcomes) -> Outcome {
    POLICY.run_async(async || script.next()).await
}

async fn own_loop(script: Outcomes) -> Outcome {
    let mut retry = POLICY.start();
    loop {
        match script.next() {
            Ok(value) => {
                retry.succeeded();
                break Ok(value);
            }
            Err(error) => retry.again(error)?.await,
        }
    }
}

fn run_blocking(script: &Outcomes) -> Outcome {
    POLICY.run_blocking(|| script.next())
}

fn own_blocking_loop(script: &Outcomes) -> Outcome {
    let mut retry = POLICY.start();
    loop {
        match script.next() {
            Ok(value) => {
                retry.succeeded();
                break Ok(value);
            }
            Err(error) => retry.again(error)?.block(),
        }
    }
}

/// The hint of a throttled attempt is spread by up to 10 %, so its wait is rounded down.
fn lines((_, record): (Outcome, Record)) -> String {
    let text = record.to_string();
    let lines = text.lines().map(|line| match line.split_once("waited 3.") {
        Some((before, _)) => format!("{before}waited 3ms"),
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Awaits the call in every runtime that there is, and under an executor without a timer.
fn assert_awaited<F>(call: fn(Outcomes) -> F)
where
    F: Future<Output = Outcome>,
{
    for (script, expected) in [
        (until_up as fn() -> Outcomes, UNTIL_UP),
        (until_gone, UNTIL_GONE),
    ] {
        let recorded = || record_async(call(script()));
        // smol's `block_on` is this one.
        assert_eq!(lines(async_io::block_on(recorded())), expected);
        #[cfg(feature = "tokio")]
        {
            let mut builder = tokio::runtime::Builder::new_current_thread();
            let runtime = builder.enable_time().build().expect("a runtime");
            assert_eq!(lines(runtime.block_on(recorded())), expected);
        }
        let woken = futures_on_this_thread(recorded());
        assert_eq!(lines(woken), expected);
    }
}

/// An executor of a few lines, which knows no timer.
fn futures_on_this_thread<F: Future>(future: F) -> F::Output {
    use std::sync::Arc;
    use std::task::{Context, Poll, Wake, Waker};

    struct Unpark(thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = std::pin::pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

#[test]
fn each_awaited_form_has_the_same_trace_in_every_runtime() {
    assert_awaited(annotated);
    assert_awaited(run);
    assert_awaited(run_async);
    assert_awaited(own_loop);
}

#[test]
fn each_blocking_form_has_that_trace_on_a_thread() {
    for call in [blocking, run_blocking, own_blocking_loop] {
        let thread = thread::spawn(move || {
            let up = record(|| call(&until_up()));
            let gone = record(|| call(&until_gone()));
            (lines(up), lines(gone))
        });
        let (up, gone) = thread.join().expect("the thread does not panic");
        assert_eq!((up.as_str(), gone.as_str()), (UNTIL_UP, UNTIL_GONE));
    }
}
