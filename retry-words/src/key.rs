//! The keys of `#[retryable(…)]`. One table has all facts about a key.

use super::suggest::nearest;
use super::{Candidate, Word, hint, words};

/// What a key belongs to, and when its value is known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// A setting of the policy that is fixed at compile time.
    Fixed,
    /// A setting of the policy that the function evaluates.
    InFunction,
    /// Not a part of the policy.
    Call,
}

macro_rules! keys {
    ($($key:ident = $name:literal $(| $alias:literal)*: $part:ident, $example:literal;)*) => {
        words! {
            /// A key, in the order of the documentation.
            enum Key {
                $($key = $name $(| $alias)*,)*
            }
        }

        impl Key {
            /// A value, for the message about a key that has none.
            pub const fn example(self) -> &'static str {
                match self {
                    $(Self::$key => $example,)*
                }
            }

            const fn part(self) -> Part {
                match self {
                    $(Self::$key => Part::$part,)*
                }
            }
        }
    };
}

keys! {
    // "max = 3" is two retries, so "retries" means the other key. So do backon's "max_times" and Polly's words.
    Max = "max" | "attempts" | "max_attempts" | "max_tries" | "stop" | "times" | "tries": Fixed, "5";
    MaxRetries = "max_retries" | "max_retry_attempts" | "max_times" | "retries" | "retry_count": Fixed, "4";
    Backoff = "backoff" | "strategy": Fixed, "\"exp\"";
    Base = "base" | "delay" | "initial" | "initial_delay" | "initial_interval" | "interval" | "min_delay" | "sleep"
        | "wait": Fixed, "\"100ms\"";
    Factor = "factor" | "exp_base" | "multiplier": Fixed, "2.0";
    Cap = "cap" | "max_backoff" | "max_delay" | "max_interval": Fixed, "\"20s\"";
    Jitter = "jitter": Fixed, "\"full\"";
    Floor = "floor" | "min_backoff" | "min_interval": Fixed, "\"10ms\"";
    ThrottledBase = "throttled_base" | "throttled_delay": Fixed, "\"1s\"";
    FirstAtOnce = "first_at_once" | "fast_first" | "immediate" | "immediate_first": Fixed, "true";
    On = "on" | "retry_if" | "retry_on" | "when": InFunction, "\"transient\"";
    AttemptTimeout = "attempt_timeout" | "per_attempt_timeout": Fixed, "\"2s\"";
    Deadline = "deadline" | "total_timeout": Fixed, "\"30s\"";
    MaxElapsed = "max_elapsed" | "max_elapsed_time": Fixed, "\"30s\"";
    MaxRetryAfter = "max_retry_after": Fixed, "\"2m\"";
    CutRetryAfter = "cut_retry_after" | "clamp_retry_after": Fixed, "true";
    Budget = "budget": InFunction, "\"20%\"";
    Nested = "nested": Fixed, "\"multiply\"";
    Policy = "policy" | "config": Call, "self.policy";
    TimedOut = "timed_out": Call, "|timed_out| MyError::from(timed_out)";
    Via = "via": Call, "Marker";
    Until = "until" | "poll" | "retry_until": Call, "|value| value.is_ready()";
    BeforeRetry = "before_retry": Call, "self.reconnect().await";
    OnRetry = "on_retry" | "before_sleep" | "notify": Call, "|event| log(event)";
    OnGiveUp = "on_give_up": Call, "|event| log(event)";
    Fallback = "fallback" | "fallback_method" | "recover": Call, "|error, reason| …";
    Timer = "timer" | "clock": Call, "&self.timer";
    Share = "share" | "borrow" | "reference": Call, "(a, b)";
    Name = "name": Call, "\"fetch user\"";
    Crate = "crate": Call, "::retry_core";
}

impl Key {
    /// The settings of a policy, in the order of the documentation. Each is a key of configuration too.
    pub fn settings() -> impl Iterator<Item = Self> + Clone {
        Self::ALL.iter().copied().filter(|key| key.is_policy())
    }

    /// Whether `policy = …` replaces it.
    pub fn is_policy(self) -> bool {
        self.part() != Part::Call
    }

    /// Whether its value is fixed at compile time.
    pub fn is_fixed(self) -> bool {
        self.part() == Part::Fixed
    }
}

/// What to say of a word that is no key of the attribute. With a literal that the key may have, the whole entry is proposed:
/// whether a number counts attempts or retries is easily overlooked.
pub fn unknown_key(word: &str, literal: Option<&str>) -> String {
    let meant = nearest(word, &Key::candidates()).and_then(Key::find);
    let hint = match (meant, literal) {
        (Some(key), Some(literal)) if word != TIMEOUT && is_alike(key.example(), literal) => {
            format!("; did you mean `{} = {literal}`?", key.name())
        }
        _ => key_hint(word, &Key::candidates()),
    };
    format!("unknown `#[retryable]` argument `{word}`{hint}")
}

/// What to suggest for a word that is no setting of a policy. Each of those is a key of configuration too.
pub fn setting_hint(word: &str) -> String {
    let word = &snake_case(word);
    let settings = Key::settings();
    let settings: Vec<_> = settings.map(|key| (key.name(), key.aliases())).collect();
    key_hint(word, &settings)
}

/// `maxAttempts` and `max-attempts` as `max_attempts`: documents of other systems write them so.
fn snake_case(word: &str) -> String {
    let mut snake = String::new();
    for letter in word.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(match letter {
            '-' => '_',
            letter => letter.to_ascii_lowercase(),
        });
    }
    snake
}

/// Two keys are timeouts: of an attempt, and of the call.
const TIMEOUT: &str = "timeout";

fn key_hint(word: &str, right: &[Candidate<'_>]) -> String {
    match word {
        TIMEOUT => {
            "; did you mean `attempt_timeout`, for each attempt, or `deadline`, for the whole call?"
                .to_owned()
        }
        word => hint(word, right),
    }
}

/// Whether both literals are strings, or numbers, or words.
fn is_alike(one: &str, other: &str) -> bool {
    let kind = |literal: &str| {
        let first = literal.bytes().next();
        first.map(|first| (first == b'"', first.is_ascii_digit()))
    };
    kind(one) == kind(other)
}
