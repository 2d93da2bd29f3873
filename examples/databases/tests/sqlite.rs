//! Two processes write to one database of SQLite.

use std::process::Command;

use databases::sqlite::{create_accounts, open};
use rusqlite::{Connection, Error};

const TRANSFERS: u32 = 200;

fn number(connection: &Connection, sql: &str) -> Result<i64, Error> {
    connection.query_row(sql, (), |row| row.get(0))
}

#[test]
fn two_processes_lose_and_make_no_money() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("accounts.db");
    let mut connection = open(&path)?;
    create_accounts(&connection, 4, 100)?;

    // Both processes find the database busy until this transaction ends.
    let lock = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let mut processes = Vec::new();
    for name in ["a", "b"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_transfers"));
        let command = command.arg(&path).args([name, &TRANSFERS.to_string()]);
        processes.push(command.spawn()?);
    }
    // In real time: SQLite waits by its own clock, and other processes are not in a test mode.
    std::thread::sleep(std::time::Duration::from_millis(100));
    assert!(
        processes
            .iter_mut()
            .all(|process| matches!(process.try_wait(), Ok(None)))
    );
    lock.rollback()?;

    for process in &mut processes {
        assert!(process.wait()?.success());
    }
    let sum = number(&connection, "SELECT SUM(balance) FROM accounts")?;
    assert_eq!(sum, 400);
    let transfers = number(&connection, "SELECT COUNT(*) FROM transfers")?;
    assert_eq!(transfers, i64::from(2 * TRANSFERS));
    // Each process moves one unit around a ring of four, so that every account ends as it began.
    let changed = number(
        &connection,
        "SELECT COUNT(*) FROM accounts WHERE balance <> 100",
    )?;
    assert_eq!(changed, 0);
    Ok(())
}
