//! Seeing that reqwest follows a redirect, while an attempt is polled.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use reqwest::redirect::Policy;

use super::held::Held;

std::thread_local! {
    /// Whether a redirect was followed in the poll that runs now. reqwest asks its redirect policy while
    /// it is polled, on the same thread, so that no other attempt can be meant.
    static FOLLOWED: Cell<bool> = const { Cell::new(false) };
}

/// Wraps the redirect policy of a client, so that this crate sees each redirect that the client follows.
///
/// Once a redirect was followed, an earlier hop has processed the request. What happens on a later hop
/// (it is down, or it responds 429) then proves nothing about a `POST`, which must not be sent again.
/// Most followed redirects can be seen without this function.
#[cfg_attr(
    doc,
    doc = "The page [Requests](crate::docs::requests#redirects) lists those that cannot."
)]
///
/// The wrapped policy decides as before. For a `blocking` client, whose policy runs on another thread, a
/// redirect counts for all requests to the same URL that are on their way at that moment.
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
    /// A request on its way, whose redirects are seen. Gives its outcome, and whether there were any.
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
        // One request may be polled within another, by a middleware: each sees its own.
        let enclosing = FOLLOWED.replace(false);
        let polled = this.sent.poll(cx);
        *this.followed |= FOLLOWED.replace(enclosing);
        match polled {
            Poll::Ready(outcome) => Poll::Ready((outcome, *this.followed)),
            Poll::Pending => {
                // Not when it is ready: then the body may have gone with everything else.
                *this.followed |= this.held.as_ref().is_some_and(Held::is_gone);
                Poll::Pending
            }
        }
    }
}
