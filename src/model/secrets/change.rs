//! What an edit of `secrets.toml` puts into it.

use toml_edit::{InlineTable, Item, Table, Value as Toml};
use zeroize::Zeroizing;

use crate::model::secrets::rotated::{AT, NAME, PROFILE, Rotated, VALUE};
use crate::model::source::{self, Source};
use crate::words::name::Name;
use crate::words::profile::ProfileName;

/// What a variable is set to.
pub enum New {
    /// A literal text.
    Text(Zeroizing<String>),
    /// A source, such as `{ template = "…" }`.
    Source(InlineTable),
}

impl New {
    /// `text` itself.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::Text(Zeroizing::new(text.to_owned()))
    }

    /// The source `{ kind = "text" }`.
    #[must_use]
    pub fn source(kind: &str, text: &str) -> Self {
        Self::Source(InlineTable::from_iter([(kind, text)]))
    }

    pub(super) fn toml(&self) -> Toml {
        match self {
            Self::Text(text) => Toml::from(text.as_str()),
            Self::Source(table) => Toml::InlineTable(table.clone()),
        }
    }

    /// Whether reading it gives `source`.
    pub(super) fn is(&self, source: &Source) -> bool {
        match (self, source) {
            (Self::Text(text), Source::Literal(value)) => value.reveal() == text.as_str(),
            (Self::Text(_), _) => false,
            (Self::Source(table), _) => source::of(table).is_ok_and(|expected| expected == *source),
        }
    }
}

/// An old value that is to be put aside.
pub struct Aside {
    /// The variable that had it.
    pub name: Name,
    /// The profile that it was defined in; nothing for the top level.
    pub profile: Option<ProfileName>,
    /// When: a date with a time, as in RFC 3339.
    pub at: String,
    /// The value, or where it is kept.
    pub value: New,
}

impl Aside {
    /// The table that stands for it.
    pub(super) fn table(&self) -> Table {
        let mut table = Table::new();
        table.insert(NAME, Item::Value(self.name.as_str().into()));
        if let Some(profile) = &self.profile {
            table.insert(PROFILE, Item::Value((&**profile).into()));
        }
        // What is no date would be refused when the edit is confirmed.
        let at = self.at.parse::<toml_edit::Datetime>();
        table.insert(AT, Item::Value(at.map_or_else(|_| self.at.as_str().into(), Toml::from)));
        table.insert(VALUE, Item::Value(self.value.toml()));
        table
    }

    /// Whether reading it gives `rotated`.
    pub(super) fn is(&self, rotated: &Rotated) -> bool {
        self.name == rotated.name
            && self.profile == rotated.profile
            && self.at == rotated.at
            && self.value.is(&rotated.source)
    }
}
