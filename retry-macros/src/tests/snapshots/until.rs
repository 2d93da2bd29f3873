async fn state(&self) -> State {
    const __POLICY: &::retryable::__private::Policy<
        ::retryable::__private::Exponential,
        ::retryable::__private::On,
        ::retryable::__private::Unlimited,
    > = &::retryable::__private::Policy::new();
    let mut __call = ::retryable::__private::start(
        __POLICY,
        &::retryable::__private::NoBudget,
        ::retryable::__private::stopwatch(::retryable::__private::DefaultTimer),
        true,
    );
    loop {
        let __delay = {
            let __outcome = ::retryable::__private::attempt(
                    &mut __call,
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
                use ::retryable::__private::PlainOutcome as _;
                let __ended = ::retryable::__private::Probe(&__outcome).outcome();
                let __settled = ::retryable::__private::settle(
                    &mut __call,
                    false,
                    __POLICY,
                    &::retryable::__private::NoBudget,
                    &__ended,
                    "state",
                    &::retryable::__private::hooks(
                        ::retryable::__private::until(
                            &__ended,
                            |state| state.is_ready(),
                        ),
                        ::retryable::__private::NoHook,
                        ::retryable::__private::on_give_up(&__ended, report),
                    ),
                );
                __settled
            } {
                ::core::option::Option::Some(__delay) => __delay,
                ::core::option::Option::None => break __outcome,
            }
        };
        ::retryable::__private::sleep(::retryable::__private::DefaultTimer, __delay)
            .await;
    }
}
