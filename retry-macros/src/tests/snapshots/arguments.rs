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
    const __POLICY: &::retryable::__private::Policy<
        ::retryable::__private::Exponential,
        ::retryable::__private::On,
        ::retryable::__private::Unlimited,
    > = &::retryable::__private::Policy::new();
    let mut __call = ::retryable::__private::start(
        __POLICY,
        &::retryable::__private::NoBudget,
        ::retryable::__private::stopwatch(::retryable::__private::DefaultTimer),
        true,
    );
    loop {
        let __delay = {
            let __outcome = ::retryable::__private::attempt(
                    &mut __call,
                    async {
                        if let ::core::option::Option::Some(__ret) = ::core::option::Option::None::<
                            io::Result<_>,
                        > {
                            return __ret;
                        }
                        let lent = &mut *lent;
                        let owned = <String as ::retryable::__private::ClonedArgument>::cloned(
                            &mut owned,
                        );
                        let mut changed = <Vec<
                            u8,
                        > as ::retryable::__private::ClonedArgument>::cloned(
                            &mut changed,
                        );
                        let left = ::retryable::__private::ClonedArgument::cloned(
                            &mut left,
                        );
                        let right = ::retryable::__private::ClonedArgument::cloned(
                            &mut right,
                        );
                        let generic = <T as ::core::clone::Clone>::clone(&mut generic);
                        let opaque = ::core::clone::Clone::clone(&mut opaque);
                        let seen = <Log as ::retryable::__private::ClonedArgument>::cloned(
                            &mut seen,
                        );
                        let _ = &seen;
                        { body(self) }
                    },
                )
                .await;
            match ::retryable::__private::settle(
                &mut __call,
                false,
                __POLICY,
                &::retryable::__private::NoBudget,
                &__outcome,
                ::core::concat!(::core::module_path!(), "::send"),
                &::retryable::__private::hooks(
                    ::retryable::__private::NoHook,
                    ::retryable::__private::on_retry(
                        &__outcome,
                        |event| log(seen, event),
                    ),
                    ::retryable::__private::NoHook,
                ),
            ) {
                ::core::option::Option::Some(__delay) => __delay,
                ::core::option::Option::None => break __outcome,
            }
        };
        ::retryable::__private::sleep(::retryable::__private::DefaultTimer, __delay)
            .await;
    }
}
