//! A server that places each order, and does not always say so.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;
use tonic::{Request, Response, Status};

use crate::orders::{Id, Order, Orders, OrdersServer};

/// The store of a server. It fails the calls that the test or the program asks it to fail.
#[derive(Debug, Default)]
pub struct Store {
    orders: Mutex<Vec<Order>>,
    fail_next: Mutex<Vec<Failure>>,
    calls: Mutex<Vec<String>>,
}

/// How the server fails one call.
#[derive(Debug)]
pub enum Failure {
    /// The status, before anything happened.
    Before(Status),
    /// The status, after the call took effect: the client cannot know.
    After(Status),
}

impl Store {
    /// Starts a server on 127.0.0.1, which lasts as long as the runtime.
    ///
    /// # Errors
    ///
    /// If there is no free port.
    pub async fn serve(self: &Arc<Self>) -> std::io::Result<SocketAddr> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let service = OrdersServer(Arc::clone(self));
        let server = Server::builder().add_service(service);
        tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
        Ok(address)
    }

    /// Fails the calls that come next, in this order.
    pub fn fail_next(&self, failures: impl IntoIterator<Item = Failure>) {
        let mut next: Vec<_> = failures.into_iter().collect();
        next.reverse();
        *lock(&self.fail_next) = next;
    }

    /// Returns how many orders were placed.
    pub fn placed(&self) -> usize {
        lock(&self.orders).len()
    }

    /// Returns the calls that came in: the method, and how many attempts came before.
    pub fn calls(&self) -> Vec<String> {
        lock(&self.calls).clone()
    }

    fn respond<M, R>(
        &self,
        method: &str,
        request: &Request<M>,
        act: impl FnOnce() -> Result<R, Status>,
    ) -> Result<Response<R>, Status> {
        let previous = request.metadata().get("grpc-previous-rpc-attempts");
        let previous = previous.map_or("no", |value| value.to_str().unwrap_or("?"));
        lock(&self.calls).push(format!("{method} after {previous} attempts"));
        match lock(&self.fail_next).pop() {
            Some(Failure::Before(status)) => Err(status),
            Some(Failure::After(status)) => act().and(Err(status)),
            None => act().map(Response::new),
        }
    }
}

/// A test that panics with the lock has failed already.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Orders for Store {
    fn get(&self, request: Request<Id>) -> Result<Response<Order>, Status> {
        self.respond("Get", &request, || {
            let index = usize::try_from(request.get_ref().id).unwrap_or(usize::MAX);
            let orders = lock(&self.orders);
            let order = orders.get(index).cloned();
            order.ok_or_else(|| Status::not_found("no such order"))
        })
    }

    fn place(&self, request: Request<Order>) -> Result<Response<Id>, Status> {
        self.respond("Place", &request, || {
            let mut orders = lock(&self.orders);
            orders.push(request.get_ref().clone());
            let id = orders.len() as u64 - 1;
            Ok(Id { id })
        })
    }
}
