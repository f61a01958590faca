//! Setting a variable.

use zeroize::Zeroizing;

use crate::model::project::Project;
use crate::model::secrets::Secrets;
use crate::model::secrets::change::New;
use crate::model::secrets::generate::SecretKind;
use crate::session::editor::Editor;
use crate::session::exposure::guard_plain;
use crate::session::keyring::entry_for;
use crate::session::ledger::compromised;
use crate::session::selection;
use crate::session::sources::Sources;
use crate::words::error::Result;
use crate::words::name::Name;
use crate::words::profile::ProfileName;
use crate::world::age;

/// Where a value is kept.
pub enum Keeping {
    /// In the file, as it is.
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
    let secrets = Secrets::read(&project.secrets)?;
    if matches!(keeping, Keeping::Age) {
        age::encrypt("", &project.settings.recipients)?;
    } else {
        guard_plain(&secrets)?;
    }
    Ok(secrets)
}

/// What makes the value of the variable `name`: the kind that is `given`, else the one that is declared.
#[must_use]
pub fn kind(project: &Project, name: &Name, given: Option<SecretKind>) -> SecretKind {
    let declared = project.settings.declaration(name.as_str()).and_then(|declared| declared.generate);
    given.or(declared).unwrap_or_default()
}

/// Sets the variable `name` to `value` in `profile` or at the top level of `before`, the secrets of `project`; tells
/// whether it had another value there, which is lost.
///
/// # Errors
/// The variable may not have the value, or it cannot be written.
pub fn set(
    project: &Project,
    sources: &Sources,
    before: &Secrets,
    (profile, name): (Option<&ProfileName>, &Name),
    value: &Zeroizing<String>,
    keeping: Keeping,
    wait: impl Fn(),
) -> Result<bool> {
    compromised::refuse_new(project, name, value, "this value", "nothing was set")?;
    let (new, entry) = match keeping {
        Keeping::Plain => (New::text(value), None),
        Keeping::Age => (New::source("age", &age::encrypt(value, &project.settings.recipients)?), None),
        Keeping::Keyring(given) => {
            let entry = entry_for(project, before, profile, name, given)?;
            (New::source("keyring", &entry.to_string()), Some(entry))
        }
    };
    let mut editor = Editor::open(project, wait)?;
    editor.set(profile, &[(name.clone(), new)])?;
    // Only when the file can be edited: no value goes to the keyring that no line tells of.
    if let Some(entry) = &entry {
        sources.store(entry, value)?;
    }
    editor.write(None)?;
    let had = before.own(profile).iter().find(|one| one.name == *name).and_then(|one| one.source.literal());
    Ok(had.is_some_and(|had| had != **value && selection::is_secret(&project.settings, name, had, false)))
}
