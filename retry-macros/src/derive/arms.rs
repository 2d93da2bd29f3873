//! The arm of one variant, or of a struct: the fields that it binds, and the expression for its class.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Field, Fields, Index, Member, Path, Type};

use super::attribute::{Said, Source};
use crate::errors::Errors;
use crate::function::{path_span, type_span};
use crate::private::Private;
use crate::words::{self, Class, Word};

/// The fields of a pattern, and what is computed from them.
pub(super) struct Arm {
    /// `{ field: __field }`, or `{ .. }`.
    pub(super) fields: TokenStream,
    pub(super) class: TokenStream,
    /// The wait that the server asked for, if it is not part of the class.
    pub(super) hint: Option<TokenStream>,
    /// What logs and metrics call the error, if the field says so.
    pub(super) error_type: Option<TokenStream>,
    /// The type whose own `Classify` decides, if one does.
    pub(super) asks: Option<Type>,
}

/// Writes an arm. `None`, with an error, if the fields do not fit the attribute.
pub(super) fn arm(
    said: &Said,
    fields: &Fields,
    private: Private<'_>,
    errors: &mut Errors,
) -> Option<Arm> {
    let mixed = Span::mixed_site();
    match &said.source {
        Source::Class(class) => {
            let private = private.at(mixed);
            let name = Ident::new(class.variant(), mixed);
            let fields = (*class == Class::Throttled)
                .then(|| quote_spanned!(mixed=> { retry_after: ::core::option::Option::None }));
            Some(Arm::without_fields(
                quote_spanned!(mixed=> #private::Class::#name #fields),
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
                error_type: Some(quote_spanned!(span=> #private::inner(__field).error_type())),
                asks: Some(field.ty.clone()),
                ..Arm::with_field(&member, class)
            })
        }
        Source::With(path) => {
            let Some((member, _)) = only(fields) else {
                errors.on(
                    path,
                    "`with` on a variant needs a single field: write `with` on the type, or give the variant one field",
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

/// Writes the call of a classifier. Errors about it underline the classifier.
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
            error_type: None,
            asks: None,
        }
    }

    fn with_field(member: &Member, class: TokenStream) -> Self {
        let name = quote_spanned!(Span::mixed_site()=> __field);
        Self {
            fields: quote!({ #member: #name, .. }),
            class,
            hint: None,
            error_type: None,
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

/// Finds the only field, or the one that is marked as the cause.
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
            "`inner` needs a single field, or one that is marked `#[source]` or `#[from]`",
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
        let hint = if names.is_empty() {
            String::new()
        } else {
            words::hint(
                &word,
                names.iter().map(|name| (name.as_str(), [].as_slice())),
            )
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
