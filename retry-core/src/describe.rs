//! `Debug` for trait objects.

/// Writes `Debug` for the trait objects of a trait that has `describe`. A supertrait `Debug` would require it of
/// every implementation, closures included.
macro_rules! debug_by_describe {
    ($trait:ident) => {
        debug_by_describe!(@ dyn $trait + '_);
        debug_by_describe!(@ dyn $trait + Sync + '_);
        debug_by_describe!(@ dyn $trait + Send + '_);
        debug_by_describe!(@ dyn $trait + Send + Sync + '_);
    };

    (@ $object:ty) => {
        impl core::fmt::Debug for $object {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                self.describe(f)
            }
        }
    };
}
