//! A PostgreSQL in a temporary folder, on 127.0.0.1.

use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};

/// Stopped when dropped.
pub(crate) struct Server {
    process: Child,
    port: u16,
    _folder: TempDir,
}

impl Server {
    /// Starts a server with an empty database. `None`: there is no PostgreSQL, or no user that may run it.
    pub(crate) fn start() -> io::Result<Option<Self>> {
        let Some(programs) = programs() else {
            return Ok(skip("it is not installed"));
        };
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("data");
        // PostgreSQL does not run as root. Debian's package has a user for it.
        let as_postgres = is_root();
        if as_postgres {
            let owner = run(Command::new("chown").arg("postgres").arg(folder.path()));
            if !owner.is_ok_and(|output| output.status.success()) {
                return Ok(skip("this is root, and there is no user `postgres`"));
            }
        }
        let program = |name: &str| {
            let path = programs.join(name);
            if as_postgres {
                let mut command = Command::new("setpriv");
                command
                    .args([
                        "--reuid=postgres",
                        "--regid=postgres",
                        "--clear-groups",
                        "--",
                    ])
                    .arg(path);
                command
            } else {
                Command::new(path)
            }
        };
        let mut initdb = program("initdb");
        initdb.args([
            "--no-sync",
            "--auth=trust",
            "--username=test",
            "--encoding=UTF8",
        ]);
        let output = run(initdb.arg("--pgdata").arg(&data).current_dir(folder.path()))?;
        if !output.status.success() {
            return Ok(skip(&String::from_utf8_lossy(&output.stderr)));
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let process = program("postgres")
            .arg("-D")
            .arg(&data)
            .args([
                "-h",
                "127.0.0.1",
                "-p",
                &port.to_string(),
                "-c",
                "fsync=off",
            ])
            .args(["-c", "unix_socket_directories="])
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Some(Self {
            process,
            port,
            _folder: folder,
        }))
    }

    /// Connects, and waits for the server to start.
    pub(crate) async fn connect(&self) -> Result<Client, tokio_postgres::Error> {
        let url = format!(
            "host=127.0.0.1 port={} user=test dbname=postgres",
            self.port
        );
        let begun = Instant::now();
        loop {
            match tokio_postgres::connect(&url, NoTls).await {
                Ok((client, connection)) => {
                    tokio::spawn(connection);
                    return Ok(client);
                }
                Err(error) if begun.elapsed() > Duration::from_secs(30) => return Err(error),
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGINT ends the sessions and removes the shared memory; SIGKILL would not.
        let id = self.process.id().to_string();
        let stopped = run(Command::new("kill").args(["-INT", &id]));
        if !stopped.is_ok_and(|output| output.status.success()) {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

fn run(command: &mut Command) -> io::Result<Output> {
    command.stdin(Stdio::null()).output()
}

fn is_root() -> bool {
    let id = run(Command::new("id").arg("-u"));
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// The folder of `initdb` and `postgres`: Debian's, of the newest version, or that of the `PATH`.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let mut folders: Vec<PathBuf> = versions
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    folders.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let has_programs = |folder: &PathBuf| has(folder, "initdb") && has(folder, "postgres");
    folders
        .into_iter()
        .rev()
        .chain(std::env::split_paths(&path))
        .find(has_programs)
}

fn has(folder: &Path, program: &str) -> bool {
    folder.join(program).is_file()
}

fn skip(reason: &str) -> Option<Server> {
    eprintln!("skipped: PostgreSQL cannot be started: {reason}");
    assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "{reason}");
    None
}
