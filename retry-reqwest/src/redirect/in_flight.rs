//! Requests of blocking clients that are in flight, by their URL.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use reqwest::Url;

/// Keyed by URL, because the redirect policy of a blocking client runs on the client's own thread, and receives only
/// the URLs of a request.
static IN_FLIGHT: LazyLock<Mutex<HashMap<String, Redirected>>> = LazyLock::new(Mutex::default);

#[derive(Default)]
struct Redirected {
    requests: usize,
    times: u64,
}

fn in_flight() -> MutexGuard<'static, HashMap<String, Redirected>> {
    // No code panics while it holds the lock.
    IN_FLIGHT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Records that a request to `first` is redirected.
pub(super) fn note(first: &Url) {
    if let Some(redirected) = in_flight().get_mut(first.as_str()) {
        redirected.times += 1;
    }
}

/// A request in flight, from its beginning until this value is dropped.
#[derive(Debug)]
pub(crate) struct InFlight {
    url: String,
    before: u64,
}

impl InFlight {
    /// Records that a request to this URL begins.
    pub(crate) fn begin(url: &Url) -> Self {
        // A redirect policy sees URLs without a fragment.
        let mut url = url.clone();
        url.set_fragment(None);
        let url = String::from(url);
        let mut in_flight = in_flight();
        let redirected = in_flight.entry(url.clone()).or_default();
        redirected.requests += 1;
        let before = redirected.times;
        Self { url, before }
    }

    /// Whether this request, or another request to the same URL, was redirected since it began.
    pub(crate) fn is_redirected(&self) -> bool {
        let in_flight = in_flight();
        let redirected = in_flight.get(&self.url);
        redirected.is_some_and(|redirected| redirected.times > self.before)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let mut in_flight = in_flight();
        if let Some(redirected) = in_flight.get_mut(&self.url) {
            redirected.requests -= 1;
            if redirected.requests == 0 {
                in_flight.remove(&self.url);
            }
        }
    }
}
