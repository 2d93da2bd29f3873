//! Readers of the response of an attempt.

use std::future::{self, Future};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use reqwest::{Request, Response, StatusCode};

use crate::classify::{AskedFor, Safety, is_failure};
use crate::error::Error;
use crate::response::Response as Checked;

/// Reads the response of each attempt. Keeps its state from one attempt to the next. If an attempt is cut off,
/// `read` is dropped at any await.
pub(crate) trait ReadResponse {
    /// The output of a call that succeeds.
    type Output;

    /// Changes the request of the attempt that begins now.
    ///
    /// # Errors
    ///
    /// If there is nothing to send.
    fn prepare(&mut self, _: &mut Request) -> Result<(), Error> {
        Ok(())
    }

    /// Returns whether this response is a failure, to be drained and reported by its status and headers.
    fn fails(&self, status: StatusCode, asked_for: AskedFor) -> bool {
        is_failure(status) || asked_for.is_missed_by(status)
    }

    /// Reads a response that is not a failure. `repeatable` goes into the error: whether the server may process the
    /// request twice.
    ///
    /// # Errors
    ///
    /// If this attempt fails; with [`Error::last`], no further attempt is made.
    fn read(
        &mut self,
        response: Response,
        repeatable: Safety,
    ) -> impl Future<Output = Result<Self::Output, Error>>;

    /// Receives the error of each failed attempt, timeouts included, and returns the error for the policy. Returns `Ok`
    /// if everything was read after all; [`finish`](Self::finish) then returns the output.
    fn failed(&mut self, error: Error) -> Result<(), Error> {
        Err(error)
    }

    /// Returns the output of a call that is complete although its last attempt failed.
    async fn finish(&mut self) -> Result<Self::Output, Error> {
        Err(Error::unknown())
    }

    /// Runs after the last attempt failed with `error`. Returns an error to report in place of it, if any.
    async fn close(&mut self, error: &Error) -> Option<Error> {
        let _ = error;
        None
    }
}

/// The reader of `send`: returns the response with its body unread.
pub(crate) struct Head;

impl ReadResponse for Head {
    type Output = Checked;

    fn read(
        &mut self,
        response: Response,
        repeatable: Safety,
    ) -> impl Future<Output = Result<Checked, Error>> {
        future::ready(Ok(Checked::new(response, repeatable)))
    }
}

/// The reader of `text`, `bytes` and `json`: reads the whole body with this method of reqwest.
pub(crate) struct ReadWith<F>(pub(crate) F);

impl<F, R, T> ReadResponse for ReadWith<F>
where
    F: Fn(Response) -> R,
    R: Future<Output = reqwest::Result<T>>,
{
    type Output = T;

    fn read(
        &mut self,
        response: Response,
        repeatable: Safety,
    ) -> impl Future<Output = Result<T, Error>> {
        let body = (self.0)(response);
        Reading { body, repeatable }
    }
}

pin_project! {
    /// A body that is being read.
    ///
    /// Not an `async` block, which would store the future of the body twice.
    struct Reading<F> {
        #[pin]
        body: F,
        repeatable: Safety,
    }
}

impl<F, T> Future for Reading<F>
where
    F: Future<Output = reqwest::Result<T>>,
{
    type Output = Result<T, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let read = ready!(this.body.poll(cx));
        Poll::Ready(read.map_err(|error| Error::from_reading(error, *this.repeatable)))
    }
}
