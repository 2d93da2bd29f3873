//! Writing a body to a writer, over as many attempts as it takes.

use std::io;

use reqwest::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue, IF_RANGE, RANGE};
use reqwest::{Method, Request, Response, Url};
use retry_core::Class;
use tokio::io::{AsyncWrite, AsyncWriteExt};

use super::{Next, Resume};
use crate::retry::Read;
use crate::rules::{self, Rule};
use crate::{Error, ErrorKind};

/// Hands the body on to a writer, and keeps count from one attempt to the next.
#[derive(Debug)]
pub(crate) struct Download<W> {
    writer: W,
    resume: Resume,
    /// Where the last answer came from, or where the request goes.
    url: Option<Url>,
}

impl<W: AsyncWrite + Unpin> Download<W> {
    /// For this request; one that could not be built downloads nothing.
    pub(crate) fn of(request: Option<&Request>, writer: W) -> Self {
        let resume = match request {
            Some(request) => Resume::new(request.method(), request.headers()),
            None => Resume::new(&Method::GET, &HeaderMap::new()),
        };
        Self {
            writer,
            resume,
            url: None,
        }
    }

    fn refused(&self, rule: Rule, failure: Option<Error>) -> Error {
        Error::refused(rule, self.url.clone(), failure)
    }

    /// # Cancel safety
    ///
    /// Every byte that the writer took is counted: that is why this is not `write_all`.
    async fn hand_on(&mut self, chunk: &[u8]) -> Result<(), Error> {
        let mut rest = chunk;
        while !rest.is_empty() {
            let room = self.resume.room(rest.len());
            let room = room.map_err(|rule| self.refused(rule, None))?;
            let part = rest.get(..room).unwrap_or(rest);
            let taken = self.writer.write(part).await.map_err(Error::writer)?;
            if taken == 0 {
                return Err(Error::writer(io::ErrorKind::WriteZero.into()));
            }
            self.resume.hand_on(taken);
            rest = rest.get(taken..).unwrap_or_default();
        }
        Ok(())
    }

    /// Gives how many bytes the writer took, once it has flushed them.
    async fn finish(&mut self) -> Result<u64, Error> {
        let good = self.resume.handed();
        let flushed = self.writer.flush().await;
        flushed.map_err(|error| Error::writer(error).with_good_bytes(good))?;
        Ok(good)
    }
}

impl<W: AsyncWrite + Unpin> Read for Download<W> {
    /// How many bytes were written.
    type Output = u64;

    fn prepare(&mut self, request: &mut Request) -> Result<(), Error> {
        self.url = Some(request.url().clone());
        let next = self.resume.next();
        let next = next.map_err(|rule| self.refused(rule, None))?;
        let headers = request.headers_mut();
        headers
            .entry(ACCEPT_ENCODING)
            .or_insert(HeaderValue::from_static("identity"));
        match next {
            Next::Start => {}
            Next::Continue { range, if_range } => {
                headers.insert(RANGE, range);
                headers.insert(IF_RANGE, if_range);
            }
            Next::Finished => return Err(self.refused(rules::RESUME_DONE, None)),
        }
        Ok(())
    }

    fn fails(&self, response: &Response) -> bool {
        self.resume.fails(response.status())
    }

    async fn read(&mut self, mut response: Response, repeatable: bool) -> Result<u64, Error> {
        let (status, headers) = (response.status(), response.headers());
        let answered = self.resume.answered(status, headers, response.url());
        self.url = Some(response.url().clone());
        answered.map_err(|rule| self.refused(rule, None))?;
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) => self.hand_on(&chunk).await?,
                Ok(None) => break,
                Err(error) => return Err(Error::from_transport(error, repeatable)),
            }
        }
        let ended = self.resume.ended();
        ended.map_err(|rule| self.refused(rule, None))?;
        self.finish().await
    }

    /// No policy goes on where bytes might become wrong, or where nothing is missing.
    async fn failed(&mut self, error: Error) -> Result<u64, Error> {
        let good = self.resume.handed();
        let error = error.with_good_bytes(good);
        if error.is_last() {
            return Err(error);
        }
        match self.resume.next() {
            Ok(Next::Finished) => match error.kind() {
                // Cut short, or broken off, after the last byte.
                ErrorKind::TimedOut | ErrorKind::Transport => self.finish().await,
                _ => Err(error.last()),
            },
            Ok(_) => Err(error),
            // What would not be tried again anyway says best itself what happened.
            Err(_) if error.explain().class == Class::Permanent => Err(error.last()),
            Err(rule) => Err(self.refused(rule, Some(error)).with_good_bytes(good)),
        }
    }

    async fn end(&mut self, error: Error) -> Error {
        if error.kind() == ErrorKind::Writer {
            return error;
        }
        self.finish().await.err().unwrap_or(error)
    }
}
