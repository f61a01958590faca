//! Which values were compared with the ledger already, and are not in it. Without that, each `status`
//! would pay a derivation for every variable as soon as one was ever compromised.
//!
//! What is remembered are tags, HMAC-SHA256 under a random key, in a file of the user's cache folder that
//! nobody else can read. Whoever reads key and tags could try values cheaply, and that is why only values
//! that lie on this disk as plain text are remembered, which the same person could read as they are; never
//! one from the keyring, from age or from a command. A tag goes with the entries that the ledger has: with a
//! new one, all is compared anew. Nothing is lost with the file, and errors in the cache never fail the command.

use std::fs;
use std::path::PathBuf;

use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::session::ledger::Ledger;
use crate::session::ledger::entry::Suspect;
use crate::world::disk::lock::Lock;
use crate::world::disk::replace::{self, Replacement};
use crate::world::folders;

/// How many bytes the key and each tag have.
const SIZE: usize = 32;

/// How many tags are kept: those of many projects, in 32 KiB.
const MOST: usize = 1024;

type Tag = [u8; SIZE];

/// What is remembered.
pub(super) struct Cache {
    file: PathBuf,
    key: Zeroizing<Tag>,
    /// The oldest first.
    tags: Vec<Tag>,
    has_grown: bool,
}

impl Cache {
    /// What the user's cache folder has; [`None`] if there can be none.
    pub(super) fn open() -> Option<Self> {
        let folder = folders::cache()?;
        let file = folder.join("venvars").join("not-compromised");
        let mut key = Zeroizing::new([0; SIZE]);
        let bytes = fs::read(&file).map(Zeroizing::new).unwrap_or_default();
        let (parts, rest) = bytes.as_chunks::<SIZE>();
        let tags = match parts {
            [first, tags @ ..] if rest.is_empty() => {
                key.copy_from_slice(first);
                tags.to_vec()
            }
            // There is none, or it is damaged: it begins anew.
            _ => {
                getrandom::fill(&mut key[..]).ok()?;
                Vec::new()
            }
        };
        Some(Self { file, key, tags, has_grown: false })
    }

    fn tag(&self, ledger: &Ledger, suspect: Suspect<'_>) -> Option<Tag> {
        let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&self.key[..]).ok()?;
        for entry in ledger.entries() {
            mac.update(entry.print().as_bytes());
            mac.update(b"\0");
        }
        mac.update(&[u8::from(suspect.is_secret)]);
        // What is no secret was compared with its own name's alone. Neither a name nor a value holds a NUL.
        if !suspect.is_secret {
            mac.update(suspect.name.as_str().as_bytes());
        }
        mac.update(b"\0");
        mac.update(suspect.value.as_bytes());
        Some(mac.finalize().into_bytes().into())
    }

    /// Whether `suspect` was compared with `ledger`, and is not in it.
    pub(super) fn has(&self, ledger: &Ledger, suspect: Suspect<'_>) -> bool {
        self.tag(ledger, suspect).is_some_and(|tag| self.tags.contains(&tag))
    }

    /// Remembers that `suspect` is not in `ledger`.
    pub(super) fn add(&mut self, ledger: &Ledger, suspect: Suspect<'_>) {
        if let Some(tag) = self.tag(ledger, suspect)
            && !self.tags.contains(&tag)
        {
            self.tags.push(tag);
            self.has_grown = true;
        }
    }

    /// Keeps what was added.
    pub(super) fn keep(&mut self) {
        let Some(folder) = self.file.parent().filter(|_| self.has_grown) else { return };
        self.has_grown = false;
        let kept = &self.tags[self.tags.len().saturating_sub(MOST)..];
        let content: Zeroizing<Vec<u8>> =
            Zeroizing::new([&[*self.key], kept].concat().into_iter().flatten().collect());
        // Of two at once one may forget what the other learned, and learns it again.
        if fs::create_dir_all(folder).is_ok()
            && let Ok(_lock) = Lock::take(folder)
        {
            let _ = replace::all(&[Replacement { file: &self.file, content: &content, mode: Some(0o600) }]);
        }
    }
}
