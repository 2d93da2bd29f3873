//! Three layers of five, through annotated functions in every order.

use std::cell::Cell;

use retryable::testing::{self, Record};
use retryable::{Classified, GiveUp, NoDelay, Policy, retryable, transient};

type Outcome = Result<(), Classified<&'static str>>;

fn fail(calls: &Cell<u32>) -> Outcome {
    calls.set(calls.get() + 1);
    Err(transient("down"))
}

#[retryable(max = 5, backoff = "none")]
async fn bottom(calls: &Cell<u32>) -> Outcome {
    fail(calls)
}

#[retryable(max = 5, backoff = "none")]
async fn middle(calls: &Cell<u32>) -> Outcome {
    bottom(calls).await
}

#[retryable(max = 5, backoff = "none")]
async fn top(calls: &Cell<u32>) -> Outcome {
    middle(calls).await
}

#[retryable(max = 5, backoff = "none", nested = "multiply")]
async fn multiplied(calls: &Cell<u32>) -> Outcome {
    bottom(calls).await
}

#[retryable(max = 5, backoff = "none")]
fn bottom_blocking(calls: &Cell<u32>) -> Outcome {
    fail(calls)
}

#[retryable(max = 5, backoff = "none")]
fn middle_blocking(calls: &Cell<u32>) -> Outcome {
    bottom_blocking(calls)
}

#[retryable(max = 5, backoff = "none")]
async fn top_of_blocking(calls: &Cell<u32>) -> Outcome {
    middle_blocking(calls)
}

#[retryable(max = 5, backoff = "none", nested = "multiply")]
fn multiplied_blocking(calls: &Cell<u32>) -> Outcome {
    middle_blocking(calls)
}

#[tokio::test]
async fn annotated_functions_make_five_calls() {
    let calls = Cell::new(0);
    let (_, record) = testing::record_async(top(&calls)).await;
    assert_eq!(calls.take(), 5);
    let reasons: Vec<_> = record.calls().iter().map(Record::give_up).collect();
    let expected = [GiveUp::Nested, GiveUp::Nested, GiveUp::Exhausted];
    assert_eq!(reasons, expected.map(Some));
    assert!(top_of_blocking(&calls).await.is_err());
    assert_eq!(calls.take(), 5);
}

#[tokio::test]
async fn annotated_functions_multiply_if_they_say_so() {
    let calls = Cell::new(0);
    assert!(multiplied(&calls).await.is_err());
    assert_eq!(calls.take(), 25);
    assert!(multiplied_blocking(&calls).is_err());
    assert_eq!(calls.take(), 25);
}

const FIVE: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(5);

#[retryable(max = 5, backoff = "none")]
async fn around_run(calls: &Cell<u32>) -> Outcome {
    FIVE.run(async || FIVE.run_blocking(|| fail(calls))).await
}

#[tokio::test]
async fn annotated_functions_mix_with_every_other_way_to_retry() {
    let calls = Cell::new(0);
    let around_annotated = FIVE.run(|| middle(&calls)).await;
    assert_eq!((around_annotated.is_err(), calls.take()), (true, 5));

    let blocking = FIVE.run_blocking(|| middle_blocking(&calls));
    assert_eq!((blocking.is_err(), calls.take()), (true, 5));

    let mut retry = FIVE.start();
    let explicit = loop {
        match retry.attempt(middle(&calls)).await {
            Ok(()) => break Ok(()),
            Err(error) => match retry.again(error) {
                Ok(delay) => delay.await,
                Err(error) => break Err(error),
            },
        }
    };
    assert_eq!((explicit.is_err(), calls.take()), (true, 5));

    assert_eq!((around_run(&calls).await.is_err(), calls.take()), (true, 5));
}
