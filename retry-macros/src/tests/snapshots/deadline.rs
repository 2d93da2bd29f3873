async fn call() -> Result<(), Error> {
    const __POLICY: &::retryable::__private_0_1::Policy<
        ::retryable::__private_0_1::Exponential,
        ::retryable::__private_0_1::On,
        ::retryable::__private_0_1::TimeLimit,
    > = &::retryable::__private_0_1::Policy::new()
        .deadline(::retryable::__private_0_1::Duration::new(10u64, 0u32))
        .name(::core::concat!(::core::module_path!(), "::call"));
    let mut __call = ::retryable::__private_0_1::start(
        __POLICY,
        &::retryable::__private_0_1::NoBudget,
        ::retryable::__private_0_1::stopwatch(::retryable::__private_0_1::DefaultTimer),
        false,
    );
    '__call: loop {
        {
            let __outcome = match {
                let __limit = ::retryable::__private_0_1::limit(
                    &mut __call,
                    ::retryable::__private_0_1::policy_limit(__POLICY),
                );
                ::retryable::__private_0_1::attempt(
                        &mut __call,
                        ::retryable::__private_0_1::limited_to(
                            __limit,
                            &::retryable::__private_0_1::DefaultTimer,
                            async {
                                if let ::core::option::Option::Some(__ret) = ::core::option::Option::None::<
                                    Result<(), Error>,
                                > {
                                    return __ret;
                                }
                                { body().await }
                            },
                        ),
                    )
                    .await
            } {
                ::core::result::Result::Ok(__whole) => __whole,
                ::core::result::Result::Err(__timed_out) => {
                    ::retryable::__private_0_1::timed_out(
                        ::core::option::Option::None::<Result<(), Error>>,
                        __timed_out,
                        |timed_out| Error::Slow(timed_out),
                    )
                }
            };
            let mut __waited = false;
            loop {
                let __settled;
                (__call, __settled) = ::retryable::__private_0_1::settle(
                    __call,
                    __waited,
                    __POLICY,
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
