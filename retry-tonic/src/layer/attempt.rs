//! One attempt: its request, and how it ended.

use std::error::Error as StdError;
use std::future::{Future, poll_fn};
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Request, Response};
use retry_core::{attempt, note_give_up};
use tokio::time::{Instant, timeout_at};
use tonic::body::Body;
use tonic::metadata::MetadataMap;
use tonic::{Code, Status};
use tower_service::Service;

use super::message::body_of;
use super::response::failure;
use super::settings::Settings;
use super::timeout::{self, GRPC_TIMEOUT};
use crate::error::Error;

/// A6: absent in the first attempt.
static PREVIOUS_ATTEMPTS: HeaderName = HeaderName::from_static("grpc-previous-rpc-attempts");

/// Timers are rounded to milliseconds.
const TICK: Duration = Duration::from_millis(1);

/// The request of a call, of which each attempt gets a copy.
pub(super) struct Template<'s> {
    pub(super) settings: &'s Settings,
    pub(super) parts: Parts,
    pub(super) message: Bytes,
    pub(super) is_idempotent: bool,
}

/// An attempt that failed.
pub(super) struct Failure<B> {
    pub(super) error: Error,
    /// What the caller receives if the call ends with this failure, if the server responded.
    response: Option<Response<B>>,
}

impl<B> Failure<B> {
    fn of(error: Error) -> Self {
        Self {
            error,
            response: None,
        }
    }

    pub(super) fn end(self) -> Result<Response<B>, Status> {
        match self.response {
            Some(response) => Ok(response),
            None => Err(self.error.into_status()),
        }
    }
}

impl Template<'_> {
    /// Awaits the attempt, and cuts it off when its time is over.
    pub(super) async fn hold<B>(
        &self,
        limit: Option<Duration>,
        attempt: impl Future<Output = Result<Response<B>, Failure<B>>>,
    ) -> Result<Response<B>, Failure<B>> {
        let until = limit.and_then(|after| Some((after, Instant::now().checked_add(after)?)));
        let Some((after, until)) = until else {
            return attempt.await;
        };
        match timeout_at(until, attempt).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Failure::of(Error::timed_out(after, self.is_idempotent))),
        }
    }

    /// Sends the request of this attempt on a service, once that is ready.
    pub(super) async fn send<S, B>(
        &self,
        mut service: S,
        number: u32,
        limit: Option<Duration>,
    ) -> Result<Response<B>, Failure<B>>
    where
        S: Service<Request<Body>, Response = Response<B>>,
        S::Error: Into<Box<dyn StdError + Send + Sync>>,
    {
        // Until the service is called, nothing is sent, so repeating is safe for every method.
        let not_sent = |status| Failure::of(Error::of_call(status, true));
        if limit == Some(Duration::ZERO) {
            return Err(Failure::of(Error::timed_out(Duration::ZERO, true)));
        }
        let request = self.request(number).await.map_err(not_sent)?;
        let ready = poll_fn(|cx| service.poll_ready(cx)).await;
        ready.map_err(|error| not_sent(Status::from_error(error.into())))?;
        let (status, response) = match service.call(request).await {
            Err(error) => (Status::from_error(error.into()), None),
            Ok(response) => match failure(&response) {
                None => return Ok(response),
                Some(status) => (status, Some(response)),
            },
        };
        if is_of_deadline(&status) {
            let after = limit.unwrap_or_default();
            return Err(Failure::of(Error::timed_out(after, self.is_idempotent)));
        }
        let error = Error::of_call(status, self.is_idempotent);
        if error.asked_to_stop() {
            // In the attempt, so that the calls around this one stop, too.
            note_give_up();
        }
        Err(Failure { error, response })
    }

    /// Makes the request of the attempt in which this code runs.
    async fn request(&self, number: u32) -> Result<Request<Body>, Status> {
        let mut parts = self.parts.clone();
        // A value that the request already has is that of another call, whose caller forwards its headers.
        parts.headers.remove(&PREVIOUS_ATTEMPTS);
        if number > 1 {
            let previous = HeaderValue::from(number - 1);
            parts.headers.insert(&PREVIOUS_ATTEMPTS, previous);
        }
        if let Some(remaining) = remaining() {
            let timeout = timeout::format(remaining);
            parts.headers.insert(&GRPC_TIMEOUT, timeout);
        }
        if let Some(before) = &self.settings.before_attempt {
            let metadata = MetadataMap::from_headers(std::mem::take(&mut parts.headers));
            let extensions = std::mem::take(&mut parts.extensions);
            let request = before(tonic::Request::from_parts(metadata, extensions, ())).await?;
            let (metadata, extensions, ()) = request.into_parts();
            parts.headers = metadata.into_headers();
            parts.extensions = extensions;
        }
        Ok(Request::from_parts(parts, body_of(self.message.clone())))
    }
}

/// Returns the time until the nearest deadline of the attempt in which this code runs.
fn remaining() -> Option<Duration> {
    attempt()?.remaining()
}

/// Whether the deadline cut the attempt off, on another timer than ours: that of tonic's channel, which reads `grpc-timeout`
/// and says `CANCELLED`, or that of the server. Which timer is first is chance, and must not decide what the caller sees.
fn is_of_deadline(status: &Status) -> bool {
    matches!(status.code(), Code::Cancelled | Code::DeadlineExceeded)
        && remaining().is_some_and(|remaining| remaining <= TICK)
}
