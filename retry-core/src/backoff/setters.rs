//! What shapes share: their setters, and the impl of those that spread a delay. Each setter has two forms: a checked
//! one, for values from configuration, and a plain one, which turns nonsense in a `const` into a compile error.

/// `setters!(Shape; cap; jitter, Full;)` writes `cap` and `jitter` for a shape. `Full` is the default. The shape has a
/// method `checked`, which checks its delays against each other.
macro_rules! setters {
    ($shape:ident; $($setters:tt)*) => {
        impl $shape {
            setters!(@one $($setters)*);
        }
    };

    (@one cap; $($rest:tt)*) => {
        /// Sets the longest delay. Default: 20 s, or the first delay if that is longer.
        ///
        /// # Panics
        ///
        /// If `cap` is shorter than the first delay, or another delay that is set. In a `const`, this is a compile
        /// error.
        #[track_caller]
        pub const fn cap(self, cap: Duration) -> Self {
            $crate::invalid_policy::valid(self.try_cap(cap))
        }

        /// Sets the longest delay, for a value from configuration.
        ///
        /// # Errors
        ///
        /// If `cap` is shorter than the first delay, or another delay that is set.
        pub const fn try_cap(mut self, cap: Duration) -> Result<Self, $crate::invalid_policy::InvalidPolicy> {
            self.cap = cap;
            self.checked()
        }

        setters!(@one $($rest)*);
    };

    (@one floor; $($rest:tt)*) => {
        /// Sets the shortest delay, jitter included. Default: none.
        ///
        /// A shorter delay of the schedule is raised to `floor` before jitter, which never spreads it below that.
        ///
        /// # Panics
        ///
        /// If `floor` is longer than the cap. In a `const`, this is a compile error.
        #[track_caller]
        pub const fn floor(self, floor: Duration) -> Self {
            $crate::invalid_policy::valid(self.try_floor(floor))
        }

        /// Sets the shortest delay, for a value from configuration.
        ///
        /// # Errors
        ///
        /// If `floor` is longer than the cap.
        pub const fn try_floor(mut self, floor: Duration) -> Result<Self, $crate::invalid_policy::InvalidPolicy> {
            self.floor = floor;
            self.checked()
        }

        setters!(@one $($rest)*);
    };

    (@one throttled_base; $($rest:tt)*) => {
        /// Sets the first delay of the schedule for calls that the server throttled
        /// ([`Class::Throttled`](crate::Class::Throttled)). It grows as the other one does, by the number of the
        /// retry. Default: the same schedule for every class.
        ///
        /// # Panics
        ///
        /// If `base` is shorter than the first delay for other classes, or longer than the cap. In a `const`, this is
        /// a compile error.
        #[track_caller]
        pub const fn throttled_base(self, base: Duration) -> Self {
            $crate::invalid_policy::valid(self.try_throttled_base(base))
        }

        /// Sets the first delay for calls that the server throttled, for a value from configuration.
        ///
        /// # Errors
        ///
        /// If `base` is shorter than the first delay for other classes, or longer than the cap.
        pub const fn try_throttled_base(
            mut self,
            base: Duration,
        ) -> Result<Self, $crate::invalid_policy::InvalidPolicy> {
            self.throttled_base = Some(base);
            self.checked()
        }

        setters!(@one $($rest)*);
    };

    (@one first_at_once; $($rest:tt)*) => {
        /// Sets whether the first retry is made at once, and the schedule begins with the second. Default: `false`.
        ///
        /// A call that the server throttled ([`Class::Throttled`](crate::Class::Throttled)) is not repeated at once:
        /// its first retry waits for the first delay of the schedule.
        pub const fn first_at_once(mut self, at_once: bool) -> Self {
            self.first_at_once = at_once;
            self
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

/// `spread_backoff!(Shape, first);` writes `Backoff` for a shape with a field `jitter`, from `unspread`, which returns the
/// delay before jitter and without the floor. `first` is the field of its first delay. `usual` is a method that returns the
/// delays of the usual settings in fewer instructions.
macro_rules! spread_backoff {
    ($shape:ident, $first:ident $(, $usual:ident)?) => {
        impl $shape {
            /// Checks the delays of the shape against each other.
            const fn checked(self) -> Result<Self, $crate::invalid_policy::InvalidPolicy> {
                use $crate::backoff::arithmetic::check_delays;
                match check_delays(self.$first, self.throttled_base, self.floor, self.cap) {
                    Ok(()) => Ok(self),
                    Err(error) => Err(error),
                }
            }

            /// Returns the delay before jitter; `None` for a first retry at once.
            fn planned(&self, step: &Step) -> Option<Duration> {
                let place = step.place(self.first_at_once)?;
                let first = step.first_delay(self.$first, self.throttled_base);
                Some(self.unspread(first, place).max(self.floor))
            }

            // Not inlined, so that the usual delay saves no registers for it.
            #[inline(never)]
            fn any_delay(&self, step: &Step) -> Duration {
                let delay = self.planned(step).map(|delay| {
                    let within = $crate::backoff::jitter::Limits {
                        floor: self.floor,
                        cap: self.cap,
                    };
                    self.jitter.spread(delay, within, step)
                });
                delay.unwrap_or_default()
            }
        }

        impl Backoff for $shape {
            fn delay(&self, step: &Step) -> Option<Duration> {
                $(
                    if let Some(delay) = self.$usual(step) {
                        return Some(delay);
                    }
                )?
                Some(self.any_delay(step))
            }

            fn spreads_hints(&self) -> bool {
                !self.jitter.is_none()
            }

            fn longest_delay(&self, step: &Step) -> Option<Duration> {
                let delay = self.planned(step);
                let longest = delay.map(|delay| self.jitter.longest(delay, self.cap));
                Some(longest.unwrap_or_default())
            }

            fn describe(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::Debug::fmt(self, f)
            }

            #[cfg(feature = "overrides")]
            fn built_in(&self) -> Option<$crate::config::Shape> {
                Some($crate::config::Shape::$shape(*self))
            }
        }
    };
}
