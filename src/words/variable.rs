//! What goes into the environment.

use crate::words::name::Name;
use crate::words::secret::Secret;

/// A name with its value, resolved for one profile.
#[derive(Debug, Clone)]
pub struct Variable {
    /// The name.
    pub name: Name,
    /// The value.
    pub value: Secret,
    /// Whether it takes the place of one that the environment has already (`override`); else that
    /// one stays as it is, and this one is not set.
    pub overrides: bool,
}

impl Variable {
    /// A variable that stands in for another: its value is `mask`.
    pub(crate) fn masked(name: &str, overrides: bool, mask: &str) -> Option<Self> {
        Some(Self { name: Name::new(name).ok()?, value: Secret::new(mask.to_owned())?, overrides })
    }
}
