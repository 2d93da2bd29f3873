fn call<'life0, 'async_trait>(
    &'life0 mut self,
    mut key: String,
) -> Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'async_trait>>
where
    'life0: 'async_trait,
{
    Box::pin(async move {
        const __POLICY: &::retryable::__private::Policy<
            ::retryable::__private::Exponential,
            ::retryable::__private::On,
            ::retryable::__private::Unlimited,
        > = &::retryable::__private::Policy::new().max_attempts(4);
        let mut __call = ::retryable::__private::start_common(__POLICY);
        loop {
            let __delay = {
                let __outcome = ::retryable::__private::attempt(
                        &mut __call,
                        async {
                            if let Some(__ret) = None::<Result<(), Error>> {
                                return __ret;
                            }
                            let __self = &mut *self;
                            let key = <String as ::retryable::__private::ClonedArgument>::cloned(
                                &mut key,
                            );
                            let __ret: Result<(), Error> = { __self.body(key).await };
                            __ret
                        },
                    )
                    .await;
                match ::retryable::__private::settle_common(
                    &mut __call,
                    __POLICY,
                    &__outcome,
                ) {
                    ::core::option::Option::Some(__delay) => __delay,
                    ::core::option::Option::None => break __outcome,
                }
            };
            ::retryable::__private::sleep(::retryable::__private::DefaultTimer, __delay)
                .await;
        }
    })
}
