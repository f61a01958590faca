//! Which entry of the keyring a variable has.

use crate::model::project::Project;
use crate::model::secrets::Secrets;
use crate::model::source::Source;
use crate::words::error::Result;
use crate::words::name::Name;
use crate::words::profile::ProfileName;
use crate::world::keyring::entry::KeyringEntry;

/// The keyring entry for a variable: the one that is `given`, else the one that it has already, else
/// one named after the project's folder, the profile and the variable.
///
/// # Errors
/// As for [`KeyringEntry::parse`].
pub fn entry_for(
    project: &Project,
    secrets: &Secrets,
    profile: Option<&ProfileName>,
    name: &Name,
    given: Option<String>,
) -> Result<KeyringEntry> {
    if let Some(given) = given {
        return KeyringEntry::parse(&given);
    }
    let own = secrets.own(profile).iter().find(|definition| definition.name == *name);
    if let Some(Source::Keyring(entry)) = own.map(|own| &own.source) {
        return Ok(entry.clone());
    }
    let folder = project.folder.file_name().unwrap_or_default().to_string_lossy();
    let profile = profile.map(|profile| format!("-{profile}")).unwrap_or_default();
    let plain: String = folder.chars().map(|c| if c.is_control() || c == '/' { '-' } else { c }).collect();
    KeyringEntry::parse(&format!(
        "{}{profile}/{name}",
        if plain.trim().is_empty() { "venvars" } else { &plain }
    ))
}
