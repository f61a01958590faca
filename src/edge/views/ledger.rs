//! The ledger: an entry a line.

use serde_json::{Value as Json, json};
use venvars::session::leaks::Use;

/// For people: a line each.
pub fn as_text(uses: &[Use]) -> String {
    let lines = uses.iter().map(|(entry, uses)| {
        let state = match uses {
            None => "not looked up: `venvars check` shows whether it is in use".to_owned(),
            Some(uses) if uses.is_empty() => "no longer in use".to_owned(),
            Some(uses) => format!("in use: {}", uses.join("; ")),
        };
        format!("{}  {}  {state}\n", entry.name, entry.summary())
    });
    lines.collect()
}

/// For programs.
pub fn as_json(uses: &[Use]) -> Json {
    let entries = uses.iter().map(|(entry, uses)| {
        let state = uses.as_ref().map(|uses| !uses.is_empty());
        json!({ "name": entry.name.as_str(), "date": entry.date, "reason": entry.reason, "in_use": state })
    });
    json!({ "compromised": entries.collect::<Json>() })
}
