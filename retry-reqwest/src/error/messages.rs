//! The messages of the error: `Display`, `Debug` and its source.

use std::error::Error as StdError;
use std::fmt;

use reqwest::Url;

use super::{Cause, Error, NotDecoded};

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.cause {
            Cause::Status {
                status, location, ..
            } => {
                write!(f, "the server responded with {status}")?;
                match location {
                    Some(location) => {
                        write!(f, ", and the redirect to {location} was not followed")?;
                    }
                    None if self.is_not_followed() => {
                        f.write_str(", a redirect without a usable location")?;
                    }
                    None => {}
                }
            }
            Cause::TimedOut(timed_out) => timed_out.fmt(f)?,
            Cause::NotReplayable(error) => error.fmt(f)?,
            Cause::Refused(_) => {
                write!(f, "the download cannot be resumed: {}", self.explain().rule)?;
            }
            Cause::Writer(_) => f.write_str("the writer failed")?,
            // reqwest's own messages name the URL.
            Cause::Transport(error) | Cause::NotDecoded(error, _) => error.fmt(f)?,
            Cause::Message(message) => f.write_str(message)?,
        }
        match &self.0.cause {
            Cause::Transport(_) | Cause::NotDecoded(..) | Cause::Message(_) => {}
            _ => {
                if let Some(url) = self.url() {
                    write!(f, " for url ({url})")?;
                }
            }
        }
        match self.0.written {
            Some(1) => f.write_str("; 1 byte was written"),
            Some(written) => write!(f, "; {written} bytes were written"),
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
                location,
                headers: _,
                retry_after,
                body,
            } => f
                .field("status", status)
                .field("location", &location.as_ref().map(Url::as_str))
                .field("url", &self.url().map(Url::as_str))
                .field("retry_after", retry_after)
                .field("body", &String::from_utf8_lossy(body)),
            Cause::Transport(error) => f.field("transport", error),
            Cause::NotDecoded(error, body) => {
                f.field("transport", &error.to_string()).field("body", body)
            }
            Cause::Message(message) => f.field("transport", message),
            Cause::TimedOut(timed_out) => f.field("timed_out", timed_out),
            Cause::NotReplayable(error) => f.field("not_replayable", error),
            Cause::Refused(failure) => f.field("resume_refused_after", failure),
            Cause::Writer(error) => f.field("writer", error),
        };
        if let Some(written) = self.0.written {
            f.field("bytes_written", &written);
        }
        if let Some(before) = &self.0.before {
            f.field("previous", before);
        }
        let verdict = self.explain();
        f.field("class", &verdict.class)
            .field("rule", &verdict.rule)
            .finish()
    }
}

/// The message comes from the error from which this one was made, so the source is the source of that error. If the
/// time ran out after a failed attempt, the source is the failure of that attempt.
impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        if let Some(before) = self.previous() {
            return Some(before);
        }
        match &self.0.cause {
            Cause::Transport(error) => error.source(),
            Cause::NotDecoded(_, body) => Some(body),
            Cause::Refused(Some(failure)) => Some(failure),
            Cause::Writer(error) => Some(error),
            Cause::NotReplayable(error) => error.source(),
            _ => None,
        }
    }
}

impl fmt::Display for NotDecoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body is not of the expected form")?;
        match self.place {
            Some((line, column)) => write!(f, " at line {line} column {column}"),
            None => Ok(()),
        }
    }
}

impl StdError for NotDecoded {}
