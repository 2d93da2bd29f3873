//! What settings are legal, what illegal ones say, and the defaults.

use std::panic::{UnwindSafe, catch_unwind};
use std::time::Duration;

use retry_core::{
    Backoff, Class, Decorrelated, Exponential, Fibonacci, Fixed, InvalidPolicy, Jitter, Linear,
    Policy, Step,
};

use crate::common::{ms, secs};

/// A checked setter and its plain form report the same for the same nonsense.
#[track_caller]
fn refused<T, U: std::fmt::Debug>(
    error: InvalidPolicy,
    checked: Result<U, InvalidPolicy>,
    plain: impl FnOnce() -> T + UnwindSafe,
) {
    assert_eq!(checked.expect_err("this is nonsense"), error);
    let payload = catch_unwind(plain).err().expect("this is nonsense");
    let words = payload.downcast_ref::<String>().cloned();
    let words = words.or_else(|| payload.downcast_ref::<&str>().map(ToString::to_string));
    assert_eq!(words, Some(error.to_string()));
}

#[test]
fn a_factor_below_one_or_not_finite_is_refused() {
    let shape = Exponential::new(ms(1));
    let below = 1.0 - f64::EPSILON;
    for factor in [
        below,
        0.0,
        -0.0,
        -2.0,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
    ] {
        refused(InvalidPolicy::Factor, shape.try_factor(factor), || {
            shape.factor(factor)
        });
    }
    for factor in [1.0, 1.0 + f64::EPSILON, f64::MAX] {
        assert_eq!(shape.try_factor(factor), Ok(shape.factor(factor)));
    }
}

#[test]
fn a_cap_below_the_first_delay_is_refused() {
    let (first, below) = (secs(1), Duration::from_nanos(999_999_999));
    let error = InvalidPolicy::Cap;
    let shape = Exponential::new(first);
    refused(error, shape.try_cap(below), || shape.cap(below));
    let shape = Linear::new(first);
    refused(error, shape.try_cap(below), || shape.cap(below));
    let shape = Fibonacci::new(first);
    refused(error, shape.try_cap(below), || shape.cap(below));
    let shape = Decorrelated::new(first);
    refused(error, shape.try_cap(below), || shape.cap(below));

    for cap in [first, Duration::MAX] {
        assert!(Exponential::new(first).try_cap(cap).is_ok());
        assert!(Linear::new(first).try_cap(cap).is_ok());
        assert!(Fibonacci::new(first).try_cap(cap).is_ok());
        assert!(Decorrelated::new(first).try_cap(cap).is_ok());
    }
}

/// In either order of the setters.
#[test]
fn a_floor_above_the_cap_is_refused() {
    let error = InvalidPolicy::Floor;
    let (cap, above) = (secs(2), secs(3));
    macro_rules! check {
        ($shape:expr) => {
            let shape = $shape;
            refused(error, shape.cap(cap).try_floor(above), || {
                shape.cap(cap).floor(above)
            });
            refused(error, shape.floor(above).try_cap(cap), || {
                shape.floor(above).cap(cap)
            });
            // Without a cap of its own, it is that of 20 s.
            assert_eq!(shape.try_floor(secs(21)), Err(error));
            assert!(shape.cap(cap).try_floor(cap).is_ok());
        };
    }
    check!(Exponential::new(secs(1)));
    check!(Linear::new(secs(1)));
    check!(Fibonacci::new(secs(1)));
}

#[test]
fn a_throttled_base_that_is_shorter_than_the_base_or_above_the_cap_is_refused() {
    let error = InvalidPolicy::ThrottledBase;
    let below = Duration::from_nanos(999_999_999);
    macro_rules! check {
        ($shape:expr) => {
            let shape = $shape;
            refused(error, shape.try_throttled_base(below), || {
                shape.throttled_base(below)
            });
            assert!(shape.try_throttled_base(secs(1)).is_ok());
        };
    }
    macro_rules! check_cap {
        ($shape:expr) => {
            check!($shape);
            let shape = $shape;
            assert_eq!(shape.try_throttled_base(secs(21)), Err(error));
            let capped = shape.throttled_base(secs(3)).try_cap(secs(2));
            assert_eq!(capped, Err(error));
        };
    }
    check_cap!(Exponential::new(secs(1)));
    check_cap!(Linear::new(secs(1)));
    check_cap!(Fibonacci::new(secs(1)));
    check_cap!(Decorrelated::new(secs(1)));
    check!(Fixed::new(secs(1)));
    assert!(
        Fixed::new(secs(1))
            .try_throttled_base(Duration::MAX)
            .is_ok()
    );
}

#[test]
fn a_proportion_outside_zero_to_one_is_refused() {
    let error = InvalidPolicy::Proportion;
    let above = 1.0 + f64::EPSILON;
    for part in [above, -0.1, f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
        let jitter = Jitter::Proportional(part);
        let shape = Exponential::new(ms(1));
        refused(error, shape.try_jitter(jitter), || shape.jitter(jitter));
        let shape = Fixed::new(ms(1));
        refused(error, shape.try_jitter(jitter), || shape.jitter(jitter));
        let shape = Linear::new(ms(1));
        refused(error, shape.try_jitter(jitter), || shape.jitter(jitter));
        let shape = Fibonacci::new(ms(1));
        refused(error, shape.try_jitter(jitter), || shape.jitter(jitter));
    }
    for part in [0.0, -0.0, f64::MIN_POSITIVE, 1.0] {
        assert!(
            Fixed::new(ms(1))
                .try_jitter(Jitter::Proportional(part))
                .is_ok()
        );
    }
}

#[test]
fn no_attempt_at_all_is_refused() {
    let checked = Policy::new().try_max_attempts(0);
    refused(InvalidPolicy::MaxAttempts, checked, || {
        Policy::new().max_attempts(0)
    });
    // The word of this setter, which is not that of the attribute.
    let message = InvalidPolicy::MaxAttempts.to_string();
    assert!(message.contains("`max_attempts`"), "{message}");
    let one = Policy::new().try_max_attempts(1).unwrap();
    assert_eq!(one.schedule(0).count(), 0);
}

#[test]
fn every_error_says_something_else() {
    let errors = [
        InvalidPolicy::MaxAttempts,
        InvalidPolicy::Factor,
        InvalidPolicy::Multiplier,
        InvalidPolicy::Cap,
        InvalidPolicy::Floor,
        InvalidPolicy::ThrottledBase,
        InvalidPolicy::NoDelays,
        InvalidPolicy::Proportion,
        InvalidPolicy::Ratio,
        InvalidPolicy::MaxTokens,
        InvalidPolicy::TokensPerSuccess,
        InvalidPolicy::K,
        InvalidPolicy::Window,
    ];
    let words: std::collections::BTreeSet<_> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(words.len(), errors.len());
}

#[test]
fn max_retries_counts_one_call_less_than_max_attempts() {
    for retries in [0, 1, 4] {
        let count = |policy: Policy| policy.schedule(0).count();
        let expected = usize::try_from(retries).unwrap();
        assert_eq!(count(Policy::new().max_retries(retries)), expected);
        assert_eq!(count(Policy::new().max_attempts(retries + 1)), expected);
    }
    // Saturates: there is one call more than a `u32` counts.
    assert_eq!(
        Policy::new()
            .max_retries(u32::MAX)
            .schedule(0)
            .take(9)
            .count(),
        9
    );
}

#[test]
fn the_default_policy_is_the_documented_one() {
    let documented = Policy::with_backoff(
        Exponential::new(ms(100))
            .factor(2.0)
            .cap(secs(20))
            .jitter(Jitter::Full),
    )
    .max_attempts(3)
    .max_retry_after(secs(120));
    assert_eq!(format!("{:?}", Policy::new()), format!("{documented:?}"));
    assert_eq!(
        format!("{:?}", Policy::default()),
        format!("{documented:?}")
    );
}

#[test]
fn a_shape_without_a_cap_stops_growing_at_twenty_seconds_or_its_first_delay() {
    let late = |shape: &dyn Backoff| {
        let previous = Some(Duration::MAX);
        shape.delay(&Step::new(u32::MAX, previous, Class::Transient, 0))
    };
    for (first, cap) in [
        (ms(100), secs(20)),
        (secs(20), secs(20)),
        (secs(21), secs(21)),
    ] {
        let shapes: [&dyn Backoff; 3] = [
            &Exponential::new(first).jitter(Jitter::None),
            &Linear::new(first).jitter(Jitter::None),
            &Fibonacci::new(first).jitter(Jitter::None),
        ];
        assert_eq!(shapes.map(late), [Some(cap); 3]);
        assert!(late(&Decorrelated::new(first)).unwrap() <= cap);
    }
}

#[test]
fn jitter_is_full_by_default() {
    assert_eq!(Jitter::default(), Jitter::Full);
    assert_eq!(
        Exponential::new(ms(1)),
        Exponential::new(ms(1)).jitter(Jitter::Full)
    );
    // A reader of "fixed" expects it.
    assert_eq!(Fixed::new(ms(1)), Fixed::new(ms(1)).jitter(Jitter::None));
    assert_eq!(Linear::new(ms(1)), Linear::new(ms(1)).jitter(Jitter::Full));
    assert_eq!(
        Fibonacci::new(ms(1)),
        Fibonacci::new(ms(1)).jitter(Jitter::Full)
    );
}
