//! Writes the loop around a function's body.
//!
//! ```text
//! Input:  #[retryable(max = 5)]
//!         async fn f(a: String) -> Result<T, E> { body }
//!
//! Output: async fn f(a: String) -> Result<T, E> {
//!             const __POLICY: &Policy<Exponential, On, Unlimited> =
//!                 &Policy::new().max_attempts(5).name(concat!(module_path!(), "::f"));
//!             let mut __call = start_common(__POLICY);
//!             loop {
//!                 let (__returned, __delay) = {
//!                     let (__returned, __outcome) = attempt_of(__call, async {
//!                         if let Some(__ret) = None::<Result<T, E>> { return __ret; }
//!                         let a = <String as Clone>::clone(&a);
//!                         { body }
//!                     }).await;
//!                     match settle_common(__returned, __POLICY, &__outcome) {
//!                         (__returned, Some(__delay)) => (__returned, __delay),
//!                         (__returned, None) => break __outcome,
//!                     }
//!                 };
//!                 __call = sleep_in(__returned, DefaultTimer, __delay).await;
//!             }
//!         }
//! ```
//!
//! If the whole call has a time limit, the outcome is kept during the wait, and `settle` is called again after it: if the
//! wait ended too late, the call ends with that outcome.
//!
//! Spans decide what a user sees. `async` and the braces are the user's, so that type errors, coverage and panics point
//! to their code. An error about the outcome underlines the returned type. All other tokens are mixed-site: lints skip
//! them, and their names are invisible to the body.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};

use super::arguments::{make_mutable, rebind};
use super::boxed::boxed_attempt;
use super::name::Name;
use super::patterns::Bindings;
use super::policy::{define, listens, needs_clock};
use super::share::check_shared_names;
use crate::attribute::{Budget, Settings};
use crate::boxed_future::{boxed_output, parse_boxed, returns_boxed_future};
use crate::errors::Errors;
use crate::function::{Function, Signature, output_span};
use crate::private::Private;
use crate::syntax::Type;

/// Replaces the body of the function by the loop.
pub(crate) fn expand(
    mut function: Function,
    settings: &Settings,
    errors: &mut Errors,
) -> TokenStream {
    let parts = Parts::new(&function.sig, settings);
    let boxed = returns_boxed_future(&function.sig).then(|| parse_boxed(&function));
    let body = match boxed.flatten() {
        Some(boxed) => {
            check_shared_names(&function.sig, &boxed.bound_names(), &settings.share, errors);
            let Bindings { once, attempt } =
                boxed_attempt(&boxed, &function.sig, settings, parts.private);
            let attempt = parts.attempt(boxed.keyword, &function.body, !boxed.has_hint(), &attempt);
            make_mutable(&mut function.sig);
            let statements = parts.statements(&attempt);
            let mixed = Span::mixed_site();
            boxed.rebuild(&quote_spanned!(mixed=> #once #statements))
        }
        None => {
            let names = function.sig.bound_names();
            check_shared_names(&function.sig, &names, &settings.share, errors);
            let Bindings {
                once: mut content,
                attempt: mut bindings,
            } = rebind(&mut function.sig, settings, parts.private);
            let mut body = function.body.clone();
            // Items in the body must be invisible to generated code, so the body has its own block.
            body.set_span(function.body.span().resolved_at(Span::mixed_site()));
            body.to_tokens(&mut bindings);
            let keyword = function.sig.asyncness.unwrap_or(function.sig.keyword);
            let attempt = parts.attempt(keyword, &function.body, true, &bindings);
            parts.statements(&attempt).to_tokens(&mut content);
            content
        }
    };
    function.with_body(body)
}

pub(super) struct Parts<'a> {
    pub(super) settings: &'a Settings,
    pub(super) private: Private<'a>,
    pub(super) is_async: bool,
    /// The type of an attempt's value; `None` for `()`.
    pub(super) output: Option<Type>,
    /// The place of errors about the outcome.
    pub(super) span: Span,
    pub(super) name: Name<'a>,
}

impl<'a> Parts<'a> {
    fn new(sig: &Signature, settings: &'a Settings) -> Self {
        let boxed = boxed_output(sig).filter(|_| sig.asyncness.is_none());
        let output = boxed.or_else(|| sig.output.clone());
        let span = output
            .as_ref()
            .map_or_else(|| sig.ident.span(), output_span);
        Self {
            settings,
            private: Private::new(settings.root.as_ref()),
            is_async: sig.asyncness.is_some() || returns_boxed_future(sig),
            output,
            span: span.resolved_at(Span::mixed_site()),
            name: Name::new(sig, settings),
        }
    }

    /// Writes a `&Policy`: one for the whole call, or the value of `policy = …`. That is evaluated once when the call
    /// begins and once per decision, so that no decision mixes two policies. Of a `LivePolicy`, the call keeps the one that it
    /// began with.
    pub(super) fn policy(&self) -> TokenStream {
        match &self.settings.policy {
            Some(policy) => {
                let span = policy.span().resolved_at(Span::mixed_site());
                let private = self.private.at(span);
                let policy =
                    quote_spanned!(span=> #private::AsPolicy::as_policy(&#policy, &__pinned));
                if self.is_async {
                    policy
                } else {
                    quote_spanned!(span=> #private::blocking_policy(#policy))
                }
            }
            None => define(self.settings, &self.name, self.private).1,
        }
    }

    /// Writes a reference to the budget.
    pub(super) fn budget(&self) -> TokenStream {
        let mixed = Span::mixed_site();
        let private = self.private.at(mixed);
        match &self.settings.budget {
            Some(Budget::Share(_)) => quote_spanned!(mixed=> &__BUDGET),
            Some(Budget::Expr(budget)) => {
                let span = budget.span().resolved_at(mixed);
                quote_spanned!(span=> &#budget)
            }
            None => quote_spanned!(mixed=> &#private::NoBudget),
        }
    }

    fn statements(&self, attempt: &TokenStream) -> TokenStream {
        let mixed = Span::mixed_site();
        let private = self.private.at(mixed);
        let shared_policy = match &self.settings.policy {
            Some(_) => None,
            None => Some(define(self.settings, &self.name, self.private).0),
        };
        let (policy, name) = (self.policy(), self.name.reference(self.private));
        let waits_with = self.timer(mixed);
        let clock = if needs_clock(self.settings) {
            quote_spanned!(mixed=> #private::stopwatch(#waits_with))
        } else {
            quote_spanned!(mixed=> #private::Untimed::NEW)
        };
        let clock = match &self.settings.fallback {
            Some(_) => quote_spanned!(mixed=> #private::recoverable(#clock)),
            None => clock,
        };
        let timed = listens(self.settings);
        let wait = if self.attempt_owns_call() {
            quote_spanned! {mixed=>
                __call = #private::sleep_in(__returned, #waits_with, __delay).await;
            }
        } else {
            let kept =
                (!self.settings.is_bounded()).then(|| quote_spanned!(mixed=> __call = __returned;));
            let wait = if self.is_async {
                quote_spanned!(mixed=> #private::sleep(#waits_with, __delay).await;)
            } else {
                quote_spanned!(mixed=> #private::block(#waits_with, __delay);)
            };
            quote_spanned!(mixed=> #kept #wait)
        };
        let before_retry = self.settings.before_retry.as_ref().map(|before_retry| {
            let span = before_retry.span().resolved_at(mixed);
            // In a labeled block, the compiler rejects a `break` that a macro hides from `check_jumps`.
            quote_spanned!(span=> '__before_retry: { #before_retry; })
        });
        let own_budget = match &self.settings.budget {
            Some(Budget::Share(ratio)) => Some(quote_spanned! {mixed=>
                static __BUDGET: #private::Budget = #private::Budget::new(#ratio);
            }),
            _ => None,
        };
        let budget = self.budget();
        let start = match &self.settings.policy {
            Some(source) => {
                let span = source.span().resolved_at(mixed);
                let private = self.private.at(span);
                let start =
                    quote_spanned!(span=> #private::start_policy(&#source, #name, #clock, #timed));
                if self.is_async {
                    quote_spanned!(mixed=> let (__pinned, mut __call, mut __limit) = #start;)
                } else {
                    quote_spanned!(mixed=> let (__pinned, mut __call, _) = #start;)
                }
            }
            None if self.is_common() => quote_spanned! {mixed=>
                let mut __call = #private::start_common(#policy);
            },
            None => quote_spanned! {mixed=>
                let mut __call = #private::start(#policy, #budget, #clock, #timed);
            },
        };
        let turn = self.turn(attempt, &wait);
        let label = self
            .settings
            .is_bounded()
            .then(|| quote_spanned!(mixed=> '__call:));
        let own_timer = self.own_timer();
        let looped = quote_spanned! {mixed=>
            #label loop {
                #turn
                #before_retry
            }
        };
        let ended = match &self.settings.fallback {
            Some(fallback) => self.fallback(fallback, &looped),
            None => looped,
        };
        quote_spanned! {mixed=>
            #own_budget
            #shared_policy
            #own_timer
            #start
            #ended
        }
    }

    /// Writes a timer that can be copied: a reference to the value of `timer = …`, or the default.
    pub(super) fn timer(&self, span: Span) -> TokenStream {
        let private = self.private.at(span);
        match &self.settings.timer {
            Some(_) => quote_spanned!(span=> &__timer),
            None => quote_spanned!(span=> #private::DefaultTimer),
        }
    }

    /// Evaluates `timer = …`. An error about it underlines the value.
    fn own_timer(&self) -> Option<TokenStream> {
        let timer = self.settings.timer.as_ref()?;
        let span = timer.span().resolved_at(Span::mixed_site());
        let private = self.private.at(span);
        let checked = if self.is_async {
            quote_spanned!(span=> #private::timer)
        } else {
            quote_spanned!(span=> #private::blocking_timer)
        };
        Some(quote_spanned!(span=> let __timer = #checked(#timer);))
    }
}
