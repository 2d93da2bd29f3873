//! What the tests share: settings of every size, and a clock that keeps a log.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use proptest::prelude::*;
pub(crate) use retry_core::config::Shape;
use retry_core::{
    BlockingTimer, Class, Clock, Decorrelated, Exponential, Fibonacci, Fixed, Jitter, Linear,
    Moment, NoDelay, Timer,
};

pub(crate) const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

pub(crate) const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

pub(crate) const NO_HINT: Class = Class::Throttled { retry_after: None };

pub(crate) const fn hint(after: Duration) -> Class {
    Class::Throttled {
        retry_after: Some(after),
    }
}

/// From nothing to `Duration::MAX`, every order of magnitude as likely as the next.
pub(crate) fn any_duration() -> BoxedStrategy<Duration> {
    let of_any_size = (0..94_u32, any::<u128>()).prop_map(|(bits, noise)| {
        let size = 1_u128 << bits;
        from_nanos(size + noise % size)
    });
    prop_oneof![
        1 => Just(Duration::ZERO),
        1 => Just(Duration::MAX),
        // Near this value, nanoseconds exceed a `u64`.
        1 => (0..4_u128).prop_map(|more| from_nanos(u128::from(u64::MAX) - 1 + more)),
        12 => of_any_size,
    ]
    .boxed()
}

pub(crate) fn from_nanos(nanos: u128) -> Duration {
    let nanos = nanos.min(Duration::MAX.as_nanos());
    let (secs, rest) = (nanos / 1_000_000_000, nanos % 1_000_000_000);
    Duration::new(secs.try_into().unwrap(), rest.try_into().unwrap())
}

pub(crate) fn any_retry() -> impl Strategy<Value = u32> {
    prop_oneof![0..200_u32, any::<u32>(), Just(u32::MAX)]
}

pub(crate) fn any_factor() -> impl Strategy<Value = f64> {
    prop_oneof![
        Just(1.0),
        Just(1.0 + f64::EPSILON),
        Just(f64::MAX),
        1.0..4.0,
        (0.0..1024.0_f64).prop_map(f64::exp2),
    ]
}

pub(crate) fn any_jitter() -> impl Strategy<Value = Jitter> {
    prop_oneof![
        Just(Jitter::None),
        Just(Jitter::Full),
        Just(Jitter::Equal),
        any_part().prop_map(Jitter::Proportional),
    ]
}

pub(crate) fn any_part() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), Just(1.0), Just(f64::MIN_POSITIVE), 0.0..=1.0]
}

pub(crate) fn any_class() -> impl Strategy<Value = Class> {
    prop_oneof![
        Just(Class::Permanent),
        Just(Class::Ambiguous),
        Just(Class::Transient),
        Just(NO_HINT),
        any_duration().prop_map(hint),
        Just(Class::Refused),
    ]
}

/// What a shape was built from, and what its delays must not exceed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Built {
    pub(crate) shape: Shape,
    pub(crate) base: Duration,
    pub(crate) cap: Duration,
}

/// Every built-in shape, with every legal setting.
pub(crate) fn any_shape(
    durations: impl Strategy<Value = Duration> + Clone,
    jitters: impl Strategy<Value = Jitter>,
    factors: impl Strategy<Value = f64>,
) -> impl Strategy<Value = Built> {
    (0..6_u8, durations.clone(), durations, jitters, factors).prop_map(
        |(kind, one, other, jitter, factor)| {
            let (base, cap) = (one.min(other), one.max(other));
            let exponential = || Exponential::new(base).factor(factor);
            let (shape, cap) = match kind {
                0 => (
                    Shape::Exponential(exponential().cap(cap).jitter(jitter)),
                    cap,
                ),
                1 => (Shape::Fixed(Fixed::new(base).jitter(jitter)), base),
                2 => (
                    Shape::Linear(Linear::new(base).cap(cap).jitter(jitter)),
                    cap,
                ),
                3 => {
                    let shape = Fibonacci::new(base).cap(cap).jitter(jitter);
                    (Shape::Fibonacci(shape), cap)
                }
                4 => (Shape::Decorrelated(Decorrelated::new(base).cap(cap)), cap),
                _ => (Shape::NoDelay(NoDelay), Duration::ZERO),
            };
            Built { shape, base, cap }
        },
    )
}

/// Shapes whose delays are those of real calls: up to ten seconds.
pub(crate) fn everyday_shape() -> impl Strategy<Value = Built> {
    let durations = (0..10_000_000_000_u64).prop_map(Duration::from_nanos);
    any_shape(durations, any_jitter(), 1.0..4.0)
}

/// A clock that waiting moves forward, and that keeps a log. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recorder {
    now: Rc<Cell<Duration>>,
    reads: Rc<Cell<u32>>,
    waits: Rc<RefCell<Vec<Wait>>>,
}

/// One wait: when it was begun, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wait {
    pub(crate) begun: Duration,
    pub(crate) duration: Duration,
}

impl Recorder {
    pub(crate) fn time(&self) -> Duration {
        self.now.get()
    }

    /// An attempt takes this long.
    pub(crate) fn advance(&self, by: Duration) {
        self.now.set(self.now.get().saturating_add(by));
    }

    /// How often the clock was read.
    pub(crate) fn reads(&self) -> u32 {
        self.reads.get()
    }

    pub(crate) fn waits(&self) -> Vec<Wait> {
        self.waits.borrow().clone()
    }

    pub(crate) fn delays(&self) -> Vec<Duration> {
        self.waits
            .borrow()
            .iter()
            .map(|wait| wait.duration)
            .collect()
    }
}

impl Clock for Recorder {
    fn now(&self) -> Moment {
        self.reads.set(self.reads.get() + 1);
        Moment::EPOCH.after(self.time())
    }
}

impl BlockingTimer for Recorder {
    fn block(&self, duration: Duration) {
        let begun = self.time();
        self.waits.borrow_mut().push(Wait { begun, duration });
        self.advance(duration);
    }
}

impl Timer for Recorder {
    type Sleep = RecordedSleep;

    fn sleep(&self, duration: Duration) -> RecordedSleep {
        RecordedSleep {
            recorder: self.clone(),
            duration,
        }
    }
}

/// Waits when it is polled, not when it is made: a timer that is not awaited does nothing.
#[derive(Debug)]
pub(crate) struct RecordedSleep {
    recorder: Recorder,
    duration: Duration,
}

impl Future for RecordedSleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        self.recorder.block(self.duration);
        Poll::Ready(())
    }
}

/// Awaits what never has to wait for real: it may only let others run.
pub(crate) fn ready<F: Future>(future: F) -> F::Output {
    struct Woken(AtomicBool);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    let woken = Arc::new(Woken(AtomicBool::new(true)));
    let waker = Waker::from(Arc::clone(&woken));
    let mut future = pin!(future);
    while woken.0.swap(false, Ordering::Relaxed) {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
    }
    panic!("a recorded wait is over at once")
}
