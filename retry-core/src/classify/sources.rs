//! `std::io::Error`, and boxed errors whose chain of sources has to be searched.

#[cfg(feature = "alloc")]
use core::error::Error;

#[cfg(feature = "alloc")]
use crate::{Class, Classify};

/// By [`kind`](std::io::Error::kind). A connection that was refused, or a network or host that
/// cannot be reached, is [`Class::Refused`]; a connection that broke, a timeout or an interruption
/// is [`Class::Transient`]; every other kind is [`Class::Permanent`].
#[cfg(feature = "std")]
impl Classify for std::io::Error {
    fn classify(&self) -> Class {
        use std::io::ErrorKind as Kind;
        match self.kind() {
            Kind::ConnectionRefused
            | Kind::HostUnreachable
            | Kind::NetworkUnreachable
            | Kind::NetworkDown
            | Kind::AddrNotAvailable => Class::Refused,
            Kind::TimedOut
            | Kind::ConnectionReset
            | Kind::ConnectionAborted
            | Kind::BrokenPipe
            | Kind::UnexpectedEof
            | Kind::Interrupted
            | Kind::WouldBlock
            | Kind::ResourceBusy => Class::Transient,
            _ => Class::Permanent,
        }
    }
}

/// The first error in the chain of [`source`](Error::source)s that this crate knows decides:
/// [`std::io::Error`], [`TimedOut`](crate::TimedOut), tokio's `Elapsed`, or a
/// [`Classified`](crate::Classified) around one of them. A chain without any is [`Class::Permanent`].
///
/// An error of your own is not found in here, as its type is gone; return it as it is, or give the
/// policy a classifier that downcasts.
#[cfg(feature = "alloc")]
impl Classify for alloc::boxed::Box<dyn Error + Send + Sync> {
    fn classify(&self) -> Class {
        classify_chain(&**self)
    }
}

/// As for `Box<dyn Error + Send + Sync>`.
#[cfg(feature = "alloc")]
impl Classify for alloc::boxed::Box<dyn Error> {
    fn classify(&self) -> Class {
        classify_chain(&**self)
    }
}

/// As for `Box<dyn Error + Send + Sync>`.
#[cfg(feature = "anyhow")]
// Left out of the list in the message for other errors: most users do not have this one.
#[diagnostic::do_not_recommend]
impl Classify for anyhow::Error {
    fn classify(&self) -> Class {
        classify_chain(self.as_ref())
    }
}

#[cfg(feature = "alloc")]
fn classify_chain(outermost: &(dyn Error + 'static)) -> Class {
    let mut next = Some(outermost);
    while let Some(error) = next {
        if let Some(class) = classify_known(error) {
            return class;
        }
        next = error.source();
    }
    Class::Permanent
}

#[cfg(feature = "alloc")]
fn classify_known(error: &(dyn Error + 'static)) -> Option<Class> {
    fn known<E: Classify + Error + 'static>(error: &(dyn Error + 'static)) -> Option<Class> {
        let marked = error.downcast_ref::<crate::Classified<E>>();
        marked
            .map(crate::Classified::class)
            .or_else(|| error.downcast_ref::<E>().map(Classify::classify))
    }

    let class = known::<crate::TimedOut>(error);
    #[cfg(feature = "std")]
    let class = class.or_else(|| known::<std::io::Error>(error));
    #[cfg(feature = "tokio")]
    let class = class.or_else(|| known::<tokio::time::error::Elapsed>(error));
    class
}
