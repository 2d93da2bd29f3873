//! Orders by `POST`, in each form that a request can take, to a server with the faults of real networks
//! and servers. No order that was acknowledged may be lost, none may be processed twice, and no byte may be wrong.
//!
//!     cargo bench -p retryable-benches --bench soak -- --orders 1000000
//!
//! `--seed 2` draws other faults, and `--form layer` runs the forms of that name. The exit status is 0 only if
//! every promise was kept. A run of at least 100,000 orders of all forms writes its table into `RESULTS.md`.

mod faults;
mod forms;
mod orders;
mod process;
mod run;
mod server;

use std::error::Error;
use std::process::ExitCode;

use retryable_benches::report::{Table, is_full_run};

use faults::Faults;
use forms::FORMS;
use run::{Findings, run};

const COLUMNS: &[&str] = &[
    "",
    "calls",
    "requests",
    "acknowledged",
    "refused",
    "throttled",
    "ambiguous",
    "transient",
    "permanent",
    "lost",
    "twice",
    "wrong bytes",
    "hung",
    "descriptors",
    "MiB",
    "calls a second",
];

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let orders = argument("--orders")?.unwrap_or(2000);
    let seed = argument("--seed")?.unwrap_or(1);
    let wanted = text("--form").unwrap_or_default();
    println!("{orders} orders of each form, faults of seed {seed}\n");

    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let title = "Orders that were lost, processed twice or garbled";
    let mut table = Table::new("soak", title, COLUMNS);
    let mut kept = true;
    for (index, make) in FORMS.into_iter().enumerate() {
        let faults = Faults::new(seed, index);
        let Some((name, ledger, findings)) = run(&runtime, make, faults, orders, &wanted)? else {
            continue;
        };
        println!("{name}: {orders} orders in {:.1?}", findings.took);
        table.row(name, cells(orders, &findings));
        let broken = findings.broken();
        kept &= broken.is_empty();
        for broken in broken {
            println!("  {broken}");
        }
        let broken = [&findings.lost, &findings.twice, &findings.wrong];
        for id in broken.into_iter().flat_map(|orders| orders.iter().take(3)) {
            println!(
                "  order {id}: {}",
                faults.story(*id, ledger.requests_for(*id))
            );
        }
    }
    table.remark(format!(
        "`--orders {orders} --seed {seed}`: the failed calls are counted by class. Descriptors and memory are the \
         most that was held in the second quarter of the orders, and in the last."
    ));
    println!("\n{table}");
    if is_full_run() && orders >= 100_000 && wanted.is_empty() {
        table.publish()?;
    }
    if kept {
        println!("no promise was broken");
        return Ok(ExitCode::SUCCESS);
    }
    println!("promises were broken");
    Ok(ExitCode::FAILURE)
}

fn cells(orders: usize, findings: &Findings) -> Vec<String> {
    let [second, last] = findings.held;
    let count = f64::from(u32::try_from(orders).unwrap_or(u32::MAX));
    let mut cells = vec![
        orders.to_string(),
        findings.requests.to_string(),
        findings.acknowledged.to_string(),
    ];
    cells.extend(findings.failed.map(|failed| failed.to_string()));
    cells.extend([
        findings.lost.len().to_string(),
        findings.twice.len().to_string(),
        (findings.wrong.len() as u64 + findings.garbled).to_string(),
        findings.hung.len().to_string(),
        format!("{}, {}", second.descriptors, last.descriptors),
        format!("{}, {}", second.memory, last.memory),
        format!("{:.0}", count / findings.took.as_secs_f64()),
    ]);
    cells
}

fn text(name: &str) -> Option<String> {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    arguments.nth(1)
}

fn argument<T>(name: &str) -> Result<Option<T>, Box<dyn Error>>
where
    T: std::str::FromStr<Err: Error + 'static>,
{
    Ok(text(name).map(|value| value.parse()).transpose()?)
}
