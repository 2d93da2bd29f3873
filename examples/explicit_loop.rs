//! A retry loop written by hand, for code in which a closure or an attribute does not fit: `&mut` borrows and `?` work
//! as usual, and the loop itself awaits the delay.
//!
//!     cargo run -p examples --example explicit_loop

use std::io::{Error, ErrorKind};
use std::time::Duration;

use retryable::{GiveUp, Policy};

const POLICY: Policy = Policy::exponential(Duration::from_millis(10)).max_attempts(5);

/// A connection that is lost at times. Responds by its script, last entry first.
struct Connection {
    script: Vec<Result<u32, ErrorKind>>,
    reconnects: u32,
}

impl Connection {
    async fn query(&mut self) -> Result<u32, Error> {
        tokio::task::yield_now().await;
        self.script.pop().unwrap_or(Ok(0)).map_err(Error::from)
    }

    async fn reconnect(&mut self) -> Result<(), Error> {
        tokio::task::yield_now().await;
        self.reconnects += 1;
        Ok(())
    }
}

async fn rows(connection: &mut Connection) -> Result<u32, Error> {
    let mut retry = POLICY.start();
    loop {
        match connection.query().await {
            Ok(rows) => return Ok(rows),
            Err(error) => {
                println!("attempt {}: {error}", retry.number());
                let broken = error.kind() == ErrorKind::BrokenPipe;
                // Returns the error when it is time to stop.
                retry.again(error)?.await;
                if broken {
                    connection.reconnect().await?;
                }
            }
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut connection = Connection {
        script: vec![Ok(3), Err(ErrorKind::TimedOut), Err(ErrorKind::BrokenPipe)],
        reconnects: 0,
    };
    let rows_read = rows(&mut connection).await?;
    println!(
        "{rows_read} rows, after {} reconnect",
        connection.reconnects
    );
    assert_eq!((rows_read, connection.reconnects), (3, 1));

    let mut denied = Connection {
        script: vec![Err(ErrorKind::PermissionDenied)],
        reconnects: 0,
    };
    let error = rows(&mut denied)
        .await
        .expect_err("no retry grants permission");
    println!("gives up: {error}");
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);

    // `retry` knows the reason.
    let mut retry = POLICY.start();
    assert!(retry.again(error).is_err());
    assert_eq!(retry.gave_up(), Some(GiveUp::NotRetryable));
    Ok(())
}
