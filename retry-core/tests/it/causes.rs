//! `causes`: errors that hide what they are are judged by the first cause of a listed type.

use std::cell::Cell;
use std::error::Error;
use std::fmt;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use retry_core::{
    Causes, Class, Classify, GiveUpEvent, NoBudget, NoDelay, Policy, Rule, TimedOut, ambiguous,
    causes, permanent, refused, throttled, transient,
};

use crate::common::{Recorder, secs};

type Boxed = Box<dyn Error + Send + Sync>;

/// An error of this test, whose class is the one that it holds.
#[derive(Clone, Copy, Debug)]
struct Known(Class);

/// A 502 with `Retry-After`: a hint that the class does not hold.
#[derive(Debug)]
struct BadGateway;

/// An error of another crate, which classifies itself by the marker of an adapter.
#[derive(Debug)]
struct Foreign;

struct Adapter;

/// An error that is not listed and wraps another.
#[derive(Debug)]
struct Unlisted<E>(E);

impl Classify for Known {
    fn classify(&self) -> Class {
        self.0
    }
}

impl Classify for BadGateway {
    fn classify(&self) -> Class {
        Class::Transient
    }

    fn retry_after(&self) -> Option<Duration> {
        Some(secs(7))
    }
}

impl Classify<Adapter> for Foreign {
    fn classify(&self) -> Class {
        Class::Ambiguous
    }
}

macro_rules! display {
    ($($error:ty),*) => {$(
        impl fmt::Display for $error {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(self, f)
            }
        }

        impl Error for $error {}
    )*};
}

display!(Known, BadGateway, Foreign);

impl<E> fmt::Display for Unlisted<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not listed")
    }
}

impl<E: Error + 'static> Error for Unlisted<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

fn class_by<E, K, L>(rule: Causes<L>, error: &E) -> Class
where
    Causes<L>: Rule<E, K>,
{
    let class = Cell::new(None);
    let policy = Policy::from_parts(NoDelay, rule, NoBudget);
    let mut retry = policy
        .start()
        .on_give_up(|event: &GiveUpEvent<'_, E>| class.set(Some(event.class)));
    retry.stop(error);
    class.get().expect("the call gave up")
}

/// The class of an error, the same in every type that hides it.
#[track_caller]
fn class<L, K, N>(rule: Causes<L>, error: impl Error + Send + Sync + 'static) -> Class
where
    Causes<L>: Rule<Boxed, K> + Rule<Box<dyn Error>, N>,
{
    let sync: Boxed = Box::new(error);
    let class = class_by::<_, K, L>(rule, &sync);
    let local: Box<dyn Error> = sync;
    assert_eq!(class_by::<_, N, L>(rule, &local), class);
    class
}

#[test]
fn the_outermost_listed_cause_decides() {
    let missing = || io::Error::from(ErrorKind::NotFound);
    assert_eq!(class(causes::<(io::Error,)>(), missing()), Class::Permanent);
    let reset = io::Error::from(ErrorKind::ConnectionReset);
    let nested = Unlisted(Unlisted(reset));
    assert_eq!(
        class(causes::<(Known, io::Error)>(), nested),
        Class::Transient
    );

    let outer = Unlisted(io::Error::new(ErrorKind::NotFound, Known(Class::Transient)));
    assert_eq!(
        class(causes::<(Known, io::Error)>(), outer),
        Class::Permanent
    );
}

#[test]
fn an_error_without_a_listed_cause_is_permanent() {
    let reset = || Unlisted(io::Error::from(ErrorKind::ConnectionReset));
    assert_eq!(class(causes::<(Known,)>(), reset()), Class::Permanent);
    let words = Boxed::from("only words");
    assert_eq!(class_by(causes::<(Known,)>(), &words), Class::Permanent);
}

/// `source()` of an `io::Error` is that of its inner error.
#[test]
fn the_inner_error_of_an_io_error_is_not_skipped() {
    let inside = || io::Error::other(io::Error::other(Known(Class::Refused)));
    assert_eq!(class(causes::<(Known,)>(), inside()), Class::Refused);
    assert_eq!(
        class(causes::<(Known,)>(), Unlisted(inside())),
        Class::Refused
    );
}

#[test]
fn a_class_that_was_said_in_place_counts() {
    let known = Known(Class::Permanent);
    assert_eq!(
        class(causes::<(Known,)>(), transient(known)),
        Class::Transient
    );
    assert_eq!(
        class(causes::<(Known,)>(), Unlisted(ambiguous(known))),
        Class::Ambiguous
    );
    let reset = || io::Error::from(ErrorKind::ConnectionReset);
    assert_eq!(
        class(causes::<(Known, io::Error)>(), permanent(reset())),
        Class::Permanent
    );
    // Of a type that is not listed, it does not.
    assert_eq!(
        class(causes::<(Known,)>(), refused(reset())),
        Class::Permanent
    );
}

#[test]
fn a_listed_error_behind_a_pointer_is_found() {
    let known = || Known(Class::Refused);
    assert_eq!(
        class(causes::<(Known,)>(), Unlisted(Box::new(known()))),
        Class::Refused
    );
    assert_eq!(
        class(causes::<(Known,)>(), Unlisted(Arc::new(known()))),
        Class::Refused
    );
}

#[test]
fn a_shared_error_is_searched_too() {
    let shared: Arc<dyn Error + Send + Sync> = Arc::new(Unlisted(Known(Class::Refused)));
    assert_eq!(class_by(causes::<(Known,)>(), &shared), Class::Refused);
}

#[test]
fn the_marker_of_a_foreign_error_is_inferred() {
    assert_eq!(
        class(causes::<(io::Error, Foreign)>(), Unlisted(Foreign)),
        Class::Ambiguous
    );
    assert_eq!(
        class(causes::<(Foreign, Known)>(), Known(Class::Refused)),
        Class::Refused
    );
}

#[test]
fn anyhow_is_searched_with_and_without_context() {
    let rule = causes::<(Known, io::Error)>();
    let io = |kind: ErrorKind| Err::<(), _>(io::Error::from(kind)).context("reading the feed");
    let class = |kind| class_by(rule, &io(kind).context("starting").unwrap_err());
    assert_eq!(class(ErrorKind::ConnectionRefused), Class::Refused);
    assert_eq!(class(ErrorKind::NotFound), Class::Permanent);

    let said = || -> anyhow::Result<()> { Err(transient(Known(Class::Permanent)))? };
    assert_eq!(class_by(rule, &said().unwrap_err()), Class::Transient);
    let said = said().context("paying").unwrap_err();
    assert_eq!(class_by(rule, &said), Class::Transient);
    assert_eq!(class_by(rule, &anyhow::anyhow!("words")), Class::Permanent);
}

/// The attempts of a call, and its waits.
fn calls<E, K, L>(rule: Causes<L>, error: impl Fn() -> E) -> (u32, Vec<Duration>)
where
    Causes<L>: Rule<E, K>,
{
    let timer = Recorder::default();
    let policy = Policy::with_backoff([Duration::ZERO; 2]).on_error(rule);
    let call = policy.blocking_with(timer.clone(), || Err::<(), _>(error()));
    let attempts = call.report().1.attempts;
    (attempts, timer.delays())
}

#[test]
fn a_policy_obeys_the_hint_of_the_cause() {
    let (attempts, waits) = calls(causes::<(BadGateway,)>(), || {
        anyhow::Error::from(BadGateway).context("a 502 that says Retry-After")
    });
    assert_eq!(attempts, 3);
    assert!(waits.iter().all(|wait| *wait >= secs(7)), "{waits:?}");

    let (_, waits) = calls(causes::<(Known,)>(), || -> Boxed {
        Box::new(throttled(Known(Class::Permanent), secs(3)))
    });
    assert!(waits.iter().all(|wait| *wait >= secs(3)), "{waits:?}");
}

#[test]
fn an_ambiguous_or_permanent_cause_is_not_retried() {
    for class in [Class::Permanent, Class::Ambiguous] {
        let (attempts, _) = calls(causes::<(Known,)>(), || Boxed::from(Known(class)));
        assert_eq!(attempts, 1);
    }
}

/// Otherwise `attempt_timeout` would end the call.
#[test]
fn an_attempt_that_the_policy_cut_off_need_not_be_listed() {
    let timed_out = || anyhow::Error::from(TimedOut::new(secs(1)));
    let rule = causes::<(Known,)>();
    assert_eq!(class_by(rule, &timed_out()), Class::Transient);
    // That of another call is a cause like any other.
    let inner = Boxed::from(Unlisted(TimedOut::new(secs(1))));
    assert_eq!(class_by(rule, &inner), Class::Permanent);
}

#[test]
fn the_rule_is_a_value_that_prints_its_list() {
    const POLICY: Policy<[Duration; 1], Causes<(io::Error,)>> =
        Policy::from_parts([Duration::ZERO], causes(), NoBudget);
    let rule = causes::<(io::Error,)>();
    assert_eq!(format!("{rule:?}"), "causes::<(std::io::error::Error,)>()");
    let copy = rule;
    assert_eq!(copy, rule);
    assert!(POLICY.run_blocking(|| Ok::<_, Boxed>(1)).is_ok());
}
