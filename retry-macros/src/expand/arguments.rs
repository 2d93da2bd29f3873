//! Every attempt starts from the same arguments: those that are passed by value are cloned for each.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};

use crate::attribute::Settings;
use crate::function::{Argument, Signature};
use crate::private::Private;
use crate::syntax::{Attribute, Pat, Type};

use super::patterns::{Bindings, clone_of_part, take_apart};

/// Moves `mut` and patterns from the parameters into the bindings that are returned, which each attempt begins with.
///
/// ```text
/// fn f(a: &str, mut b: Vec<u8>, (c, d): (u8, u8), e: &mut T)
/// // becomes
/// fn f(a: &str, mut b: Vec<u8>, __arg2: (u8, u8), e: &mut T)
/// // with, in every attempt,
/// let mut b = <Vec<u8> as Clone>::clone(&mut b);
/// let e = &mut *e;
/// ```
///
/// [`patterns`](super::patterns) has the bindings of `c` and `d`.
///
/// An argument that the attribute itself uses is not reported as unused. `before_retry` may change the arguments of the
/// next attempt.
pub(super) fn rebind(sig: &mut Signature, settings: &Settings, private: Private<'_>) -> Bindings {
    let mut bindings = Bindings::default();
    let context = Context {
        settings,
        private,
        type_parameters: sig.type_parameters(),
    };
    let receivers = usize::from(sig.receiver.is_some());
    for (index, argument) in sig.arguments.iter_mut().enumerate() {
        let rebound = context.rebind(argument, receivers + index);
        rebound.once.to_tokens(&mut bindings.once);
        rebound.attempt.to_tokens(&mut bindings.attempt);
    }
    bindings
}

/// The inputs that are the same for all arguments of a function.
struct Context<'a> {
    settings: &'a Settings,
    private: Private<'a>,
    type_parameters: Vec<Ident>,
}

impl Context<'_> {
    fn rebind(&self, argument: &mut Argument, index: usize) -> Bindings {
        let plain = argument.pat.plain_name();
        // `_` binds nothing, and the body captures a shared argument directly.
        if argument.pat.is_wild()
            || plain
                .as_ref()
                .is_some_and(|name| self.settings.share.contains(name))
        {
            return Bindings::default();
        }

        let reference = argument.ty.reference();
        let same_for_all = reference == Some(false) || is_number(&argument.ty);
        if same_for_all && plain.is_some() && !argument.pat.has_mut() {
            return Bindings::default();
        }

        let mixed = Span::mixed_site();
        let attrs = argument
            .attrs
            .iter()
            .filter(|attr| belongs_to_binding(attr));
        let attrs = quote_spanned!(mixed=> #(#attrs)*);
        if let (None, None, Some(parts)) = (&plain, reference, argument.pat.parts()) {
            let outer = outer_name(None, index, false);
            let pattern = std::mem::replace(&mut argument.pat, Pat::of_name(&outer, None));
            let clone = clone_of_part(Some(&argument.ty), self.private, &self.type_parameters);
            let value = outer.to_token_stream();
            return take_apart(&pattern, &parts, &value, &clone, self.settings, &attrs);
        }
        let used = plain.as_ref().filter(|name| self.settings.mention(name));
        let used = used.map(|name| quote_spanned!(mixed=> let _ = &#name;));
        let changed = plain
            .as_ref()
            .is_some_and(|name| self.settings.changes(name));
        if changed {
            // No other use need change it.
            argument.pat = argument.pat.with_muts_at(mixed);
        }
        let mutability = reference.is_none().then_some(mixed);
        let pattern = argument.pat.to_token_stream();
        let outer = outer_name(plain, index, used.is_some());
        argument.pat = Pat::of_name(&outer, mutability);

        let span = argument.ty.error_span().resolved_at(Span::mixed_site());
        // All tokens of the value have the span of the type, so that an error about it underlines the type.
        let mut located = outer.clone();
        located.set_span(outer.span().located_at(span));
        let value = match reference {
            Some(false) => quote_spanned!(span=> #located),
            Some(true) => quote_spanned!(span=> &mut *#located),
            None => clone_of(
                &argument.ty,
                &quote_spanned!(span=> &mut #located),
                span,
                self.private,
                &self.type_parameters,
            ),
        };
        let used = used.map(|used| quote_spanned!(mixed=> #attrs #used));
        Bindings {
            once: TokenStream::new(),
            attempt: quote_spanned!(mixed=> #attrs let #pattern = #value; #used),
        }
    }
}

/// Numbers, `bool` and `char` are copied at each use, so every attempt can capture the argument itself.
fn is_number(ty: &Type) -> bool {
    const NUMBERS: [&str; 16] = [
        "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16",
        "u32", "u64", "u128", "usize",
    ];
    ty.name()
        .is_some_and(|name| NUMBERS.iter().any(|number| name == number))
}

/// Returns the name of the parameter itself. Documentation shows it, but the body cannot see it (unless the attribute
/// uses it), so that no lint counts the clone as a use. A name that begins with `__`, as the macro's own locals do, is
/// left as it is.
pub(super) fn outer_name(plain: Option<Ident>, index: usize, seen: bool) -> Ident {
    let mixed = Span::mixed_site();
    match plain {
        Some(name) if seen || name.to_string().starts_with("__") => name,
        Some(mut name) => {
            name.set_span(name.span().resolved_at(mixed));
            name
        }
        None => format_ident!("__arg{index}", span = mixed),
    }
}

/// Makes every by-value parameter `mut`, as [`clone_of`] needs it.
pub(super) fn make_mutable(sig: &mut Signature) {
    for argument in &mut sig.arguments {
        if argument.ty.reference().is_none() {
            argument.pat.make_mutable();
        }
    }
}

/// Writes a clone of an argument. The argument is `mut`: an attempt that holds an `&mut T` is `Send` if `T` is, and one
/// that holds a `&T` only if `T` is `Sync`.
///
/// If the type is not `Clone`, our message says what else to do. For a type parameter, the compiler's own message is
/// better: it knows where to write the bound.
pub(super) fn clone_of(
    ty: &Type,
    lent: &TokenStream,
    span: Span,
    private: Private<'_>,
    type_parameters: &[Ident],
) -> TokenStream {
    if ty.is_generic(&[]) {
        return quote_spanned!(span=> ::core::clone::Clone::clone(#lent));
    }
    if ty
        .name()
        .is_some_and(|name| type_parameters.contains(&name))
    {
        return quote_spanned!(span=> <#ty as ::core::clone::Clone>::clone(#lent));
    }
    let private = private.at(span);
    quote_spanned!(span=> <#ty as #private::ClonedArgument>::cloned(#lent))
}

/// `cfg` removes the binding with its parameter, and lint levels apply to the name, which the binding introduces.
fn belongs_to_binding(attr: &Attribute) -> bool {
    ["cfg", "cfg_attr", "allow", "expect", "warn", "deny"]
        .iter()
        .any(|name| attr.is(name))
}
