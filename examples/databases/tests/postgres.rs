//! Serializable transactions of many connections to a PostgreSQL that this test starts. Skipped if there is none.

mod server;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use databases::postgres::{classify, create_accounts, transfer};
use retryable::Class;
use server::Server;

const CLIENTS: i32 = 8;
const TRANSFERS: i32 = 25;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_connections_lose_and_make_no_money() -> Result<(), Box<dyn std::error::Error>> {
    let Some(server) = Server::start()? else {
        return Ok(());
    };
    let client = server.connect().await?;
    create_accounts(&client, 4, 100).await?;

    let mut tasks = Vec::new();
    for name in 0..CLIENTS {
        let mut client = server.connect().await?;
        tasks.push(tokio::spawn(async move {
            for number in 0..TRANSFERS {
                let id = format!("{name}-{number}");
                let from = (name + number) % 4;
                transfer(&mut client, &id, from, (from + 1) % 4, 1).await?;
            }
            Ok::<_, tokio_postgres::Error>(())
        }));
    }
    for task in tasks {
        task.await??;
    }

    let count = async |sql| {
        client
            .query_one(sql, &[])
            .await
            .map(|row| row.get::<_, i64>(0))
    };
    assert_eq!(
        count("SELECT SUM(balance)::bigint FROM accounts").await?,
        400
    );
    let transfers = count("SELECT COUNT(*) FROM transfers").await?;
    assert_eq!(transfers, i64::from(CLIENTS * TRANSFERS));
    Ok(())
}

/// What the test above relies on: without a retry, one of two transactions fails, and nothing of it stays.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_transactions_that_cannot_be_put_in_an_order_fail_with_40001()
-> Result<(), Box<dyn std::error::Error>> {
    let Some(server) = Server::start()? else {
        return Ok(());
    };
    let client = server.connect().await?;
    create_accounts(&client, 4, 100).await?;
    let failures = Arc::new(AtomicU32::new(0));
    let mut clients = [server.connect().await?, server.connect().await?];
    let [first, second] = &mut clients;
    let read = "SELECT SUM(balance)::bigint FROM accounts";
    let mut transactions = Vec::new();
    for client in [first, second] {
        let builder = client.build_transaction();
        let level = tokio_postgres::IsolationLevel::Serializable;
        let transaction = builder.isolation_level(level).start().await?;
        transaction.query_one(read, &[]).await?;
        transactions.push(transaction);
    }
    for (id, transaction) in (0_i32..).zip(transactions) {
        let update = "UPDATE accounts SET balance = balance + 1 WHERE id = $1";
        let updated = transaction.execute(update, &[&id]).await;
        let outcome = match updated {
            Ok(_) => transaction.commit().await,
            Err(error) => Err(error),
        };
        if let Err(error) = outcome {
            assert_eq!(classify(&error), Class::Refused, "{error}");
            failures.fetch_add(1, Relaxed);
        }
    }
    assert_eq!(failures.load(Relaxed), 1);
    let sum: i64 = client.query_one(read, &[]).await?.get(0);
    assert_eq!(sum, 401);
    Ok(())
}
