//! A file that is sent completely or not at all: which files may be sent, and with which length.

use std::fs::{self, File, FileType};
use std::io::{self, Read};
use std::path::Path;

use bytes::Bytes;

use super::NotReplayable;

/// Large enough for few calls of `spawn_blocking`, and small enough that many uploads at once fit in memory.
const PIECE: usize = 64 * 1024;

const GREW: NotReplayable = NotReplayable::file("the file became longer while it was sent");
const SHRANK: NotReplayable = NotReplayable::file("the file became shorter while it was sent");

/// An open regular file. Reading fails if the file is longer or shorter than announced.
pub(crate) struct FileReader {
    file: File,
    /// The rest of the announced length. `None` if no length is announced.
    remaining: Option<u64>,
    /// Bytes that were read to find out whether the file is empty.
    ahead: io::Cursor<Vec<u8>>,
}

impl FileReader {
    /// Opens the file. May block, as reading does.
    ///
    /// # Errors
    ///
    /// If the file cannot be opened, or if it is not a regular file: nothing else has a length and can be read again.
    pub(crate) fn open(path: &Path) -> Result<Self, NotReplayable> {
        // Checked before opening, because opening a pipe blocks until its other end is opened.
        let known = fs::metadata(path).map_err(NotReplayable::because)?;
        check(known.file_type())?;
        let mut file = File::open(path).map_err(NotReplayable::because)?;
        // Checked again, because the path may lead to another file by now.
        let metadata = file.metadata().map_err(NotReplayable::because)?;
        check(metadata.file_type())?;
        let length = metadata.len();
        let mut ahead = Vec::new();
        // Linux reports files in `/proc` as regular and empty. Only reading shows whether they are.
        if length == 0 {
            ahead.resize(PIECE, 0);
            let read = read(&mut file, &mut ahead).map_err(NotReplayable::because)?;
            ahead.truncate(read);
        }
        Ok(Self {
            file,
            remaining: ahead.is_empty().then_some(length),
            ahead: io::Cursor::new(ahead),
        })
    }

    /// Returns how many bytes remain, if that is known.
    pub(crate) fn remaining(&self) -> Option<u64> {
        self.remaining
    }

    /// Reads some bytes; none at the end.
    pub(super) fn piece(&mut self) -> io::Result<Bytes> {
        let remaining = self
            .remaining
            .and_then(|remaining| usize::try_from(remaining).ok());
        let mut piece = vec![0; remaining.map_or(PIECE, |remaining| remaining.min(PIECE))];
        let read = self.read(&mut piece)?;
        piece.truncate(read);
        Ok(piece.into())
    }
}

impl Read for FileReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let ahead = self.ahead.read(buffer)?;
        if ahead > 0 || buffer.is_empty() {
            return Ok(ahead);
        }
        let Some(remaining) = self.remaining else {
            return read(&mut self.file, buffer);
        };
        if remaining == 0 {
            return Ok(0);
        }
        let most = usize::try_from(remaining)
            .map_or(buffer.len(), |remaining| remaining.min(buffer.len()));
        let length = read(&mut self.file, &mut buffer[..most])?;
        if length == 0 {
            return Err(io::Error::other(SHRANK));
        }
        let remaining = remaining - length as u64;
        self.remaining = Some(remaining);
        // Checked before the last bytes are returned: with them, the server would have a request that looks complete.
        if remaining == 0 && read(&mut self.file, &mut [0])? > 0 {
            return Err(io::Error::other(GREW));
        }
        Ok(length)
    }
}

/// Repeats interrupted reads, because reqwest treats one as the end of the body.
fn read(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match file.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            outcome => return outcome,
        }
    }
}

fn check(kind: FileType) -> Result<(), NotReplayable> {
    #[cfg(unix)]
    let is_pipe = std::os::unix::fs::FileTypeExt::is_fifo(&kind);
    #[cfg(not(unix))]
    let is_pipe = false;
    if kind.is_file() {
        return Ok(());
    }
    Err(NotReplayable::file(if kind.is_dir() {
        "the body of the request is a folder, not a file"
    } else if is_pipe {
        "the body of the request is a pipe, which can be read only once; use `ReplayBody::buffered`"
    } else {
        "the body of the request is a socket or a device, not a regular file; \
         use `ReplayBody::buffered`"
    }))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// What a file sends that has this content when it is opened, and this more when it is read.
    fn sent(content: &[u8], change: impl FnOnce(&File)) -> io::Result<Vec<u8>> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content).unwrap();
        let mut reader = FileReader::open(file.path()).unwrap();
        assert_eq!(reader.remaining(), Some(content.len() as u64));
        change(file.as_file());
        let mut sent = Vec::new();
        loop {
            let piece = reader.piece()?;
            if piece.is_empty() {
                return Ok(sent);
            }
            sent.extend_from_slice(&piece);
        }
    }

    #[test]
    fn a_file_that_stays_as_it_is_is_sent_whole() {
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE] {
            let content = vec![7; length];
            assert_eq!(sent(&content, |_| ()).unwrap(), content);
        }
    }

    #[test]
    fn a_file_that_changes_its_length_fails_before_its_last_piece() {
        for length in [1, PIECE, 2 * PIECE + 1] {
            let content = vec![7; length];
            let longer = sent(&content, |mut file| file.write_all(b"more").unwrap());
            assert_eq!(longer.unwrap_err().to_string(), GREW.to_string());
            let shorter = sent(&content, |file| file.set_len(length as u64 - 1).unwrap());
            assert_eq!(shorter.unwrap_err().to_string(), SHRANK.to_string());
        }
    }
}
