//! Who reads what is printed, where it is told as it happens: when he has gone, nobody is left to tell it to.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// The other end of a pipe that is written to. A file and a terminal have none that could go.
#[derive(Debug, Default)]
pub struct Reader(Option<AsyncFd<OwnedFd>>);

impl Reader {
    /// The reader of stdout. Must be asked where tokio runs.
    pub fn of_stdout() -> Self {
        io::stdout().as_fd().try_clone_to_owned().map_or_else(|_| Self(None), Self::of)
    }

    /// The reader at the other end of that. A file cannot be waited for: then it is as if he never went.
    fn of(fd: OwnedFd) -> Self {
        #[expect(deprecated, reason = "its successor is unsafe; an owned descriptor is what both ask for")]
        Self(AsyncFd::with_interest(fd, Interest::ERROR).ok())
    }

    /// Comes when he has gone.
    pub async fn gone(&self) {
        let Some(fd) = &self.0 else { return std::future::pending().await };
        if fd.ready(Interest::ERROR).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_pipe_tells_when_its_reader_goes_and_a_file_never_does() {
        let (theirs, ours) = io::pipe().expect("a pipe");
        let reader = Reader::of(ours.into());
        let soon = Duration::from_millis(50);
        assert!(tokio::time::timeout(soon, reader.gone()).await.is_err(), "he is there");
        drop(theirs);
        reader.gone().await;
        let file = Reader::of(tempfile::tempfile().expect("a file").into());
        assert!(tokio::time::timeout(soon, file.gone()).await.is_err(), "nobody reads a file");
    }
}
