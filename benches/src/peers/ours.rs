//! This framework, in its three ways.

use retryable::{Class, Classify, Exponential, NoDelay, Policy, retryable};

use super::{ATTEMPTS, BASE, Busy, CAP, MANY, Outcome};

impl Classify for Busy {
    fn classify(&self) -> Class {
        if self.is_transient() {
            Class::Transient
        } else {
            Class::Permanent
        }
    }
}

const SHAPE: Exponential = Exponential::new(BASE).cap(CAP);
const POLICY: Policy = Policy::with_backoff(SHAPE).max_attempts(ATTEMPTS);
const AT_ONCE: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(MANY);

/// An annotated function.
pub mod attribute {
    use super::{ATTEMPTS, BASE, CAP, MANY, Outcome, retryable};

    /// The defaults: exponential, with full jitter.
    #[retryable(max = ATTEMPTS, base = BASE, cap = CAP)]
    pub async fn call<F, Fut>(op: &F) -> Outcome
    where
        F: Fn() -> Fut,
        Fut: Future<Output = Outcome>,
    {
        op().await
    }

    /// Without a wait.
    #[retryable(max = MANY, backoff = "none")]
    pub async fn at_once<F, Fut>(op: &F) -> Outcome
    where
        F: Fn() -> Fut,
        Fut: Future<Output = Outcome>,
    {
        op().await
    }
}

/// A wrapped call.
pub mod run {
    use super::{AT_ONCE, Outcome, POLICY};

    /// The defaults: exponential, with full jitter.
    pub fn call<F, Fut>(op: &F) -> impl Future<Output = Outcome>
    where
        F: Fn() -> Fut,
        Fut: Future<Output = Outcome>,
    {
        const { &POLICY }.run(op)
    }

    /// Without a wait.
    pub fn at_once<F, Fut>(op: &F) -> impl Future<Output = Outcome>
    where
        F: Fn() -> Fut,
        Fut: Future<Output = Outcome>,
    {
        const { &AT_ONCE }.run(op)
    }
}

/// A loop that the caller writes.
pub mod explicit {
    use super::{AT_ONCE, Outcome, POLICY};

    /// The defaults: exponential, with full jitter.
    pub async fn call<F, Fut>(op: &F) -> Outcome
    where
        F: Fn() -> Fut,
        Fut: Future<Output = Outcome>,
    {
        let mut retry = const { &POLICY }.start();
        loop {
            match retry.attempt(op()).await {
                Ok(value) => break Ok(value),
                Err(error) => retry.again(error)?.await,
            }
        }
    }

    /// Without a wait.
    pub async fn at_once<F, Fut>(op: &F) -> Outcome
    where
        F: Fn() -> Fut,
        Fut: Future<Output = Outcome>,
    {
        let mut retry = const { &AT_ONCE }.start();
        loop {
            match retry.attempt(op()).await {
                Ok(value) => break Ok(value),
                Err(error) => retry.again(error)?.await,
            }
        }
    }
}
