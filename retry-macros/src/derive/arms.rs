//! The arm of one variant, or of a struct: the fields that it binds, and the expression for its class.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::attribute::{Said, Source};
use super::item::{Field, Member};
use crate::errors::Errors;
use crate::private::Private;
use crate::syntax::{Path, Type};
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
    fields: &[Field],
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
            let field = find(member, fields, errors)?;
            let span = field.ty.error_span().resolved_at(mixed);
            let private = private.at(span);
            let class = quote_spanned!(span=> #private::throttled(__field));
            Some(Arm::with_field(member, class))
        }
        Source::Inner => {
            let field = inner(said.span, fields, errors)?;
            let span = field.ty.error_span().resolved_at(mixed);
            let private = private.at(span);
            let class = quote_spanned!(span=> #private::inner(__field).class());
            Some(Arm {
                hint: Some(quote_spanned!(span=> #private::inner(__field).retry_after())),
                error_type: Some(quote_spanned!(span=> #private::inner(__field).error_type())),
                asks: Some(field.ty.clone()),
                ..Arm::with_field(&field.member, class)
            })
        }
        Source::With(path) => {
            let [only] = fields else {
                errors.on(
                    path,
                    "`with` on a variant needs a single field: write `with` on the type, or give the variant one field",
                );
                return None;
            };
            let field = quote_spanned!(mixed=> __field);
            let class = classify_with(private, &field, path);
            Some(Arm::with_field(&only.member, class))
        }
    }
}

/// Writes the call of a classifier. Errors about it underline the classifier.
pub(super) fn classify_with(private: Private<'_>, of: &TokenStream, path: &Path) -> TokenStream {
    let span = path.last_span().resolved_at(Span::mixed_site());
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

/// Finds the only field, or the one that is marked as the cause.
fn inner<'a>(said: Span, fields: &'a [Field], errors: &mut Errors) -> Option<&'a Field> {
    let is_cause = |field: &&Field| {
        let mut marks = field.attrs.iter();
        marks.any(|attr| attr.is("source") || attr.is("from"))
    };
    let found = match fields {
        [only] => Some(only),
        fields => fields.iter().find(is_cause),
    };
    if found.is_none() {
        errors.at(
            said,
            "`inner` needs a single field, or one that is marked `#[source]` or `#[from]`",
        );
    }
    found
}

fn find<'a>(wanted: &Member, fields: &'a [Field], errors: &mut Errors) -> Option<&'a Field> {
    let word = name(wanted);
    let found = fields.iter().find(|field| name(&field.member) == word);
    if found.is_none() {
        let names: Vec<_> = fields.iter().map(|field| name(&field.member)).collect();
        let hint = if names.is_empty() {
            String::new()
        } else {
            words::hint_of_names(&word, &names)
        };
        errors.on(wanted, format!("there is no field `{word}`{hint}"));
    }
    found
}

fn name(member: &Member) -> String {
    match member {
        Member::Named(name) => name.to_string(),
        Member::Unnamed(index) => index.to_string(),
    }
}
