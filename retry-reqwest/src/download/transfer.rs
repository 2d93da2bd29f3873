//! The part that awaited and blocking downloads share: everything except reading and writing.

use std::io;

use reqwest::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue, IF_RANGE, RANGE};
use reqwest::{Method, StatusCode, Url};
use retry_core::Class;

use super::{Ended, NextRequest, Resume};
use crate::classify::{Rule, rules};
use crate::error::{Error, ErrorKind};

/// Keeps the state from one attempt to the next, and turns the rules of [`Resume`] into errors.
#[derive(Debug)]
pub(crate) struct Transfer {
    resume: Resume,
    /// The URL of the last response, or else of the request.
    url: Option<Url>,
}

impl Transfer {
    /// Creates a download that has not begun: the first attempt determines what is requested.
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
    /// If there is nothing to request.
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
            NextRequest::Start => {}
            NextRequest::Continue { range, if_range } => {
                headers.insert(RANGE, range);
                headers.insert(IF_RANGE, if_range);
            }
            NextRequest::Finished => return Err(self.refused(rules::RESUME_DONE)),
        }
        Ok(())
    }

    /// Whether this status is an ordinary failure.
    pub(crate) fn fails(&self, status: StatusCode) -> bool {
        self.resume.fails(status)
    }

    /// Receives the head of a response that is not a failure.
    ///
    /// # Errors
    ///
    /// If no byte of its body may be written.
    pub(crate) fn receive(
        &mut self,
        status: StatusCode,
        headers: &HeaderMap,
        url: &Url,
    ) -> Result<(), Error> {
        let received = self.resume.receive(status, headers, url);
        self.url = Some(url.clone());
        received.map_err(|rule| self.refused(rule))
    }

    /// Returns the part of these bytes that may be written.
    ///
    /// # Errors
    ///
    /// If the body is complete already.
    pub(crate) fn part<'b>(&self, bytes: &'b [u8]) -> Result<&'b [u8], Error> {
        let room = self.resume.room(bytes.len());
        let room = room.map_err(|rule| self.refused(rule))?;
        Ok(bytes.get(..room).unwrap_or(bytes))
    }

    /// Counts the bytes that one call of `write` wrote. Returns the rest of `bytes`.
    ///
    /// `write_all` would not report how many bytes it wrote before it failed or was dropped.
    pub(crate) fn written<'b>(
        &mut self,
        bytes: &'b [u8],
        taken: io::Result<usize>,
    ) -> Result<&'b [u8], Error> {
        let taken = taken.map_err(Error::writer)?;
        if taken == 0 {
            return Err(Error::writer(io::ErrorKind::WriteZero.into()));
        }
        // A faulty writer may return more than `bytes.len()`.
        let taken = taken.min(bytes.len());
        self.resume.count(taken);
        Ok(bytes.get(taken..).unwrap_or_default())
    }

    /// Receives the end of the response, as its framing defines it.
    ///
    /// # Errors
    ///
    /// If bytes are missing. A shorter range than was requested is a temporary failure: the next attempt requests the
    /// rest.
    pub(crate) fn ended(&self) -> Result<(), Error> {
        match self.resume.ended() {
            Ok(Ended::Complete) => Ok(()),
            Ok(Ended::Part) => Err(Error::shorter_range(self.url.clone())),
            Err(rule) => Err(self.refused(rule)),
        }
    }

    /// Called with each attempt's error, timeouts included. Returns `Ok` if the download is complete after all.
    ///
    /// # Errors
    ///
    /// The error for the policy. It is not retried if the next bytes might be wrong, or if none is missing.
    pub(crate) fn failed(&self, error: Error) -> Result<(), Error> {
        let written = self.resume.written();
        let error = error.with_bytes_written(written);
        if error.is_last() {
            return Err(error);
        }
        match self.resume.next() {
            Ok(NextRequest::Finished) => match error.kind() {
                // Timed out or interrupted after the last byte.
                ErrorKind::TimedOut | ErrorKind::Transport => Ok(()),
                _ => Err(error.last()),
            },
            Ok(_) => Err(error),
            // An error that is not retried anyway explains more than a refused resumption.
            Err(_) if error.explain().class == Class::Permanent => Err(error.last()),
            Err(rule) => {
                let refused = Error::refused(rule, self.url.clone(), Some(error));
                Err(refused.with_bytes_written(written))
            }
        }
    }

    /// Receives the outcome of flushing the writer. Returns how many bytes were written.
    pub(crate) fn flushed(&self, flushed: io::Result<()>) -> Result<u64, Error> {
        let written = self.resume.written();
        flushed.map_err(|error| Error::writer(error).with_bytes_written(written))?;
        Ok(written)
    }

    fn refused(&self, rule: Rule) -> Error {
        Error::refused(rule, self.url.clone(), None)
    }
}
