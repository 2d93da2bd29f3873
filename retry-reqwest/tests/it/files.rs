//! A server of one file on loopback, that knows ranges and validators, and lies where it is told to.

use std::fmt::Write;
use std::sync::{Arc, LazyLock, Mutex};

use bytes::Bytes;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::server::read_head;

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

/// A file of this size; `version` tells two of the same size apart.
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
    fn parse(head: &str) -> Self {
        let lines = head.lines().skip(1);
        let headers = lines.filter_map(|line| line.split_once(':'));
        let headers = headers
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
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

    async fn send(&self, stream: &mut TcpStream) -> std::io::Result<()> {
        let mut head = format!("HTTP/1.1 {} Scripted\r\n", self.code);
        for (name, value) in &self.headers {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(&self.body).await
    }
}

/// Runs until it is dropped.
#[derive(Debug)]
pub(crate) struct FileServer {
    port: u16,
    log: Arc<Mutex<Vec<Asked>>>,
    task: JoinHandle<()>,
}

impl FileServer {
    /// `reply` is told the number of the request, from 0.
    pub(crate) async fn start(
        reply: impl Fn(usize, &Asked) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let log = Arc::new(Mutex::new(Vec::new()));
        let (seen, reply) = (log.clone(), Arc::new(reply));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, reply.clone(), seen.clone()));
            }
        });
        Self { port, log, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/file", self.port)
    }

    pub(crate) fn seen(&self) -> Vec<Asked> {
        self.log.lock().unwrap().clone()
    }

    /// The `Range` of each request.
    pub(crate) fn ranges(&self) -> Vec<Option<String>> {
        let seen = self.seen();
        seen.iter()
            .map(|asked| asked.header("range").map(str::to_owned))
            .collect()
    }
}

impl Drop for FileServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut stream: TcpStream,
    reply: Arc<impl Fn(usize, &Asked) -> Reply>,
    log: Arc<Mutex<Vec<Asked>>>,
) {
    while let Some(head) = read_head(&mut stream).await {
        let asked = Asked::parse(&head);
        let number = {
            let mut log = log.lock().unwrap();
            log.push(asked.clone());
            log.len() - 1
        };
        let reply = reply(number, &asked);
        // The client may have gone; the next read tells.
        let _ = reply.send(&mut stream).await;
        match reply.end {
            End::Keep => {}
            End::Close => return,
            End::Reset => return stream.set_zero_linger().unwrap(),
            End::Hang => return std::future::pending().await,
        }
    }
}
