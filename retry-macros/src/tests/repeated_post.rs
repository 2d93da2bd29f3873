//! Bodies that the default may not repeat.

use super::expand;

const SIGNATURE: &str = "async fn order(client: &Client) -> Result<Response, reqwest::Error>";

fn is_rejected(arguments: &str, signature: &str, body: &str) -> bool {
    let expanded = expand(arguments, &format!("{signature} {{ {body} }}"));
    expanded.to_string().contains("may be processed twice")
}

#[test]
fn a_request_that_may_be_processed_twice_is_rejected_without_on() {
    for body in [
        "client.post(URL).send().await",
        "client.patch(URL).json::<Order>(&order).send().await",
        "let request = client.post(URL).build()?; client.execute(request).await",
        "client.request(Method::POST, URL).send().await",
        "client.request(reqwest::Method::PATCH, URL).send().await",
        "let method = Method::POST; client.request(method, URL).send().await",
        "if let Some(order) = order { client.post(URL).body(order).send().await?; }",
        "agent.post(URL).send_json(order)",
        "agent.post(URL).call()",
        "retry(client.post(URL)).send().await",
    ] {
        assert!(is_rejected("", SIGNATURE, body), "{body}");
        assert!(
            is_rejected("max = 5, backoff = \"fixed\"", SIGNATURE, body),
            "{body}"
        );
    }
    let blocking = "fn order(client: &Client) -> Result<Response, reqwest::Error>";
    assert!(is_rejected("", blocking, "client.post(URL).send()"));
}

#[test]
fn a_request_whose_author_has_decided_is_accepted() {
    let body = "client.post(URL).send().await";
    for arguments in [
        "on = \"transient\"",
        "on = \"refused\"",
        "on = is_worth_it",
        "policy = self.policy",
        "max = 1",
        "max_retries = 0",
    ] {
        assert!(!is_rejected(arguments, SIGNATURE, body), "{arguments}");
    }
    let signature = "async fn order(client: &Client) -> Result<(), Classified<reqwest::Error>>";
    assert!(!is_rejected("", signature, body));
    for body in [
        "client.post(URL).send_checked().await",
        "client.post(URL).retry(&POLICY).send().await",
        "let client = RetryClient::new(client, POLICY); client.post(URL).send().await",
        "client.post(URL).idempotency_key(key).send().await",
        "client.post(URL).header(\"idempotency-key\", key).send().await",
        "client.post(URL).header(IDEMPOTENCY_KEY, key).send().await",
    ] {
        assert!(!is_rejected("", SIGNATURE, body), "{body}");
    }
}

#[test]
fn an_on_of_the_impl_block_counts() {
    let item =
        format!("impl Api {{ #[retryable] {SIGNATURE} {{ client.post(URL).send().await }} }}");
    let block = expand("on = \"refused\"", &item).to_string();
    assert!(block.contains("retryable (on = \"refused\" ,"), "{block}");
}

#[test]
fn what_sends_no_post_is_accepted() {
    for body in [
        "client.get(URL).send().await",
        "client.put(URL).send().await",
        "Router::new().route(\"/\", post(create)); sender.send(1).await",
        "Router::new().route(\"/\", get(list).post(create))",
        "self.post.send(letter).await",
        "self.post(letter).await",
        "match method { Method::GET => client.get(URL), Method::POST | Method::PUT => todo!() }.send()",
        "if *request.method() == Method::POST { return Err(error); } client.get(URL).send().await",
        "if request.method() != http::Method::PATCH { client.get(URL).send().await }",
    ] {
        assert!(!is_rejected("", SIGNATURE, body), "{body}");
    }
}
