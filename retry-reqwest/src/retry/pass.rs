//! The attempts of a sender that is not ours: what a middleware and a layer have in common.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use reqwest::{Request, Response};
use retry_core::note_give_up;

use super::drive::{Attempts, drive};
use super::template::Template;
use super::{RetrySettings, SharedPolicy};
use crate::Error;
use crate::drain::drain;
use crate::method::Safety;
use crate::status::is_failure;

/// Sends the request until an answer is no failure, or the policy says that it was the last. A failed
/// answer is then given as it is, its body unread.
///
/// `send` may end the call with an `Err` inside, which is not for the policy.
///
/// No `async fn`, so that the future need not hold the request beside its template.
pub(crate) fn pass<P, Kind, S, F, E>(
    policy: &P,
    settings: &RetrySettings,
    mut request: Request,
    send: S,
) -> impl Future<Output = Result<Result<Response, E>, Error>>
where
    P: SharedPolicy<Kind>,
    S: FnMut(Request) -> F,
    F: Future<Output = Result<Result<Response, E>, Error>>,
{
    let settled = settings.apply(&mut request);
    // One without a key that it should have is not sent.
    let repeatable = *settled.as_ref().unwrap_or(&Safety::Once);
    let request = settled.map(|_| request);
    let mut template = Template::new(request, settings.body(), settings);
    let mut passed = Passed {
        send,
        ended: None,
        repeatable,
    };
    let mut call = policy.begin_shared();
    async move {
        let outcome = drive(&mut call, &mut template, repeatable, &mut passed);
        outcome.await.0
    }
}

struct Passed<S, E> {
    send: S,
    /// How the last attempt failed, if that is more than an [`Error`].
    ended: Option<Result<Response, E>>,
    repeatable: Safety,
}

impl<S, E> Passed<S, E> {
    fn answered(
        &mut self,
        sent: Result<Result<Response, E>, Error>,
    ) -> Result<Result<Response, E>, Error> {
        match sent.map_err(|error| error.of_request(self.repeatable))? {
            Ok(response) if is_failure(response.status()) => {
                let error = Error::from_response(&response, self.repeatable);
                if error.server_gave_up() {
                    note_give_up();
                }
                self.ended = Some(Ok(response));
                Err(error)
            }
            Ok(response) => Ok(Ok(response)),
            Err(other) => {
                self.ended = Some(Err(other));
                Err(Error::unknown().last())
            }
        }
    }
}

pin_project! {
    /// An attempt. No `async` block, as that holds what it awaits twice.
    struct Answered<'p, S, F, E> {
        passed: &'p mut Passed<S, E>,
        #[pin]
        sent: F,
    }
}

impl<S, F, E> Future for Answered<'_, S, F, E>
where
    F: Future<Output = Result<Result<Response, E>, Error>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        this.sent.poll(cx).map(|sent| this.passed.answered(sent))
    }
}

impl<S, F, E> Attempts for Passed<S, E>
where
    S: FnMut(Request) -> F,
    F: Future<Output = Result<Result<Response, E>, Error>>,
{
    type Output = Result<Response, E>;

    fn attempt(
        &mut self,
        request: Request,
    ) -> Result<impl Future<Output = Result<Self::Output, Error>>, Error> {
        self.ended = None;
        let sent = (self.send)(request);
        Ok(Answered { passed: self, sent })
    }

    async fn again(&mut self) {
        if let Some(Ok(response)) = self.ended.take() {
            // On the heap, so that calls which do not fail stay small.
            Box::pin(drain(response)).await;
        }
    }

    async fn end(&mut self, error: Error) -> Result<Self::Output, Error> {
        self.ended.take().ok_or(error)
    }
}
