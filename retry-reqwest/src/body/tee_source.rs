//! The state of a buffered body: a source that can be read once, and a copy of the bytes that were read.

use bytes::Bytes;

use super::NotReplayable;
use super::replay_buffer::ReplayBuffer;

/// A source whose bytes are copied while a request sends them.
///
/// It numbers the bodies that it makes. Only the newest body may read. A call whose last body is not the newest one was
/// superseded by another call, and gets no further body.
pub(crate) struct TeeSource<S> {
    source: Source<S>,
    /// `None` once it would have exceeded its cap.
    copy: Option<ReplayBuffer>,
    newest: u64,
}

enum Source<S> {
    Open(S),
    Ended,
    Failed,
}

/// Where the next bytes of a body come from.
pub(crate) enum NextBytes<'s, S> {
    Copy(Bytes),
    Source(&'s mut S),
    Ended,
}

impl<S> TeeSource<S> {
    pub(crate) fn new(source: S, cap: usize) -> Self {
        Self {
            source: Source::Open(source),
            copy: Some(ReplayBuffer::new(cap)),
            newest: 0,
        }
    }

    /// Checks that a call can have another body. `last` is the number of its last body; `None` before the first one.
    ///
    /// # Errors
    ///
    /// If another call has taken the source, if the copy is gone, or if the source failed.
    pub(crate) fn can_replay(&self, last: Option<u64>) -> Result<(), NotReplayable> {
        if last.is_some_and(|last| last != self.newest) {
            return Err(NotReplayable::superseded());
        }
        match self.source {
            Source::Open(_) | Source::Ended if self.copy.is_some() => Ok(()),
            _ => Err(NotReplayable::read_once()),
        }
    }

    /// Begins the next body of a call, and sets `last` to its number. No earlier body may read from now on.
    ///
    /// # Errors
    ///
    /// The errors of [`can_replay`](Self::can_replay). The newest body, which may belong to another call, then
    /// continues.
    pub(crate) fn begin(&mut self, last: &mut Option<u64>) -> Result<u64, NotReplayable> {
        self.can_replay(*last)?;
        Ok(*last.insert(self.renumber()))
    }

    /// Stops the last body of a call whose attempt has ended, so that the copy does not grow further. The body of
    /// another call continues.
    pub(crate) fn take_back(&mut self, last: &mut Option<u64>) {
        if *last == Some(self.newest) {
            *last = Some(self.renumber());
        }
    }

    fn renumber(&mut self) -> u64 {
        self.newest += 1;
        self.newest
    }

    /// Checks that the body with this number is the newest one.
    pub(crate) fn may_send(&self, number: u64) -> Result<(), NotReplayable> {
        if self.newest == number {
            Ok(())
        } else {
            Err(NotReplayable::superseded())
        }
    }

    /// Returns what the body with this number sends after `sent` bytes.
    ///
    /// # Errors
    ///
    /// If a newer body has begun, or if the source failed.
    pub(crate) fn next(
        &mut self,
        number: u64,
        sent: usize,
    ) -> Result<NextBytes<'_, S>, NotReplayable> {
        self.may_send(number)?;
        if let Some(bytes) = self.copy.as_ref().and_then(|copy| copy.read(sent)) {
            return Ok(NextBytes::Copy(bytes));
        }
        match &mut self.source {
            Source::Open(source) => Ok(NextBytes::Source(source)),
            Source::Ended => Ok(NextBytes::Ended),
            Source::Failed => Err(NotReplayable::read_once()),
        }
    }

    /// Copies bytes that the source returned.
    pub(crate) fn came(&mut self, bytes: &[u8]) {
        if !self.copy.as_mut().is_some_and(|copy| copy.push(bytes)) {
            self.copy = None;
        }
    }

    /// Puts the source back, after a body took it out to read it.
    #[cfg(feature = "blocking")]
    pub(crate) fn reopen(&mut self, source: S) {
        self.source = Source::Open(source);
    }

    /// Records that the source has no more bytes.
    pub(crate) fn ended(&mut self) {
        self.source = Source::Ended;
    }

    /// Records that the source failed, and may have lost bytes.
    pub(crate) fn failed(&mut self) {
        self.source = Source::Failed;
    }

    /// How much memory is held for bytes.
    #[cfg(test)]
    pub(crate) fn held(&self) -> usize {
        self.copy.as_ref().map_or(0, ReplayBuffer::held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(source: &mut TeeSource<()>, number: u64) -> bool {
        source.next(number, 0).is_ok()
    }

    #[test]
    fn asking_whether_a_body_can_be_replayed_changes_nothing() {
        let mut source = TeeSource::new((), 10);
        let mut call = None;
        let body = source.begin(&mut call).unwrap();
        for _ in 0..3 {
            assert!(source.can_replay(call).is_ok());
            assert!(source.can_replay(None).is_ok());
        }
        assert!(reads(&mut source, body));
    }

    #[test]
    fn a_call_stops_its_own_body_and_never_that_of_a_newer_call() {
        let mut source = TeeSource::new((), 10);
        let (mut older, mut newer) = (None, None);
        let first = source.begin(&mut older).unwrap();
        source.take_back(&mut older);
        assert!(!reads(&mut source, first));
        let second = source.begin(&mut older).unwrap();
        assert!(reads(&mut source, second));

        let third = source.begin(&mut newer).unwrap();
        assert!(!reads(&mut source, second));
        source.take_back(&mut older);
        source.begin(&mut older).unwrap_err();
        assert!(reads(&mut source, third));
        assert!(source.can_replay(older).is_err() && source.can_replay(newer).is_ok());
    }

    #[test]
    fn a_call_that_gets_no_body_does_not_stop_the_one_that_reads() {
        let mut source = TeeSource::new((), 3);
        let body = source.begin(&mut None).unwrap();
        source.came(b"four");
        source.begin(&mut None).unwrap_err();
        assert!(source.next(body, 4).is_ok());
    }
}
