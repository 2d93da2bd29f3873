//! Checks `share(…)` against the arguments.

use proc_macro2::Ident;

use crate::errors::Errors;
use crate::function::Signature;
use crate::words::hint_of_names;

/// Reports names in `share` that are not whole arguments. `in_patterns` are those that patterns bind.
pub(super) fn check_shared_names(
    sig: &Signature,
    in_patterns: &[Ident],
    share: &[Ident],
    errors: &mut Errors,
) {
    let arguments = sig.arguments.iter();
    let names: Vec<String> = arguments
        .filter_map(|argument| Some(argument.pat.plain_name()?.to_string()))
        .collect();
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
            let hint = hint_of_names(&word, &names);
            errors.at(name.span(), format!("there is no argument `{word}`{hint}"));
        }
    }
}
