//! What the tests share.

use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};

use retryable::config::Overrides;
use retryable::{Classified, transient};

pub(crate) type Error = Classified<&'static str>;

/// Overrides are of the process, so one test at a time installs some.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Removes the overrides at the end of a test.
pub(crate) struct Installed {
    _lock: MutexGuard<'static, ()>,
}

impl Drop for Installed {
    fn drop(&mut self) {
        Overrides::clear();
    }
}

pub(crate) fn nothing_installed() -> Installed {
    let lock = ONE_AT_A_TIME.lock();
    Installed {
        _lock: lock.unwrap_or_else(PoisonError::into_inner),
    }
}

#[track_caller]
pub(crate) fn installed(text: &str) -> Installed {
    let installed = nothing_installed();
    Overrides::parse(text).unwrap().install();
    installed
}

pub(crate) fn down<T>() -> Result<T, Error> {
    Err(transient("down"))
}

pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(future)
}
