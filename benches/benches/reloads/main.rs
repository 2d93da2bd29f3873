//! Calls to an nginx that is reloaded, ended and started again under load: how many fail, and how many take effect
//! twice.
//!
//!     cargo bench -p retryable-benches --bench reloads
//!
//! 10,000 calls of each client, 32 at once; `--calls 1000` makes fewer. The exit status is 0 only if ours, without a
//! key, doubles no `POST`, and loses no more `GET`s than the best peer.

mod clients;
mod load;
mod nginx;

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;

use reqwest::Method;
use retryable_benches::report::{Table, is_full_run};

use clients::{Way, ways};
use load::{Backend, Figures, load};
use nginx::{Event, Nginx, program};

const GETS: &[&str] = &[
    "failed",
    "reload",
    "quit, start",
    "stop, start",
    "0.5 s down",
];
const POSTS: &[&str] = &[
    "failed, twice",
    "reload",
    "quit, start",
    "stop, start",
    "0.5 s down",
];

/// The id, the title and the content of the table.
const PLANS: [(&str, &str, bool, Method); 4] = [
    ("reloads-http1-get", "`GET` by HTTP/1.1", false, Method::GET),
    (
        "reloads-http1-post",
        "`POST` by HTTP/1.1",
        false,
        Method::POST,
    ),
    ("reloads-h2c-get", "`GET` by h2c", true, Method::GET),
    ("reloads-h2c-post", "`POST` by h2c", true, Method::POST),
];

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let Some((program, version)) = program() else {
        println!("skipped: nginx is not installed");
        return Ok(ExitCode::SUCCESS);
    };
    let default = if is_full_run() { 10_000 } else { 500 };
    let mut arguments = std::env::args().skip_while(|argument| argument != "--calls");
    let calls = arguments
        .nth(1)
        .map_or(Ok(default), |calls| calls.parse())?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let mut broken = Vec::new();
    // A test only checks that the bench runs, so the requests that must not be repeated are enough.
    let plans = PLANS.into_iter();
    for (id, title, http2, method) in
        plans.filter(|(.., method)| is_full_run() || *method == Method::POST)
    {
        let rows = runtime.block_on(rows(program, calls, http2, &method))?;
        let is_post = method == Method::POST;
        let columns = if is_post { POSTS } else { GETS };
        let mut table = Table::new(id, title, columns);
        for (name, figures) in &rows {
            table.row(
                name.clone(),
                figures.iter().map(|figures| cell(*figures, is_post)),
            );
        }
        table.remark(remark(calls, &version, &rows));
        if calls >= 10_000 {
            table.publish()?;
        } else {
            println!("{table}");
        }
        broken.extend(promises(title, is_post, &rows));
    }
    for broken in &broken {
        println!("{broken}");
    }
    Ok(if broken.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

type Row = (String, Vec<Figures>);

async fn rows(
    program: &'static str,
    calls: usize,
    http2: bool,
    method: &Method,
) -> std::io::Result<Vec<Row>> {
    let backend = Backend::start(calls)?;
    let mut nginx = Nginx::start(program, backend.address, http2)?;
    let ways: Vec<Arc<Way>> = ways(http2).into_iter().map(Arc::new).collect();
    let mut rows: Vec<Row> = ways
        .iter()
        .map(|way| (way.name.clone(), Vec::new()))
        .collect();
    for event in Event::ALL {
        for (way, row) in ways.iter().zip(&mut rows) {
            let figures;
            let way = Arc::clone(way);
            (figures, nginx) = load(way, method.clone(), event, nginx, &backend).await?;
            row.1.push(figures);
        }
    }
    Ok(rows)
}

fn cell(figures: Figures, is_post: bool) -> String {
    let Figures { failed, twice, .. } = figures;
    if is_post {
        format!("{failed}, {twice}")
    } else {
        failed.to_string()
    }
}

fn remark(calls: usize, version: &str, rows: &[Row]) -> String {
    let events = rows[0].1.iter().map(|figures| figures.events.to_string());
    let events: Vec<_> = events.collect();
    format!(
        "Of {calls} calls of each to nginx {version}, 32 at once, 2,500 a second; it happened {} times to the first of \
         them. {}",
        events.join(", "),
        clients::ON_DELAYS
    )
}

/// Returns the aims that ours, the first row, does not reach.
fn promises(title: &str, is_post: bool, rows: &[Row]) -> Vec<String> {
    let mut broken = Vec::new();
    for (place, event) in Event::ALL.into_iter().enumerate() {
        let ours = rows[0].1[place];
        if is_post && ours.twice > 0 {
            broken.push(format!(
                "{title}, {event:?}: {} took effect twice",
                ours.twice
            ));
        }
        if ours.lost > 0 {
            broken.push(format!("{title}, {event:?}: {} had no effect", ours.lost));
        }
        let peers = rows[1..].iter().map(|(_, figures)| figures[place].failed);
        let best = peers.min().unwrap_or(0);
        if !is_post && ours.failed > best {
            let failed = ours.failed;
            broken.push(format!(
                "{title}, {event:?}: {failed} failed, and {best} of the best peer"
            ));
        }
    }
    broken
}
