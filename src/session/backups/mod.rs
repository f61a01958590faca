//! What `secrets.toml` said: a copy of every text that venvars wrote or read, in the user's folder for state, where
//! no command of git gets at it.

mod looked;
mod lost;
mod moved;
pub mod retention;

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::model::project::Project;
use crate::model::secrets::Secrets;
use crate::model::secrets::generate::SecretKind;
use crate::model::secrets::held::HeldValue;
use crate::session::allow;
use crate::session::backups::retention::Aged;
use crate::words::error::{Error, Result};
use crate::words::name::Name;
use crate::words::profile::ProfileName;
use crate::world::disk::owner;
use crate::world::git::{self, Standing};
use crate::world::state;

pub use looked::{look, look_unread, or_made};
use lost::{aged, missing, number, values};
pub use lost::{changes, overwrites};

/// No write takes so long.
const HOUR: Duration = Duration::from_hours(1);

/// A value that venvars made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    profile: Option<String>,
    name: String,
    /// The kind; `None` if the user supplied it, replacing a generated one.
    kind: Option<String>,
}

impl Made {
    /// The value of `name` in `profile` or at the top level, made as `kind` or given.
    #[must_use]
    pub fn of(profile: Option<&ProfileName>, name: &Name, kind: Option<SecretKind>) -> Self {
        Self {
            profile: profile.map(ToString::to_string),
            name: name.to_string(),
            kind: kind.map(|kind| kind.to_string()),
        }
    }

    fn is_of(&self, held: &HeldValue) -> bool {
        !held.is_rotated && (&self.profile, &self.name) == (&held.profile, &held.name)
    }
}

/// What is known of a text.
#[derive(Debug, Default, Serialize, Deserialize)]
struct BackupNote {
    /// The file that it was in, for people.
    path: PathBuf,
    /// The values in it that venvars made.
    #[serde(default)]
    made: Vec<Made>,
    /// Whether git tracked the file.
    #[serde(default)]
    is_tracked: bool,
    /// Whether git replaced an earlier text without venvars noticing.
    #[serde(default)]
    is_replaced: bool,
}

/// A backup.
#[derive(Debug, Clone)]
pub struct Backup {
    file: PathBuf,
    /// When it was made, in microseconds.
    at: i64,
    hash: String,
}

/// The backups of a secrets file.
#[derive(Debug)]
pub struct Backups {
    /// The secrets file.
    of: PathBuf,
    folder: PathBuf,
    /// From the newest to the oldest.
    all: Vec<Backup>,
}

impl Backup {
    /// When it was made, in UTC.
    #[must_use]
    pub fn when(&self) -> String {
        let at = jiff::Timestamp::from_microsecond(self.at).unwrap_or_default();
        at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
    }

    /// The text.
    ///
    /// # Errors
    /// It cannot be read, or a newer venvars wrote it.
    pub fn text(&self) -> Result<Zeroizing<Vec<u8>>> {
        self.read().map(|(_, text)| text)
    }

    fn read(&self) -> Result<(BackupNote, Zeroizing<Vec<u8>>)> {
        let mut bytes = state::read(&self.file)?.ok_or_else(|| Error::no_file(&self.file))?;
        let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(0);
        let note = serde_json::from_slice(&bytes[..end])
            .map_err(|_| Error::syntax("the note of this backup is damaged").in_file(&self.file))?;
        bytes.drain(..=end);
        Ok((note, bytes))
    }
}

impl Backups {
    /// The backups of the secrets file `of`.
    ///
    /// # Errors
    /// The folder for state cannot be read.
    pub fn of(of: &Path) -> Result<Self> {
        let folder = state::place("backups", of)?;
        let mut backups = Self { of: of.to_owned(), folder, all: Vec::new() };
        let entries = match fs::read_dir(&backups.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(backups),
            Err(error) => return Err(state::hinted(Error::io("read", &backups.folder, &error))),
        };
        for entry in entries {
            let entry = entry.map_err(|error| Error::io("read", &backups.folder, &error))?;
            let name = entry.file_name();
            if let Some((at, hash)) = name.to_str().and_then(|name| name.split_once('-'))
                && let Ok(at) = at.parse()
            {
                backups.all.push(Backup { file: entry.path(), at, hash: hash.to_owned() });
            }
        }
        backups.all.sort_by(|one, other| (other.at, &other.hash).cmp(&(one.at, &one.hash)));
        Ok(backups)
    }

    /// All of them, from the newest to the oldest.
    #[must_use]
    pub fn all(&self) -> &[Backup] {
        &self.all
    }

    /// Those that say something else than `text`, from the newest to the oldest.
    #[must_use]
    pub fn other_than(&self, text: &[u8]) -> Vec<&Backup> {
        let hash = hash(text);
        self.all.iter().filter(|one| one.hash != hash).collect()
    }

    /// Keeps `text`, in which venvars has `made` values, if it is not the newest already; `is_ours` if it is about to
    /// be written or was, and `is_safe` once the disk has it.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn keep(&mut self, text: &[u8], made: &[Made], is_ours: bool, is_safe: bool) -> Result<()> {
        let hash = hash(text);
        let now = jiff::Timestamp::now().as_microsecond();
        // A clock that was set back makes no backup old.
        let at = self.all.first().map_or(now, |newest| now.max(newest.at + 1));
        let file = self.folder.join(format!("{at:020}-{hash}"));
        let there = self.all.iter().position(|one| one.hash == hash);
        let is_there = match there {
            Some(0) => true,
            // What is said again is the newest again.
            Some(index) if fs::rename(&self.all[index].file, &file).is_ok() => {
                self.all.remove(index);
                self.all.insert(0, Backup { file: file.clone(), at, hash: hash.clone() });
                true
            }
            _ => false,
        };
        if is_there {
            let file = &self.all[0].file;
            // Windows flushes what is open for writing, and nothing else.
            let sync = || File::options().append(true).open(file)?.sync_all();
            return if is_safe { sync().map_err(|error| Error::io("write", file, &error)) } else { Ok(()) };
        }
        let note = self.note(text, made, is_ours);
        let mut content = Zeroizing::new(
            serde_json::to_vec(&note).map_err(|error| Error::could_not("write JSON", &error.into()))?,
        );
        content.push(b'\n');
        content.extend_from_slice(text);
        state::write(&file, &content, is_safe)?;
        self.all.insert(0, Backup { file, at, hash });
        Ok(())
    }

    /// What is known of `text`, which comes after the newest of these.
    fn note(&self, text: &[u8], made_now: &[Made], is_ours: bool) -> BackupNote {
        let before = self.all.first().and_then(|newest| newest.read().ok());
        let is_tracked = git::standing(&self.of).is_ok_and(|standing| standing == Standing::Tracked);
        let mut note = BackupNote { path: self.of.clone(), is_tracked, ..BackupNote::default() };
        if let Some((before, old)) = &before {
            note.is_replaced = !is_ours && is_tracked && (!before.is_tracked || before.is_replaced);
            let (old, new) = (values(old), values(text));
            let is_unchanged = |made: &&Made| {
                let value = |all: &[HeldValue]| Some(all.iter().find(|one| made.is_of(one))?.value.clone());
                let is_new =
                    made_now.iter().any(|now| (&now.profile, &now.name) == (&made.profile, &made.name));
                !is_new && value(&old).is_some_and(|old| value(&new) == Some(old))
            };
            note.made = before.made.iter().filter(is_unchanged).cloned().collect();
        }
        note.made.extend(made_now.iter().filter(|made| made.kind.is_some()).cloned());
        note
    }

    /// Deletes those that nobody needs. What cannot be read or deleted stays.
    pub fn prune(&mut self) {
        let texts: Vec<_> = self.all.iter().map(Backup::text).collect();
        let aged: Vec<Aged> = self
            .all
            .iter()
            .zip(&texts)
            .map(|(one, text)| match text {
                Ok(text) => aged(one.at / 1_000_000, text),
                // A newer venvars wrote it, perhaps: a value that nothing else has.
                Err(_) => {
                    Aged { at: one.at / 1_000_000, needs: vec![number(&one.hash, "")], has: HashSet::new() }
                }
            })
            .collect();
        let mut kept = retention::kept(&aged, jiff::Timestamp::now().as_second()).into_iter();
        self.all.retain(|one| kept.next() != Some(false) || fs::remove_file(&one.file).is_err());
        let left = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        for left in left.filter(|one| one.file_name().to_string_lossy().starts_with(state::UNFINISHED)) {
            let age =
                left.metadata().and_then(|left| left.modified()).map(|at| at.elapsed().unwrap_or_default());
            if age.is_ok_and(|age| age > HOUR) {
                // A killed process left it.
                let _ = fs::remove_file(left.path());
            }
        }
    }

    /// The variables of which a value is in these backups and not in `text`.
    ///
    /// # Errors
    /// One cannot be read.
    pub fn only_here(&self, text: &[u8]) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for one in &self.all {
            names.extend(missing(&one.text()?, text));
        }
        names.sort();
        names.dedup();
        Ok(names)
    }

    /// Deletes all backups except `text`; returns the count.
    ///
    /// # Errors
    /// One cannot be deleted.
    pub fn clear(&mut self, text: &[u8]) -> Result<usize> {
        let others: Vec<PathBuf> = self.other_than(text).iter().map(|one| one.file.clone()).collect();
        for file in &others {
            fs::remove_file(file).map_err(|error| Error::io("delete", file, &error))?;
        }
        self.all.retain(|one| !others.contains(&one.file));
        Ok(others.len())
    }
}

fn hash(text: &[u8]) -> String {
    state::digest(text, 16)
}

/// The backups of `project`, and what its secrets file says now, as far as that may be read.
///
/// # Errors
/// The secrets file may not be read, or the folder for state cannot be.
pub fn of_project(project: &Project) -> Result<(Backups, Zeroizing<Vec<u8>>)> {
    let file = &project.secrets;
    let now = match allow::require_secrets(project) {
        Ok(()) => present(file).ok().flatten(),
        // What it leads to is neither read nor written.
        Err(_) if is_link_of_git(file) => None,
        Err(error) => return Err(error),
    };
    Ok((Backups::of(file)?, now.unwrap_or_default()))
}

/// What the secrets file `file` says now; `None` if it is not there.
///
/// # Errors
/// As for [`owner::read`].
pub fn present(file: &Path) -> Result<Option<Zeroizing<Vec<u8>>>> {
    Ok(owner::read(file)?.map(Zeroizing::new))
}

/// Whether `file` is a link that git tracks: what it leads to was never the secrets file that venvars knows.
#[must_use]
pub fn is_link_of_git(file: &Path) -> bool {
    let standing = || git::standings(&[file.to_owned()]);
    file.is_symlink() && standing().is_ok_and(|standings| standings == [Standing::Tracked])
}

/// As what venvars made the value that `name` has in `profile` or at the top level of the secrets file `file`, if it
/// did.
#[must_use]
pub fn made_as(file: &Path, profile: Option<&ProfileName>, name: &Name) -> Option<SecretKind> {
    let hash = hash(&present(file).ok()??);
    let (note, _) = Backups::of(file).ok()?.all.iter().find(|one| one.hash == hash)?.read().ok()?;
    let profile = profile.map(ToString::to_string);
    let made = note.made.iter().find(|made| made.profile == profile && made.name == name.as_str());
    made?.kind.as_ref()?.parse().ok()
}

/// Valid backed-up texts, newest first; and why one could not be read.
#[must_use]
pub fn old_secrets(file: &Path) -> (Vec<Secrets>, Vec<Error>) {
    let (mut old, mut errors) = (Vec::new(), Vec::new());
    let backups = Backups::of(file).map_err(|error| errors.push(error));
    for one in backups.iter().flat_map(|backups| &backups.all) {
        match one.text() {
            Ok(text) => old.push(Secrets::parse_in_part(file, &String::from_utf8_lossy(&text)).0),
            Err(error) => errors.push(error),
        }
    }
    (old, errors)
}
