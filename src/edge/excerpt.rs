//! The line that an error is about, with a mark below it, where that line cannot hold a value.

use std::sync::atomic::{AtomicUsize, Ordering};

use venvars::session::ledger;
use venvars::words::error::Error;
use venvars::world::disk::owner;

/// What is longer is broken by the terminal, and the mark points at nothing.
const LONGEST: usize = 100;

/// Nobody reads more at once.
const MOST: usize = 20;

/// What stands behind these keys of our settings is never the value of a variable.
const KEYS: [&str; 16] = [
    "secrets",
    "venv",
    "default_profile",
    "mode",
    "guard",
    "override",
    "min_length",
    "recipients",
    "heroku",
    "type",
    "profiles",
    "required",
    "description",
    "pattern",
    "fallbacks",
    "generate",
];

/// The line of the file that `error` is about, and one that points at the column; only for the first errors of a run.
pub fn of(error: &Error) -> Option<(String, String)> {
    static SHOWN: AtomicUsize = AtomicUsize::new(0);
    let (file, position) = error.location()?;
    // The file is read for each.
    if SHOWN.fetch_add(1, Ordering::Relaxed) >= MOST {
        return None;
    }
    let text = String::from_utf8(owner::read(file).ok()??).ok()?;
    let line = text.lines().nth(position.line - 1)?;
    let before: Vec<&str> = text.lines().take(position.line - 1).collect();
    let shown = match file.file_name()?.to_str()? {
        // It holds no values.
        ledger::FILE => line.to_owned(),
        // In a text of several lines, which may be anything.
        _ if is_inside_text(&before) => return None,
        _ if is_header(line) => line.to_owned(),
        "venvars.toml" => without_value(line, &KEYS)?,
        "pyproject.toml" => {
            let table = before.iter().rev().find(|line| line.trim_start().starts_with('['));
            let is_ours = table.is_some_and(|header| header.trim_start().starts_with("[tool.venvars"));
            without_value(line, if is_ours { &KEYS } else { &[] })?
        }
        _ => return None,
    };
    let end = shown.char_indices().nth(LONGEST).map(|(end, _)| end);
    let shown = end.map_or_else(|| shown.clone(), |end| format!("{}…", &shown[..end]));
    let column = position.column.min(LONGEST + 1);
    if column > shown.chars().count() + 1 {
        return None;
    }
    let blanks = shown.chars().take(column - 1).map(|c| if c == '\t' { c } else { ' ' });
    Some((shown.clone(), blanks.chain(['^']).collect()))
}

/// Whether a text between three quotes is open at the end of `before`.
fn is_inside_text(before: &[&str]) -> bool {
    let count = |quotes| before.iter().map(|line| line.matches(quotes).count()).sum::<usize>();
    ["\"\"\"", "'''"].into_iter().any(|quotes| count(quotes) % 2 == 1)
}

/// Whether `line` is the header of a table, or was to be one.
fn is_header(line: &str) -> bool {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || "_-. \t[]".contains(c);
    line.trim_start().starts_with('[') && line.chars().all(is_bare)
}

/// `line` up to its value, and that too if its key is one of `harmless`.
fn without_value(line: &str, harmless: &[&str]) -> Option<String> {
    let (key, _) = line.split_once('=')?;
    let name = key.trim();
    let is_bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
    if !is_bare {
        return None;
    }
    Some(if harmless.contains(&name) { line.to_owned() } else { format!("{key}= …") })
}
