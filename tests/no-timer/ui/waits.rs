//! Without a timer, nothing can be awaited between attempts.

use retryable::{Classified, Policy, retryable, transient};

type Outcome = Result<(), Classified<&'static str>>;

#[retryable(max = 3)]
async fn annotated() -> Outcome {
    Err(transient("busy"))
}

async fn wrapped() -> Outcome {
    Policy::new().run(|| async { Err(transient("busy")) }).await
}

async fn wrapped_async() -> Outcome {
    Policy::new().run_async(async || Err(transient("busy"))).await
}

async fn by_hand() -> Outcome {
    let mut retry = Policy::new().start();
    loop {
        match Err(transient("busy")) {
            Ok(()) => return Ok(()),
            Err(error) => retry.again(error)?.await,
        }
    }
}

fn main() {}
