/// Documented.
pub async fn user(client: &Client, id: u64) -> Result<User, reqwest::Error> {
    const __POLICY: &::retryable::__private_0_1::Policy<
        ::retryable::__private_0_1::Exponential,
        ::retryable::__private_0_1::On,
        ::retryable::__private_0_1::Unlimited,
    > = &::retryable::__private_0_1::Policy::new()
        .max_attempts(5)
        .name(::core::concat!(::core::module_path!(), "::user"));
    let mut __call = ::retryable::__private_0_1::start_common(__POLICY);
    loop {
        let (__returned, __delay) = {
            let (__returned, __outcome) = ::retryable::__private_0_1::attempt_of(
                    __call,
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
            match ::retryable::__private_0_1::settle_common(
                __returned,
                __POLICY,
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
}
