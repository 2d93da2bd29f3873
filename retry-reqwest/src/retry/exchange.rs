//! The attempts of a `RetryRequest`: a client sends them, and a reader reads what comes back.

use std::future::Future;

use reqwest::{Client, Request, Response};

use super::Read;
use super::drive::Attempts;
use crate::Error;
use crate::drain::drain;

/// What the attempts of one call share.
pub(super) struct Exchanges<D> {
    pub(super) client: Client,
    pub(super) read: D,
    /// Whether the server may process the request twice.
    pub(super) repeatable: bool,
    /// See [`exchange`].
    pub(super) told: Option<Error>,
}

impl<D: Read> Attempts for Exchanges<D> {
    type Output = D::Output;

    fn attempt(
        &mut self,
        mut request: Request,
    ) -> Result<impl Future<Output = Result<D::Output, Error>>, Error> {
        self.read.prepare(&mut request)?;
        let sent = self.client.execute(request);
        let told = &mut self.told;
        Ok(exchange(sent, &mut self.read, self.repeatable, told))
    }

    async fn failed(&mut self, error: Error) -> Result<D::Output, Error> {
        let error = self.told.take().unwrap_or(error);
        self.read.failed(error).await
    }

    async fn end(&mut self, error: Error) -> Result<D::Output, Error> {
        Err(self.read.end(error).await)
    }
}

/// Awaits the response of one request, and reads it.
///
/// `told` is what a failed answer said, while its body is read: an attempt that is cut short meanwhile has
/// failed by that, and not by its time.
pub(crate) async fn exchange<D: Read>(
    sent: impl Future<Output = reqwest::Result<Response>>,
    read: &mut D,
    repeatable: bool,
    told: &mut Option<Error>,
) -> Result<D::Output, Error> {
    // Nothing is named here, as what has a name is held for as long as the body is read.
    read.read(answer(sent, read, repeatable, told).await?, repeatable)
        .await
}

/// Awaits the response of one request, which is no failure.
async fn answer(
    sent: impl Future<Output = reqwest::Result<Response>>,
    read: &impl Read,
    repeatable: bool,
    told: &mut Option<Error>,
) -> Result<Response, Error> {
    match sent.await {
        // On the heap, so that calls which do not fail stay small.
        Ok(response) if read.fails(&response) => {
            Err(Box::pin(failure(response, repeatable, told)).await)
        }
        Ok(response) => Ok(response),
        Err(error) => Err(Error::from_transport(error, repeatable)),
    }
}

/// What a failed answer says, with the beginning of its body.
async fn failure(response: Response, repeatable: bool, told: &mut Option<Error>) -> Error {
    *told = Some(Error::from_response(&response, repeatable));
    let error = Error::from_response(&response, repeatable);
    let error = error.with_body(drain(response).await);
    *told = None;
    error
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RequestBuilderExt;

    /// Writes somewhere that is borrowed.
    struct Into<'w>(&'w mut Vec<u8>);

    impl Read for Into<'_> {
        type Output = ();

        async fn read(&mut self, response: Response, _: bool) -> Result<(), Error> {
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
