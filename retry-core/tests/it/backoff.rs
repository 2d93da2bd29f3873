//! Every built-in shape, with every legal setting, at every retry: bounds, growth and jitter.

use std::collections::HashSet;
use std::time::Duration;

use proptest::prelude::*;
use retry_core::{
    Backoff, Class, Decorrelated, Exponential, Fibonacci, Fixed, Jitter, Linear, NoDelay, Policy,
    Step, backoff,
};

use crate::common::{
    Shape, any_class, any_duration, any_factor, any_jitter, any_part, any_retry, any_shape,
    from_nanos, ms,
};

fn plain(retry: u32) -> Step {
    Step::new(retry, None, Class::Transient, 0)
}

/// What the shape says at this retry; none of the endless ones ever stops.
fn delay(shape: &impl Backoff, retry: u32) -> Duration {
    shape
        .delay(&plain(retry))
        .expect("an endless shape does not stop")
}

/// Up to here an `f64` holds every nanosecond.
const EXACT: Duration = Duration::from_nanos(1 << 53);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn a_delay_never_exceeds_the_cap_and_nothing_panics(
        built in any_shape(any_duration(), any_jitter(), any_factor()),
        retry in any_retry(),
        previous in prop::option::of(any_duration()),
        class in any_class(),
        seed in any::<u64>(),
    ) {
        let step = Step::new(retry, previous, class, seed);
        let delay = built.shape.delay(&step).expect("an endless shape does not stop");
        prop_assert!(delay <= built.cap, "{delay:?} > {:?}", built.cap);
        if let Shape::Decorrelated(_) = built.shape {
            prop_assert!(delay >= built.base, "{delay:?} < {:?}", built.base);
        }
    }

    #[test]
    fn without_jitter_a_later_delay_is_not_shorter(
        // A factor nearer to 1 grows by less than what its own power is rounded by.
        built in any_shape(any_duration(), Just(Jitter::None), prop_oneof![Just(1.0), 1.001..1e9]),
        one in any_retry(),
        other in any_retry(),
    ) {
        prop_assume!(!matches!(built.shape, Shape::Decorrelated(_)));
        let (earlier, later) = (one.min(other), one.max(other));
        prop_assert!(delay(&built.shape, earlier) <= delay(&built.shape, later));
    }

    #[test]
    fn jitter_only_shortens_and_by_no_more_than_it_says(
        base in any_duration(),
        retry in any_retry(),
        seed in any::<u64>(),
        part in any_part(),
    ) {
        let shape = Exponential::new(base).cap(Duration::MAX);
        let whole = delay(&shape.jitter(Jitter::None), retry);
        let spread = |jitter| {
            let step = Step::new(retry, None, Class::Transient, seed);
            shape.jitter(jitter).delay(&step).unwrap()
        };

        prop_assert!(spread(Jitter::Full) <= whole);

        let equal = spread(Jitter::Equal);
        prop_assert!((whole / 2..=whole).contains(&equal), "{equal:?} of {whole:?}");

        let proportional = spread(Jitter::Proportional(part));
        prop_assert!(proportional <= whole);
        if whole <= EXACT {
            let shortest = whole.saturating_sub(whole.mul_f64(part));
            prop_assert!(
                proportional + Duration::from_nanos(1) >= shortest,
                "{proportional:?} is below {shortest:?}"
            );
        }
    }

    #[test]
    fn a_decorrelated_delay_is_at_most_three_times_the_one_before(
        base in any_duration(),
        previous in any_duration(),
        seed in any::<u64>(),
    ) {
        let shape = Decorrelated::new(base).cap(Duration::MAX);
        let delay = shape.delay(&Step::new(2, Some(previous), Class::Transient, seed)).unwrap();
        prop_assert!(delay >= base && delay <= previous.max(base).saturating_mul(3));
        let first = shape.delay(&Step::new(1, None, Class::Transient, seed)).unwrap();
        prop_assert!(first <= base.saturating_mul(3));
    }

    /// A call keeps no delay above 78 hours.
    #[test]
    fn decorrelated_delays_of_days_stay_from_base_to_cap_and_spread(
        base in 60_u64..1000,
        cap in 1_u64..20,
        seed in any::<u64>(),
    ) {
        let hours = |hours| Duration::from_secs(hours * 3600);
        let (base, cap) = (hours(base), hours(base * cap));
        let policy = Policy::with_backoff(Decorrelated::new(base).cap(cap)).max_attempts(20);
        let delays: Vec<_> = policy.schedule(seed).collect();
        prop_assert_eq!(delays.len(), 19);
        prop_assert!(delays.iter().all(|delay| (base..=cap).contains(delay)), "{:?}", delays);
        let distinct: HashSet<_> = delays.iter().collect();
        prop_assert_eq!(distinct.len(), if base < cap { 19 } else { 1 });
    }

    #[test]
    fn doubling_is_exact(nanos in 0..1_u64 << 53, retry in 1..100_u32) {
        let shape = Exponential::new(Duration::from_nanos(nanos)).cap(Duration::MAX);
        let expected = u128::from(nanos).saturating_mul(1_u128 << (retry - 1));
        prop_assert_eq!(delay(&shape.jitter(Jitter::None), retry), from_nanos(expected));
    }

    #[test]
    fn doubling_below_a_cap_is_exact_at_every_length(
        base in any::<u64>(),
        more in any::<u64>(),
        size in 0..64_u32,
        retry in prop_oneof![1..70_u32, any_retry()],
    ) {
        let base = base >> size;
        let cap = base.saturating_add(more >> (size / 2));
        let shape = Exponential::new(Duration::from_nanos(base)).cap(Duration::from_nanos(cap));
        let factor = 1_u128.checked_shl(retry.saturating_sub(1)).unwrap_or(u128::MAX);
        let expected = u128::from(base).saturating_mul(factor).min(cap.into());
        prop_assert_eq!(delay(&shape.jitter(Jitter::None), retry), from_nanos(expected));
    }

    #[test]
    fn linear_delays_are_multiples_of_the_step(step in any_duration(), retry in any_retry()) {
        let shape = Linear::new(step).cap(Duration::MAX).jitter(Jitter::None);
        let expected = step.as_nanos().saturating_mul(u128::from(retry));
        prop_assert_eq!(delay(&shape, retry), from_nanos(expected));
    }

    #[test]
    fn fibonacci_delays_are_multiples_of_its_numbers(base in any_duration(), retry in 1..200_u32) {
        let shape = Fibonacci::new(base).cap(Duration::MAX).jitter(Jitter::None);
        let (mut number, mut next) = (1_u128, 1_u128);
        for _ in 1..retry {
            (number, next) = (next, number.saturating_add(next));
        }
        let expected = base.as_nanos().saturating_mul(number);
        prop_assert_eq!(delay(&shape, retry), from_nanos(expected));
    }

    #[test]
    fn a_list_returns_each_delay_once_and_then_stops(
        delays in prop::collection::vec(any_duration(), 0..8),
        retry in any_retry(),
    ) {
        let index = usize::try_from(retry).unwrap().wrapping_sub(1);
        let expected = delays.get(index).copied();
        prop_assert_eq!(delays.as_slice().delay(&plain(retry)), expected);
        if let Ok(array) = <[Duration; 3]>::try_from(delays.as_slice()) {
            prop_assert_eq!(array.delay(&plain(retry)), expected);
        }
    }

    #[test]
    fn equal_seeds_draw_equal_delays(
        built in any_shape(any_duration(), any_jitter(), any_factor()),
        retry in any_retry(),
        previous in prop::option::of(any_duration()),
        seed in any::<u64>(),
    ) {
        let draw = || built.shape.delay(&Step::new(retry, previous, Class::Transient, seed));
        prop_assert_eq!(draw(), draw());
    }
}

#[test]
fn the_first_delay_is_the_base_for_every_base() {
    for base in [
        Duration::ZERO,
        Duration::from_nanos(1),
        ms(100),
        EXACT,
        Duration::from_nanos(u64::MAX),
        Duration::new(1 << 40, 999_999_999),
        Duration::MAX,
    ] {
        let shapes: [&dyn Backoff; 4] = [
            &Exponential::new(base).jitter(Jitter::None),
            &Fixed::new(base).jitter(Jitter::None),
            &Linear::new(base).jitter(Jitter::None),
            &Fibonacci::new(base).jitter(Jitter::None),
        ];
        for shape in shapes {
            assert_eq!(shape.delay(&plain(1)), Some(base));
        }
    }
}

/// Seconds used to be cut off above 2^64 nanoseconds, so that delays shrank there.
#[test]
fn an_exponential_does_not_shrink_when_nanoseconds_exceed_a_u64() {
    let base = Duration::from_nanos(u64::MAX - 4096);
    let shape = Exponential::new(base)
        .factor(1.0 + 16.0 * f64::EPSILON)
        .cap(Duration::MAX)
        .jitter(Jitter::None);
    let delays: Vec<_> = (1..20).map(|retry| delay(&shape, retry)).collect();
    assert!(delays.is_sorted(), "{delays:?}");
}

#[test]
fn a_delay_of_zero_stays_zero() {
    let zero = Duration::ZERO;
    for retry in [0, 1, 2, 1000, u32::MAX] {
        assert_eq!(delay(&Exponential::new(zero).factor(f64::MAX), retry), zero);
        assert_eq!(delay(&Linear::new(zero), retry), zero);
        assert_eq!(delay(&Fibonacci::new(zero), retry), zero);
        assert_eq!(delay(&Decorrelated::new(zero), retry), zero);
        assert_eq!(delay(&NoDelay, retry), zero);
    }
}

#[test]
fn a_custom_shape_shares_the_generator_and_sees_the_step() {
    let shape = backoff::from_fn(|step: &Step| {
        let drawn = step.random();
        let again = step.random();
        assert!((0.0..1.0).contains(&drawn) && drawn.to_bits() != again.to_bits());
        (step.retry < 3).then(|| step.previous.unwrap_or(ms(7)).mul_f64(drawn))
    });
    let step = || Step::new(2, Some(ms(90)), Class::Refused, 5);
    assert_eq!(shape.delay(&step()), shape.delay(&step()));
    assert_eq!(shape.delay(&Step::new(3, None, Class::Refused, 5)), None);
}

#[test]
fn a_fixed_delay_is_exact_unless_a_jitter_is_set() {
    let second = Duration::from_secs(1);
    let exact = Policy::fixed(second).max_attempts(9);
    assert!((0..99).all(|seed| exact.schedule(seed).all(|delay| delay == second)));

    let spread = Policy::with_backoff(Fixed::new(second).jitter(Jitter::Full));
    assert!((0..99).any(|seed| spread.schedule(seed).any(|delay| delay < second)));
}
