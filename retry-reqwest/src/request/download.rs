//! Writing a body to a writer that is awaited, over as many attempts as it takes.

use reqwest::{Request, Response, StatusCode};
use tokio::io::{AsyncWrite, AsyncWriteExt};

use super::read::ReadResponse;
use crate::classify::{AskedFor, Safety};
use crate::download::Transfer;
use crate::error::{Error, ErrorKind};

/// Writes the body to a writer. Keeps the state of the download from one attempt to the next.
#[derive(Debug)]
pub(crate) struct Download<W> {
    writer: W,
    transfer: Transfer,
}

impl<W: AsyncWrite + Unpin> Download<W> {
    pub(crate) fn new(writer: W) -> Self {
        let transfer = Transfer::new();
        Self { writer, transfer }
    }

    async fn write(&mut self, chunk: &[u8]) -> Result<(), Error> {
        let mut rest = chunk;
        while !rest.is_empty() {
            let part = self.transfer.part(rest)?;
            let taken = self.writer.write(part).await;
            rest = self.transfer.written(rest, taken)?;
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<u64, Error> {
        let flushed = self.writer.flush().await;
        self.transfer.flushed(flushed)
    }
}

impl<W: AsyncWrite + Unpin> ReadResponse for Download<W> {
    /// The number of bytes written.
    type Output = u64;

    fn prepare(&mut self, request: &mut Request) -> Result<(), Error> {
        let (method, url) = (request.method().clone(), request.url().clone());
        self.transfer.prepare(&method, &url, request.headers_mut())
    }

    fn fails(&self, status: StatusCode, _: AskedFor) -> bool {
        self.transfer.fails(status)
    }

    async fn read(&mut self, mut response: Response, repeatable: Safety) -> Result<u64, Error> {
        let (status, headers) = (response.status(), response.headers());
        self.transfer.receive(status, headers, response.url())?;
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) => self.write(&chunk).await?,
                Ok(None) => break,
                Err(error) => return Err(Error::from_reading(error, repeatable)),
            }
        }
        self.transfer.ended()?;
        self.flush().await
    }

    fn failed(&mut self, error: Error) -> Result<(), Error> {
        self.transfer.failed(error)
    }

    async fn finish(&mut self) -> Result<u64, Error> {
        self.flush().await
    }

    /// Flushes what was written, so that the caller can resume from there.
    async fn close(&mut self, error: &Error) -> Option<Error> {
        if error.kind() == ErrorKind::Writer {
            return None;
        }
        self.flush().await.err()
    }
}
