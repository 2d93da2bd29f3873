//! Writes one attempt: the user's body, and what cuts it off.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::quote_spanned;

use super::retry_loop::Parts;
use crate::function::nameable;
use crate::syntax::Type;

impl Parts<'_> {
    /// Writes an attempt: an expression of the returned type. If the attempt owns the call, a pair of the call and that.
    /// `keyword` is the place of the user's `async` or `fn`, and `braces` are those of the body.
    pub(super) fn attempt(
        &self,
        keyword: Span,
        braces: &Group,
        hinted: bool,
        content: &TokenStream,
    ) -> TokenStream {
        let mixed = Span::mixed_site();
        let hint = hinted.then(|| self.hint());
        let mut block = Group::new(Delimiter::Brace, quote_spanned!(mixed=> #hint #content));
        block.set_span(braces.span());

        if !self.is_async {
            let private = self.private.at(keyword);
            let call = quote_spanned!(mixed=> &mut __call);
            return quote_spanned!(keyword=> #private::attempt_blocking(#call, || #block));
        }
        let attempt = quote_spanned!(keyword=> async #block);
        let span = self.span;
        let private = self.private.at(span);
        let timed_out = self.settings.timed_out.as_ref();
        let by_from = self.settings.policy.is_some() && timed_out.is_none();
        let limited = if by_from {
            "limited"
        } else if self.settings.cuts_off() || timed_out.is_some() {
            "limited_to"
        } else {
            let private = self.private.at(mixed);
            return if self.attempt_owns_call() {
                quote_spanned!(mixed=> #private::attempt_of(__call, #attempt).await)
            } else {
                quote_spanned!(mixed=> #private::attempt(&mut __call, #attempt).await)
            };
        };
        let limited = Ident::new(limited, span);
        let limit = if self.settings.policy.is_some() {
            quote_spanned!(span=> __limit)
        } else {
            let policy = self.policy();
            quote_spanned!(span=> #private::policy_limit(#policy))
        };
        let timer = match self.settings.timer {
            Some(_) => self.timer(span),
            None => quote_spanned!(span=> &#private::DefaultTimer),
        };
        let attempt = quote_spanned! {span=>
            #private::#limited(__limit, #timer, #attempt)
        };
        let attempt = quote_spanned! {span=> {
            let __limit = #private::limit(&mut __call, #limit);
            #private::attempt(&mut __call, #attempt).await
        }};
        if by_from {
            return attempt;
        }
        let cut_off = match timed_out {
            Some(timed_out) => {
                let span = timed_out.span().resolved_at(mixed);
                let private = self.private.at(span);
                // With the type, a wrong error is reported where the closure returns it.
                let output = nameable(self.output.as_ref());
                quote_spanned! {span=>
                    #private::timed_out(::core::option::Option::None::<#output>, __timed_out, #timed_out)
                }
            }
            None => quote_spanned!(span=> #private::Interruptible::cut_off(__timed_out)),
        };
        quote_spanned! {span=>
            match #attempt {
                ::core::result::Result::Ok(__whole) => __whole,
                ::core::result::Result::Err(__timed_out) => #cut_off,
            }
        }
    }

    /// Whether attempt and wait own the call, so that the future stores no reference to it, and no variable that holds
    /// it too. Not if they have a limit: what computes it borrows the call.
    pub(super) fn attempt_owns_call(&self) -> bool {
        let settings = self.settings;
        let limited = settings.is_bounded() || settings.cuts_off() || settings.timed_out.is_some();
        self.is_async && !limited
    }

    /// Writes a statement that infers the returned type, so that a wrong type is reported where it is returned.
    pub(super) fn hint(&self) -> TokenStream {
        if self.output.as_ref().is_some_and(Type::is_never) {
            return TokenStream::new();
        }
        let output = nameable(self.output.as_ref());
        let span = self.span;
        quote_spanned! {span=>
            if let ::core::option::Option::Some(__ret) = ::core::option::Option::None::<#output> {
                return __ret;
            }
        }
    }
}
