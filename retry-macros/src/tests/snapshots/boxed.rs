fn call<'life0, 'async_trait>(
    &'life0 mut self,
    mut key: String,
) -> Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'async_trait>>
where
    'life0: 'async_trait,
{
    Box::pin(async move {
        let __policy = || const {
            &::retryable::__private::Policy::new().max_attempts(4)
        };
        let mut __call = ::retryable::__private::start(
            __policy(),
            &::retryable::__private::NoThrottle,
            ::retryable::__private::Untimed,
            false,
        );
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
                match ::retryable::__private::settle(
                    &mut __call,
                    __policy(),
                    &::retryable::__private::NoThrottle,
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
        }
    })
}
