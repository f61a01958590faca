//! What differs from an app's config vars.

use serde_json::{Value as Json, json};
use venvars::session::heroku::Comparison;
use venvars::words::message::{MASK, printable};
use venvars::world::heroku::diff::{Difference, SyncState};

/// One line for each name that is not the same on both sides, as a push would see it.
pub fn comparison(comparison: &Comparison, prune: bool) -> String {
    let line = |entry: &Difference| match entry.standing {
        SyncState::OnlyHere => line('+', &entry.name),
        SyncState::Differs => line('~', &entry.name),
        SyncState::OnlyThere if prune => line('-', &entry.name),
        SyncState::OnlyThere => format!("  {}  only on Heroku\n", printable(&entry.name, &[])),
        SyncState::Same => String::new(),
    };
    comparison.entries.iter().map(line).collect()
}

/// What a push or pull changes, for programs: `marks` as [`line`] shows them, and the names that were `refused`, each
/// with its reason.
pub fn changes_as_json<'n>(
    app: &str,
    marks: impl Iterator<Item = (char, &'n str)>,
    refused: &[(String, String)],
) -> Json {
    let state = |mark| match mark {
        '+' => "added",
        '~' => "changed",
        _ => "removed",
    };
    let variables = marks.map(|(mark, name)| json!({ "name": name, "state": state(mark) }));
    let left_out = refused.iter().map(|(name, reason)| json!({ "name": name, "reason": reason }));
    json!({ "app": app, "variables": variables.collect::<Json>(), "left_out": left_out.collect::<Json>() })
}

/// What a push makes of each name that it changes.
pub fn pushed(comparison: &Comparison, prune: bool) -> impl Iterator<Item = (char, &str)> {
    comparison.entries.iter().filter_map(move |entry| match entry.standing {
        SyncState::OnlyHere => Some(('+', &*entry.name)),
        SyncState::Differs => Some(('~', &*entry.name)),
        SyncState::OnlyThere => prune.then_some(('-', &*entry.name)),
        SyncState::Same => None,
    })
}

/// A name with what becomes of it; what gets a value shows that there is one.
pub fn line(mark: char, name: &str) -> String {
    let name = printable(name, &[]);
    if mark == '-' { format!("- {name}\n") } else { format!("{mark} {name}  {MASK}\n") }
}

/// How many of `all` are set, and how many are not.
pub fn counts(set: usize, all: usize) -> String {
    match (set, all - set) {
        (set, 0) => format!("{set} set"),
        (0, removed) => format!("{removed} removed"),
        (set, removed) => format!("{set} set, {removed} removed"),
    }
}

/// How each variable stands to the config vars of `app`, for programs.
pub fn as_json(comparison: &Comparison, app: &str) -> Json {
    let state = |state| match state {
        SyncState::OnlyHere => "only_here",
        SyncState::Differs => "differs",
        SyncState::OnlyThere => "only_there",
        SyncState::Same => "same",
    };
    let variables =
        comparison.entries.iter().map(|entry| json!({ "name": entry.name, "state": state(entry.standing) }));
    let is_same = comparison.entries.iter().all(|entry| entry.standing == SyncState::Same);
    json!({ "app": app, "same": is_same, "variables": variables.collect::<Json>() })
}
