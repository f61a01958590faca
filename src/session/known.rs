//! What the files of a project have names for. Nothing of it is run, asked or handed over.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::model::project::Project;
use crate::model::secrets::Secrets;
use crate::session::allow;
use crate::words::name::Name;
use crate::words::profile::ProfileName;

/// The names in a project.
#[derive(Debug, Default)]
pub struct KnownNames {
    /// The variables, with what the settings say of them; in the settings' order, then in the secrets'.
    pub variables: Vec<(Name, Option<String>)>,
    /// The profiles.
    pub profiles: BTreeSet<ProfileName>,
    /// The folders of the venvs.
    pub venvs: Vec<PathBuf>,
}

impl KnownNames {
    /// Those of the project of `start`, as far as its files can be read.
    #[must_use]
    pub fn of(start: &Path, secrets: Option<&Path>) -> Self {
        let mut known = Self::default();
        let Ok((project, _)) = Project::find_in_part(start, secrets) else { return known };
        for declared in project.settings.declared.values() {
            known.variables.push((declared.name.clone(), declared.description.clone()));
        }
        // What lies outside and is not allowed is not even read.
        let read = allow::require_secrets(&project).and_then(|()| Secrets::read(&project.secrets));
        if let Ok(secrets) = read {
            for definition in secrets.all() {
                if known.variables.iter().all(|(name, _)| *name != definition.name) {
                    known.variables.push((definition.name.clone(), None));
                }
            }
            known.profiles.extend(secrets.profiles.into_keys());
        }
        let venvs = allow::venvs(&project, &[]).unwrap_or_default();
        known.venvs = venvs.into_iter().map(|venv| venv.folder).collect();
        known
    }
}
