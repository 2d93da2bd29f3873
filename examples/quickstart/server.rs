//! A small HTTP server on loopback that misbehaves as scripted.

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
    /// Answers with this status line and these headers.
    Answer(&'static str, &'static str),
    /// Resets the connection instead of answering.
    Reset,
    /// Takes its time, then answers 200.
    Slow(Duration),
}

/// One server, which plays its script once and then answers 200.
pub(crate) struct Server {
    address: SocketAddr,
}

impl Server {
    /// Starts on a free port.
    pub(crate) async fn start(script: impl IntoIterator<Item = Act>) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let script: Arc<Mutex<VecDeque<Act>>> = Arc::new(Mutex::new(script.into_iter().collect()));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&script)));
            }
        });
        Ok(Self { address })
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

/// One connection: as many requests as the client sends, none of which has a body worth reading.
async fn serve(mut stream: TcpStream, script: Arc<Mutex<VecDeque<Act>>>) -> io::Result<()> {
    while read_request(&mut stream).await? {
        let act = script.lock().ok().and_then(|mut script| script.pop_front());
        match act.unwrap_or(Act::Answer("200 OK", "")) {
            Act::Answer(status, headers) => answer(&mut stream, status, headers).await?,
            // Closing with nothing left to send turns into a reset.
            Act::Reset => return stream.set_zero_linger(),
            Act::Slow(time) => {
                tokio::time::sleep(time).await;
                answer(&mut stream, "200 OK", "").await?;
            }
        }
    }
    Ok(())
}

async fn read_request(stream: &mut TcpStream) -> io::Result<bool> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn answer(stream: &mut TcpStream, status: &str, headers: &str) -> io::Result<()> {
    let body = format!("{{\"answer\":\"{status}\"}}");
    let length = body.len();
    let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n{headers}\r\n{body}");
    stream.write_all(answer.as_bytes()).await
}
