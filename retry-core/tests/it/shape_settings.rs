//! What shapes have in addition to their formula: a floor, a first retry at once, a longer base after throttling, jitter
//! on top, and lists whose last delay repeats.

use std::time::Duration;

use proptest::prelude::*;
use retry_core::backoff::{RepeatLast, repeat_last};
use retry_core::{
    Backoff, Class, Decision, Decorrelated, Exponential, Fibonacci, Fixed, InvalidPolicy, Jitter,
    Linear, Policy, Step,
};

use crate::common::{
    NO_HINT, any_class, any_duration, any_factor, any_jitter, any_retry, hint, ms, secs,
};

fn step(retry: u32, class: Class) -> Step {
    Step::new(retry, None, class, 7)
}

fn delays(shape: impl Backoff, retries: u32) -> Vec<Duration> {
    let policy = Policy::with_backoff(shape).max_attempts(retries + 1);
    policy.schedule(0).collect()
}

/// The delays of the first retries, all after failures of one class.
fn after(class: Class, shape: &impl Backoff, retries: u32) -> Vec<Duration> {
    let delay = |retry| shape.delay(&step(retry, class));
    (1..=retries).filter_map(delay).collect()
}

/// Three durations in their order.
fn ordered() -> impl Strategy<Value = [Duration; 3]> {
    [any_duration(), any_duration(), any_duration()].prop_map(|mut all| {
        all.sort();
        all
    })
}

/// Every shape with all of these settings that it has.
fn shapes(
    [base, throttled, cap]: [Duration; 3],
    floor: Duration,
    jitter: Jitter,
    factor: f64,
    at_once: bool,
) -> [Box<dyn Backoff>; 5] {
    macro_rules! set {
        ($shape:expr) => {
            $shape
                .cap(cap)
                .throttled_base(throttled)
                .first_at_once(at_once)
        };
    }
    [
        Box::new(set!(Exponential::new(base).factor(factor).jitter(jitter)).floor(floor)),
        Box::new(set!(Linear::new(base).jitter(jitter)).floor(floor)),
        Box::new(set!(Fibonacci::new(base).jitter(jitter)).floor(floor)),
        Box::new(set!(Decorrelated::new(base))),
        Box::new(
            Fixed::new(base)
                .throttled_base(throttled)
                .first_at_once(at_once)
                .jitter(jitter),
        ),
    ]
}

fn any_jitter_or_added() -> impl Strategy<Value = Jitter> {
    prop_oneof![any_jitter(), any_duration().prop_map(Jitter::Added)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn delays_stay_between_floor_and_cap_and_nothing_panics(
        times in ordered(),
        floor in any_duration(),
        jitter in any_jitter_or_added(),
        factor in any_factor(),
        at_once in any::<bool>(),
        retry in any_retry(),
        previous in prop::option::of(any_duration()),
        class in any_class(),
        seed in any::<u64>(),
    ) {
        let cap = times[2];
        let floor = floor.min(cap);
        let step = || Step::new(retry, previous, class, seed);
        let is_throttled = matches!(class, Class::Throttled { .. });
        let all = shapes(times, floor, jitter, factor, at_once);
        for (index, shape) in all.iter().enumerate() {
            let delay = shape.delay(&step()).expect("an endless shape does not stop");
            let longest = shape.longest_delay(&step()).expect("an endless shape does not stop");
            prop_assert!(delay <= longest, "{delay:?} > {longest:?}");
            // A fixed delay has no cap.
            prop_assert!(index == 4 || longest <= cap, "{longest:?} > {cap:?}");
            let is_at_once = at_once && retry <= 1 && !is_throttled;
            if is_at_once {
                prop_assert_eq!(longest, Duration::ZERO);
            } else if index < 3 {
                prop_assert!(delay >= floor, "{delay:?} < {floor:?}");
            }
        }
    }

    #[test]
    fn without_jitter_a_later_delay_is_not_shorter(
        times in ordered(),
        floor in any_duration(),
        at_once in any::<bool>(),
        factor in prop_oneof![Just(1.0), Just(2.0), 1.001..1e9],
        one in any_retry(),
        other in any_retry(),
        class in prop_oneof![Just(Class::Transient), Just(NO_HINT)],
    ) {
        let floor = floor.min(times[2]);
        let [exponential, linear, fibonacci, _, fixed] =
            shapes(times, floor, Jitter::None, factor, at_once);
        for shape in [exponential, linear, fibonacci, fixed] {
            let earlier = shape.delay(&step(one.min(other), class));
            let later = shape.delay(&step(one.max(other), class));
            prop_assert!(earlier <= later, "{earlier:?} > {later:?}");
        }
    }

    #[test]
    fn a_throttled_call_waits_as_if_its_base_were_the_only_one(
        times in ordered(),
        jitter in any_jitter_or_added(),
        retry in any_retry(),
        seed in any::<u64>(),
    ) {
        let [base, throttled, cap] = times;
        let with = Exponential::new(base).cap(cap).jitter(jitter).throttled_base(throttled);
        let only = Exponential::new(throttled).cap(cap).jitter(jitter);
        let step = || Step::new(retry, None, NO_HINT, seed);
        prop_assert_eq!(with.delay(&step()), only.delay(&step()));
    }

    /// The usual settings have a path of their own through the arithmetic.
    #[test]
    fn full_jitter_is_the_drawn_part_of_the_delay_without_jitter(
        times in ordered(),
        factor in prop_oneof![Just(2.0), any_factor()],
        at_once in any::<bool>(),
        retry in any_retry(),
        class in any_class(),
        seed in any::<u64>(),
    ) {
        let [base, throttled, cap] = times;
        let shape = Exponential::new(base)
            .factor(factor)
            .cap(cap)
            .throttled_base(throttled)
            .first_at_once(at_once);
        let step = || Step::new(retry, None, class, seed);
        // Of the longest whole, the part has all 64 bits that are drawn, less one.
        let longest = Fixed::new(Duration::from_nanos(u64::MAX)).jitter(Jitter::Full);
        let bits = longest.delay(&step()).unwrap().as_nanos() + 1;
        let whole = shape.jitter(Jitter::None).delay(&step()).unwrap().as_nanos();
        if whole <= u128::from(u64::MAX) {
            let part = shape.delay(&step()).unwrap().as_nanos();
            prop_assert_eq!(part, (whole * bits) >> 64);
        }
    }

    #[test]
    fn jitter_on_top_never_shortens_and_adds_no_more_than_it_says(
        base in any_duration(),
        more in any_duration(),
        added in any_duration(),
        retry in any_retry(),
        seed in any::<u64>(),
    ) {
        let shape = Exponential::new(base).cap(base.saturating_add(more));
        let whole = shape.jitter(Jitter::None).delay(&step(retry, Class::Transient)).unwrap();
        let spread = shape.jitter(Jitter::Added(added));
        let delay = spread.delay(&Step::new(retry, None, Class::Transient, seed)).unwrap();
        prop_assert!(delay >= whole && delay <= whole.saturating_add(added));
    }

    #[test]
    fn a_list_repeats_its_last_delay(
        list in prop::collection::vec(any_duration(), 1..8),
        retry in 1..=u32::MAX,
    ) {
        let index = usize::try_from(retry).unwrap() - 1;
        let expected = list[index.min(list.len() - 1)];
        let shape = RepeatLast::try_new(list).unwrap();
        prop_assert_eq!(shape.delay(&step(retry, Class::Transient)), Some(expected));
    }
}

#[test]
fn jitter_spreads_from_the_floor_and_not_onto_it() {
    let spread = |jitter| {
        let shape = Exponential::new(secs(1)).jitter(jitter).floor(ms(900));
        let delay = move |seed| {
            shape
                .delay(&Step::new(1, None, Class::Transient, seed))
                .unwrap()
        };
        let mut all: Vec<_> = (0..200).map(delay).collect();
        all.sort();
        all.dedup();
        assert!(*all.first().unwrap() < ms(905) && *all.last().unwrap() > ms(995));
        all.len()
    };
    assert!(spread(Jitter::Full) > 190);
    assert!(spread(Jitter::Equal) > 190);
    assert!(spread(Jitter::Proportional(0.5)) > 190);
}

#[test]
fn the_first_retry_is_made_at_once_and_the_schedule_follows() {
    let shape = Exponential::new(ms(400))
        .cap(secs(120))
        .jitter(Jitter::None)
        .first_at_once(true);
    assert_eq!(delays(shape, 5), [0, 400, 800, 1600, 3200].map(ms));
    assert_eq!(
        shape.delay(&step(u32::MAX, Class::Transient)),
        Some(secs(120))
    );

    let fixed = Fixed::new(ms(50)).first_at_once(true);
    assert_eq!(delays(fixed, 3), [0, 50, 50].map(ms));
    let linear = Linear::new(ms(50)).jitter(Jitter::None).first_at_once(true);
    assert_eq!(delays(linear, 4), [0, 50, 100, 150].map(ms));
    let decorrelated = delays(Decorrelated::new(ms(50)).first_at_once(true), 3);
    assert!(decorrelated[0].is_zero() && decorrelated[1..].iter().all(|delay| *delay >= ms(50)));
}

#[test]
fn a_throttled_call_is_never_repeated_at_once() {
    let shape = Exponential::new(ms(100))
        .jitter(Jitter::None)
        .first_at_once(true);
    assert_eq!(after(NO_HINT, &shape, 4), [100, 100, 200, 400].map(ms));
    let longer = shape.throttled_base(secs(1));
    assert_eq!(after(NO_HINT, &longer, 4), [1, 1, 2, 4].map(secs));
}

#[test]
fn every_shape_has_a_longer_base_for_throttled_calls() {
    let none = Jitter::None;
    let exponential = Exponential::new(ms(50))
        .jitter(none)
        .throttled_base(secs(1));
    assert_eq!(
        after(Class::Transient, &exponential, 3),
        [50, 100, 200].map(ms)
    );
    assert_eq!(after(NO_HINT, &exponential, 3), [1, 2, 4].map(secs));
    // The number of the retry counts, whatever the failures before it were.
    assert_eq!(exponential.delay(&step(2, NO_HINT)), Some(secs(2)));

    let linear = Linear::new(ms(50)).jitter(none).throttled_base(secs(1));
    assert_eq!(after(NO_HINT, &linear, 3), [1, 2, 3].map(secs));
    let fibonacci = Fibonacci::new(ms(50)).jitter(none).throttled_base(secs(1));
    assert_eq!(after(NO_HINT, &fibonacci, 4), [1, 1, 2, 3].map(secs));
    let fixed = Fixed::new(ms(50)).throttled_base(secs(1));
    assert_eq!(after(NO_HINT, &fixed, 2), [secs(1); 2]);
    let decorrelated = Decorrelated::new(ms(50)).throttled_base(secs(1));
    assert!(
        after(NO_HINT, &decorrelated, 9)
            .iter()
            .all(|delay| (secs(1)..=secs(3)).contains(delay))
    );
}

#[test]
fn a_list_is_a_constant_and_is_never_empty() {
    const CHAIN: RepeatLast<[Duration; 5]> =
        repeat_last([secs(1), secs(1), secs(4), secs(4), secs(8)]);
    assert_eq!(delays(CHAIN, 8), [1, 1, 4, 4, 8, 8, 8, 8].map(secs));
    assert_eq!(
        RepeatLast::try_new(Vec::new()),
        Err(InvalidPolicy::NoDelays)
    );
}

#[test]
fn a_hint_over_the_limit_is_cut_if_the_policy_says_so() {
    let policy = Policy::fixed(ms(1))
        .max_retry_after(secs(6))
        .cut_retry_after(true);
    let decide = |class| policy.start().decide(class);
    assert_eq!(decide(hint(secs(7))), Decision::Wait(secs(6)));
    assert_eq!(decide(hint(Duration::MAX)), Decision::Wait(secs(6)));
    assert_eq!(decide(hint(secs(5))), Decision::Wait(secs(5)));
    assert_eq!(decide(NO_HINT), Decision::Wait(ms(1)));
    // A longer delay of the backoff counts.
    let patient = Policy::fixed(secs(9))
        .max_retry_after(secs(6))
        .cut_retry_after(true);
    assert_eq!(
        patient.start().decide(hint(secs(7))),
        Decision::Wait(secs(9))
    );
}

#[test]
fn a_cut_hint_is_spread_upward_as_every_hint() {
    let policy = Policy::new()
        .max_retry_after(secs(10))
        .cut_retry_after(true);
    for seed in 0..100 {
        let decision = policy.seed(seed).start().decide(hint(secs(3600)));
        let Decision::Wait(wait) = decision else {
            panic!("{decision:?}");
        };
        assert!((secs(10)..=secs(11)).contains(&wait), "{wait:?}");
    }
}
