//! Noticing that reqwest follows a redirect while an attempt is polled.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use reqwest::redirect::Policy;

use super::held::Held;

std::thread_local! {
    /// Whether a redirect was followed in the current poll. reqwest calls its redirect policy while it is polled, on
    /// the same thread, so it cannot be a redirect of another attempt.
    static FOLLOWED: Cell<bool> = const { Cell::new(false) };
}

/// Wraps the redirect policy of a client, so that this crate notices each redirect that the client follows.
///
/// Once a redirect was followed, an earlier hop has processed the request. A failure of a later hop (it is down, or it
/// responds 429) then proves nothing about a `POST`, which must not be sent again. Most redirects are noticed without
/// this function.
#[cfg_attr(
    doc,
    doc = "The page [Requests](crate::docs::requests#redirects) lists the redirects that are not noticed without it."
)]
///
/// The wrapped policy decides as before. The policy of a `blocking` client runs on another thread, so a redirect counts
/// for all requests to the same URL that are in flight at that moment.
///
/// # Examples
///
/// ```
/// use reqwest::redirect::Policy;
///
/// let client = reqwest::Client::builder()
///     .redirect(retryable::http::redirects(Policy::limited(5)))
///     .build()?;
/// # let _ = client;
/// # Ok::<(), reqwest::Error>(())
/// ```
pub fn redirects(policy: Policy) -> Policy {
    Policy::custom(move |attempt| {
        FOLLOWED.set(true);
        #[cfg(feature = "blocking")]
        if let Some(first) = attempt.previous().first() {
            super::in_flight::note(first);
        }
        policy.redirect(attempt)
    })
}

pin_project! {
    /// A request in flight. Returns its outcome, and whether a redirect was followed.
    pub(super) struct Watch<F> {
        #[pin]
        sent: F,
        held: Option<Held>,
        followed: bool,
    }
}

impl<F> Watch<F> {
    pub(super) fn new(sent: F, held: Option<Held>) -> Self {
        let followed = false;
        Self {
            sent,
            held,
            followed,
        }
    }
}

impl<F: Future> Future for Watch<F> {
    type Output = (F::Output, bool);

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        // A middleware may poll one request within another. Each notices its own redirects only.
        let enclosing = FOLLOWED.replace(false);
        let polled = this.sent.poll(cx);
        *this.followed |= FOLLOWED.replace(enclosing);
        match polled {
            Poll::Ready(outcome) => Poll::Ready((outcome, *this.followed)),
            Poll::Pending => {
                // Not if it is ready: then the body may be dropped because the request has ended.
                *this.followed |= this.held.as_ref().is_some_and(Held::is_gone);
                Poll::Pending
            }
        }
    }
}
