//! Where the request of each attempt comes from.

use reqwest::Request;

use crate::{Error, NotReplayable, ReplayBody, clone_request};

/// Makes a request for each attempt, as long as its body allows.
pub(crate) struct Template {
    /// `None` once it was given away.
    request: Option<Result<Request, Error>>,
    body: Option<ReplayBody>,
}

impl Template {
    pub(crate) fn new(request: Result<Request, Error>, body: Option<ReplayBody>) -> Self {
        let without_body = |mut request: Request| {
            *request.body_mut() = None;
            request
        };
        Self {
            request: Some(match body {
                Some(_) => request.map(without_body),
                None => request,
            }),
            body,
        }
    }

    /// The request of the attempt that begins now. One that cannot be cloned is given away.
    pub(crate) fn next(&mut self) -> Result<Request, Error> {
        let request = match self.request.take() {
            Some(request) => request.map_err(Error::last)?,
            None => return Err(Error::from(NotReplayable::read_once()).last()),
        };
        let Ok(mut copy) = clone_request(&request) else {
            return Ok(request);
        };
        self.request = Some(Ok(request));
        if let Some(body) = &self.body {
            body.fill(&mut copy)?;
        }
        Ok(copy)
    }

    /// An attempt has failed: whether another one can be made.
    pub(crate) fn again(&mut self) -> bool {
        matches!(self.request, Some(Ok(_))) && self.body.as_ref().is_none_or(ReplayBody::reclaim)
    }
}
