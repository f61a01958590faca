//! The names of profiles, and which one was asked for.

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;
use std::sync::Arc;

/// Stands for the top level without any profile, wherever a profile can be named.
pub const TOP: &str = "none";

/// The name of a profile: letters, digits, `_`, `-` and `.`, so that it is one plain word to every
/// shell. It does not begin with `-`, and is not [`TOP`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProfileName(Arc<str>);

/// A text that cannot be the name of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAName;

impl ProfileName {
    /// Checks `text`.
    ///
    /// # Errors
    /// It cannot be the name of a profile.
    pub fn new(text: &str) -> Result<Self, NotAName> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let is_name = !text.is_empty() && text.chars().all(plain) && !text.starts_with('-') && text != TOP;
        if is_name { Ok(Self(Arc::from(text))) } else { Err(NotAName) }
    }
}

impl Deref for ProfileName {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl fmt::Display for NotAName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a profile can only contain letters, digits, `_`, `-` and `.`")
    }
}

impl std::error::Error for NotAName {}

/// Which profile was asked for.
#[derive(Debug, Default, Clone, PartialEq, Eq, Hash)]
pub enum Choice {
    /// None: whatever stands for that where it is asked (the settings' `default_profile`, what a script
    /// remembers).
    #[default]
    Default,
    /// The top level, without any profile.
    Top,
    /// This one.
    Named(ProfileName),
}

impl Choice {
    /// The profile that is named, if one is.
    #[must_use]
    pub fn named(&self) -> Option<&ProfileName> {
        match self {
            Self::Named(name) => Some(name),
            Self::Default | Self::Top => None,
        }
    }

    /// As it is typed; `None` where it is left open.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Default => None,
            Self::Top => Some(TOP),
            Self::Named(name) => Some(name),
        }
    }

    /// This choice, or `other` where it leaves the choice open.
    #[must_use]
    pub fn or<'a>(&'a self, other: &'a Self) -> &'a Self {
        if *self == Self::Default { other } else { self }
    }
}

/// A profile that is in use, or the top level.
impl From<Option<ProfileName>> for Choice {
    fn from(profile: Option<ProfileName>) -> Self {
        profile.map_or(Self::Top, Self::Named)
    }
}

/// As it is typed; the empty text, which an empty environment variable gives, leaves the choice open.
impl FromStr for Choice {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, NotAName> {
        match text {
            "" => Ok(Self::Default),
            TOP => Ok(Self::Top),
            name => ProfileName::new(name).map(Self::Named),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_read_as_it_is_typed() {
        assert_eq!("".parse(), Ok(Choice::Default));
        assert_eq!("none".parse(), Ok(Choice::Top));
        assert_eq!("dev-1.x_y".parse::<Choice>().unwrap().named().map(|name| &**name), Some("dev-1.x_y"));
        for bad in ["-x", "a b", "a/b", "é", "a\n"] {
            assert_eq!(bad.parse::<Choice>(), Err(NotAName), "{bad:?}");
        }
        assert_eq!(*Choice::Default.or(&Choice::Top), Choice::Top);
        assert_eq!(*Choice::Top.or(&Choice::Default), Choice::Top);
    }
}
