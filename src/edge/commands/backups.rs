use std::io::{self, IsTerminal};
use std::path::Path;

use venvars::session::backups::{Backup, Backups, missing, present};
use venvars::session::editor;
use venvars::session::exposure::exposure;
use venvars::world::git::{self, Standing};
use zeroize::Zeroizing;

use super::{Error, Global, Result, console, say_waiting};
use crate::edge::ask;

/// `venvars restore --list`: the backups that say something else, the newest first.
pub fn list(global: &Global) -> Result<()> {
    let (backups, now) = read(&global.project()?.secrets)?;
    for (number, one) in (1..).zip(backups.other_than(&now)) {
        let names = match one.text() {
            Ok(text) => missing(&text, &now).join(", "),
            Err(error) => error.to_string(),
        };
        let names = if names.is_empty() { "the same values" } else { &names };
        console::show(&format!("{number:>3}  {}  {names}\n", one.when()))?;
    }
    if backups.other_than(&now).is_empty() {
        global.say("there is no backup that says anything else");
    }
    Ok(())
}

/// `venvars restore`: the secrets file says again what it said then.
pub fn restore(global: &Global, number: Option<usize>) -> Result<()> {
    let project = global.project()?;
    let (backups, now) = read(&project.secrets)?;
    let others: Vec<&Backup> = backups.other_than(&now);
    let number = number.unwrap_or(1);
    let one = number.checked_sub(1).and_then(|index| others.get(index)).ok_or_else(|| {
        let error = Error::missing(format!("there is no backup {number}")).in_file(&project.secrets);
        error.hint("`venvars restore --list` shows those that there are")
    })?;
    let text = one.text()?;
    let changed = missing(&text, &now);
    let ignored = editor::restore(&project, &text, || say_waiting(&project))?;
    let name = project.shown(&project.secrets).display();
    let of = if changed.is_empty() { String::new() } else { format!(" ({})", changed.join(", ")) };
    global.say(&format!("{name} is restored from {}{of}; `venvars restore` undoes that", one.when()));
    if ignored {
        global.say(&format!("git ignores {name} (.gitignore)"));
    }
    if git::standing(&project.secrets)? == Standing::Tracked
        && let Some(error) = exposure(&project.secrets)?
    {
        console::warn_of(&error);
    }
    Ok(())
}

/// `venvars backups clear`: only what the secrets file says now is kept.
pub fn clear(global: &Global, yes: bool) -> Result<()> {
    let (mut backups, now) = read(&global.project()?.secrets)?;
    let only = backups.only_here(&now)?;
    if !only.is_empty() && !yes {
        let names = only.join(", ");
        if !io::stdin().is_terminal() {
            return Err(Error::refused(format!("the backups hold the only copy of a value of {names}"))
                .hint("venvars backups clear --yes"));
        }
        if !ask::agrees(&format!("This deletes the only copy of a value of {names}. Delete it? [y/N]")) {
            return Err(Error::refused("nothing was deleted"));
        }
    }
    let count = backups.clear(&now)?;
    global.say(&format!("deleted {count} {}", if count == 1 { "backup" } else { "backups" }));
    Ok(())
}

/// The backups of `file`, and what it says now.
pub(super) fn read(file: &Path) -> Result<(Backups, Zeroizing<Vec<u8>>)> {
    Ok((Backups::of(file)?, present(file).unwrap_or_default()))
}
