//! Trees of calls: each node is made by one of the ways to retry, and keeps a log.

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use proptest::prelude::*;
use retryable::{Class, Classified, Nested, NoDelay, Policy, VirtualTimer, retryable};

use super::web;

pub(crate) type Outcome = Result<(), Classified<&'static str>>;

/// A call: what it may do, and what each of its attempts does.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) id: u32,
    pub(crate) max: u32,
    pub(crate) driver: u8,
    pub(crate) children: Vec<Child>,
    /// How an attempt ends if no child has ended it, by its number; beyond the list as the last.
    pub(crate) ends: Vec<Option<Class>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Child {
    pub(crate) call: Call,
    /// What the parent does about its failure: continues without it, or fails with this class.
    pub(crate) handling: Handling,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Handling {
    Ignored,
    PassedOn,
    TakenFor(Class),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Event {
    Attempt { call: u32, number: u32 },
    Success { call: u32 },
    GaveUp { call: u32 },
}

pub(crate) type Log = Arc<Mutex<Vec<Event>>>;

pub(crate) fn push(log: &Log, event: Event) {
    log.lock().unwrap().push(event);
}

pub(crate) fn policy(call: &Call, nested: Nested) -> Policy<NoDelay> {
    Policy::with_backoff(NoDelay)
        .max_attempts(call.max)
        .nested(nested)
}

pub(crate) fn error(class: Class) -> Classified<&'static str> {
    Classified::new("failed", class)
}

/// One attempt of a call.
pub(crate) fn attempt(call: &Call, nested: Nested, log: &Log) -> Outcome {
    let number = retryable::attempt().expect("inside an attempt").number();
    let id = call.id;
    push(log, Event::Attempt { call: id, number });
    for child in &call.children {
        if let Err(failure) = make(&child.call, nested, log) {
            match child.handling {
                Handling::Ignored => {}
                Handling::PassedOn => return Err(failure),
                Handling::TakenFor(class) => return Err(error(class)),
            }
        }
    }
    match call.ends[(number as usize).min(call.ends.len()) - 1] {
        Some(class) => Err(error(class)),
        None => Ok(()),
    }
}

#[retryable(policy = policy(call, nested))]
fn annotated(call: &Call, nested: Nested, log: &Log) -> Outcome {
    attempt(call, nested, log)
}

#[retryable(policy = policy(call, nested))]
async fn annotated_async(call: &Call, nested: Nested, log: &Log) -> Outcome {
    pause().await;
    let outcome = attempt(call, nested, log);
    pause().await;
    outcome
}

async fn pause() {
    let mut polled = false;
    let poll = |_: &mut Context<'_>| {
        if std::mem::replace(&mut polled, true) {
            return Poll::Ready(());
        }
        Poll::Pending
    };
    std::future::poll_fn(poll).await;
}

/// Polls until it is done: nothing here waits for anything.
pub(crate) fn finish<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        let polled = future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
        if let Poll::Ready(output) = polled {
            return output;
        }
    }
}

/// Makes a call, by the driver that it is for.
pub(crate) fn make(call: &Call, nested: Nested, log: &Log) -> Outcome {
    let policy = policy(call, nested);
    let timer = VirtualTimer::new();
    let outcome = match call.driver {
        0 => annotated(call, nested, log),
        1 => finish(annotated_async(call, nested, log)),
        2 => policy.run_blocking(|| attempt(call, nested, log)),
        3 => finish(policy.run_with(timer, || async {
            pause().await;
            attempt(call, nested, log)
        })),
        4 => {
            let mut retry = policy.start_with(timer);
            loop {
                match retry.attempt_blocking(|| attempt(call, nested, log)) {
                    Ok(()) => break Ok(()),
                    Err(error) => match retry.again(error) {
                        Ok(delay) => delay.block(),
                        Err(error) => break Err(error),
                    },
                }
            }
        }
        5 => finish(async {
            let mut retry = policy.start_with(timer);
            loop {
                let attempt = retry.attempt(async {
                    pause().await;
                    attempt(call, nested, log)
                });
                match attempt.await {
                    Ok(()) => break Ok(()),
                    Err(error) => retry.again(error)?.await,
                }
            }
        }),
        6 => web::by_middleware(call, nested, log),
        7 => web::by_layer(call, nested, log),
        BY_SERVICE => web::by_service(call, nested, log),
        9 => web::by_request(call, nested, log),
        _ => web::by_blocking_request(call, nested, log),
    };
    let call = call.id;
    let end = match outcome {
        Ok(()) => Event::Success { call },
        Err(_) => Event::GaveUp { call },
    };
    push(log, end);
    outcome
}

/// The ways to make a call.
pub(crate) const DRIVERS: u8 = 11;

/// Those that may have nested calls: a request that is retried runs no code of ours in its attempts.
pub(crate) const DRIVERS_AROUND: u8 = 9;

/// The one in which another service makes the nested calls.
pub(crate) const BY_SERVICE: u8 = 8;

fn any_end() -> impl Strategy<Value = Option<Class>> {
    prop_oneof![
        4 => Just(None),
        4 => Just(Some(Class::Transient)),
        1 => Just(Some(Class::Permanent)),
    ]
}

pub(crate) fn any_call() -> impl Strategy<Value = Call> {
    let ends = || prop::collection::vec(any_end(), 1..4);
    let leaf = (1..6_u32, 0..DRIVERS, ends()).prop_map(|(max, driver, ends)| Call {
        id: 0,
        max,
        driver,
        children: Vec::new(),
        ends,
    });
    let tree = leaf.prop_recursive(4, 12, 3, move |inner| {
        let handling = prop_oneof![
            3 => Just(Handling::PassedOn),
            1 => Just(Handling::Ignored),
            1 => Just(Handling::TakenFor(Class::Transient)),
            1 => Just(Handling::TakenFor(Class::Permanent)),
        ];
        let child = (inner, handling).prop_map(|(call, handling)| Child { call, handling });
        let children = prop::collection::vec(child, 1..3);
        (1..6_u32, 0..DRIVERS_AROUND, children, ends()).prop_map(|(max, driver, children, ends)| {
            Call {
                id: 0,
                max,
                driver,
                children,
                ends,
            }
        })
    });
    tree.prop_map(|mut call| {
        name(&mut call, &mut 0);
        call
    })
}

fn name(call: &mut Call, next: &mut u32) {
    call.id = *next;
    *next += 1;
    for child in &mut call.children {
        name(&mut child.call, next);
    }
}
