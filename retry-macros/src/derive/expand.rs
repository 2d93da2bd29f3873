//! Writes the `impl Classify`.
//!
//! ```text
//! Input:  enum E { #[classify(transient)] A, #[classify(inner)] B(X), C }
//!
//! Output: impl Classify for E {
//!             fn classify(&self) -> Class {
//!                 match self {
//!                     Self::A { .. } => Class::Transient,
//!                     Self::B { 0: __field, .. } => inner(__field).class(),
//!                     _ => Class::Permanent,
//!                 }
//!             }
//!             fn retry_after(&self) -> Option<Duration> {
//!                 match self {
//!                     Self::B { 0: __field, .. } => inner(__field).retry_after(),
//!                     _ => Class::retry_after(<Self as Classify>::classify(self)),
//!                 }
//!             }
//!             fn error_type(&self) -> Option<&str> {
//!                 match self {
//!                     Self::A { .. } => Some("E::A"),
//!                     Self::B { 0: __field, .. } => inner(__field).error_type().or(Some("E::B")),
//!                     Self::C { .. } => Some("E::C"),
//!                 }
//!             }
//!         }
//! ```

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};

use super::arms::{Arm, arm, classify_with};
use super::attribute::{Attributes, Said, Source};
use super::item::{Data, Field, Generics, Item};
use crate::errors::Errors;
use crate::private::Private;
use crate::syntax::{Type, unraw};
use crate::words::Class;

pub(crate) fn derive_classify(input: TokenStream) -> TokenStream {
    let input = match Item::parse(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mixed = Span::mixed_site();
    let mut errors = Errors::default();
    let attributes = Attributes::parse(&input.attrs, true, &mut errors);
    let path = Private::new(attributes.root.as_ref());
    let private = path.at(mixed);

    let mut writer = Writer {
        private: path,
        generics: &input.generics,
        asks: Vec::new(),
        hints: TokenStream::new(),
        error_types: TokenStream::new(),
        by_class: false,
        meant: false,
        errors: &mut errors,
    };
    let mut body = writer.body(&input, attributes.said);
    writer.require_a_class(&input);
    let asks = std::mem::take(&mut writer.asks);
    let hint = writer.hint();
    let mut error_type = writer.error_type(&input.data);
    if !errors.is_empty() {
        // Without an impl, its absence would be a second error.
        error_type = None;
        body = quote_spanned!(mixed=> #private::Class::Permanent);
    }

    let clauses = asks.iter();
    let clauses: Vec<_> = clauses
        .map(|ty| quote_spanned!(mixed=> #ty: #private::Classify))
        .collect();
    let (declared, used) = (input.generics.declared(), input.generics.used());
    let (clauses, name) = (input.generics.clauses(&clauses), &input.name);
    let errors = errors.to_compile_errors();
    quote_spanned! {mixed=>
        #[automatically_derived]
        impl #declared #private::Classify for #name #used #clauses {
            fn classify(&self) -> #private::Class {
                #body
            }
            #hint
            #error_type
        }
        #errors
    }
}

struct Writer<'a> {
    private: Private<'a>,
    generics: &'a Generics,
    /// Field types that need `Classify`, and depend on a type parameter.
    asks: Vec<Type>,
    /// Arms of `match self` for `#[classify(inner)]`.
    hints: TokenStream,
    /// Arms of `match self` for what logs and metrics call the error.
    error_types: TokenStream,
    /// Whether any other variant exists, whose hint is part of its class.
    by_class: bool,
    /// Whether a value may be retried, or the type says `permanent`.
    meant: bool,
    errors: &'a mut Errors,
}

impl Writer<'_> {
    fn body(&mut self, input: &Item, said: Option<Said>) -> TokenStream {
        let mixed = Span::mixed_site();
        let private = self.private.at(mixed);
        if let Some(Said {
            source: Source::With(path),
            span,
        }) = &said
        {
            self.meant = true;
            self.forbid_variants(input, *span);
            self.name_every_value(input);
            let of = quote_spanned!(mixed=> self);
            return classify_with(self.private, &of, path);
        }
        self.meant = said
            .as_ref()
            .is_some_and(|said| matches!(said.source, Source::Class(Class::Permanent)));
        match &input.data {
            Data::Struct(fields) => {
                let said = said.unwrap_or_else(permanent);
                let name = Ident::new("Self", mixed);
                let label = unraw(&input.name);
                let arm = self.arm(&said, fields, &quote_spanned!(mixed=> #name), &label);
                quote_spanned!(mixed=> match self { #arm })
            }
            Data::Enum(variants) if variants.is_empty() => {
                self.meant = true;
                quote_spanned!(mixed=> match *self {})
            }
            Data::Enum(variants) => {
                let mut arms = TokenStream::new();
                let mut rest = false;
                for variant in variants {
                    let own = Attributes::parse(&variant.attrs, false, self.errors).said;
                    let name = &variant.name;
                    let pattern = quote_spanned!(mixed=> Self::#name);
                    let label = label(&input.name, name);
                    let Some(said) = own.or_else(|| said.clone()) else {
                        (rest, self.by_class) = (true, true);
                        self.name_value(&pattern, &quote_spanned!(mixed=> { .. }), None, &label);
                        continue;
                    };
                    let arm = self.arm(&said, &variant.fields, &pattern, &label);
                    arm.to_tokens(&mut arms);
                }
                if rest {
                    quote_spanned!(mixed=> _ => #private::Class::Permanent,).to_tokens(&mut arms);
                }
                quote_spanned!(mixed=> match self { #arms })
            }
            Data::Union(keyword) => {
                self.errors.at(
                    *keyword,
                    "a union does not say which of its fields is set: write `impl Classify` for it",
                );
                TokenStream::new()
            }
        }
    }

    /// Reports a type that is never retried: its attributes were probably forgotten.
    fn require_a_class(&mut self, input: &Item) {
        if self.meant || !self.errors.is_empty() {
            return;
        }
        let (name, on) = match &input.data {
            Data::Enum(_) => (&input.name, "a variant"),
            _ => (&input.name, "the type"),
        };
        self.errors.at(
            Span::call_site(),
            format!(
                "every value of `{name}` is permanent, so nothing would be retried: mark what may be retried, such as \
                 `#[classify(transient)]` on {on}, or write `#[classify(permanent)]` on the type if that is intended"
            ),
        );
    }

    fn arm(
        &mut self,
        said: &Said,
        fields: &[Field],
        pattern: &TokenStream,
        label: &str,
    ) -> TokenStream {
        self.meant |= !matches!(said.source, Source::Class(Class::Permanent));
        let Some(arm) = arm(said, fields, self.private, self.errors) else {
            return TokenStream::new();
        };
        if let Some(ty) = &arm.asks {
            if self.generics.are_in(ty) {
                self.asks.push(ty.clone());
            }
        }
        let mixed = Span::mixed_site();
        let Arm {
            fields,
            class,
            hint,
            error_type,
            ..
        } = arm;
        match &error_type {
            Some(_) => self.name_value(pattern, &fields, error_type.as_ref(), label),
            None => self.name_value(pattern, &quote_spanned!(mixed=> { .. }), None, label),
        }
        match hint {
            Some(hint) => {
                let arm = quote_spanned!(mixed=> #pattern #fields => #hint,);
                arm.to_tokens(&mut self.hints);
            }
            None => self.by_class = true,
        }
        quote_spanned!(mixed=> #pattern #fields => #class,)
    }

    /// Writes the method `retry_after`; `None` if the default suffices, as it does without `inner`.
    fn hint(&self) -> Option<TokenStream> {
        if self.hints.is_empty() {
            return None;
        }
        let mixed = Span::mixed_site();
        let (private, hints) = (self.private.at(mixed), &self.hints);
        let rest = self.by_class.then(|| {
            quote_spanned! {mixed=>
                _ => #private::Class::retry_after(<Self as #private::Classify>::classify(self)),
            }
        });
        Some(quote_spanned! {mixed=>
            fn retry_after(&self) -> ::core::option::Option<#private::Duration> {
                match self { #hints #rest }
            }
        })
    }

    /// Writes the arm for what logs and metrics call a value: what its field says, else `label`.
    fn name_value(
        &mut self,
        pattern: &TokenStream,
        fields: &TokenStream,
        by_field: Option<&TokenStream>,
        label: &str,
    ) {
        let label = quote_spanned!(Span::mixed_site()=> ::core::option::Option::Some(#label));
        let error_type = match by_field {
            Some(by_field) => quote_spanned!(Span::mixed_site()=> #by_field.or(#label)),
            None => label,
        };
        let arm = quote_spanned!(Span::mixed_site()=> #pattern #fields => #error_type,);
        arm.to_tokens(&mut self.error_types);
    }

    /// The `with` of the type classifies, and says nothing about names.
    fn name_every_value(&mut self, input: &Item) {
        let mixed = Span::mixed_site();
        let any = quote_spanned!(mixed=> { .. });
        match &input.data {
            Data::Enum(variants) => {
                for variant in variants {
                    let name = &variant.name;
                    let pattern = quote_spanned!(mixed=> Self::#name);
                    self.name_value(&pattern, &any, None, &label(&input.name, name));
                }
            }
            Data::Struct(_) | Data::Union(_) => {
                let pattern = quote_spanned!(mixed=> Self);
                let label = unraw(&input.name);
                self.name_value(&pattern, &any, None, &label);
            }
        }
    }

    /// Writes the method `error_type`; `None` for an enum without variants.
    fn error_type(&self, data: &Data) -> Option<TokenStream> {
        if self.error_types.is_empty() || matches!(data, Data::Union(_)) {
            return None;
        }
        let arms = &self.error_types;
        Some(quote_spanned! {Span::mixed_site()=>
            fn error_type(&self) -> ::core::option::Option<&::core::primitive::str> {
                match self { #arms }
            }
        })
    }

    fn forbid_variants(&mut self, input: &Item, with: Span) {
        let Data::Enum(variants) = &input.data else {
            return;
        };
        for variant in variants {
            let Some(said) = Attributes::parse(&variant.attrs, false, self.errors).said else {
                continue;
            };
            let message = "the `with` of the type already classifies every variant: write only one of the two";
            self.errors.pair(said.span, message, with, "`with` is here");
        }
    }
}

/// `ApiError::Busy`.
fn label(ty: &Ident, variant: &Ident) -> String {
    format!("{}::{}", unraw(ty), unraw(variant))
}

fn permanent() -> Said {
    Said {
        source: Source::Class(Class::Permanent),
        span: Span::call_site(),
    }
}
