//! Retrying requests that other code sends: shared by the middleware and the layer.

use std::collections::VecDeque;
use std::future::{self, Future};
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use reqwest::{Request, Response};
use retry_core::note_give_up;

use crate::chaos::Injector;
use crate::classify::{AskedFor, HintHeaders, Safety, is_failure};
use crate::error::Error;
use crate::redirect::{Redirects, Trail};
use crate::request::{Attempts, CallHooks, RetrySettings, SharedPolicy, Template, begin, drive};
use crate::response::{DRAIN, put_back};

/// The reason that there is no response.
pub(crate) enum NotSent<E> {
    /// A failure that the policy decides about.
    Failed(Error),
    /// A failure that only the sender understands: it ends the call.
    #[cfg_attr(
        not(feature = "middleware"),
        expect(dead_code, reason = "a service fails with errors of this crate only")
    )]
    Other(E),
}

/// What reqwest fails with, the policy decides about.
impl<E> From<reqwest::Error> for NotSent<E> {
    fn from(error: reqwest::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// The code that sends the requests of a call.
pub(crate) trait Sender {
    /// The error that only this code understands.
    type Error;

    /// The output of the call.
    type Output;

    /// Sends a request.
    fn send(
        &mut self,
        request: Request,
    ) -> impl Future<Output = Result<Response, NotSent<Self::Error>>>;

    /// Returns the output of the call.
    fn output(ended: Result<Result<Response, Self::Error>, Error>) -> Self::Output;
}

/// Sends the request until a response is not a failure, or the call gives up. The last failed response is then returned
/// unchanged, its body unread. A policy of the settings replaces `policy`.
///
/// Not an `async fn`, whose future would store the request in addition to its template.
pub(crate) fn forward<S: Sender>(
    policy: &SharedPolicy,
    (settings, chaos): (&RetrySettings, Injector),
    mut request: Request,
    sender: S,
) -> Pin<Box<impl Future<Output = S::Output> + use<S>>> {
    let settled = settings.apply(&mut request);
    // Unused if the key cannot be made, because then nothing is sent.
    let repeatable = *settled.as_ref().unwrap_or(&Safety::Once);
    let mut template = Template::new(settled.map(|_| request), settings, false);
    let mut attempts = ForwardAttempts {
        sender,
        last_failure: None,
        repeatable,
        hints: settings.hints.clone(),
        chaos,
    };
    let mut hooks = CallHooks::none();
    settings.add_hooks(&mut hooks);
    let policy = Arc::clone(settings.own_policy().unwrap_or(policy));
    Box::pin(async move {
        let mut call = begin(&*policy, None, hooks);
        let ended = drive(&mut call, &mut template, repeatable, &mut attempts).await;
        S::output(ended.0)
    })
}

/// The failed response of the last attempt, with the part of its body that was read.
struct FailedResponse {
    response: Response,
    front: VecDeque<Bytes>,
}

/// The failed response of the last attempt, or the sender's own error.
type LastFailure<E> = Result<FailedResponse, E>;

/// Sends each attempt with `sender`.
struct ForwardAttempts<S: Sender> {
    sender: S,
    /// The caller receives it in place of an [`Error`]. Boxed, so that calls which do not fail stay small.
    last_failure: Option<Box<LastFailure<S::Error>>>,
    repeatable: Safety,
    hints: Option<Arc<HintHeaders>>,
    chaos: Injector,
}

impl<S: Sender> Attempts for ForwardAttempts<S> {
    type Output = Result<Response, S::Error>;
    type Failure = NotSent<S::Error>;

    #[inline]
    fn prepare(&mut self, request: &mut Request) -> Result<Trail, Error> {
        self.last_failure = None;
        Ok(Trail::watch(request, self.repeatable))
    }

    fn chaos(&self) -> &Injector {
        &self.chaos
    }

    fn send(&mut self, request: Request) -> impl Future<Output = Result<Response, Self::Failure>> {
        self.sender.send(request)
    }

    fn redirects(&self) -> Redirects {
        Redirects::UNKNOWN
    }

    fn fails(&self, response: &Response, asked_for: AskedFor) -> bool {
        is_failure(response.status()) || asked_for.is_missed_by(response.status())
    }

    async fn failure(&mut self, response: Response, asked_for: AskedFor, trail: &Trail) -> Error {
        let error = trail.failed_response(&response, self.hints.as_deref());
        // A caller would take a response that was not asked for as a success, so it becomes an error.
        if !asked_for.is_missed_by(response.status()) {
            if error.server_gave_up() {
                note_give_up();
            }
            let front = VecDeque::new();
            self.last_failure = Some(Box::new(Ok(FailedResponse { response, front })));
        }
        error
    }

    fn not_sent(&mut self, failure: Self::Failure, trail: &Trail) -> Error {
        match failure {
            NotSent::Failed(error) => trail.failed(error),
            NotSent::Other(other) => {
                self.last_failure = Some(Box::new(Err(other)));
                Error::unknown().last()
            }
        }
    }

    fn read(&mut self, response: Response) -> impl Future<Output = Result<Self::Output, Error>> {
        future::ready(Ok(Ok(response)))
    }

    /// Reads the body of the failed response, so that its connection can be reused. Keeps what it reads, in case
    /// there is no further attempt after all.
    async fn before_retry(&mut self) {
        let Some(Ok(failed)) = self.last_failure.as_deref_mut() else {
            return;
        };
        let mut seen = 0;
        while seen <= DRAIN {
            match failed.response.chunk().await {
                Ok(Some(chunk)) => {
                    seen += chunk.len();
                    failed.front.push_back(chunk);
                }
                // An error here is not another failure: the status is what failed.
                Ok(None) | Err(_) => return,
            }
        }
    }

    fn end(&mut self, error: Error) -> Result<Self::Output, Error> {
        match self.last_failure.take() {
            Some(failure) => Ok(failure.map(|failed| put_back(failed.front, failed.response))),
            None => Err(error),
        }
    }
}
