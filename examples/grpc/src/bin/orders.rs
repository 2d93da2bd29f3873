//! Places an order and reads it back from a server that fails now and then.
//!
//! ```text
//! cargo run -p grpc --bin orders
//! ```

use std::sync::Arc;

use grpc::client::by_policy;
use grpc::orders::{Id, Order};
use grpc::server::{Failure, Store};
use tonic::{Request, Status};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let store = Arc::new(Store::default());
    let mut client = by_policy(store.serve().await?)?;

    let mut busy = Status::unavailable("busy");
    busy.metadata_mut()
        .insert("grpc-retry-pushback-ms", "20".parse()?);
    store.fail_next([Failure::Before(busy)]);
    let order = Order {
        goods: "three apples".to_owned(),
    };
    let id = client
        .place(Request::new(order.clone()))
        .await?
        .into_inner();

    store.fail_next([Failure::Before(Status::unavailable("restarting"))]);
    let Id { id } = id;
    let read = client.get(Request::new(Id { id })).await?.into_inner();
    println!("order {id}: {}", read.goods);

    // The order was placed, but the client cannot know. It does not place it again.
    store.fail_next([Failure::After(Status::unavailable("the response was lost"))]);
    if let Err(status) = client.place(Request::new(order)).await {
        println!("not known whether it was placed: {}", status.message());
    }
    for call in store.calls() {
        println!("the server saw {call}");
    }
    Ok(())
}
