//! What a text of `secrets.toml` holds, as far as it is TOML: whatever venvars itself thinks of it.

use toml_edit::{Document, Item, Table};
use zeroize::Zeroizing;

use crate::model::secrets::edit::TEMPLATE;
use crate::model::secrets::read::PROFILES;
use crate::model::secrets::rotated::{NAME, PROFILE, ROTATED, VALUE};

/// A variable with what stands after its `=`.
#[derive(PartialEq, Eq)]
pub struct HeldValue {
    /// The profile that it is in, or another table, in brackets; `None` for the top level.
    pub profile: Option<String>,
    /// The name as written.
    pub name: String,
    /// The text; of what is not a text, how it is written.
    pub value: Zeroizing<String>,
    /// Whether it is not in use: it was rotated away, or commented out.
    pub is_rotated: bool,
}

/// What `text` holds: the values of all tables, the old ones, and those in comments; `None` if it is not TOML.
#[must_use]
pub fn held(text: &str) -> Option<Vec<HeldValue>> {
    let document = Document::parse(text).ok()?;
    let mut all = Vec::new();
    // Each table with the names of those that it lies in.
    let mut tables: Vec<(Vec<&str>, &Table)> = vec![(Vec::new(), document.as_table())];
    while let Some((path, table)) = tables.pop() {
        match path[..] {
            [] => all.extend(of_table(table, None)),
            [PROFILES, name] => all.extend(of_table(table, Some(name))),
            [ROTATED] if let Some(old) = of_rotated(table) => all.push(old),
            _ => all.extend(of_table(table, Some(&format!("[{}]", path.join("."))))),
        }
        for (name, item) in table {
            let inner = [&path[..], &[name]].concat();
            match item {
                Item::Table(table) => tables.push((inner, table)),
                Item::ArrayOfTables(all) => tables.extend(all.iter().map(|table| (inner.clone(), table))),
                Item::Value(_) | Item::None => {}
            }
        }
    }
    all.extend(text.lines().filter_map(in_comment));
    Some(all)
}

/// The value that was put aside in `table`.
fn of_rotated(table: &Table) -> Option<HeldValue> {
    let name = table.get(NAME)?.as_str()?.to_owned();
    let profile = table.get(PROFILE).and_then(Item::as_str).map(str::to_owned);
    Some(HeldValue { profile, name, value: written(table.get(VALUE)?)?, is_rotated: true })
}

/// What was commented out in `line`: a name and a text, but for the example of a new file.
fn in_comment(line: &str) -> Option<HeldValue> {
    let line = line.trim();
    let commented =
        line.strip_prefix('#').filter(|_| !TEMPLATE.contains(line))?.trim_start_matches(['#', ' ', '\t']);
    let document = Document::parse(commented).ok()?;
    let (name, item) = document.iter().next()?;
    item.as_str().map(|value| HeldValue {
        profile: None,
        name: name.to_owned(),
        value: Zeroizing::new(value.to_owned()),
        is_rotated: true,
    })
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
