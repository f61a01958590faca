//! The only writer of `secrets.toml`.

use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, utf8_percent_encode};
use zeroize::Zeroizing;

use crate::model::project::{Project, schema};
use crate::model::secrets::Secrets;
use crate::model::secrets::aside;
use crate::model::secrets::change::{Aside, New};
use crate::model::secrets::edit::{self, TEMPLATE};
use crate::model::secrets::generate::SecretKind;
use crate::model::secrets::read;
use crate::session::allow;
use crate::session::backups::{self, Backups, Made};
use crate::session::environment::unknown;
use crate::session::exposure;
use crate::session::ignore::ignore_with_copies;
use crate::session::ledger::Ledger;
use crate::session::ledger::compromised;
use crate::session::scan::report::PATH;
use crate::words::did_you_mean;
use crate::words::error::{Error, Result};
use crate::words::name::Name;
use crate::words::profile::ProfileName;
use crate::world::disk::lock::Lock;
use crate::world::disk::real;
use crate::world::disk::replace::{self, Replacement};
use crate::world::git::{self, Standing};
use crate::world::state;

/// The secrets file, which nobody else changes until this is dropped.
#[derive(Debug)]
pub struct Locked {
    /// The file itself, where the project's is a link.
    pub file: PathBuf,
    _lock: Lock,
}

impl Locked {
    /// Locks the secrets file of `project`; `wait` is called once if somebody else has it open.
    ///
    /// # Errors
    /// As for [`Lock::take`].
    pub fn take(project: &Project, wait: impl Fn()) -> Result<Self> {
        let file = real(&project.secrets);
        let lock = Lock::take_saying(file.parent().unwrap_or(&project.folder), wait)?;
        Ok(Self { file, _lock: lock })
    }

    /// Keeps what the file of `project` says now, for an editor may leave nothing of it. Gives that.
    ///
    /// # Errors
    /// It cannot be kept.
    pub fn keep(&self, project: &Project) -> Result<Zeroizing<Vec<u8>>> {
        let Some(now) = backups::present(&project.secrets) else { return Ok(Zeroizing::default()) };
        keep(&project.secrets, &now, b"")?;
        Ok(now)
    }

    /// Has the file say `text` again, which it said before.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn undo(&self, text: &[u8]) -> Result<()> {
        replace::all(&[Replacement { file: &self.file, content: text, mode: Some(0o600) }])
    }
}

/// Changes of the secrets file, all of which are written at once or not at all.
pub struct Editor<'p> {
    project: &'p Project,
    /// What it says, read under the lock.
    pub secrets: Secrets,
    before: Zeroizing<String>,
    after: Zeroizing<String>,
    /// The new values that venvars made.
    made: Vec<Made>,
    locked: Locked,
}

impl<'p> Editor<'p> {
    /// Locks the secrets file of `project` and reads it; `wait` is called once if somebody else has it open.
    ///
    /// # Errors
    /// It cannot be locked or read, or something in it is not valid.
    pub fn open(project: &'p Project, wait: impl Fn()) -> Result<Self> {
        let locked = Locked::take(project, wait)?;
        let before = read::text(&project.secrets).map_err(|error| backups::or_made(project, error))?;
        // Read under the lock: the file may have been edited since it was read first.
        let secrets = Secrets::parse(&project.secrets, &before)?;
        Ok(Self { project, secrets, after: before.clone(), before, made: Vec::new(), locked })
    }

    /// Sets each name to what stands beside it, in `profile` or at the top level.
    ///
    /// # Errors
    /// As for [`edit::set`].
    pub fn set(&mut self, profile: Option<&ProfileName>, news: &[(Name, New)]) -> Result<()> {
        self.after = edit::set(&self.project.secrets, &self.after, profile, news)?;
        Ok(())
    }

    /// Notes that the new value of `name` in `profile` or at the top level was made as `kind`, or given.
    pub fn made(&mut self, profile: Option<&ProfileName>, name: &Name, kind: Option<SecretKind>) {
        self.made.push(Made::of(profile, name, kind));
    }

    /// Takes `name` out of `profile` or the top level.
    ///
    /// # Errors
    /// As for [`edit::unset`].
    pub fn unset(&mut self, profile: Option<&ProfileName>, name: &Name) -> Result<()> {
        self.after = edit::unset(&self.project.secrets, &self.after, profile, name)?;
        Ok(())
    }

    /// Puts old values aside at the end.
    ///
    /// # Errors
    /// As for [`aside::put_aside`].
    pub fn put_aside(&mut self, asides: &[Aside]) -> Result<()> {
        self.after = aside::put_aside(&self.project.secrets, &self.after, asides)?;
        Ok(())
    }

    /// Refuses what may not be written: plain values where git would take them.
    ///
    /// # Errors
    /// As for [`exposure::guard`].
    pub fn guard(&self) -> Result<()> {
        exposure::guard([&Secrets::parse(&self.project.secrets, &self.after)?])
    }

    /// Refuses to set a value again which others may know.
    fn refuse_compromised(&self) -> Result<()> {
        let ledger = Ledger::read(&self.project.folder)?;
        if ledger.is_empty() {
            return Ok(());
        }
        let after = Secrets::parse(&self.project.secrets, &self.after)?;
        let found = compromised::of_edit(&ledger, &self.project.settings, &self.secrets, &after)?;
        let errors = found.into_iter().map(|one| {
            one.entry.refusal(&one.name, "this value").hint("nothing was written; use a new value")
        });
        Error::all(errors.collect())
    }

    /// Writes the changes, if there are any; `beside` is a file that changes together with this one.
    ///
    /// # Errors
    /// As for [`Self::guard`] and [`replace::all`]; a value would be set again that the ledger has, or overwritten
    /// without a backup. Then nothing is changed.
    pub fn write<'a>(&'a self, beside: Option<Replacement<'a>>) -> Result<()> {
        let mut files = Vec::from_iter(beside);
        if *self.after != *self.before {
            self.guard()?;
            self.refuse_compromised()?;
            self.keep()?;
            let (file, content) = (&*self.locked.file, self.after.as_bytes());
            files.insert(0, Replacement { file, content, mode: Some(0o600) });
        }
        replace::all(&files)?;
        if *self.after != *self.before {
            allow::renew(self.project, &self.secrets, &Secrets::parse(&self.project.secrets, &self.after)?)?;
        }
        Ok(())
    }

    /// Keeps the text from before, and the new one: a pull may come before anything reads it.
    fn keep(&self) -> Result<()> {
        let (before, after) = (self.before.as_bytes(), self.after.as_bytes());
        let mut backups = keep(&self.project.secrets, before, after)?;
        if let Some(backups) = &mut backups
            && backups.keep(after, &self.made, true, true).is_ok()
        {
            backups.prune();
        }
        Ok(())
    }
}

/// Keeps `before`, what the secrets file `file` says. The backups, unless they cannot be written and `after` has
/// all the values.
fn keep(file: &Path, before: &[u8], after: &[u8]) -> Result<Option<Backups>> {
    let kept = Backups::of(file).and_then(|mut backups| {
        backups.keep(before, &[], true, true)?;
        Ok(backups)
    });
    match kept {
        Ok(backups) => Ok(Some(backups)),
        // `look` has warned of it.
        Err(_) if !backups::overwrites(before, after) => Ok(None),
        Err(error) => {
            Err(error.context("nothing was changed: a value would be lost, because there is no backup"))
        }
    }
}

/// Adds the variable `name` to `profile` or the top level, unless it is there already; tells whether it was new.
///
/// # Errors
/// As for [`Editor::open`] and [`Editor::write`].
pub fn add(
    project: &Project,
    profile: Option<&ProfileName>,
    name: &Name,
    value: &str,
    kind: Option<SecretKind>,
    wait: impl Fn(),
) -> Result<bool> {
    let mut editor = Editor::open(project, wait)?;
    let is_new = editor.secrets.own(profile).iter().all(|has| has.name != *name);
    if is_new {
        editor.set(profile, &[(name.clone(), New::text(value))])?;
        editor.made(profile, name, kind);
        editor.write(None)?;
    }
    Ok(is_new)
}

/// Takes the variable called `name` out of `profile` or the top level.
///
/// # Errors
/// There is none; or as for [`Editor::open`] and [`Editor::write`].
pub fn remove(project: &Project, profile: Option<&ProfileName>, name: &str, wait: impl Fn()) -> Result<()> {
    // Asked under the lock, so that two of us do not take the same line away.
    let mut editor = Editor::open(project, wait)?;
    let definitions = match profile {
        None => &editor.secrets.definitions,
        Some(profile) => &editor.secrets.chain(profile)?[0].definitions,
    };
    let Some(found) = definitions.iter().find(|definition| definition.name.as_str() == name) else {
        let known = definitions.iter().map(|definition| definition.name.as_str());
        let within = profile.map(|profile| format!(" in profile {profile}")).unwrap_or_default();
        let hint = did_you_mean(name, known, "`venvars list` lists the variables");
        return Err(unknown(&project.settings, name, within, hint).in_file(&project.secrets));
    };
    let found = found.name.clone();
    editor.unset(profile, &found)?;
    editor.write(None)
}

/// Makes the secrets file of `project` if there is none, with nothing but a word about it in it, and has git ignore
/// it: tells whether each took a change.
///
/// # Errors
/// As for [`ignore_with_copies`] and [`replace::all`].
pub fn create(project: &Project) -> Result<(bool, bool)> {
    let _lock = Lock::take(&project.folder)?;
    let file = &project.secrets;
    let is_new = !file.exists();
    // Ignored first: the file is never there for git to take.
    let ignored = ignore_with_copies(file)?;
    if is_new {
        let text = schema_line().unwrap_or_default() + TEMPLATE;
        let made = replace::all(&[Replacement { file, content: text.as_bytes(), mode: Some(0o600) }]);
        made.map_err(
            |error| if ignored { error.adding("; git ignores it now (.gitignore)") } else { error },
        )?;
    }
    Ok((is_new, ignored))
}

/// The line that tells an editor the form of the file (Taplo's `#:schema`), whose schema is kept in the user's folder for
/// state; `None` if it cannot be written there.
fn schema_line() -> Option<String> {
    /// The drive of Windows has a colon.
    const WITH_DRIVE: &AsciiSet = &PATH.remove(b':');
    let folder = state::folder().ok()?;
    state::make(&folder).ok()?;
    let file = folder.join("secrets.schema.json");
    let schema = serde_json::to_string_pretty(&schema::secrets()).ok()?;
    replace::all(&[Replacement { file: &file, content: schema.as_bytes(), mode: Some(0o600) }]).ok()?;
    let path = file.to_str()?.replace('\\', "/");
    Some(format!("#:schema file:///{}\n", utf8_percent_encode(path.trim_start_matches('/'), WITH_DRIVE)))
}

/// Has the secrets file of `project` say `text` again; what it says now is kept. git is to ignore it: tells whether
/// that took a change.
///
/// # Errors
/// What it says now cannot be kept, or it cannot be written. That git tracks it is not an error.
pub fn restore(project: &Project, text: &[u8], wait: impl Fn()) -> Result<bool> {
    let locked = Locked::take(project, wait)?;
    if let Some(now) = backups::present(&project.secrets) {
        keep(&project.secrets, &now, text)?;
    }
    let is_tracked = git::standing(&project.secrets)? == Standing::Tracked;
    let ignored = !is_tracked && ignore_with_copies(&project.secrets)?;
    replace::all(&[Replacement { file: &locked.file, content: text, mode: Some(0o600) }])?;
    Ok(ignored)
}
