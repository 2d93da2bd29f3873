//! What the user calls their things does not matter; nor does a `macro_rules!` around the function.

use retryable::retryable;

use crate::shapes::support::{Busy, Calls};

mod shadowed {
    //! Every name that the prelude has, and that generated code might have used.
    #![allow(dead_code, non_camel_case_types, unused_macros)]

    use retryable::retryable;

    use crate::shapes::support::Calls;

    pub(super) struct Error;
    pub(super) enum Result<T> {
        Fine(T),
    }
    pub(super) struct Option;
    pub(super) struct Some;
    pub(super) struct None;
    pub(super) struct Ok;
    pub(super) struct Err;
    struct Clone;
    struct Duration;
    struct Policy;
    struct Future;
    struct u32;
    struct bool;
    struct str;
    mod core {}
    mod std {}
    mod alloc {}
    mod tokio {}
    mod retryable_ {}
    mod __private_0_1 {}
    macro_rules! const_ {
        () => {
            compile_error!("called")
        };
    }
    macro_rules! concat {
        () => {
            compile_error!("called")
        };
    }
    macro_rules! module_path {
        () => {
            compile_error!("called")
        };
    }

    type Attempted = ::core::result::Result<::core::primitive::u32, crate::shapes::support::Busy>;

    #[retryable(
        max = 4,
        base = "1ms",
        attempt_timeout = "1s",
        deadline = "1m",
        on = "any",
        on_retry = |_| {},
        on_give_up = |_| {},
        until = |_| true
    )]
    pub(super) async fn everything(calls: &Calls, owned: ::std::string::String) -> Attempted {
        drop(owned);
        calls.third()
    }

    #[retryable(backoff = "none", on = |_| true)]
    pub(super) fn blocking(calls: &Calls) -> Attempted {
        calls.third()
    }
}

#[tokio::test(start_paused = true)]
async fn the_prelude_may_be_shadowed() {
    let calls = Calls::new();
    assert_eq!(shadowed::everything(&calls, String::new()).await, Ok(3));
    assert_eq!(calls.count(), 3);
    assert_eq!(shadowed::blocking(&Calls::new()), Ok(3));
}

#[retryable]
async fn items_in_the_body(calls: &Calls) -> Result<u32, Busy> {
    #[allow(dead_code)]
    enum Option {
        Some,
        None,
    }
    #[allow(unused_imports)]
    use Option::{None, Some};
    #[allow(dead_code)]
    type Result = u8;
    #[allow(dead_code)]
    struct String;
    calls.third()
}

#[allow(clippy::used_underscore_binding)]
#[retryable(on_retry = |_| {})]
async fn the_macro_s_own_names(
    __call: &Calls,
    __policy: u32,
    __outcome: u32,
    __delay: String,
    __ret: String,
    (__arg0, __arg5): (u32, u32),
) -> Result<u32, Busy> {
    drop((__delay, __ret));
    let __ended = __policy + __outcome + __arg0 + __arg5;
    __call.third().map(|calls| calls + __ended)
}

#[tokio::test(start_paused = true)]
async fn names_of_the_user_and_of_the_macro_do_not_meet() {
    assert_eq!(items_in_the_body(&Calls::new()).await, Ok(3));
    let text = String::new;
    let outcome = the_macro_s_own_names(&Calls::new(), 1, 2, text(), text(), (3, 4)).await;
    assert_eq!(outcome, Ok(13));
}

macro_rules! retried {
    ($name:ident, $calls:ident, $ty:ty, $max:expr, $value:expr) => {
        #[retryable(max = $max)]
        async fn $name($calls: &Calls, extra: $ty) -> Result<$ty, Busy> {
            $calls.third()?;
            drop(extra);
            Ok($value)
        }
    };
}

retried!(from_a_macro, calls, Vec<u8>, 1 + 2, vec![1]);

macro_rules! with_block {
    ($name:ident($calls:ident), $max:literal, $base:expr, $result:ty, $body:block) => {
        #[retryable(max = $max, base = $base)]
        async fn $name($calls: &Calls) -> $result $body
    };
}

with_block!(from_a_block(calls), 3, "1ms", Result<u32, Busy>, { calls.third() });

macro_rules! whole_item {
    ($item:item) => {
        #[retryable]
        $item
    };
}

whole_item! {
    async fn from_an_item(calls: &Calls, text: String) -> Result<u32, Busy> {
        drop(text);
        calls.third()
    }
}

macro_rules! pieces {
    ($(#[$meta:meta])* $vis:vis $name:ident <$lifetime:lifetime> ($pattern:pat, $ty:ty) $path:path) => {
        $(#[$meta])*
        $vis async fn $name<$lifetime>(calls: &$lifetime Calls, $pattern: $ty) -> $path {
            calls.third()
        }
    };
}

pieces!(#[retryable] #[allow(unused_variables)] pub(crate) from_pieces<'a>((x, y), (u8, u8)) Result<u32, Busy>);

#[tokio::test(start_paused = true)]
async fn a_function_may_come_from_a_macro() {
    let calls = Calls::new();
    assert_eq!(from_a_macro(&calls, vec![]).await, Ok(vec![1]));
    assert_eq!(calls.count(), 3);
    assert_eq!(from_a_block(&Calls::new()).await, Ok(3));
    assert_eq!(from_an_item(&Calls::new(), String::new()).await, Ok(3));
    assert_eq!(from_pieces(&Calls::new(), (1, 2)).await, Ok(3));
}
