//! The orders of one form, and the outcome of each: two bytes and a number for each order.

use std::fmt::Write;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

/// Mixes all bits of `x`: `splitmix64`.
pub(crate) fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// Returns the body of an order. Its length, of up to 2 KiB, and every part of it follow from the number.
pub(crate) fn order(id: usize) -> Vec<u8> {
    document("order", id as u64)
}

/// Returns the receipt, which the server sends when the order has taken effect.
pub(crate) fn receipt(id: usize) -> Vec<u8> {
    document("receipt", id as u64)
}

fn document(kind: &str, id: u64) -> Vec<u8> {
    let seed = mix(id ^ (kind.len() as u64) << 56);
    let mut text = format!("{kind} {id}\n");
    // Each line differs from every other, so that a part in the wrong place is noticed.
    for line in 0..=seed % 120 {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{:016x}", mix(seed ^ (line << 32)));
    }
    text.into_bytes()
}

/// The effects at the server.
#[derive(Debug)]
pub(crate) struct Ledger {
    orders: Vec<Entry>,
    /// Requests of all hops.
    pub(crate) requests: AtomicU64,
    /// Orders that arrived with wrong bytes.
    pub(crate) garbled: AtomicU64,
}

#[derive(Debug, Default)]
struct Entry {
    effects: AtomicU8,
    requests: AtomicU8,
    /// A hash of the idempotency key; 0 if there is none.
    key: AtomicU64,
}

impl Ledger {
    pub(crate) fn new(orders: usize) -> Self {
        Self {
            orders: (0..orders).map(|_| Entry::default()).collect(),
            requests: AtomicU64::new(0),
            garbled: AtomicU64::new(0),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.orders.len()
    }

    /// Counts a request for this order, and returns how many there were before.
    pub(crate) fn request(&self, id: usize) -> u8 {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let requests = &self.orders[id].requests;
        let more = |requests: u8| requests.checked_add(1);
        requests
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more)
            .unwrap_or(u8::MAX)
    }

    /// Lets the order take effect, unless it did under the same key.
    pub(crate) fn commit(&self, id: usize, key: Option<&str>) {
        let entry = &self.orders[id];
        if let Some(key) = key {
            let mut hasher = DefaultHasher::new();
            key.hash(&mut hasher);
            let key = hasher.finish() | 1;
            let first = entry
                .key
                .compare_exchange(0, key, Ordering::Relaxed, Ordering::Relaxed);
            if first == Err(key) {
                return;
            }
        }
        let more = |effects: u8| effects.checked_add(1);
        // The counter saturates at 255.
        let _ = entry
            .effects
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, more);
    }

    pub(crate) fn effects(&self, id: usize) -> u8 {
        self.orders[id].effects.load(Ordering::SeqCst)
    }

    /// Returns the number of requests for this order.
    pub(crate) fn requests_for(&self, id: usize) -> u8 {
        self.orders[id].requests.load(Ordering::SeqCst)
    }
}
