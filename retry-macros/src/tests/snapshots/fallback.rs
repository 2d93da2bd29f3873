async fn place(&self, mut order: Order) -> Result<Receipt, Error> {
    let __policy = || const {
        &::retryable::__private_0_1::method(
            ::retryable::__private_0_1::Policy::new()
                .deadline(::retryable::__private_0_1::Duration::new(10u64, 0u32)),
            ::core::concat!(::core::module_path!(), "::place"),
            ::retryable::__private_0_1::type_name::<Self>,
        )
    };
    let __timer = ::retryable::__private_0_1::timer(&self.timer);
    let mut __call = ::retryable::__private_0_1::start(
        __policy(),
        &::retryable::__private_0_1::NoBudget,
        ::retryable::__private_0_1::recoverable(
            ::retryable::__private_0_1::stopwatch(&__timer),
        ),
        false,
    );
    let __outcome = '__call: loop {
        {
            let __outcome = match {
                let __limit = ::retryable::__private_0_1::limit(
                    &mut __call,
                    ::retryable::__private_0_1::policy_limit(__policy()),
                );
                ::retryable::__private_0_1::attempt(
                        &mut __call,
                        ::retryable::__private_0_1::limited_to(
                            __limit,
                            &__timer,
                            async {
                                if let ::core::option::Option::Some(__ret) = ::core::option::Option::None::<
                                    Result<Receipt, Error>,
                                > {
                                    return __ret;
                                }
                                let order = <Order as ::retryable::__private_0_1::ClonedArgument>::cloned(
                                    &mut order,
                                );
                                let _ = &order;
                                { self.send(order).await }
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
                        ::retryable::__private_0_1::sleep(&__timer, __delay).await;
                        __waited = true;
                    }
                    ::core::option::Option::Some(_) => break,
                    ::core::option::Option::None => break '__call __outcome,
                }
            }
        }
    };
    let (__error, __reason) = match ::retryable::__private_0_1::given_up(
        &__call,
        __outcome,
    ) {
        ::core::ops::ControlFlow::Break(__outcome) => return __outcome,
        ::core::ops::ControlFlow::Continue(__failed) => __failed,
    };
    let __outcome = async {
        if let ::core::option::Option::Some(__ret) = ::core::option::Option::None::<
            Result<Receipt, Error>,
        > {
            return __ret;
        }
        let error = ::core::convert::identity(__error);
        let reason = ::core::convert::identity(__reason);
        Ok(self.queue(order, error).await?)
    }
        .await;
    {
        ::retryable::__private_0_1::recovered(&__call, &__outcome);
    }
    __outcome
}
