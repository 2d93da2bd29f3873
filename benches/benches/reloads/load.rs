//! The calls of one client, at an even pace, while something is done to nginx.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::Method;
use retryable_benches::wire::{Connection, Server};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use super::clients::Way;
use super::nginx::{Event, Nginx};

const AT_ONCE: usize = 32;
/// 2,500 calls a second: a client that fails at once must not use up its calls in one outage.
const PACE: Duration = Duration::from_micros(400);
/// How long the backend takes, so that requests are in progress when nginx ends.
const WORK: Duration = Duration::from_millis(5);

/// Counts how often each order took effect.
#[derive(Debug)]
pub(crate) struct Backend {
    pub(crate) address: SocketAddr,
    effects: Arc<Vec<AtomicU8>>,
    _server: Server,
}

impl Backend {
    pub(crate) fn start(orders: usize) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let effects: Arc<Vec<_>> = Arc::new((0..orders).map(|_| AtomicU8::new(0)).collect());
        let counted = Arc::clone(&effects);
        let serve = move |_, connection| take(Arc::clone(&counted), connection);
        Ok(Self {
            address,
            effects,
            _server: Server::start(vec![listener], serve)?,
        })
    }
}

async fn take(effects: Arc<Vec<AtomicU8>>, mut connection: Connection) -> io::Result<()> {
    while let Some(head) = connection.head().await? {
        connection.body(&head).await?;
        let id = head.path().rsplit('/').next();
        let id: Option<usize> = id.and_then(|id| id.parse().ok());
        if let Some(effects) = id.and_then(|id| effects.get(id)) {
            effects.fetch_add(1, Ordering::SeqCst);
        }
        sleep(WORK).await;
        let response = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ngood";
        connection.write(response).await?;
    }
    Ok(())
}

/// The outcomes of the calls.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Figures {
    pub(crate) failed: usize,
    /// Took effect more than once.
    pub(crate) twice: usize,
    /// Succeeded without effect.
    pub(crate) lost: usize,
    /// How often nginx was reloaded or restarted meanwhile.
    pub(crate) events: usize,
}

/// Makes as many calls as the backend has orders.
pub(crate) async fn load(
    way: Arc<Way>,
    method: Method,
    event: Event,
    nginx: Nginx,
    backend: &Backend,
) -> io::Result<(Figures, Nginx)> {
    let calls = backend.effects.len();
    for effects in backend.effects.iter() {
        effects.store(0, Ordering::SeqCst);
    }
    let url = nginx.url();
    let done = Arc::new(AtomicBool::new(false));
    let disturbed = tokio::task::spawn_blocking({
        let done = Arc::clone(&done);
        move || disturb(nginx, event, &done)
    });
    let begun = Arc::new(AtomicUsize::new(0));
    let start = Instant::now();
    let mut workers = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (way, method, url) = (Arc::clone(&way), method.clone(), url.clone());
        let (begun, effects) = (Arc::clone(&begun), Arc::clone(&backend.effects));
        workers.spawn(async move {
            let mut figures = Figures::default();
            loop {
                let id = begun.fetch_add(1, Ordering::Relaxed);
                if id >= calls {
                    return figures;
                }
                sleep_until(start + PACE * u32::try_from(id).unwrap_or(u32::MAX)).await;
                let good = way.send(method.clone(), format!("{url}/orders/{id}")).await;
                figures.failed += usize::from(!good);
                let without_effect = effects[id].load(Ordering::SeqCst) == 0;
                figures.lost += usize::from(good && without_effect);
            }
        });
    }
    let mut figures = Figures::default();
    for worker in workers.join_all().await {
        figures.failed += worker.failed;
        figures.lost += worker.lost;
    }
    done.store(true, Ordering::SeqCst);
    let (events, nginx) = disturbed.await.map_err(io::Error::other)??;
    figures.events = events;
    // Requests that nginx has forwarded arrive before they are counted.
    sleep(WORK * 4).await;
    let twice = |effects: &&AtomicU8| effects.load(Ordering::SeqCst) > 1;
    figures.twice = backend.effects.iter().filter(twice).count();
    Ok((figures, nginx))
}

/// Blocks until the calls are done, and nginx listens again.
fn disturb(mut nginx: Nginx, event: Event, done: &AtomicBool) -> io::Result<(usize, Nginx)> {
    let mut events = 0;
    loop {
        std::thread::sleep(event.pause());
        if done.load(Ordering::SeqCst) {
            return Ok((events, nginx));
        }
        nginx.suffers(event)?;
        events += 1;
    }
}
