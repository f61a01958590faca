//! Old keys that are still good: what is signed with one of them opens for a while.
//!
//! The variable that keeps them holds a JSON list of texts (RFC 8259), the newest first. That is what
//! Flask's `from_prefixed_env` reads as it is, and what `json.loads` makes a list of for any other
//! setting: a list with commas in it could not hold every key.

use zeroize::Zeroizing;

use crate::words::error::{Error, Result};
use crate::words::name::Name;
use crate::words::secret::Secret;

/// How many old keys are kept. Each is tried on every signature that no newer key made.
pub const MOST: usize = 3;

/// The old keys that `text`, the value of the variable `name`, holds; an empty text holds none.
///
/// # Errors
/// It is not a JSON list of strings.
pub fn read(name: &Name, text: &str) -> Result<Vec<Zeroizing<String>>> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    // serde's own words could quote a key.
    serde_json::from_str(text).map_err(|_| {
        Error::bad_value(format!(
            "{name}: the value is not a JSON list of strings, which is where old values are kept"
        ))
        .hint(format!("for example: [\"…\", \"…\"]; `venvars unset {name}` starts again"))
    })
}

/// `old` in front of `kept`: without what `new` is, and nothing twice; no more than [`MOST`], and no
/// more than a variable called `name` can hold.
#[must_use]
pub fn keep(name: &Name, old: Option<&str>, kept: &[Zeroizing<String>], new: &str) -> Vec<Zeroizing<String>> {
    let mut list: Vec<Zeroizing<String>> = Vec::new();
    for key in old.into_iter().chain(kept.iter().map(|key| key.as_str())) {
        if key != new && !key.is_empty() && list.iter().all(|one| one.as_str() != key) {
            list.push(Zeroizing::new(key.to_owned()));
        }
    }
    list.truncate(MOST);
    while Secret::of(name, write(&list).to_string()).is_err() {
        list.pop();
    }
    list
}

/// The value of the variable that keeps `list`.
#[must_use]
pub fn write(list: &[Zeroizing<String>]) -> Zeroizing<String> {
    let texts: Vec<serde_json::Value> = list.iter().map(|key| key.as_str().into()).collect();
    Zeroizing::new(serde_json::Value::from(texts).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name() -> Name {
        Name::new("SECRET_KEY_FALLBACKS").unwrap()
    }

    fn keys(texts: &[&str]) -> Vec<Zeroizing<String>> {
        texts.iter().map(|text| Zeroizing::new((*text).to_owned())).collect()
    }

    #[test]
    fn the_newest_are_kept_in_front() {
        for (old, kept, new, list) in [
            (Some("b"), &["a"][..], "c", &["b", "a"][..]),
            (Some("d"), &["c", "b", "a"], "e", &["d", "c", "b"]),
            (Some("b"), &["b", "a"], "c", &["b", "a"]),
            (Some("c"), &["a"], "a", &["c"]),
            (None, &["b", "a"], "c", &["b", "a"]),
            (Some(""), &[], "c", &[]),
        ] {
            assert_eq!(keep(&name(), old, &keys(kept), new), keys(list), "{old:?} {kept:?} {new}");
        }
    }

    #[test]
    fn no_more_than_a_variable_can_hold() {
        let long = "x".repeat(crate::words::secret::LONGEST / 2);
        assert_eq!(keep(&name(), Some(&long), &keys(&["a", &long[1..]]), "n").len(), 2);
        let longest = "x".repeat(crate::words::secret::LONGEST);
        assert!(keep(&name(), Some(&longest), &[], "n").is_empty());
    }

    #[test]
    fn what_is_no_list_of_texts_is_told_without_it() {
        for wrong in ["hunter2", "[1]", "{\"a\": \"hunter2\"}", "[\"hunter2\"", "\"hunter2\"", "null"] {
            let error = read(&name(), wrong).unwrap_err();
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
        assert!(read(&name(), " ").unwrap().is_empty());
    }

    proptest::proptest! {
        #[test]
        fn any_list_is_read_as_it_was_written(texts in proptest::collection::vec("\\PC{0,20}|[\"\\\\\n,]{0,4}", 0..4)) {
            let list: Vec<_> = texts.into_iter().map(Zeroizing::new).collect();
            proptest::prop_assert_eq!(read(&name(), &write(&list)).unwrap(), list);
        }
    }
}
