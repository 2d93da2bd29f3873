async fn call(mut token: String) -> Result<(), Error> {
    const __POLICY: &::retryable::__private_0_1::Policy<
        ::retryable::__private_0_1::Exponential,
        ::retryable::__private_0_1::On,
        ::retryable::__private_0_1::TimeLimit,
    > = &::retryable::__private_0_1::Policy::new()
        .attempt_timeout(::retryable::__private_0_1::Duration::new(2u64, 0u32))
        .name(::core::concat!(::core::module_path!(), "::call"));
    let mut __call = ::retryable::__private_0_1::start(
        __POLICY,
        &::retryable::__private_0_1::NoBudget,
        ::retryable::__private_0_1::stopwatch(::retryable::__private_0_1::DefaultTimer),
        false,
    );
    loop {
        let (__returned, __delay) = {
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
                                let mut token = <String as ::retryable::__private_0_1::ClonedArgument>::cloned(
                                    &mut token,
                                );
                                let _ = &token;
                                { body(token).await }
                            },
                        ),
                    )
                    .await
            } {
                ::core::result::Result::Ok(__whole) => __whole,
                ::core::result::Result::Err(__timed_out) => {
                    ::retryable::__private_0_1::Interruptible::cut_off(__timed_out)
                }
            };
            match ::retryable::__private_0_1::settle_by(
                __call,
                false,
                __POLICY,
                &::retryable::__private_0_1::NoBudget,
                &::retryable::__private_0_1::classifier(&__outcome, is_worth_it),
                &__outcome,
                &::retryable::__private_0_1::Hooks::NONE,
            ) {
                (__returned, ::core::option::Option::Some(__delay)) => {
                    (__returned, __delay)
                }
                (__returned, ::core::option::Option::None) => {
                    break __outcome;
                }
            }
        };
        __call = __returned;
        ::retryable::__private_0_1::sleep(
                ::retryable::__private_0_1::DefaultTimer,
                __delay,
            )
            .await;
        '__before_retry: {
            token = refresh(&token).await;
        }
    }
}
