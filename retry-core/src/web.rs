//! Clock, timer and entropy of JavaScript: of pages, workers and node.
//!
//! What is used of a global object is looked up by name, because these three have no class in common.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use js_sys::{Date, Function, Math, Reflect, Uint32Array, global};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

use crate::timer::Moment;

/// Returns the time of `performance`, or that of `Date` if there is none.
///
/// Not `performance.now()` alone: it counts from the start of a page or of a worker, and workers share moments.
pub(crate) fn now() -> Moment {
    let millis = performance_millis().unwrap_or_else(Date::now);
    Moment::EPOCH.after(Duration::try_from_secs_f64(millis / 1000.0).unwrap_or_default())
}

fn performance_millis() -> Option<f64> {
    let performance = get(&global(), "performance")?;
    let now = function(&performance, "now")?.call0(&performance).ok()?;
    let origin = get(&performance, "timeOrigin")?;
    Some(origin.as_f64()? + now.as_f64()?)
}

/// Returns 64 random bits. `RandomState` and `fastrand` have none here: they would be equal in every instance.
pub(crate) fn entropy() -> u64 {
    let bits = crypto_bits().unwrap_or_else(|| {
        // Only in contexts without `crypto`. 32 bits are exact in a number of JavaScript.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is in 0.0..2^32"
        )]
        let random = || (Math::random() * f64::from(u32::MAX)) as u32;
        [random(), random()]
    });
    u64::from(bits[0]) << 32 | u64::from(bits[1])
}

fn crypto_bits() -> Option<[u32; 2]> {
    let crypto = get(&global(), "crypto")?;
    let array = Uint32Array::new_with_length(2);
    let fill = function(&crypto, "getRandomValues")?;
    fill.call1(&crypto, &array).ok()?;
    Some([array.get_index(0), array.get_index(1)])
}

/// A wait with `setTimeout`. It is `Send`, as the waits of other targets are.
pub(crate) struct WebSleep {
    until: Moment,
    timeout: Option<Timeout>,
}

impl WebSleep {
    pub(crate) fn new(duration: Duration) -> Self {
        Self {
            until: now().after(duration),
            timeout: None,
        }
    }
}

impl Future for WebSleep {
    type Output = ();

    /// A timeout that comes early is set again: clocks of browsers are rounded, and a long wait takes several.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let left = self.until.since(now());
        if left.is_zero() {
            self.timeout = None;
            return Poll::Ready(());
        }
        let is_set = self
            .timeout
            .as_ref()
            .is_some_and(|timeout| timeout.is_set_for(cx.waker()));
        if !is_set {
            self.timeout = Timeout::set(left, cx.waker());
            if self.timeout.is_none() {
                // There is no `setTimeout`. Polling until the time is over keeps the pause.
                cx.waker().wake_by_ref();
            }
        }
        Poll::Pending
    }
}

std::thread_local! {
    /// The callbacks of this thread's timeouts, by id. They are not `Send`, so the wait cannot own them.
    static CALLBACKS: RefCell<HashMap<u64, Closure<dyn FnMut()>>> = RefCell::default();
}

/// A timeout that has been set. Dropping it clears it.
struct Timeout {
    id: f64,
    /// `None` once it has fired.
    waker: Arc<Mutex<Option<Waker>>>,
}

impl Timeout {
    /// Sets a timeout. Returns `None` if that is impossible here.
    fn set(after: Duration, waker: &Waker) -> Option<Self> {
        // The longest that `setTimeout` takes: it fires at once beyond that.
        let millis = (after.as_secs_f64() * 1000.0)
            .ceil()
            .min(f64::from(i32::MAX));
        let waker = Arc::new(Mutex::new(Some(waker.clone())));
        let fired = Arc::clone(&waker);
        let callback = Closure::<dyn FnMut()>::new(move || {
            let waker = lock(&fired).take();
            if let Some(waker) = waker {
                waker.wake();
            }
        });
        let global = global();
        let id = function(&global, "setTimeout")?
            .call2(&global, callback.as_ref(), &millis.into())
            .ok()?
            // node returns an object, which converts to its id.
            .unchecked_into_f64();
        CALLBACKS.with_borrow_mut(|callbacks| callbacks.insert(id.to_bits(), callback));
        Some(Self { id, waker })
    }

    /// Replaces the waker. Returns `false` if the timeout has fired.
    fn is_set_for(&self, waker: &Waker) -> bool {
        let mut current = lock(&self.waker);
        if let Some(current) = current.as_mut() {
            current.clone_from(waker);
        }
        current.is_some()
    }
}

impl Drop for Timeout {
    fn drop(&mut self) {
        // On another thread there is nothing to remove, and the timeout fires without a waker.
        lock(&self.waker).take();
        let callback = CALLBACKS.try_with(|all| all.borrow_mut().remove(&self.id.to_bits()));
        if let Ok(Some(_callback)) = callback {
            let global = global();
            if let Some(clear) = function(&global, "clearTimeout") {
                // It can fail only if the page has replaced it.
                let _ = clear.call1(&global, &self.id.into());
            }
        }
    }
}

/// Returns a property; `None` if it is absent.
fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    let value = Reflect::get(object, &name.into()).ok()?;
    (!value.is_undefined() && !value.is_null()).then_some(value)
}

fn function(object: &JsValue, name: &str) -> Option<Function> {
    get(object, name)?.dyn_into().ok()
}

/// Locks the state. A poisoned lock is used as it is, because no code panics while it holds the lock.
fn lock(waker: &Mutex<Option<Waker>>) -> MutexGuard<'_, Option<Waker>> {
    waker.lock().unwrap_or_else(PoisonError::into_inner)
}
