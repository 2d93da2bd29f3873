//! Traits that only this library implements, so that they can gain methods.

use retryable::{GiveUpEvent, RetryEvent, types::*};

struct Logger;

impl<E> OnRetry<E> for Logger {
    fn notify(&self, _: &RetryEvent<'_, E>) {}
}

impl<E> OnGiveUp<E> for Logger {
    fn notify(&self, _: &GiveUpEvent<'_, E>) {}
}

impl<T> Until<T> for Logger {
    fn accepts(&self, _: &T) -> bool {
        true
    }
}

#[derive(Clone, Copy)]
struct Minutes;

impl AttemptLimit for Minutes {}

fn main() {}
