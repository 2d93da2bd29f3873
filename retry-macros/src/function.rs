//! The annotated function. Its signature is parsed, and its body stays as it was written.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::parse::{Parse, ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{
    Attribute, FnArg, GenericArgument, Pat, Path, PathArguments, PathSegment, Signature, Token,
    Type, Visibility,
};

pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    pub(crate) body: Group,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        if !begins_a_function(input) {
            return Err(input.error("`#[retryable]` is for functions, `impl` blocks and traits"));
        }
        let sig: Signature = input.parse()?;
        if input.peek(Token![;]) {
            return Err(input.error(
                "`#[retryable]` needs a body to retry: annotate the method of the impl, or give this one a default body",
            ));
        }
        if input.is_empty() {
            // The function is half typed, and its name is the only place for the error.
            return Err(syn::Error::new(
                sig.ident.span(),
                "this function has no body yet",
            ));
        }
        let body = braced(input.parse()?)?;
        let body = lift_inner_attributes(body, &mut attrs)?;
        Ok(Self {
            attrs,
            vis,
            sig,
            body,
        })
    }
}

fn begins_a_function(input: ParseStream<'_>) -> bool {
    input.peek(Token![fn])
        || input.peek(Token![async])
        || input.peek(Token![const])
        || input.peek(Token![unsafe])
        || input.peek(Token![extern])
}

/// Takes the braces out of the invisible parentheses that `macro_rules!` adds to a `$body:block`.
fn braced(body: TokenTree) -> syn::Result<Group> {
    let span = body.span();
    match body {
        TokenTree::Group(body) if body.delimiter() == Delimiter::Brace => Ok(body),
        TokenTree::Group(body) if body.delimiter() == Delimiter::None => {
            let mut inside = body.stream().into_iter();
            match (inside.next(), inside.next()) {
                (Some(body), None) => braced(body),
                _ => Err(syn::Error::new(span, "expected the body of a function")),
            }
        }
        _ => Err(syn::Error::new(span, "expected the body of a function")),
    }
}

/// Moves `#![allow(…)]` from the body to the function, as `#[allow(…)]`.
fn lift_inner_attributes(body: Group, attrs: &mut Vec<Attribute>) -> syn::Result<Group> {
    let split = |input: ParseStream<'_>| {
        let inner = input.call(Attribute::parse_inner)?;
        Ok((inner, input.parse::<TokenStream>()?))
    };
    let (inner, rest) = split.parse2(body.stream())?;
    if inner.is_empty() {
        return Ok(body);
    }
    attrs.extend(inner.into_iter().map(|mut attr| {
        attr.style = syn::AttrStyle::Outer;
        attr
    }));
    let mut stripped = Group::new(Delimiter::Brace, rest);
    stripped.set_span(body.span());
    Ok(stripped)
}

/// Returns the patterns of the arguments.
pub(crate) fn patterns(sig: &Signature) -> impl Iterator<Item = &Pat> {
    sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(argument) => Some(&*argument.pat),
        FnArg::Receiver(_) => None,
    })
}

/// Replaces `impl Trait` in a type by `_`, so that the type can be written in a body.
pub(crate) fn nameable(ty: Option<&Type>) -> TokenStream {
    match ty {
        None => quote_spanned!(Span::mixed_site()=> ()),
        Some(ty) => {
            let mut ty = ty.clone();
            erase_impl_trait(&mut ty);
            ty.into_token_stream()
        }
    }
}

/// Returns the place of errors about a returned type: its error type, if that is written out.
pub(crate) fn output_span(ty: &Type) -> Span {
    error_type(ty).map_or_else(|| type_span(ty), type_span)
}

/// Returns `E` of a type that is written `…Result<T, E>`.
fn error_type(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ungroup(ty) else {
        return None;
    };
    let last = path.path.segments.last()?;
    if !last.ident.to_string().ends_with("Result") {
        return None;
    }
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    let mut types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.nth(1)
}

/// Returns the token that errors about a type underline: the last name of a path, else the first token.
pub(crate) fn type_span(ty: &Type) -> Span {
    match ungroup(ty) {
        Type::Path(path) => path_span(&path.path),
        ty => ty.span(),
    }
}

/// Returns the last name of a path.
pub(crate) fn path_span(path: &Path) -> Span {
    match path.segments.last() {
        Some(last) => last.ident.span(),
        None => path.span(),
    }
}

/// Returns the type inside the invisible parentheses that `macro_rules!` adds.
pub(crate) fn ungroup(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => ungroup(&group.elem),
        Type::Paren(paren) => ungroup(&paren.elem),
        ty => ty,
    }
}

/// Replaces every `impl Trait` in a type by `_`. Returns whether there was one.
pub(crate) fn erase_impl_trait(ty: &mut Type) -> bool {
    match ty {
        Type::ImplTrait(opaque) => {
            let span = opaque.impl_token.span;
            *ty = Type::Verbatim(quote_spanned!(span=> _));
            true
        }
        Type::Array(array) => erase_impl_trait(&mut array.elem),
        Type::Group(group) => erase_impl_trait(&mut group.elem),
        Type::Paren(paren) => erase_impl_trait(&mut paren.elem),
        Type::Ptr(pointer) => erase_impl_trait(&mut pointer.elem),
        Type::Reference(reference) => erase_impl_trait(&mut reference.elem),
        Type::Slice(slice) => erase_impl_trait(&mut slice.elem),
        Type::Tuple(tuple) => any(tuple.elems.iter_mut()),
        Type::Path(path) => any(path.path.segments.iter_mut().flat_map(type_arguments)),
        _ => false,
    }
}

/// Erases in all types, and does not stop at the first with an `impl Trait`.
fn any<'a>(types: impl Iterator<Item = &'a mut Type>) -> bool {
    types.fold(false, |found, ty| erase_impl_trait(ty) | found)
}

fn type_arguments(segment: &mut PathSegment) -> impl Iterator<Item = &mut Type> {
    let arguments = match &mut segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(arguments.args.iter_mut()),
        _ => None,
    };
    arguments
        .into_iter()
        .flatten()
        .filter_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        })
}
