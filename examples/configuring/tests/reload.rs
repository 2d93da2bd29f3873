//! Runs the example `reload`.

#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

struct Running {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Running {
    /// What the program prints until it is ready.
    fn until_ready(&mut self) -> String {
        let mut text = String::new();
        while !text.ends_with("ready\n") {
            let read = self.lines.read_line(&mut text).expect("a line");
            assert!(read > 0, "the example ended: {text}");
        }
        text
    }

    fn hang_up(&self) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-HUP", &pid]).status();
        assert!(sent.expect("kill runs").success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_signal_reloads_the_file_and_a_bad_file_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("retry.toml");
    let write = |text: &str| fs::write(&file, text).expect("a file");
    write("[retry.orders]\nmax = 4\n");

    let mut child = Command::new(env!("CARGO_BIN_EXE_reload"))
        .arg(&file)
        .env_clear()
        .stdout(Stdio::piped())
        .spawn()
        .expect("the example runs");
    let lines = BufReader::new(child.stdout.take().expect("its output"));
    let mut running = Running { child, lines };
    assert!(
        running
            .until_ready()
            .starts_with("orders: up to 4 attempts")
    );

    write("[retry.orders]\nmax = 2\n");
    running.hang_up();
    assert!(
        running
            .until_ready()
            .starts_with("orders: up to 2 attempts")
    );

    write("[retry.orders]\nmax = 0\n");
    running.hang_up();
    let text = running.until_ready();
    assert!(text.starts_with("kept the old policies:\n"), "{text}");
    assert!(text.contains("`max` counts the first call too"), "{text}");

    write("[retry.prices]\nmax = 1\n");
    running.hang_up();
    let text = running.until_ready();
    assert!(text.starts_with("orders: up to 5 attempts"), "{text}");
    assert!(text.contains("prices: 1 attempt;"), "{text}");
}
