//! Recognizes functions that return a boxed future, as `#[async_trait]` and `#[async_recursion]` write them.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::parse::Parser;
use syn::{
    Block, Expr, ExprAsync, GenericArgument, Pat, PathArguments, ReturnType, Signature, Stmt,
    Token, Type, TypeParamBound,
};

use crate::function::{Function, ungroup};

/// Returns the type argument of a path that ends with `name`.
fn argument_of<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = ungroup(ty) else {
        return None;
    };
    let last = path.path.segments.last()?;
    match &last.arguments {
        PathArguments::AngleBracketed(arguments) if last.ident == name => {
            arguments.args.iter().find_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })
        }
        _ => None,
    }
}

/// Returns `R` of `Pin<Box<dyn Future<Output = R> + …>>`.
pub(crate) fn boxed_output(sig: &Signature) -> Option<&Type> {
    let ReturnType::Type(_, ty) = &sig.output else {
        return None;
    };
    let Type::TraitObject(object) = ungroup(argument_of(argument_of(ty, "Pin")?, "Box")?) else {
        return None;
    };
    object.bounds.iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else {
            return None;
        };
        let PathArguments::AngleBracketed(arguments) = &bound.path.segments.last()?.arguments
        else {
            return None;
        };
        arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::AssocType(output) if output.ident == "Output" => Some(&output.ty),
            _ => None,
        })
    })
}

/// Whether the function returns a boxed future, and is not an `async fn`.
pub(crate) fn returns_boxed_future(sig: &Signature) -> bool {
    sig.asyncness.is_none() && boxed_output(sig).is_some()
}

/// The body of such a function: the statements before the future, and the future.
pub(crate) struct Boxed {
    before: Vec<Stmt>,
    pin: TokenStream,
    future: ExprAsync,
}

/// Returns `None` if the body does not end with `Box::pin(async move { … })`.
pub(crate) fn parse_boxed(function: &Function) -> Option<Boxed> {
    let mut before = Block::parse_within.parse2(function.body.stream()).ok()?;
    let Some(Stmt::Expr(Expr::Call(call), None)) = before.pop() else {
        return None;
    };
    let Expr::Path(path) = &*call.func else {
        return None;
    };
    if path.path.segments.last()?.ident != "pin" {
        return None;
    }
    let pin = call.func.to_token_stream();
    match call.args.into_iter().next()? {
        Expr::Async(future) if future.capture.is_some() => Some(Boxed {
            before,
            pin,
            future,
        }),
        _ => None,
    }
}

impl Boxed {
    pub(crate) fn keyword(&self) -> Token![async] {
        self.future.async_token
    }

    /// Whether the future begins with a statement that infers its type, as that of `#[async_trait]` does.
    pub(crate) fn has_hint(&self) -> bool {
        matches!(self.statements().first(), Some(Stmt::Expr(Expr::If(_), _)))
    }

    pub(crate) fn statements(&self) -> &[Stmt] {
        &self.future.block.stmts
    }

    /// Returns the patterns of its `let` statements, such as those of the arguments.
    pub(crate) fn patterns(&self) -> impl Iterator<Item = &Pat> {
        let statements = self.statements().iter();
        statements.filter_map(|statement| match statement {
            Stmt::Local(local) => Some(&local.pat),
            _ => None,
        })
    }

    /// Writes the body of the function, with `looped` as the content of the future.
    pub(crate) fn rebuild(&self, looped: &TokenStream) -> TokenStream {
        let Self {
            before,
            pin,
            future,
        } = self;
        let keyword = future.async_token;
        let capture = future.capture;
        let mixed = Span::mixed_site();
        quote_spanned!(mixed=> #(#before)* #pin(#keyword #capture { #looped }))
    }
}
