//! The hooks of a call: `until`, `on_retry`, `on_give_up`.

use core::fmt;

use crate::event::{GiveUpEvent, RetryEvent};
use crate::sealed::Sealed;

/// The hooks of a call; each is [`NoHook`] until it is set.
#[derive(Clone, Copy)]
pub struct Hooks<U = NoHook, R = NoHook, G = NoHook> {
    pub(crate) until: U,
    pub(crate) on_retry: R,
    pub(crate) on_give_up: G,
}

impl Hooks {
    /// No hooks.
    pub const NONE: Self = Self {
        until: NoHook,
        on_retry: NoHook,
        on_give_up: NoHook,
    };
}

impl<U, R, G> Hooks<U, R, G> {
    /// Returns whether a hook receives events. Events contain times, so the call must be measured.
    pub(crate) fn listen<E>() -> bool
    where
        R: OnRetry<E>,
        G: OnGiveUp<E>,
    {
        R::LISTENS || G::LISTENS
    }

    pub(crate) fn until<N>(self, until: N) -> Hooks<N, R, G> {
        Hooks {
            until,
            on_retry: self.on_retry,
            on_give_up: self.on_give_up,
        }
    }

    pub(crate) fn on_retry<N>(self, on_retry: N) -> Hooks<U, N, G> {
        Hooks {
            until: self.until,
            on_retry,
            on_give_up: self.on_give_up,
        }
    }

    pub(crate) fn on_give_up<N>(self, on_give_up: N) -> Hooks<U, R, N> {
        Hooks {
            until: self.until,
            on_retry: self.on_retry,
            on_give_up,
        }
    }
}

impl<U, R, G> fmt::Debug for Hooks<U, R, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hooks").finish_non_exhaustive()
    }
}

/// No hook.
#[derive(Clone, Copy, Debug)]
pub struct NoHook;

/// A predicate for the `Ok` values that end the call: a `Fn(&T) -> bool`.
pub trait Until<T: ?Sized> {
    #[doc(hidden)]
    const SEALED: Sealed;

    /// Returns whether this value ends the call.
    fn accepts(&self, value: &T) -> bool;
}

/// A callback that runs before each wait: a `Fn(&RetryEvent<E>)`.
pub trait OnRetry<E> {
    #[doc(hidden)]
    const SEALED: Sealed;

    /// Whether events are made for this hook. `false` saves the reads of the clock.
    const LISTENS: bool = true;

    /// Called with an attempt that failed and will be retried.
    fn notify(&self, event: &RetryEvent<'_, E>);
}

/// A callback that runs when a call gives up: a `Fn(&GiveUpEvent<E>)`.
pub trait OnGiveUp<E> {
    #[doc(hidden)]
    const SEALED: Sealed;

    /// Whether events are made for this hook. `false` saves the reads of the clock.
    const LISTENS: bool = true;

    /// Called with the last failure.
    fn notify(&self, event: &GiveUpEvent<'_, E>);
}

impl<T: ?Sized> Until<T> for NoHook {
    const SEALED: Sealed = Sealed;

    fn accepts(&self, _: &T) -> bool {
        true
    }
}

impl<T: ?Sized, F: Fn(&T) -> bool> Until<T> for F {
    const SEALED: Sealed = Sealed;

    fn accepts(&self, value: &T) -> bool {
        self(value)
    }
}

impl<E> OnRetry<E> for NoHook {
    const SEALED: Sealed = Sealed;
    const LISTENS: bool = false;

    fn notify(&self, _: &RetryEvent<'_, E>) {}
}

impl<E, F: Fn(&RetryEvent<'_, E>)> OnRetry<E> for F {
    const SEALED: Sealed = Sealed;

    fn notify(&self, event: &RetryEvent<'_, E>) {
        self(event);
    }
}

impl<E> OnGiveUp<E> for NoHook {
    const SEALED: Sealed = Sealed;
    const LISTENS: bool = false;

    fn notify(&self, _: &GiveUpEvent<'_, E>) {}
}

impl<E, F: Fn(&GiveUpEvent<'_, E>)> OnGiveUp<E> for F {
    const SEALED: Sealed = Sealed;

    fn notify(&self, event: &GiveUpEvent<'_, E>) {
        self(event);
    }
}
