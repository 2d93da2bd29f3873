//! The words that an attribute takes: its keys, and the names that some of them take as a value.
//!
//! Each word is a variant of an enum, so that the compiler finds every place that lacks one. Nothing here knows
//! tokens: `#[retryable]` and configuration read the same tables, and make the same suggestions.
//!
//! A crate of its own, because a macro cannot depend on the runtime, nor the runtime on a macro. It has no interface
//! for users.

mod key;
mod message;
mod suggest;
mod value;

pub use key::{Key, setting_hint, unknown_key};
pub use message::{DEFAULT_BASE, DEFAULT_CAP, Place};
pub use suggest::{hint, hint_of_names, list};
pub use value::{Class, ClassifyKey, Jitter, Nested, Rung, Shape};

/// An enum of words.
pub trait Word: Copy + 'static {
    /// All of them, in the order of the documentation.
    const ALL: &'static [Self];

    /// The word itself.
    fn name(self) -> &'static str;

    /// What other libraries call it, if its letters alone would not suggest it.
    fn aliases(self) -> &'static [&'static str];

    /// The variant's name: for values, that of the item in `retry-core`.
    fn variant(self) -> &'static str;

    /// Returns the variant of a word.
    fn find(name: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|word| word.name() == name)
    }

    /// Words and their aliases, for a [`hint`].
    fn candidates() -> Vec<Candidate<'static>> {
        let all = Self::ALL.iter();
        all.map(|word| (word.name(), word.aliases())).collect()
    }
}

/// A word that would have been right, and its aliases.
pub type Candidate<'a> = (&'a str, &'a [&'a str]);

/// Defines an enum of words, each with its aliases.
macro_rules! words {
    (
        $(#[$attr:meta])*
        enum $name:ident {
            $($variant:ident = $word:literal $(| $alias:literal)*,)*
        }
    ) => {
        $(#[$attr])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $(#[doc = concat!("`", $word, "`")] $variant,)*
        }

        impl $crate::Word for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),*];

            fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            fn aliases(self) -> &'static [&'static str] {
                match self {
                    $(Self::$variant => &[$($alias),*],)*
                }
            }

            fn variant(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($variant),)*
                }
            }
        }
    };
}
pub(crate) use words;

#[cfg(test)]
mod tests {
    use super::{Candidate, Class, ClassifyKey, Jitter, Key, Nested, Rung, Shape, Word};

    fn assert_distinct(words: &[Candidate<'_>]) {
        let mut seen = Vec::new();
        for (name, aliases) in words {
            for word in aliases.iter().copied().chain([*name]) {
                assert!(!seen.contains(&word), "`{word}` is in the table twice");
                seen.push(word);
            }
        }
    }

    #[test]
    fn no_word_of_a_table_means_two_things() {
        assert_distinct(&Key::candidates());
        assert_distinct(&Shape::candidates());
        assert_distinct(&Jitter::candidates());
        assert_distinct(&Rung::candidates());
        assert_distinct(&Nested::candidates());
        assert_distinct(&[Class::candidates(), ClassifyKey::candidates()].concat());
    }
}
