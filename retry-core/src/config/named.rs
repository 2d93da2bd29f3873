//! Values that have a name: each is a word of the attribute.

use retry_words::{Nested as NestedWord, Rung, Shape, Word};

use super::ShapeName;
use crate::class::On;
use crate::policy::Nested;

/// A type whose values are the words `W` of the attribute. The compiler finds a word or a value that lacks the other.
pub(super) trait Named: Copy {
    type Words: Word;

    fn of(word: Self::Words) -> Self;

    fn word(self) -> Self::Words;

    fn name(self) -> &'static str {
        self.word().name()
    }
}

macro_rules! named {
    ($type:ident = $words:ident: $($variant:ident)*) => {
        impl Named for $type {
            type Words = $words;

            fn of(word: $words) -> Self {
                match word {
                    $($words::$variant => Self::$variant,)*
                }
            }

            fn word(self) -> $words {
                match self {
                    $(Self::$variant => $words::$variant,)*
                }
            }
        }
    };
}

named!(ShapeName = Shape: Exponential Fixed Linear Fibonacci Decorrelated NoDelay);
named!(On = Rung: Refused Transient Ambiguous Any);
named!(Nested = NestedWord: Stop Multiply);
