//! `#[classify(…)]`: what it says of a type or of a variant.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Ident, LitInt, Member, Path, Token};

use crate::errors::Errors;
use crate::suggest;

const WORDS: &[&str] = &[
    "permanent",
    "ambiguous",
    "transient",
    "throttled",
    "refused",
    "inner",
    "with",
    "retry_after",
    "crate",
];

const ALIASES: &[(&str, &str)] = &[
    ("retry", "transient"),
    ("retryable", "transient"),
    ("temporary", "transient"),
    ("fatal", "permanent"),
    ("never", "permanent"),
    ("rate_limited", "throttled"),
    ("after", "retry_after"),
    ("forward", "inner"),
    ("inherit", "inner"),
    ("transparent", "inner"),
];

/// What decides the class.
#[derive(Clone)]
pub(super) enum Source {
    /// A word: the variant of `Class`.
    Class(&'static str),
    /// `throttled, retry_after = field`.
    RetryAfter(Member),
    /// `inner`: the error inside.
    Inner,
    /// `with = path`.
    With(Path),
}

/// A source, and the token that said it.
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
                    return Err(input.error(format!("expected one of {}", suggest::list(WORDS))));
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
        let source = match word.to_string().as_str() {
            "permanent" => Source::Class("Permanent"),
            "ambiguous" => Source::Class("Ambiguous"),
            "transient" => Source::Class("Transient"),
            "throttled" => Source::Class("Throttled"),
            "refused" => Source::Class("Refused"),
            "inner" => Source::Inner,
            "with" => {
                value(&word, input)?;
                Source::With(input.call(Path::parse_mod_style)?)
            }
            "retry_after" => {
                value(&word, input)?;
                let field = if input.peek(LitInt) {
                    Member::Unnamed(input.parse()?)
                } else {
                    Member::Named(input.parse()?)
                };
                if self.retry_after.replace((field, word.span())).is_some() {
                    errors.at(word.span(), "`retry_after` is given twice");
                }
                return Ok(());
            }
            "crate" if on_type => {
                value(&word, input)?;
                self.root = Some(input.call(Path::parse_mod_style)?);
                return Ok(());
            }
            "crate" => {
                errors.at(
                    word.span(),
                    "`crate` belongs to the `#[classify(…)]` of the type",
                );
                value(&word, input)?;
                input.call(Path::parse_mod_style)?;
                return Ok(());
            }
            unknown => {
                let hint = suggest::hint(unknown, WORDS, ALIASES);
                errors.at(
                    word.span(),
                    format!("unknown `#[classify]` word `{unknown}`{hint}"),
                );
                // Its value, if it has one, says nothing either.
                if input.parse::<Option<Token![=]>>()?.is_some() {
                    input.parse::<syn::Expr>()?;
                }
                return Ok(());
            }
        };
        self.say(source, &word, errors);
        Ok(())
    }

    fn say(&mut self, source: Source, word: &Ident, errors: &mut Errors) {
        let span = word.span();
        match &self.said {
            None => self.said = Some(Said { source, span }),
            Some(first) => {
                let message = format!("`{word}` contradicts what is said already: give only one");
                let mut error = syn::Error::new(span, message);
                error.combine(syn::Error::new(first.span, "said here"));
                errors.push(error);
            }
        }
    }

    fn finish(&mut self, errors: &mut Errors) {
        let Some((field, span)) = self.retry_after.take() else {
            return;
        };
        match &mut self.said {
            Some(Said {
                source: source @ Source::Class("Throttled"),
                ..
            }) => *source = Source::RetryAfter(field),
            _ => errors.at(
                span,
                "`retry_after` is a part of `throttled`: write `throttled, retry_after = field`",
            ),
        }
    }
}

fn value(word: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
    if input.parse::<Option<Token![=]>>()?.is_some() && !input.is_empty() {
        return Ok(());
    }
    let what = match word.to_string().as_str() {
        "with" => "the path of a classifier: `with = path::to::classify`",
        "crate" => "a path: `crate = ::retry_core`",
        _ => "the field that holds a `Duration`: `retry_after = field`",
    };
    Err(syn::Error::new(
        word.span(),
        format!("`{word}` needs {what}"),
    ))
}
