//! What differs from an app's config vars.

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
