//! HTTP on loopback: the cost of retrying for a client if all requests succeed, and if one request in ten fails.
//!
//!     cargo bench -p retryable-benches --bench http
//!
//! The client has one thread. The server is another process, so that the measured processor time is the client's only.

mod clients;
mod cost;
#[path = "../../../retry-reqwest/tests/load/flaky.rs"]
mod flaky;
mod load;
mod server;

use retryable_benches::callgrind::Errand;
use retryable_benches::report::{Spread, Table, is_full_run};

use clients::clients;
use load::{Client, Load, Round};
use server::Server;

fn main() -> std::io::Result<()> {
    if server::is_wanted() {
        return server::serve();
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut server = Server::start()?;
    if let Some(errand) = Errand::of_this_run() {
        cost::run(&errand, &runtime, &clients(server.url(false), false));
        return Ok(());
    }
    cost::table(&runtime, &clients(server.url(false), false))?.publish()?;
    // A test only checks that the bench runs, so many requests at once are enough.
    for plan in PLANS
        .into_iter()
        .filter(|plan| is_full_run() || plan.at_once > 1)
    {
        let clients = clients(server.url(plan.fails), plan.fails);
        let rounds = runtime.block_on(rounds(&plan, &clients, &mut server))?;
        table(&plan, &clients, &rounds).publish()?;
    }
    Ok(())
}

struct Plan {
    id: &'static str,
    title: &'static str,
    fails: bool,
    at_once: usize,
    calls: usize,
}

const PLANS: [Plan; 4] = [
    Plan {
        id: "http-64",
        title: "Requests that succeed, 64 at once",
        fails: false,
        at_once: 64,
        calls: 1000,
    },
    Plan {
        id: "http-1",
        title: "Requests that succeed, one after the other",
        fails: false,
        at_once: 1,
        calls: 500,
    },
    Plan {
        id: "http-failing-64",
        title: "One request in ten fails, 64 at once",
        fails: true,
        at_once: 64,
        calls: 1000,
    },
    Plan {
        id: "http-failing-1",
        title: "One request in ten fails, one after the other",
        fails: true,
        at_once: 1,
        calls: 250,
    },
];

/// Measures each client. The clients take turns, each round begins with another client, and the first round is a
/// warm-up.
async fn rounds(
    plan: &Plan,
    clients: &[Client],
    server: &mut Server,
) -> std::io::Result<Vec<Vec<Round>>> {
    let (rounds, calls) = if is_full_run() {
        (101, plan.calls)
    } else {
        (1, 40)
    };
    let load = Load {
        calls,
        at_once: plan.at_once,
    };
    let mut of_each = vec![Vec::new(); clients.len()];
    for turn in 0..=rounds {
        for place in 0..clients.len() {
            let index = (turn + place) % clients.len();
            let client = &clients[index];
            let round = client.round(load, server, plan.fails).await?;
            assert!(is_full_run() || round.failed == 0, "{client:?} failed");
            if turn > 0 {
                of_each[index].push(round);
            }
        }
    }
    Ok(of_each)
}

const COLUMNS: &[&str] = &[
    "",
    "calls a second",
    "times by hand",
    "p50, µs",
    "p99, µs",
    "CPU a call, µs",
    "requests a call",
    "calls that failed",
];

fn table(plan: &Plan, clients: &[Client], rounds: &[Vec<Round>]) -> Table {
    let mut table = Table::new(plan.id, plan.title, COLUMNS);
    let spread = |rounds: &[Round], figure: fn(&Round) -> f64| {
        let figures = rounds.iter().map(figure);
        Spread::of(figures.collect())
    };
    for (client, own) in clients.iter().zip(rounds) {
        let ratios = own
            .iter()
            .zip(&rounds[0])
            .map(|(own, by_hand)| own.rate / by_hand.rate);
        let failed: usize = own.iter().map(|round| round.failed).sum();
        table.row(
            client.name.clone(),
            [
                format!("{:.0}", spread(own, |round| round.rate)),
                format!("{:.3}", Spread::of(ratios.collect())),
                format!("{:.0}", spread(own, |round| round.p50)),
                format!("{:.0}", spread(own, |round| round.p99)),
                format!("{:.1}", spread(own, |round| round.processor)),
                format!("{:.3}", spread(own, |round| round.requests).median),
                failed.to_string(),
            ],
        );
    }
    table.chart(1, "calls a second");
    if plan.fails {
        table.remark(clients::ON_DELAYS);
    }
    table
}
