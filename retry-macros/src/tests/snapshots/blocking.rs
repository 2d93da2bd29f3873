#[allow(unused)]
fn read(path: &Path, mut options: Options) -> io::Result<String> {
    let __policy = || const {
        &::retryable::__private::Policy::with_backoff(::retryable::__private::NoDelay)
    };
    let mut __call = ::retryable::__private::start(
        __policy(),
        &::retryable::__private::NoThrottle,
        ::retryable::__private::Untimed,
        false,
    );
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
        ::retryable::__private::block(::retryable::__private::DefaultTimer, __delay);
    }
}
