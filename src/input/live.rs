//! Pipes that are still written to: says when nothing came for a while, so that what is known can be told meanwhile.

use super::Reader;
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

/// How long a read waits before it says that nothing came.
pub(crate) const QUIET: Duration = Duration::from_secs(1);

/// Bytes of one read: what a pipe holds.
const BLOCK: usize = 64 << 10;

/// Blocks that wait to be used.
const WAITING: usize = 16;

/// A reader whose reads fail with [`io::ErrorKind::TimedOut`] when nothing comes for [`QUIET`]; the next may succeed.
pub(super) struct Live {
    blocks: Receiver<io::Result<Vec<u8>>>,
    current: io::Cursor<Vec<u8>>,
}

impl Live {
    /// Reads from `reader` on a thread of its own.
    ///
    /// # Errors
    /// When there is no thread to be had.
    pub(super) fn new(reader: Reader) -> io::Result<Self> {
        let (sender, blocks) = sync_channel(WAITING);
        thread::Builder::new()
            .name("input".to_owned())
            .spawn(move || pump(reader, &sender))?;
        Ok(Self {
            blocks,
            current: io::Cursor::default(),
        })
    }
}

impl Read for Live {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.current.read(buffer)?;
        if read > 0 || buffer.is_empty() {
            return Ok(read);
        }
        match self.blocks.recv_timeout(QUIET) {
            Ok(block) => {
                self.current = io::Cursor::new(block?);
                self.current.read(buffer)
            }
            Err(RecvTimeoutError::Timeout) => Err(io::ErrorKind::TimedOut.into()),
            Err(RecvTimeoutError::Disconnected) => Ok(0),
        }
    }
}

/// Passes blocks on until the end, or until nobody wants them any more.
fn pump(mut reader: Reader, blocks: &SyncSender<io::Result<Vec<u8>>>) {
    let mut buffer = vec![0; BLOCK];
    loop {
        let block = match reader.read(&mut buffer) {
            Ok(0) => return,
            Ok(read) => Ok(buffer.get(..read).unwrap_or_default().to_vec()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => Err(error),
        };
        let is_last = block.is_err();
        if blocks.send(block).is_err() || is_last {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn silence_is_told_and_what_comes_after_it_is_read() {
        let (reader, mut writer) = io::pipe().unwrap();
        let mut live = Live::new(Box::new(reader)).unwrap();
        let mut buffer = [0; 8];
        writer.write_all(b"ab").unwrap();
        assert_eq!(live.read(&mut buffer[..1]).unwrap(), 1);
        assert_eq!(live.read(&mut buffer).unwrap(), 1);
        let quiet = live.read(&mut buffer).unwrap_err();
        assert_eq!(quiet.kind(), io::ErrorKind::TimedOut);
        writer.write_all(b"cd").unwrap();
        assert_eq!(live.read(&mut buffer).unwrap(), 2);
        drop(writer);
        assert_eq!(live.read(&mut buffer).unwrap(), 0);
    }
}
