//! Reads the file again on SIGHUP. A call keeps the policy that it began with, and a bad file changes nothing.
//!
//! ```text
//! cargo run -p configuring --bin reload -- retry.toml
//! kill -HUP PID
//! ```

#[cfg(unix)]
#[tokio::main(flavor = "current_thread")]
async fn main() -> std::process::ExitCode {
    match run().await {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            std::process::ExitCode::FAILURE
        }
    }
}

#[cfg(unix)]
async fn run() -> Result<(), Box<dyn std::error::Error>> {
    use std::collections::BTreeMap;
    use std::path::PathBuf;

    use configuring::{Down, environment, policies};
    use retryable::LivePolicy;
    use tokio::signal::unix::{SignalKind, signal};

    let file = PathBuf::from(std::env::args_os().nth(1).ok_or("usage: reload FILE")?);
    let read = || policies(Some(&file), environment(), &[]);
    // Clients of the program have clones of these handles.
    let live: BTreeMap<_, LivePolicy<Down>> = read()?
        .into_iter()
        .map(|(name, policy)| (name, LivePolicy::new(policy)))
        .collect();
    let explain = || {
        for (name, policy) in &live {
            println!("{name}: {}", policy.load().describe());
        }
    };
    let mut hang_up = signal(SignalKind::hangup())?;
    explain();
    println!("ready");
    while hang_up.recv().await.is_some() {
        match read() {
            Ok(policies) => {
                for (name, policy) in policies {
                    live[name].replace(policy);
                }
                explain();
            }
            Err(error) => println!("kept the old policies:\n{error}"),
        }
        println!("ready");
    }
    Ok(())
}

#[cfg(not(unix))]
fn main() {
    eprintln!("this system has no SIGHUP");
}
