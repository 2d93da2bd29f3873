//! The attempts of a `RetryRequest`: a client sends them, and a reader reads the responses.

use std::future::Future;
use std::sync::Arc;

use reqwest::{Client, Request, Response};
use retry_core::note_give_up;

use super::attempts::Attempts;
use super::read::ReadResponse;
use crate::chaos::Injector;
use crate::classify::{AskedFor, HintHeaders, Safety};
use crate::error::Error;
use crate::redirect::{Redirects, Trail};
use crate::response::drain;

/// Attempts that a client sends.
pub(super) struct ClientAttempts<D> {
    client: Client,
    read: D,
    /// Whether the server may process the request twice.
    repeatable: Safety,
    pub(super) hints: Option<Arc<HintHeaders>>,
    pub(super) chaos: Injector,
    /// The error of a failed response, while its body is read.
    failed_response: Option<Error>,
}

impl<D> ClientAttempts<D> {
    pub(super) fn new(client: Client, read: D, repeatable: Safety) -> Self {
        Self {
            client,
            read,
            repeatable,
            hints: None,
            chaos: Injector::default(),
            failed_response: None,
        }
    }

    /// Returns the error of an attempt that failed with `error`. If the attempt was cut off while the body of a failed
    /// response was drained, this is the error of that response, and not the timeout.
    pub(super) fn error_of(&mut self, error: Error) -> Error {
        self.failed_response.take().unwrap_or(error)
    }
}

impl<D: ReadResponse> Attempts for ClientAttempts<D> {
    type Output = D::Output;
    type Failure = reqwest::Error;

    #[inline]
    fn prepare(&mut self, request: &mut Request) -> Result<Trail, Error> {
        self.read.prepare(request)?;
        Ok(Trail::note(request, self.repeatable))
    }

    fn chaos(&self) -> &Injector {
        &self.chaos
    }

    fn send(&mut self, request: Request) -> impl Future<Output = reqwest::Result<Response>> {
        self.client.execute(request)
    }

    fn redirects(&self) -> Redirects {
        Redirects::of(&self.client)
    }

    fn fails(&self, response: &Response, asked_for: AskedFor) -> bool {
        self.read.fails(response.status(), asked_for)
    }

    /// Returns the error of a failed response, with the beginning of its body.
    async fn failure(&mut self, response: Response, _: AskedFor, trail: &Trail) -> Error {
        let error = trail.failed_response(&response, self.hints.as_deref());
        if error.server_gave_up() {
            note_give_up();
        }
        self.failed_response = Some(error);
        let body = drain(response).await;
        let error = self.failed_response.take();
        error.map_or_else(Error::unknown, |error| error.with_body(body))
    }

    fn not_sent(&mut self, error: reqwest::Error, trail: &Trail) -> Error {
        trail.failed_transport(error)
    }

    fn read(&mut self, response: Response) -> impl Future<Output = Result<D::Output, Error>> {
        self.read.read(response, self.repeatable)
    }

    fn failed(&mut self, error: Error) -> Result<(), Error> {
        let error = self.error_of(error);
        self.read.failed(error)
    }

    async fn finish(&mut self) -> Result<D::Output, Error> {
        self.read.finish().await
    }

    async fn close(&mut self, error: &Error) -> Option<Error> {
        self.read.close(error).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::RequestBuilderExt;

    /// Writes to a borrowed buffer.
    struct Into<'w>(&'w mut Vec<u8>);

    impl ReadResponse for Into<'_> {
        type Output = ();

        async fn read(&mut self, response: Response, _: Safety) -> Result<(), Error> {
            self.0.extend_from_slice(&response.bytes().await?);
            Ok(())
        }
    }

    #[test]
    fn a_call_that_borrows_is_send() {
        fn check(_: impl Send) {}
        let policy = retry_core::Policy::new();
        let mut bytes = Vec::new();
        let request = Client::new().get("http://127.0.0.1/").retry(&policy);
        check(request.drive(Into(&mut bytes), |call| call.0));
    }
}
