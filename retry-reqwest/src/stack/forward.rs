//! Retrying requests that other code sends: shared by the middleware and the layer.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use reqwest::{Request, Response};
use retry_core::note_give_up;

use crate::chaos::Injector;
use crate::classify::{AskedFor, HintHeaders, Safety, is_failure};
use crate::error::Error;
use crate::redirect::{Redirects, Trail, is_redirect_with_body};
use crate::request::{
    AnyHttpPolicy, Attempts, CallHooks, Resend, RetrySettings, Template, begin, drive,
};
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

/// Sends the request until a response is not a failure, or the call gives up. The last failed response is then returned
/// unchanged, its body unread. A policy of the settings replaces `policy`.
///
/// Not an `async fn`, whose future would store the request in addition to its template.
pub(crate) fn forward<'p, S, F, E>(
    policy: &'p AnyHttpPolicy<'p>,
    settings: &'p RetrySettings,
    mut request: Request,
    send: S,
) -> impl Future<Output = Result<Result<Response, E>, Error>>
where
    S: FnMut(Request) -> F,
    F: Future<Output = Result<Response, NotSent<E>>>,
{
    let settled = settings.apply(&mut request);
    // Unused if the key cannot be made, because then nothing is sent.
    let repeatable = *settled.as_ref().unwrap_or(&Safety::Once);
    let request = settled.map(|_| request);
    let mut template = Template::new(request, settings);
    let mut attempts = ForwardAttempts {
        send,
        last_failure: None,
        front: VecDeque::new(),
        repeatable,
        hints: settings.hints.clone(),
        chaos: settings.chaos.clone(),
    };
    let mut hooks = CallHooks::none();
    settings.add_hooks(&mut hooks);
    let policy = settings.own_policy().unwrap_or(policy);
    let mut call = begin(policy, None, hooks);
    async move {
        let outcome = drive(&mut call, &mut template, repeatable, &mut attempts);
        outcome.await.0
    }
}

/// Sends each attempt with `send`.
struct ForwardAttempts<S, E> {
    send: S,
    /// The failed response of the last attempt, or the sender's own error: the caller receives it in place of an
    /// [`Error`].
    last_failure: Option<Result<Response, E>>,
    /// The part of that response's body that was read.
    front: VecDeque<Bytes>,
    repeatable: Safety,
    hints: Option<Arc<HintHeaders>>,
    chaos: Injector,
}

impl<S, E> ForwardAttempts<S, E> {
    fn outcome(
        &mut self,
        sent: Result<Response, NotSent<E>>,
        asked_for: AskedFor,
        trail: &Trail,
    ) -> Result<Result<Response, E>, Error> {
        match sent {
            Ok(response) if asked_for.is_missed_by(response.status()) => {
                // A caller would take this response for a success, so it becomes an error.
                Err(trail.failed_response(&response, self.hints.as_deref()))
            }
            Ok(response) if is_failure(response.status()) => {
                let error = trail.failed_response(&response, self.hints.as_deref());
                if error.server_gave_up() {
                    note_give_up();
                }
                self.last_failure = Some(Ok(response));
                Err(error)
            }
            Ok(response) => Ok(Ok(response)),
            Err(NotSent::Failed(error)) => Err(trail.failed(error)),
            Err(NotSent::Other(other)) => {
                self.last_failure = Some(Err(other));
                Err(Error::unknown().last())
            }
        }
    }
}

impl<S, F, E> Attempts for ForwardAttempts<S, E>
where
    S: FnMut(Request) -> F,
    F: Future<Output = Result<Response, NotSent<E>>>,
{
    type Output = Result<Response, E>;

    fn attempt<'a>(
        &'a mut self,
        mut request: Request,
        mut resend: Resend<'a>,
    ) -> Result<impl Future<Output = Result<Self::Output, Error>>, Error> {
        self.last_failure = None;
        self.front.clear();
        let asked_for = AskedFor::by(request.headers());
        let mut trail = Trail::watch(&mut request, self.repeatable);
        let chaos = self
            .chaos
            .begin(|| (request.url().clone(), request.timeout().copied()));
        let sent = chaos.around((self.send)(request));
        Ok(async move {
            let mut sent = trail.see(sent).await;
            if sent.as_ref().is_ok_and(is_redirect_with_body) {
                if let Ok(response) = sent {
                    let redirects = || Redirects::UNKNOWN;
                    // On the heap, so that calls which are not redirected stay small.
                    let followed =
                        Box::pin(resend.follow(response, &mut trail, redirects, &mut self.send));
                    sent = followed.await?;
                }
            }
            resend.responded(&sent);
            self.outcome(sent, asked_for, &trail)
        })
    }

    /// Reads the body of the failed response, so that its connection can be reused. Keeps what it reads, in case
    /// there is no further attempt after all.
    async fn before_retry(&mut self) {
        let Some(Ok(response)) = &mut self.last_failure else {
            return;
        };
        let mut seen = 0;
        while seen <= DRAIN {
            match response.chunk().await {
                Ok(Some(chunk)) => {
                    seen += chunk.len();
                    self.front.push_back(chunk);
                }
                // An error here is not another failure: the status is what failed.
                Ok(None) | Err(_) => return,
            }
        }
    }

    fn end(&mut self, error: Error) -> Result<Self::Output, Error> {
        match self.last_failure.take() {
            Some(failure) => {
                Ok(failure.map(|response| put_back(std::mem::take(&mut self.front), response)))
            }
            None => Err(error),
        }
    }
}
