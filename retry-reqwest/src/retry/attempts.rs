//! The driver: hands a policy one attempt after the other.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;

use reqwest::{Client, Request, Response};
use retry_core::{OnRetry, Report};
use tokio::sync::Mutex;

use super::limit::Limit;
use super::policy::sealed::Time;
use super::policy::{Ended, outcome};
use super::template::Template;
use super::{HttpPolicy, Read};
use crate::Error;

/// One call: what its attempts share.
pub(crate) struct Attempts<D> {
    client: Client,
    repeatable: bool,
    state: Mutex<State<D>>,
}

/// What an attempt changes. Only one attempt runs at a time, so that nobody waits for the lock.
struct State<D> {
    template: Template<Request>,
    read: D,
}

impl<D: Read> Attempts<D> {
    /// `repeatable`: whether the server may process the request twice.
    ///
    /// Attempts own what they share: a future that borrows it from the one around it is not known to
    /// be `Send` (rust-lang/rust#110338).
    pub(crate) fn new(
        client: Client,
        template: Template<Request>,
        repeatable: bool,
        read: D,
    ) -> Arc<Self> {
        Arc::new(Self {
            client,
            repeatable,
            state: Mutex::new(State { template, read }),
        })
    }

    /// Makes attempts until one succeeds, or the policy says that it was the last.
    pub(crate) async fn drive<P, K>(
        self: Arc<Self>,
        policy: &P,
        on_retry: impl OnRetry<Error>,
    ) -> (Result<D::Output, Error>, Report)
    where
        P: HttpPolicy<D::Output, K>,
    {
        let shared = Arc::clone(&self);
        // On the heap, as the driver moves what it is given.
        let attempt = move |time| Box::pin(Arc::clone(&shared).attempt(time));
        let (outcome, mut report) = outcome(policy.drive(attempt, on_retry).await);
        let outcome = match outcome {
            Ok(value) => Ok(value),
            Err(error) => self.state.lock().await.read.end(error).await,
        };
        if outcome.is_ok() {
            report.gave_up = None;
        }
        (outcome, report)
    }

    async fn attempt(self: Arc<Self>, time: Time) -> Ended<D::Output> {
        let limit = Limit::from_now(time.limit());
        let mut state = self.state.lock().await;
        let State { template, read } = &mut *state;
        let prepared = template.next().and_then(|mut request| {
            read.prepare(&mut request)?;
            Ok(request)
        });
        let outcome = match prepared {
            Ok(request) => {
                // Only an attempt that may be cut short needs to know where it went.
                let url = limit.is_some().then(|| request.url().clone());
                // Pinned here, as to hand it on would be to hold it twice.
                let sent = self.client.execute(request);
                let exchange = pin!(exchange(sent, read, self.repeatable));
                limit.hold(exchange, url, self.repeatable).await
            }
            Err(error) => Err(error),
        };
        template.ended(outcome.map_err(|error| read.failed(error)))
    }
}

/// Awaits the response of one request, and reads it.
pub(crate) async fn exchange<D: Read>(
    sent: impl Future<Output = reqwest::Result<Response>>,
    read: &mut D,
    repeatable: bool,
) -> Result<D::Output, Error> {
    let response = match sent.await {
        Ok(response) => response,
        Err(error) => return Err(Error::from_transport(error, repeatable)),
    };
    if read.fails(&response) {
        // On the heap, so that calls which do not fail stay small.
        return Err(Box::pin(Error::from_response(response, repeatable)).await);
    }
    read.read(response, repeatable).await
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
        check(request.drive(Into(&mut bytes)));
    }
}
