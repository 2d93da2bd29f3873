impl Client {
    #[retryable(
        max = 5,
        on = "refused",
        name = ::core::concat!(::core::module_path!(), "::Client::same")
    )]
    async fn same(&self) -> Result<(), Error> {
        body().await
    }
    #[retryable(
        max = 2,
        on = "refused",
        name = ::core::concat!(::core::module_path!(), "::Client::other")
    )]
    async fn other(&self) -> Result<(), Error> {
        body().await
    }
    async fn plain(&self) -> Result<(), Error> {
        body().await
    }
}
