//! Where the request of each attempt comes from.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use reqwest::header::HeaderMap;

use super::RetrySettings;
use crate::attempt_headers::AttemptHeaders;
use crate::{Error, NotReplayable, ReplayBody, clone_request};

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
    body: Option<Q::Body>,
    tells: Option<Arc<AttemptHeaders>>,
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
        }
    }

    /// The request of the attempt that begins now, by its number, which may take so long; and what makes
    /// its body. A request that cannot be cloned is given away.
    pub(crate) fn begin(
        &mut self,
        number: u32,
        limit: Option<Duration>,
    ) -> Result<(Q, Option<&mut Q::Body>), Error> {
        let mut request = self.copy()?;
        if let Some(tells) = &self.tells {
            let own = request.timeout();
            let left = limit.map_or(own, |limit| Some(own.map_or(limit, |own| own.min(limit))));
            tells.write(request.headers_mut(), number, left);
        }
        Ok((request, self.body.as_mut()))
    }

    fn copy(&mut self) -> Result<Q, Error> {
        let kept = self.request.as_ref().and_then(|kept| kept.as_ref().ok());
        if let Some(copy) = kept.and_then(Q::repeat) {
            return Ok(copy);
        }
        match self.request.take() {
            Some(request) => request.map_err(Error::last),
            None => Err(Error::from(NotReplayable::read_once()).last()),
        }
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
        let (mut request, body) = self.begin(number, limit)?;
        if let Some(body) = body {
            body.fill(&mut request).await?;
        }
        Ok(request)
    }

    /// Where the requests go.
    pub(crate) fn url(&self) -> Option<&Url> {
        let request = self.request.as_ref()?.as_ref();
        request.ok().map(reqwest::Request::url)
    }
}
