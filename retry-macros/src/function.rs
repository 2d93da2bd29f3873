//! The annotated function. Its signature is parsed, and its body stays as it was written.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};

use crate::errors::Error;
use crate::syntax::{
    Attribute, Cursor, Pat, Type, colon_at, is_mark, is_word, split, until, without_invisible,
};

pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    visibility: Vec<TokenTree>,
    pub(crate) sig: Signature,
    pub(crate) body: Group,
}

#[derive(Clone)]
pub(crate) struct Signature {
    /// `const async unsafe extern "C"`, or some of these.
    qualifiers: Vec<TokenTree>,
    pub(crate) constness: Option<Span>,
    pub(crate) asyncness: Option<Span>,
    /// The place of `fn`.
    pub(crate) keyword: Span,
    pub(crate) ident: Ident,
    generics: Vec<TokenTree>,
    /// The parentheses of the arguments.
    parentheses: Group,
    pub(crate) receiver: Option<Receiver>,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) output: Option<Type>,
    clauses: Vec<TokenTree>,
}

/// `self`, in any form.
#[derive(Clone)]
pub(crate) struct Receiver {
    tokens: Vec<TokenTree>,
    /// The place of `self`.
    pub(crate) keyword: Span,
    pub(crate) kind: ReceiverKind,
}

#[derive(Clone)]
pub(crate) enum ReceiverKind {
    /// `self`.
    Value,
    /// `&'a mut self`.
    Reference(Option<String>, bool),
    /// `self: Type`.
    Typed(Type),
}

/// `pattern: Type`.
#[derive(Clone)]
pub(crate) struct Argument {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) pat: Pat,
    colon: TokenTree,
    pub(crate) ty: Type,
}

impl Function {
    pub(crate) fn parse(item: &TokenStream) -> Result<Self, Error> {
        let tokens: Vec<_> = item.clone().into_iter().collect();
        let tokens = without_invisible(&tokens);
        let mut input = Cursor::new(&tokens);
        let mut attrs = Attribute::all(&mut input);
        let visibility = input.visibility().to_vec();
        let words = ["fn", "async", "const", "unsafe", "extern", "safe"];
        if !words.iter().any(|word| input.is_word(word)) {
            return Err(input.error("`#[retryable]` is for functions, `impl` blocks and traits"));
        }
        let sig = Signature::parse(&mut input)?;
        if input.is_mark(';') {
            return Err(input.error(
                "`#[retryable]` needs a body to retry: annotate the method of the impl, or give this one a default body",
            ));
        }
        let Some(body) = input.skip() else {
            // The function is half typed, and its name is the only place for the error.
            return Err(Error::new(
                sig.ident.span(),
                "this function has no body yet",
            ));
        };
        let body = braced(body)
            .ok_or_else(|| Error::new(body.span(), "expected the body of a function"))?;
        let body = lift_inner_attributes(body, &mut attrs);
        Ok(Self {
            attrs,
            visibility,
            sig,
            body,
        })
    }

    /// Writes the function with another body.
    pub(crate) fn with_body(&self, body: TokenStream) -> TokenStream {
        let mut braced = Group::new(Delimiter::Brace, body);
        braced.set_span(self.body.span());
        let mut tokens = TokenStream::new();
        for attr in &self.attrs {
            attr.to_tokens(&mut tokens);
        }
        tokens.extend(self.visibility.iter().cloned());
        self.sig.to_tokens(&mut tokens);
        braced.to_tokens(&mut tokens);
        tokens
    }
}

/// Takes the braces out of the invisible parentheses that `macro_rules!` adds to a `$body:block`.
fn braced(body: &TokenTree) -> Option<Group> {
    match body {
        TokenTree::Group(body) if body.delimiter() == Delimiter::Brace => Some(body.clone()),
        TokenTree::Group(body) if body.delimiter() == Delimiter::None => {
            let mut inside = body.stream().into_iter();
            let first = inside.next().filter(|_| inside.next().is_none())?;
            braced(&first)
        }
        _ => None,
    }
}

/// Moves `#![allow(…)]` from the body to the function, as `#[allow(…)]`.
fn lift_inner_attributes(body: Group, attrs: &mut Vec<Attribute>) -> Group {
    let tokens: Vec<_> = body.stream().into_iter().collect();
    let mut input = Cursor::new(&tokens);
    let inner = Attribute::all_inner(&mut input);
    if inner.is_empty() {
        return body;
    }
    attrs.extend(inner);
    let mut stripped = Group::new(Delimiter::Brace, input.rest.iter().cloned().collect());
    stripped.set_span(body.span());
    stripped
}

impl Signature {
    fn parse(input: &mut Cursor<'_>) -> Result<Self, Error> {
        let start = *input;
        let (mut constness, mut asyncness) = (None, None);
        let keyword = loop {
            match input.peek() {
                Some(TokenTree::Ident(word)) => {
                    let span = word.span();
                    match &*word.to_string() {
                        "fn" => break span,
                        "const" => constness = Some(span),
                        "async" => asyncness = Some(span),
                        "unsafe" | "extern" | "safe" => {}
                        _ => return Err(input.error("expected `fn`")),
                    }
                }
                // The `"C"` of `extern "C"`.
                Some(TokenTree::Literal(_)) => {}
                _ => return Err(input.error("expected `fn`")),
            }
            input.skip();
        };
        let qualifiers = start.rest[..start.rest.len() - input.rest.len()].to_vec();
        input.skip();
        let ident = input.ident()?;
        let generics = input
            .angles()
            .ok_or_else(|| Error::new(ident.span(), "the generics of this function do not end"))?;
        let at_arguments = *input;
        let parentheses = input
            .group(Delimiter::Parenthesis)
            .ok_or_else(|| at_arguments.error("expected the arguments of the function"))?;
        let (receiver, arguments) = arguments(parentheses)?;
        let output = output(input)?;
        let rest = input.rest;
        let clauses = input.take(until(rest, &|at| ends_signature(rest, at)));
        Ok(Self {
            qualifiers,
            constness,
            asyncness,
            keyword,
            ident,
            generics: generics.to_vec(),
            parentheses: parentheses.clone(),
            receiver,
            arguments,
            output,
            clauses: clauses.to_vec(),
        })
    }

    /// Returns the names of the type parameters.
    pub(crate) fn type_parameters(&self) -> Vec<Ident> {
        let parameters = self.parameters().into_iter();
        let names = parameters.filter_map(|parameter| {
            let mut input = Cursor::new(parameter);
            Attribute::all(&mut input);
            match input.peek() {
                Some(TokenTree::Ident(name)) if name != "const" => Some(name.clone()),
                _ => None,
            }
        });
        names.collect()
    }

    /// Returns all names that its arguments bind.
    pub(crate) fn bound_names(&self) -> Vec<Ident> {
        let mut names = Vec::new();
        for argument in &self.arguments {
            names.extend(argument.pat.bound_names());
        }
        names
    }

    /// Whether this is one of its lifetime parameters.
    pub(crate) fn declares(&self, lifetime: &str) -> bool {
        self.parameters().into_iter().any(|parameter| {
            let declared = Cursor::new(parameter).lifetime();
            declared.as_deref() == Some(lifetime)
        })
    }

    fn parameters(&self) -> Vec<&[TokenTree]> {
        match &*self.generics {
            [_, parameters @ .., _] => split(parameters),
            _ => Vec::new(),
        }
    }
}

impl ToTokens for Signature {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.qualifiers.iter().cloned());
        Ident::new("fn", self.keyword).to_tokens(tokens);
        self.ident.to_tokens(tokens);
        tokens.extend(self.generics.iter().cloned());

        let mixed = Span::mixed_site();
        let mut inside = TokenStream::new();
        if let Some(receiver) = &self.receiver {
            inside.extend(receiver.tokens.iter().cloned());
            quote_spanned!(mixed=> ,).to_tokens(&mut inside);
        }
        for Argument {
            attrs,
            pat,
            colon,
            ty,
        } in &self.arguments
        {
            quote_spanned!(mixed=> #(#attrs)* #pat #colon #ty,).to_tokens(&mut inside);
        }
        let mut parentheses = Group::new(Delimiter::Parenthesis, inside);
        parentheses.set_span(self.parentheses.span());
        parentheses.to_tokens(tokens);
        if let Some(output) = &self.output {
            quote_spanned!(mixed=> -> #output).to_tokens(tokens);
        }
        tokens.extend(self.clauses.iter().cloned());
    }
}

/// Whether the body, or the `;` in its place, is here.
fn ends_signature(tokens: &[TokenTree], at: usize) -> bool {
    let token = &tokens[at];
    is_mark(Some(token), ';') || (at + 1 == tokens.len() && braced(token).is_some())
}

/// Reads the returned type.
fn output(input: &mut Cursor<'_>) -> Result<Option<Type>, Error> {
    if !input.is_mark('-') {
        return Ok(None);
    }
    input.take(2);
    let rest = input.rest;
    let end = until(rest, &|at| {
        is_word(rest.get(at), "where") || ends_signature(rest, at)
    });
    if end == 0 {
        return Err(input.error("expected a type"));
    }
    Ok(Some(Type::new(input.take(end))))
}

fn arguments(parentheses: &Group) -> Result<(Option<Receiver>, Vec<Argument>), Error> {
    let tokens: Vec<_> = parentheses.stream().into_iter().collect();
    let mut receiver = None;
    let mut arguments = Vec::new();
    for (index, argument) in split(&tokens).into_iter().enumerate() {
        if index == 0 {
            receiver = self::receiver(argument);
            if receiver.is_some() {
                continue;
            }
        }
        let mut input = Cursor::new(argument);
        let attrs = Attribute::all(&mut input);
        let rest = input.rest;
        let pat = input.take(until(rest, &|at| colon_at(rest, at)));
        let place = argument.first().map_or(parentheses.span(), TokenTree::span);
        let incomplete = || Error::new(place, "this argument has no type yet");
        let colon = input.skip().ok_or_else(incomplete)?;
        if input.is_empty() {
            return Err(incomplete());
        }
        arguments.push(Argument {
            attrs,
            pat: Pat::new(&without_invisible(pat)),
            colon: colon.clone(),
            ty: Type::new(input.rest),
        });
    }
    Ok((receiver, arguments))
}

/// Reads the first argument, if it is a `self`.
fn receiver(argument: &[TokenTree]) -> Option<Receiver> {
    let mut input = Cursor::new(argument);
    Attribute::all(&mut input);
    let reference = input.mark('&').is_some();
    let lifetime = input.lifetime();
    let is_mut = input.word("mut").is_some();
    let keyword = input.word("self")?.span();
    let kind = if input.mark(':').is_some() {
        ReceiverKind::Typed(Type::new(input.rest))
    } else if reference {
        ReceiverKind::Reference(lifetime, is_mut)
    } else {
        ReceiverKind::Value
    };
    Some(Receiver {
        tokens: argument.to_vec(),
        keyword,
        kind,
    })
}

impl Receiver {
    /// The place of the `&`, or of what it begins with.
    pub(crate) fn span(&self) -> Span {
        self.tokens
            .first()
            .map_or_else(Span::call_site, TokenTree::span)
    }
}

/// Replaces `impl Trait` in a type by `_`, so that the type can be written in a body.
pub(crate) fn nameable(ty: Option<&Type>) -> TokenStream {
    match ty {
        None => quote_spanned!(Span::mixed_site()=> ()),
        Some(ty) => ty.nameable().to_token_stream(),
    }
}

/// Returns the place of errors about a returned type: its error type, if that is written out.
pub(crate) fn output_span(ty: &Type) -> Span {
    match ty.error_type() {
        Some(error) => error.error_span(),
        None => ty.error_span(),
    }
}
