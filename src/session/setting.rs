//! Setting a variable.

use zeroize::Zeroizing;

use crate::model::project::Project;
use crate::model::secrets::Secrets;
use crate::model::secrets::change::{Aside, New};
use crate::model::secrets::edit::{self, Presence};
use crate::model::secrets::generate::SecretKind;
use crate::session::allow;
use crate::session::backups::or_made;
use crate::session::editor::Editor;
use crate::session::exposure::guard_plain;
use crate::session::keyring::entry_for;
use crate::session::ledger::compromised;
use crate::session::sources::Sources;
use crate::words::error::Result;
use crate::words::name::Name;
use crate::words::profile::ProfileName;
use crate::world::{age, keyring};

/// Where a value is kept.
pub enum Keeping {
    /// In the file, as plain text.
    Plain,
    /// In the file, encrypted.
    Age,
    /// In the keyring, under this name or one made of the project's and the variable's.
    Keyring(Option<String>),
}

/// Reads the secrets of `project`, where what would fail anyway fails before anybody is asked for a value.
///
/// # Errors
/// They cannot be read, or can hold no value that is kept so.
pub fn secrets(project: &Project, keeping: &Keeping) -> Result<Secrets> {
    let secrets = Secrets::read(&project.secrets).map_err(|error| or_made(project, error))?;
    if matches!(keeping, Keeping::Age) {
        age::encrypt("", allow::recipients(project)?)?;
    } else {
        guard_plain(&secrets)?;
    }
    if matches!(keeping, Keeping::Keyring(_)) {
        keyring::reachable()?;
    }
    Ok(secrets)
}

/// What makes the value of the variable `name`: the kind that is `given`, else the one that is declared.
#[must_use]
pub fn kind(project: &Project, name: &Name, given: Option<SecretKind>) -> SecretKind {
    let declared = project.settings.declaration(name.as_str()).and_then(|declared| declared.generate);
    given.or(declared).unwrap_or_default()
}

/// Where the value is that another one took the place of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replaced {
    /// In the backup of the file.
    InBackup,
    /// In the keyring, under another name.
    InKeyring,
}

/// Sets the variable `name` to `value`, made as `kind` or given, in `profile` or at the top level of `before`, the
/// secrets of `project`; tells whether it had another value there.
///
/// # Errors
/// The variable may not have the value, or it cannot be written.
pub fn set(
    project: &Project,
    sources: &Sources,
    before: &Secrets,
    (profile, name): (Option<&ProfileName>, &Name),
    (value, kind): (&Zeroizing<String>, Option<SecretKind>),
    keeping: Keeping,
    wait: impl Fn(),
) -> Result<Option<Replaced>> {
    compromised::refuse_new(project, name, value, "this value", "nothing was set")?;
    let (new, entry) = match keeping {
        Keeping::Plain => (New::text(value), None),
        Keeping::Age => (New::source("age", &age::encrypt(value, allow::recipients(project)?)?), None),
        Keeping::Keyring(given) => {
            let entry = entry_for(project, before, profile, name, given)?;
            (New::source("keyring", &entry.to_string()), Some(entry))
        }
    };
    let mut editor = Editor::open(project, wait)?;
    let news = [(name.clone(), new)];
    let is_changed = edit::standings(&editor.secrets, profile, &news)[0] == Presence::Changed;
    let mut replaced = is_changed.then_some(Replaced::InBackup);
    editor.set(profile, &news)?;
    editor.made(profile, name, kind);
    let Some(entry) = &entry else { return editor.write(None).map(|()| replaced) };
    // The file names the entry and does not hold its value: no backup has that.
    if let Some(old) = keyring::find(entry, keyring::PATIENCE)?
        && old != *value
    {
        let kept = entry.until_now();
        sources.store(&kept, &old)?;
        let value = New::source("keyring", &kept.to_string());
        let at = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        editor.put_aside(&[Aside { name: name.clone(), profile: profile.cloned(), at, value }])?;
        replaced = Some(Replaced::InKeyring);
    }
    // Only when the file can be edited: no value goes to the keyring that no line tells of.
    sources.store(entry, value)?;
    editor
        .write(None)
        .map_err(|error| error.adding(format!("; the keyring has the new value as {entry}")))?;
    Ok(replaced)
}
