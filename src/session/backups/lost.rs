//! Which values one text of `secrets.toml` has and another has not.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::model::secrets::held::{HeldValue, held};
use crate::session::backups::retention::Aged;

/// The names of which `old` has a value that `new` does not have; of what is not TOML, "line N".
#[must_use]
pub fn missing(old: &[u8], new: &[u8]) -> Vec<String> {
    let has = aged(0, new).has;
    let text = String::from_utf8_lossy(old);
    let names: Vec<(String, u128)> = match held(&text) {
        Some(all) => all.into_iter().map(|one| (one.name.clone(), number(&one.name, &one.value))).collect(),
        None => lines(&text).map(|(at, line)| (format!("line {at}"), number("", line))).collect(),
    };
    let mut names: Vec<String> =
        names.into_iter().filter(|(_, number)| !has.contains(number)).map(|(name, _)| name).collect();
    names.sort();
    names.dedup();
    names
}

/// What going back from `new` to `old` changes: each name (of what is not TOML, "line N"), with a note where the value
/// is not simply another one.
#[must_use]
pub fn changes(old: &[u8], new: &[u8]) -> BTreeMap<String, &'static str> {
    let (had, has) = (values(old), values(new));
    let in_use = |all: &[HeldValue], one: &HeldValue| {
        let same = |other: &&HeldValue| {
            !other.is_rotated && (&other.profile, &other.name) == (&one.profile, &one.name)
        };
        all.iter().find(same).map(|found| found.value.clone())
    };
    let mut changes = BTreeMap::new();
    for one in had.iter().filter(|one| !one.is_rotated) {
        if in_use(&has, one).as_ref() != Some(&one.value) {
            let is_old =
                has.iter().any(|now| now.is_rotated && (&now.name, &now.value) == (&one.name, &one.value));
            changes.insert(one.name.clone(), if is_old { " (old value)" } else { "" });
        }
    }
    // A text that is not TOML has its values in some other way.
    if held(&String::from_utf8_lossy(old)).is_some() {
        for one in has.iter().filter(|one| !one.is_rotated && in_use(&had, one).is_none()) {
            changes.entry(one.name.clone()).or_insert(" (removed)");
        }
    }
    for name in missing(old, new) {
        changes.entry(name).or_insert("");
    }
    changes
}

/// Whether `new` lacks a value that `old` has.
#[must_use]
pub fn overwrites(old: &[u8], new: &[u8]) -> bool {
    !missing(old, new).is_empty()
}

pub(super) fn values(text: &[u8]) -> Vec<HeldValue> {
    held(&String::from_utf8_lossy(text)).unwrap_or_default()
}

/// A text of that time: of what is not TOML each line counts.
pub(super) fn aged(at: i64, text: &[u8]) -> Aged {
    let text = Zeroizing::new(String::from_utf8_lossy(text).into_owned());
    let by_line: Vec<u128> = lines(&text).map(|(_, line)| number("", line)).collect();
    let by_name =
        held(&text).map(|all| all.iter().map(|one| number(&one.name, &one.value)).collect::<Vec<_>>());
    let has = by_line.iter().chain(by_name.iter().flatten()).copied().collect();
    Aged { at, needs: by_name.unwrap_or(by_line), has }
}

/// The lines of `text` that say something, each with its number.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().zip(1..).map(|(line, at)| (at, line.trim()));
    lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

/// What stands for a value.
pub(super) fn number(name: &str, value: &str) -> u128 {
    let hash = Sha256::new().chain_update(name).chain_update([0]).chain_update(value).finalize();
    hash.iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte))
}
