//! A policy that is replaced while the program runs: a call keeps the one that it began with, in every form.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use retryable::tower::{RetryLayer, RetryPolicy};
use retryable::{
    AnyPolicy, Classified, DynPolicy, LivePolicy, NoDelay, Policy, TimedOut, attempt, retryable,
    transient,
};
use tower::{Layer, ServiceExt};

mod http;

#[derive(Clone, Debug, PartialEq)]
struct Error(&'static str);

impl retryable::Classify for Error {
    fn classify(&self) -> retryable::Class {
        retryable::Class::Transient
    }
}

impl From<TimedOut> for Error {
    fn from(_: TimedOut) -> Self {
        Error("slow")
    }
}

fn up_to(max: u32) -> DynPolicy<Error> {
    Policy::with_backoff(NoDelay).max_attempts(max).erase()
}

/// Its operation replaces the policy in each attempt, by one that allows the number of attempts that the call has made.
struct Api {
    policy: LivePolicy<Error>,
    calls: Cell<u32>,
}

impl Api {
    fn new() -> Self {
        Self {
            policy: LivePolicy::new(up_to(4)),
            calls: Cell::new(0),
        }
    }

    fn call(&self) -> Result<(), Error> {
        self.calls.set(self.calls.get() + 1);
        self.policy.replace(up_to(self.calls.get()));
        Err(Error("busy"))
    }

    #[retryable(policy = self.policy)]
    async fn awaited(&self) -> Result<(), Error> {
        self.call()
    }

    #[retryable(policy = self.policy)]
    fn blocking(&self) -> Result<(), Error> {
        self.call()
    }

    #[retryable(policy = &self.policy, on_retry = |event| assert_eq!(event.max_attempts, 4))]
    fn hooked(&mut self) -> Result<(), Error> {
        self.call()
    }
}

#[tokio::test]
async fn an_annotated_call_keeps_the_policy_that_it_began_with() {
    let api = Api::new();
    assert_eq!(api.awaited().await, Err(Error("busy")));
    assert_eq!(api.calls.get(), 4);
    // The policy of the last replacement allows four; the next call makes the fifth attempt in all.
    api.policy.replace(up_to(1));
    assert!(api.awaited().await.is_err());
    assert_eq!(api.calls.get(), 5);

    let api = Api::new();
    assert!(api.blocking().is_err());
    assert_eq!(api.calls.get(), 4);

    let mut api = Api::new();
    assert!(api.hooked().is_err());
    assert_eq!(api.calls.get(), 4);
}

#[tokio::test]
async fn a_run_keeps_the_policy_that_it_began_with() {
    let api = Api::new();
    let live = &api.policy;
    assert!(live.load().run(async || api.call()).await.is_err());
    assert_eq!(api.calls.replace(0), 4);

    live.replace(up_to(4));
    assert!(live.load().run_async(async || api.call()).await.is_err());
    assert_eq!(api.calls.replace(0), 4);

    live.replace(up_to(4));
    assert!(live.load().run_blocking(|| api.call()).is_err());
    assert_eq!(api.calls.replace(0), 4);

    live.replace(up_to(4));
    let mut retry = live.start();
    while let Err(error) = api.call() {
        if retry.again(error).is_err() {
            break;
        }
    }
    assert_eq!((api.calls.get(), retry.number()), (4, 4));
}

/// Code that takes any policy takes this one, and its view keeps the policy.
#[test]
fn a_view_keeps_the_policy_that_it_was_made_of() {
    fn call<P: AnyPolicy<Error>>(policy: &P, api: &Api) {
        assert!(policy.view().run_blocking(|| api.call()).is_err());
    }
    let api = Api::new();
    call(&api.policy.clone(), &api);
    assert_eq!(api.calls.get(), 4);
    let view = api.policy.view();
    api.policy.replace(up_to(9));
    assert!(view.describe().to_string().starts_with("up to 4 attempts"));
}

#[tokio::test]
async fn a_request_of_a_tower_layer_keeps_the_policy_that_it_began_with() {
    let live = LivePolicy::new(up_to(4));
    let calls = Arc::new(AtomicU32::new(0));
    let inner = {
        let (live, calls) = (live.clone(), Arc::clone(&calls));
        tower::service_fn(move |(): ()| {
            live.replace(up_to(1 + calls.fetch_add(1, Relaxed)));
            async { Err::<(), _>(Error("busy")) }
        })
    };
    let service = RetryLayer::new(live.clone()).layer(inner);
    assert!(service.clone().oneshot(()).await.is_err());
    assert_eq!(calls.load(Relaxed), 4);
    live.replace(up_to(1));
    assert!(service.oneshot(()).await.is_err());
    assert_eq!(calls.load(Relaxed), 5);
}

#[tokio::test]
async fn a_request_of_towers_own_retry_keeps_the_policy_that_it_began_with() {
    let live = LivePolicy::new(up_to(4));
    let calls = Arc::new(AtomicU32::new(0));
    let inner = {
        let (live, calls) = (live.clone(), Arc::clone(&calls));
        tower::service_fn(move |(): ()| {
            live.replace(up_to(1 + calls.fetch_add(1, Relaxed)));
            async { Err::<(), _>(Error("busy")) }
        })
    };
    let policy = RetryPolicy::new(live.clone());
    let service = tower::retry::RetryLayer::new(policy).layer(inner);
    assert!(service.clone().oneshot(()).await.is_err());
    assert_eq!(calls.load(Relaxed), 4);
    live.replace(up_to(1));
    assert!(service.oneshot(()).await.is_err());
    assert_eq!(calls.load(Relaxed), 5);
}

#[tokio::test(start_paused = true)]
async fn a_new_policy_may_have_a_deadline_that_the_old_one_had_not() {
    struct Slow {
        policy: LivePolicy<Error>,
    }

    impl Slow {
        #[retryable(policy = self.policy)]
        async fn call(&self, takes: Duration) -> Result<(), Error> {
            tokio::time::sleep(takes).await;
            Ok(())
        }
    }

    let slow = Slow {
        policy: LivePolicy::new(Policy::new()),
    };
    let minute = Duration::from_secs(60);
    assert_eq!(slow.call(minute).await, Ok(()));
    slow.policy
        .replace(up_to(1).deadline(Duration::from_secs(1)));
    assert_eq!(slow.call(minute).await, Err(Error("slow")));
}

/// A handle may be in a `static`.
#[test]
fn a_static_handle_is_replaced() {
    static POLICY: LazyLock<LivePolicy<Error>> = LazyLock::new(|| LivePolicy::new(up_to(2)));

    #[retryable(policy = *POLICY)]
    fn call(calls: &Cell<u32>) -> Result<(), Error> {
        calls.set(calls.get() + 1);
        Err(Error("busy"))
    }

    let calls = Cell::new(0);
    assert!(call(&calls).is_err());
    let old = POLICY.replace(up_to(3));
    assert!(call(&calls).is_err());
    assert_eq!(calls.get(), 5);
    assert!(old.describe().to_string().starts_with("up to 2 attempts"));
    assert!(format!("{:?}", *POLICY).contains("max_attempts: 3"));
}

#[test]
fn a_call_awaiting_a_live_policy_is_send_and_static() {
    fn is_send<T: Send + 'static>(_: T) {}

    #[retryable(policy = policy)]
    async fn call(policy: LivePolicy<Error>) -> Result<(), Error> {
        tokio::task::yield_now().await;
        Ok(())
    }

    is_send(call(LivePolicy::new(up_to(2))));
}

/// A call that mixed two policies would see two maxima, or make another number of attempts than its maximum.
#[test]
fn each_of_100_000_concurrent_calls_sees_one_policy() {
    const CALLS: u32 = 100_000;
    const THREADS: u32 = 4;

    type Never = Classified<&'static str>;

    struct Counted {
        policy: LivePolicy<Never>,
    }

    impl Counted {
        #[retryable(policy = self.policy)]
        fn call(&self, seen: &Cell<(u32, u32)>) -> Result<(), Never> {
            let max = attempt().map_or(0, retryable::Attempt::max);
            let (count, first) = seen.get();
            assert!(count == 0 || max == first, "{max} is not {first}");
            seen.set((count + 1, max));
            Err(transient("busy"))
        }
    }

    let policy = |max| Policy::with_backoff(NoDelay).max_attempts(max);
    let counted = Counted {
        policy: LivePolicy::new(policy(1)),
    };
    let (ended, done, replaced) = (AtomicU32::new(0), AtomicBool::new(false), Cell::new(0));
    std::thread::scope(|scope| {
        let calls: Vec<_> = (0..THREADS)
            .map(|_| {
                scope.spawn(|| {
                    for _ in 0..CALLS / THREADS {
                        let seen = Cell::new((0, 0));
                        assert!(counted.call(&seen).is_err());
                        let (count, max) = seen.get();
                        assert_eq!(count, max, "a call makes the attempts of its own policy");
                        ended.fetch_add(1, Relaxed);
                    }
                })
            })
            .collect();
        let writer = scope.spawn(|| {
            let mut replaced = 0_u32;
            while !done.load(Relaxed) {
                replaced += 1;
                counted.policy.replace(policy(1 + replaced % 5));
            }
            replaced
        });
        for call in calls {
            call.join().expect("every call sees one policy");
        }
        done.store(true, Relaxed);
        replaced.set(writer.join().expect("the writer ends"));
    });
    assert_eq!(ended.load(Relaxed), CALLS);
    assert!(replaced.get() > 100, "{} policies", replaced.get());
}
