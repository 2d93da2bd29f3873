//! `RequestBuilderExt` in a browser: sending a request with a check of its status.

use std::future::Future;
use std::time::Duration;

use reqwest::{RequestBuilder, Url};
use retry_core::{Policy, note_give_up};

use crate::classify::{AskedFor, Safety, is_failure};
use crate::error::Error;
use crate::response::Response;

/// The longest timeout that reqwest takes here, which is that of `setTimeout`.
const LONGEST: Duration = Duration::from_millis(i32::MAX as u64);

/// Sends requests with a check of their status.
pub trait RequestBuilderExt: sealed::Sealed {
    /// Sends the request, and returns an [`Error`] if its status is a failure. The error knows the method of the request
    /// and the headers of the response.
    ///
    /// The deadline of an enclosing call aborts the request, and the reading of its response.
    fn send_checked(self) -> impl Future<Output = Result<Response, Error>>;
}

impl RequestBuilderExt for RequestBuilder {
    async fn send_checked(self) -> Result<Response, Error> {
        let (client, request) = self.build_split();
        let mut request = request?;
        let safety = Safety::of(request.method(), request.headers());
        let asked_for = AskedFor::by(request.headers());
        let url = request.url().clone();
        if let Some(remaining) = remaining() {
            if remaining.is_zero() {
                // Nothing sent is safe to repeat, for every method.
                return Err(Error::timed_out(remaining, Some(url), Safety::Idempotent));
            }
            let timeout = request.timeout().copied().unwrap_or(LONGEST);
            *request.timeout_mut() = Some(timeout.min(remaining));
        }
        let response = client.execute(request).await;
        let response = response.map_err(|error| Error::from_transport(error, safety))?;
        let status = response.status();
        if is_failure(status) || asked_for.is_missed_by(status) {
            let place = response.url();
            let error = Error::from_head(status, response.headers(), place.clone(), safety, None);
            if error.server_gave_up() {
                note_give_up();
            }
            let followed = !is_same(&url, place);
            return Err(if followed {
                error.on_a_later_hop()
            } else {
                error
            });
        }
        Ok(Response::new(response, safety))
    }
}

/// Whether the browser followed no redirect. `fetch` reports where the response came from, without the fragment.
fn is_same(requested: &Url, place: &Url) -> bool {
    let mut requested = requested.clone();
    requested.set_fragment(None);
    requested == *place
}

/// Returns the time until the nearest enclosing deadline.
fn remaining() -> Option<Duration> {
    // Without limits of its own, so only an enclosing deadline can set one.
    const ALONE: Policy = Policy::new();
    ALONE.start().attempt_limit()
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for reqwest::RequestBuilder {}
}
