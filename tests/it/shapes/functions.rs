//! Free functions, and what may surround them and be in them.

use std::future::Future;
use std::pin::Pin;

use retryable::retryable;

use crate::shapes::support::{Busy, Calls};

#[retryable]
async fn free(calls: &Calls) -> Result<u32, Busy> {
    calls.third()
}

#[tokio::test(start_paused = true)]
async fn a_free_function_is_retried() {
    let calls = Calls::new();
    assert_eq!(free(&calls).await, Ok(3));
    assert_eq!(calls.count(), 3);
}

#[tokio::test(start_paused = true)]
async fn its_last_error_comes_back_unchanged() {
    #[retryable(max = 4, on = |_| true)]
    async fn hopeless(calls: &Calls) -> Result<(), String> {
        Err(format!("{}. failure", calls.next()))
    }

    let outcome = hopeless(&Calls::new()).await;
    assert_eq!(outcome, Err("4. failure".to_owned()));
}

#[retryable]
async fn recursive(calls: &Calls, depth: u32) -> Result<u32, Busy> {
    if depth == 0 {
        return calls.third();
    }
    let inner: Pin<Box<dyn Future<Output = Result<u32, Busy>> + '_>> =
        Box::pin(recursive(calls, depth - 1));
    Ok(inner.await? + 10)
}

#[tokio::test(start_paused = true)]
async fn a_function_may_call_itself() {
    let calls = Calls::new();
    assert_eq!(recursive(&calls, 2).await, Ok(23));
    assert_eq!(calls.count(), 3);
}

#[retryable]
async fn inner(calls: &Calls) -> Result<u32, Busy> {
    Err::<u32, Busy>(Busy).or_else(|_| calls.fail_until(5))
}

#[retryable(nested = "multiply")]
async fn outer(calls: &Calls) -> Result<u32, Busy> {
    inner(calls).await
}

#[tokio::test(start_paused = true)]
async fn a_retried_function_may_be_called_by_another() {
    let calls = Calls::new();
    assert_eq!(outer(&calls).await, Ok(5));
    // Three attempts in the first one, two in the second.
    assert_eq!(calls.count(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_retried_function_may_be_defined_in_another() {
    #[retryable(nested = "multiply")]
    async fn outside(calls: &Calls) -> Result<u32, Busy> {
        #[retryable(max = 2)]
        async fn inside(calls: &Calls) -> Result<u32, Busy> {
            calls.fail_until(4)
        }
        inside(calls).await
    }

    let calls = Calls::new();
    assert_eq!(outside(&calls).await, Ok(4));
}

mod attributes {
    //! Other attributes keep their meaning.
    #![deny(unused_must_use, dead_code)]

    use super::{Busy, Calls, retryable};

    /// Documented.
    #[retryable]
    #[must_use]
    #[inline]
    #[allow(clippy::double_must_use)]
    pub(super) async fn below(calls: &Calls) -> Result<u32, Busy> {
        #[allow(unused_variables)]
        let unused = 0;
        calls.third()
    }

    #[doc = "Documented."]
    #[must_use]
    #[inline(never)]
    #[allow(unused_variables, clippy::double_must_use)]
    #[retryable]
    pub(super) async fn above(calls: &Calls) -> Result<u32, Busy> {
        let unused = 0;
        calls.third()
    }

    #[allow(unused_variables)]
    #[retryable]
    pub(super) async fn unused_argument(calls: &Calls, unused: u8) -> Result<u32, Busy> {
        calls.third()
    }

    #[retryable]
    pub(super) async fn on_an_argument(
        calls: &Calls,
        #[allow(unused_variables)] unused: String,
        #[allow(unused_variables)] reference: &str,
    ) -> Result<u32, Busy> {
        calls.third()
    }

    #[retryable]
    pub(super) async fn inner_attributes(calls: &Calls) -> Result<u32, Busy> {
        #![allow(unused_variables)]
        #![allow(unused_mut)]

        let mut unused = 0;
        calls.third()
    }

    #[cfg(test)]
    #[retryable]
    pub(super) async fn configured(calls: &Calls) -> Result<u32, Busy> {
        calls.third()
    }

    #[cfg(not(test))]
    #[retryable]
    pub(super) async fn configured(calls: &DoesNotExist) -> Result<u32, Busy> {
        calls.third()
    }

    #[cfg_attr(test, retryable(max = 3))]
    pub(super) async fn conditionally_retried(calls: &Calls) -> Result<u32, Busy> {
        calls.third()
    }
}

#[tokio::test(start_paused = true)]
async fn other_attributes_keep_their_meaning() {
    let calls = Calls::new;
    assert_eq!(attributes::below(&calls()).await, Ok(3));
    assert_eq!(attributes::above(&calls()).await, Ok(3));
    assert_eq!(attributes::unused_argument(&calls(), 0).await, Ok(3));
    assert_eq!(
        attributes::on_an_argument(&calls(), String::new(), "").await,
        Ok(3)
    );
    assert_eq!(attributes::inner_attributes(&calls()).await, Ok(3));
    assert_eq!(attributes::configured(&calls()).await, Ok(3));
    assert_eq!(attributes::conditionally_retried(&calls()).await, Ok(3));
}

#[retryable]
async fn configured_arguments(
    calls: &Calls,
    #[cfg(test)] here: String,
    #[cfg(not(test))] gone: DoesNotExist,
    #[cfg(test)] (left, right): (u32, u32),
    #[cfg(not(test))] (up, down): DoesNotExist,
    #[cfg_attr(test, allow(unused_mut))] mut list: Vec<u8>,
) -> Result<String, Busy> {
    #[cfg(not(test))]
    drop((gone, up, down));
    let number = calls.third()?;
    Ok(format!("{here}{}{}", number + left + right, list.len()))
}

#[tokio::test(start_paused = true)]
async fn an_argument_may_be_configured_out() {
    let calls = Calls::new();
    let outcome = configured_arguments(&calls, "a".to_owned(), (1, 2), vec![0]).await;
    assert_eq!(outcome, Ok("a61".to_owned()));
}

#[retryable]
pub(crate) async extern "Rust" fn of_another_abi(calls: &Calls) -> Result<u32, Busy> {
    calls.third()
}

#[tokio::test(start_paused = true)]
async fn a_function_may_have_an_abi() {
    assert_eq!(of_another_abi(&Calls::new()).await, Ok(3));
}
