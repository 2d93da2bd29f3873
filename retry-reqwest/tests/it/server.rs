//! A small HTTP server on loopback that does to each request what its script says.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::{Client, ClientBuilder};
use retry_core::Class;
use retry_reqwest::Verdict;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;

/// What happens to one request. The last act of a script is repeated for ever.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// These bytes, after which the connection stays open.
    Answer(Vec<u8>),
    /// These bytes, after which the connection is closed in good order.
    AnswerAndClose(Vec<u8>),
    /// These bytes, after which the connection is reset.
    AnswerAndReset(Vec<u8>),
    /// These bytes, after which nothing more comes.
    AnswerAndHang(Vec<u8>),
}

impl Act {
    /// A whole answer, its length said.
    pub(crate) fn status(code: u16, headers: &str, body: &str) -> Self {
        let length = body.len();
        let head = format!("HTTP/1.1 {code} Scripted\r\ncontent-length: {length}\r\n{headers}\r\n");
        Self::Answer((head + body).into())
    }
}

/// Runs until it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    port: u16,
    connections: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(script: impl IntoIterator<Item = Act>) -> Self {
        let script: Arc<[Act]> = script.into_iter().collect();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let requests = Arc::new(AtomicUsize::new(0));
        let counters = (connections.clone(), requests.clone());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counters.0.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream, script.clone(), counters.1.clone()));
            }
        });
        Self {
            port,
            connections,
            requests,
            task,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, script: Arc<[Act]>, requests: Arc<AtomicUsize>) {
    while read_request(&mut stream).await.is_some() {
        let request = requests.fetch_add(1, Ordering::SeqCst);
        let Some(act) = script.get(request).or(script.last()) else {
            return;
        };
        let (Act::Answer(bytes)
        | Act::AnswerAndClose(bytes)
        | Act::AnswerAndReset(bytes)
        | Act::AnswerAndHang(bytes)) = act;
        // The client may have gone; the next read tells.
        let _ = stream.write_all(bytes).await;
        match act {
            Act::Answer(_) => {}
            Act::AnswerAndClose(_) => return,
            Act::AnswerAndReset(_) => return reset(&stream),
            Act::AnswerAndHang(_) => return std::future::pending().await,
        }
    }
}

/// The connection is reset when it is dropped.
pub(crate) fn reset(stream: &TcpStream) {
    stream.set_zero_linger().unwrap();
}

/// Reads the head, and as much of a body as it announces. `None` when the client is done.
async fn read_request(stream: &mut TcpStream) -> Option<()> {
    let head = read_head(stream).await?.to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"));
    let mut body = vec![0; length.map_or(0, |length| length.trim().parse().unwrap())];
    stream.read_exact(&mut body).await.ok()?;
    Some(())
}

/// The request line and the headers. `None` when the client is done.
pub(crate) async fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    Some(String::from_utf8_lossy(&head).into_owned())
}

/// A port that refuses for as long as this lives: it is taken, and nothing listens on it.
#[derive(Debug)]
pub(crate) struct Refusing {
    port: u16,
    _taken: TcpSocket,
}

impl Refusing {
    pub(crate) fn start() -> Self {
        let taken = TcpSocket::new_v4().unwrap();
        taken.bind(([127, 0, 0, 1], 0).into()).unwrap();
        Self {
            port: taken.local_addr().unwrap().port(),
            _taken: taken,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }
}

/// Whatever proxy the machine has, these tests stay on loopback.
pub(crate) fn builder() -> ClientBuilder {
    // A server that never answers fails its test rather than stall it.
    Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(10))
}

pub(crate) fn client() -> Client {
    builder().build().unwrap()
}

/// The failure of a plain `GET`, up to the last byte of the body.
pub(crate) async fn failure(client: &Client, url: &str) -> reqwest::Error {
    match client.get(url).send().await {
        Err(error) => error,
        Ok(response) => response.bytes().await.unwrap_err(),
    }
}

#[track_caller]
pub(crate) fn assert_rule(error: &reqwest::Error, class: Class, rule: &str) {
    assert_verdict(retry_reqwest::explain(error), class, rule, error);
}

#[track_caller]
pub(crate) fn assert_verdict(
    verdict: Verdict,
    class: Class,
    rule: &str,
    error: &dyn std::fmt::Debug,
) {
    println!("{verdict:?}\n    {error:?}");
    assert_eq!((verdict.class, verdict.rule), (class, rule), "{error:?}");
}
