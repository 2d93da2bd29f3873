//! Parses `key = value, key = value`. A broken entry does not hide the next one.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::token::Paren;
use syn::{Expr, Ident, Lit, LitStr, Path, Token, Type, parenthesized};

use crate::errors::Errors;
use crate::words::{Key, Place, Word, unknown_key};

/// One argument of the attribute.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) key: Key,
    /// The key as it was written.
    ident: Ident,
    pub(crate) value: Value,
}

#[derive(Clone)]
pub(crate) enum Value {
    /// `key = expression`.
    Expr(Expr),
    /// `crate = ::path`.
    Path(Path),
    /// `share(a, b)`.
    Names(Vec<Ident>),
    /// `on = causes(A, B)`.
    Causes(Ident, Vec<Type>),
    /// `via = Marker`.
    Type(Type),
}

impl Entry {
    /// Where the key is.
    pub(crate) fn span(&self) -> Span {
        self.ident.span()
    }

    /// The value, as the place of an error.
    pub(super) fn value_tokens(&self) -> TokenStream {
        match &self.value {
            Value::Expr(value) => value.to_token_stream(),
            Value::Path(path) => path.to_token_stream(),
            Value::Names(names) => names.iter().map(ToTokens::to_token_stream).collect(),
            Value::Causes(_, types) => types.iter().map(ToTokens::to_token_stream).collect(),
            Value::Type(ty) => ty.to_token_stream(),
        }
    }
}

/// As it was written.
impl ToTokens for Entry {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self {
            ident: key, value, ..
        } = self;
        tokens.extend(match value {
            Value::Expr(value) => quote!(#key = #value),
            Value::Path(path) => quote!(#key = #path),
            Value::Names(names) => quote!(#key(#(#names),*)),
            Value::Causes(word, types) => quote!(#key = #word(#(#types),*)),
            Value::Type(ty) => quote!(#key = #ty),
        });
    }
}

/// Finds the entry of a key.
pub(crate) fn find(entries: &[Entry], key: Key) -> Option<&Entry> {
    entries.iter().find(|entry| entry.key == key)
}

/// Returns every entry that is well formed and known; the rest are errors.
pub(crate) fn parse_entries(arguments: TokenStream, errors: &mut Errors) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let parser = |input: ParseStream<'_>| {
        while !input.is_empty() {
            if let Some(entry) = errors.take(parse_entry(input)) {
                admit(entry, &mut entries, errors);
            }
            skip_to_comma(input);
        }
        Ok(())
    };
    // The parser consumes everything and reports its errors itself.
    if let Err(error) = parser.parse2(arguments) {
        errors.push(error);
    }
    entries
}

fn parse_entry(input: ParseStream<'_>) -> syn::Result<Entry> {
    let ident = Ident::parse_any(input)
        .map_err(|error| syn::Error::new(error.span(), "expected `key = value`"))?;
    let word = ident.unraw().to_string();
    let Some(key) = Key::find(&word) else {
        let literal = literal_value(&input.fork());
        let message = unknown_key(&word, literal.as_deref());
        return Err(syn::Error::new(ident.span(), message));
    };

    let place = (key, ident.span());
    let value = match key {
        Key::Share => Value::Names(parse_names(ident.span(), input)?),
        Key::Crate => Value::Path(parse_value(place, input, parse_path)?),
        Key::On => parse_value(place, input, parse_on)?,
        Key::Via => Value::Type(parse_value(place, input, parse_via)?),
        _ => Value::Expr(parse_value(place, input, Expr::parse)?),
    };
    if !input.is_empty() && !input.peek(Token![,]) {
        return Err(input.error("expected `,`"));
    }
    Ok(Entry { key, ident, value })
}

/// The value of an unknown key, if it is a literal.
fn literal_value(input: ParseStream<'_>) -> Option<String> {
    input.parse::<Token![=]>().ok()?;
    let literal = input.parse::<Lit>().ok()?;
    let is_all = input.is_empty() || input.peek(Token![,]);
    is_all.then(|| literal.to_token_stream().to_string())
}

fn parse_value<T>(
    (key, span): (Key, Span),
    input: ParseStream<'_>,
    parse: impl FnOnce(ParseStream<'_>) -> syn::Result<T>,
) -> syn::Result<T> {
    let missing = || syn::Error::new(span, Place::from(key).needs_value());
    if input.parse::<Option<Token![=]>>()?.is_none() || input.is_empty() || input.peek(Token![,]) {
        return Err(missing());
    }
    let ahead = input.fork();
    parse(input).map_err(|error| {
        // At the end of the input there is no token to point at but the whole attribute.
        if input.is_empty() || ahead.is_empty() {
            missing()
        } else {
            error
        }
    })
}

fn parse_path(input: ParseStream<'_>) -> syn::Result<Path> {
    if input.peek(LitStr) {
        return Err(input.error("`crate` is a path, not a string: `crate = ::retry_core`"));
    }
    input.call(Path::parse_mod_style)
}

/// `"transient"`, a classifier, or `causes(A, B)`. The last is parsed on a fork: at the end of the input, its error
/// would be taken for that of a missing value.
fn parse_on(input: ParseStream<'_>) -> syn::Result<Value> {
    let ahead = input.fork();
    let word = ahead.parse::<Ident>().ok().filter(|word| word == "causes");
    let Some(word) = word.filter(|_| ahead.peek(Paren) || ahead.peek(Token![::])) else {
        return Expr::parse(input).map(Value::Expr);
    };
    let types = parse_types(&ahead).map_err(|_| {
        syn::Error::new(
            word.span(),
            "`causes` takes the error types to look for: `on = causes(ApiError, std::io::Error)`",
        )
    })?;
    input.advance_to(&ahead);
    Ok(Value::Causes(word, types))
}

fn parse_types(input: ParseStream<'_>) -> syn::Result<Vec<Type>> {
    let inside;
    parenthesized!(inside in input);
    let types = Punctuated::<Type, Token![,]>::parse_terminated(&inside)?;
    if types.is_empty() {
        return Err(inside.error("expected a type"));
    }
    Ok(types.into_iter().collect())
}

fn parse_via(input: ParseStream<'_>) -> syn::Result<Type> {
    if input.peek(LitStr) {
        return Err(input.error("`via` is a type, not a string: `via = Marker`"));
    }
    input.parse()
}

fn parse_names(key: Span, input: ParseStream<'_>) -> syn::Result<Vec<Ident>> {
    let error = |message| syn::Error::new(key, message);
    let takes_names = "`share` takes names of arguments: `share(a, b)`";
    if !input.peek(Paren) {
        return Err(error(takes_names));
    }
    let inside;
    parenthesized!(inside in input);
    let names = Punctuated::<Ident, Token![,]>::parse_terminated_with(&inside, Ident::parse_any);
    let names = names.map_err(|unexpected| {
        if inside.is_empty() {
            return error(takes_names);
        }
        // Tokens that are left unread would be a second error.
        let _ = inside.parse::<TokenStream>();
        unexpected
    })?;
    if names.is_empty() {
        return Err(error(
            "`share` takes at least one name of an argument: `share(a, b)`",
        ));
    }
    Ok(names.into_iter().collect())
}

fn admit(entry: Entry, entries: &mut Vec<Entry>, errors: &mut Errors) {
    let Some(first) = find(entries, entry.key) else {
        entries.push(entry);
        return;
    };
    let message = Place::from(entry.key).given_twice();
    errors.pair(entry.span(), message, first.span(), "first given here");
}

/// Skips the rest of an entry, and the comma after it.
fn skip_to_comma(input: ParseStream<'_>) {
    while !input.is_empty() {
        if input.parse::<Option<Token![,]>>().ok().flatten().is_some() {
            return;
        }
        if input.parse::<TokenTree>().is_err() {
            return;
        }
    }
}
