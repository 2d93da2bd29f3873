async fn call(&mut self) -> Result<(), Error> {
    let mut __call = ::retry_core::__private::start(
        ::retry_core::__private::AsPolicy::as_policy(&self.policy),
        ::retry_core::__private::budget(
            ::retry_core::__private::AsPolicy::as_policy(&self.policy),
        ),
        ::retry_core::__private::stopwatch(::retry_core::__private::DefaultTimer),
        false,
    );
    '__call: loop {
        {
            let __outcome = {
                let __limit = ::retry_core::__private::limit(
                    &mut __call,
                    ::retry_core::__private::AsPolicy::as_policy(&self.policy),
                );
                ::retry_core::__private::attempt(
                        &mut __call,
                        ::retry_core::__private::limited(
                            __limit,
                            &::retry_core::__private::DefaultTimer,
                            async {
                                if let ::core::option::Option::Some(__ret) = ::core::option::Option::None::<
                                    Result<(), Error>,
                                > {
                                    return __ret;
                                }
                                { self.body().await }
                            },
                        ),
                    )
                    .await
            };
            let mut __waited = false;
            loop {
                let __settled = ::retry_core::__private::settle_by(
                    &mut __call,
                    __waited,
                    ::retry_core::__private::AsPolicy::as_policy(&self.policy),
                    ::retry_core::__private::budget(
                        ::retry_core::__private::AsPolicy::as_policy(&self.policy),
                    ),
                    ::retry_core::__private::rule(
                        ::retry_core::__private::AsPolicy::as_policy(&self.policy),
                    ),
                    &__outcome,
                    "",
                    &::retry_core::__private::Hooks::NONE,
                );
                match __settled {
                    ::core::option::Option::Some(__delay) if !__waited => {
                        ::retry_core::__private::sleep(
                                ::retry_core::__private::DefaultTimer,
                                __delay,
                            )
                            .await;
                        __waited = true;
                    }
                    ::core::option::Option::Some(_) => break,
                    ::core::option::Option::None => break '__call __outcome,
                }
            }
        }
    }
}
