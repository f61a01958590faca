use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use venvars::model::secrets::Secrets;
use venvars::session::backups::{Backup, changes, of_project};
use venvars::session::editor;
use venvars::session::exposure::exposure;
use venvars::session::ledger::Ledger;
use venvars::session::ledger::compromised;
use venvars::words::error::{Error, Result};
use venvars::world::disk::from_here;
use venvars::world::git::{self, Standing};

use crate::edge::cli::Global;
use crate::edge::console;
use crate::edge::opening::say_waiting;

/// `venvars restore --list`: the backups that say something else, the newest first.
pub fn list(global: &Global, json: bool) -> Result<()> {
    let (backups, now) = of_project(&global.restorable()?)?;
    let all = backups.other_than(&now);
    let all = (1..)
        .zip(&all)
        .map(|(number, one)| (number, one.when(), one.text().map(|text| changes(&text, &now))));
    if json {
        let backups = all.map(|(number, time, changes): (usize, _, _)| match changes {
            Ok(changes) => {
                let names: Vec<_> = changes.into_keys().collect();
                json!({ "number": number, "time": time, "variables": names, "error": null })
            }
            Err(error) => {
                json!({ "number": number, "time": time, "variables": [], "error": error.to_string() })
            }
        });
        return console::document(&json!({ "backups": backups.collect::<Json>() }));
    }
    for (number, time, changes) in all {
        let names = changes.map_or_else(|error| error.to_string(), |changes| listed(&changes));
        let names = if names.is_empty() { "same values" } else { &names };
        console::show(&format!("{number:>3}  {time}  {names}\n"))?;
    }
    if backups.other_than(&now).is_empty() {
        global.say("no backup differs from the current file");
    }
    Ok(())
}

/// `venvars restore`: the secrets file says again what it said then.
pub fn run(global: &Global, number: Option<usize>) -> Result<()> {
    let project = global.restorable()?;
    let (backups, now) = of_project(&project)?;
    let others: Vec<&Backup> = backups.other_than(&now);
    let number = number.unwrap_or(1);
    let one = number.checked_sub(1).and_then(|index| others.get(index)).ok_or_else(|| {
        let error = Error::missing(format!("no backup {number}")).in_file(&project.secrets);
        error.hint("`venvars restore --list` lists them")
    })?;
    let text = one.text()?;
    let changed = listed(&changes(&text, &now));
    let ignored = editor::restore(&project, &text, || say_waiting(&project))?;
    let name = from_here(&project.secrets);
    let of = if changed.is_empty() { changed } else { format!(": {changed}") };
    global.say(&format!("restored {name} from {}{of}; `venvars restore` undoes this", one.when()));
    if ignored {
        global.say(&format!("added {name} to .gitignore"));
    }
    let secrets = |text: &[u8]| Secrets::parse_in_part(&project.secrets, &String::from_utf8_lossy(text)).0;
    let ledger = Ledger::read(&project.folder)?;
    for one in compromised::of_edit(&ledger, &project.settings, &secrets(&now), &secrets(&text))? {
        console::warn(&one.line());
    }
    if git::standing(&project.secrets)? == Standing::Tracked
        && let Some(error) = exposure(&project.secrets)?
    {
        console::warn_of(&error);
    }
    Ok(())
}

/// `changes` as one reads them.
fn listed(changes: &BTreeMap<String, &str>) -> String {
    let changes: Vec<String> = changes.iter().map(|(name, note)| format!("{name}{note}")).collect();
    changes.join(", ")
}
