//! The attempts of a `RetryRequest`: a client sends them, and a reader reads what comes back.

use std::future::Future;

use reqwest::{Client, Request, Response};
use retry_core::note_give_up;

use super::Read;
use super::drive::Attempts;
use crate::Error;
use crate::drain::drain;
use crate::method::Safety;

/// What the attempts of one call share.
pub(super) struct Exchanges<D> {
    pub(super) client: Client,
    pub(super) exchange: Exchange<D>,
}

impl<D: Read> Attempts for Exchanges<D> {
    type Output = D::Output;

    fn attempt(
        &mut self,
        mut request: Request,
    ) -> Result<impl Future<Output = Result<D::Output, Error>>, Error> {
        self.exchange.read.prepare(&mut request)?;
        Ok(self.exchange.of(self.client.execute(request)))
    }

    async fn failed(&mut self, error: Error) -> Result<D::Output, Error> {
        let error = self.exchange.failed(error);
        self.exchange.read.failed(error).await
    }

    async fn end(&mut self, error: Error) -> Result<D::Output, Error> {
        Err(self.exchange.read.end(error).await)
    }
}

/// What becomes of an answer.
pub(crate) struct Exchange<D> {
    pub(super) read: D,
    /// Whether the server may process the request twice.
    repeatable: Safety,
    /// What a failed answer says, while its body is read.
    told: Option<Error>,
}

impl<D: Read> Exchange<D> {
    pub(crate) fn new(read: D, repeatable: Safety) -> Self {
        Self {
            read,
            repeatable,
            told: None,
        }
    }

    /// Awaits the response of one request, and reads it.
    pub(crate) async fn of(
        &mut self,
        sent: impl Future<Output = reqwest::Result<Response>>,
    ) -> Result<D::Output, Error> {
        match sent.await {
            // On the heap, so that calls which do not fail stay small.
            Ok(response) if self.read.fails(&response) => {
                Err(Box::pin(self.failure(response)).await)
            }
            Ok(response) => self.read.read(response, self.repeatable).await,
            Err(error) => Err(Error::from_transport(error, self.repeatable)),
        }
    }

    /// What a failed answer says, with the beginning of its body.
    async fn failure(&mut self, response: Response) -> Error {
        let error = Error::from_response(&response, self.repeatable);
        if error.server_gave_up() {
            note_give_up();
        }
        self.told = Some(error);
        let body = drain(response).await;
        let told = self.told.take();
        told.map_or_else(Error::unknown, |told| told.with_body(body))
    }

    /// An attempt failed so. One that was cut short while the body of a failed answer was read has failed by
    /// that answer, and not by its time.
    pub(crate) fn failed(&mut self, error: Error) -> Error {
        self.told.take().unwrap_or(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RequestBuilderExt;

    /// Writes somewhere that is borrowed.
    struct Into<'w>(&'w mut Vec<u8>);

    impl Read for Into<'_> {
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
