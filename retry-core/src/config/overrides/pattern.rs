//! `Pattern`: which calls an entry is for, by their names.

use core::cmp::Reverse;

/// The name of a call, or the beginning of names. Leading segments of the path may be omitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    /// Without the `*`.
    literal: String,
    is_prefix: bool,
}

/// How well a pattern describes a name. The greatest is the most specific one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fit {
    is_exact: bool,
    /// How much of the name is left to the `*`.
    rest: Reverse<usize>,
    written: usize,
}

impl Pattern {
    /// Reads a pattern. Returns what is wrong with it, if anything is.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let (literal, is_prefix) = match text.strip_suffix('*') {
            Some(literal) => (literal, true),
            None => (text, false),
        };
        if text.is_empty() {
            return Err("a name is missing: write `*` for all calls");
        }
        if literal.contains('*') {
            return Err("`*` is allowed only at the end of a name");
        }
        let (first, whole) = (literal.strip_prefix("::"), literal.strip_suffix("::"));
        if first.is_some() || whole.is_some() && !is_prefix {
            return Err("a name neither begins nor ends with `::`");
        }
        Ok(Self {
            literal: literal.to_owned(),
            is_prefix,
        })
    }

    /// Returns how well it describes `name`; `None` if it does not.
    pub(super) fn fit(&self, name: &str) -> Option<Fit> {
        let separators = name.match_indices("::");
        // `*` has no segment to begin with: it leaves the whole name open.
        let separators = separators.filter(|_| !self.literal.is_empty());
        let starts = separators.map(|(index, separator)| index + separator.len());
        let tails = starts.chain([0]).filter_map(|start| name.get(start..));
        let fits = tails.filter_map(|tail| {
            let rest = tail.strip_prefix(&*self.literal)?;
            (self.is_prefix || rest.is_empty()).then_some(Fit {
                is_exact: !self.is_prefix,
                rest: Reverse(rest.len()),
                written: self.literal.len(),
            })
        });
        fits.max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pattern that is the most specific one for a name.
    fn best<'p>(name: &str, patterns: &[&'p str]) -> Option<&'p str> {
        let fits = patterns.iter().filter_map(|pattern| {
            let fit = Pattern::parse(pattern).unwrap().fit(name)?;
            Some((fit, *pattern))
        });
        fits.max().map(|(_, pattern)| pattern)
    }

    #[test]
    fn leading_segments_may_be_omitted() {
        let name = "my_crate::orders::Client::fetch";
        for pattern in [
            "my_crate::orders::Client::fetch",
            "orders::Client::fetch",
            "fetch",
            "fet*",
            "orders::*",
            "orders*",
            "Client::f*",
            "*",
            "my_crate::*",
        ] {
            assert_eq!(best(name, &[pattern]), Some(pattern));
        }
        for pattern in [
            "etch",
            "orders",
            "orders::fetch",
            "rders::*",
            "crate::*",
            "fetch_all",
            "Fetch",
            "::*",
        ] {
            let fit = Pattern::parse(pattern)
                .ok()
                .and_then(|pattern| pattern.fit(name));
            assert_eq!(fit, None, "{pattern}");
        }
    }

    #[test]
    fn the_most_specific_pattern_is_the_one_that_leaves_least_open() {
        let name = "my_crate::orders::fetch_user";
        let by_rank = [
            "my_crate::orders::fetch_user",
            "orders::fetch_user",
            "fetch_user",
            "fetch_user*",
            "fetch_us*",
            "my_crate::orders::*",
            "orders::*",
            "orders*",
            "my_crate::*",
            "*",
        ];
        for ranks in by_rank.windows(2) {
            let reversed = [ranks[1], ranks[0]];
            assert_eq!(best(name, ranks), Some(ranks[0]), "{ranks:?}");
            assert_eq!(best(name, &reversed), Some(ranks[0]), "{ranks:?}");
        }
    }

    #[test]
    fn names_without_a_path_may_have_spaces() {
        assert_eq!(best("fetch user", &["fetch *"]), Some("fetch *"));
        assert_eq!(best("GET /users/{id}", &["GET *"]), Some("GET *"));
    }

    #[test]
    fn a_pattern_that_no_name_has_is_an_error() {
        for pattern in ["", "a*b", "**", "::a", "a::", "::"] {
            assert!(Pattern::parse(pattern).is_err(), "{pattern}");
        }
    }
}
