//! The module `testing`: modes, where they are active, records, and scripts.

mod forms;
mod record;
mod scopes;
mod script;
mod time;

use std::future::Future;

use retry_core::{Classified, transient};

type Error = Classified<&'static str>;

fn fails() -> Result<u32, Error> {
    Err(transient("down"))
}

/// tokio's real clock: a wait that is not skipped takes its time.
fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(future)
}
