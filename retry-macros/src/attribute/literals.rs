//! Words and names in an attribute's values.

use crate::errors::Errors;
use crate::syntax::Expr;
use crate::words::{Key, Place, Word};

/// Reads one of the words that a key takes.
pub(super) fn word<W: Word>(key: Key, value: &Expr, word: &str, errors: &mut Errors) -> Option<W> {
    let found = W::find(word);
    if found.is_none() {
        errors.on(value, Place::from(key).unknown_word::<W>(word));
    }
    found
}
