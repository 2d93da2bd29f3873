//! One attempt of a blocking request.

use std::io::Read as _;
use std::time::Duration;

use reqwest::blocking::{Client, Request, Response};
use retry_core::note_give_up;

use super::read::ReadResponse;
use crate::chaos::Injector;
use crate::classify::{AskedFor, HintHeaders, Safety};
use crate::error::Error;
use crate::redirect::{InFlight, Redirects, Trail, is_elsewhere, remove_credentials};
use crate::request::{AttemptSpan, Template};
use crate::response::{DRAIN, EXCERPT};

/// Sends the request of one attempt, and reads its response. `resend` makes the request again, for a redirect that
/// keeps its method and its body.
pub(super) fn exchange<D: ReadResponse>(
    (client, chaos): (&Client, &Injector),
    mut request: Request,
    limit: Option<Duration>,
    read: &mut D,
    (repeatable, hints): (Safety, Option<&HintHeaders>),
    span: &AttemptSpan,
    resend: impl FnMut() -> Option<Result<Request, Error>>,
) -> Result<D::Output, Error> {
    if limit == Some(Duration::ZERO) {
        // Nothing is sent, so repeating is safe for every method.
        let url = Some(request.url().clone());
        return Err(Error::timed_out(Duration::ZERO, url, Safety::Idempotent));
    }
    read.prepare(&mut request)?;
    let asked_for = AskedFor::by(request.headers());
    let mut trail = Trail::of_thread(request.url(), repeatable);
    let response = send((client, chaos), request, limit, &mut trail, resend)?;
    let status = response.status();
    span.responded(status);
    if read.fails(status, asked_for) {
        let (headers, url) = (response.headers(), response.url());
        let error = trail.failed_head(status, headers, url, hints);
        if error.server_gave_up() {
            note_give_up();
        }
        return Err(error.with_body(drain(response)));
    }
    read.read(response, repeatable)
}

/// Sends the request, and follows redirects that reqwest leaves alone because the body would have to be recreated.
fn send(
    (client, chaos): (&Client, &Injector),
    first: Request,
    limit: Option<Duration>,
    trail: &mut Trail,
    mut resend: impl FnMut() -> Option<Result<Request, Error>>,
) -> Result<Response, Error> {
    let home = first.url().clone();
    let mut chaos = chaos.begin(|| (home.clone(), None));
    let mut redirects = Redirects::UNKNOWN;
    let mut request = first;
    loop {
        // A request without a timeout has that of the client, which reqwest does not show. A limit set here would
        // replace it, and might be longer.
        if let (Some(timeout), Some(limit)) = (request.timeout_mut(), limit) {
            *timeout = limit.min(*timeout);
        }
        let cloneable = request.body().is_none_or(|body| body.as_bytes().is_some());
        let in_flight = trail.is_once().then(|| InFlight::begin(request.url()));
        // A redirect has no fault of its own.
        let chaos = std::mem::take(&mut chaos);
        let sent = chaos.send(request, |request| client.execute(request));
        if in_flight.is_some_and(|request| request.is_redirected()) {
            trail.follow();
        }
        let response = sent.map_err(|error| trail.failed_in_thread(error))?;
        if cloneable {
            return Ok(response);
        }
        let next = redirects.next(response.status(), response.headers(), response.url());
        let Some((next, same)) = next.zip(resend()) else {
            return Ok(response);
        };
        request = same?;
        if is_elsewhere(&home, &next) {
            remove_credentials(request.headers_mut());
        }
        *request.url_mut() = next;
        drain(response);
        trail.follow();
    }
}

/// Like the awaited `drain`, but for bodies whose length is known to be small: a thread cannot be interrupted after
/// 100 ms.
fn drain(response: Response) -> Box<[u8]> {
    let mut body = Vec::new();
    if response
        .content_length()
        .is_some_and(|length| length <= DRAIN as u64)
    {
        // An error here is not another failure: the status is what failed.
        let _ = response.take(DRAIN as u64).read_to_end(&mut body);
    }
    body.truncate(EXCERPT);
    body.into_boxed_slice()
}

impl Template<Client> {
    /// Returns the request of the attempt that begins now, with its body.
    pub(super) fn next(&mut self, number: u32, limit: Option<Duration>) -> Result<Request, Error> {
        let mut request = self.begin(number, limit)?;
        self.fill(&mut request)?;
        self.prepared(request)
    }

    /// Copies the request of the current attempt, with its body, for a redirect that keeps the method.
    pub(super) fn same(
        &mut self,
        number: u32,
        limit: Option<Duration>,
    ) -> Option<Result<Request, Error>> {
        let mut request = self.copy(number, limit)?;
        let filled = self.fill(&mut request);
        Some(filled.and_then(|()| self.prepared(request)))
    }

    /// Returns the request as the callback `before_attempt` has changed it.
    fn prepared(&self, request: Request) -> Result<Request, Error> {
        match &self.before_attempt {
            Some(before) => before(request),
            None => Ok(request),
        }
    }

    /// Sets the body of a request, from its start. See the awaited `fill`.
    fn fill(&mut self, request: &mut Request) -> Result<(), Error> {
        if let Some(body) = &mut self.body {
            *request.body_mut() = Some(body.make()?);
        }
        Ok(())
    }
}
