//! What becomes of variables that are imported.

use serde_json::{Value as Json, json};
use venvars::model::secrets::edit::Presence;
use venvars::session::import::Incoming;
use venvars::words::message::counted;

/// What is said of a `secrets.py`, from which a project's values are imported.
pub const SHADOWS: &str =
    "secrets.py shadows Python's own `secrets` module for everything started in this folder";

/// How a variable stands to what is there, in a word.
pub fn word(standing: Presence) -> &'static str {
    match standing {
        Presence::New => "new",
        Presence::Changed => "changed",
        Presence::Same => "same",
    }
}

/// What was found, for a program.
pub fn as_json(incoming: &Incoming<'_>) -> Json {
    let found = incoming.entries.iter().map(|(entry, standing)| {
        json!({ "name": entry.name.as_str(), "line": entry.line, "state": word(*standing) })
    });
    let left_out = incoming
        .left_out
        .iter()
        .map(|one| json!({ "name": one.name, "line": one.line, "reason": one.reason }));
    json!({
        "file": incoming.place.to_string_lossy(),
        "variables": found.collect::<Json>(),
        "left_out": left_out.collect::<Json>(),
    })
}

/// The names, as many as one can read.
pub fn some(names: &[&str]) -> String {
    const MOST: usize = 20;
    let shown = names[..names.len().min(MOST)].join(", ");
    match names.len().checked_sub(MOST) {
        Some(more @ 1..) => format!("{shown} and {more} more"),
        _ => shown,
    }
}

/// How many of `all` were `set` in the file shown as `file`, and how many others left out.
pub fn done(set: usize, all: usize, left_out: usize, file: &str) -> String {
    match (set, all) {
        (0, _) if left_out > 0 => format!("nothing new; {left_out} left out"),
        (_, 0) => "no variables found, so nothing was imported".to_owned(),
        (0, _) => format!("nothing new: {file} already has {}", if all == 1 { "it" } else { "all of them" }),
        _ => format!("set {} in {file}; run `venvars apply`", counted(set, "variable")),
    }
}
