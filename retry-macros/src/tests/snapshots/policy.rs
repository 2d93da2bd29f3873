async fn call(&mut self) -> Result<(), Error> {
    let (__pinned, mut __call, mut __limit) = ::retry_core::__private_0_1::start_policy(
        &self.policy,
        const {
            &::retry_core::__private_0_1::Name::of_method(
                ::core::concat!(::core::module_path!(), "::call"),
                ::retry_core::__private_0_1::type_name::<Self>,
            )
        },
        ::retry_core::__private_0_1::stopwatch(
            ::retry_core::__private_0_1::DefaultTimer,
        ),
        false,
    );
    '__call: loop {
        __limit = {
            let __outcome = {
                let __limit = ::retry_core::__private_0_1::limit(&mut __call, __limit);
                ::retry_core::__private_0_1::attempt(
                        &mut __call,
                        ::retry_core::__private_0_1::limited(
                            __limit,
                            &::retry_core::__private_0_1::DefaultTimer,
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
            let mut __waited = ::core::option::Option::None;
            loop {
                let __settled = {
                    let __decided = match __waited {
                        ::core::option::Option::None => {
                            match ::retry_core::__private_0_1::decide(
                                &mut __call,
                                ::retry_core::__private_0_1::decides(
                                    ::retry_core::__private_0_1::AsPolicy::as_policy(
                                        &self.policy,
                                        &__pinned,
                                    ),
                                ),
                                &__outcome,
                                const {
                                    &::retry_core::__private_0_1::Name::of_method(
                                        ::core::concat!(::core::module_path!(), "::call"),
                                        ::retry_core::__private_0_1::type_name::<Self>,
                                    )
                                },
                                &::retry_core::__private_0_1::NoHook,
                            ) {
                                ::core::option::Option::Some(__failed) => __failed,
                                ::core::option::Option::None => break '__call __outcome,
                            }
                        }
                        ::core::option::Option::Some(__kept) => {
                            match ::retry_core::__private_0_1::decide_after_wait(
                                &mut __call,
                                __kept,
                                const {
                                    &::retry_core::__private_0_1::Name::of_method(
                                        ::core::concat!(::core::module_path!(), "::call"),
                                        ::retry_core::__private_0_1::type_name::<Self>,
                                    )
                                },
                            ) {
                                ::core::result::Result::Ok(__next) => break __next,
                                ::core::result::Result::Err(__decided) => __decided,
                            }
                        }
                    };
                    let __settled = ::retry_core::__private_0_1::notify(
                        &__call,
                        __decided,
                        &__outcome,
                        const {
                            &::retry_core::__private_0_1::Name::of_method(
                                ::core::concat!(::core::module_path!(), "::call"),
                                ::retry_core::__private_0_1::type_name::<Self>,
                            )
                        },
                        &::retry_core::__private_0_1::Hooks::NONE,
                    );
                    __settled
                };
                match __settled {
                    ::core::option::Option::Some((__delay, __kept)) => {
                        __waited = ::core::option::Option::Some(__kept);
                        ::retry_core::__private_0_1::sleep(
                                ::retry_core::__private_0_1::DefaultTimer,
                                __delay,
                            )
                            .await;
                    }
                    ::core::option::Option::None => break '__call __outcome,
                }
            }
        };
    }
}
