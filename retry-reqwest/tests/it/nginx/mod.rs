//! nginx as a peer: with its own folder, ports and configuration, for as long as a test takes.

use std::io;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tempfile::TempDir;
use tokio::net::TcpStream;

mod failures;
mod resume;

/// Runs until it is dropped.
#[derive(Debug)]
pub(crate) struct Nginx {
    child: Child,
    folder: TempDir,
    http: u16,
    https: u16,
    authority: reqwest::Certificate,
}

impl Nginx {
    /// Serves its own folder `files`, and what `locations` add to that. `None`, and a word on
    /// it, where nginx is not installed.
    pub(crate) async fn start(zones: &str, locations: &str) -> Option<Self> {
        let program = ["nginx", "/usr/sbin/nginx"].into_iter().find(|program| {
            let mut version = Command::new(program);
            version.arg("-v").stderr(Stdio::null()).status().is_ok()
        });
        let Some(program) = program else {
            println!("skipped: nginx is not installed");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("files")).unwrap();
        std::fs::create_dir(folder.path().join("temporary")).unwrap();
        let authority = certify(folder.path());
        // Between the choice of a port and nginx' own hand on it, another process may take it.
        for _ in 0..5 {
            let (http, https) = (free_port(), free_port());
            let configuration = configuration(http, https, zones, locations);
            std::fs::write(folder.path().join("nginx.conf"), configuration).unwrap();
            let mut child = spawn(program, folder.path()).unwrap();
            if answers(&mut child, https).await {
                return Some(Self {
                    child,
                    folder,
                    http,
                    https,
                    authority,
                });
            }
        }
        let log = std::fs::read_to_string(folder.path().join("error.log"));
        panic!("nginx does not start: {log:?}");
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.http)
    }

    pub(crate) fn https(&self, path: &str) -> String {
        format!("https://127.0.0.1:{}/{path}", self.https)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        // By another file, so that nginx never sees one that is half written.
        let path = self.folder.path().join("files").join(name);
        let beside = path.with_extension("new");
        std::fs::write(&beside, content).unwrap();
        std::fs::rename(beside, path).unwrap();
    }

    fn modified(&self, name: &str, when: std::time::SystemTime) {
        let path = self.folder.path().join("files").join(name);
        let file = std::fs::File::options().append(true).open(path).unwrap();
        file.set_modified(when).unwrap();
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// A certificate that no authority of the machine's has signed.
fn certify(folder: &Path) -> reqwest::Certificate {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["127.0.0.1".into()]).unwrap();
    std::fs::write(folder.join("certificate.pem"), cert.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), signing_key.serialize_pem()).unwrap();
    reqwest::Certificate::from_der(cert.der()).unwrap()
}

fn configuration(http: u16, https: u16, zones: &str, locations: &str) -> String {
    format!(
        "daemon off;
        master_process off;
        pid nginx.pid;
        error_log error.log;
        events {{ worker_connections 256; }}
        http {{
            access_log off;
            client_body_temp_path temporary/body;
            proxy_temp_path temporary/proxy;
            fastcgi_temp_path temporary/fastcgi;
            uwsgi_temp_path temporary/uwsgi;
            scgi_temp_path temporary/scgi;
            ssl_certificate certificate.pem;
            ssl_certificate_key key.pem;
            {zones}
            server {{
                listen 127.0.0.1:{http};
                listen 127.0.0.1:{https} ssl http2;
                root files;
                {locations}
            }}
        }}"
    )
}

fn spawn(program: &str, folder: &Path) -> io::Result<Child> {
    Command::new(program)
        .arg("-p")
        .arg(folder)
        .args(["-c", "nginx.conf", "-e", "error.log"])
        .stderr(Stdio::null())
        .spawn()
}

/// Whether it listens, and not another process in its place.
async fn answers(child: &mut Child, port: u16) -> bool {
    for _ in 0..500 {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    false
}
