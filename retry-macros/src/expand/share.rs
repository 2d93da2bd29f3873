//! Checks `share(…)` against the arguments.

use syn::{FnArg, Ident, Pat, Signature};

use super::arguments::plain_name;
use super::patterns::bound_names;
use crate::errors::Errors;
use crate::words::hint;

/// Reports names in `share` that are not whole arguments. `patterns` are those that take arguments apart.
pub(super) fn check_shared_names<'a>(
    sig: &Signature,
    patterns: impl Iterator<Item = &'a Pat>,
    share: &[Ident],
    errors: &mut Errors,
) {
    let names: Vec<String> = sig
        .inputs
        .iter()
        .filter_map(|argument| match argument {
            FnArg::Typed(argument) => plain_name(&argument.pat).map(|name| name.to_string()),
            FnArg::Receiver(_) => None,
        })
        .collect();
    let in_patterns: Vec<Ident> = patterns.flat_map(bound_names).collect();
    for (index, name) in share.iter().enumerate() {
        let word = name.to_string();
        if share[..index].contains(name) {
            errors.at(name.span(), format!("`{word}` is shared already"));
            continue;
        }
        if names.contains(&word) {
            continue;
        }
        if in_patterns.contains(name) {
            errors.at(
                name.span(),
                format!(
                    "`{word}` is part of a pattern, and `share` takes whole arguments: \
                     give the argument a plain name, and share that"
                ),
            );
        } else if word == "self" {
            errors.at(
                name.span(),
                "`self` is never cloned, and need not be shared",
            );
        } else if names.is_empty() {
            errors.at(name.span(), "there is no argument to share");
        } else {
            let hint = hint(
                &word,
                names.iter().map(|name| (name.as_str(), [].as_slice())),
            );
            errors.at(name.span(), format!("there is no argument `{word}`{hint}"));
        }
    }
}
