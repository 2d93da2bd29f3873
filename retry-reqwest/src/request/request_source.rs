//! `RequestSource`: the requests of one attempt, the first and those that a redirect asks for.

use std::time::Duration;

use reqwest::{Request, Response};

use super::attempts::Attempts;
use super::template::Template;
use crate::error::Error;
use crate::redirect::{Trail, is_elsewhere, remove_credentials};
use crate::response::drain;

/// Where the requests of an attempt come from.
pub(crate) enum RequestSource<'t> {
    /// The template of a call, with the number and the time limit of the current attempt.
    Attempt(&'t mut Template<reqwest::Client>, u32, Option<Duration>),
    /// A request that is sent once. reqwest resends its body for a redirect, if it can.
    Once(&'t mut Option<Request>),
}

impl RequestSource<'_> {
    /// Returns the first request of the attempt, if it [`is_ready`](Self::is_ready).
    // Inlined: a request is large to move.
    #[inline]
    pub(crate) fn begin(&mut self) -> Result<Request, Error> {
        match self {
            Self::Attempt(template, number, limit) => template.begin(*number, *limit),
            Self::Once(request) => request.take().ok_or_else(Error::unknown),
        }
    }

    /// Whether making the first request takes no time.
    #[inline]
    pub(crate) fn is_ready(&self) -> bool {
        match self {
            Self::Attempt(template, ..) => template.is_ready(),
            Self::Once(_) => true,
        }
    }

    /// Makes the first request of the attempt.
    pub(crate) async fn next(&mut self) -> Result<Request, Error> {
        match self {
            Self::Attempt(template, number, limit) => template.next(*number, *limit).await,
            Self::Once(_) => self.begin(),
        }
    }

    /// Makes the request again. Returns `None` if its body can be read only once.
    async fn again(&mut self) -> Option<Result<Request, Error>> {
        match self {
            Self::Attempt(template, number, limit) => template.same(*number, *limit).await,
            Self::Once(_) => None,
        }
    }

    /// Records the status of the last response in the span of the attempt.
    pub(crate) fn responded<E>(&self, outcome: &Result<Response, E>) {
        if let (Self::Attempt(template, ..), Ok(response)) = (self, outcome) {
            template.span.responded(response.status());
        }
    }

    /// Follows redirects as long as they keep the method and the body. Returns the first response that does not
    /// redirect so, or whose redirect must not be followed.
    ///
    /// A body of bytes is left to reqwest, which resends it by its own policy and its own rules for credentials.
    pub(crate) async fn follow<A: Attempts>(
        &mut self,
        mut response: Response,
        trail: &mut Trail,
        attempts: &mut A,
    ) -> Result<Result<Response, A::Failure>, Error> {
        let Some(first) = self.again().await else {
            return Ok(Ok(response));
        };
        let first = first?;
        if is_cloneable(&first) {
            // reqwest can resend this body. It did not, so the policy of the client forbids the redirect.
            return Ok(Ok(response));
        }
        let (home, mut first) = (first.url().clone(), Some(first));
        let mut redirects = attempts.redirects();
        loop {
            let next = redirects.next(response.status(), response.headers(), response.url());
            let Some(next) = next else {
                return Ok(Ok(response));
            };
            let made = match first.take() {
                Some(first) => Some(Ok(first)),
                None => self.again().await,
            };
            let Some(request) = made else {
                return Ok(Ok(response));
            };
            let mut request = request?;
            if is_elsewhere(&home, &next) {
                remove_credentials(request.headers_mut());
            }
            *request.url_mut() = next;
            drain(response).await;
            trail.follow();
            response = match trail.see(attempts.send(request)).await {
                Ok(response) => response,
                Err(failure) => return Ok(Err(failure)),
            };
        }
    }
}

fn is_cloneable(request: &Request) -> bool {
    request.body().is_none_or(|body| body.as_bytes().is_some())
}
