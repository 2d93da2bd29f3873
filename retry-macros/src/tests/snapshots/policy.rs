async fn call(&mut self) -> Result<(), Error> {
    let (mut __call, mut __limit) = ::retry_core::__private::start_policy(
        ::retry_core::__private::AsPolicy::as_policy(&self.policy),
        ::retry_core::__private::stopwatch(::retry_core::__private::DefaultTimer),
        false,
    );
    loop {
        let __delay = {
            let __outcome = {
                let __limit = ::retry_core::__private::limit(&__call, __limit);
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
            match ::retry_core::__private::settle_policy(
                &mut __call,
                ::retry_core::__private::decides(
                    ::retry_core::__private::AsPolicy::as_policy(&self.policy),
                ),
                &__outcome,
                "",
                &::retry_core::__private::Hooks::NONE,
            ) {
                ::core::option::Option::Some((__delay, __next)) => {
                    __limit = __next;
                    __delay
                }
                ::core::option::Option::None => break __outcome,
            }
        };
        ::retry_core::__private::sleep(::retry_core::__private::DefaultTimer, __delay)
            .await;
    }
}
