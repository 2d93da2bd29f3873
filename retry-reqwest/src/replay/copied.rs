//! A source that can be read once, and what was copied of it: the state of a body that is buffered.

use std::error::Error as StdError;
use std::fmt;

use bytes::Bytes;

use super::kept::Kept;
use super::{BoxError, NotReplayable};

/// Counts attempts too: only the body of the newest may read.
pub(crate) struct Copied<S> {
    source: Source<S>,
    /// `None` once it would have outgrown its cap.
    copy: Option<Kept>,
    newest: u64,
}

enum Source<S> {
    Open(S),
    Ended,
    Failed,
}

/// Where the next bytes of a body come from.
pub(crate) enum Next<'s, S> {
    Copy(Bytes),
    Source(&'s mut S),
    Ended,
}

impl<S> Copied<S> {
    pub(crate) fn new(source: S, cap: usize) -> Self {
        Self {
            source: Source::Open(source),
            copy: Some(Kept::new(cap)),
            newest: 0,
        }
    }

    /// The number of the next body, if there may be one. No earlier one may read any more.
    pub(crate) fn begin(&mut self) -> Option<u64> {
        self.newest += 1;
        let failed = matches!(self.source, Source::Failed);
        (self.copy.is_some() && !failed).then_some(self.newest)
    }

    /// What the body of this number sends after so many bytes.
    ///
    /// # Errors
    ///
    /// When a newer body has begun, and when the source has failed.
    pub(crate) fn next(&mut self, number: u64, sent: usize) -> Result<Next<'_, S>, BoxError> {
        if self.newest != number {
            return Err(Superseded.into());
        }
        if let Some(bytes) = self.copy.as_ref().and_then(|copy| copy.read(sent)) {
            return Ok(Next::Copy(bytes));
        }
        match &mut self.source {
            Source::Open(source) => Ok(Next::Source(source)),
            Source::Ended => Ok(Next::Ended),
            Source::Failed => Err(NotReplayable::read_once().into()),
        }
    }

    /// These bytes came from the source.
    pub(crate) fn came(&mut self, bytes: &[u8]) {
        if !self.copy.as_mut().is_some_and(|copy| copy.push(bytes)) {
            self.copy = None;
        }
    }

    /// The source has no more.
    pub(crate) fn ended(&mut self) {
        self.source = Source::Ended;
    }

    /// The source failed, and may have lost bytes.
    pub(crate) fn failed(&mut self) {
        self.source = Source::Failed;
    }

    /// How much memory is held for bytes.
    #[cfg(test)]
    pub(crate) fn held(&self) -> usize {
        self.copy.as_ref().map_or(0, Kept::held)
    }
}

/// The body of an attempt that is over.
#[derive(Debug)]
struct Superseded;

impl fmt::Display for Superseded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("another attempt sends the body now")
    }
}

impl StdError for Superseded {}
