//! Policies from a file, the environment and the command line.
//!
//! ```text
//! cargo run -p configuring --bin configured -- --file retry.toml --retry 'orders=max = 1' --explain
//! ```

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use configuring::{Down, environment, parse_flag, policies};
use retryable::config::PolicyConfig;

#[derive(Parser)]
struct Arguments {
    /// A file with a section `[retry.NAME]` for each call.
    #[arg(long)]
    file: Option<PathBuf>,
    /// Settings of one call, such as 'orders=max = 3, base = 10ms'.
    #[arg(long = "retry", value_name = "NAME=SETTINGS", value_parser = parse_flag)]
    flags: Vec<(String, PolicyConfig)>,
    /// Prints what the policy of each call does, and makes no call.
    #[arg(long)]
    explain: bool,
}

fn main() -> ExitCode {
    let Arguments {
        file,
        flags,
        explain,
    } = Arguments::parse();
    let policies = match policies(file.as_deref(), environment(), &flags) {
        Ok(policies) => policies,
        Err(mistakes) => {
            // Not returned: that would print the mistakes as Rust prints a structure.
            eprintln!("{mistakes}");
            return ExitCode::FAILURE;
        }
    };
    for (name, policy) in &policies {
        if explain {
            println!("{name}: {}", policy.describe());
            continue;
        }
        let (_, report) = policy.blocking(|| Err::<(), _>(Down)).report();
        println!("{name}: gave up after attempt {}", report.attempts);
    }
    ExitCode::SUCCESS
}
