//! A server of tonic whose method does what a test says, and a client for it.

use std::convert::Infallible;
use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use http::uri::PathAndQuery;
use retry_tonic::{RetryChannel, RetryLayer};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tokio_stream::{Stream, StreamExt, iter};
use tonic::body::Body;
use tonic::client::Grpc;
use tonic::metadata::MetadataMap;
use tonic::server::{NamedService, StreamingService};
use tonic::transport::{Channel, Endpoint, Server as TonicServer};
use tonic::{GrpcMethod, Request, Response, Status, Streaming};
use tonic_prost::ProstCodec;
use tower::Service;

/// The method that tests call, unless they say otherwise.
pub(crate) const SAY: &str = "/test.Echo/Say";

/// How the server responds to one call.
#[derive(Debug)]
pub(crate) enum Reply {
    Say(&'static str),
    /// A head alone, with this status.
    Fail(Status),
    /// A head, these messages, and then this status in the trailers.
    FailAfter(Vec<&'static str>, Status),
    Hang,
}

impl Reply {
    pub(crate) fn unavailable() -> Self {
        Self::Fail(Status::unavailable("down"))
    }

    /// `UNAVAILABLE` with a `grpc-retry-pushback-ms` for each of these values.
    pub(crate) fn pushback(values: &[&'static str]) -> Self {
        Self::Fail(pushed_back(Status::unavailable("busy"), values))
    }
}

pub(crate) fn pushed_back(mut status: Status, values: &[&'static str]) -> Status {
    for value in values {
        let value = value.parse().unwrap();
        status
            .metadata_mut()
            .append("grpc-retry-pushback-ms", value);
    }
    status
}

/// A call that the server received.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) metadata: MetadataMap,
    pub(crate) messages: Vec<String>,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.metadata.get(name).map(|value| value.to_str().unwrap())
    }
}

/// A server on 127.0.0.1. It lasts as long as the runtime of the test.
#[derive(Clone)]
pub(crate) struct Server {
    shared: Arc<Shared>,
    pub(crate) address: std::net::SocketAddr,
}

struct Shared {
    reply: Box<dyn Fn(usize) -> Reply + Send + Sync>,
    seen: Mutex<Vec<Seen>>,
    count: AtomicUsize,
}

impl Server {
    /// Starts a server that responds to call `n`, from 0, with `reply(n)`.
    pub(crate) async fn new(reply: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            reply: Box::new(reply),
            seen: Mutex::default(),
            count: AtomicUsize::new(0),
        });
        let echo = Echo(Arc::clone(&shared));
        let server = TonicServer::builder().add_service(echo);
        tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
        Self { shared, address }
    }

    /// Starts a server that fails this often, and then responds.
    pub(crate) async fn failing(times: usize, fail: fn() -> Reply) -> Self {
        Self::new(move |call| {
            if call < times {
                fail()
            } else {
                Reply::Say("hello")
            }
        })
        .await
    }

    /// Returns what the server received so far, and forgets it.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.shared.seen.lock().unwrap())
    }

    /// Returns how many calls it received in all.
    pub(crate) fn count(&self) -> usize {
        self.shared.count.load(Ordering::SeqCst)
    }

    pub(crate) fn channel(&self) -> Channel {
        let endpoint = Endpoint::from_shared(format!("http://{}", self.address));
        endpoint.unwrap().connect_lazy()
    }

    /// A client whose calls this layer retries.
    pub(crate) fn client(&self, layer: &RetryLayer) -> Client {
        Client::new(layer.wrap(self.channel()))
    }
}

#[derive(Clone)]
struct Echo(Arc<Shared>);

impl NamedService for Echo {
    const NAME: &'static str = "test.Echo";
}

impl Service<http::Request<Body>> for Echo {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let method = Method(Arc::clone(&self.0));
        let mut grpc = tonic::server::Grpc::new(ProstCodec::default());
        Box::pin(async move { Ok(grpc.streaming(method, request).await) })
    }
}

/// Every method, because the server cannot tell a unary call from a stream.
struct Method(Arc<Shared>);

type Replies = Pin<Box<dyn Stream<Item = Result<String, Status>> + Send>>;

impl StreamingService<String> for Method {
    type Response = String;
    type ResponseStream = Replies;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Replies>, Status>> + Send>>;

    fn call(&mut self, request: Request<Streaming<String>>) -> Self::Future {
        let shared = Arc::clone(&self.0);
        Box::pin(async move {
            let (metadata, _, stream) = request.into_parts();
            let messages: Vec<_> = stream.filter_map(Result::ok).collect().await;
            shared
                .seen
                .lock()
                .unwrap()
                .push(Seen { metadata, messages });
            let call = shared.count.fetch_add(1, Ordering::SeqCst);
            let (messages, status) = match (shared.reply)(call) {
                Reply::Fail(status) => return Err(status),
                Reply::Hang => pending().await,
                Reply::Say(message) => (vec![message], None),
                Reply::FailAfter(messages, status) => (messages, Some(status)),
            };
            let messages = messages.into_iter().map(|message| Ok(message.to_owned()));
            let replies: Vec<_> = messages.chain(status.map(Err)).collect();
            Ok(Response::new(Box::pin(iter(replies)) as Replies))
        })
    }
}

/// What tonic's generated code would be.
#[derive(Clone)]
pub(crate) struct Client<S = Channel> {
    pub(crate) grpc: Grpc<RetryChannel<S>>,
}

impl Client {
    pub(crate) fn new(channel: RetryChannel<Channel>) -> Self {
        let grpc = Grpc::new(channel);
        Self { grpc }
    }

    pub(crate) async fn say(&mut self, message: &str) -> Result<String, Status> {
        self.call(SAY, Request::new(message.to_owned())).await
    }

    pub(crate) async fn call(
        &mut self,
        path: &'static str,
        mut request: Request<String>,
    ) -> Result<String, Status> {
        let (service, method) = path[1..].split_once('/').unwrap();
        request
            .extensions_mut()
            .insert(GrpcMethod::new(service, method));
        self.grpc.ready().await.unwrap();
        let path = PathAndQuery::from_static(path);
        let response = self.grpc.unary(request, path, ProstCodec::default()).await;
        response.map(Response::into_inner)
    }
}
