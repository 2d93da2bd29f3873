//! A reader that is copied while it is sent, up to a cap.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::NotReplayable;
use crate::replay::{Copied, Next};

/// The reader, and what was copied of it.
pub(super) struct Buffered(Mutex<Copied<Box<dyn Read + Send>>>);

impl Buffered {
    pub(super) fn new(reader: impl Read + Send + 'static, cap: usize) -> Self {
        Self(Mutex::new(Copied::new(Box::new(reader), cap)))
    }

    /// The body of the attempt that begins now.
    pub(super) fn body(self: &Arc<Self>) -> Result<BufferedReader, NotReplayable> {
        let number = self.lock().begin().ok_or(NotReplayable::read_once())?;
        Ok(BufferedReader {
            buffered: Arc::clone(self),
            number,
            sent: 0,
        })
    }

    /// Whether another body may read it from its start.
    pub(super) fn reclaim(&self) -> bool {
        self.lock().begin().is_some()
    }

    /// A reader that panicked has poisoned the lock, and is as good as one that failed.
    fn lock(&self) -> MutexGuard<'_, Copied<Box<dyn Read + Send>>> {
        self.0.lock().unwrap_or_else(|poisoned: PoisonError<_>| {
            let mut copied = poisoned.into_inner();
            copied.failed();
            copied
        })
    }
}

/// What one attempt sends.
pub(super) struct BufferedReader {
    buffered: Arc<Buffered>,
    number: u64,
    sent: usize,
}

impl Read for BufferedReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let mut copied = self.buffered.lock();
        let reader = match copied.next(self.number, self.sent) {
            Ok(Next::Copy(bytes)) => {
                let length = bytes.len().min(buffer.len());
                buffer[..length].copy_from_slice(&bytes[..length]);
                self.sent += length;
                return Ok(length);
            }
            Ok(Next::Source(reader)) => reader,
            Ok(Next::Ended) => return Ok(0),
            Err(error) => return Err(io::Error::other(error)),
        };
        match reader.read(buffer) {
            Ok(0) => {
                copied.ended();
                Ok(0)
            }
            Ok(length) => {
                copied.came(&buffer[..length]);
                self.sent += length;
                Ok(length)
            }
            // Nothing is lost: whoever reads asks again.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                copied.failed();
                Err(error)
            }
        }
    }
}
