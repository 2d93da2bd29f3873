//! What a retry costs: no allocation anywhere, and no look at the clock unless a setting asks for the time.

use std::future::{Future, Ready, ready as at_once};
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use allocation_counter::measure;
use retry_core::{
    BlockingLimit, BlockingTimer, Class, Classified, Clock, Decision, Exponential, Limited, Moment,
    On, Policy, TimedOut, Timer, Upstream, transient,
};

use crate::common::{Recorder, hint, ms, secs};

/// A timer that must not be asked for the time.
#[derive(Clone, Copy)]
struct Blind;

impl Clock for Blind {
    fn now(&self) -> Moment {
        panic!("the clock was read");
    }
}

impl BlockingTimer for Blind {
    fn block(&self, _: Duration) {}
}

impl Timer for Blind {
    type Sleep = Ready<()>;

    fn sleep(&self, _: Duration) -> Ready<()> {
        at_once(())
    }
}

const POLICY: Policy = Policy::new().max_attempts(100);

/// Does not allocate, unlike a runtime.
fn block_on<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing here waits"),
    }
}

/// Fails as often as is said, then succeeds.
fn failing(times: u32) -> impl FnMut() -> Result<u32, Classified<&'static str>> {
    let mut left = times;
    move || {
        if left == 0 {
            return Ok(times);
        }
        left -= 1;
        Err(black_box(transient("down")))
    }
}

/// The allocations of every driver, for a call that fails this often first.
#[track_caller]
fn allocations(times: u32) -> u64 {
    let awaited = measure(|| {
        let mut attempt = failing(times);
        let call = POLICY.run_with(Blind, || at_once(attempt()));
        assert_eq!(block_on(call), Ok(times));
    });
    let blocking = measure(|| {
        assert_eq!(
            POLICY.blocking_with(Blind, failing(times)).call(),
            Ok(times)
        );
    });
    let explicit = measure(|| {
        let (mut attempt, mut retry) = (failing(times), POLICY.start_with(Blind));
        while let Err(error) = attempt() {
            block_on(retry.again(error).unwrap().into_future());
        }
        assert_eq!(retry.number(), times + 1);
    });
    awaited.count_total + blocking.count_total + explicit.count_total
}

#[test]
fn the_counter_counts() {
    assert_eq!(measure(|| drop(black_box(Box::new(1_u8)))).count_total, 1);
}

#[test]
fn a_success_allocates_nothing() {
    assert_eq!(allocations(0), 0);
}

#[test]
fn a_retry_allocates_nothing() {
    assert_eq!(allocations(99), 0);
}

#[test]
fn giving_up_allocates_nothing() {
    let info = measure(|| {
        let mut retry = POLICY
            .max_attempts(2)
            .blocking_with(Blind, failing(9))
            .call();
        assert_eq!(black_box(&mut retry), &Err(transient("down")));
    });
    assert_eq!(info.count_total, 0);
}

/// With everything on: hooks, a report, a deadline, a timeout, hints.
#[test]
fn no_setting_allocates() {
    let timer = Recorder::default();
    let policy = POLICY
        .seed(1)
        .deadline(secs(3600))
        .attempt_timeout(secs(60));
    let fail = |_: &TimedOut| Class::from(true);
    let policy = policy.on_error(fail);
    let info = measure(|| {
        // What the recorder writes down is its own affair.
        let call = policy.run_with(Quiet(&timer), || {
            at_once(Err::<(), _>(TimedOut::new(ms(1))))
        });
        let call = call.until(|()| true).on_retry(|_| ()).on_give_up(|_| ());
        let (outcome, report) = block_on(call.report());
        assert_eq!((outcome, report.attempts), (Err(TimedOut::new(ms(1))), 100));
    });
    assert_eq!(info.count_total, 0);

    let policy = POLICY.deadline(secs(3600));
    let info = measure(|| {
        let mut retry = policy.start_with(Quiet(&timer)).timed();
        for _ in 1..50 {
            assert!(matches!(retry.decide(hint(secs(1))), Decision::Wait(_)));
        }
    });
    assert_eq!(info.count_total, 0);
}

/// Reads the clock of a recorder, and writes nothing down.
#[derive(Clone, Copy)]
struct Quiet<'a>(&'a Recorder);

impl Clock for Quiet<'_> {
    fn now(&self) -> Moment {
        self.0.now()
    }
}

impl Timer for Quiet<'_> {
    type Sleep = Ready<()>;

    fn sleep(&self, _: Duration) -> Ready<()> {
        at_once(())
    }
}

/// `Blind` panics if it is asked for the time.
#[test]
fn without_a_deadline_no_clock_is_read() {
    let call = POLICY.run_with(Blind, || at_once(Err::<(), _>(transient("down"))));
    assert!(block_on(call).is_err());
    assert!(POLICY.blocking_with(Blind, failing(200)).call().is_err());
    // A timeout alone is the timer's affair; `until` needs no time either.
    let policy = POLICY
        .on_error(|_: &TimedOut| true)
        .attempt_timeout(secs(1));
    let call = policy.run_with(Blind, || at_once(Ok::<u8, TimedOut>(1)));
    assert_eq!(block_on(call.until(|_| false)), Ok(1));
    let mut retry = POLICY.start_with(Blind);
    assert!(retry.again(transient("down")).is_ok());
    assert_eq!((retry.elapsed(), retry.attempt_limit()), (None, None));
}

/// How often each way to call reads the clock, for this many failures before a success.
fn reads<L>(policy: &Policy<Exponential, On, L>, failures: u32, awaited: bool) -> u32
where
    L: BlockingLimit + Limited<Result<u32, Classified<&'static str>>, Recorder>,
{
    let timer = Recorder::default();
    let mut attempt = failing(failures);
    let outcome = if awaited {
        block_on(policy.run_with(timer.clone(), || at_once(attempt())))
    } else {
        policy.blocking_with(timer.clone(), attempt).call()
    };
    assert_eq!(outcome, Ok(failures));
    timer.reads()
}

#[test]
fn a_limit_of_time_reads_the_clock_once_and_before_and_after_each_wait() {
    let policy = POLICY.max_elapsed(secs(1_000_000));
    for failures in [0, 1, 5] {
        for awaited in [true, false] {
            assert_eq!(reads(&policy, failures, awaited), 1 + 2 * failures);
            assert_eq!(reads(&POLICY, failures, awaited), 0);
        }
    }
}

#[test]
fn a_report_reads_the_clock_when_the_call_begins_and_when_it_ends() {
    let timer = Recorder::default();
    let (outcome, _) = POLICY.blocking_with(timer.clone(), failing(5)).report();
    assert_eq!((outcome, timer.reads()), (Ok(5), 2));
}

#[test]
fn an_event_reads_the_clock_and_a_success_without_one_only_at_the_start() {
    for (failures, reads) in [(0, 1), (1, 2), (5, 6)] {
        let timer = Recorder::default();
        let call = POLICY.blocking_with(timer.clone(), failing(failures));
        assert_eq!(call.on_retry(|_| ()).call(), Ok(failures));
        assert_eq!(timer.reads(), reads);
    }
}

#[test]
fn the_attempt_of_a_caller_allocates_nothing_and_without_a_deadline_reads_no_clock() {
    let policy = POLICY.max_attempts(2);
    let info = measure(|| {
        let mut upstream = Upstream::new().number(2);
        let call = || policy.blocking_with(Blind, failing(9)).call();
        assert!(upstream.serve_blocking(call).is_err() && upstream.gave_up());
        block_on(upstream.serve(at_once(())));
    });
    assert_eq!(info.count_total, 0);
}

/// A call keeps a few words in addition to the larger of attempt and wait.
#[test]
fn the_future_of_a_call_is_small() {
    let call = POLICY.run_with(Blind, || at_once(Ok::<u32, Classified<()>>(1)));
    assert!(size_of_val(&call) <= 96, "{}", size_of_val(&call));
}
