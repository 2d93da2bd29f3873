async fn call() -> io::Result<()> {
    let __policy = || const {
        &::retryable::__private_0_1::max(
                ::retryable::__private_0_1::Policy::with_backoff(
                    ::retryable::__private_0_1::Exponential::cap(
                            ::retryable::__private_0_1::Exponential::new(
                                    ::retryable::__private_0_1::Duration::new(0u64, 50000000u32),
                                )
                                .factor(3.0),
                            CAP,
                        )
                        .jitter(::retryable::__private_0_1::Jitter::Proportional(0.1)),
                ),
                MAX,
            )
            .max_elapsed(::retryable::__private_0_1::Duration::new(90u64, 0u32))
            .max_retry_after(::retryable::__private_0_1::Duration::new(120u64, 0u32))
            .on(::retryable::__private_0_1::On::Any)
            .name(::core::concat!(::core::module_path!(), "::call"))
    };
    let mut __call = ::retryable::__private_0_1::start(
        __policy(),
        &::retryable::__private_0_1::NoBudget,
        ::retryable::__private_0_1::stopwatch(::retryable::__private_0_1::DefaultTimer),
        false,
    );
    '__call: loop {
        {
            let __outcome = ::retryable::__private_0_1::attempt(
                    &mut __call,
                    async {
                        if let ::core::option::Option::Some(__ret) = ::core::option::Option::None::<
                            io::Result<()>,
                        > {
                            return __ret;
                        }
                        { body().await }
                    },
                )
                .await;
            let mut __waited = false;
            loop {
                let __settled;
                (__call, __settled) = ::retryable::__private_0_1::settle(
                    __call,
                    __waited,
                    __policy(),
                    &::retryable::__private_0_1::NoBudget,
                    &__outcome,
                    &::retryable::__private_0_1::Hooks::NONE,
                );
                match __settled {
                    ::core::option::Option::Some(__delay) if !__waited => {
                        ::retryable::__private_0_1::sleep(
                                ::retryable::__private_0_1::DefaultTimer,
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
