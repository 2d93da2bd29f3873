//! The policies that are compared.

use std::time::Duration;

use retryable::{
    AdaptiveThrottle, Backoff, Budget, Exponential, Fixed, Jitter, Nested, NoBudget, On, Policy,
    RetryBudget, Step, Unlimited,
};

/// The maximum number of attempts in every layer.
const ATTEMPTS: u32 = 4;
const BASE: Duration = Duration::from_secs(2);

/// One run: a way to retry, and the number of layers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) way: Way,
    pub(crate) layers: usize,
    pub(crate) nested: Nested,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Way {
    Fixed,
    Exponential,
    FullJitter,
    Budget,
    Adaptive,
}

const WAYS: [Way; 5] = [
    Way::Fixed,
    Way::Exponential,
    Way::FullJitter,
    Way::Budget,
    Way::Adaptive,
];

/// Returns every way to retry. With more than one layer, each occurs twice: with layers that know of each other, and
/// without.
pub(crate) fn plans(layers: usize) -> Vec<Plan> {
    let nested: &[Nested] = match layers {
        1 => &[Nested::Stop],
        _ => &[Nested::Multiply, Nested::Stop],
    };
    let plan = |nested| {
        WAYS.map(|way| Plan {
            way,
            layers,
            nested,
        })
    };
    nested.iter().flat_map(|&nested| plan(nested)).collect()
}

impl Way {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Fixed => "fixed delay",
            Self::Exponential => "exponential, no jitter",
            Self::FullJitter => "full jitter",
            Self::Budget => "full jitter, budget 10%",
            Self::Adaptive => "full jitter, adaptive",
        }
    }

    fn shape(self) -> Shape {
        match self {
            Self::Fixed => Shape::Fixed(Fixed::new(BASE).jitter(Jitter::None)),
            Self::Exponential => Shape::Exponential(Exponential::new(BASE).jitter(Jitter::None)),
            _ => Shape::Exponential(Exponential::new(BASE)),
        }
    }

    fn budget(self) -> Box<dyn RetryBudget> {
        match self {
            Self::Budget => Box::new(Budget::new(0.1)),
            Self::Adaptive => Box::new(AdaptiveThrottle::new(2.0)),
            _ => Box::new(NoBudget),
        }
    }
}

/// The budget that the clients of one process share, in one layer.
pub(crate) struct Shared(Box<dyn RetryBudget>);

impl Shared {
    pub(crate) fn new(plan: &Plan) -> Self {
        Self(plan.way.budget())
    }
}

pub(crate) type SimPolicy<'t> = Policy<Shape, On, Unlimited, &'t dyn RetryBudget>;

pub(crate) fn policy<'t>(plan: &Plan, shared: &'t Shared) -> SimPolicy<'t> {
    Policy::with_backoff(plan.way.shape())
        .max_attempts(ATTEMPTS)
        .nested(plan.nested)
        .budget(&*shared.0)
}

/// The backoff of a policy: one type for all shapes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    Fixed(Fixed),
    Exponential(Exponential),
}

impl Backoff for Shape {
    fn delay(&self, step: &Step) -> Option<Duration> {
        match self {
            Self::Fixed(shape) => shape.delay(step),
            Self::Exponential(shape) => shape.delay(step),
        }
    }
}
