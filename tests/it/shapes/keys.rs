//! Every key of the attribute that shapes attempts and hooks, and its effect.

use std::cell::RefCell;
use std::time::Duration;

use retryable::{Class, Step, retryable};
use tokio::time::Instant;

use crate::shapes::support::{Busy, Calls, Is};

/// The times at which attempts were made, in milliseconds since the first.
#[derive(Default)]
struct Times(RefCell<Vec<Instant>>);

impl Times {
    fn fail<T>(&self) -> Result<T, Busy> {
        self.0.borrow_mut().push(Instant::now());
        Err(Busy)
    }

    fn waits(&self) -> Vec<u64> {
        let times = self.0.borrow();
        let waits = times.windows(2).map(|pair| pair[1] - pair[0]);
        waits
            .map(|wait| u64::try_from(wait.as_millis()).expect("a short wait"))
            .collect()
    }
}

/// Runs a function that always fails, and returns the waits between its attempts.
macro_rules! waits {
    ($($attribute:tt)*) => {{
        #[retryable($($attribute)*)]
        async fn failing(times: &Times) -> Result<(), Busy> {
            times.fail()
        }
        let times = Times::default();
        assert_eq!(failing(&times).await, Err(Busy));
        times.waits()
    }};
}

#[tokio::test(start_paused = true)]
async fn max_counts_calls_in_all_and_max_retries_those_after_the_first() {
    assert_eq!(waits!().len() + 1, 3);
    assert_eq!(waits!(max = 5).len() + 1, 5);
    assert_eq!(waits!(max = 1).len() + 1, 1);
    assert_eq!(waits!(max_retries = 5).len() + 1, 6);
    assert_eq!(waits!(max_retries = 0).len() + 1, 1);
}

#[tokio::test(start_paused = true)]
async fn the_shape_of_backoff_says_how_long_to_wait() {
    assert_eq!(
        waits!(max = 5, jitter = "none"),
        [100, 200, 400, 800],
        "the default"
    );
    assert_eq!(
        waits!(
            max = 4,
            backoff = "exp",
            base = "1s",
            factor = 3,
            jitter = "none"
        ),
        [1000, 3000, 9000]
    );
    assert_eq!(
        waits!(max = 4, base = "1s", cap = "3s", jitter = "none"),
        [1000, 2000, 3000]
    );
    assert_eq!(
        waits!(max = 3, backoff = "fixed", base = "1s"),
        [1000, 1000]
    );
    assert_eq!(
        waits!(
            max = 4,
            backoff = "linear",
            base = "1s",
            cap = "2500ms",
            jitter = "none"
        ),
        [1000, 2000, 2500]
    );
    assert_eq!(
        waits!(max = 6, backoff = "fibonacci", base = "1s", jitter = "none"),
        [1000, 1000, 2000, 3000, 5000]
    );
    assert_eq!(waits!(max = 3, backoff = "none"), [0, 0]);
    assert_eq!(
        waits!(
            max = 10,
            backoff = [Duration::from_secs(1), Duration::from_secs(4)]
        ),
        [1000, 4000]
    );
    assert_eq!(
        waits!(
            max = 3,
            backoff = |step: &Step| Some(Duration::from_secs(step.retry.into()))
        ),
        [1000, 2000]
    );
    let decorrelated = waits!(max = 9, backoff = "decorrelated", base = "1s", cap = "9s");
    assert!(
        decorrelated.iter().all(|wait| (1000..=9000).contains(wait)),
        "{decorrelated:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn jitter_says_how_much_of_a_wait_is_random() {
    // tokio's timer rounds up to a whole millisecond.
    let full = waits!(max = 30, backoff = "fixed", base = "1s", jitter = "full");
    assert!(full.iter().all(|wait| *wait <= 1001), "{full:?}");
    assert!(full.iter().any(|wait| *wait < 500), "{full:?}");

    let equal = waits!(max = 30, backoff = "fixed", base = "1s", jitter = "equal");
    assert!(
        equal.iter().all(|wait| (500..=1001).contains(wait)),
        "{equal:?}"
    );
    assert!(equal.iter().any(|wait| *wait < 900), "{equal:?}");

    let part = waits!(max = 30, backoff = "fixed", base = "1s", jitter = 0.1);
    assert!(
        part.iter().all(|wait| (900..=1001).contains(wait)),
        "{part:?}"
    );
    assert!(part.iter().any(|wait| *wait < 1000), "{part:?}");
}

fn by_path(error: &Is) -> Class {
    if error.0 == Class::Refused {
        Class::Permanent
    } else {
        Class::Refused
    }
}

/// How many attempts a failure of each class gets.
macro_rules! attempts {
    ($($attribute:tt)*) => {{
        #[retryable(max = 2, backoff = "none", $($attribute)*)]
        async fn failing(calls: &Calls, class: Class) -> Result<(), Is> {
            calls.next();
            Err(Is(class))
        }
        let mut attempts = Vec::new();
        for class in [
            Class::Permanent,
            Class::Ambiguous,
            Class::Transient,
            Class::Throttled { retry_after: None },
            Class::Refused,
        ] {
            let calls = Calls::new();
            assert_eq!(failing(&calls, class).await, Err(Is(class)));
            attempts.push(calls.count());
        }
        attempts
    }};
}

#[tokio::test(start_paused = true)]
async fn on_says_which_failures_are_tried_again() {
    assert_eq!(attempts!(), [1, 1, 2, 2, 2]);
    assert_eq!(attempts!(on = "refused"), [1, 1, 1, 2, 2]);
    assert_eq!(attempts!(on = "transient"), [1, 1, 2, 2, 2]);
    assert_eq!(attempts!(on = "ambiguous"), [1, 2, 2, 2, 2]);
    assert_eq!(attempts!(on = "any"), [2, 2, 2, 2, 2]);
    assert_eq!(attempts!(on = |_| true), [2, 2, 2, 2, 2]);
    assert_eq!(
        attempts!(on = |error| error.0 == Class::Permanent),
        [2, 1, 1, 1, 1]
    );
    assert_eq!(attempts!(on = |_| Class::Ambiguous), [1, 1, 1, 1, 1]);
    assert_eq!(attempts!(on = by_path), [2, 2, 2, 2, 1]);
}

#[tokio::test(start_paused = true)]
async fn on_may_use_the_arguments() {
    #[retryable(max = 9, backoff = "none", on = |_| calls.count() < limit)]
    async fn failing(calls: &Calls, limit: u32) -> Result<(), &'static str> {
        calls.next();
        Err("of a type that does not classify itself")
    }

    let calls = Calls::new();
    assert!(failing(&calls, 4).await.is_err());
    assert_eq!(calls.count(), 4);
}

#[tokio::test(start_paused = true)]
async fn hooks_receive_what_happens() {
    #[retryable(
        jitter = "none",
        name = "the call",
        on_retry = |event| {
            let at = (event.attempt, event.max_attempts, event.delay.as_millis());
            log.borrow_mut().push(format!("{} {at:?} {:?}", event.name, event.error));
        },
        on_give_up = |event| {
            let at = (event.attempts, event.slept.as_millis());
            log.borrow_mut().push(format!("{} {at:?} {:?}", event.name, event.reason));
        },
    )]
    async fn failing(log: &RefCell<Vec<String>>) -> Result<(), Busy> {
        log.borrow_mut().push("attempt".to_owned());
        Err(Busy)
    }

    let log = RefCell::new(Vec::new());
    assert_eq!(failing(&log).await, Err(Busy));
    let expected = [
        "attempt",
        "the call (1, 3, 100) Some(Busy)",
        "attempt",
        "the call (2, 3, 200) Some(Busy)",
        "attempt",
        "the call (3, 300) Exhausted",
    ];
    assert_eq!(log.into_inner(), expected);
}

#[tokio::test(start_paused = true)]
async fn without_a_name_a_call_is_named_by_its_path() {
    mod module {
        use super::{Busy, RefCell, retryable};

        #[retryable(max = 2, on_retry = |event| names.borrow_mut().push(event.name))]
        pub(super) async fn failing(names: &RefCell<Vec<&'static str>>) -> Result<(), Busy> {
            Err(Busy)
        }

        #[retryable(max = 2, on_retry = |event| names.borrow_mut().push(event.name))]
        pub(super) async fn r#match(names: &RefCell<Vec<&'static str>>) -> Result<(), Busy> {
            Err(Busy)
        }
    }

    let names = RefCell::new(Vec::new());
    assert_eq!(module::failing(&names).await, Err(Busy));
    assert_eq!(module::r#match(&names).await, Err(Busy));
    let names = names.into_inner();
    assert!(names[0].ends_with("::keys::module::failing"), "{names:?}");
    assert!(names[1].ends_with("::keys::module::match"), "{names:?}");
}

#[tokio::test(start_paused = true)]
async fn before_retry_may_use_self_the_arguments_and_await() {
    #[derive(Default)]
    struct Client {
        token: u32,
        refreshed: u32,
    }

    impl Client {
        async fn refresh(&mut self, to: u32) {
            tokio::time::sleep(Duration::from_millis(5)).await;
            self.token = to;
            self.refreshed += 1;
        }

        #[retryable(backoff = "none", before_retry = self.refresh(token).await)]
        async fn call(&mut self, token: u32) -> Result<u32, Busy> {
            if self.token == token {
                Ok(token)
            } else {
                Err(Busy)
            }
        }

        #[retryable(backoff = "none", before_retry = {
            if self.refreshed == 1 {
                return Ok(99);
            }
            self.refresh(0).await;
        })]
        async fn returning(&mut self) -> Result<u32, Busy> {
            Err(Busy)
        }
    }

    let mut client = Client::default();
    assert_eq!(client.call(7).await, Ok(7));
    assert_eq!(client.refreshed, 1);
    // It stands in the scope of the function, so `return` leaves the function.
    assert_eq!(client.returning().await, Ok(99));
}

#[tokio::test(start_paused = true)]
async fn before_retry_may_change_what_the_next_attempt_starts_from() {
    async fn refreshed(old: &str) -> String {
        tokio::task::yield_now().await;
        format!("{old}+")
    }

    #[retryable(backoff = "none", before_retry = token = refreshed(&token).await)]
    async fn call(mut token: String) -> Result<String, Busy> {
        token.push('.');
        if token.len() < 4 {
            Err(Busy)
        } else {
            Ok(token)
        }
    }

    #[retryable(backoff = "none", before_retry = counts.push(0))]
    async fn unchanged_by_the_body(mut counts: Vec<u8>) -> Result<usize, Busy> {
        if counts.len() < 2 {
            Err(Busy)
        } else {
            Ok(counts.len())
        }
    }

    assert_eq!(call("t".to_owned()).await.as_deref(), Ok("t++."));
    assert_eq!(unchanged_by_the_body(vec![]).await, Ok(2));
}

#[tokio::test(start_paused = true)]
async fn crate_names_another_root() {
    #[retryable(crate = ::retryable)]
    async fn by_itself(calls: &Calls) -> Result<u32, Busy> {
        calls.third()
    }
    #[retryable(crate = crate::shapes::keys::elsewhere::renamed)]
    async fn by_a_re_export(calls: &Calls) -> Result<u32, Busy> {
        calls.third()
    }

    assert_eq!(by_itself(&Calls::new()).await, Ok(3));
    assert_eq!(by_a_re_export(&Calls::new()).await, Ok(3));
}

mod elsewhere {
    pub(crate) use retryable as renamed;
}
