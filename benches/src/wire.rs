//! The server's side of HTTP/1.1, as far as the soak and the reloads need it, written so that a fault can strike
//! between any two bytes. The server of the test kit has a thread for each connection, keeps every request, and would be a
//! part of what is measured.

use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// No request of ours is larger. A connection that sends more is closed.
const LIMIT: usize = 64 * 1024;

/// The head of a request.
#[derive(Debug)]
pub struct Head(String);

impl Head {
    /// Returns the method, as it was sent.
    pub fn method(&self) -> &str {
        self.0.split(' ').next().unwrap_or_default()
    }

    /// Returns the target of the request.
    pub fn path(&self) -> &str {
        self.0.split(' ').nth(1).unwrap_or_default()
    }

    /// Returns the first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.0.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    fn length(&self) -> usize {
        let length = self.header("content-length");
        length.map_or(0, |length| length.parse().unwrap_or(LIMIT + 1))
    }
}

/// A connection, and what was read of it beyond the last request.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Connection {
    /// Waits until the next request has begun. Returns `false` if the client has closed the connection.
    ///
    /// # Errors
    ///
    /// If the connection fails, as in the other methods.
    pub async fn wait(&mut self) -> io::Result<bool> {
        if !self.read.is_empty() {
            return Ok(true);
        }
        Ok(self.stream.peek(&mut [0]).await? > 0)
    }

    /// Returns the head of the next request, or `None` if the client has closed the connection.
    ///
    /// # Errors
    ///
    /// If the connection fails, or the head is too large or not text.
    pub async fn head(&mut self) -> io::Result<Option<Head>> {
        loop {
            let end = self.read.windows(4).position(|four| four == b"\r\n\r\n");
            if let Some(end) = end {
                let rest = self.read.split_off(end + 4);
                let head = std::mem::replace(&mut self.read, rest);
                let head = String::from_utf8(head).map_err(io::Error::other)?;
                return Ok(Some(Head(head)));
            }
            if !self.more().await? {
                return Ok(None);
            }
        }
    }

    /// Returns the body that belongs to this head.
    ///
    /// # Errors
    ///
    /// If the connection ends before the body, or the body is too large.
    pub async fn body(&mut self, head: &Head) -> io::Result<Vec<u8>> {
        let length = head.length();
        while self.read.len() < length {
            if !self.more().await? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let rest = self.read.split_off(length);
        Ok(std::mem::replace(&mut self.read, rest))
    }

    async fn more(&mut self) -> io::Result<bool> {
        if self.read.len() > LIMIT {
            return Err(io::Error::other("the request is too large"));
        }
        Ok(self.stream.read_buf(&mut self.read).await? > 0)
    }

    /// Writes all of these bytes.
    ///
    /// # Errors
    ///
    /// If the connection fails.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await
    }

    /// Ends the connection with a reset instead of a FIN.
    ///
    /// # Errors
    ///
    /// If the system refuses the setting.
    pub fn reset(self) -> io::Result<()> {
        self.stream.set_zero_linger()
    }
}

/// A server with its own thread and runtime. Dropping it ends both.
#[derive(Debug)]
pub struct Server {
    stop: Arc<Notify>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Calls `handle` for each connection of these listeners, with the index of the listener.
    ///
    /// # Errors
    ///
    /// If a listener or a runtime cannot be set up.
    pub fn start<H, F>(listeners: Vec<std::net::TcpListener>, handle: H) -> io::Result<Self>
    where
        H: Fn(usize, Connection) -> F + Clone + Send + 'static,
        F: Future<Output = io::Result<()>> + Send + 'static,
    {
        for listener in &listeners {
            listener.set_nonblocking(true)?;
        }
        let stop = Arc::new(Notify::new());
        let stopped = Arc::clone(&stop);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                for (index, listener) in listeners.into_iter().enumerate() {
                    let handle = handle.clone();
                    tokio::spawn(accept(listener, move |connection| {
                        handle(index, connection)
                    }));
                }
                stopped.notified().await;
            });
        });
        Ok(Self {
            stop,
            thread: Some(thread),
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.notify_one();
        if let Some(thread) = self.thread.take() {
            // An error is ignored: the panic was printed.
            let _ = thread.join();
        }
    }
}

async fn accept<H, F>(listener: std::net::TcpListener, handle: H)
where
    H: Fn(Connection) -> F,
    F: Future<Output = io::Result<()>> + Send + 'static,
{
    let Ok(listener) = TcpListener::from_std(listener) else {
        return;
    };
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // An error is ignored: without it, the connection is only slower.
                let _ = stream.set_nodelay(true);
                let read = Vec::with_capacity(4096);
                let ended = handle(Connection { stream, read });
                // The client may end a connection at any time.
                tokio::spawn(async { drop(ended.await) });
            }
            // The process is out of descriptors, or the client has closed the connection: both are temporary.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}
