//! One attempt of a blocking request.

use std::io::Read as _;
use std::time::Duration;

use reqwest::blocking::{Client, Request, Response};
use reqwest::header::HeaderMap;

use super::ReplayBody;
use super::read::Read;
use crate::Error;
use crate::drain::{DRAIN, EXCERPT};
use crate::retry::{Repeat, Template};

/// Sends the request of one attempt, and reads its answer.
pub(super) fn exchange<D: Read>(
    client: &Client,
    mut request: Request,
    limit: Option<Duration>,
    read: &mut D,
    repeatable: bool,
) -> Result<D::Output, Error> {
    read.prepare(&mut request)?;
    // Without one of its own, the client's counts, which nobody can ask for.
    if let (Some(timeout), Some(limit)) = (request.timeout_mut(), limit) {
        *timeout = limit.min(*timeout);
    }
    let sent = client.execute(request);
    let response = sent.map_err(|error| Error::from_transport(error, repeatable))?;
    if read.fails(response.status()) {
        let (status, headers) = (response.status(), response.headers());
        let error = Error::from_head(status, headers, response.url().clone(), repeatable);
        return Err(error.with_body(drain(response)));
    }
    read.read(response, repeatable)
}

/// Like `drain` of the requests that are awaited. A thread cannot lose its patience, so that only a body
/// whose length is known to be small is read.
fn drain(response: Response) -> Box<[u8]> {
    let mut body = Vec::new();
    if response
        .content_length()
        .is_some_and(|length| length <= DRAIN as u64)
    {
        // A body that breaks off is as good as one that ends: the status is what failed.
        let _ = response.take(DRAIN as u64).read_to_end(&mut body);
    }
    body.truncate(EXCERPT);
    body.into_boxed_slice()
}

impl Template<Request> {
    /// The request of the attempt that begins now, with its body.
    pub(super) fn next(&mut self, number: u32, limit: Option<Duration>) -> Result<Request, Error> {
        let mut request = self.begin(number, limit)?;
        self.fill(&mut request)?;
        Ok(request)
    }

    /// Gives a request its body, from its start. See `fill` of the requests that are awaited.
    pub(super) fn fill(&mut self, request: &mut Request) -> Result<(), Error> {
        if let Some(body) = &mut self.body {
            *request.body_mut() = Some(body.make()?);
        }
        Ok(())
    }
}

impl Repeat for Request {
    type Body = ReplayBody;

    fn repeat(&self) -> Option<Self> {
        self.try_clone()
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
