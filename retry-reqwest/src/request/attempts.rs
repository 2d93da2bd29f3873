//! One attempt: its request, its response and the redirects between them, for every way to send.

use std::future::Future;
use std::pin::pin;

use reqwest::{Request, Response};

use super::request_source::RequestSource;
use crate::chaos::Injector;
use crate::classify::AskedFor;
use crate::error::Error;
use crate::redirect::{Redirects, Trail, is_redirect_with_body};

/// How the attempts of a call are made: by a client, or by the code that a middleware or a layer is part of. Keeps its
/// state from one attempt to the next.
///
/// Methods that receive a request or a response are no `async fn`, whose future would store it twice.
pub(crate) trait Attempts {
    /// The output of a call that succeeds.
    type Output;

    /// The reason that there is no response.
    type Failure: From<reqwest::Error>;

    /// Changes the first request of the attempt that begins now, and begins its trail.
    ///
    /// # Errors
    ///
    /// If there is nothing to send.
    fn prepare(&mut self, request: &mut Request) -> Result<Trail, Error>;

    /// Returns the source of faults.
    fn chaos(&self) -> &Injector;

    /// Sends a request. Dropped at any await if the attempt is cut off.
    fn send(&mut self, request: Request) -> impl Future<Output = Result<Response, Self::Failure>>;

    /// Returns the redirects that an attempt may follow itself.
    fn redirects(&self) -> Redirects;

    /// Returns whether this response is a failure.
    fn fails(&self, response: &Response, asked_for: AskedFor) -> bool;

    /// Returns the error of a failed response.
    async fn failure(&mut self, response: Response, asked_for: AskedFor, trail: &Trail) -> Error;

    /// Returns the error of a request that got no response.
    fn not_sent(&mut self, failure: Self::Failure, trail: &Trail) -> Error;

    /// Reads a response that is not a failure. Dropped at any await if the attempt is cut off.
    fn read(&mut self, response: Response) -> impl Future<Output = Result<Self::Output, Error>>;

    /// Receives the error of each failed attempt, timeouts included, and returns the error for the policy. Returns `Ok`
    /// if the call is complete after all; [`finish`](Self::finish) then returns its output.
    fn failed(&mut self, error: Error) -> Result<(), Error> {
        Err(error)
    }

    /// Returns the output of a call that is complete although its last attempt failed.
    async fn finish(&mut self) -> Result<Self::Output, Error> {
        Err(Error::unknown())
    }

    /// Runs during the wait before another attempt, and is dropped when the wait is over.
    async fn before_retry(&mut self) {}

    /// Runs after the last attempt failed with `error`. Returns an error to report in place of it, if any.
    async fn close(&mut self, error: &Error) -> Option<Error> {
        let _ = error;
        None
    }

    /// Returns how the call ends after its last failure.
    fn end(&mut self, error: Error) -> Result<Self::Output, Error> {
        Err(error)
    }
}

/// Makes one attempt: sends, follows redirects, reads.
///
/// Borrows its arguments, because the future of an `async fn` stores an owned argument twice. The blocks end the lives of
/// the request and of the response before the next `.await`, so that its future does not store them either.
pub(crate) async fn attempt<A: Attempts>(
    attempts: &mut A,
    source: &mut RequestSource<'_>,
) -> Result<A::Output, Error> {
    let (mut trail, asked_for);
    {
        let mut outcome = {
            let mut sent = pin!({
                let mut request = if source.is_ready() {
                    source.begin()?
                } else {
                    // On the heap, so that calls without a `ReplayBody` or a callback stay small.
                    Box::pin(source.next()).await?
                };
                trail = attempts.prepare(&mut request)?;
                asked_for = AskedFor::by(request.headers());
                let chaos = attempts
                    .chaos()
                    .begin(|| (request.url().clone(), request.timeout().copied()));
                chaos.around(attempts.send(request))
            });
            trail.see(sent.as_mut()).await
        };
        if outcome.as_ref().is_ok_and(is_redirect_with_body) {
            if let Ok(response) = outcome {
                // On the heap, so that calls which are not redirected stay small.
                outcome = Box::pin(source.follow(response, &mut trail, attempts)).await?;
            }
        }
        source.responded(&outcome);
        match outcome {
            Ok(response) if attempts.fails(&response, asked_for) => {
                return Err(Box::pin(attempts.failure(response, asked_for, &trail)).await);
            }
            Ok(response) => attempts.read(response),
            Err(failure) => return Err(attempts.not_sent(failure, &trail)),
        }
    }
    .await
}
