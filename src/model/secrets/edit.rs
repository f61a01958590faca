//! Editing the text of `secrets.toml`. Comments, order and layout stay as they were.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use toml_edit::{Decor, DocumentMut, Item, Table};
use zeroize::Zeroizing;

use crate::model::secrets::change::{Aside, New};
use crate::model::secrets::read::PROFILES;
use crate::model::secrets::{Definition, Layer, Secrets};
use crate::model::source::Source;
use crate::words::error::{Error, Result};
use crate::words::name::Name;
use crate::words::profile::ProfileName;

/// What a new `secrets.toml` says.
pub const TEMPLATE: &str = "\
# The secrets of this project. git ignores this file: keep it that way.
# `venvars apply` hands them to the virtual environment: activate it afterwards.
#
# SECRET_KEY = 'any text'
# PORT = 5000
#
# Nothing in 'single quotes' is changed; in \"double quotes\", a backslash begins an escape, such as \\n.
";

/// How a variable stands to what the file says already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// There is none of that name.
    New,
    /// There is one, and it is something else.
    Changed,
    /// There is one, and it is just that.
    Same,
}

/// How each of `news` stands to `profile`, or the top level, of `secrets`, in their order.
#[must_use]
pub fn standings(secrets: &Secrets, profile: Option<&ProfileName>, news: &[(Name, New)]) -> Vec<Presence> {
    let here: HashMap<&Name, &Source> = secrets
        .all()
        .filter(|definition| is_in(definition, profile))
        .map(|definition| (&definition.name, &definition.source))
        .collect();
    news.iter()
        .map(|(name, new)| match here.get(name) {
            None => Presence::New,
            Some(source) if new.is(source) => Presence::Same,
            Some(_) => Presence::Changed,
        })
        .collect()
}

/// Whether `definition` stands in `profile`, or at the top level.
fn is_in(definition: &Definition, profile: Option<&ProfileName>) -> bool {
    definition.layer.profile() == profile
}

/// `text`, the content of `file`, with each name set to what stands beside it, in `profile` or at the
/// top level: in its place if it is there, else at the end.
///
/// # Errors
/// The text is not valid, or something is set to what no variable can have.
pub fn set(
    file: &Path,
    text: &str,
    profile: Option<&ProfileName>,
    news: &[(Name, New)],
) -> Result<Zeroizing<String>> {
    let before = Secrets::parse(file, text)?;
    let mut document = parse(text)?;
    for (name, new) in news {
        set_one(&mut document, profile, name, new)?;
    }
    let edited = Zeroizing::new(document.to_string());
    let by_name: HashMap<&Name, &New> = news.iter().map(|(name, new)| (name, new)).collect();
    confirm(&before, &edited, profile, |name| by_name.get(name).copied().map(Some), &[])?;
    Ok(edited)
}

fn set_one(document: &mut DocumentMut, profile: Option<&ProfileName>, name: &Name, new: &New) -> Result<()> {
    let toml = new.toml();
    if let Some(old) =
        table(document, profile).and_then(|table| table.get_mut(name.as_str())).and_then(Item::as_value_mut)
    {
        // The spaces and the comment around a value belong to the line.
        let decor = old.decor().clone();
        *old = toml;
        *old.decor_mut() = decor;
        return Ok(());
    }
    let (above, is_last) = match profile {
        None => above_new(document),
        Some(profile) => (String::new(), make_profile(document, profile)?),
    };
    // Comments at the end of the file stay above what is added after them.
    let above = if is_last {
        let mut above = above + document.trailing().as_str().unwrap_or_default();
        if !above.is_empty() && !above.ends_with('\n') {
            above.push('\n');
        }
        document.set_trailing("");
        above
    } else {
        above
    };
    if let Some(table) = table(document, profile) {
        table.insert(name.as_str(), Item::Value(toml));
        if let Some(mut key) = table.key_mut(name.as_str()) {
            key.leaf_decor_mut().set_prefix(above);
        }
    }
    Ok(())
}

/// What stands above a key or a table.
fn prefix(decor: &Decor) -> String {
    decor.prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default().to_owned()
}

/// The top level, or the table of a profile if it is there.
fn table<'a>(document: &'a mut DocumentMut, profile: Option<&ProfileName>) -> Option<&'a mut Table> {
    match profile {
        None => Some(document.as_table_mut()),
        Some(name) => document.get_mut(PROFILES)?.as_table_mut()?.get_mut(name)?.as_table_mut(),
    }
}

/// Every table below the top level: the profiles, and what was put aside.
pub(super) fn tables_mut(document: &mut DocumentMut) -> impl Iterator<Item = &mut Table> {
    document.iter_mut().flat_map(|(key, item)| -> Box<dyn Iterator<Item = &mut Table>> {
        match item {
            Item::Table(profiles) if key == PROFILES => {
                Box::new(profiles.iter_mut().filter_map(|(_, item)| item.as_table_mut()))
            }
            Item::ArrayOfTables(rotated) => Box::new(rotated.iter_mut()),
            _ => Box::new(std::iter::empty()),
        }
    })
}

/// What stands above a new variable at the top level, and whether it is the last thing in the file.
/// Where profiles follow and there is no variable yet, that is what stood above the profiles.
fn above_new(document: &mut DocumentMut) -> (String, bool) {
    let is_empty = document.iter().all(|(_, item)| !item.is_value());
    match tables_mut(document).min_by_key(|table| table.position()) {
        None => (String::new(), true),
        Some(first) if is_empty => {
            let above = prefix(first.decor());
            first.decor_mut().set_prefix("\n");
            (above, false)
        }
        Some(_) => (String::new(), false),
    }
}

/// Makes sure that the table of `profile` is there, and says whether it is the last in the file.
fn make_profile(document: &mut DocumentMut, profile: &ProfileName) -> Result<bool> {
    let trailing = document.trailing().as_str().unwrap_or_default().to_owned();
    let is_empty = document.is_empty();
    let last = tables_mut(document).filter_map(|table| table.position()).max();
    let profiles = document
        .entry(PROFILES)
        .or_insert_with(|| {
            let mut table = Table::new();
            table.set_implicit(true);
            Item::Table(table)
        })
        .as_table_mut()
        .ok_or_else(|| Error::syntax(format!("{PROFILES} is a variable here, not a table")))?;
    if !profiles.contains_key(profile) {
        let mut table = Table::new();
        table.set_position(last.map(|last| last + 1));
        let gap = if is_empty && trailing.is_empty() { "" } else { "\n" };
        table.decor_mut().set_prefix(trailing + gap);
        profiles.insert(profile, Item::Table(table));
        document.set_trailing("");
        return Ok(false);
    }
    let own = profiles.get(profile).and_then(Item::as_table).and_then(Table::position);
    Ok(last <= own)
}

/// `text`, the content of `file`, without `name` in `profile` or at the top level.
///
/// # Errors
/// The text is not valid.
pub fn unset(
    file: &Path,
    text: &str,
    profile: Option<&ProfileName>,
    name: &Name,
) -> Result<Zeroizing<String>> {
    let before = Secrets::parse(file, text)?;
    let mut document = parse(text)?;
    let mut left = None;
    if let Some(table) = table(&mut document, profile) {
        // Comment lines above a variable may speak of more than that one: they stay.
        let comments = table.key(name.as_str()).map_or_else(String::new, |key| prefix(key.leaf_decor()));
        let next = table
            .iter()
            .skip_while(|(key, _)| *key != name.as_str())
            .skip(1)
            .find(|(_, item)| item.is_value())
            .map(|(key, _)| key.to_owned());
        table.remove(name.as_str());
        match next.and_then(|next| table.key_mut(&next)) {
            Some(mut key) => {
                let decor = key.leaf_decor_mut();
                let own = prefix(decor);
                decor.set_prefix(comments + &own);
            }
            None => left = Some(comments),
        }
    }
    if let Some(comments) = left.filter(|comments| !comments.is_empty()) {
        leave(&mut document, profile, comments);
    }
    let edited = Zeroizing::new(document.to_string());
    confirm(&before, &edited, profile, |gone| (gone == name).then_some(None), &[])?;
    Ok(edited)
}

/// Puts `comments` after the last variable of a table: above the table that follows it in the file, or
/// at the end of the file.
fn leave(document: &mut DocumentMut, profile: Option<&ProfileName>, comments: String) {
    let own = profile.and_then(|_| table(document, profile)).and_then(|table| table.position());
    let next = tables_mut(document)
        .filter(|table| own.is_none() || table.position() > own)
        .min_by_key(|table| table.position());
    match next {
        Some(next) => {
            let above = prefix(next.decor());
            next.decor_mut().set_prefix(comments + &above);
        }
        None => {
            let trailing = document.trailing().as_str().unwrap_or_default().to_owned();
            document.set_trailing(comments + &trailing);
        }
    }
}

pub(super) fn parse(text: &str) -> Result<DocumentMut> {
    // The reader has accepted the text; the parser's own words could hold a value.
    text.parse().map_err(|_| Error::syntax("not valid TOML"))
}

/// Makes sure that the edited text says what it should, and all else as before: a value that was
/// lost in an edit would be lost for good. `change` tells what became of a name in `profile`: nothing,
/// a new value, or that it is gone; `asides` are what was put aside.
pub(super) fn confirm<'a>(
    before: &Secrets,
    edited: &str,
    profile: Option<&ProfileName>,
    change: impl Fn(&Name) -> Option<Option<&'a New>>,
    asides: &[Aside],
) -> Result<()> {
    let after = Secrets::parse(&before.file, edited)?;
    let kept = after.rotated.len() == before.rotated.len() + asides.len()
        && before.rotated.iter().zip(&after.rotated).all(|(one, other)| one.is(other))
        && asides
            .iter()
            .zip(&after.rotated[before.rotated.len()..])
            .all(|(aside, rotated)| aside.is(rotated));
    if !kept {
        return Err(Error::internal("the edited file would not hold the old values"));
    }
    let mut had: HashMap<(&Layer, &Name), &Definition> =
        before.all().map(|one| ((&one.layer, &one.name), one)).collect();
    let wrong = |name: &Name| {
        Error::internal(format!("{name}: the edited file would not hold what it should"))
            .hint("`venvars edit` opens the file; please report this")
    };
    for one in after.all() {
        let old = had.remove(&(&one.layer, &one.name));
        let as_it_should_be = match change(&one.name).filter(|_| is_in(one, profile)) {
            Some(Some(new)) => new.is(&one.source),
            Some(None) => false,
            None => old.is_some_and(|old| old.source == one.source),
        };
        if !as_it_should_be {
            return Err(wrong(&one.name));
        }
    }
    // What is not there any more must be what was to go.
    let was_to_go = |one: &Definition| is_in(one, profile) && matches!(change(&one.name), Some(None));
    match had.values().find(|one| !was_to_go(one)) {
        None if profile_extends(before) == profile_extends(&after) => Ok(()),
        None => Err(Error::internal("the edited file would not hold what it should")),
        Some(one) => Err(wrong(&one.name)),
    }
}

/// What each profile extends, by name.
fn profile_extends(secrets: &Secrets) -> BTreeMap<&str, &str> {
    secrets
        .profiles
        .values()
        .filter_map(|profile| Some((&*profile.name, profile.extends.as_deref()?)))
        .collect()
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(in crate::model::secrets) const TEXT: &str =
        "# first\nA = 'x'   # of a\n\n# second\nB = 1.10 # of b\nC = \"c\"\n# last\n";

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    fn named(profile: Option<&str>) -> Option<ProfileName> {
        profile.map(|name| ProfileName::new(name).unwrap())
    }

    /// `text` with one new text.
    pub(in crate::model::secrets) fn set(
        text: &str,
        profile: Option<&str>,
        key: &str,
        value: &str,
    ) -> String {
        let news = [(name(key), New::text(value))];
        super::set(Path::new("f"), text, named(profile).as_ref(), &news).unwrap().to_string()
    }

    pub(in crate::model::secrets) fn unset(text: &str, profile: Option<&str>, key: &str) -> String {
        super::unset(Path::new("f"), text, named(profile).as_ref(), &name(key)).unwrap().to_string()
    }

    #[test]
    fn comments_order_and_layout_stay() {
        assert_eq!(set(TEXT, None, "B", "two"), TEXT.replace("1.10", "\"two\""));
        assert_eq!(set(TEXT, None, "D", "d"), format!("{TEXT}D = \"d\"\n"));
        assert_eq!(unset(TEXT, None, "B"), TEXT.replace("B = 1.10 # of b\n", ""));
        assert_eq!(unset(TEXT, None, "C"), TEXT.replace("C = \"c\"\n", ""));
        // Also without a final newline, and with nothing in it.
        for text in ["A = 1\n", "", TEMPLATE] {
            assert_eq!(set(text, None, "B", "b"), format!("{text}B = \"b\"\n"));
        }
        assert_eq!(set("A = 1", None, "B", "b"), "A = 1\nB = \"b\"\n");
    }

    const PROFILES: &str = "# head\n\nA = 1 # a\n\n# tests\n[profile.test] # t\nA = 2\n# of b\nB = 3\n\n# more\n[profile.dev]\nextends = \"test\"\n# end\n";

    #[test]
    fn a_profile_is_edited_in_its_place() {
        let set = |text: &str, profile, key: &str| set(text, profile, key, "new");
        assert_eq!(set(PROFILES, None, "C"), PROFILES.replace("# a\n", "# a\nC = \"new\"\n"));
        assert_eq!(set(PROFILES, Some("test"), "A"), PROFILES.replace("A = 2", "A = \"new\""));
        assert_eq!(set(PROFILES, Some("test"), "C"), PROFILES.replace("B = 3\n", "B = 3\nC = \"new\"\n"));
        assert_eq!(set(PROFILES, Some("dev"), "C"), format!("{PROFILES}C = \"new\"\n"));
        assert_eq!(set(PROFILES, Some("new"), "C"), format!("{PROFILES}\n[profile.new]\nC = \"new\"\n"));
        assert_eq!(set("", Some("new"), "C"), "[profile.new]\nC = \"new\"\n");
        assert_eq!(set("# c\n[profile.new]\n", None, "C"), "# c\nC = \"new\"\n\n[profile.new]\n");
        assert_eq!(unset(PROFILES, Some("test"), "B"), PROFILES.replace("B = 3\n", ""));
        assert_eq!(unset(PROFILES, None, "A"), PROFILES.replace("A = 1 # a\n", ""));
    }

    #[test]
    fn a_source_is_set_as_a_table() {
        let set =
            |text| super::set(Path::new("f"), TEXT, None, &[(name("B"), New::source("template", text))]);
        assert_eq!(*set("${A}!").unwrap(), TEXT.replace("1.10", "{ template = \"${A}!\" }"));
        assert!(set("$").is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_set_and_taken_away_again(value in "\\PC*|[ -~\n\r\t\u{1b}\u{7f}'\"\\\\#]*") {
            let edited = set(&set(TEXT, None, "B", &value), None, "NEW", &value);
            let found = Secrets::parse(Path::new("f"), &edited).unwrap().definitions;
            prop_assert!(New::text(&value).is(&found[1].source));
            prop_assert!(New::text(&value).is(&found[3].source));
            unset(&unset(&edited, None, "NEW"), None, "A");
        }
    }
}
