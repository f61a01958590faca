//! The export lines that people add to a venv's `activate`; and the script without them.

use crate::engines::import::{ImportBinding, sh};
use crate::words::name::{Name, Refusal};

pub(super) fn read(text: &str) -> Vec<ImportBinding> {
    let mut found = sh::read(&without_blocks(text), true).0;
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
    let all = sh::read(&readable, true).1;
    let said = |line: &sh::ShLine| readable[line.start..line.end].trim();
    let lines: Vec<_> =
        all.iter().filter(|line| !said(line).is_empty() && !said(line).starts_with('#')).collect();
    let is_theirs = |line: &sh::ShLine| {
        let is_one = |name: &String| names.iter().any(|one| one.as_str() == name);
        !line.names.is_empty() && line.names.iter().all(is_one)
    };
    let mut taken = String::with_capacity(text.len());
    let (mut end, mut before) = (0, "");
    let runs: Vec<_> = lines.chunk_by(|one, other| is_theirs(one) == is_theirs(other)).collect();
    for (index, run) in runs.iter().enumerate() {
        let after = runs.get(index + 1).and_then(|run| run.first()).map_or("", |line| said(line));
        // A shell takes no block that is empty.
        let is_opened = ["then", "do", "else", "{"].iter().any(|word| before.ends_with(word));
        let is_closed = ["fi", "done", "else", "elif", "}"].iter().any(|word| after.starts_with(word));
        let goes = is_theirs(run[0]) && !(is_opened && is_closed);
        for line in run.iter().filter(|_| goes) {
            taken.push_str(&text[end..line.start]);
            end = line.end;
        }
        before = run.last().map_or("", |line| said(line));
    }
    taken + &text[end..]
}
