//! Editing the text of `secrets.toml`. Comments, order and layout stay as they were.

use toml_edit::{DocumentMut, Item, Value as Toml};
use zeroize::Zeroizing;

use super::read;
use crate::error::{Error, Result};
use crate::name::Name;

/// What a new `secrets.toml` says.
pub const TEMPLATE: &str = "\
# The secrets of this project. git ignores this file: keep it that way.
# `venvars apply` hands them to the virtual environment; then `source .venv/bin/activate`.
#
# SECRET_KEY = \"any text, exactly as it stands between the quotes\"
# PORT = 5000
";

/// `text` with `name` set to `value`: in its place if it is there, else at the end.
///
/// # Errors
/// The text is not valid, or the value is none that a variable can have.
pub fn set(text: &str, name: &Name, value: &str) -> Result<Zeroizing<String>> {
    read::variables(text)?;
    let mut document = parse(text)?;
    let mut new = Toml::from(value);
    match document.get_mut(name.as_str()).and_then(Item::as_value_mut) {
        Some(old) => {
            // The spaces and the comment around a value belong to the line.
            *new.decor_mut() = old.decor().clone();
            *old = new;
        }
        None => {
            // Comments at the end of the file stay above what is added after them.
            let mut above = document.trailing().as_str().unwrap_or_default().to_owned();
            if !above.is_empty() && !above.ends_with('\n') {
                above.push('\n');
            }
            document.insert(name.as_str(), Item::Value(new));
            if let Some(mut key) = document.key_mut(name.as_str()) {
                key.leaf_decor_mut().set_prefix(above);
            }
            document.set_trailing("");
        }
    }
    let edited = Zeroizing::new(document.to_string());
    confirm(text, &edited, name, Some(value))?;
    Ok(edited)
}

/// `text` without `name`.
///
/// # Errors
/// The text is not valid.
pub fn unset(text: &str, name: &Name) -> Result<Zeroizing<String>> {
    read::variables(text)?;
    let mut document = parse(text)?;
    // Comment lines above a variable may speak of more than that one: they stay.
    let comments = document
        .key(name.as_str())
        .and_then(|key| key.leaf_decor().prefix())
        .and_then(|prefix| prefix.as_str())
        .map(str::to_owned)
        .unwrap_or_default();
    let next =
        document.iter().skip_while(|(key, _)| *key != name.as_str()).nth(1).map(|(key, _)| key.to_owned());
    document.remove(name.as_str());
    match next.and_then(|next| document.key_mut(&next)) {
        Some(mut key) => {
            let decor = key.leaf_decor_mut();
            let own = decor.prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default().to_owned();
            decor.set_prefix(comments + &own);
        }
        None => {
            let trailing = document.trailing().as_str().unwrap_or_default().to_owned();
            document.set_trailing(comments + &trailing);
        }
    }
    let edited = Zeroizing::new(document.to_string());
    confirm(text, &edited, name, None)?;
    Ok(edited)
}

fn parse(text: &str) -> Result<DocumentMut> {
    // `read::variables` has accepted the text; the parser's own words could hold a value.
    text.parse().map_err(|_| Error::new("this is no TOML"))
}

/// Makes sure that the edited text says what it should, and all else as before: a value that was
/// lost in an edit would be lost for good.
fn confirm(before: &str, after: &str, name: &Name, value: Option<&str>) -> Result<()> {
    let others = |text| -> Result<Vec<(Name, Zeroizing<String>)>> {
        Ok(read::variables(text)?
            .into_iter()
            .filter(|variable| variable.name != *name)
            .map(|variable| (variable.name, Zeroizing::new(variable.value.reveal().to_owned())))
            .collect())
    };
    let now = read::variables(after)?;
    let found = now.iter().find(|variable| variable.name == *name);
    if found.map(|variable| variable.value.reveal()) == value && others(before)? == others(after)? {
        Ok(())
    } else {
        Err(Error::new(format!("{name}: the edited file would not hold what it should"))
            .hint("`venvars edit` opens the file; please report this"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = "# first\nA = 'x'   # of a\n\n# second\nB = 1.10 # of b\nC = \"c\"\n# last\n";

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    #[test]
    fn comments_order_and_layout_stay() {
        let edited = set(TEXT, &name("B"), "two").unwrap();
        assert_eq!(*edited, TEXT.replace("1.10", "\"two\""));
        let edited = set(TEXT, &name("D"), "d").unwrap();
        assert_eq!(*edited, format!("{TEXT}D = \"d\"\n"));
        let edited = unset(TEXT, &name("B")).unwrap();
        assert_eq!(*edited, TEXT.replace("B = 1.10 # of b\n", ""));
        let edited = unset(TEXT, &name("C")).unwrap();
        assert_eq!(*edited, TEXT.replace("C = \"c\"\n", ""));
    }

    #[test]
    fn a_file_without_a_final_newline_or_with_nothing_in_it_takes_a_variable() {
        assert_eq!(*set("A = 1", &name("B"), "b").unwrap(), "A = 1\nB = \"b\"\n");
        assert_eq!(*set("", &name("B"), "b").unwrap(), "B = \"b\"\n");
        let edited = set(TEMPLATE, &name("B"), "b").unwrap();
        assert_eq!(*edited, format!("{TEMPLATE}B = \"b\"\n"));
    }

    proptest! {
        #[test]
        fn any_text_is_set_and_taken_away_again(value in "\\PC*|[ -~\n\r\t\u{1b}\u{7f}'\"\\\\#]*") {
            let edited = set(TEXT, &name("B"), &value).unwrap();
            let edited = set(&edited, &name("NEW"), &value).unwrap();
            let found = read::variables(&edited).unwrap();
            prop_assert_eq!(found[1].value.reveal(), &value);
            prop_assert_eq!(found[3].value.reveal(), &value);
            unset(&unset(&edited, &name("NEW")).unwrap(), &name("A")).unwrap();
        }
    }
}
