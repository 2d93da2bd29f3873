/// Documented.
pub async fn user(client: &Client, mut id: u64) -> Result<User, reqwest::Error> {
    let __policy = || const { &::retryable::__private::Policy::new().max_attempts(5) };
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
                        if let ::core::option::Option::Some(__ret) = ::core::option::Option::None::<
                            Result<User, reqwest::Error>,
                        > {
                            return __ret;
                        }
                        let id = <u64 as ::retryable::__private::ClonedArgument>::cloned(
                            &mut id,
                        );
                        { client.get(id).await }
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
}
