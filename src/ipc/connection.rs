//! One connection, from the first byte to the last. Each step is bounded in time and size; whoever does not keep to the
//! form is closed without a word.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::sync::watch;
use tokio::time::timeout;

use super::peer::{self, Peer};
use super::wire::{self, Message};
use super::{HOOK_LIMIT, server::Step};
use crate::domain::confirm::{Bulletin, HookId};
use crate::domain::hook::{Caller, Payload, asks};
use crate::domain::session::PaneId;

/// A message must be there within this.
const READ: Duration = Duration::from_millis(200);
/// Whoever waits longer than a hook does is no hook.
const WAITS: Duration = HOOK_LIMIT.saturating_mul(2);

/// Who looks on takes a word within this.
const READS: Duration = Duration::from_secs(5);
/// Between two words to one who looks on: the first after a quiet time goes out at once.
const BETWEEN: Duration = Duration::from_millis(100);

/// The first step: who it is and what it says.
pub(super) async fn listen(mut stream: UnixStream) -> Step {
    let Some(peer) = peer::look(&stream) else { return Step::Nothing };
    let Ok(Some(body)) = timeout(READ, read(&mut stream)).await else { return Step::Nothing };
    said(&body, peer, stream).unwrap_or(Step::Nothing)
}

async fn read(stream: &mut UnixStream) -> Option<Vec<u8>> {
    let mut prefix = [0; 4];
    stream.read_exact(&mut prefix).await.ok()?;
    let length = wire::length(prefix)?;
    // Grows with what comes, not with what is promised.
    let mut body = Vec::new();
    stream.take(length as u64).read_to_end(&mut body).await.ok()?;
    (body.len() == length).then_some(body)
}

fn said(body: &[u8], peer: Peer, stream: UnixStream) -> Option<Step> {
    let (event, pane, payload) = match wire::message(body)? {
        Message::Wake => return Some(Step::Wake),
        Message::Watch => return Some(Step::Watches { stream }),
        Message::Typed(pane) => {
            // Who does not take it does without it; the next thing done here is to hear of it.
            let _ = stream.try_write(wire::HEARD);
            return Some(Step::Typed { who: caller(peer), pane });
        }
        Message::Hook { event, pane, payload } => (event, pane, payload),
    };
    let payload = Payload::read(payload, &event)?;
    let pane = pane.as_deref().and_then(PaneId::parse);
    let who = Caller { pane, session_id: payload.session_id(), ..caller(peer) };
    // A call that cannot be read, or answered by a word, gets none: the agent asks as usual.
    match payload.call().filter(|call| asks(&event) && call.is_yes_or_no()) {
        Some(call) => Some(Step::Asks { who, call, stream: Arc::new(stream) }),
        None => Some(Step::Heard { who }),
    }
}

/// Whoever it is, as the kernel tells it.
fn caller(Peer { pid, ancestors }: Peer) -> Caller {
    Caller { pane: None, pid, ancestors, session_id: None }
}

/// The news for those who look on.
pub(super) type News = watch::Receiver<Option<Arc<Bulletin>>>;

/// The second step of one who looks on: each time the newest word, until he leaves or does not read.
pub(super) async fn show(mut stream: UnixStream, mut news: News) -> Step {
    let (mut from, mut to) = stream.split();
    let mut said = [0; 16];
    loop {
        let word = news.borrow_and_update().clone();
        if let Some(frame) = word.and_then(|word| wire::bulletin(&word)) {
            let told = async {
                let told = timeout(READS, to.write_all(&frame)).await;
                tokio::time::sleep(BETWEEN).await;
                matches!(told, Ok(Ok(())))
            };
            tokio::select! {
                told = told => if !told { return Step::Nothing },
                _ = from.read(&mut said) => return Step::Nothing,
            }
        }
        tokio::select! {
            changed = news.changed() => if changed.is_err() { return Step::Nothing },
            // He has nothing more to say: that is his leaving.
            _ = from.read(&mut said) => return Step::Nothing,
        }
    }
}

/// The second step: until the other side has gone. It has nothing more to say, so a byte from it ends this too.
pub(super) async fn wait(id: HookId, stream: Arc<UnixStream>) -> Step {
    let gone = async {
        loop {
            if stream.readable().await.is_err() {
                return;
            }
            match stream.try_read(&mut [0; 16]) {
                Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
                _ => return,
            }
        }
    };
    let _ = timeout(WAITS, gone).await;
    Step::Closed { id }
}
