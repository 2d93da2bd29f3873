impl Client {
    #[retryable(max = 5, on = "refused")]
    async fn same(&self) -> Result<(), Error> {
        body().await
    }
    #[retryable(max = 2, on = "refused")]
    async fn other(&self) -> Result<(), Error> {
        body().await
    }
    async fn plain(&self) -> Result<(), Error> {
        body().await
    }
}
