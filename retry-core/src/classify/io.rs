//! `std::io::Error`.

use super::Classify;
use crate::class::Class;

/// The class that an `io::Error` alone proves, for every operation.
///
/// | class | errors |
/// |---|---|
/// | [`Class::Refused`] | `ConnectionRefused`, `AddrNotAvailable`: the operating system reports these for connecting and binding, when nothing was sent. (A UDP socket reports `ConnectionRefused` for an earlier datagram, which nothing received.) |
/// | [`Class::Transient`] | a connection that broke, a timeout, an interruption; a host or network that cannot be reached, which may also end an exchange in the middle of it; a shortage of descriptors, buffers or memory, which passes as soon as others release theirs |
/// | [`Class::Permanent`] | every other error, such as a missing file or a full disk |
///
/// A caller that knows the operation may know more: a host that cannot be reached while connecting is
/// [`Class::Refused`]. Mark such an error with [`refused`](crate::refused).
impl Classify for std::io::Error {
    fn classify(&self) -> Class {
        use std::io::ErrorKind as Kind;
        match self.kind() {
            // connect(2), bind(2): no other call returns them, except for UDP as above.
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

/// Returns whether the system is out of descriptors or buffers. `ErrorKind` has no stable variant for these.
fn is_shortage(code: i32) -> bool {
    // ENFILE and EMFILE have the same numbers on every Unix.
    const UNIX: &[i32] = &[23, 24];
    // ENOBUFS. Other systems have other numbers: there it stays permanent.
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
