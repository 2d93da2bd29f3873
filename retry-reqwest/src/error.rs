//! The error of requests that know their method.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::time::{Duration, SystemTime};

use reqwest::header::HeaderMap;
use reqwest::{Response, StatusCode, Url};
use retry_core::{Class, Classify, TimedOut, note_give_up};

use crate::drain::drain;
use crate::hints::{hint, should_retry};
use crate::retry::failed;
use crate::rules::{self, Rule};
use crate::{NotReplayable, Verdict, causes, failure, status, url};

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
    rule: Rule,
    repeatable: bool,
    last: bool,
    /// Of a download: how many bytes were handed on.
    good: Option<u64>,
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
    NotReplayable(NotReplayable),
    /// After this failure, where there was one.
    Refused(Option<Error>),
    Writer(io::Error),
}

/// What kind of failure an [`Error`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The server answered with a status from 400 to 599; to a download, with any but 200 to 299.
    Status,
    /// The request could not be built or sent, or its answer could not be read.
    Transport,
    /// The attempt took longer than its policy allows.
    TimedOut,
    /// There is no body for this attempt: making it failed.
    NotReplayable,
    /// A download cannot go on without a risk of wrong bytes. The rule of
    /// [`explain`](Error::explain) says why, and `source` is the failure that broke it off.
    ResumeRefused,
    /// The writer of a download failed, which is never tried again. `source` is its own
    /// [`io::Error`].
    Writer,
}

impl Error {
    /// Reads the response to its end, within bounds.
    pub(crate) async fn from_response(response: Response, repeatable: bool) -> Self {
        let url = response.url().clone();
        let error = Self::from_head(response.status(), response.headers(), url, repeatable);
        error.with_body(drain(response).await)
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

    /// A failure that only a sender of another's knows.
    #[cfg(any(feature = "middleware", feature = "tower"))]
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

    /// The error of reqwest, its URL cleaned, if there is one.
    #[cfg(feature = "middleware")]
    pub(crate) fn into_reqwest(self) -> Result<reqwest::Error, Self> {
        match self.0.cause {
            Cause::Transport(error) => Ok(error),
            _ => Err(self),
        }
    }

    /// No other attempt can be made, whatever the policy says of this failure.
    pub(crate) fn last(mut self) -> Self {
        self.0.last = true;
        self
    }

    pub(crate) fn is_last(&self) -> bool {
        self.0.last
    }

    pub(crate) fn with_good_bytes(mut self, good: u64) -> Self {
        self.0.good = Some(good);
        self
    }

    /// What kind of failure this is.
    pub fn kind(&self) -> ErrorKind {
        match self.0.cause {
            Cause::Status { .. } => ErrorKind::Status,
            Cause::Transport(_) | Cause::Message(_) => ErrorKind::Transport,
            Cause::TimedOut(_) => ErrorKind::TimedOut,
            Cause::NotReplayable(_) => ErrorKind::NotReplayable,
            Cause::Refused(_) => ErrorKind::ResumeRefused,
            Cause::Writer(_) => ErrorKind::Writer,
        }
    }

    /// What this means for the next attempt, and the rule that said so.
    pub fn explain(&self) -> Verdict {
        if self.0.repeatable {
            self.0.rule.verdict()
        } else {
            self.0.rule.verdict_once()
        }
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

    /// How many bytes of a download the writer took: all of them are right, from the first one that was
    /// asked for. `None` where this is not the error of a download.
    ///
    /// After an error of the writer's own, this is how many it had said it took.
    pub fn good_bytes(&self) -> Option<u64> {
        self.0.good
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
        self.explain().class
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

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.cause {
            Cause::Status { status, .. } => write!(f, "the server answered {status}")?,
            Cause::TimedOut(timed_out) => timed_out.fmt(f)?,
            Cause::NotReplayable(error) => error.fmt(f)?,
            Cause::Refused(_) => write!(f, "the download cannot go on: {}", self.explain().rule)?,
            Cause::Writer(_) => f.write_str("the writer failed")?,
            // reqwest's own messages name the URL.
            Cause::Transport(error) => error.fmt(f)?,
            Cause::Message(message) => f.write_str(message)?,
        }
        match &self.0.cause {
            Cause::Transport(_) | Cause::Message(_) => {}
            _ => {
                if let Some(url) = self.url() {
                    write!(f, " for url ({url})")?;
                }
            }
        }
        match self.0.good {
            Some(1) => f.write_str("; 1 byte is good"),
            Some(good) => write!(f, "; {good} bytes are good"),
            None => Ok(()),
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
            Cause::NotReplayable(error) => f.field("not_replayable", error),
            Cause::Refused(failure) => f.field("resume_refused_after", failure),
            Cause::Writer(error) => f.field("writer", error),
        };
        if let Some(good) = self.0.good {
            f.field("good_bytes", &good);
        }
        let verdict = self.explain();
        f.field("class", &verdict.class)
            .field("rule", &verdict.rule)
            .finish()
    }
}

/// The message of a failure is that of the error it was made from, so its source is that one's.
impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.cause {
            Cause::Transport(error) => error.source(),
            Cause::Refused(Some(failure)) => Some(failure),
            Cause::Writer(error) => Some(error),
            Cause::NotReplayable(error) => error.source(),
            _ => None,
        }
    }
}
