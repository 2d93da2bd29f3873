//! Parses `#[classify(…)]` on a type or a variant.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Ident, LitInt, Member, Path, Token};

use crate::errors::Errors;
use crate::words::{Candidate, Class, ClassifyKey, Word, hint, list};

/// What decides the class.
#[derive(Clone)]
pub(super) enum Source {
    Class(Class),
    /// `throttled, retry_after = field`.
    RetryAfter(Member),
    /// `inner`: the error in a field.
    Inner,
    /// `with = path`.
    With(Path),
}

/// A source, and the token that names it.
#[derive(Clone)]
pub(super) struct Said {
    pub(super) source: Source,
    pub(super) span: Span,
}

/// All `#[classify(…)]` of one type or variant.
#[derive(Default)]
pub(super) struct Attributes {
    pub(super) said: Option<Said>,
    pub(super) root: Option<Path>,
    retry_after: Option<(Member, Span)>,
}

impl Attributes {
    pub(super) fn parse(attrs: &[Attribute], on_type: bool, errors: &mut Errors) -> Self {
        let mut all = Self::default();
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("classify")) {
            let parsed = attr.parse_args_with(|input: ParseStream<'_>| {
                if input.is_empty() {
                    let words = list(candidates().map(|(word, _)| word));
                    return Err(input.error(format!("expected one of {words}")));
                }
                while !input.is_empty() {
                    all.parse_one(input, on_type, errors)?;
                    if !input.is_empty() {
                        input.parse::<Token![,]>()?;
                    }
                }
                Ok(())
            });
            errors.take(parsed);
        }
        all.finish(errors);
        all
    }

    fn parse_one(
        &mut self,
        input: ParseStream<'_>,
        on_type: bool,
        errors: &mut Errors,
    ) -> syn::Result<()> {
        let word = input.call(Ident::parse_any)?;
        let name = word.to_string();
        if let Some(class) = Class::find(&name) {
            self.say(Source::Class(class), &word, errors);
            return Ok(());
        }
        let Some(key) = ClassifyKey::find(&name) else {
            let hint = hint(&name, candidates());
            errors.at(
                word.span(),
                format!("unknown `#[classify]` word `{name}`{hint}"),
            );
            // Its value, if it has one, is no second error.
            if input.parse::<Option<Token![=]>>()?.is_some() {
                input.parse::<syn::Expr>()?;
            }
            return Ok(());
        };
        match key {
            ClassifyKey::Inner => self.say(Source::Inner, &word, errors),
            ClassifyKey::With => {
                value(
                    "the path of a classifier: `with = path::to::classify`",
                    &word,
                    input,
                )?;
                let classifier = input.call(Path::parse_mod_style)?;
                self.say(Source::With(classifier), &word, errors);
            }
            ClassifyKey::RetryAfter => {
                value(
                    "the field that holds a `Duration`: `retry_after = field`",
                    &word,
                    input,
                )?;
                let field = if input.peek(LitInt) {
                    Member::Unnamed(input.parse()?)
                } else {
                    Member::Named(input.parse()?)
                };
                if self.retry_after.replace((field, word.span())).is_some() {
                    errors.at(word.span(), "`retry_after` is given twice");
                }
            }
            ClassifyKey::Crate => {
                if !on_type {
                    errors.at(
                        word.span(),
                        "`crate` belongs to the `#[classify(…)]` of the type",
                    );
                }
                value("a path: `crate = ::retry_core`", &word, input)?;
                self.root = Some(input.call(Path::parse_mod_style)?);
            }
        }
        Ok(())
    }

    fn say(&mut self, source: Source, word: &Ident, errors: &mut Errors) {
        let span = word.span();
        match &self.said {
            None => self.said = Some(Said { source, span }),
            Some(first) => {
                let message =
                    format!("`{word}` contradicts an earlier word: write only one of the two");
                errors.pair(span, message, first.span, "the earlier word is here");
            }
        }
    }

    fn finish(&mut self, errors: &mut Errors) {
        let Some((field, span)) = self.retry_after.take() else {
            return;
        };
        match &mut self.said {
            Some(Said {
                source: source @ Source::Class(Class::Throttled),
                ..
            }) => *source = Source::RetryAfter(field),
            _ => errors.at(
                span,
                "`retry_after` is a part of `throttled`: write `throttled, retry_after = field`",
            ),
        }
    }
}

/// The words, and their aliases.
fn candidates() -> impl Iterator<Item = Candidate> + Clone {
    Class::candidates().chain(ClassifyKey::candidates())
}

/// Parses the `=` before a value, which is `what`.
fn value(what: &str, word: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
    if input.parse::<Option<Token![=]>>()?.is_some() && !input.is_empty() {
        return Ok(());
    }
    Err(syn::Error::new(
        word.span(),
        format!("`{word}` needs {what}"),
    ))
}
