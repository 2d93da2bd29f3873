//! The loop around a sender that is not ours: what a middleware and a layer have in common.

use std::future::Future;
use std::marker::PhantomData;
use std::time::Duration;

use reqwest::{Request, Response};
use retry_core::{AttemptLimit, Backoff, DefaultTimer, Policy, Retry, Rule, Throttle};

use super::RetrySettings;
use super::limit::Limit;
use super::policy::sealed;
use super::read::failed;
use super::template::Template;
use crate::Error;
use crate::drain::drain;

/// A [`Policy`] that requests on any thread may be under: one that knows what an [`Error`] means, and
/// is `Send`, `Sync` and owns what it holds. `Kind` is always inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a policy for requests of every thread",
    note = "a `Policy` is one, if its classifier takes a `&retry_reqwest::Error`, and is `Send`, `Sync` and `'static`"
)]
pub trait SharedPolicy<Kind>: sealed::Sealed + Send + Sync + 'static {
    #[doc(hidden)]
    fn begin(&self) -> impl Decide + Send;
}

/// One call in progress.
pub trait Decide {
    /// How long the attempt that begins now may take.
    fn limit(&self) -> Option<Duration>;

    /// An attempt, which knows that it is one.
    fn attempt<F: Future + Send>(&mut self, attempt: F) -> impl Future<Output = F::Output> + Send;

    /// The attempt under way has succeeded.
    fn succeeded(&self);

    /// The wait before the next attempt; the error back if there is none.
    fn again(&mut self, error: Error) -> Result<Duration, Error>;
}

impl<B, O, L, G, Kind> SharedPolicy<Kind> for Policy<B, O, L, G>
where
    B: Backoff + Send + Sync + 'static,
    O: Rule<Error, Kind> + Send + Sync + 'static,
    L: AttemptLimit + Send + Sync + 'static,
    G: Throttle + Send + Sync + 'static,
    Kind: 'static,
{
    fn begin(&self) -> impl Decide + Send {
        Call {
            retry: self.start(),
            kind: PhantomData::<fn() -> Kind>,
        }
    }
}

struct Call<'p, B, O, L, G, Kind> {
    retry: Retry<'p, B, O, L, DefaultTimer, G>,
    kind: PhantomData<fn() -> Kind>,
}

impl<B, O, L, G, Kind> Decide for Call<'_, B, O, L, G, Kind>
where
    B: Backoff + Sync,
    O: Rule<Error, Kind> + Sync,
    L: AttemptLimit + Sync,
    G: Throttle + Sync,
{
    fn limit(&self) -> Option<Duration> {
        self.retry.attempt_limit()
    }

    fn attempt<F: Future + Send>(&mut self, attempt: F) -> impl Future<Output = F::Output> + Send {
        self.retry.attempt(attempt)
    }

    fn succeeded(&self) {
        self.retry.succeeded();
    }

    fn again(&mut self, error: Error) -> Result<Duration, Error> {
        self.retry.again(error).map(|delay| delay.duration())
    }
}

/// Sends the request until an answer is no failure, or the policy says that it was the last. A failed
/// answer is then given as it is, its body unread.
///
/// `send` may end the call with an `Err` inside, which is not for the policy.
pub(crate) async fn pass<P, Kind, S, F, E>(
    policy: &P,
    settings: &RetrySettings,
    mut request: Request,
    mut send: S,
) -> Result<Result<Response, E>, Error>
where
    P: SharedPolicy<Kind>,
    S: FnMut(Request) -> F,
    F: Future<Output = Result<Result<Response, E>, Error>> + Send,
{
    let repeatable = settings.apply(&mut request)?;
    let url = request.url().clone();
    let mut template = Template::new(Ok(request), settings.body());
    let mut call = policy.begin();
    loop {
        let limit = Limit::from_now(call.limit());
        let outcome = match template.next() {
            Ok(request) => {
                let attempt = call.attempt(send(request));
                limit.hold(attempt, Some(url.clone()), repeatable).await
            }
            Err(error) => Err(error),
        };
        let (error, response) = match outcome {
            Ok(Ok(response)) if failed(response.status()) => {
                let (status, headers) = (response.status(), response.headers());
                let url = response.url().clone();
                let error = Error::from_head(status, headers, url, repeatable);
                (error, Some(response))
            }
            Ok(ended) => {
                if ended.is_ok() {
                    call.succeeded();
                }
                return Ok(ended);
            }
            Err(error) => (error.of_request(repeatable), None),
        };
        let decided = match template.ended(Err::<Duration, _>(error)) {
            Err(error) => call.again(error),
            Ok(last) => last,
        };
        match (decided, response) {
            (Ok(delay), response) => {
                if let Some(response) = response {
                    drain(response).await;
                }
                tokio::time::sleep(delay).await;
            }
            (Err(_), Some(response)) => return Ok(Ok(response)),
            (Err(error), None) => return Err(error),
        }
    }
}
