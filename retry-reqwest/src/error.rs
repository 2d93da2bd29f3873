//! The error of requests that know their method.

use std::error::Error as StdError;
use std::fmt;
use std::time::{Duration, SystemTime};

use reqwest::{Response, StatusCode, Url};
use retry_core::{Class, Classify, TimedOut};

use crate::drain::drain;
use crate::hints::hint;
use crate::rules::{self, Rule};
use crate::{Verdict, causes, failure, status, url};

/// Why a request failed: the server's status, the transport, or the time it took.
///
/// Nothing in here, nor in its messages, shows a secret: URLs have lost user name, password, query
/// and fragment, and of an answer there are its status, its hints and the first 512 bytes of its
/// body. The body is shown by `Debug`, not by `Display`.
///
/// # Examples
///
/// ```
/// use reqwest::StatusCode;
///
/// # fn missing(error: &retry_reqwest::Error) -> bool {
/// // A record that does not exist is no failure here.
/// error.status() == Some(StatusCode::NOT_FOUND)
/// # }
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    verdict: Verdict,
    url: Option<Url>,
    cause: Cause,
}

enum Cause {
    Status {
        status: StatusCode,
        retry_after: Option<Duration>,
        body: Box<[u8]>,
    },
    Transport(reqwest::Error),
    /// Of a transport error whose causes hold a URL that cannot be cleaned.
    Message(String),
    TimedOut(TimedOut),
}

/// What kind of failure an [`Error`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The server answered with a status from 400 to 599.
    Status,
    /// The request could not be built or sent, or its answer could not be read.
    Transport,
    /// The attempt took longer than its policy allows.
    TimedOut,
}

impl Error {
    /// Reads the response to its end, within bounds.
    pub(crate) async fn from_response(response: Response, repeatable: bool) -> Self {
        let (status, headers) = (response.status(), response.headers());
        let verdict = verdict(status::judge_status(status, headers), repeatable);
        let retry_after = hint(headers, SystemTime::now);
        let mut url = response.url().clone();
        url::clean(&mut url);
        let body = drain(response).await;
        let cause = Cause::Status {
            status,
            retry_after,
            body,
        };
        Self::new(verdict, Some(url), cause)
    }

    pub(crate) fn from_transport(mut error: reqwest::Error, repeatable: bool) -> Self {
        let verdict = verdict(failure::judge(&error), repeatable);
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
        Self::new(verdict, url, cause)
    }

    fn new(verdict: Verdict, url: Option<Url>, cause: Cause) -> Self {
        Self(Box::new(Inner {
            verdict,
            url,
            cause,
        }))
    }

    /// What kind of failure this is.
    pub fn kind(&self) -> ErrorKind {
        match self.0.cause {
            Cause::Status { .. } => ErrorKind::Status,
            Cause::Transport(_) | Cause::Message(_) => ErrorKind::Transport,
            Cause::TimedOut(_) => ErrorKind::TimedOut,
        }
    }

    /// What this means for the next attempt, and the rule that said so.
    pub fn explain(&self) -> Verdict {
        self.0.verdict
    }

    /// The status that the server answered with, if it answered.
    pub fn status(&self) -> Option<StatusCode> {
        match self.0.cause {
            Cause::Status { status, .. } => Some(status),
            _ => None,
        }
    }

    /// The URL that failed, after redirects; without user name, password, query and fragment.
    pub fn url(&self) -> Option<&Url> {
        self.0.url.as_ref()
    }

    /// How long the server asked to be left alone (see [`retry_after`](crate::retry_after)), with any
    /// status.
    pub fn retry_after(&self) -> Option<Duration> {
        match self.0.cause {
            Cause::Status { retry_after, .. } => retry_after,
            _ => None,
        }
    }

    /// The first bytes of the answer's body, at most 512. Fewer, or none, where the answer came from
    /// `error_for_status`, or took longer than 100 ms to read.
    pub fn body(&self) -> &[u8] {
        match &self.0.cause {
            Cause::Status { body, .. } => body,
            _ => &[],
        }
    }

    /// The error of reqwest, its URL cleaned, where the transport failed. `None` in the rare case
    /// that a cause of it holds a URL too: that of a redirect away from https.
    pub fn as_reqwest(&self) -> Option<&reqwest::Error> {
        match &self.0.cause {
            Cause::Transport(error) => Some(error),
            _ => None,
        }
    }
}

fn verdict(rule: Rule, repeatable: bool) -> Verdict {
    if repeatable {
        rule.verdict()
    } else {
        rule.verdict_once()
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

impl Classify for Error {
    fn classify(&self) -> Class {
        self.0.verdict.class
    }
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
        let verdict = rules::ATTEMPT_TIMED_OUT.verdict();
        Self::new(verdict, None, Cause::TimedOut(timed_out))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.cause {
            Cause::Status { status, .. } => {
                write!(f, "the server answered {status}")?;
                match self.url() {
                    Some(url) => write!(f, " for url ({url})"),
                    None => Ok(()),
                }
            }
            Cause::Transport(error) => error.fmt(f),
            Cause::Message(message) => f.write_str(message),
            Cause::TimedOut(timed_out) => timed_out.fmt(f),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("Error");
        match &self.0.cause {
            Cause::Status {
                status,
                retry_after,
                body,
            } => f
                .field("status", status)
                .field("url", &self.url().map(Url::as_str))
                .field("retry_after", retry_after)
                .field("body", &String::from_utf8_lossy(body)),
            Cause::Transport(error) => f.field("transport", error),
            Cause::Message(message) => f.field("transport", message),
            Cause::TimedOut(timed_out) => f.field("timed_out", timed_out),
        };
        f.field("class", &self.0.verdict.class)
            .field("rule", &self.0.verdict.rule)
            .finish()
    }
}

/// The message of a transport failure is that of reqwest's own error, so its source is that one's.
impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.as_reqwest().and_then(StdError::source)
    }
}
