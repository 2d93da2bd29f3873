//! Reading requests of HTTP/1.1.

use std::io::{self, BufRead, Read};

use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::recorded::{Body, Recorded};

/// Reads the head of the next request. `None` if the client closed the connection.
pub(super) fn read_head(reader: &mut impl BufRead) -> io::Result<Option<Recorded>> {
    let first = read_line(reader)?;
    if first.is_empty() {
        return Ok(None);
    }
    let mut words = first.split(' ');
    let method = words.next().map(str::as_bytes).map(Method::from_bytes);
    let (Some(Ok(method)), Some(path)) = (method, words.next()) else {
        return Err(invalid("a request line"));
    };
    let path = path.to_owned();
    let mut headers = HeaderMap::new();
    loop {
        let line = read_line(reader)?;
        if line.is_empty() {
            return Ok(Some(Recorded::new(method, path, headers)));
        }
        let (name, value) = line.split_once(':').ok_or_else(|| invalid("a header"))?;
        let name = HeaderName::from_bytes(name.as_bytes());
        // From bytes: a value may have bytes that are not UTF-8, here as replacement characters.
        let value = HeaderValue::from_bytes(value.trim().as_bytes());
        let (Ok(name), Ok(value)) = (name, value) else {
            return Err(invalid("a header"));
        };
        headers.append(name, value);
    }
}

/// Reads the body of a request, up to `limit` bytes of it.
pub(super) fn read_body(reader: &mut impl BufRead, headers: &HeaderMap, limit: u64) -> Body {
    let mut body = Body::default();
    // What arrived before the client stopped is recorded, too.
    body.complete = read_into(&mut body, reader, headers, limit).unwrap_or(false);
    body
}

/// Returns whether that was all of the body.
fn read_into(
    body: &mut Body,
    reader: &mut impl BufRead,
    headers: &HeaderMap,
    limit: u64,
) -> io::Result<bool> {
    let chunked = headers.get(TRANSFER_ENCODING);
    if !chunked.is_some_and(|coding| coding.as_bytes().eq_ignore_ascii_case(b"chunked")) {
        let length = headers.get(CONTENT_LENGTH).map(HeaderValue::to_str);
        let length = match length {
            Some(Ok(length)) => length.parse().map_err(|_| invalid("a length"))?,
            Some(Err(_)) => return Err(invalid("a length")),
            None => 0,
        };
        read_exact(body, reader, length.min(limit))?;
        return Ok(length <= limit);
    }
    loop {
        let line = read_line(reader)?;
        let size = line.split(';').next().unwrap_or_default();
        let size = u64::from_str_radix(size.trim(), 16).map_err(|_| invalid("a chunk"))?;
        if size == 0 {
            while !read_line(reader)?.is_empty() {}
            return Ok(true);
        }
        let left = limit - body.len();
        read_exact(body, reader, size.min(left))?;
        if size > left {
            return Ok(false);
        }
        read_line(reader)?;
    }
}

fn read_exact(body: &mut Body, reader: &mut impl BufRead, length: u64) -> io::Result<()> {
    let mut part = reader.take(length);
    let mut read = 0;
    loop {
        let piece = part.fill_buf()?;
        if piece.is_empty() {
            break;
        }
        let length = piece.len();
        body.add(piece);
        part.consume(length);
        read += length as u64;
    }
    if read < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(())
}

/// A line without its end. Empty at the end of the stream, too.
fn read_line(reader: &mut impl BufRead) -> io::Result<String> {
    let mut line = Vec::new();
    reader.read_until(b'\n', &mut line)?;
    let line = String::from_utf8_lossy(&line);
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("not {what} of HTTP/1.1"),
    )
}
