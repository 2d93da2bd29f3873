//! `#[derive(Classify)]`: per variant, per type, through fields and by classifiers.

use std::io::{Error as IoError, ErrorKind};
use std::time::Duration;

use retryable::{Class, Classified, Classify, GiveUp, NoDelay, Policy, transient};

/// An error of another crate, which implements nothing.
#[derive(Debug)]
struct Foreign(u16);

fn by_code(foreign: &Foreign) -> bool {
    foreign.0 >= 500
}

#[derive(Debug, thiserror::Error, Classify)]
enum ApiError {
    #[error("slow down")]
    #[classify(throttled, retry_after = wait)]
    Busy { wait: Duration },
    #[error("limited to {0}")]
    #[classify(throttled, retry_after = 1)]
    Limited(&'static str, Option<Duration>),
    #[error("slow")]
    #[classify(throttled)]
    Slow,
    #[error(transparent)]
    #[classify(inner)]
    Io(#[from] IoError),
    #[error("reading {path}")]
    #[classify(inner)]
    Read {
        path: &'static str,
        #[source]
        cause: Classified<IoError>,
    },
    #[error("foreign")]
    #[classify(with = by_code)]
    Other(Foreign),
    #[error("refused")]
    #[classify(refused)]
    Refused,
    #[error("lost")]
    #[classify(ambiguous)]
    Lost,
    #[error("reset by {by} at {at}")]
    #[classify(transient)]
    Reset { by: u8, at: u8 },
    #[error("gone")]
    #[classify(permanent)]
    Gone,
    #[error("bad id")]
    BadId,
}

const SECOND: Duration = Duration::from_secs(1);

fn throttled(retry_after: impl Into<Option<Duration>>) -> Class {
    Class::Throttled {
        retry_after: retry_after.into(),
    }
}

#[test]
fn each_variant_says_its_class_and_the_rest_are_permanent() {
    let words = [
        (ApiError::Slow, throttled(None)),
        (ApiError::Refused, Class::Refused),
        (ApiError::Lost, Class::Ambiguous),
        (ApiError::Reset { by: 1, at: 2 }, Class::Transient),
        (ApiError::Gone, Class::Permanent),
        (ApiError::BadId, Class::Permanent),
    ];
    for (error, class) in words {
        assert_eq!(error.classify(), class, "{error:?}");
    }
}

#[test]
fn retry_after_is_read_from_a_named_or_numbered_field_optional_or_not() {
    assert_eq!(
        ApiError::Busy { wait: SECOND }.classify(),
        throttled(SECOND)
    );
    assert_eq!(
        ApiError::Limited("x", Some(SECOND)).classify(),
        throttled(SECOND)
    );
    assert_eq!(ApiError::Limited("x", None).classify(), throttled(None));
}

#[test]
fn inner_asks_the_only_field_or_the_one_that_is_the_cause() {
    let refused = IoError::from(ErrorKind::ConnectionRefused);
    assert_eq!(ApiError::from(refused).classify(), Class::Refused);
    let read = ApiError::Read {
        path: "a",
        cause: transient(IoError::from(ErrorKind::NotFound)),
    };
    assert_eq!(read.classify(), Class::Transient);
}

#[test]
fn with_passes_the_field_of_a_variant_to_a_classifier() {
    assert_eq!(ApiError::Other(Foreign(503)).classify(), Class::Transient);
    assert_eq!(ApiError::Other(Foreign(404)).classify(), Class::Permanent);
}

#[derive(Debug, Classify)]
#[classify(transient)]
enum Mostly {
    Fine,
    #[classify(permanent)]
    Not,
    Also {
        by: u8,
    },
}

#[test]
fn a_word_on_the_enum_is_the_default_of_its_variants() {
    assert_eq!(Mostly::Fine.classify(), Class::Transient);
    let also = Mostly::Also { by: 1 };
    assert_eq!(also.classify(), Class::Transient);
    assert!(matches!(also, Mostly::Also { by: 1 }));
    assert_eq!(Mostly::Not.classify(), Class::Permanent);
}

#[derive(Debug, Classify)]
#[classify(with = Status::class)]
enum Status {
    Code(u16),
    Unknown,
}

impl Status {
    fn class(&self) -> Class {
        match self {
            Self::Code(429) => throttled(None),
            Self::Code(_) => Class::Permanent,
            Self::Unknown => Class::Ambiguous,
        }
    }
}

#[test]
fn with_on_the_type_receives_the_whole_error() {
    assert_eq!(Status::Code(429).classify(), throttled(None));
    assert_eq!(Status::Code(400).classify(), Class::Permanent);
    assert_eq!(Status::Unknown.classify(), Class::Ambiguous);
}

#[derive(Debug, thiserror::Error, Classify)]
#[error("unit")]
#[classify(transient)]
struct Unit;

#[derive(Debug, Classify)]
#[classify(permanent)]
struct Unsaid;

#[derive(Debug, Classify)]
#[classify(inner)]
struct Wrapper(IoError);

#[derive(Debug, Classify)]
#[classify(throttled, retry_after = after)]
struct RetryBudget {
    after: Duration,
}

#[derive(Debug, thiserror::Error, Classify)]
#[error("in {request:?}")]
#[classify(inner)]
struct Generic<'a, E: std::error::Error + 'static, const N: usize> {
    request: &'a [u8; N],
    #[source]
    cause: E,
}

#[derive(Debug, Classify)]
enum Never {}

#[test]
fn structs_and_generics_derive_it_too() {
    assert_eq!(Unit.classify(), Class::Transient);
    assert_eq!(Unsaid.classify(), Class::Permanent);
    let wrapper = Wrapper(IoError::from(ErrorKind::TimedOut));
    assert_eq!(wrapper.classify(), Class::Transient);
    assert_eq!(RetryBudget { after: SECOND }.classify(), throttled(SECOND));
    let generic = Generic {
        request: b"GET",
        cause: Unit,
    };
    assert_eq!(generic.classify(), Class::Transient);
    let none: Option<Never> = None;
    assert!(none.is_none_or(|never| never.classify() == Class::Permanent));
}

#[test]
fn a_derived_error_drives_a_policy() {
    let policy = Policy::with_backoff(NoDelay).max_attempts(4);
    let mut script = vec![ApiError::BadId, ApiError::Refused, ApiError::Slow];
    let mut retry = policy.start();
    let error = loop {
        match retry.again(script.pop().expect("stops in time")) {
            Ok(delay) => delay.block(),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, ApiError::BadId));
    assert_eq!(retry.number(), 3);
    assert_eq!(retry.gave_up(), Some(GiveUp::NotRetryable));
}

/// A gateway that fails and says when to come back.
#[derive(Debug, Clone, PartialEq)]
struct BadGateway(Duration);

impl Classify for BadGateway {
    fn classify(&self) -> Class {
        Class::Transient
    }

    fn retry_after(&self) -> Option<Duration> {
        Some(self.0)
    }
}

#[derive(Debug, Classify)]
enum Upstream {
    #[classify(inner)]
    Gateway(BadGateway),
    #[classify(throttled, retry_after = 0)]
    Busy(Duration),
    #[classify(transient)]
    Reset,
    Gone,
}

#[derive(Debug, Classify)]
#[classify(inner)]
struct Around<E>(E);

#[test]
fn inner_forwards_the_hint_of_an_error_of_any_class() {
    let gateway = Upstream::Gateway(BadGateway(SECOND));
    assert_eq!(gateway.classify(), Class::Transient);
    assert_eq!(gateway.retry_after(), Some(SECOND));
    assert_eq!(Around(gateway).retry_after(), Some(SECOND));
    assert_eq!(Upstream::Busy(SECOND).retry_after(), Some(SECOND));
    assert_eq!(Upstream::Reset.retry_after(), None);
    assert_eq!(Upstream::Gone.retry_after(), None);
}

#[derive(Debug, Classify)]
#[classify(with = by_value)]
#[allow(dead_code)]
enum WithType<T> {
    Left(T),
    Right { value: T },
}

fn by_value<T>(_: &WithType<T>) -> bool {
    true
}

#[derive(Debug, Classify)]
#[classify(transient)]
struct Plain;

#[derive(Debug, Classify)]
enum Wrapping {
    #[classify(inner)]
    Api(ApiError),
    #[classify(inner)]
    Io(IoError),
    Other,
}

#[test]
fn an_error_is_called_by_its_type_and_variant() {
    assert_eq!(ApiError::Slow.error_type(), Some("ApiError::Slow"));
    let right = WithType::Right { value: 1 };
    assert_eq!(right.error_type(), Some("WithType::Right"));
    assert_eq!(Plain.error_type(), Some("Plain"));
    assert_eq!(Wrapping::Other.error_type(), Some("Wrapping::Other"));
    // The field knows better, if it says anything.
    let inner = Wrapping::Api(ApiError::Slow);
    assert_eq!(inner.error_type(), Some("ApiError::Slow"));
    let io = Wrapping::Io(ErrorKind::NotFound.into());
    assert_eq!(io.error_type(), Some("Wrapping::Io"));
    let boxed: Box<&ApiError> = Box::new(&ApiError::Slow);
    assert_eq!(boxed.error_type(), Some("ApiError::Slow"));
    let unlabeled = transient(5_u8);
    assert_eq!(unlabeled.error_type(), Some("u8"));
}

macro_rules! from_pieces {
    ($(#[$outer:meta])* $vis:vis $name:ident<$parameter:ident> { $($(#[$inner:meta])* $variant:ident($ty:ty),)* }) => {
        $(#[$outer])*
        $vis enum $name<$parameter> {
            $($(#[$inner])* $variant($ty),)*
        }
    };
}

from_pieces! {
    #[derive(Classify)]
    #[classify(crate = ::retryable)]
    #[allow(dead_code, reason = "only the classes are read")]
    pub(crate) FromPieces<T> {
        #[classify(transient)]
        Busy(Vec<(u8, T)>),
        #[classify(inner)]
        Wrapped(T),
        Closed(u8),
    }
}

#[test]
fn a_type_may_come_from_a_macro() {
    let busy = FromPieces::<Classified<u8>>::Busy(Vec::new());
    assert_eq!(busy.classify(), Class::Transient);
    let wrapped = FromPieces::Wrapped(transient(5_u8));
    assert_eq!(wrapped.classify(), Class::Transient);
    let closed = FromPieces::<Classified<u8>>::Closed(1);
    assert_eq!(closed.classify(), Class::Permanent);
}
