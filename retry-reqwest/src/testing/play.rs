//! Playing one reply on one connection.

use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{Method, StatusCode};

use super::head::{read_body, read_head};
use super::reply::{Content, End, Reply};
use super::server::Shared;

/// How long a connection hangs at most.
const LONGEST_HANG: Duration = Duration::from_secs(60);

/// Serves one connection, and returns how it ends.
pub(super) fn serve(stream: &TcpStream, shared: &Shared) -> End {
    match requests(stream, shared) {
        Ok(end) => end,
        // The client has gone, or does not speak HTTP/1.1.
        Err(_) => End::Close,
    }
}

fn requests(stream: &TcpStream, shared: &Shared) -> io::Result<End> {
    // Each piece that drips is sent at once.
    stream.set_nodelay(true)?;
    let mut reader = BufReader::with_capacity(64 * 1024, stream);
    while let Some(request) = read_head(&mut reader)? {
        let (number, reply) = shared.begin(&request);
        let body = read_body(&mut reader, &request.headers, reply.read_at_most);
        let (complete, seen) = (body.complete, body.len());
        shared.read(number, body);
        if !complete && seen < reply.read_at_most {
            return Ok(End::Close);
        }
        shared.pause(reply.after)?;
        // What follows is discarded, so the client must not send its next request here.
        let last = reply.end == End::Close || (reply.end == End::KeepOpen && !complete);
        send(stream, &request.method, &reply, last, shared)?;
        match reply.end {
            End::KeepOpen if complete => {}
            // Closing now would reset the connection, and the client could lose the response.
            End::KeepOpen => return discard(reader),
            End::Hang => {
                stream.set_read_timeout(Some(LONGEST_HANG))?;
                return discard(reader);
            }
            End::Close | End::Reset => return Ok(reply.end),
        }
    }
    Ok(End::Close)
}

/// Sends the response, which says so if it is the last one of the connection.
fn send(
    mut stream: &TcpStream,
    method: &Method,
    reply: &Reply,
    last: bool,
    shared: &Shared,
) -> io::Result<()> {
    let (head, body) = match &reply.content {
        Content::Nothing => return Ok(()),
        Content::Raw(bytes) => (Vec::new(), bytes),
        Content::Response {
            status,
            headers,
            body,
        } => {
            let reason = status.canonical_reason().unwrap_or("Scripted");
            let mut head = format!("HTTP/1.1 {} {reason}\r\n", status.as_str()).into_bytes();
            for (name, value) in headers {
                head.extend_from_slice(name.as_str().as_bytes());
                head.extend_from_slice(b": ");
                head.extend_from_slice(value.as_bytes());
                head.extend_from_slice(b"\r\n");
            }
            let framed = |(name, _): &(_, _)| name == CONTENT_LENGTH || name == TRANSFER_ENCODING;
            // RFC 9110, section 8.6: these two have no length. Nor do they have a body.
            let bodiless = [StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED].contains(status);
            if !headers.iter().any(framed) && !bodiless {
                head.extend_from_slice(format!("content-length: {}\r\n", body.len()).as_bytes());
            }
            let bodiless = bodiless || method == Method::HEAD;
            // Without this, the client could send its next request while the connection is being closed.
            if last && (bodiless || body.len() <= reply.send_at_most) {
                head.extend_from_slice(b"connection: close\r\n");
            }
            head.extend_from_slice(b"\r\n");
            if bodiless {
                return stream.write_all(&head);
            }
            (head, body)
        }
    };
    let body = &body[..body.len().min(reply.send_at_most)];
    let Some((bytes, pause)) = reply.drip else {
        // In one write, so that the client never sees the head alone unless the script says so.
        return stream.write_all(&[&head, body].concat());
    };
    stream.write_all(&head)?;
    for piece in body.chunks(bytes) {
        stream.write_all(piece)?;
        shared.pause(pause)?;
    }
    Ok(())
}

/// Reads until the client closes the connection.
fn discard(mut reader: BufReader<&TcpStream>) -> io::Result<End> {
    loop {
        match reader.fill_buf()?.len() {
            0 => return Ok(End::Close),
            length => reader.consume(length),
        }
    }
}
