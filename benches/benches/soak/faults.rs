//! The fault of each request: drawn from the seed, the form, the order and the number of the request,
//! so that a run can be repeated.

use super::orders::mix;

/// The fault of one request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Act {
    /// The server resets the connection when it has read the head.
    ResetUnread,
    /// The server resets the connection when it has read the whole request.
    Reset(Commit),
    /// A failed status, with a header that may be empty.
    Status(Commit, u16, &'static str),
    Redirect(Commit, u16, To),
    /// The order takes effect, and this is how its receipt is sent.
    Receipt(How),
}

/// Whether the order takes effect before the fault.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Commit {
    Yes,
    No,
}

/// Where a redirect leads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum To {
    /// Another path of this server.
    Here,
    /// Another port.
    Elsewhere,
    /// A port that nothing listens on.
    Dead,
    /// The redirect has no `Location`.
    Nowhere,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum How {
    Whole,
    Chunked,
    /// Whole, and then the server closes the connection without `Connection: close`.
    ThenClose,
    CutHead,
    CutBody,
    CutChunked,
    ResetBody,
}

use Act::{Receipt, Redirect, Reset, ResetUnread, Status};
use Commit::{No, Yes};

/// Parts in a thousand; the rest is `Receipt(How::Whole)`.
type Table = &'static [(u64, Act)];

/// The faults of a `POST` of an order.
const ORDER: Table = &[
    (8, ResetUnread),
    (15, Reset(No)),
    (15, Reset(Yes)),
    (20, Status(No, 429, "retry-after: 0\r\n")),
    (20, Status(No, 429, "retry-after-ms: 2\r\n")),
    (10, Status(No, 429, "")),
    (10, Status(No, 425, "")),
    (10, Status(No, 503, "retry-after: 0\r\n")),
    (10, Status(No, 503, "retry-after-ms: 2\r\n")),
    (6, Status(No, 500, "")),
    (6, Status(Yes, 500, "")),
    (6, Status(No, 502, "")),
    (6, Status(Yes, 502, "")),
    (6, Status(No, 503, "")),
    (6, Status(Yes, 503, "")),
    (6, Status(No, 504, "")),
    (6, Status(Yes, 504, "")),
    (4, Status(No, 400, "")),
    (4, Status(No, 404, "")),
    (4, Status(No, 409, "")),
    (4, Status(No, 422, "")),
    (30, Redirect(Yes, 303, To::Here)),
    (20, Redirect(Yes, 303, To::Elsewhere)),
    (8, Redirect(Yes, 303, To::Dead)),
    (4, Redirect(Yes, 303, To::Nowhere)),
    (5, Redirect(Yes, 301, To::Here)),
    (10, Redirect(Yes, 302, To::Here)),
    (50, Receipt(How::Chunked)),
    (40, Receipt(How::ThenClose)),
    (10, Receipt(How::CutHead)),
    (20, Receipt(How::CutBody)),
    (10, Receipt(How::CutChunked)),
    (10, Receipt(How::ResetBody)),
    (20, Redirect(No, 307, To::Here)),
    (20, Redirect(No, 307, To::Elsewhere)),
    (5, Redirect(No, 307, To::Dead)),
    (4, Redirect(No, 307, To::Nowhere)),
    (5, Redirect(No, 308, To::Here)),
];

/// The faults of a `GET` of a receipt.
const RECEIPT: Table = &[
    (20, ResetUnread),
    (10, Reset(No)),
    (20, Status(No, 429, "retry-after: 0\r\n")),
    (10, Status(No, 429, "retry-after-ms: 2\r\n")),
    (10, Status(No, 425, "")),
    (10, Status(No, 503, "retry-after-ms: 2\r\n")),
    (5, Status(No, 500, "")),
    (5, Status(No, 502, "")),
    (5, Status(No, 503, "")),
    (5, Status(No, 504, "")),
    (5, Status(No, 404, "")),
    (50, Receipt(How::Chunked)),
    (30, Receipt(How::ThenClose)),
    (10, Receipt(How::CutHead)),
    (40, Receipt(How::CutBody)),
    (10, Receipt(How::CutChunked)),
    (20, Receipt(How::ResetBody)),
    (20, Redirect(No, 302, To::Here)),
    (20, Redirect(No, 307, To::Elsewhere)),
];

/// Draws the faults of one form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Faults(u64);

impl Faults {
    pub(crate) fn new(seed: u64, form: usize) -> Self {
        Self(mix(mix(seed) ^ form as u64))
    }

    /// Returns the fault of a request, and a number from which its details follow. `number` counts the requests for the
    /// order; a hop of a redirect, `redirected`, does not redirect again with the same method.
    pub(crate) fn act(self, id: usize, number: u8, get: bool, redirected: bool) -> (Act, u64) {
        let drawn = mix(self.0 ^ ((id as u64) << 8) ^ u64::from(number));
        let mut place = drawn % 1000;
        for (parts, act) in if get { RECEIPT } else { ORDER } {
            if place < *parts {
                let again = matches!(act, Redirect(No, ..)) && redirected;
                let act = if again { Receipt(How::Whole) } else { *act };
                return (act, drawn >> 16);
            }
            place -= parts;
        }
        (Receipt(How::Whole), drawn >> 16)
    }

    /// Describes the faults of an order that was sent by `POST`. A connection that was reset before its request was
    /// read is missing; after such a reset in a redirect, the description may be wrong.
    pub(crate) fn story(self, id: usize, requests: u8) -> String {
        let (mut get, mut redirected) = (false, false);
        let mut story = Vec::new();
        for number in 0..requests {
            let (act, _) = self.act(id, number, get, redirected);
            story.push(format!("{} {act:?}", if get { "GET" } else { "POST" }));
            match act {
                Redirect(_, code, To::Here | To::Elsewhere) => {
                    get |= (301..=303).contains(&code);
                    redirected = true;
                }
                _ => (get, redirected) = (false, false),
            }
        }
        story.join(", ")
    }

    /// Whether the connection is reset before this request is read: one in a hundred.
    pub(crate) fn resets(self, connection: u64, request: u64) -> bool {
        mix(self.0 ^ mix(connection) ^ request.rotate_left(32)) % 100 == 0
    }
}
