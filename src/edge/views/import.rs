//! What becomes of variables that are imported.

use venvars::model::secrets::edit::Presence;

/// How a variable stands to what is there, in a word.
pub fn word(standing: Presence) -> &'static str {
    match standing {
        Presence::New => "new",
        Presence::Changed => "changed",
        Presence::Same => "same",
    }
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

/// How many were `set` in the file shown as `file`.
pub fn done(set: usize, file: &str) -> String {
    match set {
        0 => format!("{file} has them all already"),
        1 => format!("1 variable is set in {file}; `venvars apply` hands them to the venv"),
        _ => format!("{set} variables are set in {file}; `venvars apply` hands them to the venv"),
    }
}
