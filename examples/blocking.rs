//! Blocking code: an annotated `fn`, and a policy around a closure.
//!
//!     cargo run -p examples --example blocking

use std::fs::File;
use std::io::{Error, ErrorKind, Read};
use std::path::Path;
use std::time::Duration;

use retryable::{Class, Policy, retryable};

/// Retries only if the file does not exist yet: another process is about to write it.
fn not_there_yet(error: &Error) -> Class {
    match error.kind() {
        ErrorKind::NotFound => Class::Transient,
        _ => Class::Permanent,
    }
}

#[retryable(max = 50, backoff = "fixed", base = "10ms", jitter = "none", on = not_there_yet)]
fn read(path: &Path) -> Result<String, Error> {
    let mut text = String::new();
    File::open(path)?.read_to_string(&mut text)?;
    Ok(text)
}

fn main() -> Result<(), Error> {
    let directory = std::env::temp_dir().join(format!("retryable-{}", std::process::id()));
    std::fs::create_dir_all(&directory)?;
    let path = directory.join("report.txt");

    let writer = std::thread::spawn({
        let path = path.clone();
        move || {
            // Stands for the work of the other process.
            std::thread::sleep(Duration::from_millis(30));
            // Written to another file and renamed, so that the reader never sees half of it.
            let aside = path.with_extension("tmp");
            std::fs::write(&aside, "done")?;
            std::fs::rename(aside, path)
        }
    });
    let text = read(&path)?;
    println!("the file contains {text:?}");
    assert_eq!(text, "done");
    writer.join().expect("the writer does not panic")?;

    let policy = Policy::fixed(Duration::from_millis(1))
        .max_attempts(3)
        .on_error(not_there_yet);
    let (outcome, report) = policy
        .blocking(|| File::open(directory.join("absent")))
        .report();
    println!("a file that is never written: {report:?}");
    assert!(outcome.is_err());
    assert_eq!(report.attempts, 3);

    std::fs::remove_dir_all(directory)
}
