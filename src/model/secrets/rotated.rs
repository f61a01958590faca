//! Old values that `venvars rotate` put aside. They stand in `[[rotated]]` tables of `secrets.toml`: one
//! file, so that a value changes place in one write, and what guards the values in use guards these too.
//! They are no variables and reach no script; the scan looks for them, because a value that was once in
//! use may lie anywhere.

use std::ops::Range;
use std::path::Path;

use toml_edit::{ArrayOfTables, Item, Table, Value as Toml};
use zeroize::Zeroizing;

use crate::model::secrets::edit::{self, New};
use crate::model::secrets::{Secrets, is_profile_name};
use crate::model::source::Source;
use crate::words::error::{Error, Position, Result};
use crate::words::name::Name;

/// The name of the tables.
pub(super) const ROTATED: &str = "rotated";
/// The key that holds the value.
pub(super) const VALUE: &str = "value";
const NAME: &str = "name";
const PROFILE: &str = "profile";
const AT: &str = "at";

/// An old value.
#[derive(Debug, Clone)]
pub struct Rotated {
    /// The variable that had it.
    pub name: Name,
    /// The profile that it was defined in; nothing for the top level.
    pub profile: Option<String>,
    /// When it was put aside: a date with a time, as in RFC 3339.
    pub at: String,
    /// Where the value is: in the file itself, in the keyring, or encrypted in the file.
    pub source: Source,
    /// Where in the file it stands.
    pub position: Position,
}

impl Rotated {
    /// The old value. Only one in the file itself can be had without asking elsewhere.
    ///
    /// # Errors
    /// The keyring does not give it, or no identity of age opens it.
    pub fn value(&self) -> Result<Zeroizing<String>> {
        // The reader takes no other source.
        self.source
            .stored()
            .unwrap_or_else(|| Err(Error::new(format!("{}: there is no old value", self.name))))
    }

    /// Whether `other` is the same, wherever it stands.
    pub(super) fn is(&self, other: &Self) -> bool {
        (&self.name, &self.profile, &self.at, &self.source)
            == (&other.name, &other.profile, &other.at, &other.source)
    }
}

/// An old value that is to be put aside.
pub struct Aside {
    /// The variable that had it.
    pub name: Name,
    /// The profile that it was defined in; nothing for the top level.
    pub profile: Option<String>,
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
            table.insert(PROFILE, Item::Value(profile.as_str().into()));
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

/// What is wrong with a table. No value is in it.
pub(super) struct Wrong {
    pub span: Option<Range<usize>>,
    pub message: String,
    pub hint: &'static str,
}

/// The name, the profile and the time of an old value; sees to it that there is a value, and nothing else.
pub(super) fn about(table: &Table) -> Result<(Name, Option<String>, String), Wrong> {
    let wrong = |key: &str, message: String| Wrong {
        span: table.key(key).and_then(toml_edit::Key::span),
        message,
        hint: "only `venvars rotate` writes these tables",
    };
    let known = [NAME, PROFILE, AT, VALUE];
    if let Some((key, _)) = table.iter().find(|(key, _)| !known.contains(key)) {
        return Err(wrong(key, format!("an unknown key of an old value; known are {}", known.join(", "))));
    }
    let text = |key: &str| table.get(key).and_then(Item::as_str);
    let name = text(NAME)
        .and_then(|name| Name::new(name).ok())
        .ok_or_else(|| wrong(NAME, "an old value has the name of a variable".to_owned()))?;
    let profile = match table.get(PROFILE) {
        None => None,
        Some(_) => match text(PROFILE).filter(|profile| is_profile_name(profile)) {
            Some(profile) => Some(profile.to_owned()),
            None => return Err(wrong(PROFILE, format!("{name}: {PROFILE} takes the name of a profile"))),
        },
    };
    let at = table
        .get(AT)
        .and_then(Item::as_datetime)
        .ok_or_else(|| wrong(AT, format!("{name}: an old value has the time when it was put aside")))?;
    if !table.contains_key(VALUE) {
        return Err(wrong(VALUE, format!("{name}: an old value without the value")));
    }
    Ok((name, profile, at.to_string()))
}

/// `text`, the content of `file`, with old values put aside at its end.
///
/// # Errors
/// The text is not valid, or a variable has the name of the tables.
pub fn put_aside(file: &Path, text: &str, asides: &[Aside]) -> Result<Zeroizing<String>> {
    let before = Secrets::parse(file, text)?;
    let mut document = edit::parse(text)?;
    let mut last = edit::tables_mut(&mut document).filter_map(|table| table.position()).max();
    for aside in asides {
        last = Some(last.map_or(0, |last| last + 1));
        let mut table = aside.table();
        table.set_position(last);
        // Comments at the end of the file stay above what is added after them.
        let trailing = document.trailing().as_str().unwrap_or_default().to_owned();
        let gap = if document.is_empty() && trailing.is_empty() { "" } else { "\n" };
        let broken = if trailing.is_empty() || trailing.ends_with('\n') { "" } else { "\n" };
        table.decor_mut().set_prefix(trailing + broken + gap);
        document.set_trailing("");
        document
            .entry(ROTATED)
            .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()))
            .as_array_of_tables_mut()
            .ok_or_else(|| {
                Error::new(format!("{ROTATED} is a variable here, and no table"))
                    .in_file(file)
                    .hint("give the variable another name: old values are kept in tables of that name")
            })?
            .push(table);
    }
    let edited = Zeroizing::new(document.to_string());
    edit::confirm(&before, &edited, None, |_| None, asides)?;
    Ok(edited)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    const TEXT: &str = "# first\nA = 'x'   # of a\n\n# second\nB = 1.10 # of b\nC = \"c\"\n# last\n";
    proptest::proptest! {
        #[test]
        fn any_text_is_put_aside(value in "\\PC*|[ -~\n\r\t\u{1b}\u{7f}'\"\\\\#]*", comments in "(#[a-z]*\n|\n| )*#?") {
            let asides = || [Aside { value: New::text(&value), ..aside(Some("p")) }];
            let once = put_aside(Path::new("f"), &format!("A = 1\n{comments}"), &asides()).unwrap();
            let twice = put_aside(Path::new("f"), &once, &asides()).unwrap();
            let rotated = Secrets::parse(Path::new("f"), &twice).unwrap().rotated;
            proptest::prop_assert_eq!(rotated.len(), 2);
            let read = rotated[0].value().unwrap();
            proptest::prop_assert_eq!(read.as_str(), value);
        }
    }

    const ASIDE: &str = "\n[[rotated]]\nname = \"A\"\nat = 2026-11-25T00:00:00Z\nvalue = \"old\"\n";

    fn aside(profile: Option<&str>) -> Aside {
        Aside {
            name: name("A"),
            profile: profile.map(str::to_owned),
            at: "2026-11-25T00:00:00Z".to_owned(),
            value: New::text("old"),
        }
    }

    #[test]
    fn old_values_go_to_the_end_and_stay() {
        let file = Path::new("f");
        let put = |text: &str, profile| put_aside(file, text, &[aside(profile)]).unwrap().to_string();
        let once = put(TEXT, None);
        assert_eq!(once, format!("{TEXT}{ASIDE}"));
        let in_profile = ASIDE.replace("at =", "profile = \"test\"\nat =");
        let twice = put(&once, Some("test"));
        assert_eq!(twice, format!("{TEXT}{ASIDE}{in_profile}"));
        assert_eq!(put("A = 1 # a", None), format!("A = 1 # a\n{ASIDE}"));
        assert_eq!(put("", None), ASIDE[1..]);
        let rotated = Secrets::parse(file, &twice).unwrap().rotated;
        assert_eq!(rotated.iter().map(|one| one.position.line).collect::<Vec<_>>(), [12, 18]);
        // All other edits leave them alone.
        let set = |text: &str, profile, key: &str| {
            edit::set(file, text, profile, &[(name(key), New::text("new"))]).unwrap().to_string()
        };
        assert_eq!(
            set(&once, None, "D"),
            format!(
                "# first\nA = 'x'   # of a\n\n# second\nB = 1.10 # of b\nC = \"c\"\nD = \"new\"\n# last\n{ASIDE}"
            )
        );
        assert_eq!(set(&once, Some("p"), "D"), format!("{once}\n[profile.p]\nD = \"new\"\n"));
        let between = format!("A = 1\n\n[profile.p]\nB = 2\n{ASIDE}# end\n");
        assert_eq!(set(&between, Some("p"), "D"), between.replace("B = 2\n", "B = 2\nD = \"new\"\n"));
        assert_eq!(set(ASIDE, None, "A"), format!("\nA = \"new\"\n{ASIDE}"));
        let after = format!("{ASIDE}\n[profile.p]\nB = 2\n# end\n");
        assert_eq!(put(&after, None), format!("{after}{ASIDE}"));
        assert_eq!(*edit::unset(file, &once, None, &name("C")).unwrap(), once.replace("C = \"c\"\n", ""));
        assert!(put_aside(file, "rotated = 1\n", &[aside(None)]).is_err());
    }
}
