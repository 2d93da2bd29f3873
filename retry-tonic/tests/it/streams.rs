//! Streams, and calls whose response has begun.

use std::time::Duration;

use http::uri::PathAndQuery;
use retry_tonic::RetryLayer;
use retryable::{NoDelay, Policy};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, iter, once};
use tonic::{Code, Request, Response, Status, Streaming};
use tonic_prost::ProstCodec;

use crate::server::{Client, Reply, SAY, Server};

fn layer() -> RetryLayer {
    RetryLayer::new(Policy::with_backoff(NoDelay).max_attempts(4)).idempotent(SAY)
}

fn down() -> Status {
    Status::unavailable("down")
}

impl Client {
    async fn stream(
        &mut self,
        messages: impl Stream<Item = String> + Send + 'static,
    ) -> Result<Streaming<String>, Status> {
        self.grpc.ready().await.unwrap();
        let (path, codec) = (PathAndQuery::from_static(SAY), ProstCodec::default());
        let response = self
            .grpc
            .streaming(Request::new(messages), path, codec)
            .await;
        response.map(Response::into_inner)
    }
}

#[tokio::test]
async fn a_stream_of_requests_is_sent_once_and_whole() {
    let streams = [vec![], vec!["one", "two"], vec!["one", "two", "three"]];
    for messages in streams {
        let messages: Vec<_> = messages.into_iter().map(str::to_owned).collect();
        let server = Server::new(|_| Reply::unavailable()).await;
        let mut client = server.client(&layer());
        let status = client.stream(iter(messages.clone())).await.unwrap_err();
        assert_eq!(status.code(), Code::Unavailable);
        let seen = server.seen();
        assert_eq!(seen.len(), 1, "{messages:?}");
        assert_eq!(seen[0].messages, messages);
    }
}

#[tokio::test]
async fn a_stream_whose_first_message_comes_later_is_sent_once() {
    let server = Server::new(|_| Reply::unavailable()).await;
    let mut client = server.client(&layer());
    let (sender, receiver) = mpsc::channel(1);
    let (outcome, ()) = tokio::join!(client.stream(ReceiverStream::new(receiver)), async move {
        sender.send("late".to_owned()).await.unwrap();
    });
    assert_eq!(outcome.unwrap_err().code(), Code::Unavailable);
    assert_eq!(server.seen().len(), 1);
}

/// The client sends its second message when the server has responded to the first.
#[tokio::test]
async fn the_policy_does_not_limit_the_time_of_a_stream() {
    let limit = Duration::from_millis(50);
    let policy = Policy::with_backoff(NoDelay).attempt_timeout(limit);
    let server = Server::new(|_| Reply::Say("hello")).await;
    let mut client = server.client(&RetryLayer::new(policy).idempotent(SAY));
    let (sender, receiver) = mpsc::channel(1);
    let (outcome, ()) = tokio::join!(client.stream(ReceiverStream::new(receiver)), async move {
        sender.send("one".to_owned()).await.unwrap();
        tokio::time::sleep(4 * limit).await;
        sender.send("two".to_owned()).await.unwrap();
    });
    let message = outcome.unwrap().message().await.unwrap();
    assert_eq!(message.as_deref(), Some("hello"));
    assert_eq!(server.seen()[0].messages, ["one", "two"]);
}

#[tokio::test]
async fn a_stream_of_responses_is_retried_until_it_begins() {
    let server = Server::failing(2, Reply::unavailable).await;
    let mut client = server.client(&layer());
    let mut stream = client.stream(once("hi".to_owned())).await.unwrap();
    assert_eq!(stream.message().await.unwrap().as_deref(), Some("hello"));
    assert_eq!(server.seen().len(), 3);
}

/// C9 of gRPC's own tests.
#[tokio::test]
async fn a_call_is_not_retried_once_its_response_has_begun() {
    for messages in [vec![], vec!["hello"]] {
        let replies = messages.clone();
        let server = Server::new(move |_| Reply::FailAfter(replies.clone(), down())).await;
        let status = server.client(&layer()).say("hi").await.unwrap_err();
        assert_eq!(status.code(), Code::Unavailable);
        assert_eq!(server.seen().len(), 1, "{messages:?}");

        let mut client = server.client(&layer());
        let mut stream = client.stream(once("hi".to_owned())).await.unwrap();
        for message in &messages {
            assert_eq!(stream.message().await.unwrap().as_deref(), Some(*message));
        }
        assert_eq!(
            stream.message().await.unwrap_err().code(),
            Code::Unavailable
        );
        assert_eq!(server.seen().len(), 1, "{messages:?}");
    }
}
