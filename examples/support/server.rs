//! A small HTTP server on loopback that misbehaves as scripted. Each example uses a part of it.
#![allow(dead_code)]

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the server does with one request.
#[derive(Clone, Copy)]
pub(crate) enum Act {
    /// Responds with this status line and these headers.
    Respond(&'static str, &'static str),
    /// Responds 200 with this JSON.
    Json(&'static str),
    /// Resets the connection instead of responding.
    Reset,
    /// Resets the connection after this number of bytes of the request's body.
    Cut(usize),
    /// Waits, then responds 200.
    Slow(Duration),
}

/// A server that follows its script once, and then responds 200.
pub(crate) struct Server {
    address: SocketAddr,
    seen: Seen,
}

/// The heads of all requests, and how many bytes of each body arrived.
type Seen = Arc<Mutex<Vec<(String, usize)>>>;
type Script = Arc<Mutex<VecDeque<Act>>>;

impl Server {
    /// Starts on a free port.
    pub(crate) async fn start(script: impl IntoIterator<Item = Act>) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let script: Script = Arc::new(Mutex::new(script.into_iter().collect()));
        let seen = Seen::default();
        let log = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&script), Arc::clone(&log)));
            }
        });
        Ok(Self { address, seen })
    }

    /// Returns the heads of the requests that arrived, and the lengths of their bodies.
    pub(crate) fn seen(&self) -> Vec<(String, usize)> {
        self.seen
            .lock()
            .map(|seen| seen.clone())
            .unwrap_or_default()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

/// Serves one connection, with as many requests as the client sends.
async fn serve(mut stream: TcpStream, script: Script, seen: Seen) -> io::Result<()> {
    while let Some((head, mut body)) = read_head(&mut stream).await? {
        let act = script.lock().ok().and_then(|mut script| script.pop_front());
        let act = act.unwrap_or(Act::Respond("200 OK", ""));
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let length = length.map_or(0, |length| length.parse().unwrap_or(0));
        let wanted = match act {
            Act::Cut(bytes) => length.min(bytes),
            _ => length,
        };
        let mut piece = vec![0; 64 * 1024];
        while body < wanted {
            match stream.read(&mut piece).await? {
                0 => break,
                read => body += read,
            }
        }
        if let Ok(mut seen) = seen.lock() {
            seen.push((head, body));
        }
        match act {
            Act::Respond(status, headers) => respond(&mut stream, status, headers).await?,
            Act::Json(json) => send(&mut stream, "200 OK", "", json).await?,
            // With a linger time of zero, closing the connection resets it.
            Act::Reset | Act::Cut(_) => return stream.set_zero_linger(),
            Act::Slow(time) => {
                tokio::time::sleep(time).await;
                respond(&mut stream, "200 OK", "").await?;
            }
        }
    }
    Ok(())
}

/// Reads the head of a request. Also returns how many bytes of its body arrived with it.
async fn read_head(stream: &mut TcpStream) -> io::Result<Option<(String, usize)>> {
    let mut bytes = Vec::new();
    loop {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
        let end = bytes.windows(4).position(|end| end == b"\r\n\r\n");
        if let Some(end) = end {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            return Ok(Some((head, bytes.len() - end - 4)));
        }
    }
}

async fn respond(stream: &mut TcpStream, status: &str, headers: &str) -> io::Result<()> {
    let body = format!("{{\"status\":\"{status}\"}}");
    send(stream, status, headers, &body).await
}

async fn send(stream: &mut TcpStream, status: &str, headers: &str, body: &str) -> io::Result<()> {
    let length = body.len();
    let response = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n{headers}\r\n{body}");
    stream.write_all(response.as_bytes()).await
}
