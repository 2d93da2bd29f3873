//! The virtual clock: waiting moves it, nothing else does.

use std::cell::Cell;
use std::time::Duration;

use retry_core::{Clock, Fixed, Jitter, NoDelay, Policy, TimedOut, Timer, VirtualTimer, transient};

use crate::common::{ms, ready, secs};

const POLICY: Policy<Fixed> =
    Policy::with_backoff(Fixed::new(secs(1)).jitter(Jitter::None)).max_attempts(3);

fn by_reference<T: Timer>(timer: T) -> T {
    timer
}

#[test]
fn clones_and_references_share_one_clock() {
    let timer = VirtualTimer::new();
    let begun = timer.clone().now();
    timer.clone().advance(secs(2));
    ready(by_reference(&timer).sleep(secs(3)));
    assert_eq!(timer.now().since(begun), secs(5));
    assert_eq!(timer.time(), secs(5));
}

#[test]
fn a_wait_counts_from_when_it_was_begun() {
    let timer = VirtualTimer::new();
    let wait = timer.sleep(secs(3));
    assert_eq!(timer.time(), Duration::ZERO);
    timer.advance(secs(1));
    ready(wait);
    assert_eq!(timer.time(), secs(3));
}

#[test]
fn a_clock_at_its_end_stays_there() {
    let timer = VirtualTimer::new();
    timer.advance(Duration::MAX);
    ready(timer.sleep(Duration::MAX));
    assert_eq!(timer.time(), Duration::from_nanos(u64::MAX));
}

/// The timer that an attempt is raced against is dropped when the attempt ends first.
#[test]
fn an_attempt_that_ends_in_time_does_not_take_its_whole_timeout() {
    #[derive(Debug)]
    struct Failed;
    impl From<TimedOut> for Failed {
        fn from(_: TimedOut) -> Self {
            panic!("nothing times out here")
        }
    }

    let timer = VirtualTimer::new();
    let policy = POLICY.on_error(|_: &Failed| true).attempt_timeout(secs(60));
    let (outcome, report) = ready(
        policy
            .run_with(timer.clone(), async || {
                timer.advance(ms(100));
                Err::<(), _>(Failed)
            })
            .report(),
    );
    assert!(outcome.is_err());
    assert_eq!(report.elapsed, ms(2300));
    assert_eq!(timer.time(), ms(2300));
}

#[test]
fn an_attempt_that_hangs_takes_its_timeout() {
    let timer = VirtualTimer::new();
    let hung = Cell::new(0);
    let outcome: Result<(), TimedOut> = ready(POLICY.attempt_timeout(secs(60)).run_with(
        timer.clone(),
        async || {
            hung.set(hung.get() + 1);
            std::future::pending().await
        },
    ));
    assert_eq!(outcome, Err(TimedOut::new(secs(60))));
    assert_eq!((hung.get(), timer.time()), (3, secs(3 * 60 + 2)));
}

#[test]
fn blocking_and_awaiting_move_the_clock_alike() {
    let (awaited, blocked) = (VirtualTimer::new(), VirtualTimer::new());
    let fail = || Err::<(), _>(transient("down"));
    assert!(ready(POLICY.run_with(&awaited, async || fail())).is_err());
    assert!(POLICY.blocking_with(&blocked, fail).call().is_err());
    assert_eq!([awaited.time(), blocked.time()], [secs(2); 2]);
}

/// Returns how many attempts a call by `inner` makes, blocking and awaited, inside a call by `outer` that has ten seconds.
fn nested_attempts(outer: &VirtualTimer, inner: &VirtualTimer) -> [u32; 2] {
    let policy = Policy::fixed(secs(3)).max_attempts(6);
    let fails = || Err::<(), _>(transient("down"));
    let in_ten_seconds = Policy::with_backoff(NoDelay).deadline(secs(10));
    let blocking = in_ten_seconds.run_with(outer, async || {
        let (_, report) = policy.blocking_with(inner, fails).report();
        Ok::<_, TimedOut>(report.attempts)
    });
    let blocking = ready(blocking).expect("in time");
    let awaited = in_ten_seconds.run_with(outer, async || {
        let (_, report) = policy.run_with(inner, async || fails()).report().await;
        Ok::<_, TimedOut>(report.attempts)
    });
    [blocking, ready(awaited).expect("in time")]
}

#[test]
fn a_nested_call_keeps_to_an_outer_deadline_of_its_own_clock_only() {
    let timer = VirtualTimer::new();
    assert_eq!(nested_attempts(&timer, &timer.clone()), [4, 4]);
    // A clock that is far ahead would be past the deadline, and for one far behind, there is no end to it.
    let (ahead, behind) = (VirtualTimer::new(), VirtualTimer::new());
    ahead.advance(secs(1 << 20));
    assert_eq!(nested_attempts(&behind, &ahead), [6, 6]);
    assert_eq!(nested_attempts(&ahead, &behind), [6, 6]);
}
