//! Constructors of the error. They classify the failure and remove secrets.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{StatusCode, Url};
use retry_core::TimedOut;

use super::url::{self, location};
use super::{Cause, Error, Inner, NotDecoded};
use crate::body::NotReplayable;
use crate::classify::{
    HintHeaders, Rule, Safety, causes, hint, is_known_cause, judge, judge_first_hop,
    judge_response, rules, wall_clock,
};

impl Error {
    /// Returns the error of a failed response, without its body.
    pub(crate) fn from_head(
        status: StatusCode,
        headers: &HeaderMap,
        mut url: Url,
        safety: Safety,
        hints: Option<&HintHeaders>,
    ) -> Self {
        let location = location(headers, &url).map(|mut location| {
            url::clean(&mut location);
            location
        });
        url::clean(&mut url);
        let own = hints.and_then(|hints| hints.longest(headers));
        let retry_after = hint(headers, wall_clock).max(own);
        let rule = judge_response(status, headers, retry_after, safety);
        let cause = Cause::Status {
            status,
            location: location.filter(|_| status.is_redirection()),
            headers: Some(headers.clone()),
            retry_after,
            body: Box::default(),
        };
        Self::new(rule, safety, Some(url), cause)
    }

    pub(crate) fn with_body(mut self, excerpt: Box<[u8]>) -> Self {
        if let Cause::Status { body, .. } = &mut self.0.cause {
            *body = excerpt;
        }
        self
    }

    /// A failure of the first hop. If a redirect was followed, the caller adds
    /// [`on_a_later_hop`](Self::on_a_later_hop).
    pub(crate) fn from_transport(error: reqwest::Error, safety: Safety) -> Self {
        let rule = judge_first_hop(&error);
        Self::by_rule(rule, error, safety)
    }

    /// A failure after the head of a response was received: the request was processed, for every rule.
    pub(crate) fn from_reading(error: reqwest::Error, safety: Safety) -> Self {
        Self::from_transport(error, safety).on_a_later_hop()
    }

    fn by_rule(rule: Rule, mut error: reqwest::Error, safety: Safety) -> Self {
        // A body of this crate has recorded why it ended.
        if let Some(body) = NotReplayable::found_in(&error) {
            return Self::from(body);
        }
        if let Some(url) = error.url_mut() {
            url::clean(url);
        }
        let url = error.url().cloned();
        let cause = match error.status() {
            Some(status) => Cause::Status {
                status,
                location: None,
                headers: None,
                retry_after: None,
                body: Box::default(),
            },
            None if hides_url(&error) => Cause::Message(error.to_string()),
            None => match quotes_body(&error) {
                Some(body) => Cause::NotDecoded(error, body),
                None => Cause::Transport(error),
            },
        };
        Self::new(rule, safety, url, cause)
    }

    /// A failure to read a blocking response: reqwest's error, wrapped in an [`io::Error`].
    #[cfg(feature = "blocking")]
    pub(crate) fn from_body(error: io::Error, safety: Safety) -> Self {
        let message = error.to_string();
        let inner = error.into_inner();
        match inner.and_then(|inner| inner.downcast::<reqwest::Error>().ok()) {
            Some(error) => Self::from_reading(*error, safety),
            None => Self::new(rules::UNKNOWN, safety, None, Cause::Message(message)),
        }
    }

    pub(crate) fn timed_out(after: Duration, mut url: Option<Url>, safety: Safety) -> Self {
        if let Some(url) = &mut url {
            url::clean(url);
        }
        let cause = Cause::TimedOut(TimedOut::new(after));
        Self::new(rules::ATTEMPT_TIMED_OUT, safety, url, cause)
    }

    /// A download that cannot be resumed. `failure` is what interrupted it.
    pub(crate) fn refused(rule: Rule, mut url: Option<Url>, failure: Option<Self>) -> Self {
        if let Some(url) = &mut url {
            url::clean(url);
        }
        Self::new(rule, Safety::Idempotent, url, Cause::Refused(failure)).last()
    }

    /// A complete response with a shorter range than was requested.
    pub(crate) fn shorter_range(mut url: Option<Url>) -> Self {
        if let Some(url) = &mut url {
            url::clean(url);
        }
        let message = rules::RANGE_SHORTER.verdict().rule.to_owned();
        Self::new(
            rules::RANGE_SHORTER,
            Safety::Idempotent,
            url,
            Cause::Message(message),
        )
    }

    pub(crate) fn writer(error: io::Error) -> Self {
        Self::new(
            rules::WRITER_FAILED,
            Safety::Idempotent,
            None,
            Cause::Writer(error),
        )
        .last()
    }

    pub(crate) fn not_built(error: &dyn StdError) -> Self {
        Self::new(
            rules::NOT_BUILT,
            Safety::Idempotent,
            None,
            Cause::Message(error.to_string()),
        )
    }

    /// A failure whose cause is reported elsewhere.
    pub(crate) fn unknown() -> Self {
        let message = rules::UNKNOWN.verdict().rule.to_owned();
        Self::new(
            rules::UNKNOWN,
            Safety::Idempotent,
            None,
            Cause::Message(message),
        )
    }

    fn new(rule: Rule, safety: Safety, url: Option<Url>, cause: Cause) -> Self {
        Self(Box::new(Inner {
            rule,
            repeatable: safety != Safety::Once,
            last: false,
            later_hop: false,
            before: None,
            written: None,
            url,
            cause,
        }))
    }

    /// Marks the failure as coming from a later hop: it proves nothing about the first hop, which has processed the
    /// request.
    pub(crate) fn on_a_later_hop(mut self) -> Self {
        self.0.later_hop = true;
        self
    }

    /// Adds the failure of the previous attempt, if this one ran out of time: a timeout alone does not explain why the
    /// previous attempt failed.
    pub(crate) fn after(mut self, before: Option<Self>) -> Self {
        if rules::is_out_of_time(self.0.rule) {
            self.0.before = before;
        }
        self
    }

    /// Marks the failure as coming from the first hop: an address that differs from the URL is then a proxy.
    #[cfg(any(feature = "blocking", feature = "middleware", feature = "tower"))]
    pub(crate) fn on_the_first_hop(mut self) -> Self {
        if let Cause::Transport(error) = &self.0.cause {
            self.0.rule = judge_first_hop(error);
        }
        self
    }

    /// Whether hyper reports that the connection closed before the request was sent.
    #[cfg(any(feature = "blocking", feature = "middleware", feature = "tower"))]
    pub(crate) fn is_not_sent(&self) -> bool {
        self.0.rule.is(rules::NOT_SENT)
    }

    /// Adds whether the request may be processed twice.
    #[cfg(any(feature = "blocking", feature = "middleware", feature = "tower"))]
    pub(crate) fn of_request(mut self, safety: Safety) -> Self {
        self.0.repeatable &= safety != Safety::Once;
        self
    }

    /// Marks the error so that no policy makes a further attempt.
    pub(crate) fn last(mut self) -> Self {
        self.0.last = true;
        self
    }

    pub(crate) fn with_bytes_written(mut self, written: u64) -> Self {
        self.0.written = Some(written);
        self
    }
}

/// Whether a cause of the error is another error of reqwest with its own URL, which this crate cannot clean.
fn hides_url(error: &reqwest::Error) -> bool {
    causes(error)
        .skip(1)
        .filter_map(<dyn StdError>::downcast_ref::<reqwest::Error>)
        .any(|nested| nested.url().is_some())
}

/// Returns what to show instead of the causes of an error, if they quote the body. A deserializer's do, as in
/// `invalid type: string "secret", expected u64 at line 1 column 8`. The types of all other causes are known.
fn quotes_body(error: &reqwest::Error) -> Option<NotDecoded> {
    let cause = error.source().filter(|_| error.is_decode())?;
    if is_known_cause(cause) {
        return None;
    }
    // The form of serde_json's messages. Only the two numbers are copied.
    let message = cause.to_string();
    let place = message.rsplit_once(" at line ").and_then(|(_, place)| {
        let (line, column) = place.split_once(" column ")?;
        Some((line.parse().ok()?, column.parse().ok()?))
    });
    Some(NotDecoded { place })
}

/// The method is unknown, so a temporary fault is `Transient` even for a `POST`.
impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        Self::by_rule(judge(&error), error, Safety::Idempotent)
    }
}

/// The method is unknown, so this is `Transient` even for a `POST`. For a call that must not happen twice and has a
/// timeout, write `on = "refused"`.
impl From<TimedOut> for Error {
    fn from(timed_out: TimedOut) -> Self {
        Self::timed_out(timed_out.after(), None, Safety::Idempotent)
    }
}

impl From<NotReplayable> for Error {
    fn from(error: NotReplayable) -> Self {
        Self::new(
            rules::NOT_REPLAYABLE,
            Safety::Idempotent,
            None,
            Cause::NotReplayable(error),
        )
    }
}
