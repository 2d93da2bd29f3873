//! What downloads have in common, whether they await or block: all but the reading and the writing.

use std::io;

use reqwest::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue, IF_RANGE, RANGE};
use reqwest::{Method, StatusCode, Url};
use retry_core::Class;

use super::{Ended, Next, Resume};
use crate::classify::{Rule, rules};
use crate::error::{Error, ErrorKind};

/// Keeps count from one attempt to the next, and turns what [`Resume`] says into errors.
#[derive(Debug)]
pub(crate) struct Transfer {
    resume: Resume,
    /// Where the last answer came from, or where the request goes.
    url: Option<Url>,
}

impl Transfer {
    /// A download that has not begun: the first attempt says what is asked for.
    pub(crate) fn new() -> Self {
        Self {
            resume: Resume::new(&Method::GET, &HeaderMap::new()),
            url: None,
        }
    }

    /// Changes the request of the attempt that begins now.
    ///
    /// # Errors
    ///
    /// When there is nothing to ask for.
    pub(crate) fn prepare(
        &mut self,
        method: &Method,
        url: &Url,
        headers: &mut HeaderMap,
    ) -> Result<(), Error> {
        if self.url.is_none() {
            self.resume = Resume::new(method, headers);
        }
        self.url = Some(url.clone());
        let next = self.resume.next().map_err(|rule| self.refused(rule))?;
        headers
            .entry(ACCEPT_ENCODING)
            .or_insert(HeaderValue::from_static("identity"));
        match next {
            Next::Start => {}
            Next::Continue { range, if_range } => {
                headers.insert(RANGE, range);
                headers.insert(IF_RANGE, if_range);
            }
            Next::Finished => return Err(self.refused(rules::RESUME_DONE)),
        }
        Ok(())
    }

    /// Whether this status is an ordinary failure.
    pub(crate) fn fails(&self, status: StatusCode) -> bool {
        self.resume.fails(status)
    }

    /// Takes in the head of an answer that is no failure.
    ///
    /// # Errors
    ///
    /// When no byte of its body may be handed on.
    pub(crate) fn answered(
        &mut self,
        status: StatusCode,
        headers: &HeaderMap,
        url: &Url,
    ) -> Result<(), Error> {
        let answered = self.resume.answered(status, headers, url);
        self.url = Some(url.clone());
        answered.map_err(|rule| self.refused(rule))
    }

    /// The part of these bytes that may be written.
    ///
    /// # Errors
    ///
    /// When none may, as the body is over.
    pub(crate) fn part<'b>(&self, bytes: &'b [u8]) -> Result<&'b [u8], Error> {
        let room = self.resume.room(bytes.len());
        let room = room.map_err(|rule| self.refused(rule))?;
        Ok(bytes.get(..room).unwrap_or(bytes))
    }

    /// Takes in what one write said, and gives what is left of the bytes.
    ///
    /// # Cancel safety
    ///
    /// Every byte that the writer took is counted at once: that is why nobody calls `write_all`.
    pub(crate) fn written<'b>(
        &mut self,
        bytes: &'b [u8],
        taken: io::Result<usize>,
    ) -> Result<&'b [u8], Error> {
        let taken = taken.map_err(Error::writer)?;
        if taken == 0 {
            return Err(Error::writer(io::ErrorKind::WriteZero.into()));
        }
        // No more than there was, whatever the writer says.
        let taken = taken.min(bytes.len());
        self.resume.hand_on(taken);
        Ok(bytes.get(taken..).unwrap_or_default())
    }

    /// Receives that the response ended, as its framing has it.
    ///
    /// # Errors
    ///
    /// If there should have been more. A response that was a shorter range than asked for is a temporary
    /// failure, after which the rest is asked for.
    pub(crate) fn ended(&self) -> Result<(), Error> {
        match self.resume.ended() {
            Ok(Ended::Complete) => Ok(()),
            Ok(Ended::Part) => Err(Error::shorter_range(self.url.clone())),
            Err(rule) => Err(self.refused(rule)),
        }
    }

    /// Takes in how an attempt failed, cut short or not. `Ok`: it is complete after all.
    ///
    /// # Errors
    ///
    /// What the policy is told: it never goes on where bytes might become wrong, or where nothing is
    /// missing.
    pub(crate) fn failed(&self, error: Error) -> Result<(), Error> {
        let written = self.resume.handed();
        let error = error.with_bytes_written(written);
        if error.is_last() {
            return Err(error);
        }
        match self.resume.next() {
            Ok(Next::Finished) => match error.kind() {
                // Cut short, or broken off, after the last byte.
                ErrorKind::TimedOut | ErrorKind::Transport => Ok(()),
                _ => Err(error.last()),
            },
            Ok(_) => Err(error),
            // What would not be tried again anyway says best itself what happened.
            Err(_) if error.explain().class == Class::Permanent => Err(error.last()),
            Err(rule) => {
                let refused = Error::refused(rule, self.url.clone(), Some(error));
                Err(refused.with_bytes_written(written))
            }
        }
    }

    /// Takes in what the writer said when it was flushed, and gives how many bytes it took.
    pub(crate) fn flushed(&self, flushed: io::Result<()>) -> Result<u64, Error> {
        let written = self.resume.handed();
        flushed.map_err(|error| Error::writer(error).with_bytes_written(written))?;
        Ok(written)
    }

    fn refused(&self, rule: Rule) -> Error {
        Error::refused(rule, self.url.clone(), None)
    }
}
