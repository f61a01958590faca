//! Setting many variables of `secrets.toml` at once. Comments, order and layout stay as they were.

use std::collections::HashMap;

use toml_edit::{DocumentMut, InlineTable, Item, Value as Toml};
use zeroize::Zeroizing;

use super::read;
use crate::error::{Error, Result};
use crate::import::{Entry, What};

/// How a variable stands to what `secrets.toml` says already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// There is none of that name.
    New,
    /// There is one, and it is something else.
    Changed,
    /// There is one, and it is just that.
    Same,
}

/// How each of `entries` stands to `text`, in their order.
///
/// # Errors
/// The text is not valid.
pub fn standings(text: &str, entries: &[Entry]) -> Result<Vec<Standing>> {
    read::variables(text)?;
    let document = parse(text)?;
    Ok(entries.iter().map(|entry| standing(&document, entry)).collect())
}

fn standing(document: &DocumentMut, entry: &Entry) -> Standing {
    match document.get(entry.name.as_str()) {
        None => Standing::New,
        Some(Item::Value(value)) if is(value, &entry.value) => Standing::Same,
        Some(_) => Standing::Changed,
    }
}

/// `text` with each of `entries` set: in its place if it is there, else at the end, in their order.
///
/// # Errors
/// The text is not valid, or a value is none that a variable can have.
pub fn set_all(text: &str, entries: &[Entry]) -> Result<Zeroizing<String>> {
    read::variables(text)?;
    let mut document = parse(text)?;
    if entries.iter().all(|entry| standing(&document, entry) == Standing::Same) {
        return Ok(Zeroizing::new(text.to_owned()));
    }
    // Comments at the end of the file stay above what is added after them; those behind a table
    // belong to that.
    let mut above = String::new();
    if document.iter().all(|(_, item)| item.is_value()) {
        document.trailing().as_str().unwrap_or_default().clone_into(&mut above);
        document.set_trailing("");
        if !above.is_empty() && !above.ends_with('\n') {
            above.push('\n');
        }
    }
    for entry in entries {
        let name = entry.name.as_str();
        let mut new = toml_of(&entry.value);
        match document.get_mut(name).and_then(Item::as_value_mut) {
            Some(old) if is(old, &entry.value) => {}
            Some(old) => {
                // The spaces and the comment around a value belong to the line.
                *new.decor_mut() = old.decor().clone();
                *old = new;
            }
            None => {
                document.insert(name, Item::Value(new));
                if let Some(mut key) = document.key_mut(name) {
                    key.leaf_decor_mut().set_prefix(std::mem::take(&mut above));
                }
            }
        }
    }
    document.set_trailing(document.trailing().as_str().unwrap_or_default().to_owned() + &above);
    let edited = Zeroizing::new(document.to_string());
    confirm(text, &edited, entries)?;
    Ok(edited)
}

/// The value as `secrets.toml` writes it.
fn toml_of(what: &What) -> Toml {
    match what {
        What::Literal(text) => Toml::from(text.as_str()),
        What::Template(text) => {
            let mut table = InlineTable::new();
            table.insert("template", Toml::from(text.as_str()));
            Toml::InlineTable(table)
        }
    }
}

/// Whether `value` says just `what`.
fn is(value: &Toml, what: &What) -> bool {
    match (value, what) {
        (Toml::InlineTable(table), What::Template(text)) => {
            table.len() == 1 && table.get("template").and_then(Toml::as_str) == Some(text.as_str())
        }
        (Toml::String(string), What::Literal(text)) => string.value() == text.as_str(),
        (Toml::Array(_) | Toml::InlineTable(_) | Toml::String(_), _) | (_, What::Template(_)) => false,
        (scalar, What::Literal(text)) => *written(scalar) == **text,
    }
}

/// The value as it is written, without what stands around it.
fn written(value: &Toml) -> Zeroizing<String> {
    let mut bare = value.clone();
    bare.decor_mut().clear();
    Zeroizing::new(bare.to_string())
}

fn parse(text: &str) -> Result<DocumentMut> {
    // `read::variables` has accepted the text; the parser's own words could hold a value.
    text.parse().map_err(|_| Error::new("this is no TOML"))
}

/// Makes sure that the edited text says what it should, and all else as before: a value that was
/// lost in an edit would be lost for good.
fn confirm(before: &str, after: &str, entries: &[Entry]) -> Result<()> {
    read::variables(after)?;
    let (before, after) = (parse(before)?, parse(after)?);
    let set: HashMap<&str, &Entry> = entries.iter().map(|entry| (entry.name.as_str(), entry)).collect();
    let kept = before.iter().all(|(name, item)| {
        set.contains_key(name) || after.get(name).is_some_and(|now| now.to_string() == item.to_string())
    });
    let there = entries.iter().all(|entry| standing(&after, entry) == Standing::Same);
    let added = entries.iter().filter(|entry| before.get(entry.name.as_str()).is_none()).count();
    if kept && there && after.len() == before.len() + added {
        Ok(())
    } else {
        Err(Error::new("the edited file would not hold what it should")
            .hint("`venvars edit` opens the file; please report this"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::Name;

    fn entry(name: &str, value: What) -> Entry {
        Entry { name: Name::new(name).unwrap(), value, line: 1 }
    }

    fn literal(name: &str, text: &str) -> Entry {
        entry(name, What::Literal(text.to_owned().into()))
    }

    const TEXT: &str = "# first\nA = 'x'   # of a\n\n# second\nB = 1.10 # of b\n# last\n";

    #[test]
    fn comments_order_and_layout_stay() {
        let entries = [literal("D", "d"), literal("A", "x"), literal("B", "two"), literal("C", "c")];
        let edited = set_all(TEXT, &entries).unwrap();
        assert_eq!(*edited, TEXT.replace("1.10", "\"two\"") + "D = \"d\"\nC = \"c\"\n");
        assert_eq!(*set_all(TEXT, &[literal("B", "1.10")]).unwrap(), TEXT);
        assert_eq!(*set_all("A = 1", &[literal("B", "b")]).unwrap(), "A = 1\nB = \"b\"\n");
    }

    #[test]
    fn what_is_there_already_is_the_same_however_it_is_quoted() {
        let entries = [literal("A", "x"), literal("B", "1.10"), literal("B", "1.1"), literal("N", "")];
        let standings = standings(TEXT, &entries).unwrap();
        assert_eq!(standings, [Standing::Same, Standing::Same, Standing::Changed, Standing::New]);
        let template = What::Template("a${B}".to_owned().into());
        assert!(is(&toml_of(&template), &template));
        assert!(!is(&toml_of(&template), &What::Literal("a${B}".to_owned().into())));
        assert_eq!(toml_of(&template).to_string(), "{ template = \"a${B}\" }");
    }
}
