//! The attempts of a `RetryRequest`: a client sends them, and a reader reads the responses.

use std::future::Future;
use std::sync::Arc;

use reqwest::{Client, Request, Response};
use retry_core::note_give_up;

use super::drive::Attempts;
use super::read::ReadResponse;
use super::resend::Resend;
use crate::chaos::Injector;
use crate::classify::{AskedFor, HintHeaders, Safety};
use crate::error::Error;
use crate::redirect::{Redirects, Trail, is_redirect_with_body};
use crate::response::drain;

/// Attempts that a client sends.
pub(super) struct ClientAttempts<D> {
    pub(super) client: Client,
    pub(super) exchange: Exchange<D>,
}

impl<D: ReadResponse> Attempts for ClientAttempts<D> {
    type Output = D::Output;

    fn attempt<'a>(
        &'a mut self,
        mut request: Request,
        resend: Resend<'a>,
    ) -> Result<impl Future<Output = Result<D::Output, Error>>, Error> {
        self.exchange.read.prepare(&mut request)?;
        Ok(self.exchange.attempt(&self.client, request, resend))
    }

    fn failed(&mut self, error: Error) -> Result<(), Error> {
        let error = self.exchange.failed(error);
        self.exchange.read.failed(error)
    }

    async fn finish(&mut self) -> Result<D::Output, Error> {
        self.exchange.read.finish().await
    }

    async fn close(&mut self, error: &Error) -> Option<Error> {
        self.exchange.read.close(error).await
    }
}

/// One request and its response: sends, follows redirects, reads.
pub(crate) struct Exchange<D> {
    pub(super) read: D,
    /// Whether the server may process the request twice.
    repeatable: Safety,
    hints: Option<Arc<HintHeaders>>,
    chaos: Injector,
    /// The error of a failed response, while its body is read.
    failed_response: Option<Error>,
}

impl<D: ReadResponse> Exchange<D> {
    pub(crate) fn new(
        read: D,
        repeatable: Safety,
        hints: Option<Arc<HintHeaders>>,
        chaos: Injector,
    ) -> Self {
        Self {
            read,
            repeatable,
            hints,
            chaos,
            failed_response: None,
        }
    }

    /// Sends a request, and reads its response. Begins to send at once.
    pub(crate) fn attempt<'a>(
        &'a mut self,
        client: &'a Client,
        mut request: Request,
        mut resend: Resend<'a>,
    ) -> impl Future<Output = Result<D::Output, Error>> + use<'a, D> {
        let asked_for = AskedFor::by(request.headers());
        let mut trail = Trail::note(&mut request, self.repeatable);
        let chaos = self
            .chaos
            .begin(|| (request.url().clone(), request.timeout().copied()));
        let sent = chaos.around(client.execute(request));
        async move {
            let mut outcome = trail.see(sent).await;
            if outcome.as_ref().is_ok_and(is_redirect_with_body) {
                let response = outcome.map_err(|error| trail.failed_transport(error))?;
                let execute = |request| client.execute(request);
                let redirects = || Redirects::of(client);
                // On the heap, so that calls which are not redirected stay small.
                outcome = Box::pin(resend.follow(response, &mut trail, redirects, execute)).await?;
            }
            resend.responded(&outcome);
            match outcome {
                Ok(response) if self.read.fails(response.status(), asked_for) => {
                    Err(Box::pin(self.failure(response, &trail)).await)
                }
                Ok(response) => self.read.read(response, self.repeatable).await,
                Err(error) => Err(trail.failed_transport(error)),
            }
        }
    }

    /// Returns the error of a failed response, with the beginning of its body.
    async fn failure(&mut self, response: Response, trail: &Trail) -> Error {
        let error = trail.failed_response(&response, self.hints.as_deref());
        if error.server_gave_up() {
            note_give_up();
        }
        self.failed_response = Some(error);
        let body = drain(response).await;
        let error = self.failed_response.take();
        error.map_or_else(Error::unknown, |error| error.with_body(body))
    }

    /// Returns the error of an attempt that failed with `error`. If the attempt was cut off while the body of a failed
    /// response was drained, this is the error of that response, and not the timeout.
    pub(crate) fn failed(&mut self, error: Error) -> Error {
        self.failed_response.take().unwrap_or(error)
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
