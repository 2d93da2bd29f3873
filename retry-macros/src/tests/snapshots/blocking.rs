#[allow(unused)]
fn read(path: &Path, mut options: Options) -> io::Result<String> {
    const __POLICY: &::retryable::__private_0_1::Policy<
        ::retryable::__private_0_1::NoDelay,
        ::retryable::__private_0_1::On,
        ::retryable::__private_0_1::Unlimited,
    > = &::retryable::__private_0_1::Policy::with_backoff(
            ::retryable::__private_0_1::NoDelay,
        )
        .name(::core::concat!(::core::module_path!(), "::read"));
    let mut __call = ::retryable::__private_0_1::start_common(__POLICY);
    loop {
        let (__returned, __delay) = {
            let __outcome = ::retryable::__private_0_1::attempt_blocking(
                &mut __call,
                || {
                    if let ::core::option::Option::Some(__ret) = ::core::option::Option::None::<
                        io::Result<String>,
                    > {
                        return __ret;
                    }
                    let options = <Options as ::retryable::__private_0_1::ClonedArgument>::cloned(
                        &mut options,
                    );
                    { options.open(path)?.read() }
                },
            );
            match ::retryable::__private_0_1::settle_common(
                __call,
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
        __call = __returned;
        ::retryable::__private_0_1::block(
            ::retryable::__private_0_1::DefaultTimer,
            __delay,
        );
    }
}
