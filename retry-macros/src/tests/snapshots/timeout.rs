async fn call(mut token: String) -> Result<(), Error> {
    const __POLICY: &::retryable::__private::Policy<
        ::retryable::__private::Exponential,
        ::retryable::__private::On,
        ::retryable::__private::TimeLimit,
    > = &::retryable::__private::Policy::new()
        .attempt_timeout(::retryable::__private::Duration::new(2u64, 0u32));
    let mut __call = ::retryable::__private::start(
        __POLICY,
        &::retryable::__private::NoBudget,
        ::retryable::__private::stopwatch(::retryable::__private::DefaultTimer),
        false,
    );
    loop {
        let __delay = {
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
                                let mut token = <String as ::retryable::__private::ClonedArgument>::cloned(
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
                    ::retryable::__private::Interruptible::cut_off(__timed_out)
                }
            };
            match ::retryable::__private::settle_by(
                &mut __call,
                false,
                __POLICY,
                &::retryable::__private::NoBudget,
                &::retryable::__private::classifier(&__outcome, is_worth_it),
                &__outcome,
                "",
                &::retryable::__private::Hooks::NONE,
            ) {
                ::core::option::Option::Some(__delay) => __delay,
                ::core::option::Option::None => break __outcome,
            }
        };
        ::retryable::__private::sleep(::retryable::__private::DefaultTimer, __delay)
            .await;
        '__before_retry: {
            token = refresh(&token).await;
        }
    }
}
