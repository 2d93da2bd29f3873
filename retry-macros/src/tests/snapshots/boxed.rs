fn call<'life0, 'async_trait>(
    &'life0 mut self,
    mut key: String,
) -> Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'async_trait>>
where
    'life0: 'async_trait,
{
    Box::pin(async move {
        const __POLICY: &::retryable::__private_0_1::Policy<
            ::retryable::__private_0_1::Exponential,
            ::retryable::__private_0_1::On,
            ::retryable::__private_0_1::Unlimited,
        > = &::retryable::__private_0_1::Policy::new().max_attempts(4);
        let mut __call = ::retryable::__private_0_1::start_common(__POLICY);
        loop {
            let __delay = {
                let __outcome = ::retryable::__private_0_1::attempt(
                        &mut __call,
                        async {
                            if let Some(__ret) = None::<Result<(), Error>> {
                                return __ret;
                            }
                            let __self = &mut *self;
                            let key = <String as ::retryable::__private_0_1::ClonedArgument>::cloned(
                                &mut key,
                            );
                            let __ret: Result<(), Error> = { __self.body(key).await };
                            __ret
                        },
                    )
                    .await;
                match ::retryable::__private_0_1::settle_common(
                    &mut __call,
                    __POLICY,
                    &__outcome,
                ) {
                    ::core::option::Option::Some(__delay) => __delay,
                    ::core::option::Option::None => break __outcome,
                }
            };
            ::retryable::__private_0_1::sleep(
                    ::retryable::__private_0_1::DefaultTimer,
                    __delay,
                )
                .await;
        }
    })
}
