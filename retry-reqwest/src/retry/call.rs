//! A `RetryRequest` becomes a call.

use std::future::Future;

use reqwest::Request;
use retry_core::{OnRetry, Report};

use super::drive::drive;
use super::exchange::Exchanges;
use super::template::Template;
use super::{HttpPolicy, Read, RetryRequest};
use crate::Error;

impl<P, R, Kind> RetryRequest<'_, P, R, Kind> {
    pub(crate) fn drive<D>(
        self,
        read: D,
    ) -> impl Future<Output = (Result<D::Output, Error>, Report)>
    where
        D: Read,
        P: HttpPolicy<Kind>,
        R: OnRetry<Error>,
    {
        self.drive_with(|_| read)
    }

    /// `read` is made for the request, if that could be built.
    ///
    /// No `async fn`, so that the future does not hold the builder too.
    pub(super) fn drive_with<D>(
        self,
        read: impl FnOnce(Option<&Request>) -> D,
    ) -> impl Future<Output = (Result<D::Output, Error>, Report)>
    where
        D: Read,
        P: HttpPolicy<Kind>,
        R: OnRetry<Error>,
    {
        let (client, request) = self.request.build_split();
        let mut request = request.map_err(Error::from);
        // One that was not built is not repeated anyway.
        let mut repeatable = false;
        if let Ok(built) = &mut request {
            match self.settings.apply(built) {
                Ok(safe) => repeatable = safe,
                Err(error) => request = Err(error),
            }
        }
        let url = request.as_ref().map(Request::url);
        let budget = self
            .hosts
            .and_then(|hosts| url.ok().and_then(|url| hosts.budget(url)));
        let attempts = Exchanges {
            client,
            read: read(request.as_ref().ok()),
            repeatable,
        };
        let template = Template::new(request, self.settings.body(), &self.settings);
        let (policy, on_retry) = (self.policy, self.on_retry);
        async move {
            let call = policy.begin(budget.as_deref(), on_retry);
            drive(call, template, repeatable, attempts).await
        }
    }
}
