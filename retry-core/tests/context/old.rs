//! `attempt()`: what code in an attempt knows, in every kind of task and thread, and that nobody else does.

mod common;

use std::cell::Cell;
use std::collections::HashSet;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{Arc, Condvar, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use common::{ms, secs};
use futures_util::future::{Either, join, select};
use futures_util::stream::{FuturesUnordered, StreamExt};
use retry_core::{Attempt, Classified, NoDelay, Policy, attempt, transient};

type Outcome<T> = Result<T, Classified<&'static str>>;

const POLICY: Policy<NoDelay> = Policy::with_backoff(NoDelay).max_attempts(3);

fn here() -> Attempt {
    attempt().expect("inside an attempt")
}

fn number() -> Option<u32> {
    attempt().map(Attempt::number)
}

/// Is polled twice, and lets others run in between.
async fn pause() {
    let mut polled = false;
    poll_fn(|cx| {
        if polled {
            return Poll::Ready(());
        }
        polled = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Fails twice; each attempt looks where it is before and after it lets others run.
async fn thrice() -> Outcome<[u32; 3]> {
    let seen = Cell::new([0; 3]);
    POLICY
        .run(|| async {
            let before = here();
            pause().await;
            assert_eq!(here().number(), before.number());
            assert_eq!(here().call_id(), before.call_id());
            let mut numbers = seen.get();
            numbers[before.number() as usize - 1] = before.number();
            seen.set(numbers);
            if before.is_last() {
                Ok(seen.get())
            } else {
                Err(transient("down"))
            }
        })
        .await
}

#[test]
fn an_attempt_knows_its_number_its_maximum_and_whether_it_is_the_last() {
    let mut seen = Vec::new();
    let outcome: Outcome<()> = POLICY.run_blocking(|| {
        let attempt = here();
        seen.push((attempt.number(), attempt.max(), attempt.is_last()));
        assert_eq!(attempt.remaining(), None);
        Err(transient("down"))
    });
    assert!(outcome.is_err());
    assert_eq!(seen, [(1, 3, false), (2, 3, false), (3, 3, true)]);
}

#[test]
fn outside_of_attempts_there_is_none() {
    assert!(attempt().is_none());
    let policy = POLICY.budget(Asserts);
    let told = policy
        .blocking(|| Err::<(), _>(transient("down")))
        .on_retry(|_| assert!(attempt().is_none()))
        .on_give_up(|_| assert!(attempt().is_none()));
    assert!(told.call().is_err());
    assert!(attempt().is_none());
}

/// Neither budgets nor hooks run in an attempt.
#[derive(Clone, Copy)]
struct Asserts;

impl retry_core::Throttle for Asserts {
    fn withdraw(&self, _: &retry_core::Step, _: &dyn retry_core::Clock) -> bool {
        attempt().is_none()
    }
}

#[test]
fn a_call_has_one_id_for_all_attempts_and_calls_differ_also_with_a_seed() {
    let policy = POLICY.seed(7);
    let mut ids = HashSet::new();
    for _ in 0..100 {
        let mut of_call = HashSet::new();
        let outcome: Outcome<()> = policy.run_blocking(|| {
            of_call.insert(here().call_id());
            Err(transient("down"))
        });
        assert!(outcome.is_err());
        assert_eq!(of_call.len(), 1);
        ids.extend(of_call);
    }
    assert_eq!(ids.len(), 100);
}

#[test]
fn an_id_that_is_first_asked_for_late_stays() {
    let ids = Cell::new([0; 2]);
    let outcome = POLICY.run_blocking(|| match here().number() {
        1 => Err(transient("nobody asks")),
        2 => {
            ids.set([here().call_id(), 0]);
            Err(transient("down"))
        }
        _ => Ok(here().call_id()),
    });
    assert_eq!(outcome, Ok(ids.get()[0]));
}

#[test]
fn of_nested_calls_the_innermost_is_the_current_one() {
    let outer = POLICY.max_attempts(9);
    let mut first = true;
    let outcome: Outcome<()> = outer.run_blocking(|| {
        if std::mem::take(&mut first) {
            return Err(transient("once"));
        }
        let around = here();
        assert_eq!((around.number(), around.max()), (2, 9));
        let inner: Outcome<u64> = POLICY.run_blocking(|| {
            assert_eq!((here().number(), here().max()), (1, 3));
            Ok(here().call_id())
        });
        assert_ne!(inner.unwrap(), around.call_id());
        assert_eq!(here().call_id(), around.call_id());
        Ok(())
    });
    assert_eq!(outcome, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn what_remains_is_up_to_the_nearest_deadline() {
    let (short, long) = (POLICY.deadline(secs(5)), POLICY.deadline(secs(60)));
    let nested = async |outer: Policy<NoDelay>, inner: Policy<NoDelay>| {
        let outcome: Outcome<Option<Duration>> = outer
            .run(|| async {
                tokio::time::sleep(secs(1)).await;
                inner.run(async || Ok(here().remaining())).await
            })
            .await;
        outcome.unwrap()
    };
    assert_eq!(nested(short, long).await, Some(secs(4)));
    assert_eq!(nested(long, short).await, Some(secs(5)));
    assert_eq!(nested(short, POLICY).await, Some(secs(4)));
    assert_eq!(nested(POLICY, POLICY).await, None);
    assert_eq!(nested(POLICY.deadline(Duration::MAX), POLICY).await, None);
}

#[tokio::test]
async fn calls_that_are_joined_do_not_mix() {
    let (one, two) = join(thrice(), join(thrice(), thrice())).await;
    assert_eq!(one, Ok([1, 2, 3]));
    assert_eq!(two, (Ok([1, 2, 3]), Ok([1, 2, 3])));
    let (one, two) = tokio::join!(thrice(), thrice());
    assert_eq!((one, two), (Ok([1, 2, 3]), Ok([1, 2, 3])));
    assert!(attempt().is_none());
}

#[tokio::test]
async fn of_calls_that_are_joined_in_an_attempt_each_knows_its_own() {
    let outcome: Outcome<()> = POLICY
        .run(|| async {
            let around = here();
            let (one, two) = join(thrice(), async {
                assert_eq!(here().call_id(), around.call_id());
                pause().await;
                assert_eq!(here().call_id(), around.call_id());
            })
            .await;
            assert_eq!((one, two), (Ok([1, 2, 3]), ()));
            Ok(())
        })
        .await;
    assert_eq!(outcome, Ok(()));
}

#[tokio::test]
async fn the_loser_of_a_select_leaves_nothing_behind() {
    for _ in 0..2 {
        let endless = pin!(POLICY.run(async || {
            assert_eq!(number(), Some(1));
            std::future::pending::<Outcome<()>>().await
        }));
        let other = pin!(async {
            pause().await;
            number()
        });
        let won = select(other, endless).await;
        assert!(matches!(won, Either::Left((None, _))));
        assert!(attempt().is_none());
    }
    let outcome = tokio::select! {
        outcome = thrice() => outcome,
        () = std::future::pending() => unreachable!(),
    };
    assert_eq!(outcome, Ok([1, 2, 3]));
}

#[tokio::test]
async fn in_a_crowd_of_futures_each_knows_its_own() {
    let mut crowd: FuturesUnordered<_> = (0..50).map(|_| thrice()).collect();
    let mut ended = 0;
    while let Some(outcome) = crowd.next().await {
        assert_eq!(outcome, Ok([1, 2, 3]));
        assert!(attempt().is_none());
        ended += 1;
    }
    assert_eq!(ended, 50);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn calls_that_move_between_threads_take_their_attempt_along() {
    async fn wanders() -> HashSet<thread::ThreadId> {
        let mut threads = HashSet::new();
        let outcome: Outcome<HashSet<_>> = POLICY
            .run(|| {
                assert_eq!(number(), Some(1));
                threads.insert(thread::current().id());
                async {
                    let id = here().call_id();
                    let mut threads = HashSet::new();
                    for _ in 0..200 {
                        tokio::task::yield_now().await;
                        assert_eq!(here().call_id(), id);
                        threads.insert(thread::current().id());
                    }
                    Ok(threads)
                }
            })
            .await;
        assert!(attempt().is_none());
        outcome.unwrap()
    }
    let tasks: Vec<_> = (0..32).map(|_| tokio::spawn(wanders())).collect();
    for task in tasks {
        assert!(!task.await.unwrap().is_empty());
    }
}

/// Polls one call by turns on two threads, and looks on each what is left behind.
#[test]
fn a_call_that_is_polled_on_two_threads_leaves_nothing_on_either() {
    let mut call = Box::pin(async {
        POLICY
            .run(|| async {
                for _ in 0..4 {
                    assert_eq!(number(), Some(1));
                    pause().await;
                }
                Outcome::Ok(thread::current().id())
            })
            .await
    });
    let mut ended = None;
    while ended.is_none() {
        // Each turn is a thread of its own.
        ended = thread::scope(|scope| {
            let poll = || {
                let polled = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
                assert!(attempt().is_none());
                match polled {
                    Poll::Ready(outcome) => Some(outcome),
                    Poll::Pending => None,
                }
            };
            scope.spawn(poll).join().unwrap()
        });
        assert!(attempt().is_none());
    }
    assert_ne!(ended, Some(Ok(thread::current().id())));
}

#[tokio::test]
async fn a_spawned_task_is_outside_of_the_attempt() {
    let outcome: Outcome<Option<u32>> = POLICY
        .run(async || {
            let task = tokio::spawn(async { number() });
            let on_thread = thread::spawn(number).join().unwrap();
            assert_eq!(on_thread, None);
            Ok(task.await.unwrap())
        })
        .await;
    assert_eq!(outcome, Ok(None));
}

#[test]
fn a_runtime_inside_an_attempt_is_inside_of_it() {
    let outcome: Outcome<Option<u32>> = POLICY.run_blocking(|| {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let inside = runtime.enable_time().build().unwrap().block_on(async {
            assert_eq!(thrice().await, Ok([1, 2, 3]));
            number()
        });
        Ok(inside)
    });
    assert_eq!(outcome, Ok(Some(1)));
}

/// The smallest executor there is: parks the thread until it is woken.
fn block_on<F: Future>(future: F) -> F::Output {
    #[derive(Default)]
    struct Parker(Mutex<bool>, Condvar);
    impl Wake for Parker {
        fn wake(self: Arc<Self>) {
            *self.0.lock().unwrap() = true;
            self.1.notify_one();
        }
    }
    let (mut future, parker) = (pin!(future), Arc::new(Parker::default()));
    let waker = Waker::from(Arc::clone(&parker));
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        let mut woken = parker.0.lock().unwrap();
        while !std::mem::take(&mut *woken) {
            woken = parker.1.wait(woken).unwrap();
        }
    }
}

#[test]
fn no_runtime_is_needed() {
    let timer = common::Recorder::default();
    let outcome: Outcome<u32> = block_on(POLICY.run_with(timer, || async {
        pause().await;
        if here().is_last() {
            Ok(here().number())
        } else {
            Err(transient("down"))
        }
    }));
    assert_eq!(outcome, Ok(3));
}

#[test]
fn explicit_loops_say_which_code_is_the_attempt() {
    let mut retry = POLICY.start();
    assert_eq!(block_on(retry.attempt(async { number() })), Some(1));
    assert!(retry.again(transient("down")).is_ok());
    assert_eq!(number(), None);
    assert_eq!(retry.attempt_blocking(number), Some(2));
    assert_eq!(number(), None);
}

#[test]
fn after_a_panic_the_attempt_around_is_the_current_one_again() {
    let outcome: Outcome<()> = POLICY.run_blocking(|| {
        let around = here().call_id();
        let inner = || POLICY.run_blocking(|| -> Outcome<()> { panic!("in an attempt") });
        assert!(catch_unwind(AssertUnwindSafe(inner)).is_err());
        assert_eq!(here().call_id(), around);
        let inner = POLICY.run(async || -> Outcome<()> { panic!("in an attempt") });
        assert!(catch_unwind(AssertUnwindSafe(|| block_on(inner))).is_err());
        assert_eq!(here().call_id(), around);
        Ok(())
    });
    assert_eq!(outcome, Ok(()));
    let whole = || POLICY.run_blocking(|| -> Outcome<()> { panic!("in an attempt") });
    assert!(catch_unwind(whole).is_err());
    assert!(attempt().is_none());
}

#[test]
fn a_call_that_is_dropped_in_an_attempt_leaves_the_attempt_around() {
    let outcome: Outcome<()> = POLICY.run_blocking(|| {
        let around = here().call_id();
        let mut inner = Box::pin(POLICY.run(std::future::pending::<Outcome<()>>));
        let mut cx = Context::from_waker(Waker::noop());
        assert!(inner.as_mut().poll(&mut cx).is_pending());
        assert_eq!(here().call_id(), around);
        drop(inner);
        assert_eq!(here().call_id(), around);
        Ok(())
    });
    assert_eq!(outcome, Ok(()));
    assert!(attempt().is_none());
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_is_cut_short_is_over() {
    #[derive(Debug, PartialEq)]
    struct Slow;
    impl From<retry_core::TimedOut> for Slow {
        fn from(_: retry_core::TimedOut) -> Self {
            assert_eq!(number(), Some(1), "made for the attempt that is cut short");
            Self
        }
    }
    let policy = POLICY.on(|_: &Slow| false).attempt_timeout(ms(10));
    let outcome: Result<(), Slow> = policy.run(std::future::pending).await;
    assert_eq!((outcome, number()), (Err(Slow), None));
}
