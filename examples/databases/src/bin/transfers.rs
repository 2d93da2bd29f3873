//! Makes transfers in a database of SQLite: `transfers PATH NAME COUNT`. The test runs two of them at once.

use std::path::Path;

use databases::sqlite::{open, transfer};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, name, count] = &arguments[..] else {
        return Err("usage: transfers PATH NAME COUNT".into());
    };
    let mut connection = open(Path::new(path))?;
    for number in 0..count.parse()? {
        let id = format!("{name}-{number}");
        transfer(&mut connection, &id, number % 4, (number + 1) % 4, 1)?;
    }
    Ok(())
}
