//! The atomics of `Budget`: those of `core`, those of `portable-atomic` if the processor has none of 64 bits, or
//! loom's, which run every interleaving.

pub(super) use core::sync::atomic::Ordering;

#[cfg(all(not(retryable_loom), target_has_atomic = "64"))]
pub(super) use core::sync::atomic::AtomicI64;
#[cfg(retryable_loom)]
pub(super) use in_loom::AtomicI64;
#[cfg(all(not(retryable_loom), not(target_has_atomic = "64")))]
pub(super) use portable_atomic::AtomicI64;

#[cfg(retryable_loom)]
mod in_loom {
    use core::mem::ManuallyDrop;
    use std::sync::OnceLock;

    use super::Ordering;

    /// An atomic that is made when it is first used, because loom's cannot be made in a `const`, as a budget is. It
    /// has no destructor, because a `const fn` could not take it apart then (E0493).
    #[derive(Debug)]
    pub(crate) struct AtomicI64 {
        initial: i64,
        made: ManuallyDrop<OnceLock<loom::sync::atomic::AtomicI64>>,
    }

    impl AtomicI64 {
        pub(crate) const fn new(initial: i64) -> Self {
            Self {
                initial,
                made: ManuallyDrop::new(OnceLock::new()),
            }
        }

        fn made(&self) -> &loom::sync::atomic::AtomicI64 {
            self.made
                .get_or_init(|| loom::sync::atomic::AtomicI64::new(self.initial))
        }

        pub(crate) fn load(&self, order: Ordering) -> i64 {
            self.made().load(order)
        }

        pub(crate) fn store(&self, value: i64, order: Ordering) {
            self.made().store(value, order);
        }

        pub(crate) fn fetch_add(&self, value: i64, order: Ordering) -> i64 {
            self.made().fetch_add(value, order)
        }

        pub(crate) fn fetch_update(
            &self,
            success: Ordering,
            failure: Ordering,
            update: impl FnMut(i64) -> Option<i64>,
        ) -> Result<i64, i64> {
            self.made().fetch_update(success, failure, update)
        }

        pub(crate) fn fetch_max(&self, value: i64, order: Ordering) -> i64 {
            self.made().fetch_max(value, order)
        }

        pub(crate) fn compare_exchange_weak(
            &self,
            current: i64,
            new: i64,
            success: Ordering,
            failure: Ordering,
        ) -> Result<i64, i64> {
            self.made()
                .compare_exchange_weak(current, new, success, failure)
        }
    }
}
