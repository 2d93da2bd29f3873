//! `std::io::Error`, and boxed errors whose chain of sources has to be searched.

#[cfg(feature = "alloc")]
use core::error::Error;

#[cfg(feature = "alloc")]
use crate::{Class, Classify};

/// What an `io::Error` alone proves, whatever was being done.
///
/// | class | errors |
/// |---|---|
/// | [`Class::Refused`] | `ConnectionRefused`, `AddrNotAvailable`: the operating system reports these for connecting and binding, when nothing was sent. (A UDP socket reports `ConnectionRefused` for an earlier datagram, which nothing received.) |
/// | [`Class::Transient`] | a connection that broke, a timeout, an interruption; a host or network that cannot be reached, which may also end an exchange in the middle of it; a shortage of descriptors, buffers or memory, which passes as soon as others release theirs |
/// | [`Class::Permanent`] | every other error, such as a missing file or a full disk |
///
/// A caller that knows what was being done may know more: a host that cannot be reached while connecting
/// is [`Class::Refused`], which [`refused`](crate::refused) says.
#[cfg(feature = "std")]
impl Classify for std::io::Error {
    fn classify(&self) -> Class {
        use std::io::ErrorKind as Kind;
        match self.kind() {
            // connect(2), bind(2): no other call returns them, but for UDP as above.
            Kind::ConnectionRefused | Kind::AddrNotAvailable => Class::Refused,
            Kind::TimedOut
            | Kind::ConnectionReset
            | Kind::ConnectionAborted
            | Kind::BrokenPipe
            | Kind::UnexpectedEof
            | Kind::Interrupted
            | Kind::WouldBlock
            | Kind::ResourceBusy
            | Kind::OutOfMemory
            // tcp(7) and ip(7): an ICMP error ends an established connection with these, too.
            | Kind::HostUnreachable
            | Kind::NetworkUnreachable
            | Kind::NetworkDown => Class::Transient,
            _ if self.raw_os_error().is_some_and(is_shortage) => Class::Transient,
            _ => Class::Permanent,
        }
    }
}

/// Out of descriptors or buffers. `ErrorKind` has no stable word for these.
#[cfg(feature = "std")]
fn is_shortage(code: i32) -> bool {
    // ENFILE and EMFILE have the same numbers on every Unix.
    const UNIX: &[i32] = &[23, 24];
    // ENOBUFS. Other systems have other numbers: there it stays what it was, permanent.
    const LINUX: &[i32] = &[105];
    const BSD: &[i32] = &[55];
    // ERROR_TOO_MANY_OPEN_FILES, ERROR_NO_SYSTEM_RESOURCES, WSAEMFILE, WSAENOBUFS.
    const WINDOWS: &[i32] = &[4, 1450, 10024, 10055];

    let is_linux = cfg!(any(target_os = "linux", target_os = "android"))
        // They number errors as IRIX and Solaris do.
        && !cfg!(any(
            target_arch = "mips",
            target_arch = "mips64",
            target_arch = "mips32r6",
            target_arch = "mips64r6",
            target_arch = "sparc",
            target_arch = "sparc64"
        ));
    let is_bsd = cfg!(any(
        target_vendor = "apple",
        target_os = "freebsd",
        target_os = "dragonfly",
        target_os = "netbsd",
        target_os = "openbsd"
    ));
    (cfg!(unix) && UNIX.contains(&code))
        || (is_linux && LINUX.contains(&code))
        || (is_bsd && BSD.contains(&code))
        || (cfg!(windows) && WINDOWS.contains(&code))
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
