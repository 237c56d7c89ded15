//! The hash chain: each entry's hash covers all its fields and the hash before it. Not a signature.

use std::fmt;

use sha2::{Digest, Sha256};

use super::entry::{Body, Entry};

/// Told apart from every other use of SHA-256, and from a later form.
const FORM: &[u8] = b"archtui.ledger/1\n";

/// SHA-256 of an entry and everything before it. All zeros: before the first entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Hash(pub [u8; 32]);

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

/// A place in the chain: an entry's number and hash. The default is the place before the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Anchor {
    /// The entry's number.
    pub seq: u64,
    /// Its hash.
    pub hash: Hash,
}

impl Anchor {
    /// Puts a body into its place after this one.
    pub fn seal(self, body: Body) -> Entry {
        let seq = self.seq + 1;
        let hash = digest(self.hash, seq, &body);
        Entry { seq, body, hash }
    }
}

/// The first place where the chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("entry {seq}: {why}")]
pub struct Broken {
    /// The entry.
    pub seq: u64,
    /// What is wrong there.
    pub why: String,
}

/// Follows the chain entry by entry.
#[derive(Debug, Clone, Copy)]
pub struct Checker {
    at: Anchor,
}

impl Checker {
    /// Begins after a place.
    pub fn after(at: Anchor) -> Self {
        Self { at }
    }

    /// The next entry.
    pub fn follow(&mut self, entry: &Entry) -> Result<(), Broken> {
        let due = self.at.seq + 1;
        if entry.seq != due {
            return Err(Broken { seq: due, why: format!("is missing; the next one there is {}", entry.seq) });
        }
        if digest(self.at.hash, entry.seq, &entry.body) != entry.hash {
            return Err(Broken { seq: due, why: "it, or its place in the chain, was changed".to_owned() });
        }
        self.at = Anchor { seq: entry.seq, hash: entry.hash };
        Ok(())
    }

    /// The last entry's place. `head` is how far the ledger was written.
    pub fn end(self, head: Anchor) -> Result<Anchor, Broken> {
        if self.at.seq < head.seq {
            let why = format!("is missing, and all after it; {} was the last one written", head.seq);
            return Err(Broken { seq: self.at.seq + 1, why });
        }
        if self.at != head {
            return Err(Broken { seq: self.at.seq, why: "is not the one that was written last".to_owned() });
        }
        Ok(self.at)
    }
}

/// Follows a whole chain from a place to its head.
pub fn verify<'a>(
    from: Anchor,
    entries: impl IntoIterator<Item = &'a Entry>,
    head: Anchor,
) -> Result<Anchor, Broken> {
    let mut checker = Checker::after(from);
    entries.into_iter().try_for_each(|e| checker.follow(e))?;
    checker.end(head)
}

/// The canonical form: every field in this order, each with its length before it and *none* told from *empty*.
fn digest(before: Hash, seq: u64, body: &Body) -> Hash {
    let mut form = Vec::with_capacity(2048);
    form.extend_from_slice(FORM);
    form.extend_from_slice(&before.0);
    let mut bytes = |field: Option<&[u8]>| match field {
        None => form.push(0),
        Some(b) => {
            form.push(1);
            form.extend_from_slice(&(b.len() as u64).to_be_bytes());
            form.extend_from_slice(b);
        }
    };
    // Named one by one: a new field does not compile until it is hashed.
    let Body {
        of,
        at,
        scene,
        showing,
        operation,
        subject,
        asked,
        verdict,
        actor,
        channel,
        key,
        answer,
        outcome,
        times,
    } = body;
    bytes(Some(&seq.to_be_bytes()));
    bytes(of.map(u64::to_be_bytes).as_ref().map(<[u8; 8]>::as_slice));
    bytes(Some(&at.as_millisecond().to_be_bytes()));
    bytes(Some(scene.host.as_bytes()));
    bytes(Some(scene.session.as_str().as_bytes()));
    bytes(Some(&scene.pane.id.0.to_be_bytes()));
    bytes(Some(&scene.pane.pid.to_be_bytes()));
    bytes(Some(&scene.pane.start.to_be_bytes()));
    bytes(scene.agent.as_deref().map(str::as_bytes));
    bytes(scene.cwd.as_deref().map(str::as_bytes));
    bytes(Some(&showing.content.0.to_be_bytes()));
    bytes(Some(&showing.epoch.to_be_bytes()));
    bytes(Some(operation.word().as_bytes()));
    bytes(subject.as_ref().map(|s| s.as_str().as_bytes()));
    bytes(asked.as_ref().map(|s| s.as_str().as_bytes()));
    bytes(Some(verdict.action.word().as_bytes()));
    bytes(Some(verdict.rule.as_bytes()));
    bytes(Some(verdict.reason.as_bytes()));
    bytes(Some(actor.to_string().as_bytes()));
    bytes(channel.map(|c| c.word().as_bytes()));
    bytes(key.as_ref().map(|k| k.as_str().as_bytes()));
    bytes(Some(outcome.word().as_bytes()));
    for time in [times.seen, times.pressed, times.cleared] {
        let us = time.map(|d| (d.as_micros() as u64).to_be_bytes());
        bytes(us.as_ref().map(<[u8; 8]>::as_slice));
    }
    // Younger than the form: entries without one have the hash that they had before.
    if answer.is_some() {
        bytes(answer.map(|a| a.word().as_bytes()));
    }
    Hash(Sha256::digest(form).into())
}
