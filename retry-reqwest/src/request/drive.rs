//! The loop of every awaited call, and the decision after each attempt.

use std::future::{Future, poll_fn};
use std::ops::ControlFlow;
use std::pin::pin;
use std::time::Duration;

use reqwest::Client;
use retry_core::{DefaultTimer, Delay, Report};

use super::attempt_deadline::AttemptDeadline;
use super::attempts::{Attempts, attempt};
use super::http_client::HttpClient;
use super::policy::HttpCall;
use super::request_source::RequestSource;
use super::template::Template;
use crate::classify::Safety;
use crate::error::Error;

/// Makes attempts until one succeeds or the call gives up. `repeatable`: whether the server may process the request
/// twice.
///
/// Borrows its arguments, because the future of an `async fn` stores an owned argument twice.
pub(crate) async fn drive<A: Attempts>(
    call: &mut HttpCall<'_>,
    template: &mut Template<Client>,
    repeatable: Safety,
    attempts: &mut A,
) -> (Result<A::Output, Error>, Report) {
    let mut before = None;
    loop {
        // The block ends the life of the outcome before the wait, whose future would store it, too.
        let (delay, error) = {
            let outcome = {
                let (number, time) = (call.number(), call.attempt_limit());
                // Only an attempt that may be cut off needs to know where it went.
                let limit = AttemptDeadline::from_now(time, || template.url().cloned());
                let span = template.begin_span(number, time);
                // The attempt itself makes its request, because opening a file takes time, which its limit covers.
                let mut attempt = pin!(span.within(async {
                    if time == Some(Duration::ZERO) {
                        // Nothing is sent, so repeating is safe for every method.
                        let url = template.url().cloned();
                        return Err(Error::timed_out(Duration::ZERO, url, Safety::Idempotent));
                    }
                    let mut source = RequestSource::Attempt(template, number, time);
                    attempt(attempts, &mut source).await
                }));
                let attempt = poll_fn(|cx| call.attempt_blocking(|| attempt.as_mut().poll(cx)));
                limit.hold(attempt, repeatable).await
            };
            let outcome = match outcome {
                Ok(value) => Ok(value),
                Err(error) => match attempts.failed(error) {
                    Ok(()) => {
                        // The writer may hang, so this is part of the call's time.
                        let limit = AttemptDeadline::from_now(call.attempt_limit(), || None);
                        let finished = limit.hold(attempts.finish(), repeatable).await;
                        finished.map_err(Error::last)
                    }
                    Err(error) => Err(error),
                },
            };
            match settle(call, template, outcome) {
                ControlFlow::Break(Ok(value)) => return (Ok(value), call.report()),
                ControlFlow::Break(Err(error)) => (None, error.after(before.take())),
                ControlFlow::Continue((delay, error)) => (Some(delay), error),
            }
        };
        if let Some(delay) = delay {
            wait(delay, attempts).await;
            if !call.give_up_if_late(&error) {
                before = Some(error);
                continue;
            }
            // The failure before the wait explains more than the time that ran out.
        }
        let report = call.report();
        let limit = AttemptDeadline::from_now(call.attempt_limit(), || None);
        let closed = limit.hold(async { Ok(attempts.close(&error).await) }, repeatable);
        let instead = closed.await.ok().flatten();
        return (attempts.end(instead.unwrap_or(error)), report);
    }
}

/// Waits, and meanwhile runs [`Attempts::before_retry`].
async fn wait(delay: Delay<DefaultTimer>, attempts: &mut impl Attempts) {
    let mut wait = pin!(delay.into_future());
    // `ready` prevents a poll of `before` after its end. `before` never ends the wait, which may be longer.
    let (mut before, mut ready) = (pin!(attempts.before_retry()), false);
    poll_fn(|cx| {
        ready = ready || before.as_mut().poll(cx).is_ready();
        wait.as_mut().poll(cx)
    })
    .await;
}

/// Records how an attempt ended, and decides what follows. `Continue`: wait that long, then make another attempt.
/// The policy is not asked about a failure that no other attempt can follow.
pub(crate) fn settle<T, C: HttpClient>(
    call: &mut HttpCall<'_>,
    template: &mut Template<C>,
    outcome: Result<T, Error>,
) -> ControlFlow<Result<T, Error>, (Delay<DefaultTimer>, Error)> {
    template.span.end(&outcome);
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
        Err(error) => match call.wait_after(&error, error.retry_after()) {
            Some(delay) => ControlFlow::Continue((delay, error)),
            None => ControlFlow::Break(Err(error)),
        },
    }
}
