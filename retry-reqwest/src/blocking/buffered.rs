//! A reader that is copied, up to a cap, while a request sends it.

use std::io::{self, Read};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::body::{NextBytes, NotReplayable, TeeSource};

type Reader = Box<dyn Read + Send>;

/// The reader and its copy.
pub(super) struct Buffered {
    /// The reader is `None` while a thread reads it, so that a read that blocks does not block another call that
    /// takes over and first sends the copy.
    state: Mutex<TeeSource<Option<Reader>>>,
    /// Notified when a read has ended.
    read: Condvar,
}

impl Buffered {
    pub(super) fn new(reader: impl Read + Send + 'static, cap: usize) -> Self {
        Self {
            state: Mutex::new(TeeSource::new(Some(Box::new(reader)), cap)),
            read: Condvar::new(),
        }
    }

    /// Begins the next body of a call. `last` is the number of its last body.
    pub(super) fn body(
        self: &Arc<Self>,
        last: &mut Option<u64>,
    ) -> Result<BufferedReader, NotReplayable> {
        let number = self.lock().begin(last)?;
        Ok(BufferedReader {
            buffered: Arc::clone(self),
            number,
            sent: 0,
        })
    }

    /// Whether a call can have another body after the one with the number `last`.
    pub(super) fn can_replay(&self, last: Option<u64>) -> bool {
        self.lock().can_replay(last).is_ok()
    }

    /// Stops the last body of a call, if it reads the reader.
    pub(super) fn take_back(&self, last: &mut Option<u64>) {
        self.lock().take_back(last);
    }

    fn lock(&self) -> MutexGuard<'_, TeeSource<Option<Reader>>> {
        // No code of the caller runs under the lock, so a thread that panicked left it whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts the reader back when a read has ended. A read that panicked counts as failed.
struct Reading<'b> {
    buffered: &'b Buffered,
    reader: Option<Reader>,
}

impl Reading<'_> {
    /// Reads, and copies the bytes that were read.
    fn read(mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(reader) = self.reader.as_mut() else {
            return Ok(0);
        };
        let outcome = reader.read(buffer);
        let mut state = self.buffered.lock();
        match &outcome {
            Ok(0) => state.ended(),
            Ok(length) => {
                state.came(&buffer[..*length]);
                state.reopen(self.reader.take());
            }
            // Nothing is lost: the caller reads again.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                state.reopen(self.reader.take());
            }
            Err(_) => state.failed(),
        }
        drop(state);
        self.reader = None;
        outcome
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        if self.reader.is_some() {
            self.buffered.lock().failed();
        }
        self.buffered.read.notify_all();
    }
}

/// The body of one attempt.
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
        let buffered = &*self.buffered;
        let mut state = buffered.lock();
        let reading = loop {
            let slot = match state.next(self.number, self.sent) {
                Ok(NextBytes::Copy(bytes)) => {
                    let length = bytes.len().min(buffer.len());
                    buffer[..length].copy_from_slice(&bytes[..length]);
                    self.sent += length;
                    return Ok(length);
                }
                Ok(NextBytes::Source(slot)) => slot,
                Ok(NextBytes::Ended) => return Ok(0),
                Err(error) => return Err(io::Error::other(error)),
            };
            if let Some(reader) = slot.take() {
                let reader = Some(reader);
                break Reading { buffered, reader };
            }
            let waited = buffered.read.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        };
        drop(state);
        let length = reading.read(buffer)?;
        // These bytes are in the copy, for the body that has taken over in the meantime.
        if let Err(error) = buffered.lock().may_send(self.number) {
            return Err(io::Error::other(error));
        }
        self.sent += length;
        Ok(length)
    }
}
