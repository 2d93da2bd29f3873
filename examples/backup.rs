//! A backup tool without an async runtime: it waits for files that another program still writes, and uploads each of
//! them with retries.
//!
//!     cargo run -p examples --example backup

use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use retryable::http::blocking::{ReplayBody, RetryClient};
use retryable::http::testing::{Server, reply, reset};
use retryable::{Class, Policy, retryable};

struct Backup {
    client: RetryClient,
    url: String,
}

impl Backup {
    /// Uploads these files, and returns those that failed. One failure does not stop the others.
    fn run(&self, files: &[PathBuf]) -> Vec<PathBuf> {
        let mut failed = Vec::new();
        for path in files {
            match self.save(path) {
                Ok(length) => println!("{}: {length} bytes", path.display()),
                Err(error) => {
                    println!("{}: {error}", path.display());
                    failed.push(path.clone());
                }
            }
        }
        failed
    }

    fn save(&self, path: &Path) -> Result<u64, Box<dyn Error>> {
        let length = finished(path)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let request = self.client.put(format!("{}/{name}", self.url));
        // Opened again for each attempt, so that each sends the whole file.
        request.replay_body(ReplayBody::from_file(path)).send()?;
        Ok(length)
    }
}

/// Returns the length of a file. Waits until it exists: its writer renames it when it is complete.
#[retryable(max = 50, backoff = "fixed", base = "10ms", max_elapsed = "500ms", on = not_there_yet)]
fn finished(path: &Path) -> io::Result<u64> {
    Ok(fs::metadata(path)?.len())
}

fn not_there_yet(error: &io::Error) -> Class {
    match error.kind() {
        io::ErrorKind::NotFound => Class::Transient,
        _ => Class::Permanent,
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    // With the id of the process, because other runs may use the same folder.
    let folder = std::env::temp_dir().join(format!("retryable-{}.backup", std::process::id()));
    fs::create_dir_all(&folder)?;
    let files = ["notes", "report", "absent"].map(|name| folder.join(name));
    fs::write(&files[0], "remember the milk")?;
    let report = files[1].clone();
    let writer = thread::spawn(move || {
        thread::sleep(Duration::from_millis(100));
        // Written to another file and renamed, so that the backup never sees half of it.
        let part = report.with_extension("part");
        fs::write(&part, "done")?;
        fs::rename(part, report)
    });

    let server = Server::script([reset(), reply(503), reply(201), reply(201)]);
    let policy = Policy::exponential(Duration::from_millis(10)).max_attempts(5);
    let client = reqwest::blocking::Client::builder().no_proxy().build()?;
    let client = RetryClient::new(client, policy).on_retry(|event| {
        let error = event.error.map(ToString::to_string).unwrap_or_default();
        println!("attempt {}: {error}", event.attempt);
    });
    let url = server.url();
    let failed = Backup { client, url }.run(&files);
    writer.join().expect("the writer does not panic")?;
    fs::remove_dir_all(folder)?;

    assert_eq!(failed, [files[2].clone()]);
    let requests = server.finish();
    let paths = requests.iter().map(|seen| seen.path.as_str());
    let expected = ["/notes", "/notes", "/notes", "/report"];
    assert_eq!(paths.collect::<Vec<_>>(), expected);
    assert!(requests[2].has_body("remember the milk") && requests[3].has_body("done"));
    Ok(())
}
