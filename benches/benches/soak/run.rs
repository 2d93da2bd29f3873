//! One run: all orders of one form, and the findings.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use retryable::Class;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::faults::Faults;
use super::forms::Form;
use super::orders::{Ledger, order, receipt};
use super::process::Held;
use super::server::Shop;

/// A call that takes longer counts as hung. No call needs nearly as long.
const PATIENCE: Duration = Duration::from_secs(30);
/// How much more memory the last quarter may hold than the second one, in MiB.
const GROWTH: usize = 16;

/// The outcomes at the clients of one form, and the effects at the server.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) acknowledged: usize,
    /// Failed calls by class: refused, throttled, ambiguous, transient, permanent.
    pub(crate) failed: [usize; 5],
    pub(crate) requests: u64,
    /// Acknowledged, and without effect.
    pub(crate) lost: Vec<usize>,
    pub(crate) twice: Vec<usize>,
    /// Receipts or orders that are not what was sent.
    pub(crate) wrong: Vec<usize>,
    pub(crate) garbled: u64,
    /// Calls that did not end.
    pub(crate) hung: Vec<usize>,
    /// The peaks in the second quarter of the orders, and in the last quarter.
    pub(crate) held: [Held; 2],
    /// Descriptors that were open before, and after.
    pub(crate) descriptors: [usize; 2],
    pub(crate) took: Duration,
}

impl Findings {
    fn and(mut self, other: Self) -> Self {
        self.acknowledged += other.acknowledged;
        for (sum, more) in self.failed.iter_mut().zip(other.failed) {
            *sum += more;
        }
        self.lost.extend(other.lost);
        self.wrong.extend(other.wrong);
        self.hung.extend(other.hung);
        self
    }

    /// The promises that were broken.
    pub(crate) fn broken(&self) -> Vec<String> {
        let mut broken = Vec::new();
        for (what, orders) in [
            ("acknowledged, but lost", &self.lost),
            ("processed twice", &self.twice),
            ("with wrong bytes", &self.wrong),
            ("whose call did not end", &self.hung),
        ] {
            if let Some(first) = orders.first() {
                broken.push(format!(
                    "{} orders {what}, order {first} first",
                    orders.len()
                ));
            }
        }
        if self.garbled > 0 {
            broken.push(format!("{} orders arrived with wrong bytes", self.garbled));
        }
        let [second, last] = self.held;
        if last.memory > second.memory + GROWTH {
            let (second, last) = (second.memory, last.memory);
            broken.push(format!("memory grew from {second} to {last} MiB"));
        }
        // Each of the 64 calls may have a connection with two ends, and the pool may keep as many.
        if last.descriptors > second.descriptors + 256 {
            let (second, last) = (second.descriptors, last.descriptors);
            broken.push(format!("open descriptors grew from {second} to {last}"));
        }
        let [before, after] = self.descriptors;
        if after > before {
            broken.push(format!(
                "{before} descriptors were open before, {after} after"
            ));
        }
        broken
    }
}

/// Sends the orders of this form. Returns its name, the state of the server and the
/// findings, or `None` if its name does not contain `wanted`.
pub(crate) fn run(
    runtime: &tokio::runtime::Runtime,
    make: fn() -> Form,
    faults: Faults,
    orders: usize,
    wanted: &str,
) -> io::Result<Option<(&'static str, Ledger, Findings)>> {
    let before = Held::now()?.descriptors;
    let form = make();
    let name = form.name;
    if !name.contains(wanted) {
        return Ok(None);
    }
    let ledger = Arc::new(Ledger::new(orders));
    let shop = Shop::open(Arc::clone(&ledger), faults)?;
    if form.fetches {
        (0..orders).for_each(|id| ledger.commit(id, None));
    }
    let idle = Held::now()?.descriptors;
    let start = Instant::now();
    let shared = Arc::new(Shared {
        form,
        shop,
        ledger,
        begun: AtomicUsize::new(0),
        held: Mutex::default(),
    });
    let mut findings = runtime.block_on(async {
        let mut workers = JoinSet::new();
        for _ in 0..shared.form.at_once {
            workers.spawn(Arc::clone(&shared).work());
        }
        let all = workers.join_all().await.into_iter();
        all.fold(Findings::default(), Findings::and)
    });
    findings.took = start.elapsed();
    let shared = Arc::into_inner(shared).ok_or_else(|| left("a worker"))?;
    findings.held = shared
        .held
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    // Waits until the server has read everything that its clients sent before they closed, so that it is counted.
    drop(shared.form);
    descriptors_until(idle)?;
    drop(shared.shop);
    findings.descriptors = [before, descriptors_until(before)?];
    let ledger = Arc::into_inner(shared.ledger).ok_or_else(|| left("the server"))?;
    findings.requests = ledger.requests.load(Ordering::SeqCst);
    findings.garbled = ledger.garbled.load(Ordering::SeqCst);
    findings.twice = (0..orders).filter(|id| ledger.effects(*id) > 1).collect();
    Ok(Some((name, ledger, findings)))
}

fn left(what: &str) -> io::Error {
    io::Error::other(format!("{what} is left"))
}

/// Waits until at most `few` descriptors are open, or for 5 s. Returns the number of open descriptors.
fn descriptors_until(few: usize) -> io::Result<usize> {
    let patience = Instant::now() + Duration::from_secs(5);
    loop {
        let open = Held::now()?.descriptors;
        if open <= few || Instant::now() > patience {
            return Ok(open);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

struct Shared {
    form: Form,
    shop: Shop,
    ledger: Arc<Ledger>,
    begun: AtomicUsize,
    held: Mutex<[Held; 2]>,
}

impl Shared {
    async fn work(self: Arc<Self>) -> Findings {
        let mut findings = Findings::default();
        let orders = self.ledger.len();
        loop {
            let id = self.begun.fetch_add(1, Ordering::Relaxed);
            if id >= orders {
                return findings;
            }
            self.sample(id);
            let path = if self.form.fetches {
                "receipts"
            } else {
                "orders"
            };
            let url = format!("{}/{path}/{id}", self.shop.url);
            let Ok(outcome) = timeout(PATIENCE, self.form.send(url, order(id))).await else {
                findings.hung.push(id);
                continue;
            };
            match outcome {
                Ok(text) => {
                    findings.acknowledged += 1;
                    if self.ledger.effects(id) == 0 {
                        findings.lost.push(id);
                    } else if text != receipt(id) {
                        findings.wrong.push(id);
                    }
                }
                Err(class) => findings.failed[place(class)] += 1,
            }
        }
    }

    /// Records the resources of the process 50 times in each quarter.
    fn sample(&self, id: usize) {
        let orders = self.ledger.len();
        if id % (orders / 200).max(1) != 0 {
            return;
        }
        let quarter = match id * 4 / orders {
            1 => 0,
            3 => 1,
            _ => return,
        };
        if let Ok(now) = Held::now() {
            let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            held[quarter] = held[quarter].max(now);
        }
    }
}

fn place(class: Class) -> usize {
    match class {
        Class::Refused => 0,
        Class::Throttled { .. } => 1,
        Class::Ambiguous => 2,
        Class::Transient => 3,
        _ => 4,
    }
}
