//! `AdaptiveThrottle`, by the formula of the Google SRE book.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;
use retry_core::{AdaptiveThrottle, Class, RetryBudget, Step};

use crate::common::{Recorder, ms, secs};
use crate::throttles::refuses;

#[test]
fn sre_settings_that_make_no_sense_are_refused_by_their_names() {
    for k in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -2.0, 0.0, 0.999] {
        let checked = AdaptiveThrottle::try_new(k);
        refuses(checked, || AdaptiveThrottle::new(k), ["`k`", "1.0"]);
    }
    let throttle = || AdaptiveThrottle::new(2.0);
    let nothing = Duration::ZERO;
    let words = ["window", "zero"];
    refuses(
        throttle().try_window(nothing),
        || throttle().window(nothing),
        words,
    );

    for window in [Duration::from_nanos(1), Duration::MAX] {
        let throttle = AdaptiveThrottle::new(1.0).window(window);
        throttle.failed(Class::Transient, &Recorder::default());
    }
}

/// What happens to an [`AdaptiveThrottle`].
#[derive(Clone, Copy, Debug)]
enum Event {
    Failure,
    Success,
    Retry(u64),
    Pass(Duration),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        4 => Just(Event::Failure),
        2 => Just(Event::Success),
        4 => any::<u64>().prop_map(Event::Retry),
        2 => (0..3000_u64).prop_map(|millis| Event::Pass(ms(millis))),
        1 => (0..60_000_u64).prop_map(|millis| Event::Pass(ms(millis))),
    ];
    prop::collection::vec(event, 0..300)
}

/// Counts by tenth of the window. The tenths begin with the first event, and again with the first one
/// after a whole window without any.
#[derive(Default)]
struct Reference {
    began: Option<Duration>,
    newest: u128,
    tenths: BTreeMap<u128, (u32, u32)>,
}

impl Reference {
    fn count(&mut self, now: Duration, window: Duration, requests: u32, accepts: u32) -> f64 {
        let tenth = (window / 10).as_nanos();
        let mut place = now
            .saturating_sub(*self.began.get_or_insert(now))
            .as_nanos()
            / tenth;
        if place - self.newest >= 10 {
            self.began = Some(now);
            self.tenths.clear();
            place = 0;
        }
        self.newest = place;
        self.tenths.retain(|&at, _| at + 10 > place);
        let counts = self.tenths.entry(place).or_default();
        counts.0 += requests;
        counts.1 += accepts;
        let all = self.tenths.values();
        let (requests, accepts) = all.fold((0, 0), |sum, of| (sum.0 + of.0, sum.1 + of.1));
        f64::from(requests) - 2.0 * f64::from(accepts)
    }

    fn requests(&self) -> f64 {
        f64::from(self.tenths.values().map(|counts| counts.0).sum::<u32>())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn sre_drops_by_the_formula_over_a_window_that_moves_on(events in events()) {
        let window = secs(30);
        let throttle = AdaptiveThrottle::new(2.0).window(window);
        let (mut reference, clock) = (Reference::default(), Recorder::default());
        for event in events {
            let now = clock.time();
            match event {
                Event::Pass(by) => clock.advance(by),
                Event::Failure => {
                    throttle.failed(Class::Transient, &clock);
                    reference.count(now, window, 1, 0);
                }
                Event::Success => {
                    throttle.succeeded(None, &clock);
                    reference.count(now, window, 1, 1);
                }
                Event::Retry(seed) => {
                    let step = || Step::new(1, None, Class::Transient, seed);
                    let allowed = throttle.withdraw(&step(), &clock);
                    let excess = reference.count(now, window, 0, 0);
                    let drop = (excess / (reference.requests() + 1.0)).max(0.0);
                    // A retry that is dropped counts now, and one that is made when it has ended.
                    if !allowed {
                        reference.count(now, window, 1, 0);
                    }
                    let drawn = step().random();
                    prop_assume!((drawn - drop).abs() > 1e-9);
                    prop_assert_eq!(allowed, drawn >= drop, "{} against {}", drawn, drop);
                }
            }
        }
    }
}

#[test]
fn sre_drops_no_retry_while_half_of_the_requests_are_accepted() {
    let (throttle, clock) = (AdaptiveThrottle::new(2.0), Recorder::default());
    for seed in 0..1000 {
        throttle.failed(Class::Transient, &clock);
        throttle.succeeded(None, &clock);
        let step = Step::new(1, None, Class::Transient, seed);
        assert!(throttle.withdraw(&step, &clock));
    }
}

#[test]
fn sre_forgets_an_outage_when_its_window_is_over() {
    let (throttle, clock) = (AdaptiveThrottle::new(2.0), Recorder::default());
    let allowed = |clock: &Recorder| {
        (0..1000)
            .filter(|&seed| {
                throttle.failed(Class::Transient, clock);
                throttle.withdraw(&Step::new(1, None, Class::Transient, seed), clock)
            })
            .count()
    };
    assert!(allowed(&clock) < 30, "next to nothing, after the first few");
    clock.advance(secs(119));
    assert!(allowed(&clock) < 30);
    clock.advance(secs(240));
    let first = Step::new(1, None, Class::Transient, 0);
    assert!(throttle.withdraw(&first, &clock));
}
