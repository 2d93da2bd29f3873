//! Methods whose feature is off, for the compiler's message: that there is no such method would not name the feature.

/// Nothing implements it.
#[cfg(not(feature = "json"))]
#[diagnostic::on_unimplemented(
    message = "the method `json` needs a feature that is off",
    label = "the type that is read from JSON",
    note = "enable the feature `reqwest-json` of the crate `retryable`, or `json` of `retry-reqwest`"
)]
pub trait JsonIsOn: Sized {
    fn json<R>() -> R;
}

#[cfg(not(feature = "json"))]
macro_rules! json_is_off {
    ($($of:ty => $outcome:ty),* $(,)?) => {$(
        impl $of {
            #[doc(hidden)]
            pub fn json<T: JsonIsOn>(self) -> $outcome {
                T::json()
            }
        }
    )*};
}

#[cfg(not(feature = "json"))]
json_is_off!(crate::Response => std::future::Pending<Result<T, crate::Error>>);

#[cfg(all(
    not(feature = "json"),
    not(all(target_family = "wasm", target_os = "unknown"))
))]
json_is_off!(
    crate::RetryRequest<'_> => std::future::Pending<Result<T, crate::Error>>,
    crate::ReportedRequest<'_> => std::future::Pending<(Result<T, crate::Error>, retry_core::Report)>,
);

#[cfg(all(
    not(feature = "json"),
    feature = "blocking",
    not(all(target_family = "wasm", target_os = "unknown"))
))]
json_is_off!(
    crate::blocking::Response => Result<T, crate::Error>,
    crate::blocking::RetryRequest<'_> => Result<T, crate::Error>,
    crate::blocking::ReportedRequest<'_> => (Result<T, crate::Error>, retry_core::Report),
);

/// Nothing implements it. The lifetime is there because a bound without a parameter is checked where it is written.
#[cfg(not(feature = "stream"))]
#[diagnostic::on_unimplemented(
    message = "the method `bytes_stream` needs a feature that is off",
    label = "there are no streams",
    note = "enable the feature `reqwest-stream` of the crate `retryable`, or `stream` of `retry-reqwest`"
)]
pub trait StreamIsOn {}

#[cfg(not(feature = "stream"))]
impl crate::Response {
    #[doc(hidden)]
    pub fn bytes_stream<'a>(self) -> std::iter::Empty<Result<bytes::Bytes, crate::Error>>
    where
        &'a (): StreamIsOn,
    {
        std::iter::empty()
    }
}

/// Nothing implements it.
#[cfg(all(
    not(feature = "tracing"),
    not(all(target_family = "wasm", target_os = "unknown"))
))]
#[diagnostic::on_unimplemented(
    message = "the method `spans` needs a feature that is off",
    label = "there are no spans",
    note = "enable the feature `tracing` of the crate `retryable`, or of `retry-reqwest`"
)]
pub trait TracingIsOn {}

#[cfg(all(
    not(feature = "tracing"),
    not(all(target_family = "wasm", target_os = "unknown"))
))]
macro_rules! tracing_is_off {
    ($($of:ident $(<$p:lifetime>)?),* $(,)?) => {$(
        impl<C: crate::request::HttpClient> crate::$of<$($p,)? C> {
            #[doc(hidden)]
            pub fn spans(self) -> Self
            where
                Self: TracingIsOn,
            {
                self
            }
        }
    )*};
}

#[cfg(all(
    not(feature = "tracing"),
    not(all(target_family = "wasm", target_os = "unknown"))
))]
tracing_is_off!(RetryRequest<'_>, RetryClient, RetrySettings);
