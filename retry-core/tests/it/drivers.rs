//! Every way to retry is a driver over the same machine: the same call goes the same way under each.

use std::cell::Cell;
use std::time::Duration;

use proptest::prelude::*;
use retry_core::{
    Class, Classified, Decision, GiveUp, On, Policy, Report, SoftLimit, permanent, throttled,
    transient,
};

use crate::common::{self, Built, Recorder, Wait, everyday_shape, hint, ms, ready, secs};

/// How an attempt goes: it takes this long, and ends like this.
type Attempt = (Duration, Result<u32, Class>);

/// The number of the attempt, and the class that was scripted for it.
type Failure = Classified<u32>;

type Setup = Policy<common::Shape, On, SoftLimit>;

/// Plays a script; past its end, attempts fail.
#[derive(Debug)]
struct Player<'a> {
    script: &'a [Attempt],
    timer: Recorder,
    played: Cell<u32>,
}

impl<'a> Player<'a> {
    fn new(script: &'a [Attempt]) -> Self {
        Self {
            script,
            timer: Recorder::default(),
            played: Cell::new(0),
        }
    }

    fn attempt(&self) -> Result<u32, Failure> {
        let number = self.played.get();
        self.played.set(number + 1);
        let scripted = self.script.get(usize::try_from(number).unwrap());
        let (took, outcome) = scripted.copied().unwrap_or((ms(1), Err(Class::Transient)));
        self.timer.advance(took);
        outcome.map_err(|class| Classified::new(number, class))
    }

    fn went(self, outcome: Result<u32, Failure>, report: Noted) -> Went {
        Went {
            outcome,
            played: self.played.get(),
            ended: self.timer.time(),
            waits: self.timer.waits(),
            report,
        }
    }
}

/// What a driver says of a call.
#[derive(Debug, PartialEq)]
struct Noted {
    attempts: u32,
    elapsed: Option<Duration>,
    slept: Duration,
    gave_up: Option<GiveUp>,
}

impl From<Report> for Noted {
    fn from(report: Report) -> Self {
        Self {
            attempts: report.attempts,
            elapsed: Some(report.elapsed),
            slept: report.slept,
            gave_up: report.gave_up,
        }
    }
}

/// How a call went.
#[derive(Debug, PartialEq)]
struct Went {
    outcome: Result<u32, Failure>,
    played: u32,
    ended: Duration,
    waits: Vec<Wait>,
    report: Noted,
}

fn awaited(policy: &Setup, script: &[Attempt]) -> Went {
    let player = Player::new(script);
    let call = policy.run_with(player.timer.clone(), async || player.attempt());
    let (outcome, report) = ready(call.report());
    player.went(outcome, report.into())
}

fn blocking(policy: &Setup, script: &[Attempt]) -> Went {
    let player = Player::new(script);
    let call = policy.blocking_with(player.timer.clone(), || player.attempt());
    let (outcome, report) = call.report();
    player.went(outcome, report.into())
}

/// The caller's own loop, which awaits or blocks.
fn explicit(policy: &Setup, script: &[Attempt], block: bool) -> Went {
    let player = Player::new(script);
    let mut retry = policy.start_with(player.timer.clone()).timed();
    let outcome = loop {
        match player.attempt() {
            Ok(value) => break Ok(value),
            Err(error) => match retry.again(error) {
                Ok(delay) if block => delay.block(),
                Ok(delay) => ready(delay.into_future()),
                Err(error) => break Err(error),
            },
        }
    };
    let report = Noted {
        attempts: retry.number(),
        elapsed: retry.elapsed(),
        slept: retry.slept(),
        gave_up: retry.gave_up(),
    };
    player.went(outcome, report)
}

/// The machine alone: its caller waits.
fn by_hand(policy: &Setup, script: &[Attempt]) -> Went {
    let player = Player::new(script);
    let mut retry = policy.start_with(player.timer.clone()).timed();
    let outcome = loop {
        let error = match player.attempt() {
            Ok(value) => break Ok(value),
            Err(error) => error,
        };
        match retry.decide(error.class()) {
            // A delay of zero is no wait.
            Decision::Wait(Duration::ZERO) => {}
            Decision::Wait(delay) => retry_core::BlockingTimer::block(&player.timer, delay),
            Decision::Stop(_) => break Err(error),
        }
    };
    let report = Noted {
        attempts: retry.number(),
        elapsed: retry.elapsed(),
        slept: retry.slept(),
        gave_up: retry.gave_up(),
    };
    player.went(outcome, report)
}

fn scripts() -> impl Strategy<Value = Vec<Attempt>> {
    let class = prop_oneof![
        6 => Just(Class::Transient),
        2 => Just(Class::Refused),
        1 => Just(common::NO_HINT),
        2 => (0..200_000_u64).prop_map(|millis| hint(ms(millis))),
        1 => Just(Class::Ambiguous),
        1 => Just(Class::Permanent),
    ];
    let outcome = prop_oneof![1 => any::<u32>().prop_map(Ok), 5 => class.prop_map(Err)];
    prop::collection::vec(((0..5_000_u64).prop_map(ms), outcome), 0..10)
}

fn policies() -> impl Strategy<Value = Setup> {
    let rungs = prop_oneof![
        Just(On::Refused),
        Just(On::Transient),
        Just(On::Ambiguous),
        Just(On::Any)
    ];
    let limits = prop::option::of((0..60_000_u64).prop_map(ms));
    (everyday_shape(), rungs, 1..12_u32, limits, any::<u64>()).prop_map(
        |(Built { shape, .. }, rung, attempts, limit, seed)| {
            Policy::with_backoff(shape)
                .on(rung)
                .max_attempts(attempts)
                .seed(seed)
                .max_elapsed(limit.unwrap_or(Duration::MAX))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn the_same_call_goes_the_same_way_under_every_driver(
        policy in policies(),
        script in scripts(),
    ) {
        let went = awaited(&policy, &script);
        prop_assert_eq!(&went, &blocking(&policy, &script));
        prop_assert_eq!(&went, &explicit(&policy, &script, true));
        prop_assert_eq!(&went, &explicit(&policy, &script, false));
        prop_assert_eq!(&went, &by_hand(&policy, &script));

        // What the drivers say is what happened.
        prop_assert_eq!(went.report.attempts, went.played);
        prop_assert!(went.waits.len() < usize::try_from(went.played).unwrap());
        prop_assert_eq!(went.report.elapsed, Some(went.ended));
        let slept: Duration = went.waits.iter().map(|wait| wait.duration).sum();
        prop_assert_eq!(went.report.slept, slept);
        prop_assert_eq!(went.report.gave_up.is_none(), went.outcome.is_ok());
        if let Err(error) = went.outcome {
            prop_assert_eq!(*error.get_ref() + 1, went.played, "the last error comes back");
        }
    }
}

const POLICY: Policy<[Duration; 3]> =
    Policy::with_backoff([ms(10), ms(20), ms(40)]).max_attempts(4);

#[test]
fn a_first_attempt_that_succeeds_is_the_only_one() {
    let timer = Recorder::default();
    let (outcome, report) = ready(
        POLICY
            .run_with(&timer, async || Ok::<_, Failure>(7))
            .report(),
    );
    assert_eq!(outcome, Ok(7));
    assert_eq!((report.attempts, report.gave_up), (1, None));
    assert_eq!(
        (report.slept, report.elapsed),
        (Duration::ZERO, Duration::ZERO)
    );
    assert_eq!(timer.waits(), []);
}

#[test]
fn a_call_continues_until_an_attempt_succeeds() {
    let script = [
        (ms(1), Err(Class::Transient)),
        (ms(2), Err(hint(secs(1)))),
        (ms(3), Ok(9)),
    ];
    let player = Player::new(&script);
    let (outcome, report) = POLICY
        .blocking_with(&player.timer, || player.attempt())
        .report();
    assert_eq!(outcome, Ok(9));
    assert_eq!((report.attempts, report.gave_up), (3, None));
    let delays = player.timer.delays();
    assert_eq!(delays[0], ms(10));
    assert!((secs(1)..=ms(1100)).contains(&delays[1]));
    assert_eq!(report.elapsed, ms(6) + report.slept);
}

#[test]
fn a_call_stops_at_the_first_error_that_is_final() {
    let mut errors = [
        transient("busy"),
        throttled("slow down", None),
        permanent("gone"),
    ]
    .into_iter();
    let timer = Recorder::default();
    let call = POLICY.blocking_with(&timer, || Err::<(), _>(errors.next().unwrap()));
    assert_eq!(call.call(), Err(permanent("gone")));
    assert_eq!(timer.delays(), [ms(10), ms(20)]);
}

/// No closure, so `&mut` borrows and `?` are ordinary.
#[test]
fn a_loop_of_the_callers_borrows_and_returns_as_it_likes() {
    struct Connection {
        sent: Vec<String>,
    }

    impl Connection {
        fn query(&mut self, sql: &str) -> Result<usize, Classified<&'static str>> {
            self.sent.push(sql.to_owned());
            match self.sent.len() {
                3 => Ok(3),
                _ => Err(transient("busy")),
            }
        }
    }

    async fn fetch(
        connection: &mut Connection,
        timer: Recorder,
    ) -> Result<usize, Classified<&'static str>> {
        let mut retry = POLICY.start_with(timer);
        loop {
            match connection.query("select 1") {
                Ok(rows) => return Ok(rows),
                Err(error) => retry.again(error)?.await,
            }
        }
    }

    let timer = Recorder::default();
    let mut connection = Connection { sent: Vec::new() };
    assert_eq!(ready(fetch(&mut connection, timer.clone())), Ok(3));
    assert_eq!(timer.delays(), [ms(10), ms(20)]);
    // Here all four attempts fail: the error leaves by `?`.
    connection.sent.resize(9, String::new());
    assert_eq!(ready(fetch(&mut connection, timer)), Err(transient("busy")));
    assert_eq!(connection.sent.len(), 13);
}
