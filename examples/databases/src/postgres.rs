//! PostgreSQL, whose serializable transactions fail with SQLSTATE 40001 when they cannot be put in an order.

use retryable::{Class, retryable, sqlstate};
use tokio_postgres::{Client, Error, IsolationLevel};

/// Returns the class of an error of tokio-postgres.
///
/// An error without a SQLSTATE is one of the connection or of the caller's code. If the connection is closed, a commit may have
/// been sent.
pub fn classify(error: &Error) -> Class {
    match error.code() {
        Some(state) => sqlstate::classify(state.code()),
        None if error.is_closed() => Class::Ambiguous,
        None => Class::Permanent,
    }
}

/// Creates accounts 0, 1, … with the same balance each.
///
/// # Errors
///
/// If the database fails.
pub async fn create_accounts(client: &Client, number: i32, balance: i64) -> Result<(), Error> {
    client
        .batch_execute(
            "CREATE TABLE accounts (id INT PRIMARY KEY, balance BIGINT NOT NULL);
             CREATE TABLE transfers (id TEXT PRIMARY KEY);",
        )
        .await?;
    let insert = "INSERT INTO accounts SELECT id, $2 FROM generate_series(0, $1 - 1) AS id";
    client.execute(insert, &[&number, &balance]).await?;
    Ok(())
}

/// Moves money. The whole transaction is one attempt: it reads again what another transaction has changed.
///
/// If the connection is lost while `commit` runs, the transfer may have been made. This is `Ambiguous`, and is not retried.
/// With its id, the caller can find out.
///
/// # Errors
///
/// If the database fails, or 1,000 attempts do not suffice.
#[retryable(max = 1_000, base = "1ms", cap = "50ms", on = classify)]
pub async fn transfer(
    client: &mut Client,
    id: &str,
    from: i32,
    to: i32,
    amount: i64,
) -> Result<(), Error> {
    let builder = client.build_transaction();
    let serializable = builder.isolation_level(IsolationLevel::Serializable);
    let transaction = serializable.start().await?;
    let insert = "INSERT INTO transfers VALUES ($1)";
    transaction.execute(insert, &[&id]).await?;
    // Read, compute, write: two transactions that read the same balance cannot both commit.
    for (account, change) in [(from, -amount), (to, amount)] {
        let select = "SELECT balance FROM accounts WHERE id = $1";
        let balance: i64 = transaction.query_one(select, &[&account]).await?.get(0);
        let update = "UPDATE accounts SET balance = $2 WHERE id = $1";
        transaction
            .execute(update, &[&account, &(balance + change)])
            .await?;
    }
    transaction.commit().await
}
