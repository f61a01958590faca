//! The only writer of `secrets.toml`.

use std::fs;
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
use crate::words::system::HERE;
use crate::world::disk::lock::Lock;
use crate::world::disk::replace::{self, Replacement};
use crate::world::disk::{from_here, real};
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
        Self::take_file(project, real(&project.secrets), wait)
    }

    fn take_file(project: &Project, file: PathBuf, wait: impl Fn()) -> Result<Self> {
        let lock = Lock::take_saying(file.parent().unwrap_or(&project.folder), wait)?;
        Ok(Self { file, _lock: lock })
    }

    /// Keeps what the file of `project` says now, for an editor may leave nothing of it. Gives that.
    ///
    /// # Errors
    /// It cannot be kept.
    pub fn keep(&self, project: &Project) -> Result<Zeroizing<Vec<u8>>> {
        let Some(now) = backups::present(&project.secrets)? else { return Ok(Zeroizing::default()) };
        keep(&project.secrets, &now, b"")?;
        Ok(now)
    }

    /// Has the file of `project` say `text` again, which it said before; what it says now is kept.
    ///
    /// # Errors
    /// What it says now cannot be kept, or it cannot be written.
    pub fn undo(&self, project: &Project, text: &[u8]) -> Result<()> {
        self.keep(project)?;
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
    /// without a backup; or somebody has changed the file since it was read. Then nothing is changed. As for
    /// [`allow::renew`]: then all is written.
    pub fn write<'a>(&'a self, beside: Option<Replacement<'a>>) -> Result<()> {
        let mut files = Vec::from_iter(beside);
        let is_changed = *self.after != *self.before;
        if is_changed {
            self.guard()?;
            self.refuse_compromised()?;
            let (file, content) = (&*self.locked.file, self.after.as_bytes());
            files.insert(0, Replacement { file, content, mode: Some(0o600) });
        }
        if files.is_empty() {
            return Ok(());
        }
        self.refuse_changed()?;
        if is_changed {
            self.keep()?;
        }
        replace::all(&files)?;
        if is_changed {
            let after = Secrets::parse(&self.project.secrets, &self.after)?;
            let name = from_here(&self.project.secrets);
            allow::renew(self.project, &self.secrets, &after)
                .map_err(|error| error.adding(format!("; {name} was written")))?;
        }
        Ok(())
    }

    /// Refuses to write over what somebody else has written, as an editor does while a command waits for its input:
    /// that is kept.
    fn refuse_changed(&self) -> Result<()> {
        let file = &self.project.secrets;
        let now = backups::present(file)?;
        if now.as_deref().is_some_and(|now| *now == self.before.as_bytes()) {
            return Ok(());
        }
        if let Some(now) = now {
            keep(file, &now, self.before.as_bytes())?;
        }
        let error = Error::conflict("the file was changed meanwhile; nothing was written").in_file(file);
        Err(error.hint("run the command again"))
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
/// As for [`ignore_with_copies`] and [`replace::all`]; or it is a link to a file that is not there.
pub fn create(project: &Project) -> Result<(bool, bool)> {
    let _lock = Lock::take(&project.folder)?;
    let file = &project.secrets;
    refuse_dangling(file)?;
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

/// Refuses to put a file in the place of a link: what it leads to may be on a disk that is not mounted.
fn refuse_dangling(file: &Path) -> Result<()> {
    match fs::read_link(file) {
        Ok(target) if !file.exists() => {
            let error = Error::missing("this is a link to a file that is not there").in_file(file);
            Err(error.hint(format!(
                "make {} available, or delete the link: {}",
                target.display(),
                HERE.deletion(file)
            )))
        }
        _ => Ok(()),
    }
}

/// Has the secrets file of `project` say `text` again; what it says now is kept. A link that git brought is replaced
/// itself, and what it leads to stays. git is to ignore the file: tells whether that took a change.
///
/// # Errors
/// What it says now cannot be read or kept, or it cannot be written. That git tracks it is not an error.
pub fn restore(project: &Project, text: &[u8], wait: impl Fn()) -> Result<bool> {
    let file = &project.secrets;
    let is_link = backups::is_link_of_git(file);
    let locked = Locked::take_file(project, if is_link { file.clone() } else { real(file) }, wait)?;
    if !is_link {
        refuse_dangling(file)?;
        let now = backups::present(file);
        if let Some(now) = now.map_err(|error| error.or_hint("move it elsewhere, then: venvars restore"))? {
            keep(file, &now, text)?;
        }
    }
    let is_tracked = git::standing(file)? == Standing::Tracked;
    let ignored = !is_tracked && ignore_with_copies(file)?;
    if is_link {
        fs::remove_file(file).map_err(|error| Error::io("delete", file, &error))?;
    }
    replace::all(&[Replacement { file: &locked.file, content: text, mode: Some(0o600) }])?;
    Ok(ignored)
}
