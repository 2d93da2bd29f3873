//! The server, in its own process: this program, started a second time.

use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::Ordering;

use crate::flaky::Flaky;

const FLAG: &str = "--serve";

/// Whether this process is the server.
pub(crate) fn is_wanted() -> bool {
    std::env::args().any(|argument| argument == FLAG)
}

/// Prints its address, and then the number of requests for each line that it reads.
pub(crate) fn serve() -> io::Result<()> {
    let (steady_url, steady) = Flaky::start(false);
    let (failing_url, failing) = Flaky::start(true);
    println!("{steady_url} {failing_url}");
    for line in io::stdin().lines() {
        line?;
        let hits = |server: &Flaky| server.hits.load(Ordering::SeqCst);
        println!("{} {}", hits(&steady), hits(&failing));
    }
    Ok(())
}

/// The process of the server. It ends with this process.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    asked: ChildStdin,
    said: BufReader<ChildStdout>,
    urls: [String; 2],
}

impl Server {
    pub(crate) fn start() -> io::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg(FLAG)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let missing = || io::Error::other("the server has no pipe");
        let asked = child.stdin.take().ok_or_else(missing)?;
        let mut said = BufReader::new(child.stdout.take().ok_or_else(missing)?);
        let urls = pair(&mut said)?;
        Ok(Self {
            child,
            asked,
            said,
            urls,
        })
    }

    /// Returns the URL of the server that fails one request in ten, or of the server that fails none.
    pub(crate) fn url(&self, fails: bool) -> &str {
        &self.urls[usize::from(fails)]
    }

    /// Returns the number of requests since the start.
    pub(crate) fn hits(&mut self, fails: bool) -> io::Result<u32> {
        self.asked.write_all(b"\n")?;
        let hits = &pair(&mut self.said)?[usize::from(fails)];
        hits.parse().map_err(io::Error::other)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // An error is ignored: it may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn pair(said: &mut impl BufRead) -> io::Result<[String; 2]> {
    let mut line = String::new();
    said.read_line(&mut line)?;
    let both = line.trim().split_once(' ');
    let (one, other) = both.ok_or_else(|| io::Error::other("the server ended"))?;
    Ok([one.to_owned(), other.to_owned()])
}
