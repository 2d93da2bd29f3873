/// Documented.
pub async fn user(client: &Client, id: u64) -> Result<User, reqwest::Error> {
    const __POLICY: &::retryable::__private::Policy<
        ::retryable::__private::Exponential,
        ::retryable::__private::On,
        ::retryable::__private::Unlimited,
    > = &::retryable::__private::Policy::new().max_attempts(5);
    let mut __call = ::retryable::__private::start_common(__POLICY);
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
                        { client.get(id).await }
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
}
