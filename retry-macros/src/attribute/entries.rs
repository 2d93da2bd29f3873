//! Parses `key = value, key = value`. A broken entry does not hide the next one.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};

use crate::errors::{Error, Errors};
use crate::syntax::{Cursor, Expr, Path, Type, is_mark, split, unraw, until};
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
    let tokens: Vec<_> = arguments.into_iter().collect();
    let mut input = Cursor::new(&tokens);
    let mut entries: Vec<Entry> = Vec::new();
    while !input.is_empty() {
        if let Some(entry) = errors.take(parse_entry(&mut input)) {
            admit(entry, &mut entries, errors);
        }
        skip_to_comma(&mut input);
    }
    entries
}

fn parse_entry(input: &mut Cursor<'_>) -> Result<Entry, Error> {
    let ident = input
        .ident()
        .map_err(|error| error.with_message("expected `key = value`, such as `max = 5`"))?;
    let word = unraw(&ident);
    let Some(key) = Key::find(&word) else {
        let message = unknown_key(&word, literal_value(*input).as_deref());
        return Err(Error::new(ident.span(), message));
    };

    let value = match key {
        Key::Share => Value::Names(parse_names(ident.span(), input)?),
        key => {
            let missing = || Error::new(ident.span(), Place::from(key).needs_value());
            if input.mark('=').is_none() || input.is_empty() || input.is_mark(',') {
                return Err(missing());
            }
            // At the end of the input there is no token to point at but the whole attribute.
            parse_value(key, input).map_err(|error| error.unwrap_or_else(missing))?
        }
    };
    if !input.is_empty() && !input.is_mark(',') {
        return Err(input.error("expected `,`"));
    }
    Ok(Entry { key, ident, value })
}

/// The value of an unknown key, if it is a literal.
fn literal_value(mut input: Cursor<'_>) -> Option<String> {
    input.mark('=')?;
    let value = Expr::parse(&mut input).ok()?;
    value.literal()?;
    Some(value.to_token_stream().to_string())
}

/// Parses what follows the `=`. `Err(None)` if it ends too early.
fn parse_value(key: Key, input: &mut Cursor<'_>) -> Result<Value, Option<Error>> {
    let is_literal = matches!(input.peek(), Some(TokenTree::Literal(_)));
    match key {
        Key::Crate if is_literal => {
            Err(input.error("`crate` is a path, not a string: `crate = ::retry_core`"))?
        }
        Key::Crate => match Path::parse(input) {
            Some(path) => Ok(Value::Path(path)),
            None if input.is_empty() => Err(None),
            None => Err(input.error("expected a path"))?,
        },
        Key::Via if is_literal => {
            Err(input.error("`via` is a type, not a string: `via = Marker`"))?
        }
        Key::Via => {
            let rest = input.rest;
            let ty = input.take(until(rest, &|at| is_mark(rest.get(at), ',')));
            Ok(Value::Type(Type::new(ty)))
        }
        Key::On => match parse_causes(input)? {
            Some(causes) => Ok(causes),
            None => Expr::parse(input).map(Value::Expr),
        },
        _ => Expr::parse(input).map(Value::Expr),
    }
}

/// Parses `causes(A, B)`, if that is next.
fn parse_causes(input: &mut Cursor<'_>) -> Result<Option<Value>, Error> {
    let (word, next) = match input.rest {
        [TokenTree::Ident(word), next, ..] if word == "causes" => (word, next),
        _ => return Ok(None),
    };
    let group = match next {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => Some(group),
        next if is_mark(Some(next), ':') => None,
        _ => return Ok(None),
    };
    let inside = group.map(Group::stream).unwrap_or_default();
    let inside: Vec<_> = inside.into_iter().collect();
    let types = split(&inside);
    let is_type = |ty: &&[TokenTree]| !matches!(ty.first(), None | Some(TokenTree::Literal(_)));
    if types.is_empty() || !types.iter().all(is_type) {
        return Err(Error::new(
            word.span(),
            "`causes` takes the error types to look for: `on = causes(ApiError, std::io::Error)`",
        ));
    }
    input.take(2);
    let types = types.into_iter().map(Type::new).collect();
    Ok(Some(Value::Causes(word.clone(), types)))
}

fn parse_names(key: Span, input: &mut Cursor<'_>) -> Result<Vec<Ident>, Error> {
    let Some(group) = input.group(Delimiter::Parenthesis) else {
        return Err(Error::new(
            key,
            "`share` takes names of arguments: `share(a, b)`",
        ));
    };
    let inside: Vec<_> = group.stream().into_iter().collect();
    let mut names = Vec::new();
    for name in split(&inside) {
        match name {
            [TokenTree::Ident(name)] => names.push(name.clone()),
            [TokenTree::Ident(_), other, ..] => {
                return Err(Error::new(other.span(), "expected `,`"));
            }
            name => {
                let place = name.first().map_or(group.span(), TokenTree::span);
                return Err(Error::new(place, "expected the name of an argument"));
            }
        }
    }
    if names.is_empty() {
        return Err(Error::new(
            key,
            "`share` takes at least one name of an argument: `share(a, b)`",
        ));
    }
    Ok(names)
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
fn skip_to_comma(input: &mut Cursor<'_>) {
    while let Some(token) = input.skip() {
        if is_mark(Some(token), ',') {
            return;
        }
    }
}
