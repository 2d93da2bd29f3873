//! `key = value, key = value`: one entry is parsed after the other, and a broken one does not hide
//! the next.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::token::Paren;
use syn::{Expr, Ident, LitStr, Path, Token, Type, parenthesized};

use super::keys::{KEYS, example, hint};
use crate::errors::Errors;

/// One argument of the attribute.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) key: Ident,
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
    pub(crate) fn is(&self, key: &str) -> bool {
        self.key.unraw() == key
    }

    /// Where the value stands.
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
        let Self { key, value } = self;
        tokens.extend(match value {
            Value::Expr(value) => quote!(#key = #value),
            Value::Path(path) => quote!(#key = #path),
            Value::Names(names) => quote!(#key(#(#names),*)),
            Value::Causes(word, types) => quote!(#key = #word(#(#types),*)),
            Value::Type(ty) => quote!(#key = #ty),
        });
    }
}

/// Every entry that is well formed and known; the rest are errors.
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
    // The parser consumes everything and says its errors itself.
    if let Err(error) = parser.parse2(arguments) {
        errors.push(error);
    }
    entries
}

fn parse_entry(input: ParseStream<'_>) -> syn::Result<Entry> {
    let key = Ident::parse_any(input)
        .map_err(|error| syn::Error::new(error.span(), "expected `key = value`"))?;
    let word = key.unraw().to_string();
    if !KEYS.contains(&word.as_str()) {
        let hint = hint(&word);
        let message = format!("unknown `#[retryable]` argument `{word}`{hint}");
        return Err(syn::Error::new(key.span(), message));
    }

    let value = match word.as_str() {
        "share" => Value::Names(parse_names(&key, input)?),
        "crate" => Value::Path(parse_value(&key, input, parse_path)?),
        "on" => parse_value(&key, input, parse_on)?,
        "via" => Value::Type(parse_value(&key, input, parse_via)?),
        _ => Value::Expr(parse_value(&key, input, Expr::parse)?),
    };
    if !input.is_empty() && !input.peek(Token![,]) {
        return Err(input.error("expected `,`"));
    }
    Ok(Entry { key, value })
}

fn parse_value<T>(
    key: &Ident,
    input: ParseStream<'_>,
    parse: impl FnOnce(ParseStream<'_>) -> syn::Result<T>,
) -> syn::Result<T> {
    let missing = |span: Span| {
        let example = example(&key.unraw().to_string());
        let message = format!("`{key}` needs a value: `{key} = {example}`");
        syn::Error::new(span, message)
    };
    if input.parse::<Option<Token![=]>>()?.is_none() || input.is_empty() || input.peek(Token![,]) {
        return Err(missing(key.span()));
    }
    let ahead = input.fork();
    parse(input).map_err(|error| {
        // At the end of the input there is no token to point at but the whole attribute.
        if input.is_empty() || ahead.is_empty() {
            missing(key.span())
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

/// `"transient"`, a classifier, or `causes(A, B)`. What is wrong with the last is said before it is read: at the end of
/// the input, an error would be taken for that of a missing value.
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

fn parse_names(key: &Ident, input: ParseStream<'_>) -> syn::Result<Vec<Ident>> {
    if !input.peek(Paren) {
        let message = "`share` takes names of arguments: `share(a, b)`";
        return Err(syn::Error::new(key.span(), message));
    }
    let inside;
    parenthesized!(inside in input);
    let names = Punctuated::<Ident, Token![,]>::parse_terminated_with(&inside, Ident::parse_any);
    let names = names.map_err(|error| {
        if inside.is_empty() {
            return syn::Error::new(
                key.span(),
                "`share` takes names of arguments: `share(a, b)`",
            );
        }
        // What is left unread would be an error of its own.
        let _ = inside.parse::<TokenStream>();
        error
    })?;
    if names.is_empty() {
        let message = "`share` takes at least one name of an argument: `share(a, b)`";
        return Err(syn::Error::new(key.span(), message));
    }
    Ok(names.into_iter().collect())
}

fn admit(entry: Entry, entries: &mut Vec<Entry>, errors: &mut Errors) {
    let Some(first) = entries.iter().find(|first| first.key == entry.key) else {
        entries.push(entry);
        return;
    };
    let mut error = syn::Error::new(entry.key.span(), format!("`{}` is given twice", entry.key));
    error.combine(syn::Error::new(first.key.span(), "first given here"));
    errors.push(error);
}

/// Past the comma that ends this entry, whatever of it is left.
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
