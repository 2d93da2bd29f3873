//! What functions expand to, formatted: a change of the expansion shows as a change of these files.
//!
//! `UPDATE_EXPECT=1 cargo test -p retry-macros` writes them.

use expect_test::{ExpectFile, expect_file};

use super::expand;

fn assert_expands_to(snapshot: &ExpectFile, arguments: &str, item: &str) {
    let expanded = expand(arguments, item);
    let file = syn::parse2(expanded).expect("expands to items");
    snapshot.assert_eq(&prettyplease::unparse(&file));
}

#[test]
fn the_common_case() {
    assert_expands_to(
        &expect_file!["snapshots/common_case.rs"],
        r#"max = 5, backoff = "exp", on = "transient""#,
        "/// Documented.
        pub async fn user(client: &Client, id: u64) -> Result<User, reqwest::Error> {
            client.get(id).await
        }",
    );
}

#[test]
fn arguments_of_every_kind() {
    assert_expands_to(
        &expect_file!["snapshots/arguments.rs"],
        "share(shared), on_retry = |event| log(seen, event)",
        "async fn send<T: Clone>(
            &mut self,
            reference: &str,
            lent: &mut Vec<u8>,
            owned: String,
            mut changed: Vec<u8>,
            (left, right): (u8, u8),
            generic: T,
            opaque: impl Into<String> + Clone,
            shared: Body,
            seen: Log,
            #[cfg(unix)] configured: u8,
            _: u8,
        ) -> io::Result<impl Iterator<Item = u8>> {
            body(self)
        }",
    );
}

#[test]
fn every_setting() {
    assert_expands_to(
        &expect_file!["snapshots/settings.rs"],
        r#"
            max = MAX,
            backoff = "exp",
            base = "50ms",
            factor = 3,
            cap = CAP,
            jitter = 0.1,
            on = "any",
            max_elapsed = "1m 30s",
            max_retry_after = "2m"
        "#,
        "async fn call() -> io::Result<()> { body().await }",
    );
}

#[test]
fn a_blocking_function() {
    assert_expands_to(
        &expect_file!["snapshots/blocking.rs"],
        r#"backoff = "none""#,
        "fn read(path: &Path, options: Options) -> io::Result<String> {
            #![allow(unused)]
            options.open(path)?.read()
        }",
    );
}

#[test]
fn a_policy_of_the_caller_s() {
    assert_expands_to(
        &expect_file!["snapshots/policy.rs"],
        "policy = self.policy, crate = ::retry_core",
        "async fn call(&mut self) -> Result<(), Error> { self.body().await }",
    );
}

#[test]
fn a_value_that_is_polled_for() {
    assert_expands_to(
        &expect_file!["snapshots/until.rs"],
        r#"until = |state| state.is_ready(), on_give_up = report, name = "state""#,
        "async fn state(&self) -> State { self.body().await }",
    );
}

#[test]
fn a_timeout_a_classifier_and_something_in_between() {
    assert_expands_to(
        &expect_file!["snapshots/timeout.rs"],
        r#"attempt_timeout = "2s", on = is_worth_it, before_retry = token = refresh(&token).await"#,
        "async fn call(mut token: String) -> Result<(), Error> { body(token).await }",
    );
}

#[test]
fn a_deadline_and_an_error_of_the_caller_s_for_it() {
    assert_expands_to(
        &expect_file!["snapshots/deadline.rs"],
        r#"deadline = "10s", timed_out = |timed_out| Error::Slow(timed_out)"#,
        "async fn call() -> Result<(), Error> { body().await }",
    );
}

#[test]
fn a_timer_and_a_fallback_of_an_async_function() {
    assert_expands_to(
        &expect_file!["snapshots/fallback.rs"],
        r#"deadline = "10s", timer = &self.timer, fallback = |error, reason| Ok(self.queue(order, error).await?)"#,
        "async fn place(&self, order: Order) -> Result<Receipt, Error> { self.send(order).await }",
    );
}

#[test]
fn a_timer_and_a_fallback_of_a_blocking_function_that_polls() {
    assert_expands_to(
        &expect_file!["snapshots/fallback_blocking.rs"],
        "until = Option::is_some, timer = CLOCK, fallback = |outcome| outcome.or(cached)",
        "fn find(cached: Option<u32>) -> Option<u32> { body() }",
    );
}

#[test]
fn a_future_that_async_trait_has_boxed() {
    assert_expands_to(
        &expect_file!["snapshots/boxed.rs"],
        "max = 4",
        "fn call<'life0, 'async_trait>(&'life0 mut self, key: String)
            -> Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'async_trait>>
        where
            'life0: 'async_trait,
        {
            Box::pin(async move {
                if let Some(__ret) = None::<Result<(), Error>> {
                    return __ret;
                }
                let __self = self;
                let key = key;
                let __ret: Result<(), Error> = { __self.body(key).await };
                __ret
            })
        }",
    );
}

#[test]
fn an_impl_block() {
    assert_expands_to(
        &expect_file!["snapshots/impl_block.rs"],
        r#"max = 5, on = "refused""#,
        "impl Client {
            #[retryable]
            async fn same(&self) -> Result<(), Error> { body().await }
            #[retryable(max = 2)]
            async fn other(&self) -> Result<(), Error> { body().await }
            async fn plain(&self) -> Result<(), Error> { body().await }
        }",
    );
}

#[test]
fn a_half_typed_attribute() {
    assert_expands_to(
        &expect_file!["snapshots/half_typed.rs"],
        "max = , backof = \"exp\"",
        "async fn call() -> io::Result<()> { body().await }",
    );
}
