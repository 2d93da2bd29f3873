//! A subscriber that keeps the spans of attempts.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, LazyLock, Mutex};

use reqwest::blocking::Client;
use retry_reqwest::testing::{Reply, Server};
use tracing::dispatcher::{get_default, with_default};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::set_default;
use tracing::{Dispatch, Event, Metadata, Subscriber};

/// Returns what the subscriber saw while `call` sent requests to a server with these replies.
pub(super) async fn spans_of(
    replies: impl IntoIterator<Item = Reply>,
    call: impl AsyncFnOnce(String),
) -> Spans {
    /// Without it, tracing switches spans off for the whole process when the last subscriber of a thread is dropped, and
    /// another thread that has just begun misses its first span.
    static KEPT: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(Spans::default()));
    LazyLock::force(&KEPT);
    let server = Server::script(replies);
    let spans = Spans::default();
    let _collecting = set_default(spans.clone());
    call(server.url()).await;
    spans
}

/// Blocks another thread, under the subscriber of this one.
pub(super) async fn on_a_thread(call: impl FnOnce(Client) + Send + 'static) {
    let dispatch = get_default(Dispatch::clone);
    let call = move |client| with_default(&dispatch, || call(client));
    crate::blocking::blocking(call).await;
}

#[derive(Clone, Debug, Default)]
pub(super) struct Fields(BTreeMap<&'static str, String>);

impl Fields {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.trim_matches('"'))
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let before = self.0.insert(field.name(), format!("{value:?}"));
        assert_eq!(before, None, "{field} is recorded twice");
    }
}

#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) metadata: &'static Metadata<'static>,
    pub(super) fields: Fields,
    /// The number of the span that was current, from 1.
    pub(super) parent: Option<u64>,
    /// The span's handles. An event has none.
    handles: u32,
}

#[derive(Debug, Default)]
pub(super) struct State {
    spans: Vec<Seen>,
    events: Vec<Seen>,
    entered: Vec<u64>,
}

impl State {
    fn span(&mut self, id: &Id) -> &mut Seen {
        &mut self.spans[usize::try_from(id.into_u64()).unwrap() - 1]
    }
}

/// A subscriber that keeps the spans and events of this crate, at every level.
#[derive(Clone, Debug, Default)]
pub(super) struct Spans(Arc<Mutex<State>>);

impl Spans {
    pub(super) fn all(&self) -> Vec<Seen> {
        self.0.lock().unwrap().spans.clone()
    }

    pub(super) fn events(&self) -> Vec<Seen> {
        self.0.lock().unwrap().events.clone()
    }

    /// The number of the resend, the status and the type of the error of each attempt. All spans have ended.
    pub(super) fn attempts(&self) -> Vec<[Option<String>; 3]> {
        let names = [
            "http.request.resend_count",
            "http.response.status_code",
            "error.type",
        ];
        let attempt = |span: Seen| {
            assert_eq!(span.handles, 0, "{span:?}");
            let failed = span.fields.get("error.type").is_some();
            let status = span.fields.get("otel.status_code");
            assert_eq!(status, failed.then_some("ERROR"), "{span:?}");
            names.map(|name| span.fields.get(name).map(str::to_owned))
        };
        self.all().into_iter().map(attempt).collect()
    }
}

impl Subscriber for Spans {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("retryable")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields::default();
        span.record(&mut fields);
        let mut state = self.0.lock().unwrap();
        let parent = state.entered.last().copied();
        let metadata = span.metadata();
        state.spans.push(Seen {
            metadata,
            fields,
            parent,
            handles: 1,
        });
        Id::from_u64(state.spans.len() as u64)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        values.record(&mut self.0.lock().unwrap().span(id).fields);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let mut state = self.0.lock().unwrap();
        let parent = state.entered.last().copied();
        let metadata = event.metadata();
        state.events.push(Seen {
            metadata,
            fields,
            parent,
            handles: 0,
        });
    }

    fn enter(&self, id: &Id) {
        self.0.lock().unwrap().entered.push(id.into_u64());
    }

    fn exit(&self, id: &Id) {
        assert_eq!(self.0.lock().unwrap().entered.pop(), Some(id.into_u64()));
    }

    fn clone_span(&self, id: &Id) -> Id {
        self.0.lock().unwrap().span(id).handles += 1;
        id.clone()
    }

    fn try_close(&self, id: Id) -> bool {
        let mut state = self.0.lock().unwrap();
        let span = state.span(&id);
        span.handles -= 1;
        span.handles == 0
    }
}
