//! A connection to a key-value store that reconnects by itself: reading is repeated if the connection breaks, but adding
//! is repeated only if the command was certainly not processed.
//!
//!     cargo run -p examples --example connection

use std::io::{Error, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use retryable::{Class, Classified, Classify, On, Policy, refused, transient};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

const READS: Policy = Policy::exponential(Duration::from_millis(10)).max_attempts(5);

/// For commands that must not take effect twice.
const WRITES: Policy = READS.on(On::Refused);

struct Connection {
    address: SocketAddr,
    /// `None` if it broke.
    stream: Option<BufReader<TcpStream>>,
    connects: u32,
}

impl Connection {
    fn new(address: SocketAddr) -> Self {
        Self {
            address,
            stream: None,
            connects: 0,
        }
    }

    async fn get(&mut self, key: &str) -> Result<String, Classified<Error>> {
        self.command(&READS, &format!("GET {key}\n")).await
    }

    async fn add(&mut self, key: &str) -> Result<String, Classified<Error>> {
        self.command(&WRITES, &format!("ADD {key}\n")).await
    }

    /// A loop written by hand: it borrows the connection mutably, and drops a broken one before the wait.
    async fn command(&mut self, policy: &Policy, line: &str) -> Result<String, Classified<Error>> {
        let mut retry = policy.start();
        loop {
            match self.exchange(line).await {
                Ok(reply) => return Ok(reply),
                Err(error) => {
                    println!("attempt {}, {}: {error}", retry.number(), error.classify());
                    // A reply that arrives late must not be taken for that of the next command.
                    self.stream = None;
                    // Returns the error when it is time to stop.
                    retry.again(error)?.await;
                }
            }
        }
    }

    async fn exchange(&mut self, line: &str) -> Result<String, Classified<Error>> {
        if self.stream.is_none() {
            // Nothing has been sent, so every failure to connect is safe to repeat.
            let stream = TcpStream::connect(self.address).await.map_err(refused)?;
            self.connects += 1;
            self.stream = Some(BufReader::new(stream));
        }
        let Some(stream) = &mut self.stream else {
            return Err(refused(ErrorKind::NotConnected.into()));
        };
        // From here on, the store may have processed the command.
        stream.write_all(line.as_bytes()).await.map_err(transient)?;
        let mut reply = String::new();
        stream.read_line(&mut reply).await.map_err(transient)?;
        if !reply.ends_with('\n') {
            return Err(transient(ErrorKind::UnexpectedEof.into()));
        }
        Ok(reply.trim_end().to_owned())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    // Each number is how many commands a connection responds to, before it breaks.
    let store = tokio::spawn(serve(listener, [1, 1, 2]));

    let mut connection = Connection::new(address);
    assert_eq!(connection.get("visits").await?, "0");
    // Breaks, and is repeated on a new connection.
    assert_eq!(connection.get("visits").await?, "0");
    // Breaks after the store has processed it, and is not repeated.
    let error = connection.add("visits").await.unwrap_err();
    println!("not repeated: {error}");
    assert_eq!(error.class(), Class::Transient);
    assert_eq!(connection.get("visits").await?, "1");
    assert_eq!(connection.add("visits").await?, "2");
    assert_eq!(connection.connects, 3);

    // The store is down: nothing was sent, so adding is repeated too.
    drop(connection);
    assert_eq!(store.await??, 2);
    let mut connection = Connection::new(address);
    let error = connection.add("visits").await.unwrap_err();
    println!("five attempts: {error}");
    assert_eq!(error.class(), Class::Refused);
    Ok(())
}

/// Serves one connection after another, and returns the number of visits.
async fn serve(listener: TcpListener, patience: [u32; 3]) -> Result<u32, Error> {
    let mut visits = 0;
    for patience in patience {
        let mut stream = BufReader::new(listener.accept().await?.0);
        for number in 1.. {
            let mut command = String::new();
            if stream.read_line(&mut command).await? == 0 {
                break;
            }
            visits += u32::from(command.starts_with("ADD"));
            if number > patience {
                break;
            }
            stream.write_all(format!("{visits}\n").as_bytes()).await?;
        }
    }
    Ok(visits)
}
