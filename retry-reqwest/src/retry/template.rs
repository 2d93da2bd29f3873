//! Where the request of each attempt comes from.

use std::sync::Arc;
use std::time::Duration;

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

    /// Gives it the body of the attempt that begins now.
    fn fill(&mut self, body: &Self::Body) -> Result<(), NotReplayable>;

    /// An attempt has failed: whether there is a body for another.
    fn reclaim(body: &Self::Body) -> bool;
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

    fn fill(&mut self, body: &ReplayBody) -> Result<(), NotReplayable> {
        body.fill(self)
    }

    fn reclaim(body: &ReplayBody) -> bool {
        body.reclaim()
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

    /// The request of the attempt that begins now, by its number, which may take so long. One that cannot
    /// be cloned is given away.
    pub(crate) fn next(&mut self, number: u32, limit: Option<Duration>) -> Result<Q, Error> {
        let request = match self.copy() {
            Some(copy) => copy?,
            None => match self.request.take() {
                Some(request) => request.map_err(Error::last)?,
                None => return Err(Error::from(NotReplayable::read_once()).last()),
            },
        };
        Ok(self.told(request, number, limit))
    }

    /// The request of the attempt under way once more, as a redirect asks for it; `None` if its body
    /// cannot be made again.
    pub(crate) fn same(&self, number: u32, limit: Option<Duration>) -> Option<Result<Q, Error>> {
        let copy = self.copy()?;
        Some(copy.map(|request| self.told(request, number, limit)))
    }

    fn copy(&self) -> Option<Result<Q, Error>> {
        let kept = self.request.as_ref()?.as_ref().ok()?;
        let mut copy = kept.repeat()?;
        let filled = self.body.as_ref().map_or(Ok(()), |body| copy.fill(body));
        Some(filled.map(|()| copy).map_err(Error::from))
    }

    fn told(&self, mut request: Q, number: u32, limit: Option<Duration>) -> Q {
        if let Some(tells) = &self.tells {
            let own = request.timeout();
            let left = limit.map_or(own, |limit| Some(own.map_or(limit, |own| own.min(limit))));
            tells.write(request.headers_mut(), number, left);
        }
        request
    }

    /// An attempt has failed: whether another one can be made.
    pub(crate) fn again(&self) -> bool {
        matches!(self.request, Some(Ok(_))) && self.body.as_ref().is_none_or(Q::reclaim)
    }
}
