//! A server that responds at once, or fails one request in ten, with a 503 or a reset.
//!
//! Not the server of the test kit, which keeps every request, has a thread for each connection, and does not say how
//! many are open.
//!
//! A request to `/` is a call by itself. A request to `/7` is an attempt of call 7, and how many attempts of a
//! call fail follows from its number alone. So no call can meet the same fault eight times by chance.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const GOOD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ngood";
const BAD: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 3\r\n\r\nbad";

/// How many attempts of a call fail: one of every 10 calls fails, one of every 100 twice, and so on, at most
/// four times. So one request in ten fails.
pub(crate) fn failures(call: usize) -> usize {
    [7, 77, 777, 7777]
        .into_iter()
        .zip([10, 100, 1000, 10_000])
        .filter(|(rest, of)| call % of == *rest)
        .count()
}

/// Runs on its own thread until the process ends.
#[derive(Debug, Default)]
pub(crate) struct Flaky {
    fails: bool,
    /// Failed attempts by call, of the calls that have a number.
    failed: Mutex<HashMap<usize, usize>>,
    pub(crate) hits: AtomicUsize,
    pub(crate) open: AtomicUsize,
}

impl Flaky {
    /// Returns the URL to which it listens, and its counters.
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
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                // Out of descriptors, or the client was gone before: both pass.
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            };
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
            let hit = self.hits.fetch_add(1, Ordering::SeqCst);
            let fault = self.fails.then(|| self.fault(&request, hit)).flatten();
            request.clear();
            match fault {
                Some(Fault::Status) => stream.write_all(BAD).await?,
                Some(Fault::Reset) => return stream.set_zero_linger(),
                None => stream.write_all(GOOD).await?,
            }
        }
        Ok(())
    }

    fn fault(&self, request: &[u8], hit: usize) -> Option<Fault> {
        let earlier = match call(request) {
            Some(call) => {
                let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
                let failed = failed.entry(call).or_default();
                if *failed == failures(call) {
                    return None;
                }
                *failed += 1;
                call / 10 + *failed
            }
            None if failures(hit) == 0 => return None,
            None => hit / 10,
        };
        let even = earlier % 2 == 0;
        Some(if even { Fault::Status } else { Fault::Reset })
    }
}

#[derive(Clone, Copy, Debug)]
enum Fault {
    Status,
    Reset,
}

/// The call's number, from `GET /7 HTTP/1.1`.
fn call(request: &[u8]) -> Option<usize> {
    let line = request.strip_prefix(b"GET /")?;
    let end = line.iter().position(|byte| *byte == b' ')?;
    std::str::from_utf8(&line[..end]).ok()?.parse().ok()
}
