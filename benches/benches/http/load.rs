//! Calls of one client: how many a second, how long each takes, and their cost.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use tokio::task::JoinSet;

use crate::server::Server;

/// The load that a client makes in one round.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    pub(crate) calls: usize,
    pub(crate) at_once: usize,
}

/// The measurements of one round.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Round {
    /// Calls a second.
    pub(crate) rate: f64,
    /// Half of the calls took at most this many microseconds.
    pub(crate) p50: f64,
    /// 99 % of the calls took at most this many microseconds.
    pub(crate) p99: f64,
    /// Processor time a call, in microseconds, the kernel's included.
    pub(crate) processor: f64,
    /// Requests that reached the server, a call.
    pub(crate) requests: f64,
    /// Calls that failed after their last attempt.
    pub(crate) failed: usize,
}

/// How long each call took, and whether it succeeded.
type Calls = Vec<(Duration, bool)>;

/// One way to get a text.
pub(crate) struct Client {
    pub(crate) name: String,
    /// The size of the future of a call, in bytes.
    pub(crate) future: usize,
    calls: Box<dyn Fn(Load) -> Pin<Box<dyn Future<Output = Calls>>>>,
    series: Box<dyn Fn(u32) -> Pin<Box<dyn Future<Output = ()>>>>,
}

impl Client {
    /// Creates a client of this name. A call has succeeded if it returns the server's text.
    pub(crate) fn new<F, C, E>(name: impl Into<String>, call: F) -> Self
    where
        F: Fn() -> C + Clone + Send + 'static,
        C: Future<Output = Result<String, E>> + Send + 'static,
        E: Send + 'static,
    {
        let one = call.clone();
        Self {
            name: name.into(),
            future: size_of_val(&call()),
            calls: Box::new(move |load| Box::pin(calls(load, call.clone()))),
            series: Box::new(move |times| {
                let one = one.clone();
                Box::pin(async move {
                    for _ in 0..times {
                        let outcome = one().await;
                        assert!(outcome.is_ok_and(|text| text == "good"), "a call failed");
                    }
                })
            }),
        }
    }

    /// Makes this many calls, one after the other, and measures nothing.
    pub(crate) async fn series(&self, times: u32) {
        (self.series)(times).await;
    }

    pub(crate) async fn round(
        &self,
        load: Load,
        server: &mut Server,
        fails: bool,
    ) -> io::Result<Round> {
        let hits = server.hits(fails)?;
        let (began, used) = (Instant::now(), processor());
        let mut calls = (self.calls)(load).await;
        let (took, used) = (began.elapsed(), processor().saturating_sub(used));
        let hits = server.hits(fails)? - hits;

        calls.sort_unstable();
        let count = f64::from(u32::try_from(calls.len()).unwrap_or(u32::MAX));
        let at = |percent: usize| micros(calls[(calls.len() - 1) * percent / 100].0);
        Ok(Round {
            rate: count / took.as_secs_f64(),
            p50: at(50),
            p99: at(99),
            processor: micros(used) / count,
            requests: f64::from(hits) / count,
            failed: calls.iter().filter(|(_, good)| !good).count(),
        })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

async fn calls<F, C, E>(load: Load, call: F) -> Calls
where
    F: Fn() -> C + Clone + Send + 'static,
    C: Future<Output = Result<String, E>> + Send + 'static,
    E: Send + 'static,
{
    let begun = Arc::new(AtomicUsize::new(0));
    let mut workers = JoinSet::new();
    for _ in 0..load.at_once {
        let (begun, call) = (Arc::clone(&begun), call.clone());
        workers.spawn(async move {
            let mut calls = Calls::with_capacity(load.calls);
            while begun.fetch_add(1, Ordering::Relaxed) < load.calls {
                let start = Instant::now();
                let outcome = call().await;
                calls.push((start.elapsed(), outcome.is_ok_and(|text| text == "good")));
            }
            calls
        });
    }
    workers.join_all().await.concat()
}

/// Returns the processor time of this process so far, the kernel's included.
fn processor() -> Duration {
    let used = clock_gettime(ClockId::ProcessCPUTime);
    Duration::try_from(used).unwrap_or_default()
}

fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}
