//! The keys `floor`, `throttled_base`, `first_at_once` and `cut_retry_after`, and a `jitter` that is a duration: in
//! functions of both kinds.

use std::time::Duration;

use retryable::testing::{Mode, record, record_async, with};
use retryable::{Classified, retryable, throttled, transient};

type Outcome = Result<(), Classified<&'static str>>;

const AT_ONCE: bool = true;
const LONGEST: Duration = Duration::from_secs(9);

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[retryable(max = 5, base = "10ms", cap = "100ms", jitter = "none", floor = "25ms")]
fn floored() -> Outcome {
    Err(transient("busy"))
}

#[retryable(max = 4, base = "10ms", jitter = "none", throttled_base = "1s")]
async fn throttled_longer(after: Option<Duration>, is_throttled: bool) -> Outcome {
    if is_throttled {
        Err(throttled("busy", after))
    } else {
        Err(transient("busy"))
    }
}

#[retryable(max = 4, backoff = "fixed", base = "10ms", first_at_once = true)]
fn at_once() -> Outcome {
    Err(transient("busy"))
}

#[retryable(max = 4, backoff = "linear", base = "10ms", jitter = "none", first_at_once = AT_ONCE)]
fn at_once_by_constant() -> Outcome {
    Err(transient("busy"))
}

#[retryable(max = 30, base = "10ms", cap = "40ms", jitter = "5ms")]
fn on_top() -> Outcome {
    Err(transient("busy"))
}

#[retryable(
    max = 2,
    backoff = "fixed",
    base = "10ms",
    max_retry_after = LONGEST,
    cut_retry_after = true
)]
fn cut() -> Outcome {
    Err(throttled("busy", Duration::from_secs(3600)))
}

fn delays(call: impl FnOnce() -> Outcome) -> Vec<Duration> {
    let _quick = retryable::testing::no_delay();
    let (outcome, record) = record(call);
    assert!(outcome.is_err());
    record.delays()
}

#[test]
fn no_delay_is_below_the_floor() {
    assert_eq!(delays(floored), [25, 25, 40, 80].map(ms));
}

#[tokio::test]
async fn a_throttled_call_has_a_longer_schedule() {
    let mode = || Mode::new().no_delay();
    let call = record_async(throttled_longer(None, true));
    let (_, record) = with(mode(), call).await;
    assert_eq!(record.delays(), [1000, 2000, 4000].map(ms));
    let call = record_async(throttled_longer(None, false));
    let (_, record) = with(mode(), call).await;
    assert_eq!(record.delays(), [10, 20, 40].map(ms));
}

#[test]
fn the_first_retry_is_made_at_once() {
    assert_eq!(delays(at_once), [0, 10, 10].map(ms));
    assert_eq!(delays(at_once_by_constant), [0, 10, 20].map(ms));
}

#[test]
fn a_jitter_with_a_unit_is_added_up_to_the_cap() {
    let delays = delays(on_top);
    assert!((ms(10)..=ms(15)).contains(&delays[0]), "{delays:?}");
    assert!((ms(20)..=ms(25)).contains(&delays[1]), "{delays:?}");
    assert!(
        delays[2..].iter().all(|delay| *delay == ms(40)),
        "{delays:?}"
    );
}

#[test]
fn a_hint_over_the_limit_is_cut() {
    assert_eq!(delays(cut), [LONGEST]);
}
