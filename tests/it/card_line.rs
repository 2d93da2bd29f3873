//! The line on the card, as it is written there, against a real server: nothing else is imported.

use retryable::http::testing::{Server, reply, reset};

mod api {
    use retryable::retryable;

    #[retryable(max = 5, backoff = "exp", on = "transient")]
    pub(super) async fn get(url: String) -> Result<String, reqwest::Error> {
        reqwest::get(url).await?.text().await
    }

    #[retryable(max = 5, backoff = "exp", on = "transient")]
    pub(super) async fn broken(calls: &std::cell::Cell<u32>) -> Result<(), reqwest::Error> {
        calls.set(calls.get() + 1);
        let client = reqwest::Client::new();
        client.get("this is no URL").send().await?;
        Ok(())
    }
}

// The clock is paused, so that no wait takes time; the sockets are real.
#[tokio::test(start_paused = true)]
async fn a_server_that_always_resets_is_called_five_times() {
    let server = Server::repeat_last([reset()]);
    let error = api::get(server.url()).await.unwrap_err();
    assert!(error.is_request(), "{error:?}");
    assert_eq!(server.requests().len(), 5, "five calls in all");
}

#[tokio::test(start_paused = true)]
async fn the_call_succeeds_as_soon_as_the_server_recovers() {
    let server = Server::script([reset(), reset(), reset(), reply(200).body("ok")]);
    let text = api::get(server.url()).await;
    assert_eq!(text.expect("the fourth call succeeds"), "ok");
    server.finish();
}

#[tokio::test(start_paused = true)]
async fn a_request_that_cannot_be_built_is_called_once() {
    let calls = std::cell::Cell::new(0);
    let error = api::broken(&calls).await.unwrap_err();
    assert!(error.is_builder(), "{error:?}");
    assert_eq!(calls.get(), 1);
}
