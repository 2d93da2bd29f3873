//! `?`, `return`, closures, blocks and loops mean in a retried body what they mean in a plain one.

use std::num::ParseIntError;

use retryable::{Class, Classify, retryable};

use crate::shapes::support::{Busy, Calls};

#[derive(Debug, PartialEq)]
enum Failed {
    Busy,
    Parse(ParseIntError),
}

impl From<Busy> for Failed {
    fn from(_: Busy) -> Self {
        Self::Busy
    }
}

impl From<ParseIntError> for Failed {
    fn from(error: ParseIntError) -> Self {
        Self::Parse(error)
    }
}

impl Classify for Failed {
    fn classify(&self) -> Class {
        match self {
            Self::Busy => Class::Transient,
            Self::Parse(_) => Class::Permanent,
        }
    }
}

#[retryable]
async fn question_mark(calls: &Calls, text: &str) -> Result<u32, Failed> {
    let calls = calls.third()?;
    let number: u32 = text.parse()?;
    Ok(calls + number)
}

#[tokio::test(start_paused = true)]
async fn a_question_mark_ends_the_attempt_and_converts() {
    let calls = Calls::new();
    assert_eq!(question_mark(&calls, "10").await, Ok(13));

    let calls = Calls::new();
    let outcome = question_mark(&calls, "ten").await;
    assert!(matches!(outcome, Err(Failed::Parse(_))));
    // Twice busy, and then what no attempt can change.
    assert_eq!(calls.count(), 3);
}

#[retryable]
async fn early_return(calls: &Calls, early: bool) -> Result<u32, Busy> {
    if calls.next() < 3 {
        return Err(Busy);
    }
    if early {
        return Ok(1);
    }
    #[allow(clippy::needless_return)]
    return Ok(calls.count());
}

#[tokio::test(start_paused = true)]
async fn a_return_ends_the_attempt() {
    assert_eq!(early_return(&Calls::new(), true).await, Ok(1));
    assert_eq!(early_return(&Calls::new(), false).await, Ok(3));
}

#[retryable]
async fn inside_closures(calls: &Calls) -> Result<u32, Failed> {
    let parse = |text: &str| -> Result<u32, ParseIntError> {
        let number = text.parse::<u32>()?;
        if number > 5 {
            return Ok(5);
        }
        Ok(number)
    };
    let first = |list: &[u32]| -> Option<u32> {
        let number = list.first()?;
        Some(number + 1)
    };
    fn function(text: &str) -> Result<u32, ParseIntError> {
        let number = text.parse::<u32>()?;
        #[allow(clippy::needless_return)]
        return Ok(number);
    }
    let failed = parse("x").is_err() && function("x").is_err() && first(&[]).is_none();
    let sum = parse("7")? + function("1")? + first(&[1]).unwrap_or(0);
    Ok(calls.third()? + sum + u32::from(failed))
}

#[tokio::test(start_paused = true)]
async fn a_return_in_a_closure_or_function_ends_that_alone() {
    let calls = Calls::new();
    assert_eq!(inside_closures(&calls).await, Ok(3 + 5 + 1 + 2 + 1));
    assert_eq!(calls.count(), 3);
}

#[retryable]
async fn inside_async_blocks(calls: &Calls) -> Result<u32, Busy> {
    let inner = async {
        if calls.count() > 5 {
            return Err("late");
        }
        let number = "4".parse::<u32>().map_err(|_| "number")?;
        Ok(number)
    };
    let option = async { Some(None::<u32>? + 1) }.await;
    let closure = async |n: u32| -> Option<u32> { Some(n.checked_sub(1)? + 1) };
    let sum = inner.await.unwrap_or(0) + closure(2).await.unwrap_or(0);
    assert_eq!((option, closure(0).await), (None, None));
    Ok(calls.third()? + sum)
}

#[tokio::test(start_paused = true)]
async fn a_return_in_an_async_block_ends_that_alone() {
    let calls = Calls::new();
    assert_eq!(inside_async_blocks(&calls).await, Ok(3 + 4 + 2));
    assert_eq!(calls.count(), 3);
}

#[retryable]
async fn loops(calls: &Calls) -> Result<u32, Busy> {
    let mut seen = 0;
    let found = 'outer: loop {
        for n in 0..10 {
            if n == 2 {
                continue;
            }
            if n == 4 {
                break 'outer n;
            }
            seen += 1;
        }
    };
    let block = 'block: {
        if found == 4 {
            break 'block 1;
        }
        0
    };
    #[allow(clippy::never_loop)]
    while calls.next() > 0 {
        if calls.count() < 3 {
            return Err(Busy);
        }
        break;
    }
    Ok(found + block + seen)
}

#[tokio::test(start_paused = true)]
async fn loops_and_labels_are_the_body_s_own() {
    let calls = Calls::new();
    assert_eq!(loops(&calls).await, Ok(4 + 1 + 3));
    assert_eq!(calls.count(), 3);
}

#[retryable]
async fn inside_macros(calls: &Calls) -> Result<u32, Busy> {
    let mut list = vec![calls.third()?];
    list.push(1);
    let text = format!("{}{}", calls.fail_until(1)?, async { 1 }.await);
    assert_eq!(list.len(), {
        if list.is_empty() {
            return Err(Busy);
        }
        2
    });
    macro_rules! local {
        ($e:expr) => {
            $e?
        };
    }
    let more = local!(calls.fail_until(1));
    Ok(list[0] + more + u32::try_from(text.len()).unwrap_or(0))
}

#[tokio::test(start_paused = true)]
async fn a_question_mark_in_the_argument_of_a_macro_ends_the_attempt() {
    let calls = Calls::new();
    assert_eq!(inside_macros(&calls).await, Ok(3 + 5 + 2));
    assert_eq!(calls.count(), 5);
}

#[retryable]
#[allow(clippy::unnecessary_wraps)]
async fn question_mark_on_option(calls: &Calls, list: &[u32]) -> Result<Option<u32>, Busy> {
    let calls = calls.third()?;
    let first = (|| Some(list.first()? + calls))();
    Ok(first)
}

#[tokio::test(start_paused = true)]
async fn a_result_may_hold_an_option() {
    let none = question_mark_on_option(&Calls::new(), &[]).await;
    assert_eq!(none, Ok(None));
    let some = question_mark_on_option(&Calls::new(), &[1]).await;
    assert_eq!(some, Ok(Some(4)));
}

#[retryable]
async fn unit(calls: &Calls) -> Result<(), Busy> {
    calls.third()?;
    let Ok(()) = async { Ok::<(), Busy>(()) }.await else {
        return Err(Busy);
    };
    Ok(())
}

#[retryable]
async fn diverges(calls: &Calls) -> Result<u32, Busy> {
    match calls.third() {
        Ok(_) => panic!("the third"),
        Err(error) => Err(error),
    }
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_not_retried() {
    use std::panic::AssertUnwindSafe;
    use std::sync::Arc;

    assert_eq!(unit(&Calls::new()).await, Ok(()));
    let calls = Arc::new(Calls::new());
    let task = {
        let calls = Arc::clone(&calls);
        tokio::spawn(async move { AssertUnwindSafe(diverges(&calls)).0.await })
    };
    assert!(task.await.expect_err("panicked").is_panic());
    assert_eq!(calls.count(), 3);
}

#[retryable(max = 9, backoff = "none", before_retry = {
    if calls.count() == 2 {
        return Err(Busy);
    }
})]
fn returned_from(calls: &Calls) -> Result<u32, Busy> {
    calls.fail_until(100)
}

#[retryable(max = 9, backoff = "none", before_retry = refreshed(calls).await?)]
async fn failed_before_retry(calls: &Calls) -> Result<u32, Busy> {
    calls.fail_until(100)
}

async fn refreshed(calls: &Calls) -> Result<(), Busy> {
    tokio::task::yield_now().await;
    if calls.count() == 3 {
        Err(Busy)
    } else {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn before_retry_may_leave_the_function() {
    let calls = Calls::new();
    assert_eq!(returned_from(&calls), Err(Busy));
    assert_eq!(calls.count(), 2);
    let calls = Calls::new();
    assert_eq!(failed_before_retry(&calls).await, Err(Busy));
    assert_eq!(calls.count(), 3);
}

#[retryable(max = 2, backoff = "none", before_retry = {
    let next = |mut n: u32| loop {
        n += 1;
        if n > 0 { break n }
    };
    'outer: for turn in 0.. {
        if turn == 1 {
            continue;
        }
        while *turns < 10 {
            *turns = next(*turns);
            if *turns == 5 {
                break 'outer;
            }
        }
        break;
    }
})]
fn with_loops(calls: &Calls, turns: &mut u32) -> Result<u32, Busy> {
    calls.fail_until(2)
}

#[test]
fn before_retry_may_have_loops_and_labels() {
    let mut turns = 0;
    assert_eq!(with_loops(&Calls::new(), &mut turns), Ok(2));
    assert_eq!(turns, 5);
}
