use std::fmt::Write;
use std::process::ExitCode;

use serde_json::json;
use venvars::model::project::Project;
use venvars::model::secrets::typed_name;
use venvars::session::environment::Files;
use venvars::session::inventory::Inventory;
use venvars::session::ledger::compromised;
use venvars::session::ledger::entry::{Leak, LedgerEntry};
use venvars::session::ledger::{self, Ledger};
use venvars::session::sources::Reach;
use venvars::words::cause::Cause;
use venvars::words::error::{Error, Result};
use venvars::words::name::Name;
use venvars::words::secret::Secret;
use venvars::world::git::{self, Standing};

use super::{ask, list, project};
use crate::edge::cli::{CompromisedOptions, Global};
use crate::edge::console;

/// `venvars compromised`: what others may know.
pub fn run(global: &Global, options: &CompromisedOptions) -> Result<ExitCode> {
    let project = project(global)?;
    match (options.names.as_slice(), options.forget) {
        ([], _) => show(global, &project, options.json)?,
        (names, true) => forget(global, &project, names)?,
        (names, false) => remember(global, &project, names, options)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The ledger, an entry a line.
fn show(global: &Global, project: &Project, json: bool) -> Result<()> {
    let ledger = Ledger::read(&project.folder)?;
    // A fresh clone has the ledger before it has any secrets.
    let files =
        if project.secrets.exists() { Some(Files::read(project.clone(), &global.sources)?) } else { None };
    // Only `check` asks the keyring, age or a command.
    let inventory = files.as_ref().map(|files| Inventory::of(files, Reach::Plain)).transpose()?;
    let values = inventory.as_ref().map(Inventory::values_and_hidden).unwrap_or_default();
    let compromised = compromised::of(&ledger, &project.settings, values)?;
    let [hidden, _] = inventory.as_ref().map(Inventory::without_value).unwrap_or_default();
    let unasked = |entry: &LedgerEntry| hidden.contains(&entry.name);
    let uses = |entry: &LedgerEntry| {
        let of_entry = compromised.iter().filter(|compromised| compromised.entry == *entry);
        of_entry.filter_map(|compromised| compromised.error().way_out()).collect::<Vec<_>>()
    };
    if json {
        let entries: Vec<_> = ledger
            .entries()
            .iter()
            .map(|entry| {
                let state =
                    if uses(entry).is_empty() { (!unasked(entry)).then_some(false) } else { Some(true) };
                json!({ "name": entry.name.as_str(), "date": entry.date, "reason": entry.reason, "in_use": state })
            })
            .collect();
        return console::answer(&list::print_json(&json!({ "compromised": entries }))?);
    }
    let mut text = String::new();
    for entry in ledger.entries() {
        let uses = uses(entry);
        let state = match uses[..] {
            [_, ..] => format!("in use: {}", uses.join("; ")),
            [] if unasked(entry) => "not asked for: `venvars check` says whether it is in use".to_owned(),
            [] => "no longer in use".to_owned(),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}  {}  {state}", entry.name, entry.told());
    }
    console::answer(&text)?;
    if ledger.is_empty() && !global.quiet {
        console::say("no value is known to be compromised");
    }
    Ok(())
}

fn remember(
    global: &Global,
    project: &Project,
    names: &[String],
    options: &CompromisedOptions,
) -> Result<()> {
    let reason = options.reason.clone().unwrap_or_default();
    let mut ways = Vec::new();
    let values: Vec<(Name, Secret)> = if options.stdin {
        let [name] = names else {
            return Err(Error::from(Cause::OneOnInput).hint("name one"));
        };
        let name = typed_name(name)?;
        let value = Secret::of(&name, ask::piped(&name)?.to_string())
            .map_err(|misfit| Error::from(Cause::Misfit(misfit)).context(&name))?;
        vec![(name, value)]
    } else {
        let files = Files::read(project.clone(), &global.sources)?;
        let environment = files.environment(&global.profile)?;
        for name in names {
            let definition = environment.find(name)?.definition();
            let owner = project.settings.owners(&definition.name).next().map(|owner| &owner.name);
            ways.push(format!("{}: {}", definition.name, compromised::way_out(definition, owner)));
        }
        let value = |name: &String| environment.variable(name).map(|one| (one.name, one.value));
        names.iter().map(value).collect::<Result<_>>()?
    };
    if values.iter().any(|(_, value)| !value.reveal().is_empty() && reason.contains(value.reveal())) {
        return Err(Error::refused(
            "the reason holds the value itself, and the ledger is for everybody to read",
        )
        .hint("say it without the value"));
    }
    // A variable that keeps old values up is as many leaks as it keeps.
    let values: Vec<(Name, Secret)> = values
        .into_iter()
        .flat_map(|(name, value)| compromised::whose(&project.settings, name, value))
        .collect();
    let leaks: Vec<Leak<'_>> =
        values.iter().map(|(name, value)| Leak { name, value, reason: reason.clone() }).collect();
    let are_new = ledger::remember(&project.folder, &leaks)?;
    let file = project.folder.join(ledger::FILE);
    if git::standing(&file)? == Standing::Ignored {
        console::warn(&format!(
            "git ignores {}, which is there for git to keep; see .gitignore",
            ledger::FILE
        ));
    }
    if global.quiet {
        return Ok(());
    }
    for ((name, _), is_new) in values.iter().zip(are_new) {
        let word = if is_new { "is remembered as" } else { "was known to be" };
        console::say(&format!("{name}: the value {word} compromised ({})", ledger::FILE));
    }
    if !ways.is_empty() {
        console::say(&format!("next, change it where it is used:\n  {}", ways.join("\n  ")));
    }
    Ok(())
}

fn forget(global: &Global, project: &Project, names: &[String]) -> Result<()> {
    for name in names {
        let name = typed_name(name)?;
        if ledger::forget(&project.folder, &name)? == 0 {
            let ledger = Ledger::read(&project.folder)?;
            let known = ledger.entries().iter().map(|entry| entry.name.as_str());
            let error = Error::missing(format!("{name}: no value of it is in the ledger"));
            return Err(error.did_you_mean(name.as_str(), known, "`venvars compromised` shows what is"));
        }
        if !global.quiet {
            console::say(&format!("{name}: forgotten; what git has of {} it keeps", ledger::FILE));
        }
    }
    Ok(())
}
