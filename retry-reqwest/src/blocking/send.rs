//! The methods that send a blocking `RetryRequest`, and their loop.

use std::io::Write;
use std::ops::ControlFlow;

use bytes::Bytes;
use reqwest::blocking::Response;
use retry_core::Report;

use super::download::Download;
use super::exchange::exchange;
use super::read::{Head, ReadResponse, ReadWith};
use super::{Response as Checked, RetryRequest};
use crate::error::Error;
use crate::request::{Start, begin, settle};

impl RetryRequest<'_> {
    /// Sends the request until a response is not a failure.
    ///
    /// # Errors
    ///
    /// The failure of the last attempt.
    pub fn send(self) -> Result<Checked, Error> {
        self.drive(Head).0
    }

    /// Sends the request and reads the whole body as text, until both succeed in one attempt.
    ///
    /// # Errors
    ///
    /// The failure of the last attempt.
    pub fn text(self) -> Result<String, Error> {
        self.drive(ReadWith(Response::text)).0
    }

    /// Sends the request and reads the whole body, until both succeed in one attempt.
    ///
    /// # Errors
    ///
    /// The failure of the last attempt.
    pub fn bytes(self) -> Result<Bytes, Error> {
        self.drive(ReadWith(Response::bytes)).0
    }

    /// Sends the request and reads the whole body as JSON, until both succeed in one attempt.
    ///
    /// # Errors
    ///
    /// The failure of the last attempt.
    #[cfg(feature = "json")]
    pub fn json<T>(self) -> Result<T, Error>
    where
        T: serde::de::DeserializeOwned,
    {
        self.drive(ReadWith(Response::json)).0
    }

    /// Writes the body of the response to `writer`, and flushes that. Returns the number of bytes written. The rules
    /// are those of the awaited [`download`](crate::RetryRequest::download).
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send); also if the status is below 200 or above 299, if the body cannot be read to its
    /// end, if it cannot be resumed safely, and if the writer fails. [`Error::bytes_written`] returns how many bytes
    /// were written: they are correct, and flushed.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # fn backup(client: &reqwest::blocking::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// use retryable::Policy;
    /// use retryable::http::blocking::RequestBuilderExt;
    /// use std::fs::File;
    ///
    /// let policy = Policy::new();
    /// let request = client.get("https://example.com/backup.tar").retry(&policy);
    /// let length = request.download(File::create("backup.tar")?)?;
    /// println!("{length} bytes");
    /// # Ok(())
    /// # }
    /// ```
    pub fn download<W>(self, writer: W) -> Result<u64, Error>
    where
        W: Write,
    {
        self.drive(Download::new(writer)).0
    }

    /// Makes attempts until one succeeds or the call gives up.
    pub(super) fn drive<D>(self, mut read: D) -> (Result<D::Output, Error>, Report)
    where
        D: ReadResponse,
    {
        let Start {
            client,
            mut template,
            repeatable,
            hints,
            chaos,
            policy,
            budget,
            hooks,
        } = self.start();
        let mut call = begin(policy, budget.as_deref(), hooks);
        let sender = (&client, &chaos);
        let judged = (repeatable, hints.as_deref());
        let mut before = None;
        loop {
            let (number, limit) = (call.number(), call.attempt_limit());
            let outcome = {
                let span = template.begin_span(number, limit);
                let attempt = || {
                    let request = template.next(number, limit)?;
                    let resend = || template.same(number, limit);
                    exchange(sender, request, limit, &mut read, judged, &span, resend)
                };
                call.attempt_blocking(|| span.run(attempt))
            };
            let outcome = outcome.or_else(|error| read.failed(error));
            let ended = match settle(&mut call, &mut template, outcome) {
                ControlFlow::Continue((delay, error)) => {
                    delay.block();
                    if !call.give_up_if_late(&error) {
                        before = Some(error);
                        continue;
                    }
                    // The failure before the wait explains more than the time that ran out.
                    Err(error)
                }
                ControlFlow::Break(ended) => ended.map_err(|error| error.after(before)),
            };
            let report = call.report();
            return (ended.map_err(|error| read.end(error)), report);
        }
    }
}
