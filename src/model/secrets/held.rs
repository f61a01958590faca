//! What a text of `secrets.toml` holds, as far as it is TOML: whatever venvars itself thinks of it.

use toml_edit::{Document, Item, Table};
use zeroize::Zeroizing;

use crate::model::secrets::read::PROFILES;
use crate::model::secrets::rotated::{NAME, PROFILE, ROTATED, VALUE};

/// A variable with what stands after its `=`.
#[derive(PartialEq, Eq)]
pub struct HeldValue {
    /// The profile that it is in; `None` for the top level.
    pub profile: Option<String>,
    /// The name as written.
    pub name: String,
    /// The text; of what is not a text, how it is written.
    pub value: Zeroizing<String>,
    /// Whether it was rotated away, and is in use no more.
    pub is_rotated: bool,
}

/// What `text` holds, the old values too; `None` if it is not TOML.
#[must_use]
pub fn held(text: &str) -> Option<Vec<HeldValue>> {
    let document = Document::parse(text).ok()?;
    let mut all = of_table(document.as_table(), None);
    for (name, item) in document.get(PROFILES).and_then(Item::as_table).into_iter().flatten() {
        all.extend(item.as_table().into_iter().flat_map(|profile| of_table(profile, Some(name))));
    }
    for rotated in document.get(ROTATED).and_then(Item::as_array_of_tables).into_iter().flatten() {
        let name = rotated.get(NAME).and_then(Item::as_str);
        let profile = rotated.get(PROFILE).and_then(Item::as_str).map(str::to_owned);
        let value = rotated.get(VALUE).and_then(written);
        all.extend(name.zip(value).map(|(name, value)| HeldValue {
            profile,
            name: name.to_owned(),
            value,
            is_rotated: true,
        }));
    }
    Some(all)
}

fn of_table(table: &Table, profile: Option<&str>) -> Vec<HeldValue> {
    let profile = profile.map(str::to_owned);
    let values = table.iter().filter_map(|(name, item)| Some((name.to_owned(), written(item)?)));
    let held = |(name, value)| HeldValue { profile: profile.clone(), name, value, is_rotated: false };
    values.map(held).collect()
}

fn written(item: &Item) -> Option<Zeroizing<String>> {
    let value = item.as_value()?;
    let text = value.as_str().map_or_else(|| value.to_string().trim().to_owned(), str::to_owned);
    Some(Zeroizing::new(text))
}
