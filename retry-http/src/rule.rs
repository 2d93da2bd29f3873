//! What a rule is: the class and the name of one kind of failure.

use std::time::Duration;

use retry_core::Class;

/// What a failure means for the next attempt, and the rule that decided.
///
/// # Examples
///
/// ```
/// use http::{HeaderMap, StatusCode};
/// use retryable::Class;
/// use retryable::http::explain_status;
///
/// let verdict = explain_status(StatusCode::BAD_GATEWAY, &HeaderMap::new());
/// assert_eq!(verdict.class, Class::Transient);
/// assert_eq!(verdict.rule, "502 bad gateway");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verdict {
    /// What the failure means for the next attempt.
    pub class: Class,
    /// The rule that decided, for messages. The wording may change in any version.
    pub rule: &'static str,
}

/// The rule that classified a failure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// What the failure means for the next attempt, if the request is safe to repeat.
    pub class: Class,
    name: &'static str,
    /// Its name if the request is not safe to repeat. `None` if that makes no difference.
    ambiguous: Option<&'static str>,
}

impl Rule {
    /// Makes a rule. `ambiguous` is its name if the request is not safe to repeat; `None` if that makes no difference.
    pub const fn new(class: Class, name: &'static str, ambiguous: Option<&'static str>) -> Self {
        Self {
            class,
            name,
            ambiguous,
        }
    }

    /// Returns the verdict if repeating the request is safe, or if its method is unknown.
    pub fn verdict(self) -> Verdict {
        Verdict {
            class: self.class,
            rule: self.name,
        }
    }

    /// Returns the verdict if the request must not be processed twice.
    pub fn verdict_once(self) -> Verdict {
        match (self.class, self.ambiguous) {
            (Class::Transient, Some(rule)) => Verdict {
                class: Class::Ambiguous,
                rule,
            },
            _ => self.verdict(),
        }
    }

    /// Whether both are the same rule. No two rules have the same name.
    pub fn is(self, rule: Self) -> bool {
        self.name == rule.name
    }

    /// Returns this rule for every method, because the server promised that repeating is safe.
    pub(crate) const fn for_every_method(self) -> Self {
        Self {
            ambiguous: None,
            ..self
        }
    }

    /// Returns this rule with the hint of the server.
    pub fn after(self, hint: Option<Duration>) -> Self {
        let class = match self.class {
            Class::Throttled { .. } => Class::Throttled { retry_after: hint },
            class => class,
        };
        Self { class, ..self }
    }
}

/// The words for classes in the macro below.
pub mod classes {
    use retry_core::Class;

    /// Another attempt would fail the same way.
    pub const PERMANENT: Class = Class::Permanent;
    /// A temporary fault.
    pub const TRANSIENT: Class = Class::Transient;
    /// Not processed, because of load.
    pub const THROTTLED: Class = Class::Throttled { retry_after: None };
    /// Not processed.
    pub const REFUSED: Class = Class::Refused;
}

/// Defines a group of rules, one constant for each.
#[doc(hidden)]
#[macro_export]
macro_rules! __rules_0_1 {
    ($visibility:vis $group:ident: $($constant:ident = $class:ident, $name:literal;)+) => {
        /// All rules of the group, for the tests that compare them with the documentation.
        #[cfg_attr(not(test), allow(dead_code))]
        $visibility const $group: &[$crate::__private_0_1::Rule] = &[$($constant),+];

        $(
            #[doc = $name]
            $visibility const $constant: $crate::__private_0_1::Rule =
                $crate::__private_0_1::Rule::new(
                    $crate::__private_0_1::classes::$class,
                    $name,
                    Some(concat!($name, ", and the request is not safe to repeat")),
                );
        )+
    };
}
