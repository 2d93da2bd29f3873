//! The bound of a `Budget`, over any period, at any ratio, against a model in exact arithmetic.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use proptest::prelude::*;
use retry_core::{Budget, Clock, GiveUp, InvalidPolicy, Moment, NoDelay, Policy, Retry, transient};

use crate::common::{self, Recorder, ms, secs};

/// A billion parts a token.
const TOKEN: i128 = 1_000_000_000;

#[derive(Clone, Copy, Debug)]
enum Event {
    Call,
    Retry,
    Pass(Duration),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        4 => Just(Event::Call),
        4 => Just(Event::Retry),
        1 => (0..3_000_000_000_u64).prop_map(|nanos| Event::Pass(Duration::from_nanos(nanos))),
        1 => common::any_duration().prop_map(|by| Event::Pass(by.min(secs(1 << 24)))),
    ];
    prop::collection::vec(event, 0..300)
}

#[derive(Clone, Copy, Debug)]
struct Settings {
    /// In parts, so that the ratio is exact.
    ratio: u64,
    burst: u32,
    per_second: u32,
}

impl Settings {
    #[expect(clippy::cast_precision_loss, reason = "a ratio has at most 13 digits")]
    fn budget(self) -> Budget {
        Budget::new(self.ratio as f64 / 1e9)
            .burst(self.burst)
            .min_per_second(self.per_second)
    }
}

fn settings() -> impl Strategy<Value = Settings> {
    let ratio = prop_oneof![
        1 => Just(0),
        1 => Just(1_000_000_000_000),
        // From 0.01 to 10, every order of magnitude as likely as the next.
        6 => (7.0..10.0_f64).prop_map(|digits| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in range")]
            let parts = 10_f64.powf(digits) as u64;
            parts
        }),
        1 => 0..1_000_000_000_000_u64,
    ];
    let burst = prop_oneof![6 => 0..20_u32, 1 => any::<u32>()];
    let per_second = prop_oneof![3 => Just(0), 6 => 1..100_u32, 1 => any::<u32>()];
    (ratio, burst, per_second).prop_map(|(ratio, burst, per_second)| Settings {
        ratio,
        burst,
        per_second,
    })
}

/// The rule, written down once more: one number, filled by everything and emptied by retries.
struct Model {
    settings: Settings,
    parts: i128,
}

impl Model {
    fn new(settings: Settings) -> Self {
        let parts = i128::from(settings.burst) * TOKEN;
        Self { settings, parts }
    }

    fn fill(&mut self, parts: i128) {
        self.parts = (self.parts + parts).min(i128::from(self.settings.burst) * TOKEN);
    }

    fn pass(&mut self, by: Duration) -> i128 {
        let paid = i128::try_from(by.as_nanos()).unwrap() * i128::from(self.settings.per_second);
        self.fill(paid);
        paid
    }

    fn withdraw(&mut self) -> bool {
        let there = self.parts >= TOKEN;
        if there {
            self.parts -= TOKEN;
        }
        there
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_budget_grants_what_the_model_grants_and_keeps_its_bound_over_every_period(
        settings in settings(),
        events in events(),
    ) {
        let (budget, clock) = (settings.budget(), Recorder::default());
        let mut model = Model::new(settings);
        // Retries less what calls and time paid for, since the start, and its lowest point so far: a
        // period that begins there is the worst.
        let (mut overdrawn, mut lowest) = (0_i128, 0_i128);
        for event in events {
            match event {
                Event::Call => {
                    budget.deposit();
                    model.fill(i128::from(settings.ratio));
                    overdrawn -= i128::from(settings.ratio);
                }
                Event::Pass(by) => {
                    clock.advance(by);
                    overdrawn -= model.pass(by);
                }
                Event::Retry => {
                    let given = budget.withdraw_by(&clock);
                    prop_assert_eq!(given, model.withdraw(), "with {} parts", model.parts);
                    overdrawn += i128::from(given) * TOKEN;
                    prop_assert_eq!(i128::from(budget.available()), model.parts / TOKEN);
                }
            }
            lowest = lowest.min(overdrawn);
            prop_assert!(overdrawn - lowest <= i128::from(settings.burst) * TOKEN);
            prop_assert!(budget.available() <= u64::from(settings.burst));
        }
    }

    #[test]
    fn failing_calls_are_held_to_the_bound(
        settings in settings(),
        calls in 1..200_u32,
        attempts in 1..10_u32,
        between in (0..2000_u64).prop_map(ms),
    ) {
        let (budget, clock) = (settings.budget(), Recorder::default());
        let policy = Policy::with_backoff(NoDelay).max_attempts(attempts).budget(&budget);
        let mut hits = 0_u32;
        for _ in 0..calls {
            let (outcome, report) = policy
                .blocking_with(clock.clone(), || {
                    hits += 1;
                    Err::<(), _>(transient("down"))
                })
                .report();
            prop_assert!(outcome.is_err());
            let out_of_attempts = report.attempts == attempts;
            let reason = if out_of_attempts { GiveUp::Exhausted } else { GiveUp::Budget };
            prop_assert_eq!(report.gave_up, Some(reason));
            clock.advance(between);
        }
        let paid = i128::from(settings.ratio) * i128::from(calls)
            + i128::from(settings.per_second) * i128::try_from(clock.time().as_nanos()).unwrap();
        prop_assert!(i128::from(hits - calls) * TOKEN <= paid + i128::from(settings.burst) * TOKEN);
    }
}

fn withdraw_all(budget: &Budget, clock: &dyn Clock) -> u64 {
    std::iter::repeat_with(|| budget.withdraw_by(clock))
        .take_while(|&given| given)
        .count()
        .try_into()
        .unwrap()
}

#[test]
fn a_budget_starts_with_its_burst() {
    let clock = Recorder::default();
    assert_eq!(withdraw_all(&Budget::new(0.2), &clock), 10);
    assert_eq!(withdraw_all(&Budget::new(0.2).burst(3), &clock), 3);
    let both = Budget::new(0.2).min_per_second(7).burst(3);
    assert_eq!((both.available(), withdraw_all(&both, &clock)), (3, 3));
}

#[test]
fn fractions_add_up_exactly() {
    for (ratio, calls) in [(0.1, 10), (0.01, 100), (0.001, 1000), (0.2, 5), (0.125, 8)] {
        let budget = Budget::new(ratio).burst(1);
        assert!(budget.withdraw());
        for _ in 1..calls {
            budget.deposit();
            assert!(!budget.withdraw(), "{ratio}");
        }
        budget.deposit();
        assert!(budget.withdraw() && !budget.withdraw(), "{ratio}");
    }
}

#[test]
fn time_pays_by_the_nanosecond() {
    let (budget, clock) = (
        Budget::new(0.0).burst(2).min_per_second(4),
        Recorder::default(),
    );
    assert_eq!(withdraw_all(&budget, &clock), 2);
    clock.advance(Duration::from_nanos(249_999_999));
    assert!(!budget.withdraw_by(&clock));
    clock.advance(Duration::from_nanos(1));
    assert_eq!(withdraw_all(&budget, &clock), 1);
    clock.advance(secs(3600));
    assert_eq!(withdraw_all(&budget, &clock), 2);
}

#[test]
fn a_clock_that_lags_takes_nothing_away() {
    let (budget, clock) = (
        Budget::new(0.0).burst(5).min_per_second(1),
        Recorder::default(),
    );
    let behind = Recorder::default();
    clock.advance(secs(100));
    assert!(budget.withdraw_by(&clock) && budget.withdraw_by(&behind));
    assert_eq!(withdraw_all(&budget, &clock), 3);
    assert_eq!(withdraw_all(&budget, &behind), 0);
}

/// A clock that must not be read.
#[derive(Clone, Copy)]
struct Blind;

impl Clock for Blind {
    fn now(&self) -> Moment {
        panic!("the clock was read");
    }
}

#[test]
fn a_deposit_reads_no_clock_and_a_withdrawal_only_if_time_adds_retries() {
    let timeless = Budget::new(0.5);
    let timed = Budget::new(0.5).min_per_second(1);
    let policy = Policy::with_backoff(NoDelay);
    let on_timeless = policy.budget(&timeless);
    let mut retry: Retry<'_, _, _> = on_timeless.start_with(Blind);
    assert!(retry.decide(retry_core::Class::Transient) == retry_core::Decision::Wait(secs(0)));
    // The call deposits; only its retry would ask for the time.
    let on_timed = policy.budget(&timed);
    assert_eq!(on_timed.start_with(Blind).number(), 1);
}

#[test]
fn ratios_that_make_no_sense_are_refused() {
    for ratio in [-0.1, 1000.1, f64::NAN, f64::INFINITY] {
        assert_eq!(Budget::try_new(ratio).err(), Some(InvalidPolicy::Ratio));
    }
    for ratio in [0.0, 1e-9, 1000.0] {
        assert!(Budget::try_new(ratio).is_ok());
    }
}

/// A clock that threads share.
struct Shared(AtomicU64);

impl Clock for Shared {
    fn now(&self) -> Moment {
        Moment::EPOCH.after(Duration::from_nanos(self.0.load(Ordering::Relaxed)))
    }
}

const THREADS: u64 = WORKERS as u64;
const WORKERS: usize = 4;
const ROUNDS: u64 = 20_000;

/// What is withdrawn if every thread deposits and withdraws in turns, and each turn takes this long.
fn withdrawn_by_threads(budget: &Budget, turn: u64) -> u64 {
    let clock = Shared(AtomicU64::new(0));
    let drained = withdraw_all(budget, &clock);
    assert!(drained >= THREADS * ROUNDS, "nothing must overflow");
    let work = || {
        let mut withdrawn = 0;
        for _ in 0..ROUNDS {
            budget.deposit();
            clock.0.fetch_add(turn, Ordering::Relaxed);
            withdrawn += u64::from(budget.withdraw_by(&clock));
        }
        withdrawn
    };
    let withdrawn: u64 = thread::scope(|scope| {
        let threads = [(); WORKERS].map(|()| scope.spawn(work));
        threads.map(|thread| thread.join().unwrap()).iter().sum()
    });
    withdrawn + withdraw_all(budget, &clock)
}

#[test]
fn threads_lose_no_token_and_make_none() {
    let budget = Budget::new(0.25).burst(100_000);
    assert_eq!(withdrawn_by_threads(&budget, 0), THREADS * ROUNDS / 4);
}

#[test]
fn threads_lose_none_of_the_time_and_pay_none_twice() {
    // A microsecond pays a hundredth, as there are ten thousand a second.
    let budget = Budget::new(0.25).burst(100_000).min_per_second(10_000);
    let turns = THREADS * ROUNDS;
    let paid = turns / 4 + turns / 100;
    assert_eq!(withdrawn_by_threads(&budget, 1000), paid);
}
