//! Where the request of each attempt comes from.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use reqwest::header::HeaderMap;

use super::RetrySettings;
use super::attempt_headers::AttemptHeaders;
use super::settings::BeforeAttempt;
use crate::body::{NotReplayable, ReplayBody, clone_request};
use crate::error::Error;

/// A kind of request, as what repeats it sees it.
pub(crate) trait Repeat: Sized {
    /// Makes the body of each attempt.
    type Body;

    /// The same once more, if its own body allows.
    fn repeat(&self) -> Option<Self>;

    /// Its headers.
    fn headers_mut(&mut self) -> &mut HeaderMap;

    /// How long it may take by itself.
    fn timeout(&self) -> Option<Duration>;

    /// Drops the body that it has of its own.
    fn empty(&mut self);

    /// Whether there is a body for another attempt.
    fn can_replay(body: &Self::Body) -> bool;

    /// Stops the body of an attempt that is over.
    fn take_back(body: &mut Self::Body);
}

impl Repeat for reqwest::Request {
    type Body = ReplayBody;

    fn repeat(&self) -> Option<Self> {
        clone_request(self).ok()
    }

    fn headers_mut(&mut self) -> &mut HeaderMap {
        self.headers_mut()
    }

    fn timeout(&self) -> Option<Duration> {
        self.timeout().copied()
    }

    fn empty(&mut self) {
        *self.body_mut() = None;
    }

    fn can_replay(body: &ReplayBody) -> bool {
        body.can_replay()
    }

    fn take_back(body: &mut ReplayBody) {
        body.take_back();
    }
}

/// Makes a request for each attempt, as long as its body allows.
pub(crate) struct Template<Q: Repeat> {
    /// `None` once it was given away.
    request: Option<Result<Q, Error>>,
    pub(crate) body: Option<Q::Body>,
    tells: Option<Arc<AttemptHeaders>>,
    before: Option<BeforeAttempt>,
}

impl<Q: Repeat> Template<Q> {
    pub(crate) fn new(
        mut request: Result<Q, Error>,
        body: Option<Q::Body>,
        settings: &RetrySettings,
    ) -> Self {
        if let (Ok(request), Some(_)) = (&mut request, &body) {
            request.empty();
        }
        Self {
            request: Some(request),
            body,
            tells: settings.tells(),
            before: settings.before(),
        }
    }

    /// The request of the attempt that begins now, without the body that [`fill`](Self::fill) makes. `limit`
    /// is how long the attempt may take. A request that cannot be cloned is given away.
    pub(crate) fn begin(&mut self, number: u32, limit: Option<Duration>) -> Result<Q, Error> {
        let kept = self.request.as_ref().and_then(|kept| kept.as_ref().ok());
        let request = match kept.and_then(Q::repeat) {
            Some(copy) => copy,
            None => match self.request.take() {
                Some(request) => request.map_err(Error::last)?,
                None => return Err(Error::from(NotReplayable::read_once()).last()),
            },
        };
        Ok(self.with_headers(request, number, limit))
    }

    /// The request of the current attempt once more, as a redirect asks for it, and without its body as in
    /// [`begin`](Self::begin); `None` if that body cannot be made again.
    pub(crate) fn again(&self, number: u32, limit: Option<Duration>) -> Option<Q> {
        let kept = self.request.as_ref()?.as_ref().ok()?;
        let copy = kept.repeat().filter(|_| self.can_repeat())?;
        Some(self.with_headers(copy, number, limit))
    }

    fn with_headers(&self, mut request: Q, number: u32, limit: Option<Duration>) -> Q {
        if let Some(tells) = &self.tells {
            let own = request.timeout();
            let left = limit.map_or(own, |limit| Some(own.map_or(limit, |own| own.min(limit))));
            tells.write(request.headers_mut(), number, left);
        }
        request
    }

    /// Whether there is a request for another attempt.
    pub(crate) fn can_repeat(&self) -> bool {
        matches!(self.request, Some(Ok(_))) && self.body.as_ref().is_none_or(Q::can_replay)
    }

    /// Stops the body of an attempt that failed.
    pub(crate) fn take_back(&mut self) {
        if let Some(body) = &mut self.body {
            Q::take_back(body);
        }
    }
}

impl Template<reqwest::Request> {
    /// The request of the attempt that begins now, with its body.
    pub(crate) async fn next(
        &mut self,
        number: u32,
        limit: Option<Duration>,
    ) -> Result<reqwest::Request, Error> {
        let mut request = self.begin(number, limit)?;
        self.fill(&mut request).await?;
        self.prepared(request).await
    }

    /// The request of the current attempt once more, with its body: for a redirect that keeps the method.
    pub(crate) async fn same(
        &mut self,
        number: u32,
        limit: Option<Duration>,
    ) -> Option<Result<reqwest::Request, Error>> {
        let mut request = self.again(number, limit)?;
        if let Err(error) = self.fill(&mut request).await {
            return Some(Err(error));
        }
        Some(self.prepared(request).await)
    }

    /// The request as the callback before each attempt leaves it.
    async fn prepared(&self, request: reqwest::Request) -> Result<reqwest::Request, Error> {
        match &self.before {
            Some(before) => before(request).await,
            None => Ok(request),
        }
    }

    /// Gives a request its body, from its start: for a new attempt, and once more in the same attempt for a
    /// redirect that keeps the method. The body that was made before stops. A request whose body does not
    /// come from a `ReplayBody` is left as it is.
    ///
    /// Whether this can be done again: [`can_repeat`](Self::can_repeat).
    pub(crate) async fn fill(&mut self, request: &mut reqwest::Request) -> Result<(), Error> {
        if let Some(body) = &mut self.body {
            body.fill(request).await?;
        }
        Ok(())
    }

    /// Where the requests go.
    pub(crate) fn url(&self) -> Option<&Url> {
        let request = self.request.as_ref()?.as_ref();
        request.ok().map(reqwest::Request::url)
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use futures_util::stream;
    use http_body_util::BodyExt;
    use reqwest::{Body, Client};

    use super::*;

    async fn read(request: &mut reqwest::Request) -> Vec<u8> {
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
            let settings = RetrySettings::new();
            let mut template = Template::new(Ok(request), Some(body), &settings);
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
        let mut template = Template::new(Ok(request), Some(body), &RetrySettings::new());
        let mut first = template.next(1, None).await.unwrap();
        assert_eq!(read(&mut first).await, b"whole");
        assert!(!template.can_repeat());
        let mut redirected = Client::new().put("http://127.0.0.1/").build().unwrap();
        template.fill(&mut redirected).await.unwrap_err();
        assert!(redirected.body().is_none());
    }
}
