async fn send<T: Clone>(
    &mut self,
    reference: &str,
    lent: &mut Vec<u8>,
    mut owned: String,
    mut changed: Vec<u8>,
    __arg5: (u8, u8),
    mut generic: T,
    mut opaque: impl Into<String> + Clone,
    shared: Body,
    mut seen: Log,
    #[cfg(unix)]
    configured: u8,
    _: u8,
) -> io::Result<impl Iterator<Item = u8>> {
    let (mut left, mut right) = {
        let (left, right) = __arg5;
        (left, right)
    };
    let __policy = || const {
        &::retryable::__private_0_1::method(
            ::retryable::__private_0_1::Policy::new(),
            ::core::concat!(::core::module_path!(), "::send"),
            ::retryable::__private_0_1::type_name::<Self>,
        )
    };
    let mut __call = ::retryable::__private_0_1::start(
        __policy(),
        &::retryable::__private_0_1::NoBudget,
        ::retryable::__private_0_1::stopwatch(::retryable::__private_0_1::DefaultTimer),
        true,
    );
    loop {
        let (__returned, __delay) = {
            let (__returned, __outcome) = ::retryable::__private_0_1::attempt_of(
                    __call,
                    async {
                        if let ::core::option::Option::Some(__ret) = ::core::option::Option::None::<
                            io::Result<_>,
                        > {
                            return __ret;
                        }
                        let lent = &mut *lent;
                        let owned = <String as ::retryable::__private_0_1::ClonedArgument>::cloned(
                            &mut owned,
                        );
                        let mut changed = <Vec<
                            u8,
                        > as ::retryable::__private_0_1::ClonedArgument>::cloned(
                            &mut changed,
                        );
                        let left = ::retryable::__private_0_1::ClonedArgument::cloned(
                            &mut left,
                        );
                        let right = ::retryable::__private_0_1::ClonedArgument::cloned(
                            &mut right,
                        );
                        let generic = <T as ::core::clone::Clone>::clone(&mut generic);
                        let opaque = ::core::clone::Clone::clone(&mut opaque);
                        let seen = <Log as ::retryable::__private_0_1::ClonedArgument>::cloned(
                            &mut seen,
                        );
                        let _ = &seen;
                        { body(self) }
                    },
                )
                .await;
            match ::retryable::__private_0_1::settle(
                __returned,
                false,
                __policy(),
                &::retryable::__private_0_1::NoBudget,
                &__outcome,
                &::retryable::__private_0_1::hooks(
                    ::retryable::__private_0_1::NoHook,
                    ::retryable::__private_0_1::on_retry(
                        &__outcome,
                        |event| log(seen, event),
                    ),
                    ::retryable::__private_0_1::NoHook,
                ),
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
