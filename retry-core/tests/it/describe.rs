//! What a policy says of itself.

use std::sync::Arc;
use std::time::Duration;

use retry_core::backoff::repeat_last;
use retry_core::{
    AdaptiveThrottle, AnyPolicy, Backoff, Budget, Decorrelated, DynPolicy, Exponential, Fibonacci,
    Fixed, Jitter, Linear, Nested, NoDelay, On, Policy, RetryQuota, TimedOut, TokenRatio, causes,
};

use crate::common::{ms, secs};

const START: &str = "up to 3 attempts; waits of up to 100ms, 200ms (300ms in all); ";
const END: &str =
    "up to 3 attempts; waits of up to 100ms, 200ms (300ms in all); transient failures; ";

/// A policy with this shape of backoff.
fn shape(shape: impl Backoff, max: u32) -> String {
    let policy = Policy::with_backoff(shape).max_attempts(max);
    let text = policy.describe().to_string();
    let end = "; transient failures; no budget";
    text.strip_suffix(end).expect(end).to_owned()
}

#[test]
fn each_number_of_attempts_is_described() {
    let attempts = |max| Policy::new().max_attempts(max).describe().to_string();
    assert_eq!(attempts(1), "1 attempt; no budget");
    assert_eq!(
        attempts(2),
        "up to 2 attempts; a wait of up to 100ms; transient failures; no budget"
    );
    assert_eq!(attempts(3), format!("{END}no budget"));
    let many = "waits of up to 100ms, 200ms, 400ms, …, 20s";
    assert_eq!(
        attempts(12),
        format!("up to 12 attempts; {many} (85.5s in all); transient failures; no budget")
    );
    assert_eq!(
        attempts(10_000),
        format!("up to 10000 attempts; {many}; transient failures; no budget")
    );
    assert_eq!(
        attempts(u32::MAX),
        format!("any number of attempts; {many}; transient failures; no budget")
    );
}

#[test]
fn each_shape_is_described() {
    let attempts = "up to 4 attempts; waits of";
    let base = ms(100);
    assert_eq!(
        shape(Linear::new(base), 4),
        format!("{attempts} up to 100ms, 200ms, 300ms (600ms in all)")
    );
    assert_eq!(
        shape(Fibonacci::new(base), 4),
        format!("{attempts} up to 100ms, 100ms, 200ms (400ms in all)")
    );
    assert_eq!(
        shape(Decorrelated::new(base), 4),
        format!("{attempts} up to 300ms, 900ms, 2.7s (3.9s in all)")
    );
    assert_eq!(
        shape(Fixed::new(base), 4),
        format!("{attempts} 100ms (300ms in all)")
    );
    assert_eq!(
        shape(Fixed::new(base).jitter(Jitter::Equal), 4),
        format!("{attempts} up to 100ms (300ms in all)")
    );
    assert_eq!(shape(NoDelay, 4), "up to 4 attempts; no waits");
    let at_once = Exponential::new(base).first_at_once(true).floor(ms(150));
    assert_eq!(
        shape(at_once.jitter(Jitter::None), 4),
        format!("{attempts} 0ns, 150ms, 200ms (350ms in all), from 150ms if throttled")
    );
    assert_eq!(
        shape(at_once.jitter(Jitter::Added(ms(50))), 2),
        "up to 2 attempts; no waits, from 200ms if throttled"
    );
    assert_eq!(
        shape(Exponential::new(base).throttled_base(secs(1)), 3),
        "up to 3 attempts; waits of up to 100ms, 200ms (300ms in all), from 1s if throttled"
    );
    let list = repeat_last([base, secs(1)]);
    assert_eq!(
        shape(list, 4),
        format!("{attempts} 100ms, 1s, 1s (2.1s in all)")
    );
    // Fewer delays than attempts.
    let delays = [ms(50), secs(2)];
    assert_eq!(
        shape(delays, 9),
        "up to 3 attempts; waits of 50ms, 2s (2.05s in all)"
    );
    let never = Policy::with_backoff([Duration::ZERO; 0]);
    assert_eq!(never.describe().to_string(), "1 attempt; no budget");
}

fn is_busy(error: &String) -> bool {
    error == "busy"
}

#[test]
fn each_rule_is_described() {
    let rule = |rung| Policy::new().on(rung).describe().to_string();
    assert_eq!(
        rule(On::Refused),
        format!("{START}refused and throttled failures; no budget")
    );
    assert_eq!(
        rule(On::Transient),
        format!("{START}transient failures; no budget")
    );
    assert_eq!(
        rule(On::Ambiguous),
        format!("{START}transient and ambiguous failures; no budget")
    );
    assert_eq!(rule(On::Any), format!("{START}all failures; no budget"));

    let policy = Policy::new().on_error(causes::<(std::io::Error,)>());
    assert_eq!(
        policy.describe().to_string(),
        format!("{START}transient causes among (std::io::error::Error,); no budget")
    );
    let policy: DynPolicy<String> = Policy::new().on_error(is_busy).erase();
    assert_eq!(
        policy.describe().to_string(),
        format!(
            "{START}failures that {} selects; no budget",
            std::any::type_name_of_val(&is_busy)
        )
    );
}

#[test]
fn each_limit_is_described() {
    let policy = Policy::new();
    let texts = [
        (
            policy.attempt_timeout(secs(2)).describe().to_string(),
            "each attempt at most 2s",
        ),
        (
            policy.deadline(secs(30)).describe().to_string(),
            "whole call at most 30s",
        ),
        (
            policy.max_elapsed(secs(30)).describe().to_string(),
            "no attempt or wait after 30s",
        ),
        (
            policy
                .max_retry_after(secs(10))
                .cut_retry_after(true)
                .describe()
                .to_string(),
            "longer waits that a server asks for are cut to 10s",
        ),
        (
            policy.max_retry_after(secs(10)).describe().to_string(),
            "waits of at most 10s if a server asks",
        ),
        (
            policy.nested(Nested::Multiply).describe().to_string(),
            "multiplies nested retries",
        ),
        (policy.seed(7).describe().to_string(), "seed 7"),
    ];
    for (text, expected) in texts {
        assert_eq!(text, format!("{END}{expected}; no budget"));
    }
    let all = policy
        .attempt_timeout(ms(1500))
        .deadline(secs(30))
        .max_elapsed(secs(20));
    assert_eq!(
        all.describe().to_string(),
        format!(
            "{END}each attempt at most 1.5s; whole call at most 30s; no attempt or wait after 20s; no budget"
        )
    );
}

#[test]
fn each_budget_is_described() {
    let texts = [
        (
            Policy::new()
                .budget(Budget::new(0.2))
                .describe()
                .to_string(),
            "budget 20%",
        ),
        (
            Policy::new()
                .budget(Arc::new(Budget::new(0.125).burst(3)))
                .describe()
                .to_string(),
            "budget 12.5%, burst 3",
        ),
        (
            Policy::new()
                .budget(&Budget::new(0.0).min_per_second(5))
                .describe()
                .to_string(),
            "budget 0%, 5 per second",
        ),
        (
            Policy::new()
                .budget(RetryQuota::aws_2026())
                .describe()
                .to_string(),
            "quota of 500, 5 per throttled retry, 14 per other retry",
        ),
        (
            Policy::new()
                .budget(TokenRatio::new(10, 0.1))
                .describe()
                .to_string(),
            "10 tokens, 0.1 per success",
        ),
        (
            Policy::new()
                .budget(AdaptiveThrottle::new(2.0))
                .describe()
                .to_string(),
            "adaptive throttle with K = 2, window 120s",
        ),
    ];
    for (text, expected) in texts {
        assert_eq!(text, format!("{END}{expected}"));
    }
}

#[test]
fn an_erased_policy_and_a_view_say_the_same() {
    let policy = Policy::new()
        .deadline(secs(5))
        .budget(Arc::new(Budget::new(0.1)));
    let text = policy.describe().to_string();
    let view = AnyPolicy::<TimedOut>::view(&policy);
    assert_eq!(view.describe().to_string(), text);
    assert_eq!(format!("{:?}", view.describe()), text);
    drop(view);
    let erased: DynPolicy<TimedOut> = policy.erase();
    assert_eq!(erased.describe().to_string(), text);
}
