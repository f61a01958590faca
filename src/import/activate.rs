//! The export lines that people, and the program virvar, add to a venv's `activate`; and the
//! script without them.

use super::sh::{self, Effect};
use super::{Found, Lines};
use crate::name::{Name, Refusal};

/// The comments that virvar 1.1.0 writes above its lines.
const VIRVAR: [&str; 2] = ["#set environment variables", "#unset environment variable"];

pub(super) fn read(text: &str) -> Vec<Found> {
    let mut found = sh::read(&without_blocks(text));
    // The names that the generator's own lines are about are no news to anybody.
    found.retain(|found| {
        let name = found.name.as_deref().map(Name::new);
        !matches!(name, Some(Err(Refusal::Reserved("the activate scripts"))))
    });
    found
}

/// `text` with blanks in place of the lines of venvars' own blocks: offsets and lines stay.
fn without_blocks(text: &str) -> String {
    let mut inside = false;
    text.split_inclusive('\n')
        .map(|line| {
            let trimmed = line.trim();
            let begins = trimmed.starts_with("# >>> venvars ");
            let ends = trimmed.starts_with("# <<< venvars ");
            let ours = inside || begins;
            inside = (inside || begins) && !ends;
            if ours {
                line.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect()
            } else {
                line.to_owned()
            }
        })
        .collect()
}

/// The script `text` without the lines that do nothing but set variables of these `names` or, at
/// the top level and in `deactivate`, unset them; and without virvar's comments above such lines,
/// with the blank lines that it writes around them. Everything else is byte for byte as it was.
#[must_use]
pub fn take(text: &str, names: &[Name]) -> String {
    let readable = without_blocks(text);
    let commands = sh::script(&readable).commands;
    let written: Vec<&str> = text.split_inclusive('\n').collect();
    let lines = Lines::of(&readable);
    let mut goes = vec![false; written.len() + 1];
    let is_theirs = |all: &[String]| {
        !all.is_empty() && all.iter().all(|name| names.iter().any(|one| one.as_str() == name))
    };
    let mut groups: Vec<(usize, usize, bool)> = Vec::new();
    for command in &commands {
        let (first, last) = (lines.line(command.start), lines.line(command.end.saturating_sub(1)));
        let theirs = match &command.effect {
            Effect::Sets(all) | Effect::Unsets(all) => is_theirs(all),
            Effect::Other => false,
        };
        match groups.last_mut() {
            // Commands that share a line go together or not at all.
            Some(group) if first <= group.1 => {
                group.1 = group.1.max(last);
                group.2 &= theirs;
            }
            _ => groups.push((first, last, theirs)),
        }
    }
    for (first, last, theirs) in groups {
        for line in first..=last.min(written.len()) {
            goes[line - 1] = theirs;
        }
    }
    take_virvar(&written, &mut goes);
    written.iter().zip(&goes).filter(|(_, goes)| !**goes).map(|(line, _)| *line).collect()
}

/// virvar's comments go with the lines below them, and the blank lines that it wrote with them.
fn take_virvar(lines: &[&str], goes: &mut [bool]) {
    for at in 0..lines.len() {
        let Some(comment) = VIRVAR.iter().position(|comment| lines[at].trim() == *comment) else { continue };
        let end = (at + 1..lines.len()).find(|line| !goes[*line]).unwrap_or(lines.len());
        if end == at + 1 {
            continue;
        }
        goes[at] = true;
        if at > 0 && lines[at - 1].trim().is_empty() {
            goes[at - 1] = true;
        }
        if comment == 1 && lines.get(end).is_some_and(|line| line.trim().is_empty()) {
            goes[end] = true;
        }
    }
}
