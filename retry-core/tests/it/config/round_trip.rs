//! What is written is read again, in every kind of format.

use std::time::Duration;

use proptest::option::of;
use proptest::prelude::*;
use retry_core::config::{ConfiguredBudget, PolicyConfig, ShapeName};
use retry_core::{Jitter, Nested, On};

fn time() -> impl Strategy<Value = Option<Duration>> {
    of((1_u64..=u64::MAX).prop_map(Duration::from_nanos))
}

fn jitter() -> impl Strategy<Value = Option<Jitter>> {
    of(prop_oneof![
        Just(Jitter::None),
        Just(Jitter::Full),
        Just(Jitter::Equal),
        (0.0..=1.0).prop_map(Jitter::Proportional),
        any::<u64>().prop_map(|nanos| Jitter::Added(Duration::from_nanos(nanos))),
    ])
}

fn shape() -> impl Strategy<Value = ShapeName> {
    prop_oneof![
        Just(ShapeName::Exponential),
        Just(ShapeName::Fixed),
        Just(ShapeName::Linear),
        Just(ShapeName::Fibonacci),
        Just(ShapeName::Decorrelated),
        Just(ShapeName::NoDelay),
    ]
}

prop_compose! {
    /// The delays that a document may have, with each shape or with none.
    fn delays()(
        backoff in of(shape()),
        base in time(),
        factor in of(1.0..f64::MAX),
        cap in time(),
        jitter in jitter(),
        floor in time(),
        throttled_base in time(),
        first_at_once in of(any::<bool>()),
    ) -> PolicyConfig {
        use ShapeName::{Decorrelated, Exponential, Fibonacci, Fixed, Linear, NoDelay};

        let mut config = PolicyConfig::default();
        config.backoff = backoff;
        config.base = base.filter(|_| backoff != Some(NoDelay));
        config.factor = factor.filter(|_| matches!(backoff, None | Some(Exponential)));
        config.cap = match backoff {
            None | Some(Exponential | Linear | Fibonacci | Decorrelated) => cap.max(base.filter(|_| cap.is_some())),
            _ => None,
        };
        config.jitter = match backoff {
            None | Some(Exponential | Fixed | Linear | Fibonacci) => jitter,
            _ => None,
        };
        let has_floor = matches!(backoff, None | Some(Exponential | Linear | Fibonacci));
        let fits = |delay: &Duration| config.cap.is_none_or(|cap| *delay <= cap);
        config.floor = floor.filter(fits).filter(|_| has_floor);
        config.throttled_base = throttled_base
            .filter(fits)
            .filter(|delay| config.base.is_none_or(|base| base <= *delay))
            .filter(|_| backoff != Some(NoDelay));
        config.first_at_once = first_at_once.filter(|_| backoff != Some(NoDelay));
        config
    }
}

prop_compose! {
    fn config()(
        mut config in delays(),
        max in of(1_u32..),
        max_retries in of(any::<u32>()),
        on in of(prop_oneof![Just(On::Refused), Just(On::Transient), Just(On::Ambiguous), Just(On::Any)]),
        attempt_timeout in time(),
        deadline in time(),
        max_elapsed in time(),
        max_retry_after in time(),
        cut_retry_after in of(any::<bool>()),
        budget in of(0.0..=1000.0),
        nested in of(prop_oneof![Just(Nested::Stop), Just(Nested::Multiply)]),
    ) -> PolicyConfig {
        config.max = max;
        config.max_retries = max_retries.filter(|_| max.is_none());
        config.on = on;
        config.attempt_timeout = attempt_timeout;
        config.deadline = deadline.max(attempt_timeout.filter(|_| deadline.is_some()));
        config.max_elapsed = max_elapsed;
        config.max_retry_after = max_retry_after;
        config.cut_retry_after = cut_retry_after;
        config.budget = budget.map(|ratio| ConfiguredBudget::new(ratio).unwrap());
        config.nested = nested;
        config
    }
}

proptest! {
    #[test]
    fn a_line_of_text(config in config()) {
        let text = config.to_string();
        prop_assert_eq!(PolicyConfig::parse(&text), Ok(config));
    }

    #[test]
    fn toml(config in config()) {
        let text = toml::to_string(&config).unwrap();
        prop_assert_eq!(toml::from_str(&text), Ok(config));
    }

    #[test]
    fn json(config in config()) {
        let text = serde_json::to_string(&config).unwrap();
        prop_assert_eq!(serde_json::from_str::<PolicyConfig>(&text).unwrap(), config);
    }

    #[test]
    fn yaml(config in config()) {
        let text = serde_norway::to_string(&config).unwrap();
        prop_assert_eq!(serde_norway::from_str::<PolicyConfig>(&text).unwrap(), config);
    }

    #[test]
    fn bytes_without_names(config in config()) {
        let bytes = rmp_serde::to_vec(&config).unwrap();
        prop_assert_eq!(rmp_serde::from_slice::<PolicyConfig>(&bytes).unwrap(), config);
    }

    #[test]
    fn bytes_with_names(config in config()) {
        let bytes = rmp_serde::to_vec_named(&config).unwrap();
        prop_assert_eq!(rmp_serde::from_slice::<PolicyConfig>(&bytes).unwrap(), config);
    }

    #[test]
    fn a_document_that_is_read_makes_a_policy_or_says_why_not(config in config()) {
        let policy = config.timed_policy::<retry_core::TimedOut, _>();
        let fits = config.shape().is_ok();
        prop_assert_eq!(policy.is_ok(), fits);
    }

    #[test]
    fn no_text_panics(text in ".*") {
        let _ = PolicyConfig::parse(&text);
    }
}
