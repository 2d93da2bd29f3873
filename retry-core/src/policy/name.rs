//! What events call the calls of a policy.

use core::fmt;

/// The name of a call, or how to find it: the type of `self` is not known when a constant is evaluated.
#[derive(Clone, Copy)]
pub struct Name {
    /// The whole name, or the path of a method without its type.
    path: &'static str,
    /// Returns the name of the type that the method belongs to.
    owner: Option<fn() -> &'static str>,
}

impl Name {
    pub(crate) const UNNAMED: Self = Self {
        path: "unnamed",
        owner: None,
    };

    /// The name as it is; `"unnamed"` if it is empty.
    pub const fn new(name: &'static str) -> Self {
        if name.is_empty() {
            return Self::UNNAMED;
        }
        Self {
            path: name,
            owner: None,
        }
    }

    /// The name of a method: `path` with the type between the module and the method. `owner` is
    /// `core::any::type_name` of that type, which is called only for an event.
    pub const fn of_method(path: &'static str, owner: fn() -> &'static str) -> Self {
        Self {
            path,
            owner: Some(owner),
        }
    }

    /// Returns what is the same for all calls of one call site, without composing the name.
    ///
    /// Two of them may have one name. One of them has one name only, because text that is `'static` is never freed.
    #[cfg(feature = "overrides")]
    pub(crate) fn id(self) -> NameId {
        NameId {
            path: (self.path.as_ptr() as usize, self.path.len()),
            owner: self.owner.map(|owner| owner as usize),
        }
    }

    /// Returns the name. Without `std`, that of a method lacks the type.
    pub(crate) fn get(self) -> &'static str {
        match self.owner {
            None => self.path,
            #[cfg(feature = "std")]
            Some(owner) => methods::name(self.path, owner()),
            #[cfg(not(feature = "std"))]
            Some(_) => self.path,
        }
    }
}

/// Where a [`Name`] comes from.
#[cfg(feature = "overrides")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct NameId {
    path: (usize, usize),
    owner: Option<usize>,
}

#[cfg(feature = "overrides")]
impl NameId {
    /// Of a table of the names that a thread uses.
    pub(crate) const SLOTS: usize = 16;

    /// A number below `SLOTS`, different for most names: the address, times 2^32 divided by the golden ratio.
    #[expect(clippy::cast_possible_truncation, reason = "the low bits differ most")]
    pub(crate) fn slot(self) -> usize {
        let address = self.path.0 ^ self.owner.unwrap_or_default();
        ((address as u32).wrapping_mul(0x9E37_79B9) >> 28) as usize
    }
}

// Not by the function: the compiler may merge two functions, or make two of one.
impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        let owner = |name: &Self| name.owner.map(|owner| owner());
        self.path == other.path && owner(self) == owner(other)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.get(), f)
    }
}

#[cfg(feature = "std")]
mod methods {
    use std::collections::HashMap;
    use std::sync::{LazyLock, PoisonError, RwLock};

    type Names = HashMap<(&'static str, &'static str), &'static str>;

    /// Returns the name of the method `path` of the type `owner`.
    ///
    /// Composed once and kept for ever, so that events and labels of metrics have a `&'static str`. The program's
    /// methods bound the number of names.
    pub(super) fn name(path: &'static str, owner: &'static str) -> &'static str {
        static NAMES: LazyLock<RwLock<Names>> = LazyLock::new(RwLock::default);

        let key = (path, owner);
        let known = NAMES.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(name) = known.get(&key) {
            return name;
        }
        drop(known);
        let mut names = NAMES.write().unwrap_or_else(PoisonError::into_inner);
        names.entry(key).or_insert_with(|| compose(path, owner))
    }

    fn compose(path: &'static str, owner: &str) -> &'static str {
        match (path.rsplit_once("::"), last_segment(owner)) {
            (_, "") => path,
            (Some((module, method)), owner) => format!("{module}::{owner}::{method}").leak(),
            (None, owner) => format!("{owner}::{path}").leak(),
        }
    }

    /// Returns `Client` of `my_crate::Client<u32>`, of `&my_crate::Client` and of `dyn my_crate::Client`: as the macro
    /// names the type of an `impl` block.
    fn last_segment(type_name: &str) -> &str {
        let is_in_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        let words = type_name.split(|c| !is_in_path(c));
        let mut paths = words.filter(|word| !matches!(*word, "" | "mut" | "dyn" | "const"));
        let path = paths.next().unwrap_or_default();
        path.rsplit("::").next().unwrap_or_default()
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn the_type_stands_between_the_module_and_the_method() {
            let name = |owner| name("orders::fetch", owner);
            assert_eq!(name("orders::Client"), "orders::Client::fetch");
            assert_eq!(
                name("orders::Client<alloc::string::String>"),
                "orders::Client::fetch"
            );
            assert_eq!(name("&mut other::Client"), "orders::Client::fetch");
            assert_eq!(
                name("dyn api::Fetch + core::marker::Send"),
                "orders::Fetch::fetch"
            );
            assert_eq!(name("[u8]"), "orders::u8::fetch");
            assert_eq!(name("()"), "orders::fetch");
        }

        #[test]
        fn a_name_is_composed_once() {
            let first = name("orders::fetch", "orders::Once");
            assert!(std::ptr::eq(first, name("orders::fetch", "orders::Once")));
        }
    }
}
