//! What shapes share: their setters, and the impl of those that spread a delay. Each setter has two forms: a checked
//! one, for values from configuration, and a plain one, which turns nonsense in a `const` into a compile error.

/// `setters!(Shape; cap >= first; jitter, Full;)` writes `cap` and `jitter` for a shape. `first` is the field of
/// its first delay, and `Full` the default.
macro_rules! setters {
    ($shape:ident; $($setters:tt)*) => {
        impl $shape {
            setters!(@one $($setters)*);
        }
    };

    (@one cap >= $first:ident; $($rest:tt)*) => {
        /// Sets the longest delay. Default: 20 s, or the first delay if that is longer.
        ///
        /// # Panics
        ///
        /// If `cap` is shorter than the first delay. In a `const`, this is a compile error.
        #[track_caller]
        pub const fn cap(self, cap: Duration) -> Self {
            $crate::invalid_policy::valid(self.try_cap(cap))
        }

        /// Sets the longest delay, for a value from configuration.
        ///
        /// # Errors
        ///
        /// If `cap` is shorter than the first delay.
        pub const fn try_cap(mut self, cap: Duration) -> Result<Self, $crate::invalid_policy::InvalidPolicy> {
            match $crate::backoff::arithmetic::check_cap(self.$first, cap) {
                Ok(()) => {
                    self.cap = cap;
                    Ok(self)
                }
                Err(error) => Err(error),
            }
        }

        setters!(@one $($rest)*);
    };

    (@one jitter, $default:ident; $($rest:tt)*) => {
        #[doc = concat!("Sets how delays are spread. Default: [`Jitter::", stringify!($default), "`].")]
        ///
        /// # Panics
        ///
        /// If a [`Jitter::Proportional`] is not in `0.0..=1.0`. In a `const`, this is a compile
        /// error.
        #[track_caller]
        pub const fn jitter(self, jitter: Jitter) -> Self {
            $crate::invalid_policy::valid(self.try_jitter(jitter))
        }

        /// Sets how delays are spread, for a value from configuration.
        ///
        /// # Errors
        ///
        /// If a [`Jitter::Proportional`] is not in `0.0..=1.0`.
        pub const fn try_jitter(mut self, jitter: Jitter) -> Result<Self, $crate::invalid_policy::InvalidPolicy> {
            match jitter.check() {
                Ok(()) => {
                    self.jitter = jitter;
                    Ok(self)
                }
                Err(error) => Err(error),
            }
        }

        setters!(@one $($rest)*);
    };

    (@one) => {};
}

/// `spread_backoff!(Shape);` writes `Backoff` for a shape with a field `jitter`, from `unspread`, which returns the delay
/// before jitter.
macro_rules! spread_backoff {
    ($shape:ident) => {
        impl Backoff for $shape {
            fn delay(&self, step: &Step) -> Option<Duration> {
                Some(self.jitter.spread(self.unspread(step.retry), step))
            }

            fn spreads_hints(&self) -> bool {
                !self.jitter.is_none()
            }

            fn longest_delay(&self, step: &Step) -> Option<Duration> {
                Some(self.unspread(step.retry))
            }

            fn describe(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::Debug::fmt(self, f)
            }
        }
    };
}
