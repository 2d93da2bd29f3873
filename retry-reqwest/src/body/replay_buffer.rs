//! The copy of bytes that were sent, for the next attempt.

use bytes::Bytes;

/// Large enough to split a body into few pieces, and small enough not to waste memory for a short body.
const BLOCK: usize = 16 * 1024;

/// Up to `cap` bytes, in blocks that readers share.
#[derive(Debug)]
pub(super) struct ReplayBuffer {
    cap: usize,
    /// Each of `BLOCK` bytes.
    blocks: Vec<Bytes>,
    /// Fewer than `BLOCK` bytes.
    tail: Vec<u8>,
}

impl ReplayBuffer {
    pub(super) const fn new(cap: usize) -> Self {
        Self {
            cap,
            blocks: Vec::new(),
            tail: Vec::new(),
        }
    }

    fn len(&self) -> usize {
        self.blocks.len() * BLOCK + self.tail.len()
    }

    /// How much memory is held for bytes.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.blocks.len() * BLOCK + self.tail.capacity()
    }

    /// Copies a chunk. Returns `false`, and copies nothing, if the buffer would exceed `cap` bytes.
    ///
    /// Keeping the chunk itself would be cheaper, but it may be a small part of a large allocation.
    pub(super) fn push(&mut self, mut chunk: &[u8]) -> bool {
        let remaining = self.cap - self.len();
        if chunk.len() > remaining {
            return false;
        }
        if self.tail.capacity() == 0 && !chunk.is_empty() {
            self.tail.reserve_exact(remaining.min(BLOCK));
        }
        while !chunk.is_empty() {
            let (now, later) = chunk.split_at(chunk.len().min(BLOCK - self.tail.len()));
            self.tail.extend_from_slice(now);
            chunk = later;
            if self.tail.len() == BLOCK {
                self.blocks.push(std::mem::take(&mut self.tail).into());
                let remaining = self.cap - self.len();
                self.tail.reserve_exact(remaining.min(BLOCK));
            }
        }
        true
    }

    /// Returns bytes from position `at`; `None` if there are no more.
    pub(super) fn read(&self, at: usize) -> Option<Bytes> {
        match self.blocks.get(at / BLOCK) {
            Some(block) => Some(block.slice(at % BLOCK..)),
            None if at < self.len() => Some(Bytes::copy_from_slice(&self.tail[at % BLOCK..])),
            None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_was_copied_is_read_from_anywhere(
            chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..5000), 0..20),
            cap in 0_usize..60_000,
            at in 0_usize..60_000,
        ) {
            let mut copy = ReplayBuffer::new(cap);
            let mut whole = Vec::new();
            for chunk in &chunks {
                let fits = whole.len() + chunk.len() <= cap;
                prop_assert_eq!(copy.push(chunk), fits);
                prop_assert!(copy.held() <= cap);
                if !fits {
                    break;
                }
                whole.extend_from_slice(chunk);
            }
            let at = at.min(whole.len());
            let mut read = Vec::new();
            while let Some(bytes) = copy.read(at + read.len()) {
                prop_assert!(!bytes.is_empty());
                read.extend_from_slice(&bytes);
            }
            prop_assert_eq!(read, &whole[at..]);
        }
    }
}
