//! A server that answers at once, or fails every tenth request: in turn by a 503 and by a reset.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::Client;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const GOOD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ngood";
const BAD: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 3\r\n\r\nbad";

/// Runs on a thread of its own for as long as the process does.
#[derive(Debug, Default)]
pub(crate) struct Flaky {
    fails: bool,
    pub(crate) hits: AtomicUsize,
    pub(crate) open: AtomicUsize,
}

impl Flaky {
    /// Where it listens, and what it has seen.
    pub(crate) fn start(fails: bool) -> (String, Arc<Self>) {
        let flaky = Arc::new(Self {
            fails,
            ..Self::default()
        });
        let shared = Arc::clone(&flaky);
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        listener.set_nonblocking(true).unwrap();
        std::thread::spawn(move || {
            let mut runtime = tokio::runtime::Builder::new_current_thread();
            let runtime = runtime.enable_all().build().unwrap();
            runtime.block_on(shared.serve(listener));
        });
        (url, flaky)
    }

    async fn serve(self: Arc<Self>, listener: std::net::TcpListener) {
        let listener = TcpListener::from_std(listener).unwrap();
        while let Ok((stream, _)) = listener.accept().await {
            let this = Arc::clone(&self);
            this.open.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                // Either side may end it at any time.
                let _ = this.connection(stream).await;
                this.open.fetch_sub(1, Ordering::SeqCst);
            });
        }
    }

    async fn connection(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let mut request = Vec::with_capacity(1024);
        while stream.read_buf(&mut request).await? > 0 {
            if !request.ends_with(b"\r\n\r\n") {
                continue;
            }
            request.clear();
            match self.hits.fetch_add(1, Ordering::SeqCst) % 20 {
                7 if self.fails => stream.write_all(BAD).await?,
                17 if self.fails => return stream.set_zero_linger(),
                _ => stream.write_all(GOOD).await?,
            }
        }
        Ok(())
    }
}

/// Whatever proxy the machine has, this stays on loopback.
pub(crate) fn client() -> Client {
    Client::builder().no_proxy().build().unwrap()
}
