async fn call() -> io::Result<()> {
    body().await
}
::core::compile_error! {
    "`max` needs a value: `max = 5`"
}
::core::compile_error! {
    "unknown `#[retryable]` argument `backof`; did you mean `backoff = \"exp\"`?"
}
