//! The clients of the example, against its server.

use std::sync::Arc;

use grpc::client::{by_policy, by_service_config};
use grpc::orders::{Id, Order};
use grpc::server::{Failure, Store};
use tonic::{Code, Request, Status};

fn down() -> Status {
    Status::unavailable("down")
}

fn order() -> Request<Order> {
    let goods = "three apples".to_owned();
    Request::new(Order { goods })
}

#[tokio::test]
async fn a_get_is_retried_by_both_clients() {
    let store = Arc::new(Store::default());
    let address = store.serve().await.unwrap();
    let clients = [
        by_policy(address).unwrap(),
        by_service_config(address).unwrap(),
    ];
    let id = clients[0]
        .clone()
        .place(order())
        .await
        .unwrap()
        .into_inner();
    for mut client in clients {
        store.fail_next([Failure::Before(down()), Failure::After(down())]);
        let read = client.get(Request::new(id)).await.unwrap().into_inner();
        assert_eq!(read, order().into_inner());
    }
    let gets = ["no", "1", "2"].map(|previous| format!("Get after {previous} attempts"));
    let calls = store.calls();
    assert_eq!(calls[0], "Place after no attempts");
    assert_eq!((&calls[1..4], &calls[4..]), (&gets[..], &gets[..]));
}

/// The orders that the server places are those that the client asked for, even if a response is lost.
#[tokio::test]
async fn an_order_is_never_placed_twice() {
    let store = Arc::new(Store::default());
    let address = store.serve().await.unwrap();
    for mut client in [
        by_policy(address).unwrap(),
        by_service_config(address).unwrap(),
    ] {
        let before = store.placed();
        store.fail_next([Failure::After(down())]);
        let status = client.place(order()).await.unwrap_err();
        assert_eq!(status.code(), Code::Unavailable);
        assert_eq!(store.placed(), before + 1);
    }
}

#[tokio::test]
async fn an_order_is_placed_again_if_the_server_asks_for_it() {
    let store = Arc::new(Store::default());
    let mut client = by_policy(store.serve().await.unwrap()).unwrap();
    let mut busy = down();
    let pushback = "1".parse().unwrap();
    busy.metadata_mut()
        .insert("grpc-retry-pushback-ms", pushback);
    store.fail_next([Failure::Before(busy)]);
    assert_eq!(
        client.place(order()).await.unwrap().into_inner(),
        Id { id: 0 }
    );
    assert_eq!(store.placed(), 1);
}

#[tokio::test]
async fn nothing_is_placed_without_a_server() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let mut client = by_policy(address).unwrap();
    let status = client.place(order()).await.unwrap_err();
    // Nothing was sent, so even a `Place` was retried.
    let verdict = retry_tonic::explain(&status);
    assert_eq!(verdict.rule, "connecting failed: nothing was sent");
}
