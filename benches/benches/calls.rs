//! The time of a call that succeeds at once, compared with the loop by hand.
//!
//!     cargo bench -p retryable-benches --bench calls

use std::hint::black_box;

use retryable_benches::for_each_peer;
use retryable_benches::operation::{finish, hidden, succeeds};
use retryable_benches::turns::{Candidate, Effort, measure, table};

fn main() -> std::io::Result<()> {
    let effort = Effort::from_arguments();

    let mut candidates = Vec::new();
    macro_rules! ready {
        ($name:expr, $peer:ident) => {{
            candidates.push(Candidate::new($name, || {
                let _ = black_box(finish(retryable_benches::peers::$peer::call(&succeeds)));
            }));
        }};
    }
    for_each_peer!(ready);
    let taken = measure(effort, 1, &candidates);
    let mut ready = table("calls-ready", "A call that succeeds at once", &taken);
    ready.chart(1, "nanoseconds a call");
    ready.publish()?;

    let mut candidates = Vec::new();
    macro_rules! behind_dyn {
        ($name:expr, $peer:ident) => {{
            candidates.push(Candidate::new($name, || {
                let op = hidden();
                let _ = black_box(finish(retryable_benches::peers::$peer::call(&op)));
            }));
        }};
    }
    for_each_peer!(behind_dyn);
    let taken = measure(effort, 1, &candidates);
    table("calls-dyn", "The same behind `dyn`", &taken).publish()
}
