//! The loop of every call that is awaited, and what follows from how an attempt ended.

use std::future::{Future, poll_fn};
use std::ops::ControlFlow;
use std::pin::Pin;

use reqwest::Request;
use retry_core::{DefaultTimer, Delay, Report};

use super::limit::Limit;
use super::policy::Decide;
use super::template::{Repeat, Template};
use crate::Error;

/// What a call does in each of its attempts. Keeps its state from one to the next.
pub(crate) trait Attempts {
    /// What the call gives when it succeeds.
    type Output;

    /// Sends the request of the attempt that begins now, and reads its answer. Dropped at any await
    /// where the attempt is cut short.
    ///
    /// No `async fn`, so that the future need not hold the request.
    ///
    /// # Errors
    ///
    /// When there is nothing to send.
    fn attempt(
        &mut self,
        request: Request,
    ) -> Result<impl Future<Output = Result<Self::Output, Error>>, Error>;

    /// Takes in how an attempt failed, cut short or not, and says what the policy is told.
    async fn failed(&mut self, error: Error) -> Result<Self::Output, Error> {
        Err(error)
    }

    /// There will be another attempt, after a wait that has begun.
    async fn again(&mut self) {}

    /// Takes in how the last attempt failed, and says how the call ends.
    async fn end(&mut self, error: Error) -> Result<Self::Output, Error> {
        Err(error)
    }
}

/// Makes attempts until one succeeds, or there is no further one. `repeatable`: whether the server may
/// process the request twice.
///
/// Borrows, as an `async fn` holds what it is given twice.
pub(crate) async fn drive<A: Attempts>(
    call: &mut impl Decide,
    template: &mut Template<Request>,
    repeatable: bool,
    attempts: &mut A,
) -> (Result<A::Output, Error>, Report) {
    loop {
        let outcome = {
            let (limit, mut attempt) = begin(call, template, attempts);
            let attempt = poll_fn(|cx| call.within(|| attempt.as_mut().poll(cx)));
            limit.hold(attempt, repeatable).await
        };
        let outcome = match outcome {
            Ok(value) => Ok(value),
            Err(error) => attempts.failed(error).await,
        };
        match settle(call, template, outcome) {
            ControlFlow::Continue(delay) => {
                let wait = delay.into_future();
                attempts.again().await;
                wait.await;
            }
            ControlFlow::Break(Ok(value)) => return (Ok(value), call.report()),
            ControlFlow::Break(Err(error)) => {
                let report = call.report();
                return (attempts.end(error).await, report);
            }
        }
    }
}

/// On the heap, as callers move what they are given, and this is most of it.
type Attempt<F> = Pin<Box<F>>;

/// Begins an attempt. Its request is made within it: opening a file takes time.
fn begin<'a, C: Decide, A: Attempts>(
    call: &mut C,
    template: &'a mut Template<Request>,
    attempts: &'a mut A,
) -> (
    Limit,
    Attempt<impl Future<Output = Result<A::Output, Error>> + use<'a, C, A>>,
) {
    let (number, time) = (call.number(), call.limit());
    // Only an attempt that may be cut off needs to know where it went.
    let limit = Limit::from_now(time, || template.url().cloned());
    let attempt = async move {
        let request = template.next(number, time).await?;
        attempts.attempt(request)?.await
    };
    (limit, Box::pin(attempt))
}

/// Takes in how an attempt ended. `Continue`: wait so long, and make another one. After a failure that
/// no other attempt can follow, the policy is not asked.
pub(crate) fn settle<T, Q: Repeat>(
    call: &mut impl Decide,
    template: &mut Template<Q>,
    outcome: Result<T, Error>,
) -> ControlFlow<Result<T, Error>, Delay<DefaultTimer>> {
    if outcome.is_err() {
        // Before the wait: a connection may still send the body.
        template.take_back();
    }
    match outcome {
        Ok(value) => {
            call.succeeded();
            ControlFlow::Break(Ok(value))
        }
        Err(error) if error.is_last() || !template.can_repeat() => {
            call.stop(&error);
            ControlFlow::Break(Err(error))
        }
        Err(error) => match call.again(error) {
            Ok(delay) => ControlFlow::Continue(delay),
            Err(error) => ControlFlow::Break(Err(error)),
        },
    }
}
