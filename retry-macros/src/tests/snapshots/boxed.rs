fn call<'life0, 'async_trait>(
    &'life0 mut self,
    mut key: String,
) -> Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'async_trait>>
where
    'life0: 'async_trait,
{
    Box::pin(async move {
        let __policy = || const {
            &::retryable::__private_0_1::method(
                ::retryable::__private_0_1::Policy::new().max_attempts(4),
                ::core::concat!(::core::module_path!(), "::call"),
                ::retryable::__private_0_1::type_name::<Self>,
            )
        };
        let mut __call = ::retryable::__private_0_1::start_common(__policy());
        loop {
            let (__returned, __delay) = {
                let (__returned, __outcome) = ::retryable::__private_0_1::attempt_of(
                        __call,
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
                    __returned,
                    __policy(),
                    &__outcome,
                ) {
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
    })
}
