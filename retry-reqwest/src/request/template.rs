//! `Template`: the source of the request of each attempt.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Request, Url};

use super::attempt_headers::AttemptHeaders;
use super::http_client::HttpClient;
use super::settings::RetrySettings;
use super::span::AttemptSpan;
use crate::body::NotReplayable;
use crate::error::Error;

/// Makes the request of each attempt, as long as its body can be sent again.
pub(crate) struct Template<C: HttpClient> {
    /// `None` after it was sent because it cannot be copied.
    request: Option<Result<C::Request, Error>>,
    /// Whether the request has only a method, a URL and headers.
    is_bare: bool,
    pub(crate) body: Option<C::Body>,
    attempt_headers: Option<Arc<AttemptHeaders>>,
    pub(crate) before_attempt: Option<C::BeforeAttempt>,
    /// Whether each attempt has a span.
    #[cfg(feature = "tracing")]
    spans: bool,
    /// The span of the current attempt.
    pub(super) span: AttemptSpan,
}

impl<C: HttpClient> Template<C> {
    #[inline]
    pub(crate) fn new(
        mut request: Result<C::Request, Error>,
        settings: &RetrySettings<C>,
        is_bare: bool,
    ) -> Self {
        let body = settings.body.clone();
        if let (Ok(request), Some(_)) = (&mut request, &body) {
            C::remove_body(request);
        }
        Self {
            request: Some(request),
            is_bare,
            body,
            attempt_headers: settings.attempt_headers.clone(),
            before_attempt: settings.shared.before_attempt.clone(),
            #[cfg(feature = "tracing")]
            spans: settings.spans,
            span: AttemptSpan::default(),
        }
    }

    /// Begins the span of the attempt that begins now, if it has one. An attempt that sends nothing has none.
    pub(crate) fn begin_span(&mut self, number: u32, limit: Option<Duration>) -> AttemptSpan {
        #[cfg(feature = "tracing")]
        if self.spans && limit != Some(Duration::ZERO) {
            if let Some(Ok(request)) = &self.request {
                self.span = AttemptSpan::begin(C::method(request), C::url(request), number);
            }
        }
        #[cfg(not(feature = "tracing"))]
        let _ = (number, limit);
        self.span.clone()
    }

    /// Returns the request of the attempt that begins now, without the body, which [`fill`](Self::fill) sets. `limit`
    /// is how long the attempt may take. A request that cannot be copied is moved out, so no further attempt is
    /// possible.
    #[inline]
    pub(crate) fn begin(
        &mut self,
        number: u32,
        limit: Option<Duration>,
    ) -> Result<C::Request, Error> {
        let kept = self.request.as_ref().and_then(|kept| kept.as_ref().ok());
        let copy = match kept {
            Some(kept) if self.is_bare => Some(C::copy_bare(kept)),
            kept => kept.and_then(C::repeat),
        };
        let request = match copy {
            Some(copy) => copy,
            None => match self.request.take() {
                Some(request) => request.map_err(Error::last)?,
                None => return Err(Error::from(NotReplayable::read_once()).last()),
            },
        };
        Ok(self.with_headers(request, number, limit))
    }

    /// Copies the request of the current attempt for a redirect, without its body, like [`begin`](Self::begin). Returns
    /// `None` if the body cannot be sent again.
    pub(crate) fn copy(&self, number: u32, limit: Option<Duration>) -> Option<C::Request> {
        let kept = self.request.as_ref()?.as_ref().ok()?;
        let copy = C::repeat(kept).filter(|_| self.can_repeat())?;
        Some(self.with_headers(copy, number, limit))
    }

    #[inline]
    fn with_headers(
        &self,
        mut request: C::Request,
        number: u32,
        limit: Option<Duration>,
    ) -> C::Request {
        if let Some(headers) = &self.attempt_headers {
            let remaining = [C::timeout(&request), limit].into_iter().flatten().min();
            headers.write(C::headers_mut(&mut request), number, remaining);
        }
        request
    }

    /// Returns the URL of the requests.
    pub(crate) fn url(&self) -> Option<&Url> {
        let request = self.request.as_ref()?.as_ref().ok()?;
        Some(C::url(request))
    }

    /// Whether there is a request for another attempt.
    pub(crate) fn can_repeat(&self) -> bool {
        matches!(self.request, Some(Ok(_))) && self.body.as_ref().is_none_or(C::can_replay)
    }

    /// Stops the body of an attempt that failed.
    pub(crate) fn take_back(&mut self) {
        if let Some(body) = &mut self.body {
            C::take_back(body);
        }
    }
}

impl Template<Client> {
    /// Whether [`begin`](Self::begin) returns the whole request: it has its body, and no callback changes it.
    #[inline]
    pub(crate) fn is_ready(&self) -> bool {
        self.body.is_none() && self.before_attempt.is_none()
    }

    /// Returns the request of the attempt that begins now, with its body.
    pub(crate) async fn next(
        &mut self,
        number: u32,
        limit: Option<Duration>,
    ) -> Result<Request, Error> {
        let mut request = self.begin(number, limit)?;
        self.fill(&mut request).await?;
        self.prepared(request).await
    }

    /// Copies the request of the current attempt, with its body, for a redirect that keeps the method.
    pub(crate) async fn same(
        &mut self,
        number: u32,
        limit: Option<Duration>,
    ) -> Option<Result<Request, Error>> {
        let mut request = self.copy(number, limit)?;
        if let Err(error) = self.fill(&mut request).await {
            return Some(Err(error));
        }
        Some(self.prepared(request).await)
    }

    /// Returns the request as the callback `before_attempt` has changed it.
    async fn prepared(&self, request: Request) -> Result<Request, Error> {
        match &self.before_attempt {
            Some(before) => before(request).await,
            None => Ok(request),
        }
    }

    /// Sets the body of a request, from its start: for a new attempt, and again in the same attempt for a redirect that
    /// keeps the method. The previous body stops. Without a `ReplayBody`, the request is not changed.
    ///
    /// [`can_repeat`](Self::can_repeat) returns whether this is possible again.
    pub(crate) async fn fill(&mut self, request: &mut Request) -> Result<(), Error> {
        if let Some(body) = &mut self.body {
            body.fill(request).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use futures_util::stream;
    use http_body_util::BodyExt;
    use reqwest::Body;

    use super::*;
    use crate::ReplayBody;

    async fn read(request: &mut Request) -> Vec<u8> {
        let body = request.body_mut().take().unwrap_or_default();
        body.collect().await.unwrap().to_bytes().to_vec()
    }

    #[tokio::test]
    async fn one_attempt_can_send_its_body_more_than_once() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "whole").unwrap();
        let pieces = ["wh", "ole"].map(io::Result::Ok);
        let bodies = [
            ReplayBody::from_bytes("whole"),
            ReplayBody::from_file(file.path()),
            ReplayBody::from_fn(|| Body::from("whole")),
            ReplayBody::buffered(stream::iter(pieces), 10),
        ];
        for body in bodies {
            let request = Client::new().put("http://127.0.0.1/").build().unwrap();
            let settings = RetrySettings::new().replay_body(body);
            let mut template = Template::new(Ok(request), &settings, false);
            let mut first = template.next(1, None).await.unwrap();
            let mut body = first.body_mut().take().unwrap();
            // The server redirects before it has read everything.
            body.frame().await.unwrap().unwrap();
            for _ in 0..2 {
                assert!(template.can_repeat());
                let mut redirected = Client::new().put("http://127.0.0.1/").build().unwrap();
                template.fill(&mut redirected).await.unwrap();
                assert_eq!(read(&mut redirected).await, b"whole");
            }
            let mut next = template.next(2, None).await.unwrap();
            assert_eq!(read(&mut next).await, b"whole");
        }
    }

    #[tokio::test]
    async fn a_body_that_exceeded_its_cap_cannot_be_sent_again_in_the_same_attempt() {
        let body = ReplayBody::buffered(stream::iter([io::Result::Ok("whole")]), 4);
        let request = Client::new().put("http://127.0.0.1/").build().unwrap();
        let settings = RetrySettings::new().replay_body(body);
        let mut template = Template::new(Ok(request), &settings, false);
        let mut first = template.next(1, None).await.unwrap();
        assert_eq!(read(&mut first).await, b"whole");
        assert!(!template.can_repeat());
        let mut redirected = Client::new().put("http://127.0.0.1/").build().unwrap();
        template.fill(&mut redirected).await.unwrap_err();
        assert!(redirected.body().is_none());
    }
}
