//! The text of an error is in no event, except in those of `log`, which ask for it.

use std::fmt;

use retryable::{Classified, Classify, log, retryable, transient};

use super::support::Lines;

/// A secret in its text, its value and its argument.
#[derive(Classify)]
#[classify(transient)]
struct Leaky(String);

impl fmt::Debug for Leaky {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Leaky {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[retryable(backoff = "none", name = "silent")]
fn silent(token: String) -> Result<(), Leaky> {
    Err(Leaky(token))
}

#[retryable(backoff = "none", name = "wrapped")]
fn wrapped(token: String) -> Result<(), Classified<Leaky>> {
    Err(transient(Leaky(token)))
}

#[test]
fn no_event_has_the_text_of_an_error_or_of_an_argument() {
    let ((), lines) = Lines::of(|| {
        assert!(silent("hunter2".to_owned()).is_err());
        assert!(wrapped("hunter2".to_owned()).is_err());
    });
    assert_eq!(lines.len(), 6);
    assert!(!lines.concat().contains("hunter2"), "{lines:#?}");
}

struct Client;

#[retryable(max = 2, backoff = "none", on_retry = log::info, on_give_up = log::warn)]
impl Client {
    #[retryable]
    fn user(&self) -> Result<u32, Leaky> {
        Err(Leaky("hunter2".to_owned()))
    }

    #[retryable(until = |value| *value > 5)]
    async fn order(&self) -> Result<u32, Leaky> {
        Ok(5)
    }
}

fn logged<T>(call: impl FnOnce() -> T) -> Vec<String> {
    let (_, mut lines) = Lines::of(call);
    lines.retain(|line| line.contains("retryable::log"));
    lines
}

#[test]
fn the_hooks_of_log_write_the_text_for_a_whole_block() {
    let name = "retry.name=\"it::observe::secrets::Client::user\" retry.class=\"transient\"";
    assert_eq!(
        logged(|| Client.user()),
        [
            format!(
                "INFO retryable::log message=attempt 1 of 2 failed: hunter2; the next one follows in 0ns {name}"
            ),
            format!(
                "WARN retryable::log message=attempt 2 of 2 failed: hunter2; attempts exhausted {name}"
            ),
        ]
    );
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let lines = logged(|| runtime.block_on(Client.order()));
    assert!(
        lines[1]
            .contains("attempt 2 of 2 returned a value that `until` rejected; attempts exhausted")
    );
}
