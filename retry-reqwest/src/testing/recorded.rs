//! `Recorded`: a request that the server received.

use std::time::Instant;

use bytes::Bytes;
use http::{HeaderMap, Method};

/// Bodies up to this size are kept; of longer ones, the length and a hash.
const KEPT: u64 = 4 << 20;

/// One request that a [`Server`](super::Server) received.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Recorded {
    /// The method.
    pub method: Method,
    /// The path and the query, as the client sent them.
    pub path: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The part of the body that the server read.
    ///
    /// Empty if that is longer than 4 MiB; [`has_body`](Self::has_body) compares longer ones.
    pub body: Bytes,
    /// How many bytes of the body the server read.
    pub body_len: u64,
    /// Whether the whole body arrived.
    ///
    /// `false` while the server reads it, if the client stopped, and if the reply did not wait for all of it.
    pub complete: bool,
    /// When the headers had arrived.
    pub time: Instant,
    hash: u64,
}

impl Recorded {
    pub(super) fn new(method: Method, path: String, headers: HeaderMap) -> Self {
        Self {
            method,
            path,
            headers,
            body: Bytes::new(),
            body_len: 0,
            complete: false,
            time: Instant::now(),
            hash: Body::default().hash,
        }
    }

    /// Returns whether the whole body arrived and is `expected`.
    ///
    /// Bodies of more than 4 MiB are compared by their length and a 64-bit hash, because the server does not keep them.
    pub fn has_body(&self, expected: impl AsRef<[u8]>) -> bool {
        let mut body = Body::default();
        body.add(expected.as_ref());
        self.complete && (self.body_len, self.hash) == (body.length, body.hash)
    }

    /// Returns the first value of a header, or `None` if it is missing or not text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(super) fn set_body(&mut self, body: Body) {
        self.body = body.kept.into();
        (self.body_len, self.hash, self.complete) = (body.length, body.hash, body.complete);
    }
}

/// A body while it is read.
pub(super) struct Body {
    kept: Vec<u8>,
    length: u64,
    hash: u64,
    pub(super) complete: bool,
}

impl Default for Body {
    fn default() -> Self {
        Self {
            kept: Vec::new(),
            length: 0,
            // FNV-1a: the same in every process, for pieces of every size, and only a line long.
            hash: 0xcbf2_9ce4_8422_2325,
            complete: false,
        }
    }
}

impl Body {
    pub(super) fn add(&mut self, piece: &[u8]) {
        self.length += piece.len() as u64;
        for byte in piece {
            self.hash = (self.hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
        if self.length <= KEPT {
            self.kept.extend_from_slice(piece);
        } else {
            self.kept = Vec::new();
        }
    }

    pub(super) fn len(&self) -> u64 {
        self.length
    }
}
