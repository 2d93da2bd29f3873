//! Each literal that the attribute takes is a value of configuration too, and means the same.

use std::time::Duration;

use retryable::config::PolicyConfig;
use retryable::testing::{Mode, Record, record, record_async, with};
use retryable::{Classified, Classify, DynPolicy, TimedOut, retryable, throttled, transient};

/// A failure that also stands for an attempt that was cut off.
#[derive(Debug)]
struct Error(Classified<&'static str>);

impl Classify for Error {
    fn classify(&self) -> retryable::Class {
        self.0.classify()
    }
}

impl From<TimedOut> for Error {
    fn from(_: TimedOut) -> Self {
        Self(transient("cut off"))
    }
}

type Outcome = Result<(), Error>;

/// What a call did: with the same seed, its delays are the same only if its settings are.
type Did = (usize, Vec<Duration>);

fn did(record: &Record) -> Did {
    (record.attempts(), record.delays())
}

fn mode() -> Mode {
    Mode::new().no_delay().seed(7)
}

/// Makes a call that is annotated, and one whose policy is parsed of the same tokens. `$value` is one token, because that is
/// what both worlds take.
macro_rules! in_both_worlds {
    ($error:expr; $($($key:ident = $value:tt),+;)+) => {$({
        #[retryable($($key = $value),+)]
        async fn annotated() -> Outcome {
            Err($error)
        }

        let text = [$(concat!(stringify!($key), " = ", stringify!($value))),+].join(", ");
        let (outcome, record) = with(mode(), record_async(annotated())).await;
        assert!(outcome.is_err());
        let by_attribute = did(&record);

        let config = PolicyConfig::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let policy: DynPolicy<Error> = config.timed_policy().unwrap();
        let call = record_async(async { policy.run(async || -> Outcome { Err($error) }).await });
        let (outcome, record) = with(mode(), call).await;
        assert!(outcome.is_err());
        assert_eq!(did(&record), by_attribute, "{text}");
    })+};
}

fn busy() -> Error {
    Error(transient("busy"))
}

fn overloaded() -> Error {
    Error(throttled("overloaded", None))
}

fn asked_for_an_hour() -> Error {
    Error(throttled("overloaded", Duration::from_secs(3600)))
}

#[tokio::test(start_paused = true)]
async fn every_literal_of_the_attribute_means_the_same_in_configuration() {
    in_both_worlds! { busy();
        max = 5;
        max = 1_0;
        max = 0x5;
        max = 0o5;
        max = 0b101;
        max_retries = 4;
        max_retries = 0;
        backoff = "exp";
        backoff = "fixed", base = "1s";
        backoff = "linear", base = "20ms", max = 5;
        backoff = "fibonacci", max = 6;
        backoff = "decorrelated", max = 6;
        backoff = "none";
        base = "1m 30s", cap = "2m";
        base = " 250ms ";
        factor = 3;
        factor = 1.5, max = 5;
        factor = 1_0.5;
        factor = 1e1;
        factor = 2.;
        cap = "150ms", max = 5;
        jitter = "full";
        jitter = "equal";
        jitter = "none";
        jitter = 0;
        jitter = 1;
        jitter = 0.25;
        jitter = "15ms";
        floor = "90ms", max = 5;
        first_at_once = true;
        first_at_once = false;
        on = "refused";
        on = "transient";
        on = "ambiguous";
        on = "any";
        attempt_timeout = "1s";
        deadline = "120ms", jitter = "none";
        max_elapsed = "120ms", jitter = "none";
        budget = "20%";
        budget = "0.5 %";
        nested = "stop";
        nested = "multiply";
    }
    in_both_worlds! { overloaded();
        throttled_base = "1s", max = 5;
        on = "refused";
    }
    in_both_worlds! { asked_for_an_hour();
        max_retry_after = "59m";
        max_retry_after = "2h";
        max_retry_after = "5s", cut_retry_after = true;
        max_retry_after = "5s", cut_retry_after = false;
    }
}

/// A list of delays is a value of Rust, such as `[Duration::from_secs(1)]`: the attribute takes it as code.
#[test]
fn a_list_of_delays_is_code_in_both_worlds() {
    const LIST: [Duration; 2] = [Duration::from_millis(5), Duration::from_millis(9)];

    #[retryable(max = 9, backoff = LIST)]
    fn annotated() -> Outcome {
        Err(busy())
    }

    let _mode = retryable::testing::no_delay();
    let (outcome, record) = record(annotated);
    assert!(outcome.is_err());
    assert_eq!(record.delays(), LIST);
    assert!(PolicyConfig::parse("backoff = LIST").is_err());
}
