//! A server of one file on loopback that knows ranges and validators, and lies if a test wants it to.

use std::fmt::Write;
use std::sync::LazyLock;

use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use retry_reqwest::testing::{self, Recorded, Server, raw};

/// Bytes of which no two places look alike: the largest file that there is.
static NOISE: LazyLock<Bytes> = LazyLock::new(|| {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut noise = Vec::with_capacity(LARGEST);
    while noise.len() < LARGEST {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        noise.extend_from_slice(&state.to_le_bytes());
    }
    noise.into()
});

pub(crate) const LARGEST: usize = 64 << 20;

/// A file of this size; `version` distinguishes two of the same size.
pub(crate) fn file(size: usize, version: usize) -> Bytes {
    let begin = version * 8 + 8;
    match NOISE.get(begin..begin + size) {
        Some(_) => NOISE.slice(begin..begin + size),
        None => NOISE.slice(..size),
    }
}

/// A request, as it arrived.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    headers: Vec<(String, String)>,
}

impl Asked {
    fn of(request: &Recorded) -> Self {
        let header = |(name, value): (&HeaderName, &HeaderValue)| {
            let value = value.to_str().unwrap();
            (name.as_str().to_owned(), value.to_owned())
        };
        let headers = request.headers.iter().map(header).collect();
        Self { headers }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(known, _)| known == name);
        let value = found.next()?;
        assert!(found.next().is_none(), "{name} twice in {self:?}");
        Some(&value.1)
    }

    pub(crate) fn without(&self, name: &str) -> Self {
        let mut asked = self.clone();
        asked.headers.retain(|(known, _)| known != name);
        asked
    }

    /// The same request, for a range that begins one byte earlier or later.
    pub(crate) fn shifted(&self, earlier: bool) -> Self {
        let mut shifted = self.clone();
        let range = shifted.headers.iter_mut().find(|(name, _)| name == "range");
        if let Some((_, range)) = range {
            let (first, last) = range["bytes=".len()..].split_once('-').unwrap();
            let by = |first: usize| {
                if earlier {
                    first.saturating_sub(1)
                } else {
                    first + 1
                }
            };
            *range = match (first, last) {
                ("", length) => format!("bytes=-{}", by(length.parse().unwrap())),
                (first, last) => format!("bytes={}-{last}", by(first.parse().unwrap())),
            };
        }
        shifted
    }

    /// From, and up to but not including.
    fn range(&self, size: usize) -> Option<(usize, usize)> {
        let range = self.header("range")?.strip_prefix("bytes=")?;
        let (first, last) = range.split_once('-')?;
        Some(match (first, last) {
            ("", length) => (size.saturating_sub(length.parse().ok()?), size),
            (first, "") => (first.parse().ok()?, size),
            (first, last) => {
                let last: usize = last.parse().ok()?;
                (first.parse().ok()?, size.min(last + 1))
            }
        })
    }
}

/// What happens when the body, or as much of it as is sent, is out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Keep,
    Close,
    Reset,
    Hang,
}

#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) code: u16,
    headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
    pub(crate) end: End,
}

impl Reply {
    /// What a server does that knows its trade: RFC 9110 section 14.
    pub(crate) fn honest(asked: &Asked, file: &Bytes, tag: &str) -> Self {
        let unchanged = asked.header("if-range").is_none_or(|known| known == tag);
        let range = asked.range(file.len()).filter(|_| unchanged);
        let mut reply = Self {
            code: 200,
            headers: vec![("etag", tag.to_owned())],
            body: file.clone(),
            end: End::Keep,
        };
        match range {
            None => {}
            Some((from, to)) if from < to => {
                reply.code = 206;
                reply.body = file.slice(from..to);
                let range = format!("bytes {from}-{}/{}", to - 1, file.len());
                reply = reply.with("content-range", &range);
            }
            Some(_) => {
                reply.code = 416;
                reply.body = Bytes::new();
                reply = reply.with("content-range", &format!("bytes */{}", file.len()));
            }
        }
        let length = reply.body.len().to_string();
        reply.with("content-length", &length)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(known, _)| *known == name)?;
        Some(value)
    }

    pub(crate) fn with(self, name: &'static str, value: &str) -> Self {
        let mut reply = self.without(name);
        reply.headers.push((name, value.to_owned()));
        reply
    }

    pub(crate) fn without(mut self, name: &'static str) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self
    }

    pub(crate) fn status(code: u16) -> Self {
        let headers = vec![("content-length", "0".to_owned())];
        Self {
            code,
            headers,
            body: Bytes::new(),
            end: End::Keep,
        }
    }

    /// Only so many bytes of the body are sent.
    pub(crate) fn cut(mut self, bytes: usize, end: End) -> Self {
        self.body.truncate(bytes);
        self.end = end;
        self
    }

    /// The body in one chunk, without its length.
    pub(crate) fn chunked(self) -> Self {
        let mut body = format!("{:x}\r\n", self.body.len()).into_bytes();
        body.extend_from_slice(&self.body);
        body.extend_from_slice(b"\r\n0\r\n\r\n");
        let mut reply = self
            .without("content-length")
            .with("transfer-encoding", "chunked");
        reply.body = body.into();
        reply
    }

    /// What the server sends. Its body may be longer or shorter than its headers say.
    fn play(self) -> testing::Reply {
        let mut head = format!("HTTP/1.1 {} Scripted\r\n", self.code);
        for (name, value) in &self.headers {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        head.push_str("\r\n");
        let reply = raw([head.as_bytes(), &self.body].concat());
        match self.end {
            End::Keep => reply,
            End::Close => reply.close(),
            End::Reset => reply.reset(),
            End::Hang => reply.hang(),
        }
    }
}

/// Runs until it is dropped.
#[derive(Debug)]
pub(crate) struct FileServer(Server);

impl FileServer {
    /// `reply` is called with the number of the request, from 0.
    pub(crate) fn start(reply: impl Fn(usize, &Asked) -> Reply + Send + Sync + 'static) -> Self {
        Self(Server::respond_with(move |number, request| {
            reply(number, &Asked::of(request)).play()
        }))
    }

    pub(crate) fn url(&self) -> String {
        self.0.url() + "/file"
    }

    pub(crate) fn seen(&self) -> Vec<Asked> {
        self.0.requests().iter().map(Asked::of).collect()
    }

    /// The `Range` of each request.
    pub(crate) fn ranges(&self) -> Vec<Option<String>> {
        let seen = self.seen();
        seen.iter()
            .map(|asked| asked.header("range").map(str::to_owned))
            .collect()
    }
}
