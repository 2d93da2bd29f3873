async fn state(&self) -> State {
    const __POLICY: &::retryable::__private_0_1::Policy<
        ::retryable::__private_0_1::Exponential,
        ::retryable::__private_0_1::On,
        ::retryable::__private_0_1::Unlimited,
    > = &::retryable::__private_0_1::Policy::name(
        ::retryable::__private_0_1::Policy::new(),
        "state",
    );
    let mut __call = ::retryable::__private_0_1::start(
        __POLICY,
        &::retryable::__private_0_1::NoBudget,
        ::retryable::__private_0_1::stopwatch(::retryable::__private_0_1::DefaultTimer),
        true,
    );
    loop {
        let (__returned, __delay) = {
            let (__returned, __outcome) = ::retryable::__private_0_1::attempt_of(
                    __call,
                    async {
                        if let ::core::option::Option::Some(__ret) = ::core::option::Option::None::<
                            State,
                        > {
                            return __ret;
                        }
                        { self.body().await }
                    },
                )
                .await;
            match {
                use ::retryable::__private_0_1::PlainOutcome as _;
                let __ended = ::retryable::__private_0_1::Probe(&__outcome).outcome();
                let __settled = ::retryable::__private_0_1::settle(
                    __returned,
                    false,
                    __POLICY,
                    &::retryable::__private_0_1::NoBudget,
                    &__ended,
                    &::retryable::__private_0_1::hooks(
                        ::retryable::__private_0_1::until(
                            &__ended,
                            |state| state.is_ready(),
                        ),
                        ::retryable::__private_0_1::NoHook,
                        ::retryable::__private_0_1::on_give_up(
                            &__ended,
                            |__event| report(__event),
                        ),
                    ),
                );
                __settled
            } {
                (__returned, ::core::option::Option::Some(__delay)) => {
                    (__returned, __delay)
                }
                (__returned, ::core::option::Option::None) => {
                    break __outcome;
                }
            }
        };
        __call = ::retryable::__private_0_1::sleep_in(
                __returned,
                ::retryable::__private_0_1::DefaultTimer,
                __delay,
            )
            .await;
    }
}
