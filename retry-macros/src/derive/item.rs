//! The struct or enum that `#[derive(Classify)]` is on.

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};

use crate::errors::Error;
use crate::syntax::{Attribute, Cursor, Type, colon_at, is_mark, split, until, without_invisible};

pub(super) struct Item {
    pub(super) attrs: Vec<Attribute>,
    pub(super) name: Ident,
    pub(super) generics: Generics,
    pub(super) data: Data,
}

pub(super) enum Data {
    Struct(Vec<Field>),
    Enum(Vec<Variant>),
    /// The place of `union`.
    Union(Span),
}

pub(super) struct Variant {
    pub(super) attrs: Vec<Attribute>,
    pub(super) name: Ident,
    pub(super) fields: Vec<Field>,
}

pub(super) struct Field {
    pub(super) attrs: Vec<Attribute>,
    pub(super) member: Member,
    pub(super) ty: Type,
}

/// The name of a field, or its position.
#[derive(Clone)]
pub(super) enum Member {
    Named(Ident),
    Unnamed(Literal),
}

impl ToTokens for Member {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Named(name) => name.to_tokens(tokens),
            Self::Unnamed(index) => index.to_tokens(tokens),
        }
    }
}

impl Item {
    pub(super) fn parse(item: TokenStream) -> Result<Self, Error> {
        let tokens: Vec<_> = item.into_iter().collect();
        let tokens = without_invisible(&tokens);
        let mut input = Cursor::new(&tokens);
        let attrs = Attribute::all(&mut input);
        input.visibility();
        let keyword = input.ident()?;
        let name = input.ident()?;
        let parameters = input
            .angles()
            .ok_or_else(|| Error::new(name.span(), "the generics of this type do not end"))?;
        let mut clauses = clauses(&mut input);
        let body = match input.skip() {
            Some(TokenTree::Group(body)) => Some(body),
            _ => None,
        };
        if clauses.is_empty() {
            // After the fields of a tuple.
            clauses = self::clauses(&mut input);
        }
        let data = match (&*keyword.to_string(), body) {
            ("struct", body) => Data::Struct(fields(body)?),
            ("enum", Some(body)) => Data::Enum(variants(body)?),
            _ => Data::Union(keyword.span()),
        };
        Ok(Self {
            attrs,
            name,
            generics: Generics::new(parameters, clauses),
            data,
        })
    }
}

/// Reads a `where` clause, if that is next, without the word itself.
fn clauses<'a>(input: &mut Cursor<'a>) -> &'a [TokenTree] {
    if input.word("where").is_none() {
        return &[];
    }
    let rest = input.rest;
    let ends = |at: usize| match &rest[at] {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        token => is_mark(Some(token), ';'),
    };
    input.take(until(rest, &ends))
}

fn variants(body: &Group) -> Result<Vec<Variant>, Error> {
    let tokens: Vec<_> = body.stream().into_iter().collect();
    let variants = split(&tokens).into_iter().map(|variant| {
        let mut input = Cursor::new(variant);
        let attrs = Attribute::all(&mut input);
        input.visibility();
        let name = input.ident()?;
        let body = match input.peek() {
            Some(TokenTree::Group(body)) => Some(body),
            _ => None,
        };
        Ok(Variant {
            attrs,
            name,
            fields: fields(body)?,
        })
    });
    variants.collect()
}

fn fields(body: Option<&Group>) -> Result<Vec<Field>, Error> {
    let Some(body) = body else {
        return Ok(Vec::new());
    };
    let tokens: Vec<_> = body.stream().into_iter().collect();
    let is_named = body.delimiter() == Delimiter::Brace;
    let fields = split(&tokens)
        .into_iter()
        .enumerate()
        .map(|(index, field)| {
            let mut input = Cursor::new(field);
            let attrs = Attribute::all(&mut input);
            input.visibility();
            let member = if is_named {
                let name = input.ident()?;
                if !colon_at(input.rest, 0) {
                    return Err(input.error("expected `:`"));
                }
                input.skip();
                Member::Named(name)
            } else {
                let mut index = Literal::usize_unsuffixed(index);
                index.set_span(Span::call_site());
                Member::Unnamed(index)
            };
            Ok(Field {
                attrs,
                member,
                ty: Type::new(input.rest),
            })
        });
    fields.collect()
}

/// The parameters of a type, and what it requires of them.
pub(super) struct Generics {
    parameters: Vec<Parameter>,
    clauses: Vec<TokenTree>,
}

struct Parameter {
    /// Without a default, as an `impl` declares it.
    declaration: Vec<TokenTree>,
    /// As it is used: `T`, `'a`, or the name of a constant.
    usage: Vec<TokenTree>,
    is_type: bool,
}

impl Generics {
    fn new(parameters: &[TokenTree], clauses: &[TokenTree]) -> Self {
        let parameters = match parameters {
            [_, parameters @ .., _] => split(parameters),
            _ => Vec::new(),
        };
        Self {
            parameters: parameters.into_iter().map(Parameter::new).collect(),
            clauses: clauses.to_vec(),
        }
    }

    /// Returns whether a type mentions one of the type parameters.
    pub(super) fn are_in(&self, ty: &Type) -> bool {
        let types = self.parameters.iter().filter(|parameter| parameter.is_type);
        let names = types.filter_map(|parameter| match parameter.usage.first() {
            Some(TokenTree::Ident(name)) => Some(name.clone()),
            _ => None,
        });
        ty.is_generic(&names.collect::<Vec<_>>())
    }

    /// Writes the parameters of an `impl`.
    pub(super) fn declared(&self) -> TokenStream {
        self.list(|parameter| &parameter.declaration)
    }

    /// Writes the parameters of the type.
    pub(super) fn used(&self) -> TokenStream {
        self.list(|parameter| &parameter.usage)
    }

    fn list(&self, tokens: fn(&Parameter) -> &Vec<TokenTree>) -> TokenStream {
        if self.parameters.is_empty() {
            return TokenStream::new();
        }
        let mixed = Span::mixed_site();
        let parameters = self.parameters.iter().map(|parameter| {
            let tokens = tokens(parameter);
            quote_spanned!(mixed=> #(#tokens)*)
        });
        quote_spanned!(mixed=> <#(#parameters),*>)
    }

    /// Writes the `where` clause, with more `clauses`.
    pub(super) fn clauses(&self, more: &[TokenStream]) -> Option<TokenStream> {
        if self.clauses.is_empty() && more.is_empty() {
            return None;
        }
        let mixed = Span::mixed_site();
        let own = &self.clauses;
        let ends = own.is_empty() || is_mark(own.last(), ',');
        let comma = (!ends).then(|| quote_spanned!(mixed=> ,));
        Some(quote_spanned!(mixed=> where #(#own)* #comma #(#more),*))
    }
}

impl Parameter {
    fn new(parameter: &[TokenTree]) -> Self {
        let declaration = &parameter[..until(parameter, &|at| is_mark(parameter.get(at), '='))];
        let mut input = Cursor::new(declaration);
        Attribute::all(&mut input);
        let is_constant = input.word("const").is_some();
        let is_lifetime = input.is_mark('\'');
        Self {
            declaration: declaration.to_vec(),
            usage: input.take(if is_lifetime { 2 } else { 1 }).to_vec(),
            is_type: !is_constant && !is_lifetime,
        }
    }
}
