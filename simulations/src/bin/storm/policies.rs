//! The policies that are compared: those of the guide, or those of the user's documents.

use std::time::Duration;

use retryable::config::{PolicyConfig, Shape};
use retryable::{AdaptiveThrottle, Nested, NoBudget, On, Policy, RetryBudget, TimeLimit};

use crate::server::TIMEOUT;

/// The policies of the guide.
const WAYS: [(&str, &str); 5] = [
    ("fixed delay", "max = 4, base = 2s, backoff = fixed"),
    (
        "exponential, no jitter",
        "max = 4, base = 2s, jitter = none",
    ),
    ("full jitter", "max = 4, base = 2s"),
    (
        "full jitter, budget 10%",
        "max = 4, base = 2s, budget = 10%",
    ),
    // The one whose budget no document can describe.
    ("full jitter, adaptive", "max = 4, base = 2s"),
];

/// A policy with its name in the table.
#[derive(Clone, Debug)]
pub(crate) struct NamedPolicy {
    pub(crate) name: String,
    pub(crate) config: PolicyConfig,
    /// Whether an [`AdaptiveThrottle`] is its budget.
    pub(crate) is_adaptive: bool,
}

/// One run: a policy, and the number of layers.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) policy: NamedPolicy,
    pub(crate) layers: usize,
    pub(crate) nested: Nested,
    /// The file of its chart, without the extension.
    pub(crate) chart: String,
    /// In the title of its chart.
    pub(crate) title: String,
}

/// Returns every policy of the guide. With more than one layer, each occurs twice: with layers that know of each
/// other, and without.
pub(crate) fn plans_of_the_guide(layers: usize) -> Vec<Plan> {
    let nested: &[Nested] = match layers {
        1 => &[Nested::Stop],
        _ => &[Nested::Multiply, Nested::Stop],
    };
    let plan = |nested: Nested| {
        let (title, chart) = match (layers, nested) {
            (1, _) => ("one layer of retries".to_owned(), "storm-1".to_owned()),
            (_, Nested::Multiply) => (
                format!("{layers} layers, nested = \"multiply\""),
                format!("storm-{layers}-multiply"),
            ),
            _ => (
                format!("{layers} layers, nested = \"stop\""),
                format!("storm-{layers}-stop"),
            ),
        };
        WAYS.map(|(name, settings)| Plan {
            policy: NamedPolicy {
                is_adaptive: name.ends_with("adaptive"),
                ..NamedPolicy::new(name, settings)
            },
            layers,
            nested,
            chart: chart.clone(),
            title: title.clone(),
        })
    };
    nested.iter().flat_map(|&nested| plan(nested)).collect()
}

/// Returns every policy of the user, and the calls without retries to compare them with.
pub(crate) fn plans_of_documents(policies: &[NamedPolicy], layers: usize) -> Vec<Plan> {
    let without = NamedPolicy::new("without retries", "max = 1");
    let plan = |policy: &NamedPolicy| Plan {
        policy: policy.clone(),
        layers,
        nested: policy.config.nested.unwrap_or_default(),
        chart: format!("storm-policies-{layers}"),
        title: match layers {
            1 => "one layer of retries".to_owned(),
            _ => format!("{layers} layers of retries"),
        },
    };
    [&without].into_iter().chain(policies).map(plan).collect()
}

impl NamedPolicy {
    pub(crate) fn of_document(name: &str, config: PolicyConfig) -> Self {
        Self {
            name: name.to_owned(),
            config,
            is_adaptive: false,
        }
    }

    fn new(name: &str, settings: &str) -> Self {
        Self::of_document(name, settings.parse().expect("the settings are valid"))
    }
}

/// The budget that the clients of one process share, in one layer.
pub(crate) type SharedBudget = Box<dyn RetryBudget>;

pub(crate) fn budget(plan: &Plan) -> SharedBudget {
    let NamedPolicy {
        config,
        is_adaptive,
        ..
    } = &plan.policy;
    match &config.budget {
        // Read again, because each value that is read has its own bucket.
        Some(budget) => match PolicyConfig::parse(&format!("budget = {budget}")) {
            Ok(PolicyConfig {
                budget: Some(budget),
                ..
            }) => Box::new(budget.budget().clone()),
            _ => unreachable!("the budget was read before"),
        },
        None if *is_adaptive => Box::new(AdaptiveThrottle::new(2.0)),
        None => Box::new(NoBudget),
    }
}

/// The policy of all layers of all clients. Budgets are apart, because each process has its own.
pub(crate) type SimPolicy = Policy<Shape, On, TimeLimit>;

pub(crate) fn policy(plan: &Plan) -> SimPolicy {
    let config = &plan.policy.config;
    let retries = config.max_retries.map(|retries| retries.saturating_add(1));
    let mut policy = Policy::with_backoff(config.shape().expect("the settings were checked"))
        .on(config.on.unwrap_or_default())
        // Always set, so that every policy has one type.
        .attempt_timeout(attempt_timeout(plan))
        .nested(plan.nested);
    if let Some(max) = config.max.or(retries) {
        policy = policy.max_attempts(max);
    }
    if let Some(deadline) = config.deadline {
        policy = policy.deadline(deadline);
    }
    if let Some(max_elapsed) = config.max_elapsed {
        policy = policy.max_elapsed(max_elapsed);
    }
    policy
}

pub(crate) fn attempt_timeout(plan: &Plan) -> Duration {
    plan.policy.config.attempt_timeout.unwrap_or(TIMEOUT)
}
