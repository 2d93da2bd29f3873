//! `MakeBody`: the types that the closure of `ReplayBody::from_fn` may return.

use reqwest::{Body, Request};

use super::{BoxError, NotReplayable};

/// A body that a closure of [`ReplayBody::from_fn`](super::ReplayBody::from_fn) returns: a `reqwest::Body`, a `Form`
/// (with the feature `multipart`), or a `Result` of one of them.
pub trait MakeBody: sealed::Sealed {
    #[doc(hidden)]
    fn fill(self, request: &mut Request) -> Result<(), NotReplayable>;
}

impl MakeBody for Body {
    fn fill(self, request: &mut Request) -> Result<(), NotReplayable> {
        *request.body_mut() = Some(self);
        Ok(())
    }
}

impl<B: MakeBody, E: Into<BoxError>> MakeBody for Result<B, E> {
    fn fill(self, request: &mut Request) -> Result<(), NotReplayable> {
        self.map_err(NotReplayable::because)?.fill(request)
    }
}

/// Sets `content-type` too, because every form has another boundary. The length is not announced: HTTP/1.1 sends
/// chunks.
#[cfg(feature = "multipart")]
impl MakeBody for reqwest::multipart::Form {
    fn fill(self, request: &mut Request) -> Result<(), NotReplayable> {
        use reqwest::header::{CONTENT_TYPE, HeaderValue};

        let content_type = format!("multipart/form-data; boundary={}", self.boundary());
        let content_type = HeaderValue::try_from(content_type).map_err(NotReplayable::because)?;
        request.headers_mut().insert(CONTENT_TYPE, content_type);
        *request.body_mut() = Some(Body::wrap_stream(self.into_stream()));
        Ok(())
    }
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for reqwest::Body {}

    impl<B, E> Sealed for Result<B, E> {}

    #[cfg(feature = "multipart")]
    impl Sealed for reqwest::multipart::Form {}
}
