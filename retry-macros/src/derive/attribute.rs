//! Parses `#[classify(…)]` on a type or a variant.

use proc_macro2::{Delimiter, Ident, Span, TokenTree};

use super::item::Member;
use crate::errors::{Error, Errors};
use crate::syntax::{Attribute, Cursor, Expr, Path};
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
        for attr in attrs.iter().filter(|attr| attr.is("classify")) {
            let parsed = all.parse_words(attr, on_type, errors);
            errors.take(parsed);
        }
        all.finish(errors);
        all
    }

    fn parse_words(
        &mut self,
        attr: &Attribute,
        on_type: bool,
        errors: &mut Errors,
    ) -> Result<(), Error> {
        let words = || list(&candidates());
        let attr = attr.tokens();
        let mut input = Cursor::new(&attr);
        let name = input.ident()?;
        let Some(group) = input.group(Delimiter::Parenthesis) else {
            let message = format!("expected words in parentheses: {}", words());
            return Err(Error::new(name.span(), message));
        };
        let inside: Vec<_> = group.stream().into_iter().collect();
        let mut input = Cursor::new(&inside);
        if input.is_empty() {
            let message = format!("unexpected end of input, expected one of {}", words());
            return Err(Error::new(group.span_close(), message));
        }
        while !input.is_empty() {
            self.parse_one(&mut input, on_type, errors)?;
            if !input.is_empty() && input.mark(',').is_none() {
                return Err(input.error("expected `,`"));
            }
        }
        Ok(())
    }

    fn parse_one(
        &mut self,
        input: &mut Cursor<'_>,
        on_type: bool,
        errors: &mut Errors,
    ) -> Result<(), Error> {
        let word = input.ident()?;
        let name = word.to_string();
        if let Some(class) = Class::find(&name) {
            self.say(Source::Class(class), &word, errors);
            return Ok(());
        }
        let Some(key) = ClassifyKey::find(&name) else {
            let hint = hint(&name, &candidates());
            errors.at(
                word.span(),
                format!("unknown `#[classify]` word `{name}`{hint}"),
            );
            // Its value, if it has one, is no second error.
            if input.mark('=').is_some() {
                let value = Expr::parse(input);
                value.map_err(|error| error.unwrap_or_else(|| input.error("expected a value")))?;
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
                let classifier = path(input)?;
                self.say(Source::With(classifier), &word, errors);
            }
            ClassifyKey::RetryAfter => {
                value(
                    "the field that holds a `Duration`: `retry_after = field`",
                    &word,
                    input,
                )?;
                let field = if let Some(TokenTree::Literal(index)) = input.peek() {
                    input.skip();
                    Member::Unnamed(index.clone())
                } else {
                    Member::Named(input.ident()?)
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
                self.root = Some(path(input)?);
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
fn candidates() -> Vec<Candidate<'static>> {
    [Class::candidates(), ClassifyKey::candidates()].concat()
}

/// Parses the `=` before a value, which is `what`.
fn value(what: &str, word: &Ident, input: &mut Cursor<'_>) -> Result<(), Error> {
    if input.mark('=').is_some() && !input.is_empty() {
        return Ok(());
    }
    Err(Error::new(word.span(), format!("`{word}` needs {what}")))
}

fn path(input: &mut Cursor<'_>) -> Result<Path, Error> {
    let start = *input;
    Path::parse(input).ok_or_else(|| start.error("expected a path"))
}
