fn find(mut cached: Option<u32>) -> Option<u32> {
    const __POLICY: &::retryable::__private_0_1::Policy<
        ::retryable::__private_0_1::Exponential,
        ::retryable::__private_0_1::On,
        ::retryable::__private_0_1::Unlimited,
    > = &::retryable::__private_0_1::Policy::new()
        .name(::core::concat!(::core::module_path!(), "::find"));
    let __timer = ::retryable::__private_0_1::blocking_timer(CLOCK);
    let mut __call = ::retryable::__private_0_1::start(
        __POLICY,
        &::retryable::__private_0_1::NoBudget,
        ::retryable::__private_0_1::recoverable(
            ::retryable::__private_0_1::stopwatch(&__timer),
        ),
        false,
    );
    let __outcome = loop {
        let (__returned, __delay) = {
            let __outcome = ::retryable::__private_0_1::attempt_blocking(
                &mut __call,
                || {
                    if let ::core::option::Option::Some(__ret) = ::core::option::Option::None::<
                        Option<u32>,
                    > {
                        return __ret;
                    }
                    let cached = <Option<
                        u32,
                    > as ::retryable::__private_0_1::ClonedArgument>::cloned(
                        &mut cached,
                    );
                    let _ = &cached;
                    { body() }
                },
            );
            match {
                use ::retryable::__private_0_1::PlainOutcome as _;
                let __ended = ::retryable::__private_0_1::Probe(&__outcome).outcome();
                let __settled = ::retryable::__private_0_1::settle(
                    __call,
                    false,
                    __POLICY,
                    &::retryable::__private_0_1::NoBudget,
                    &__ended,
                    &::retryable::__private_0_1::hooks(
                        ::retryable::__private_0_1::until(&__ended, Option::is_some),
                        ::retryable::__private_0_1::NoHook,
                        ::retryable::__private_0_1::NoHook,
                    ),
                );
                __settled
            } {
                (__returned, ::core::option::Option::Some(__delay)) => {
                    (__returned, __delay)
                }
                (__returned, ::core::option::Option::None) => {
                    __call = __returned;
                    break __outcome;
                }
            }
        };
        __call = __returned;
        ::retryable::__private_0_1::block(&__timer, __delay);
    };
    let __error = match ::retryable::__private_0_1::given_up_with(&__call, __outcome) {
        ::core::ops::ControlFlow::Break(__outcome) => return __outcome,
        ::core::ops::ControlFlow::Continue(__failed) => __failed,
    };
    let __outcome = (|| {
        if let ::core::option::Option::Some(__ret) = ::core::option::Option::None::<
            Option<u32>,
        > {
            return __ret;
        }
        let outcome = ::core::convert::identity(__error);
        outcome.or(cached)
    })();
    {
        use ::retryable::__private_0_1::PlainOutcome as _;
        let __ended = ::retryable::__private_0_1::Probe(&__outcome).outcome();
        ::retryable::__private_0_1::recovered(&__call, &__ended);
    }
    __outcome
}
