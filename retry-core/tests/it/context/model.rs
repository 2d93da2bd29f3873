//! Random scopes in scopes, polled by turns and on several threads, against a stack written down by hand.

use std::future::Future;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use futures_util::FutureExt;
use proptest::prelude::*;
use retry_core::{GiveUp, Upstream, attempt, note_give_up, transient};
use tokio::runtime::Handle;

use super::support::{POLICY, pause};
use crate::common::secs;

/// What code in a scope does.
#[derive(Clone, Debug)]
enum Op {
    /// Lets the other tree continue, perhaps on another thread.
    Pause,
    /// Asks for the attempt, so that its call gets a number.
    Ask,
    Note,
    Panic,
    Call {
        deadline: Option<u64>,
        max: u32,
        /// What each attempt does; all but the last fail, and the last if `fails` is set.
        attempts: Vec<Vec<Op>>,
        fails: bool,
    },
    Upstream {
        number: u32,
        remaining: Option<u64>,
        code: Vec<Op>,
    },
}

/// A scope that code is in.
#[derive(Clone, Debug)]
struct Scope {
    number: u32,
    max: u32,
    left: Option<u64>,
    id: Option<u128>,
    marked: bool,
}

type Stack = Vec<Scope>;
type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

fn nearest(stack: &Stack, own: Option<u64>) -> Option<u64> {
    let around = stack.last().and_then(|scope| scope.left);
    own.into_iter().chain(around).min()
}

fn mark(stack: &mut Stack) {
    if let Some(scope) = stack.last_mut() {
        scope.marked = true;
    }
}

fn ask(stack: &mut Stack) {
    let ids: Vec<_> = stack.iter().filter_map(|scope| scope.id).collect();
    let Some(scope) = stack.last_mut().filter(|scope| scope.number > 0) else {
        assert!(attempt().is_none());
        return;
    };
    let seen = attempt().expect("inside of an attempt");
    assert_eq!((seen.number(), seen.max()), (scope.number, scope.max));
    assert_eq!(seen.remaining(), scope.left.map(secs));
    match scope.id {
        Some(id) => assert_eq!(seen.call_id(), id),
        None => assert!(!ids.contains(&seen.call_id())),
    }
    scope.id = Some(seen.call_id());
}

/// Whether it panicked.
async fn caught(code: impl Future<Output = ()> + Send) -> bool {
    let caught = AssertUnwindSafe(code).catch_unwind().await;
    caught.is_err_and(|panic| {
        panic
            .downcast::<Scripted>()
            .map_or_else(|other| resume_unwind(other), |_| true)
    })
}

struct Scripted;

fn run<'a>(ops: &'a [Op], stack: &'a mut Stack) -> Boxed<'a, ()> {
    Box::pin(async move {
        for op in ops {
            match op {
                Op::Pause => pause().await,
                Op::Ask => ask(stack),
                Op::Note => {
                    note_give_up();
                    mark(stack);
                }
                Op::Panic => resume_unwind(Box::new(Scripted)),
                Op::Call { .. } => call(op, stack).await,
                Op::Upstream {
                    number,
                    remaining,
                    code,
                } => {
                    let mut upstream = Upstream::new().number(*number);
                    if let Some(remaining) = remaining {
                        upstream = upstream.remaining(secs(*remaining));
                    }
                    let depth = stack.len();
                    stack.push(Scope {
                        number: *number,
                        max: u32::MAX,
                        left: nearest(stack, *remaining),
                        id: None,
                        marked: false,
                    });
                    let panicked = caught(upstream.serve(run(code, stack))).await;
                    let scope = stack.drain(depth..).next().expect("it was pushed");
                    assert!(panicked || upstream.gave_up() == scope.marked);
                }
            }
        }
    })
}

async fn call(op: &Op, stack: &mut Stack) {
    let Op::Call {
        deadline,
        max,
        attempts,
        fails,
    } = op
    else {
        unreachable!("called for calls")
    };
    let policy = POLICY
        .max_attempts(*max)
        .deadline(deadline.map_or(Duration::MAX, secs));
    let mut retry = policy.start();
    let mut id = None;
    for (number, ops) in (1..).zip(attempts) {
        let depth = stack.len();
        stack.push(Scope {
            number,
            max: *max,
            left: nearest(stack, *deadline),
            id,
            marked: false,
        });
        let panicked = caught(retry.attempt(run(ops, stack))).await;
        let scope = stack.drain(depth..).next().expect("it was pushed");
        id = scope.id;
        let last = usize::try_from(number).is_ok_and(|number| number == attempts.len());
        if panicked || (last && !fails) {
            return;
        }
        match retry.again(transient("down")) {
            Ok(delay) => {
                assert!(!scope.marked && number < *max);
                delay.await;
            }
            Err(_) => {
                let reason = if number == *max {
                    GiveUp::Exhausted
                } else {
                    GiveUp::Nested
                };
                assert!(scope.marked || number == *max);
                assert_eq!(retry.gave_up(), Some(reason));
                mark(stack);
                return;
            }
        }
    }
}

fn any_ops() -> impl Strategy<Value = Vec<Op>> {
    let leaf = prop_oneof![
        4 => Just(Op::Pause),
        4 => Just(Op::Ask),
        1 => Just(Op::Note),
        1 => Just(Op::Panic),
    ];
    let seconds = || prop::option::of(1..100_u64);
    let op = leaf.prop_recursive(4, 40, 5, move |inner| {
        let code = prop::collection::vec(inner, 0..5);
        let attempts = prop::collection::vec(code.clone(), 1..4);
        let call = (seconds(), 1..5_u32, attempts, any::<bool>());
        prop_oneof![
            3 => call.prop_map(|(deadline, max, attempts, fails)| Op::Call { deadline, max, attempts, fails }),
            2 => (0..5_u32, seconds(), code).prop_map(|(number, remaining, code)| {
                Op::Upstream { number, remaining, code }
            }),
        ]
    });
    prop::collection::vec(op, 1..6)
}

/// Polls both to their ends by turns: here, or on its own thread.
fn by_turns(mut trees: [Boxed<'_, bool>; 2], elsewhere: &[bool], runtime: &Handle) {
    let mut ended = [false; 2];
    let mut turns = elsewhere.iter().cycle();
    while ended.contains(&false) {
        for (tree, ended) in trees.iter_mut().zip(&mut ended) {
            if *ended {
                continue;
            }
            let mut poll = || {
                let _entered = runtime.enter();
                let polled = tree.as_mut().poll(&mut Context::from_waker(Waker::noop()));
                assert!(attempt().is_none());
                polled
            };
            let polled = match turns.next() {
                Some(true) => thread::scope(|scope| scope.spawn(&mut poll).join())
                    .unwrap_or_else(|panic| resume_unwind(panic)),
                _ => poll(),
            };
            *ended = matches!(polled, Poll::Ready(_));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn scopes_in_scopes_are_as_a_stack_would_have_them(
        trees in [any_ops(), any_ops()],
        elsewhere in prop::collection::vec(any::<bool>(), 1..8),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let runtime = runtime.unwrap();
        let mut stacks = [Stack::new(), Stack::new()];
        let [one, two] = &mut stacks;
        let trees = [
            Box::pin(caught(run(&trees[0], one))) as Boxed<'_, bool>,
            Box::pin(caught(run(&trees[1], two))),
        ];
        by_turns(trees, &elsewhere, runtime.handle());
    }
}
