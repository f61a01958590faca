//! Old values that `venvars rotate` put aside. They stand in `[[rotated]]` tables of `secrets.toml`: one
//! file, so that a value changes place in one write, and what guards the values in use guards these too.
//! They are no variables and reach no script; the scan looks for them, because a value that was once in
//! use may lie anywhere.

use toml_edit::{Item, Table};

use crate::model::source::{Source, Wrong};
use crate::words::error::{Error, Position, Result};
use crate::words::name::Name;
use crate::words::profile::ProfileName;

/// The name of the tables.
pub(super) const ROTATED: &str = "rotated";
/// The key that holds the value.
pub(super) const VALUE: &str = "value";
pub(super) const NAME: &str = "name";
pub(super) const PROFILE: &str = "profile";
pub(super) const AT: &str = "at";

/// An old value.
#[derive(Debug, Clone)]
pub struct Rotated {
    /// The variable that had it.
    pub name: Name,
    /// The profile that it was defined in; nothing for the top level.
    pub profile: Option<ProfileName>,
    /// When it was put aside: a date with a time, as in RFC 3339.
    pub at: String,
    /// Where the value is: in the file itself, in the keyring, or encrypted in the file.
    pub source: Source,
    /// Where in the file it stands.
    pub position: Position,
}

impl Rotated {
    /// Whether `other` is the same, wherever it stands.
    pub(super) fn is(&self, other: &Self) -> bool {
        (&self.name, &self.profile, &self.at, &self.source)
            == (&other.name, &other.profile, &other.at, &other.source)
    }
}

/// The name, the profile and the time of an old value; sees to it that there is a value, and nothing else.
pub(super) fn about(table: &Table) -> Result<(Name, Option<ProfileName>, String), Wrong> {
    let wrong = |key: &str, message: String| Wrong {
        span: table.key(key).and_then(toml_edit::Key::span),
        error: Error::syntax(message).hint("only `venvars rotate` writes these tables"),
    };
    let known = [NAME, PROFILE, AT, VALUE];
    if let Some((key, _)) = table.iter().find(|(key, _)| !known.contains(key)) {
        return Err(wrong(key, format!("unknown key of an old value; the keys are {}", known.join(", "))));
    }
    let text = |key: &str| table.get(key).and_then(Item::as_str);
    let name = text(NAME)
        .and_then(|name| Name::new(name).ok())
        .ok_or_else(|| wrong(NAME, "an old value needs the name of a variable".to_owned()))?;
    let profile = match (table.get(PROFILE), text(PROFILE).map(ProfileName::new)) {
        (None, _) => None,
        (_, Some(Ok(profile))) => Some(profile),
        _ => return Err(wrong(PROFILE, format!("{name}: {PROFILE} must be the name of a profile"))),
    };
    let at = table
        .get(AT)
        .and_then(Item::as_datetime)
        .ok_or_else(|| wrong(AT, format!("{name}: an old value needs the time of its rotation")))?;
    if !table.contains_key(VALUE) {
        return Err(wrong(VALUE, format!("{name}: an old value without the value")));
    }
    Ok((name, profile, at.to_string()))
}
