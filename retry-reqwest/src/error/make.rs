//! From a failure to an error: what it means is decided here, and secrets are removed.

use std::error::Error as StdError;
use std::io;
use std::time::{Duration, SystemTime};

use reqwest::header::HeaderMap;
use reqwest::{Response, StatusCode, Url};
use retry_core::{TimedOut, note_give_up};

use super::Error;
use super::def::{Cause, Inner};
use crate::hints::{hint, should_retry};
use crate::retry::failed;
use crate::rules::{self, Rule};
use crate::{NotReplayable, causes, failure, status, url};

impl Error {
    /// See [`from_head`](Self::from_head).
    pub(crate) fn from_response(response: &Response, repeatable: bool) -> Self {
        let url = response.url().clone();
        Self::from_head(response.status(), response.headers(), url, repeatable)
    }

    /// A server that says that no retry helps has told so to whoever retries here: the attempt that its
    /// answer came in is told.
    pub(crate) fn from_head(
        status: StatusCode,
        headers: &HeaderMap,
        mut url: Url,
        repeatable: bool,
    ) -> Self {
        url::clean(&mut url);
        if failed(status) && should_retry(headers) == Some(false) {
            note_give_up();
        }
        let cause = Cause::Status {
            status,
            retry_after: hint(headers, SystemTime::now),
            body: Box::default(),
        };
        let rule = status::judge_status(status, headers);
        Self::new(rule, repeatable, Some(url), cause)
    }

    pub(crate) fn with_body(mut self, excerpt: Box<[u8]>) -> Self {
        if let Cause::Status { body, .. } = &mut self.0.cause {
            *body = excerpt;
        }
        self
    }

    pub(crate) fn from_transport(mut error: reqwest::Error, repeatable: bool) -> Self {
        // A body of this crate says itself why it ended.
        if let Some(body) = NotReplayable::found_in(&error) {
            return Self::from(body);
        }
        let rule = failure::judge(&error);
        if let Some(url) = error.url_mut() {
            url::clean(url);
        }
        let url = error.url().cloned();
        let cause = match error.status() {
            Some(status) => Cause::Status {
                status,
                retry_after: None,
                body: Box::default(),
            },
            None if hides_url(&error) => Cause::Message(error.to_string()),
            None => Cause::Transport(error),
        };
        Self::new(rule, repeatable, url, cause)
    }

    /// How reqwest's blocking response fails to be read: its own error, as an [`io::Error`].
    #[cfg(feature = "blocking")]
    pub(crate) fn from_body(error: io::Error, repeatable: bool) -> Self {
        let message = error.to_string();
        let inner = error.into_inner();
        match inner.and_then(|inner| inner.downcast::<reqwest::Error>().ok()) {
            Some(error) => Self::from_transport(*error, repeatable),
            None => Self::new(rules::UNKNOWN, repeatable, None, Cause::Message(message)),
        }
    }

    pub(crate) fn timed_out(after: Duration, mut url: Option<Url>, repeatable: bool) -> Self {
        if let Some(url) = &mut url {
            url::clean(url);
        }
        let cause = Cause::TimedOut(TimedOut::new(after));
        Self::new(rules::ATTEMPT_TIMED_OUT, repeatable, url, cause)
    }

    /// No byte of this answer may be handed on, or none can follow after `failure`.
    pub(crate) fn refused(rule: Rule, mut url: Option<Url>, failure: Option<Self>) -> Self {
        if let Some(url) = &mut url {
            url::clean(url);
        }
        Self::new(rule, true, url, Cause::Refused(failure)).last()
    }

    /// A response that was complete, and less than was asked for.
    pub(crate) fn shorter_range(mut url: Option<Url>) -> Self {
        if let Some(url) = &mut url {
            url::clean(url);
        }
        let message = rules::RANGE_SHORTER.verdict().rule.to_owned();
        Self::new(rules::RANGE_SHORTER, true, url, Cause::Message(message))
    }

    pub(crate) fn writer(error: io::Error) -> Self {
        Self::new(rules::WRITER_FAILED, true, None, Cause::Writer(error)).last()
    }

    pub(crate) fn not_built(error: &dyn StdError) -> Self {
        Self::new(
            rules::NOT_BUILT,
            true,
            None,
            Cause::Message(error.to_string()),
        )
    }

    /// A failure that somebody else knows more of.
    pub(crate) fn unknown() -> Self {
        let message = rules::UNKNOWN.verdict().rule.to_owned();
        Self::new(rules::UNKNOWN, true, None, Cause::Message(message))
    }

    fn new(rule: Rule, repeatable: bool, url: Option<Url>, cause: Cause) -> Self {
        Self(Box::new(Inner {
            rule,
            repeatable,
            last: false,
            good: None,
            url,
            cause,
        }))
    }

    /// The request must not be processed twice, if `repeatable` says so.
    #[cfg(any(feature = "middleware", feature = "tower"))]
    pub(crate) fn of_request(mut self, repeatable: bool) -> Self {
        self.0.repeatable &= repeatable;
        self
    }

    /// No other attempt can be made, whatever the policy says of this failure.
    pub(crate) fn last(mut self) -> Self {
        self.0.last = true;
        self
    }

    pub(crate) fn with_good_bytes(mut self, good: u64) -> Self {
        self.0.good = Some(good);
        self
    }
}

/// Whether a cause of the error is one of reqwest's that holds a URL of its own, which nobody but
/// reqwest can reach.
fn hides_url(error: &reqwest::Error) -> bool {
    causes::causes(error)
        .skip(1)
        .filter_map(<dyn StdError>::downcast_ref::<reqwest::Error>)
        .any(|nested| nested.url().is_some())
}

/// The method is not known here, so a passing fault is `Transient` even if it was a `POST`.
impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        Self::from_transport(error, true)
    }
}

/// The method is not known here, so this is `Transient` even if it was a `POST`: a call that must not
/// happen twice says `on = "refused"` where it says `timeout`.
impl From<TimedOut> for Error {
    fn from(timed_out: TimedOut) -> Self {
        Self::timed_out(timed_out.after(), None, true)
    }
}

impl From<NotReplayable> for Error {
    fn from(error: NotReplayable) -> Self {
        Self::new(
            rules::NOT_REPLAYABLE,
            true,
            None,
            Cause::NotReplayable(error),
        )
    }
}
