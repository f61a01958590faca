//! The export lines that people add to a venv's `activate`; and the script without them.

use crate::engines::import::sh::{self, Effect};
use crate::engines::import::{Found, Lines};
use crate::words::name::{Name, Refusal};

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
/// the top level and in `deactivate`, unset them. Everything else is byte for byte as it was.
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
    let mut groups: Vec<Group> = Vec::new();
    for (index, command) in commands.iter().enumerate() {
        let (first, last) = (lines.line(command.start), lines.line(command.end.saturating_sub(1)));
        let theirs = match &command.effect {
            Effect::Sets(all) | Effect::Unsets(all) => is_theirs(all),
            Effect::Other => false,
        };
        match groups.last_mut() {
            // Commands that share a line go together or not at all.
            Some(group) if first <= group.last => {
                group.last = group.last.max(last);
                group.theirs &= theirs;
                group.commands.end = index + 1;
            }
            _ => groups.push(Group { first, last, theirs, commands: index..index + 1 }),
        }
    }
    let said = |index: Option<usize>| {
        index
            .and_then(|index| commands.get(index))
            .map_or("", |command| &readable[command.start..command.end])
    };
    for run in groups.chunk_by(|one, other| one.theirs == other.theirs) {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
        // A shell takes no block that is empty.
        let opened = matches!(said(first.commands.start.checked_sub(1)), "then" | "do" | "else" | "{");
        let closed = matches!(said(Some(last.commands.end)), "fi" | "done" | "else" | "elif" | "}");
        for group in run {
            for line in group.first..=group.last.min(written.len()) {
                goes[line - 1] = group.theirs && !(opened && closed);
            }
        }
    }
    written.iter().zip(&goes).filter(|(_, goes)| !**goes).map(|(line, _)| *line).collect()
}

/// Commands that share a line.
struct Group {
    first: usize,
    last: usize,
    theirs: bool,
    commands: std::ops::Range<usize>,
}
