//! What may be returned next to a `&mut` argument: all that is not borrowed from it.

use retryable::retryable;

use crate::shapes::support::{Busy, Calls};

type Hook = Box<dyn FnMut(&mut u32) + Send>;

#[derive(Default)]
struct Counter {
    calls: Calls,
}

impl Counter {
    #[retryable]
    async fn hook(&mut self) -> Result<Hook, Busy> {
        let calls = self.calls.third()?;
        Ok(Box::new(move |n| *n += calls))
    }

    #[allow(clippy::type_complexity)]
    #[retryable(backoff = "none")]
    fn written_out(&mut self) -> Result<Box<dyn FnMut(&mut u32)>, Busy> {
        let calls = self.calls.third()?;
        Ok(Box::new(move |n| *n += calls))
    }

    #[retryable(backoff = "none")]
    fn pointer(&mut self) -> Result<fn(&mut u32) -> &u32, Busy> {
        self.calls.third()?;
        Ok(|n| n)
    }

    #[retryable(backoff = "none")]
    fn opaque(&mut self) -> Result<impl Fn(&mut u32) + use<>, Busy> {
        let calls = self.calls.third()?;
        Ok(move |n: &mut u32| *n += calls)
    }

    #[retryable(backoff = "none")]
    fn fixed(&mut self) -> Result<&'static str, Busy> {
        self.calls.third()?;
        Ok("fixed")
    }
}

#[tokio::test(start_paused = true)]
async fn a_method_may_return_functions_that_take_mutable_references() {
    let mut n = 1;
    Counter::default().hook().await.unwrap()(&mut n);
    Counter::default().written_out().unwrap()(&mut n);
    assert_eq!(*Counter::default().pointer().unwrap()(&mut n), 1 + 3 + 3);
    Counter::default().opaque().unwrap()(&mut n);
    assert_eq!(n, 1 + 3 + 3 + 3);
    assert_eq!(Counter::default().fixed(), Ok("fixed"));
}

/// Lends out of what it refers to, and not out of itself.
struct Lexer<'a> {
    text: &'a str,
    calls: Calls,
}

impl<'a> Lexer<'a> {
    #[retryable(backoff = "none")]
    fn next(&mut self) -> Result<&'a str, Busy> {
        self.calls.third()?;
        Ok(self.text)
    }

    #[retryable(backoff = "none")]
    fn named(&'a mut self) -> Result<&'a str, Busy> {
        self.calls.third()?;
        Ok(self.text)
    }
}

#[retryable(backoff = "none")]
fn other<'a>(calls: &Calls, list: &mut Vec<u8>, text: &'a str) -> Result<&'a str, Busy> {
    list.push(1);
    calls.third()?;
    Ok(text)
}

#[retryable]
async fn of_both<'a>(list: &'a mut Vec<u8>, text: &'a (Calls, String)) -> Result<&'a str, Busy> {
    list.push(1);
    text.0.third()?;
    Ok(&text.1)
}

#[tokio::test(start_paused = true)]
async fn a_shared_borrow_next_to_a_mutable_one_may_be_returned() {
    let lexer = || Lexer {
        text: "a",
        calls: Calls::new(),
    };
    assert_eq!(lexer().next(), Ok("a"));
    let mut lexer = lexer();
    assert_eq!(lexer.named(), Ok("a"));

    let mut list = Vec::new();
    assert_eq!(other(&Calls::new(), &mut list, "b"), Ok("b"));
    let text = (Calls::new(), "c".to_owned());
    assert_eq!(of_both(&mut list, &text).await, Ok("c"));
    assert_eq!(list.len(), 6);
}
