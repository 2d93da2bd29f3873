//! Resending the request of one attempt, for a redirect that keeps its method and its body.

use std::future::Future;
use std::time::Duration;

use reqwest::{Client, Request, Response};

use super::template::Template;
use crate::error::Error;
use crate::redirect::{Redirects, Trail, is_elsewhere, remove_credentials};
use crate::response::drain;

/// The source of the request to resend.
pub(crate) enum Resend<'t> {
    /// The template of a call, with the number and the time limit of the current attempt.
    Attempt(&'t mut Template<Client>, u32, Option<Duration>),
    /// A request that is sent once; `None` if its body can be read only once.
    Once(Option<Box<Request>>),
}

impl Resend<'_> {
    async fn request(&mut self) -> Option<Result<Request, Error>> {
        match self {
            Self::Attempt(template, number, limit) => template.same(*number, *limit).await,
            Self::Once(request) => request.as_ref()?.try_clone().map(Ok),
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
    pub(crate) async fn follow<E, F>(
        &mut self,
        mut response: Response,
        trail: &mut Trail,
        redirects: impl FnOnce() -> Redirects,
        mut send: impl FnMut(Request) -> F,
    ) -> Result<Result<Response, E>, Error>
    where
        F: Future<Output = Result<Response, E>>,
    {
        let Some(first) = self.request().await else {
            return Ok(Ok(response));
        };
        let first = first?;
        if is_cloneable(&first) {
            // reqwest can resend this body. It did not, so the policy of the client forbids the redirect.
            return Ok(Ok(response));
        }
        let (home, mut first, mut redirects) = (first.url().clone(), Some(first), redirects());
        loop {
            let next = redirects.next(response.status(), response.headers(), response.url());
            let Some(next) = next else {
                return Ok(Ok(response));
            };
            let made = match first.take() {
                Some(first) => Some(Ok(first)),
                None => self.request().await,
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
            response = match trail.see(send(request)).await {
                Ok(response) => response,
                Err(error) => return Ok(Err(error)),
            };
        }
    }
}

fn is_cloneable(request: &Request) -> bool {
    request.body().is_none_or(|body| body.as_bytes().is_some())
}
