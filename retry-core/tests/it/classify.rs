//! Which class errors have: those of `std` and tokio, pointers, and foreign types.

use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::Duration;

use retry_core::{
    Class, Classified, Classify, TimedOut, ambiguous, permanent, refused, throttled, transient,
};

use crate::common::{self, NO_HINT, hint, secs};

/// An error of an unknown crate that wraps another.
#[derive(Debug)]
struct Opaque<E>(E);

impl<E> fmt::Display for Opaque<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("opaque")
    }
}

impl<E: Error + 'static> Error for Opaque<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

mod io_errors {
    use super::*;

    const REFUSED: [ErrorKind; 2] = [ErrorKind::ConnectionRefused, ErrorKind::AddrNotAvailable];
    const TRANSIENT: [ErrorKind; 12] = [
        ErrorKind::HostUnreachable,
        ErrorKind::NetworkUnreachable,
        ErrorKind::NetworkDown,
        ErrorKind::OutOfMemory,
        ErrorKind::TimedOut,
        ErrorKind::ConnectionReset,
        ErrorKind::ConnectionAborted,
        ErrorKind::BrokenPipe,
        ErrorKind::UnexpectedEof,
        ErrorKind::Interrupted,
        ErrorKind::WouldBlock,
        ErrorKind::ResourceBusy,
    ];
    const PERMANENT: [ErrorKind; 11] = [
        ErrorKind::NotFound,
        ErrorKind::PermissionDenied,
        ErrorKind::AlreadyExists,
        ErrorKind::InvalidInput,
        ErrorKind::InvalidData,
        ErrorKind::WriteZero,
        ErrorKind::NotConnected,
        ErrorKind::AddrInUse,
        ErrorKind::StorageFull,
        ErrorKind::Unsupported,
        ErrorKind::Other,
    ];

    #[track_caller]
    fn each(kinds: &[ErrorKind], class: Class) {
        for &kind in kinds {
            assert_eq!(io::Error::from(kind).classify(), class, "{kind:?}");
            assert_eq!(
                io::Error::new(kind, "said why").classify(),
                class,
                "{kind:?}"
            );
        }
    }

    #[test]
    fn an_io_error_that_never_arrived_is_refused() {
        each(&REFUSED, Class::Refused);
    }

    #[test]
    fn an_io_error_that_passes_is_transient() {
        each(&TRANSIENT, Class::Transient);
    }

    /// A route that is gone ends a connection on which a request was already sent.
    #[test]
    #[cfg(target_os = "linux")]
    fn an_unreachable_host_is_no_proof_that_nothing_was_sent() {
        for code in [113, 101, 100] {
            let error = io::Error::from_raw_os_error(code);
            assert_eq!(error.classify(), Class::Transient, "{error}");
        }
    }

    #[test]
    #[cfg(any(target_os = "linux", windows, target_vendor = "apple"))]
    fn a_shortage_of_descriptors_buffers_or_memory_passes() {
        #[cfg(target_os = "linux")]
        let (shortages, full, missing) = ([24, 23, 12, 105], 28, 2);
        #[cfg(windows)]
        let (shortages, full, missing) = ([4, 8, 10024, 10055], 112, 2);
        #[cfg(target_vendor = "apple")]
        let (shortages, full, missing) = ([24, 23, 12, 55], 28, 2);
        let class = |code| io::Error::from_raw_os_error(code).classify();
        assert_eq!(shortages.map(class), [Class::Transient; 4]);
        // A full disk and a missing file are the same at the next attempt.
        assert_eq!([full, missing].map(class), [Class::Permanent; 2]);
    }

    #[test]
    fn any_other_io_error_is_permanent() {
        each(&PERMANENT, Class::Permanent);
    }

    #[test]
    fn pointers_say_what_their_content_says() {
        let reset = || io::Error::from(ErrorKind::ConnectionReset);
        assert_eq!((&&reset()).classify(), Class::Transient);
        assert_eq!(Box::new(reset()).classify(), Class::Transient);
        assert_eq!(Arc::new(reset()).classify(), Class::Transient);
        assert_eq!(Arc::new(Box::new(&reset())).classify(), Class::Transient);
        assert_eq!(
            Box::new(io::Error::from(ErrorKind::NotFound)).classify(),
            Class::Permanent
        );
    }
}

#[test]
fn an_attempt_that_took_too_long_is_transient() {
    let timed_out = TimedOut::new(secs(1));
    assert_eq!(timed_out.classify(), Class::Transient);
    assert_eq!(timed_out.to_string(), "the attempt took longer than 1s");
}

#[cfg(feature = "tokio")]
#[tokio::test(start_paused = true)]
async fn elapsed_of_tokio_is_transient() {
    let elapsed = tokio::time::timeout(secs(1), std::future::pending::<()>());
    assert_eq!(elapsed.await.unwrap_err().classify(), Class::Transient);
}

#[test]
fn what_never_happens_can_be_classified() {
    fn class(outcome: Result<u8, Infallible>) -> Option<Class> {
        outcome.as_ref().err().map(Classify::classify)
    }
    assert_eq!(class(Ok(1)), None);
}

#[test]
fn wrappers_have_their_class_and_read_like_the_inner_error() {
    let error = || Opaque(fmt::Error);
    let wrapped: [(Classified<Opaque<fmt::Error>>, Class); 6] = [
        (transient(error()), Class::Transient),
        (permanent(error()), Class::Permanent),
        (refused(error()), Class::Refused),
        (ambiguous(error()), Class::Ambiguous),
        (throttled(error(), secs(5)), hint(secs(5))),
        (throttled(error(), None), NO_HINT),
    ];
    for (wrapped, class) in wrapped {
        assert_eq!((wrapped.classify(), wrapped.class()), (class, class));
        assert_eq!(wrapped.to_string(), "opaque");
        assert!(wrapped.source().is_some_and(<dyn Error>::is::<fmt::Error>));
        assert_eq!(wrapped.get_ref().to_string(), "opaque");
        assert_eq!(wrapped.into_inner().to_string(), "opaque");
    }
    assert!(transient(fmt::Error).source().is_none());
    assert_eq!(
        format!("{:>4}", transient("x")),
        "   x",
        "flags are passed on"
    );
}

#[test]
fn only_a_throttled_class_carries_a_hint() {
    assert_eq!(hint(secs(5)).retry_after(), Some(secs(5)));
    for class in [
        NO_HINT,
        Class::Transient,
        Class::Permanent,
        Class::Ambiguous,
        Class::Refused,
    ] {
        assert_eq!(class.retry_after(), None::<Duration>);
    }
}

/// What an adapter crate does: a local marker, a foreign error.
mod adapter {
    use super::*;

    #[derive(Debug)]
    struct Marker;

    impl Classify<Marker> for std::num::ParseIntError {
        fn classify(&self) -> Class {
            Class::Ambiguous
        }
    }

    fn generic<E: Classify<V>, V: ?Sized>(error: &E) -> Class {
        error.classify()
    }

    fn error() -> std::num::ParseIntError {
        "x".parse::<u8>().unwrap_err()
    }

    #[test]
    fn the_marker_of_a_foreign_error_is_inferred() {
        assert_eq!(error().classify(), Class::Ambiguous);
        assert_eq!(generic(&&error()), Class::Ambiguous);
        assert_eq!(Box::new(error()).classify(), Class::Ambiguous);
        assert_eq!(generic(&error()), Class::Ambiguous);
        assert_eq!(generic(&Arc::new(error())), Class::Ambiguous);
        assert_eq!(generic(&transient(error())), Class::Transient);
    }

    #[test]
    fn a_policy_infers_it_too() {
        let policy = retry_core::Policy::with_backoff(retry_core::NoDelay);
        let calls = |policy: &retry_core::Policy<retry_core::NoDelay>| {
            let call = policy.blocking_with(common::Recorder::default(), || Err::<(), _>(error()));
            call.report().1.attempts
        };
        assert_eq!(calls(&policy), 1);
        assert_eq!(calls(&policy.on(retry_core::On::Ambiguous)), 3);
    }
}
