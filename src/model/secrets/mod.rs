//! `secrets.toml`: the one file that holds the values.

pub mod aside;
pub mod change;
pub mod edit;
pub mod generate;
pub mod held;
pub mod read;
pub mod rotated;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;

use crate::model::source::Source;
use crate::words::error::{Error, Position, Result};
use crate::words::name::{Name, Refusal};
use crate::words::profile::ProfileName;
use crate::world::folders;

pub use rotated::Rotated;

/// What a file says of a variable, and where.
#[derive(Debug, Clone)]
pub struct Definition {
    /// The name.
    pub name: Name,
    /// Where its value comes from.
    pub source: Source,
    /// The file.
    pub file: Arc<Path>,
    /// Where in the file the value stands.
    pub position: Position,
    /// Which part of which file it is from.
    pub layer: Layer,
}

impl Definition {
    /// `error`, which its source gave, at the place of the definition.
    #[must_use]
    pub fn about(&self, error: Error) -> Error {
        error.context(&self.name).in_file(&self.file).at(self.position)
    }
}

/// The parts that a variable may be defined in, each above the ones that follow.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Layer {
    /// `[profile.NAME]` of the project's secrets.
    Profile(ProfileName),
    /// The top level of the project's secrets.
    Project,
    /// The user's own secrets, for all projects.
    User,
    /// A default in the settings.
    Default,
}

impl Layer {
    /// The profile that it is, if it is one.
    #[must_use]
    pub fn profile(&self) -> Option<&ProfileName> {
        match self {
            Self::Profile(profile) => Some(profile),
            Self::Project | Self::User | Self::Default => None,
        }
    }
}

/// A profile: definitions that go above others.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Its name.
    pub name: ProfileName,
    /// The profile that it extends instead of the top level.
    pub extends: Option<ProfileName>,
    /// What it defines, in the order of the file.
    pub definitions: Vec<Definition>,
}

/// One `secrets.toml`.
#[derive(Debug, Clone)]
pub struct Secrets {
    /// The file that it was read from.
    pub file: Arc<Path>,
    /// The top level, in the order of the file.
    pub definitions: Vec<Definition>,
    /// The profiles, in the order of the file.
    pub profiles: IndexMap<ProfileName, Profile>,
    /// Old values that were put aside, in the order of the file. They are not variables.
    pub rotated: Vec<Rotated>,
}

impl Secrets {
    /// The user's own file for all projects: `venvars/secrets.toml` in the folder for settings.
    #[must_use]
    pub fn of_user() -> Option<PathBuf> {
        Some(folders::config()?.join("venvars").join("secrets.toml"))
    }

    /// The profile `name` and those that it extends, the nearest first.
    ///
    /// # Errors
    /// There is none of that name; the error names the nearest that there is.
    pub fn chain(&self, name: &ProfileName) -> Result<Vec<&Profile>> {
        let mut chain: Vec<&Profile> = Vec::new();
        let mut next = Some(name);
        while let Some(name) = next {
            let profile = self.profile(name).ok_or_else(|| self.no_profile(name))?;
            chain.push(profile);
            // `read` has refused loops.
            next = profile.extends.as_ref();
        }
        Ok(chain)
    }

    fn profile(&self, name: &ProfileName) -> Option<&Profile> {
        self.profiles.get(name)
    }

    fn no_profile(&self, name: &ProfileName) -> Error {
        let known = || self.profiles.keys().map(|name| &**name);
        let otherwise = if self.profiles.is_empty() {
            format!("a profile is a table in the file: [profile.{name}]")
        } else {
            format!("the profiles are {}", known().collect::<Vec<_>>().join(", "))
        };
        let error = Error::missing(format!("no profile named {name}")).in_file(&self.file);
        error.did_you_mean(name, known(), otherwise)
    }

    /// What `profile` itself defines, or the top level itself; empty if there is no such profile.
    #[must_use]
    pub fn own(&self, profile: Option<&ProfileName>) -> &[Definition] {
        match profile {
            None => &self.definitions,
            Some(name) => self.profile(name).map_or(&[], |profile| &profile.definitions),
        }
    }

    /// Whether there are values and every one of them is encrypted, so that anybody may read the file.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        let aside = self.rotated.iter().map(|rotated| &rotated.source);
        let mut sources = self.all().map(|definition| &definition.source).chain(aside).peekable();
        sources.peek().is_some() && sources.all(Source::is_encrypted)
    }

    /// Everything that the file defines, in any profile.
    pub fn all(&self) -> impl Iterator<Item = &Definition> {
        self.definitions.iter().chain(self.profiles.values().flat_map(|profile| &profile.definitions))
    }
}

/// A name that somebody typed, safe to print: it might be a value typed in the wrong place.
pub(crate) fn printable(name: &str) -> &str {
    match Name::new(name) {
        Err(Refusal::Malformed) => "of that name",
        _ => name,
    }
}

/// The name `text`, which somebody typed.
///
/// # Errors
/// No variable can have it.
pub fn typed_name(text: &str) -> Result<Name> {
    Name::new(text).map_err(|refusal| Error::bad_name(text, refusal).hint("use another name"))
}
