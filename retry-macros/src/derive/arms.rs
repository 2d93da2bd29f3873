//! One variant (or struct): the fields it needs, and the expression that says its class.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Field, Fields, Index, Member, Path, Type};

use super::attribute::{Said, Source};
use crate::errors::Errors;
use crate::function::{path_span, type_span};
use crate::private::Private;
use crate::suggest;

/// A pattern's fields, and what they give.
pub(super) struct Arm {
    /// `{ field: __field }`, or `{ .. }`.
    pub(super) fields: TokenStream,
    pub(super) class: TokenStream,
    /// What the server asked for, if the class does not say it.
    pub(super) hint: Option<TokenStream>,
    /// The type whose own classification decides, if one does.
    pub(super) asks: Option<Type>,
}

/// `None`, with an error, where the fields do not fit what is said.
pub(super) fn arm(
    said: &Said,
    fields: &Fields,
    private: Private<'_>,
    errors: &mut Errors,
) -> Option<Arm> {
    let mixed = Span::mixed_site();
    match &said.source {
        Source::Class("Throttled") => {
            let private = private.at(mixed);
            Some(Arm::without_fields(quote_spanned! {mixed=>
                #private::Class::Throttled { retry_after: ::core::option::Option::None }
            }))
        }
        Source::Class(class) => {
            let private = private.at(mixed);
            let class = format_ident!("{class}", span = mixed);
            Some(Arm::without_fields(
                quote_spanned!(mixed=> #private::Class::#class),
            ))
        }
        Source::RetryAfter(member) => {
            let (_, field) = find(member, fields, errors)?;
            let span = type_span(&field.ty).resolved_at(mixed);
            let private = private.at(span);
            let class = quote_spanned!(span=> #private::throttled(__field));
            Some(Arm::with_field(member, class))
        }
        Source::Inner => {
            let (member, field) = inner(said.span, fields, errors)?;
            let span = type_span(&field.ty).resolved_at(mixed);
            let private = private.at(span);
            let class = quote_spanned!(span=> #private::inner(__field).class());
            Some(Arm {
                hint: Some(quote_spanned!(span=> #private::inner(__field).retry_after())),
                asks: Some(field.ty.clone()),
                ..Arm::with_field(&member, class)
            })
        }
        Source::With(path) => {
            let Some((member, _)) = only(fields) else {
                errors.on(
                    path,
                    "`with` on a variant is given its only field, and this variant has another number of them: put `with` on the type",
                );
                return None;
            };
            let field = quote_spanned!(mixed=> __field);
            Some(Arm::with_field(
                &member,
                classify_with(private, &field, path),
            ))
        }
    }
}

/// Errors about the classifier stand at the classifier.
pub(super) fn classify_with(private: Private<'_>, of: &TokenStream, path: &Path) -> TokenStream {
    let span = path_span(path).resolved_at(Span::mixed_site());
    let private = private.at(span);
    quote_spanned!(span=> #private::classify_with(#of, #path))
}

impl Arm {
    fn without_fields(class: TokenStream) -> Self {
        Self {
            fields: quote!({ .. }),
            class,
            hint: None,
            asks: None,
        }
    }

    fn with_field(member: &Member, class: TokenStream) -> Self {
        let name = quote_spanned!(Span::mixed_site()=> __field);
        Self {
            fields: quote!({ #member: #name, .. }),
            class,
            hint: None,
            asks: None,
        }
    }
}

fn members(fields: &Fields) -> impl Iterator<Item = (Member, &Field)> {
    fields.iter().enumerate().map(|(index, field)| {
        let member = match &field.ident {
            Some(name) => Member::Named(name.clone()),
            None => Member::Unnamed(Index::from(index)),
        };
        (member, field)
    })
}

fn only(fields: &Fields) -> Option<(Member, &Field)> {
    let mut all = members(fields);
    all.next().filter(|_| all.next().is_none())
}

/// The only field, or the one that is marked as the cause.
fn inner<'a>(said: Span, fields: &'a Fields, errors: &mut Errors) -> Option<(Member, &'a Field)> {
    let is_cause = |field: &Field| {
        let marks = field.attrs.iter();
        marks
            .clone()
            .any(|attr| attr.path().is_ident("source") || attr.path().is_ident("from"))
    };
    let found = only(fields).or_else(|| members(fields).find(|(_, field)| is_cause(field)));
    if found.is_none() {
        errors.at(
            said,
            "`inner` asks the only field, or the one marked `#[source]` or `#[from]`, and there is none",
        );
    }
    found
}

fn find<'a>(
    wanted: &Member,
    fields: &'a Fields,
    errors: &mut Errors,
) -> Option<(Member, &'a Field)> {
    let word = name(wanted);
    let found = members(fields).find(|(member, _)| name(member) == word);
    if found.is_none() {
        let names: Vec<_> = members(fields).map(|(member, _)| name(&member)).collect();
        let right: Vec<_> = names.iter().map(String::as_str).collect();
        let hint = if right.is_empty() {
            String::new()
        } else {
            suggest::hint(&word, &right, &[])
        };
        errors.on(wanted, format!("there is no field `{word}`{hint}"));
    }
    found
}

fn name(member: &Member) -> String {
    match member {
        Member::Named(name) => name.to_string(),
        Member::Unnamed(index) => index.index.to_string(),
    }
}
