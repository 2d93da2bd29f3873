//! The head of a response: whether it is a failure.

use http::{HeaderMap, HeaderValue, Response, StatusCode};
use tonic::metadata::MetadataMap;
use tonic::{Code, Status};

const DETAILS: &str = "grpc-status-details-bin";

/// Returns the status of a response that consists of a head alone, if it is a failure: gRPC's Trailers-Only, or a response
/// of a proxy that is not gRPC's. After any other head, the call is committed, as A6 calls it.
pub(super) fn failure<B>(response: &Response<B>) -> Option<Status> {
    let headers = response.headers();
    if headers.contains_key("grpc-status") {
        return status(headers).filter(|status| status.code() != Code::Ok);
    }
    let code = code_of_http(response.status())?;
    let message = format!("HTTP status {}", response.status().as_u16());
    let metadata = MetadataMap::from_headers(headers.clone());
    Some(Status::with_metadata(code, message, metadata))
}

fn status(headers: &HeaderMap<HeaderValue>) -> Option<Status> {
    let metadata = MetadataMap::from_headers(headers.clone());
    let details = metadata.get_bin(DETAILS);
    if details.is_none_or(|details| details.to_bytes().is_ok()) {
        return Status::from_header_map(headers);
    }
    // tonic panics if the details are not valid base64.
    let mut headers = headers.clone();
    headers.remove(DETAILS);
    Status::from_header_map(&headers)
}

/// Returns the code of a response without `grpc-status`; `None` for a 200, whose status comes in its trailers
/// (<https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md>).
fn code_of_http(status: StatusCode) -> Option<Code> {
    Some(match status.as_u16() {
        200 => return None,
        400 => Code::Internal,
        401 => Code::Unauthenticated,
        403 => Code::PermissionDenied,
        404 => Code::Unimplemented,
        429 | 502 | 503 | 504 => Code::Unavailable,
        _ => Code::Unknown,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, headers: &[(&'static str, &'static str)]) -> Response<()> {
        let mut response = Response::new(());
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        for (name, value) in headers {
            response
                .headers_mut()
                .append(*name, HeaderValue::from_static(value));
        }
        response
    }

    fn code(status: u16, headers: &[(&'static str, &'static str)]) -> Option<Code> {
        failure(&response(status, headers)).map(|status| status.code())
    }

    #[test]
    fn a_head_with_a_status_is_a_failure_unless_the_status_is_ok() {
        assert_eq!(code(200, &[("grpc-status", "14")]), Some(Code::Unavailable));
        assert_eq!(code(200, &[("grpc-status", "99")]), Some(Code::Unknown));
        assert_eq!(code(200, &[("grpc-status", "")]), Some(Code::Unknown));
        assert_eq!(code(200, &[("grpc-status", "0")]), None);
        assert_eq!(code(503, &[("grpc-status", "5")]), Some(Code::NotFound));
    }

    #[test]
    fn a_head_without_a_status_is_a_failure_unless_it_is_a_200() {
        assert_eq!(code(200, &[]), None);
        assert_eq!(code(503, &[]), Some(Code::Unavailable));
        assert_eq!(code(429, &[]), Some(Code::Unavailable));
        assert_eq!(code(404, &[]), Some(Code::Unimplemented));
        assert_eq!(code(500, &[]), Some(Code::Unknown));
    }

    #[test]
    fn details_that_are_not_base64_are_left_out() {
        let headers = [("grpc-status", "14"), (DETAILS, "no base64!")];
        let status = failure(&response(200, &headers)).unwrap();
        assert_eq!(
            (status.code(), status.details()),
            (Code::Unavailable, &[][..])
        );
        let headers = [("grpc-status", "14"), (DETAILS, "CA4")];
        let status = failure(&response(200, &headers)).unwrap();
        assert_eq!(status.details(), [8, 14]);
    }
}
