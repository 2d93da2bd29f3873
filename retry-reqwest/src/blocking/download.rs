//! Writing a body to a writer that blocks, over as many attempts as it takes.

use std::io::{ErrorKind as IoErrorKind, Read as _, Write};

use reqwest::StatusCode;
use reqwest::blocking::{Request, Response};

use super::read::ReadResponse;
use crate::classify::{AskedFor, Safety};
use crate::download::Transfer;
use crate::error::{Error, ErrorKind};

/// The size of the buffer between the response and the writer: as large as the largest TLS record, so that few pieces
/// are split.
pub(super) const PIECE: usize = 16 * 1024;

/// Writes the body to a writer. Keeps the state of the download from one attempt to the next.
pub(super) struct Download<W> {
    writer: W,
    transfer: Transfer,
}

impl<W: Write> Download<W> {
    pub(super) fn new(writer: W) -> Self {
        let transfer = Transfer::new();
        Self { writer, transfer }
    }

    fn write(&mut self, piece: &[u8]) -> Result<(), Error> {
        let mut rest = piece;
        while !rest.is_empty() {
            let part = self.transfer.part(rest)?;
            match self.writer.write(part) {
                Err(error) if error.kind() == IoErrorKind::Interrupted => {}
                taken => rest = self.transfer.written(rest, taken)?,
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<u64, Error> {
        self.transfer.flushed(self.writer.flush())
    }
}

impl<W: Write> ReadResponse for Download<W> {
    /// The number of bytes written.
    type Output = u64;

    fn prepare(&mut self, request: &mut Request) -> Result<(), Error> {
        let (method, url) = (request.method().clone(), request.url().clone());
        self.transfer.prepare(&method, &url, request.headers_mut())
    }

    fn fails(&self, status: StatusCode, _: AskedFor) -> bool {
        self.transfer.fails(status)
    }

    fn read(&mut self, mut response: Response, repeatable: Safety) -> Result<u64, Error> {
        let (status, headers) = (response.status(), response.headers());
        self.transfer.receive(status, headers, response.url())?;
        let mut piece = vec![0; PIECE];
        loop {
            match response.read(&mut piece) {
                Ok(0) => break,
                Ok(length) => self.write(piece.get(..length).unwrap_or_default())?,
                Err(error) if error.kind() == IoErrorKind::Interrupted => {}
                Err(error) => return Err(Error::from_body(error, repeatable)),
            }
        }
        self.transfer.ended()?;
        self.flush()
    }

    fn failed(&mut self, error: Error) -> Result<u64, Error> {
        self.transfer.failed(error)?;
        self.flush()
    }

    fn end(&mut self, error: Error) -> Error {
        if error.kind() == ErrorKind::Writer {
            return error;
        }
        self.flush().err().unwrap_or(error)
    }
}
