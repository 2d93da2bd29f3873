//! Policies: what to retry, how often, how long, as values.

// First, because rustdoc keeps this order: the page of `Policy` opens with its constructors.
mod policy;

mod as_policy;
mod attempt_limit;
mod description;
#[cfg(feature = "alloc")]
mod dyn_policy;
mod erased;
#[cfg(feature = "live")]
mod live_policy;
mod name;
mod nested;
mod part;
mod setters;
mod settings;

pub use as_policy::AsPolicy;
pub use attempt_limit::{
    AttemptLimit, BlockingLimit, Limited, SoftLimit, StaticLimit, TimeLimit, Timed, Unlimited,
};
pub use description::Description;
#[cfg(feature = "alloc")]
pub use dyn_policy::DynPolicy;
pub use erased::{AnyPolicy, Erased, ErasedLimit, PolicyView};
#[cfg(feature = "live")]
pub use live_policy::LivePolicy;
pub use name::Name;
#[cfg(feature = "overrides")]
pub(crate) use name::NameId;
pub use nested::Nested;
pub use part::Part;
#[cfg(target_has_atomic = "32")]
pub use policy::BudgetedPolicy;
pub use policy::Policy;

pub(crate) use settings::Settings;

/// Keeps [`AsPolicy`] and [`AnyPolicy`] to policies and pointers to them.
mod sealed {
    use super::Policy;

    pub trait Sealed {}

    impl<B, O, L, T> Sealed for Policy<B, O, L, T> {}

    #[cfg(feature = "live")]
    impl<E> Sealed for super::LivePolicy<E> {}

    impl<P: Sealed + ?Sized> Sealed for &P {}

    #[cfg(feature = "alloc")]
    impl<P: Sealed + ?Sized> Sealed for alloc::boxed::Box<P> {}

    #[cfg(feature = "alloc")]
    impl<P: Sealed + ?Sized> Sealed for alloc::sync::Arc<P> {}
}
