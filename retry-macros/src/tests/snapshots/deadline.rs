async fn call() -> Result<(), Error> {
    const __POLICY: &::retryable::__private::Policy<
        ::retryable::__private::Exponential,
        ::retryable::__private::On,
        ::retryable::__private::TimeLimit,
    > = &::retryable::__private::Policy::new()
        .deadline(::retryable::__private::Duration::new(10u64, 0u32));
    let mut __call = ::retryable::__private::start(
        __POLICY,
        &::retryable::__private::NoBudget,
        ::retryable::__private::stopwatch(::retryable::__private::DefaultTimer),
        false,
    );
    '__call: loop {
        {
            let __outcome = match {
                let __limit = ::retryable::__private::limit(
                    &mut __call,
                    ::retryable::__private::policy_limit(__POLICY),
                );
                ::retryable::__private::attempt(
                        &mut __call,
                        ::retryable::__private::limited_to(
                            __limit,
                            &::retryable::__private::DefaultTimer,
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
                    ::retryable::__private::timed_out(
                        ::core::option::Option::None::<Result<(), Error>>,
                        __timed_out,
                        |timed_out| Error::Slow(timed_out),
                    )
                }
            };
            let mut __waited = false;
            loop {
                let __settled = ::retryable::__private::settle(
                    &mut __call,
                    __waited,
                    __POLICY,
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
