//! The chain of an error's causes.

use std::error::Error;
use std::io;
use std::iter::successors;

/// Returns the error and all its causes, outermost first.
///
/// `source()` alone is not enough: an `io::Error` skips the wrapped error, into which TLS and hyper put theirs, and
/// an `h2::Error` has none even if it came from the socket.
pub(crate) fn causes<'a>(
    outermost: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    successors(Some(outermost), |error| cause(*error))
}

fn cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    if let Some(error) = error.downcast_ref::<io::Error>() {
        let inner = error.get_ref()?;
        return Some(inner);
    }
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    if let Some(error) = error.downcast_ref::<h2::Error>() {
        let inner = error.get_io()?;
        return Some(inner);
    }
    error.source()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_inside_an_io_error_is_not_skipped() {
        let inner = io::Error::from(io::ErrorKind::ConnectionReset);
        let outer = io::Error::other(io::Error::other(inner));
        let last = causes(&outer).last().and_then(<dyn Error>::downcast_ref);
        let kind = last.map(io::Error::kind);
        assert_eq!(kind, Some(io::ErrorKind::ConnectionReset));
    }
}
