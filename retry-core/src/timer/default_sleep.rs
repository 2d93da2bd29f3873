//! The wait of the default timer: which one it is, on which target and with which features.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use pin_project_lite::pin_project;

// A page has one timer. tokio's does not run there.
#[cfg(all(feature = "wasm", target_family = "wasm", target_os = "unknown"))]
use crate::web::WebSleep as Sleep;
#[cfg(not(all(feature = "wasm", target_family = "wasm", target_os = "unknown")))]
use host::Sleep;

pin_project! {
    /// A wait with the [`DefaultTimer`](crate::DefaultTimer).
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct DefaultSleep {
        #[pin]
        sleep: Sleep,
    }
}

impl DefaultSleep {
    pub(super) fn new(duration: Duration) -> Self {
        let sleep = Sleep::new(duration);
        Self { sleep }
    }
}

impl Future for DefaultSleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.project().sleep.poll(cx)
    }
}

impl fmt::Debug for DefaultSleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DefaultSleep").finish_non_exhaustive()
    }
}

#[cfg(not(all(feature = "wasm", target_family = "wasm", target_os = "unknown")))]
mod host {
    #[cfg(not(feature = "tokio"))]
    pub(super) type Sleep = Elsewhere;
    #[cfg(feature = "tokio")]
    pub(super) use by_runtime::Sleep;

    // Both run under any executor, but async-io has one thread for all waits.
    #[cfg(all(feature = "smol", not(target_family = "wasm")))]
    use crate::timer::smol_timer::SmolSleep as Elsewhere;
    #[cfg(not(all(feature = "smol", not(target_family = "wasm"))))]
    use crate::timer::thread_sleep::ThreadSleep as Elsewhere;

    /// The runtime decides, and not the features: those of all crates of a program are on together.
    #[cfg(feature = "tokio")]
    mod by_runtime {
        use core::future::Future;
        use core::pin::Pin;
        use core::task::{Context, Poll};
        use core::time::Duration;

        use pin_project_lite::pin_project;
        use tokio::runtime::Handle;

        use super::Elsewhere;

        pin_project! {
            #[project = Projected]
            pub(in crate::timer) enum Sleep {
                Tokio { #[pin] sleep: tokio::time::Sleep },
                Elsewhere { #[pin] sleep: Elsewhere },
            }
        }

        impl Sleep {
            pub(in crate::timer) fn new(duration: Duration) -> Self {
                match Handle::try_current() {
                    Ok(_) => {
                        let sleep = tokio::time::sleep(duration);
                        Self::Tokio { sleep }
                    }
                    Err(_) => {
                        let sleep = Elsewhere::new(duration);
                        Self::Elsewhere { sleep }
                    }
                }
            }
        }

        impl Future for Sleep {
            type Output = ();

            fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
                match self.project() {
                    Projected::Tokio { sleep } => sleep.poll(cx),
                    Projected::Elsewhere { sleep } => sleep.poll(cx),
                }
            }
        }
    }
}
