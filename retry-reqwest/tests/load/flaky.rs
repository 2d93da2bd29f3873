//! A server that fails every tenth request, in turn by a 503 and by a reset, and whoever calls it.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::Client;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

const GOOD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ngood";
const BAD: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 3\r\n\r\nbad";

/// Runs on a thread of its own for as long as the process does.
#[derive(Debug, Default)]
pub(crate) struct Flaky {
    pub(crate) hits: AtomicUsize,
    pub(crate) open: AtomicUsize,
}

impl Flaky {
    pub(crate) fn start() -> (String, Arc<Self>) {
        let flaky = Arc::new(Self::default());
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
                7 => stream.write_all(BAD).await?,
                17 => return stream.set_zero_linger(),
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

/// So many calls, 64 at a time. Gives how many succeeded.
pub(crate) async fn calls<F, C>(count: usize, call: F) -> usize
where
    F: Fn() -> C + Clone + Send + 'static,
    C: Future<Output = bool> + Send,
{
    let begun = Arc::new(AtomicUsize::new(0));
    let mut workers = JoinSet::new();
    for _ in 0..64 {
        let (begun, call) = (Arc::clone(&begun), call.clone());
        workers.spawn(async move {
            let mut good = 0;
            while begun.fetch_add(1, Ordering::Relaxed) < count {
                good += usize::from(call().await);
            }
            good
        });
    }
    workers.join_all().await.into_iter().sum()
}
