async fn call() -> io::Result<()> {
    let __policy = || const {
        &::retryable::__private::max(
                ::retryable::__private::Policy::with_backoff(
                    ::retryable::__private::Exponential::cap(
                            ::retryable::__private::Exponential::new(
                                    ::retryable::__private::Duration::new(0u64, 50000000u32),
                                )
                                .factor(3.0),
                            CAP,
                        )
                        .jitter(::retryable::__private::Jitter::Proportional(0.1)),
                ),
                MAX,
            )
            .max_elapsed(::retryable::__private::Duration::new(90u64, 0u32))
            .max_retry_after(::retryable::__private::Duration::new(120u64, 0u32))
            .on(::retryable::__private::On::Any)
    };
    let mut __call = ::retryable::__private::start(
        __policy(),
        &::retryable::__private::NoBudget,
        ::retryable::__private::stopwatch(::retryable::__private::DefaultTimer),
        false,
    );
    '__call: loop {
        {
            let __outcome = ::retryable::__private::attempt(
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
                let __settled = ::retryable::__private::settle(
                    &mut __call,
                    __waited,
                    __policy(),
                    &::retryable::__private::NoBudget,
                    &__outcome,
                    "",
                    &::retryable::__private::Hooks::NONE,
                );
                match __settled {
                    ::core::option::Option::Some(__delay) if !__waited => {
                        ::retryable::__private::sleep(
                                ::retryable::__private::DefaultTimer,
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
