//! Writes a turn of the loop: an attempt, the decision after it, and the wait.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};

use super::policy::{listens, needs_clock};
use super::retry_loop::Parts;
use crate::attribute::OnErrors;
use crate::syntax::{Expr, Type};
use crate::words::{Key, Word};

/// How an attempt ended, in the expansion.
struct Ended {
    /// Statements before it.
    probe: Option<TokenStream>,
    /// A reference to an `Outcome`.
    ended: TokenStream,
}

impl Parts<'_> {
    /// Writes an attempt and the wait after it. The code breaks with the outcome of the last attempt.
    pub(super) fn turn(&self, attempt: &TokenStream, wait: &TokenStream) -> TokenStream {
        let mixed = Span::mixed_site();
        if self.settings.policy.is_some() {
            return self.turn_by_policy(attempt, wait);
        }
        let settle = self.settle();
        if !self.settings.is_bounded() {
            let ended = if self.attempt_owns_call() {
                quote_spanned!(mixed=> (__returned, __outcome))
            } else {
                quote_spanned!(mixed=> __outcome)
            };
            let last = self.settings.fallback.is_some();
            let last = last.then(|| quote_spanned!(mixed=> __call = __returned;));
            // The outcome is dropped before the wait, so that the future need not hold it.
            return quote_spanned! {mixed=>
                let (__returned, __delay) = {
                    let #ended = #attempt;
                    match #settle {
                        (__returned, ::core::option::Option::Some(__delay)) => (__returned, __delay),
                        (__returned, ::core::option::Option::None) => {
                            #last
                            break __outcome;
                        }
                    }
                };
                #wait
            };
        }
        // If the wait ends too late for another attempt, the call ends with the outcome before the wait.
        quote_spanned! {mixed=>
            {
                let __outcome = #attempt;
                let mut __waited = false;
                loop {
                    let __settled;
                    (__call, __settled) = #settle;
                    match __settled {
                        ::core::option::Option::Some(__delay) if !__waited => {
                            #wait
                            __waited = true;
                        }
                        ::core::option::Option::Some(_) => break,
                        ::core::option::Option::None => break '__call __outcome,
                    }
                }
            }
        }
    }

    /// Writes the turn under `policy = …`. The decision before the wait also says whether the wait ended too late, and
    /// how long the next attempt may take: the policy is not evaluated again.
    fn turn_by_policy(&self, attempt: &TokenStream, wait: &TokenStream) -> TokenStream {
        let (mixed, output) = (Span::mixed_site(), self.span);
        let at_output = self.private.at(output);
        let private = self.private.at(mixed);
        let (policy, name) = (self.policy(), self.name.reference(self.private));
        let Ended { probe, ended } = self.ended();
        let until = self.hook(Key::Until, self.settings.until.as_ref(), &ended);
        let hooks = self.hooks(None, &ended);
        // The last parameter selects the impl of `Classify` that the policy's rule uses.
        let via = self.settings.via.as_ref();
        let via = via.map(|via| quote_spanned!(output=> ::<_, _, _, _, _, _, #via>));
        let decide = quote_spanned! {output=>
            #at_output::decide #via (&mut __call, #at_output::decides(#policy), #ended, #name, &#until)
        };
        let notify = quote_spanned! {output=>
            #at_output::notify(&__call, __decided, #ended, #name, #hooks)
        };
        let limit = if self.is_async {
            quote_spanned!(mixed=> __limit)
        } else {
            quote_spanned!(mixed=> let _)
        };
        // Each key is written once, so that a closure in it is compiled once. Its borrows end before the wait.
        quote_spanned! {mixed=>
            #limit = {
                let __outcome = #attempt;
                let mut __waited = ::core::option::Option::None;
                loop {
                    let __settled = {
                        #probe
                        let __decided = match __waited {
                            ::core::option::Option::None => match #decide {
                                ::core::option::Option::Some(__failed) => __failed,
                                ::core::option::Option::None => break '__call __outcome,
                            },
                            ::core::option::Option::Some(__kept) => {
                                match #private::decide_after_wait(&mut __call, __kept, #name) {
                                    ::core::result::Result::Ok(__next) => break __next,
                                    ::core::result::Result::Err(__decided) => __decided,
                                }
                            }
                        };
                        let __settled = #notify;
                        __settled
                    };
                    match __settled {
                        ::core::option::Option::Some((__delay, __kept)) => {
                            __waited = ::core::option::Option::Some(__kept);
                            #wait
                        }
                        ::core::option::Option::None => break '__call __outcome,
                    }
                }
            };
        }
    }

    /// Whether only the policy is set: the compiler then has less to check.
    pub(super) fn is_common(&self) -> bool {
        let settings = self.settings;
        settings.budget.is_none()
            && settings.until.is_none()
            && settings.fallback.is_none()
            && !needs_clock(settings)
            && settings.via.is_none()
            && matches!(settings.on, OnErrors::Unset | OnErrors::Ladder(_))
    }

    /// Writes a pair of the call and an `Option` of the delay before the next attempt.
    fn settle(&self) -> TokenStream {
        let (mixed, output) = (Span::mixed_site(), self.span);
        let private = self.private.at(output);
        let (policy, budget) = (self.policy(), self.budget());
        let settings = self.settings;

        let waited = if settings.is_bounded() {
            quote_spanned!(mixed=> __waited)
        } else {
            quote_spanned!(mixed=> false)
        };
        // The call that the attempt has returned.
        let call = if self.attempt_owns_call() {
            quote_spanned!(mixed=> __returned)
        } else {
            quote_spanned!(mixed=> __call)
        };
        let Ended { probe, ended } = self.ended();
        let hooks = self.hooks(settings.until.as_ref(), &ended);
        let settled = match self.rule(&ended) {
            Some(rule) => quote_spanned! {output=>
                #private::settle_by(#call, #waited, #policy, #budget, &#rule, #ended, #hooks)
            },
            None if self.is_common() => quote_spanned! {output=>
                #private::settle_common(#call, #policy, #ended)
            },
            None => quote_spanned! {output=>
                #private::settle(#call, #waited, #policy, #budget, #ended, #hooks)
            },
        };
        match probe {
            Some(probe) => quote_spanned!(mixed=> { #probe let __settled = #settled; __settled }),
            None => settled,
        }
    }

    /// Writes the rule for errors; `None` if their own `Classify` decides. Errors about it underline the value of the key.
    fn rule(&self, ended: &TokenStream) -> Option<TokenStream> {
        let mixed = Span::mixed_site();
        let (on, via) = (&self.settings.on, &self.settings.via);
        Some(match (on, via) {
            (OnErrors::Classifier(classifier), _) => {
                let span = classifier.span().resolved_at(mixed);
                let private = self.private.at(span);
                quote_spanned!(span=> #private::classifier(#ended, #classifier))
            }
            (OnErrors::Causes(types), _) => {
                let span = types
                    .first()
                    .map_or(mixed, Type::error_span)
                    .resolved_at(mixed);
                let private = self.private.at(span);
                let causes = types.iter().map(|ty| {
                    let span = ty.error_span().resolved_at(mixed);
                    let private = self.private.at(span);
                    quote_spanned!(span=> #private::cause::<#ty, _>())
                });
                quote_spanned!(span=> #private::causes(#ended, [#(#causes),*]))
            }
            (on, Some(via)) => {
                let span = via.error_span().resolved_at(mixed);
                let private = self.private.at(span);
                let rung = Ident::new(on.rung().variant(), mixed);
                quote_spanned!(span=> #private::via::<#via, _>(#ended, #private::On::#rung))
            }
            (_, None) => return None,
        })
    }

    fn ended(&self) -> Ended {
        let output = self.span;
        let private = self.private.at(output);
        // With `until`, a value that is not a `Result` is an outcome too.
        let probe = self.settings.until.is_some().then(|| {
            quote_spanned! {output=>
                use #private::PlainOutcome as _;
                let __ended = #private::Probe(&__outcome).outcome();
            }
        });
        let ended = match probe {
            Some(_) => quote_spanned!(output=> &__ended),
            None => quote_spanned!(output=> &__outcome),
        };
        Ended { probe, ended }
    }

    fn hooks(&self, until: Option<&Expr>, ended: &TokenStream) -> TokenStream {
        let settings = self.settings;
        let private = self.private.at(self.span);
        if until.is_none() && !listens(settings) {
            return quote_spanned!(self.span=> &#private::Hooks::NONE);
        }
        let until = self.hook(Key::Until, until, ended);
        let on_retry = self.hook(Key::OnRetry, settings.on_retry.as_ref(), ended);
        let on_give_up = self.hook(Key::OnGiveUp, settings.on_give_up.as_ref(), ended);
        quote_spanned!(self.span=> &#private::hooks(#until, #on_retry, #on_give_up))
    }

    fn hook(&self, key: Key, hook: Option<&Expr>, ended: &TokenStream) -> TokenStream {
        let mixed = Span::mixed_site();
        match hook {
            Some(hook) => {
                let span = hook.span().resolved_at(mixed);
                let private = self.private.at(span);
                let name = Ident::new(key.name(), span);
                // A generic function, as those of `retryable::log`, takes the event by a type parameter, which
                // cannot stand for events of every lifetime. A closure can.
                let hook = if hook.is_path() && key != Key::Until {
                    quote_spanned!(span=> |__event| #hook(__event))
                } else {
                    hook.to_token_stream()
                };
                quote_spanned!(span=> #private::#name(#ended, #hook))
            }
            None => {
                let private = self.private.at(mixed);
                quote_spanned!(mixed=> #private::NoHook)
            }
        }
    }
}
