//! `#[retryable(…)]` on an `impl` block or a trait: its settings are defaults for the methods in it that have their
//! own `#[retryable]`.
//!
//! Only the attributes of the methods are rewritten. Each method is expanded afterwards, by itself.

use proc_macro2::{Delimiter, Group, Ident, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};

use crate::attribute::{Entry, Settings, check_fixed, find, parse, parse_entries};
use crate::errors::Errors;
use crate::expand::path as path_of;
use crate::syntax::unraw;
use crate::words::Key;

/// An item whose methods may be retried.
pub(crate) struct Methods {
    header: Vec<TokenTree>,
    keyword: Ident,
    body: Group,
}

/// Returns `None` if the item is no `impl` block and no trait.
pub(crate) fn parse_methods(item: &TokenStream) -> Option<Methods> {
    let mut header: Vec<_> = item.clone().into_iter().collect();
    let keyword = header.iter().find_map(|token| match token {
        TokenTree::Ident(word) if word == "impl" || word == "trait" || word == "fn" => {
            Some(word.clone())
        }
        _ => None,
    })?;
    match header.pop()? {
        TokenTree::Group(body) if body.delimiter() == Delimiter::Brace && keyword != "fn" => {
            Some(Methods {
                header,
                keyword,
                body,
            })
        }
        _ => None,
    }
}

pub(crate) fn retryable(
    arguments: TokenStream,
    item: &TokenStream,
    methods: Methods,
) -> TokenStream {
    let mut errors = Errors::default();
    // Errors are reported here once, and not again for every method.
    let (entries, _) = parse(arguments, &mut errors);
    check_fixed(&entries, &[], &mut errors);
    if let Some(share) = find(&entries, Key::Share) {
        errors.at(
            share.span(),
            "`share` names arguments of one function: write it on the method",
        );
    }

    let mut found = false;
    let owner = type_name(&methods.header);
    let body = hand_down(
        methods.body.stream(),
        owner.as_deref(),
        &entries,
        &mut found,
    );
    if !found {
        let message = "no method in this block has `#[retryable]`, so nothing would be retried";
        errors.at(methods.keyword.span(), message);
    }
    if !errors.is_empty() {
        let errors = errors.to_compile_errors();
        return quote!(#item #errors);
    }

    let mut braced = Group::new(Delimiter::Brace, body);
    braced.set_span(methods.body.span());
    let header = methods.header;
    quote!(#(#header)* #braced)
}

/// Adds the settings to every `#[retryable]`.
fn hand_down(
    items: TokenStream,
    owner: Option<&str>,
    entries: &[Entry],
    found: &mut bool,
) -> TokenStream {
    let items: Vec<_> = items.into_iter().collect();
    let is_pound =
        |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '#');
    let hand_down_one = |(index, token): (usize, &TokenTree)| match token {
        TokenTree::Group(group)
            if group.delimiter() == Delimiter::Bracket
                && index > 0
                && is_pound(&items[index - 1]) =>
        {
            let path = owner.zip(next_function(&items[index..]));
            let path = path.map(|(owner, method)| path_of(&format!("{owner}::{method}")));
            TokenTree::Group(with_settings(group.clone(), path, entries, found))
        }
        token => token.clone(),
    };
    items.iter().enumerate().map(hand_down_one).collect()
}

/// The name of the function that an attribute belongs to.
fn next_function(after: &[TokenTree]) -> Option<String> {
    let mut after = after.iter();
    after.find(|token| matches!(token, TokenTree::Ident(word) if word == "fn"))?;
    match after.next()? {
        TokenTree::Ident(name) => Some(unraw(name)),
        _ => None,
    }
}

/// `Client` of `impl<T> Api for crate::Client<T>`, and `Api` of `trait Api`.
fn type_name(header: &[TokenTree]) -> Option<String> {
    let is =
        |token: &TokenTree, word: &str| matches!(token, TokenTree::Ident(ident) if ident == word);
    let keyword = header
        .iter()
        .position(|token| is(token, "impl") || is(token, "trait"))?;
    let mut depth = 0;
    let mut is_arrow = false;
    let mut ty: Vec<TokenTree> = Vec::new();
    for token in &header[keyword + 1..] {
        if let TokenTree::Punct(punct) = token {
            match punct.as_char() {
                '<' => depth += 1,
                '>' if !is_arrow => {
                    depth -= 1;
                    continue;
                }
                _ => {}
            }
            is_arrow = punct.as_char() == '-';
        }
        if depth > 0 {
            continue;
        }
        if is(token, "where") {
            break;
        }
        if is(token, "for") {
            ty.clear();
        } else {
            ty.push(token.clone());
        }
    }
    last_segment(&ty)
}

/// The last name of the first path in a type, such as `Client` in `&'a crate::Client + Send`.
fn last_segment(ty: &[TokenTree]) -> Option<String> {
    let mut name = None;
    let mut before = ' ';
    for token in ty {
        let last = std::mem::replace(&mut before, ' ');
        let (is_lifetime, is_colon) = (last == '\'', last == ':');
        match token {
            TokenTree::Ident(_) if is_lifetime => {}
            TokenTree::Ident(word) if word == "dyn" || word == "mut" => {}
            TokenTree::Ident(word) => name = Some(unraw(word)),
            TokenTree::Punct(punct) => match punct.as_char() {
                // One colon alone begins the bounds of a trait.
                ':' if punct.spacing() == Spacing::Alone && !is_colon => break,
                mark @ ('\'' | '&' | ':') => before = mark,
                _ => break,
            },
            TokenTree::Group(group) if name.is_none() => {
                let inside: Vec<_> = group.stream().into_iter().collect();
                name = last_segment(&inside);
            }
            TokenTree::Group(_) | TokenTree::Literal(_) => break,
        }
    }
    name
}

/// `[retryable(own)]` becomes `[retryable(own, inherited)]`; any other attribute stays as it is.
fn with_settings(
    attribute: Group,
    path: Option<TokenStream>,
    entries: &[Entry],
    found: &mut bool,
) -> Group {
    let mut tokens: Vec<_> = attribute.stream().into_iter().collect();
    let arguments = match tokens.last() {
        Some(TokenTree::Group(arguments)) => Some(arguments.clone()),
        _ => None,
    };
    if arguments.is_some() {
        tokens.pop();
    }
    if !matches!(tokens.last(), Some(TokenTree::Ident(name)) if name == "retryable") {
        return attribute;
    }
    *found = true;

    let own = arguments.as_ref().map(Group::stream).unwrap_or_default();
    let mut errors = Errors::default();
    let own_entries = parse_entries(own.clone(), &mut errors);
    if !errors.is_empty() {
        // The method's own expansion reports them.
        return attribute;
    }
    let inherited = inherit(entries, &own_entries);
    let is_named = find(entries, Key::Name)
        .or(find(&own_entries, Key::Name))
        .is_some();
    let name = path.filter(|_| !is_named).map(|path| quote!(name = #path));
    let inherited = inherited
        .into_iter()
        .map(ToTokens::to_token_stream)
        .chain(name);
    let comma = match own.clone().into_iter().last() {
        Some(TokenTree::Punct(punct)) if punct.as_char() == ',' => None,
        None => None,
        Some(_) => Some(quote!(,)),
    };
    let mut merged = Group::new(Delimiter::Parenthesis, quote!(#own #comma #(#inherited),*));
    merged.set_span(arguments.map_or_else(Span::call_site, |arguments| arguments.span()));
    let mut rewritten = Group::new(Delimiter::Bracket, quote!(#(#tokens)* #merged));
    rewritten.set_span(attribute.span());
    rewritten
}

/// Selects the settings that a method does not decide itself.
fn inherit<'a>(outer: &'a [Entry], own: &[Entry]) -> Vec<&'a Entry> {
    // Errors in its values are the method's to report.
    let settings = Settings::new(own, &mut Errors::default());
    let has = |key| find(own, key).is_some();
    let has_policy_settings = own.iter().any(|entry| entry.key.is_policy());

    let is_decided = |key| {
        let twin = match key {
            Key::Max => has(Key::MaxRetries),
            Key::MaxRetries => has(Key::Max),
            Key::Policy => has_policy_settings,
            _ => false,
        };
        let replaced = key.is_policy() && has(Key::Policy);
        let unused = settings.unused_keys().contains(&key);
        twin || replaced || unused || has(key)
    };
    let outer = outer.iter();
    outer.filter(|entry| !is_decided(entry.key)).collect()
}
