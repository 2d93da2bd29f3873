//! What `tonic-prost-build` would generate for this service, written by hand, so that the example needs no `protoc`:
//!
//! ```protobuf
//! package orders;
//! service Orders {
//!   rpc Get(Id) returns (Order);
//!   rpc Place(Order) returns (Id);
//! }
//! message Id { uint64 id = 1; }
//! message Order { string goods = 1; }
//! ```

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tonic::body::Body;
use tonic::client::GrpcService;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::codegen::{Bytes, Service, StdError, http};
use tonic::server::{NamedService, UnaryService};
use tonic::{GrpcMethod, Request, Response, Status};
use tonic_prost::ProstCodec;

/// The id of an order.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct Id {
    /// The number.
    #[prost(uint64, tag = "1")]
    pub id: u64,
}

/// An order.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Order {
    /// What was ordered.
    #[prost(string, tag = "1")]
    pub goods: String,
}

/// The client.
#[derive(Clone, Debug)]
pub struct OrdersClient<T> {
    inner: tonic::client::Grpc<T>,
}

impl<T> OrdersClient<T>
where
    T: GrpcService<Body>,
    T::Error: Into<StdError>,
    T::ResponseBody: http_body::Body<Data = Bytes> + Send + 'static,
    <T::ResponseBody as http_body::Body>::Error: Into<StdError> + Send,
{
    /// Makes a client on a channel.
    pub fn new(channel: T) -> Self {
        let inner = tonic::client::Grpc::new(channel);
        Self { inner }
    }

    /// Returns an order.
    pub async fn get(&mut self, request: Request<Id>) -> Result<Response<Order>, Status> {
        self.call(request, "Get", "/orders.Orders/Get").await
    }

    /// Places an order.
    pub async fn place(&mut self, request: Request<Order>) -> Result<Response<Id>, Status> {
        self.call(request, "Place", "/orders.Orders/Place").await
    }

    async fn call<M, R>(
        &mut self,
        mut request: Request<M>,
        method: &'static str,
        path: &'static str,
    ) -> Result<Response<R>, Status>
    where
        M: prost::Message + Send + Sync + 'static,
        R: prost::Message + Default + Send + Sync + 'static,
    {
        let not_ready = |error: T::Error| Status::unknown(error.into().to_string());
        self.inner.ready().await.map_err(not_ready)?;
        let method = GrpcMethod::new("orders.Orders", method);
        request.extensions_mut().insert(method);
        let path = PathAndQuery::from_static(path);
        self.inner.unary(request, path, ProstCodec::default()).await
    }
}

/// The methods of a server.
pub trait Orders: Send + Sync + 'static {
    /// Returns an order.
    fn get(&self, request: Request<Id>) -> Result<Response<Order>, Status>;

    /// Places an order.
    fn place(&self, request: Request<Order>) -> Result<Response<Id>, Status>;
}

/// The service of a server.
#[derive(Debug)]
pub struct OrdersServer<T>(pub Arc<T>);

impl<T> Clone for OrdersServer<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> NamedService for OrdersServer<T> {
    const NAME: &'static str = "orders.Orders";
}

type BoxFuture<T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send>>;

impl<T: Orders> Service<http::Request<Body>> for OrdersServer<T> {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let orders = Arc::clone(&self.0);
        Box::pin(async move {
            Ok(match request.uri().path() {
                "/orders.Orders/Get" => {
                    let mut grpc = tonic::server::Grpc::new(ProstCodec::default());
                    let get = Unary(move |request| orders.get(request));
                    grpc.unary(get, request).await
                }
                "/orders.Orders/Place" => {
                    let mut grpc = tonic::server::Grpc::new(ProstCodec::default());
                    let place = Unary(move |request| orders.place(request));
                    grpc.unary(place, request).await
                }
                _ => Status::unimplemented("no such method").into_http(),
            })
        })
    }
}

struct Unary<F>(F);

impl<F, M, R> UnaryService<M> for Unary<F>
where
    F: Fn(Request<M>) -> Result<Response<R>, Status>,
    R: Send + 'static,
{
    type Response = R;
    type Future = BoxFuture<Response<R>, Status>;

    fn call(&mut self, request: Request<M>) -> Self::Future {
        let response = (self.0)(request);
        Box::pin(async move { response })
    }
}
