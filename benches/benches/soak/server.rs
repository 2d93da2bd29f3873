//! The shop: receives orders, and causes the faults of `faults`.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use retryable_benches::wire::{Connection, Head, Server};
use tokio::net::TcpSocket;

use super::faults::{Act, Commit, Faults, How, To};
use super::orders::{Ledger, order, receipt};

/// A server on two ports. Dropping it ends the server.
#[derive(Debug)]
pub(crate) struct Shop {
    pub(crate) url: String,
    _server: Server,
}

impl Shop {
    pub(crate) fn open(ledger: Arc<Ledger>, faults: Faults) -> io::Result<Self> {
        let ports = [
            TcpListener::bind("127.0.0.1:0")?,
            TcpListener::bind("127.0.0.1:0")?,
        ];
        let addresses = [ports[0].local_addr()?, ports[1].local_addr()?];
        // Bound, so that no other process takes the port, but not listening.
        let dead = TcpSocket::new_v4()?;
        dead.bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let counter = Arc::new(Counter {
            ledger,
            faults,
            addresses,
            dead,
            connections: AtomicU64::new(0),
        });
        let serve = move |port: usize, connection| Arc::clone(&counter).serve(port, connection);
        let server = Server::start(ports.into(), serve)?;
        Ok(Self {
            url: format!("http://{}", addresses[0]),
            _server: server,
        })
    }
}

#[derive(Debug)]
struct Counter {
    ledger: Arc<Ledger>,
    faults: Faults,
    addresses: [SocketAddr; 2],
    dead: TcpSocket,
    connections: AtomicU64,
}

impl Counter {
    async fn serve(self: Arc<Self>, port: usize, mut connection: Connection) -> io::Result<()> {
        let number = self.connections.fetch_add(1, Ordering::Relaxed);
        for request in 0.. {
            if self.faults.resets(number, request) {
                // A new connection is reset at once, a kept connection when its next request arrives.
                if request > 0 {
                    connection.wait().await?;
                }
                return connection.reset();
            }
            let Some(head) = connection.head().await? else {
                break;
            };
            match self.respond(port, connection, head).await? {
                Some(kept) => connection = kept,
                None => break,
            }
        }
        Ok(())
    }

    /// Returns the connection if it is kept.
    async fn respond(
        &self,
        port: usize,
        mut connection: Connection,
        head: Head,
    ) -> io::Result<Option<Connection>> {
        let path = head.path();
        let redirected = path.starts_with("/moved/");
        let id = path.rsplit('/').next().and_then(|id| id.parse().ok());
        let Some(id) = id.filter(|id: &usize| *id < self.ledger.len()) else {
            return Err(io::Error::other("no such order"));
        };
        let number = self.ledger.request(id);
        let get = head.method() == "GET";
        let (act, detail) = self.faults.act(id, number, get, redirected);
        if act == Act::ResetUnread {
            return connection.reset().map(|()| None);
        }
        let body = connection.body(&head).await?;
        if !get && body != order(id) {
            self.ledger.garbled.fetch_add(1, Ordering::Relaxed);
        }
        let effect = matches!(
            act,
            Act::Reset(Commit::Yes)
                | Act::Status(Commit::Yes, ..)
                | Act::Redirect(Commit::Yes, ..)
                | Act::Receipt(_)
        );
        if effect && !get {
            self.ledger.commit(id, head.header("idempotency-key"));
        }
        match act {
            Act::ResetUnread | Act::Reset(_) => connection.reset().map(|()| None),
            Act::Status(_, code, hint) => {
                // Some bodies are too long to be read together with the head.
                let text = "no".repeat(usize::try_from(detail % 1000).unwrap_or(0));
                let length = text.len();
                let response =
                    format!("HTTP/1.1 {code} No\r\n{hint}content-length: {length}\r\n\r\n{text}");
                connection.write(response.as_bytes()).await?;
                Ok(Some(connection))
            }
            Act::Redirect(_, code, to) => {
                let location = self.location(port, code, to, id, get)?;
                let response =
                    format!("HTTP/1.1 {code} There\r\n{location}content-length: 0\r\n\r\n");
                connection.write(response.as_bytes()).await?;
                Ok(Some(connection))
            }
            Act::Receipt(how) => send(connection, &head, id, how, detail).await,
        }
    }

    fn location(&self, port: usize, code: u16, to: To, id: usize, get: bool) -> io::Result<String> {
        let host = match to {
            To::Here => self.addresses[port],
            To::Elsewhere => self.addresses[1 - port],
            To::Dead => self.dead.local_addr()?,
            To::Nowhere => return Ok(String::new()),
        };
        let path = match (code, get) {
            (301..=303, false) => "receipts",
            (_, false) => "moved/orders",
            (_, true) => "moved/receipts",
        };
        Ok(format!("location: http://{host}/{path}/{id}\r\n"))
    }
}

/// Sends the receipt, or the requested part of it. Returns the connection if it is kept.
async fn send(
    mut connection: Connection,
    head: &Head,
    id: usize,
    how: How,
    detail: u64,
) -> io::Result<Option<Connection>> {
    let (start, body) = response(head, id, matches!(how, How::Chunked | How::CutChunked));
    let whole = [start.as_bytes(), body.as_slice()].concat();
    // A cut removes at least the last byte.
    let possible = match how {
        How::CutHead => 0..start.len(),
        _ => start.len()..whole.len(),
    };
    let cut = possible.start + usize::try_from(detail % possible.len() as u64).unwrap_or(0);
    match how {
        How::Whole | How::Chunked => {
            connection.write(&whole).await?;
            return Ok(Some(connection));
        }
        How::ThenClose => connection.write(&whole).await?,
        How::CutHead | How::CutBody | How::CutChunked => connection.write(&whole[..cut]).await?,
        How::ResetBody => {
            connection.write(&whole[..cut]).await?;
            connection.reset()?;
        }
    }
    Ok(None)
}

/// Returns the head and the body of a response with the receipt, or with the rest of it.
fn response(head: &Head, id: usize, chunked: bool) -> (String, Vec<u8>) {
    let receipt = receipt(id);
    let tag = format!("\"{id}\"");
    let from = head.header("range").and_then(|range| {
        let from = range.strip_prefix("bytes=")?.strip_suffix('-')?;
        from.parse().ok().filter(|from| *from < receipt.len())
    });
    let current = head.header("if-range").is_none_or(|state| state == tag);
    let (line, rest) = match from.filter(|_| current) {
        Some(from) => {
            let (last, length) = (receipt.len() - 1, receipt.len());
            let range = format!("content-range: bytes {from}-{last}/{length}");
            let line = format!("206 Partial Content\r\n{range}");
            (line, &receipt[from..])
        }
        None => ("200 OK".to_owned(), &receipt[..]),
    };
    let (framing, body) = if chunked {
        ("transfer-encoding: chunked".to_owned(), in_chunks(rest))
    } else {
        (format!("content-length: {}", rest.len()), rest.to_vec())
    };
    let head = format!("HTTP/1.1 {line}\r\netag: {tag}\r\n{framing}\r\n\r\n");
    (head, body)
}

fn in_chunks(bytes: &[u8]) -> Vec<u8> {
    let mut all = Vec::with_capacity(bytes.len() + 64);
    for part in bytes.chunks(1000) {
        all.extend_from_slice(format!("{:x}\r\n", part.len()).as_bytes());
        all.extend_from_slice(part);
        all.extend_from_slice(b"\r\n");
    }
    all.extend_from_slice(b"0\r\n\r\n");
    all
}
