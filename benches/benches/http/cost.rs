//! What a request that succeeds costs the process that sends it: instructions, allocations and memory.
//!
//! It fails if a request of ours allocates more often than it did: `cargo test` runs it, too.

use std::io;

use allocation_counter::{AllocationInfo, measure};
use retryable_benches::callgrind::{Errand, instructions, is_here};
use retryable_benches::report::{Table, is_full_run};
use tokio::runtime::Runtime;

use crate::load::Client;

const COLUMNS: &[&str] = &[
    "",
    "instructions",
    "more than by hand",
    "allocations",
    "bytes allocated",
    "bytes at a time",
    "of them the future",
];

const REMARK: &str = "One request after the other, on one connection. The instructions are those of \
    the process, without the kernel's.";

/// Makes the calls of a second process, whose instructions are counted.
pub(crate) fn run(errand: &Errand, runtime: &Runtime, clients: &[Client]) {
    let client = clients.iter().find(|client| client.name == errand.name);
    let client = client.expect("a client has this name");
    runtime.block_on(client.series(errand.times));
}

/// Measures every client.
pub(crate) fn table(runtime: &Runtime, clients: &[Client]) -> io::Result<Table> {
    let mut table = Table::new("http-cost", "What a request that succeeds costs", COLUMNS);
    let is_counted = is_full_run() && is_here();
    let (mut by_hand, mut alone) = (None, None);
    for client in clients {
        let mut counted = ["not counted".to_owned(), String::new()];
        if is_counted {
            let own = instructions(&client.name, CALLS)?;
            let more = own - *by_hand.get_or_insert(own);
            counted = [own, more].map(|count| format!("{count:.0}"));
        }
        let memory = memory(runtime, client);
        if client.name.ends_with(" alone") {
            alone = Some(memory.count_total);
        }
        if let Some((alone, limit)) = alone.zip(limit(&client.name)) {
            let more = memory.count_total.saturating_sub(alone);
            assert!(
                more <= limit,
                "{client:?}: {more} allocations more than without retries"
            );
        }
        let memory = [memory.count_total, memory.bytes_total, memory.bytes_max];
        let cells = counted
            .into_iter()
            .chain(memory.map(|figure| figure.to_string()));
        table.row(
            client.name.clone(),
            cells.chain([client.future.to_string()]),
        );
    }
    table.remark(REMARK);
    Ok(table)
}

/// The most allocations of a call of ours, in addition to those of the request alone. One of `RetryClient` and one of
/// `#[retryable]` are the URL that the call owns.
fn limit(name: &str) -> Option<u64> {
    match name.split('`').nth(1)? {
        "#[retryable]" => Some(1),
        "RetryClient" => Some(3),
        "request.retry" | "RetryLayer" => Some(5),
        "RetryMiddleware" => Some(7),
        _ => None,
    }
}

const CALLS: u32 = 500;

/// Returns what one call allocates, once its connection is open.
fn memory(runtime: &Runtime, client: &Client) -> AllocationInfo {
    let calls = |times| measure(|| runtime.block_on(client.series(times)));
    calls(10);
    let (some, more) = (calls(10), calls(110));
    AllocationInfo {
        count_total: (more.count_total - some.count_total) / 100,
        bytes_total: (more.bytes_total - some.bytes_total) / 100,
        ..some
    }
}
