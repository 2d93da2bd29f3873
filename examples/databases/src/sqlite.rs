//! SQLite, where one process at a time writes and the others get `SQLITE_BUSY`.

use std::path::Path;
use std::time::Duration;

use retryable::{Class, retryable};
use rusqlite::{Connection, Error, ErrorCode, TransactionBehavior, params};

/// Returns the class of an error of SQLite.
///
/// `SQLITE_BUSY` and `SQLITE_LOCKED` (<https://www.sqlite.org/rescode.html#busy>) mean that another connection has the
/// lock. The transaction is rolled back when it is dropped, so it has no effect. SQLite has no SQLSTATE; `rusqlite` returns the
/// primary code.
pub fn classify(error: &Error) -> Class {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Class::Refused,
        _ => Class::Permanent,
    }
}

/// Opens a database whose calls fail at once where SQLite would wait for a lock: one of the two waits, and here it is
/// `#[retryable]`.
pub fn open(path: &Path) -> Result<Connection, Error> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::ZERO)?;
    Ok(connection)
}

/// Creates accounts 0, 1, … with the same balance each.
pub fn create_accounts(connection: &Connection, number: u32, balance: i64) -> Result<(), Error> {
    connection.execute_batch(
        "CREATE TABLE accounts (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL) STRICT;
         CREATE TABLE transfers (id TEXT PRIMARY KEY) STRICT;",
    )?;
    for id in 0..number {
        connection.execute("INSERT INTO accounts VALUES (?, ?)", params![id, balance])?;
    }
    Ok(())
}

/// Moves money. The whole transaction is one attempt, from `BEGIN` to `COMMIT`.
///
/// `IMMEDIATE` takes the lock for writing at the beginning. A transaction that reads first and writes later could find
/// that what it read is out of date.
///
/// # Errors
///
/// If the database fails, or is busy for more than 30 seconds.
#[retryable(max = 10_000, base = "1ms", cap = "20ms", max_elapsed = "30s", on = classify)]
pub fn transfer(
    connection: &mut Connection,
    id: &str,
    from: u32,
    to: u32,
    amount: i64,
) -> Result<(), Error> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // The id is unique: a transfer that was made twice would fail here.
    transaction.execute("INSERT INTO transfers VALUES (?)", [id])?;
    let add = "UPDATE accounts SET balance = balance + ? WHERE id = ?";
    transaction.execute(add, params![-amount, from])?;
    transaction.execute(add, params![amount, to])?;
    transaction.commit()
}
