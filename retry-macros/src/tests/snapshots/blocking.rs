#[allow(unused)]
fn read(path: &Path, mut options: Options) -> io::Result<String> {
    const __POLICY: &::retryable::__private::Policy<
        ::retryable::__private::NoDelay,
        ::retryable::__private::On,
        ::retryable::__private::Unlimited,
    > = &::retryable::__private::Policy::with_backoff(::retryable::__private::NoDelay);
    let mut __call = ::retryable::__private::start_common(__POLICY);
    loop {
        let __delay = {
            let __outcome = ::retryable::__private::attempt_blocking(
                &mut __call,
                || {
                    if let ::core::option::Option::Some(__ret) = ::core::option::Option::None::<
                        io::Result<String>,
                    > {
                        return __ret;
                    }
                    let options = <Options as ::retryable::__private::ClonedArgument>::cloned(
                        &mut options,
                    );
                    { options.open(path)?.read() }
                },
            );
            match ::retryable::__private::settle_common(
                &mut __call,
                __POLICY,
                &__outcome,
            ) {
                ::core::option::Option::Some(__delay) => __delay,
                ::core::option::Option::None => break __outcome,
            }
        };
        ::retryable::__private::block(::retryable::__private::DefaultTimer, __delay);
    }
}
