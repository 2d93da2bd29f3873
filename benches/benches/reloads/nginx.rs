//! nginx in front of the backend, with its own folder and port, and its restarts under load.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// No start and no end takes nearly so long.
const PATIENCE: Duration = Duration::from_secs(10);

/// An nginx that quits waits for connections that have not had a request yet, such as those that a client's pool
/// opened in vain, for the 60 s of `client_header_timeout`. No request takes nearly so long.
const SHUTDOWN: u32 = 300;

/// The kinds of restarts, each of which is repeated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Event {
    /// New workers take over, and the old ones end when their requests have.
    Reload,
    /// nginx ends when its requests have, and starts again.
    Quit,
    /// nginx ends at once, and starts again.
    Stop,
    /// nginx ends at once, and starts again half a second later.
    Down,
}

impl Event {
    pub(crate) const ALL: [Self; 4] = [Self::Reload, Self::Quit, Self::Stop, Self::Down];

    /// How long nginx is left alone before it happens.
    pub(crate) fn pause(self) -> Duration {
        match self {
            Self::Down => Duration::from_millis(500),
            _ => Duration::from_millis(150),
        }
    }
}

/// A running nginx. Dropping it ends nginx.
#[derive(Debug)]
pub(crate) struct Nginx {
    program: &'static str,
    folder: TempDir,
    address: SocketAddr,
    child: Child,
}

/// Returns the program and its version, if nginx is installed.
pub(crate) fn program() -> Option<(&'static str, String)> {
    ["nginx", "/usr/sbin/nginx"]
        .into_iter()
        .find_map(|program| {
            let output = Command::new(program).arg("-v").output().ok()?;
            // `nginx version: nginx/1.22.1`
            let said = String::from_utf8(output.stderr).ok()?;
            let version = said.trim().rsplit('/').next()?.to_owned();
            Some((program, version))
        })
}

impl Nginx {
    pub(crate) fn start(
        program: &'static str,
        backend: SocketAddr,
        http2: bool,
    ) -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        std::fs::create_dir(folder.path().join("temporary"))?;
        let address = SocketAddr::from(([127, 0, 0, 1], port()?));
        let configuration = configuration(address, backend, http2);
        std::fs::write(folder.path().join("nginx.conf"), configuration)?;
        let child = command(program, &folder).spawn()?;
        let mut nginx = Self {
            program,
            folder,
            address,
            child,
        };
        nginx.listens()?;
        Ok(nginx)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Reloads or restarts nginx. Returns when it listens again.
    pub(crate) fn suffers(&mut self, event: Event) -> io::Result<()> {
        match event {
            Event::Reload => return self.signal("reload"),
            Event::Quit => self.ends("quit")?,
            Event::Stop => self.ends("stop")?,
            Event::Down => {
                self.ends("stop")?;
                std::thread::sleep(Duration::from_millis(500));
            }
        }
        self.child = command(self.program, &self.folder).spawn()?;
        self.listens()
    }

    fn signal(&self, name: &str) -> io::Result<()> {
        let sent = command(self.program, &self.folder)
            .args(["-s", name])
            .status()?;
        if sent.success() {
            return Ok(());
        }
        Err(self.failed(name))
    }

    fn ends(&mut self, signal: &str) -> io::Result<()> {
        self.signal(signal)?;
        let patience = Instant::now() + PATIENCE;
        while self.child.try_wait()?.is_none() {
            if Instant::now() > patience {
                return Err(self.failed(signal));
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    fn listens(&mut self) -> io::Result<()> {
        let patience = Instant::now() + PATIENCE;
        while TcpStream::connect(self.address).is_err() || !self.pid().is_file() {
            if self.child.try_wait()?.is_some() || Instant::now() > patience {
                return Err(self.failed("start"));
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    /// Returns the file with the process id. Without it, no signal can be sent.
    fn pid(&self) -> PathBuf {
        self.folder.path().join("nginx.pid")
    }

    fn failed(&self, what: &str) -> io::Error {
        let log = std::fs::read_to_string(self.folder.path().join("error.log"));
        io::Error::other(format!("nginx does not {what}: {log:?}"))
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // An error is ignored: nginx may have ended already. This signal ends the workers too, and not the master
        // alone.
        if self.ends("stop").is_err() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// Below the ports from which clients call: while nginx is down, a client could otherwise receive this port as its
/// own, and connect to itself.
fn port() -> io::Result<u16> {
    let free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let start = 20_000 + u16::try_from(std::process::id() % 10_000).unwrap_or(0);
    let port = (start..32_000).find(free);
    port.ok_or_else(|| io::Error::other("no port is free"))
}

fn command(program: &str, folder: &TempDir) -> Command {
    let mut command = Command::new(program);
    command
        .arg("-p")
        .arg(folder.path())
        .args(["-c", "nginx.conf", "-e", "error.log"])
        .stderr(Stdio::null());
    command
}

fn configuration(address: SocketAddr, backend: SocketAddr, http2: bool) -> String {
    let http2 = if http2 { " http2" } else { "" };
    format!(
        "daemon off;
        pid nginx.pid;
        error_log error.log;
        worker_processes 2;
        worker_shutdown_timeout {SHUTDOWN}ms;
        events {{ worker_connections 512; }}
        http {{
            access_log off;
            client_body_temp_path temporary/body;
            proxy_temp_path temporary/proxy;
            fastcgi_temp_path temporary/fastcgi;
            uwsgi_temp_path temporary/uwsgi;
            scgi_temp_path temporary/scgi;
            upstream backend {{ server {backend}; keepalive 64; }}
            server {{
                listen {address}{http2};
                location / {{
                    proxy_pass http://backend;
                    proxy_http_version 1.1;
                    proxy_set_header Connection '';
                }}
            }}
        }}"
    )
}
