use std::io::{self, IsTerminal};

use venvars::model::project::Project;
use venvars::model::secrets::typed_name;
use venvars::session::leaks::{self, Meant, Remembered};
use venvars::session::ledger::{self, entry::LedgerEntry};
use venvars::words::cause::Cause;
use venvars::words::name::Name;
use venvars::words::secret::Secret;

use super::{Error, Global, Result, console, warn_if_ignored};
use crate::edge::ask;
use crate::edge::cli::CompromisedOptions;
use crate::edge::views::ledger as views;

/// `venvars compromised`: what others may know.
pub fn run(global: &Global, options: &CompromisedOptions) -> Result<()> {
    let project = global.project()?;
    if options.names.is_empty() {
        let uses = leaks::uses(&project, &global.sources)?;
        if options.json {
            return console::document(&views::as_json(&uses));
        }
        console::show(&views::as_text(&uses))?;
        if uses.is_empty() {
            global.say("no compromised values");
        }
        return Ok(());
    }
    let Some(number) = options.forget else { return remember(global, &project, options) };
    if number.is_some() && options.names.len() > 1 {
        return Err(Error::usage("--forget=N needs the name of a variable").hint("name one"));
    }
    for name in &options.names {
        let (entry, left) = leaks::forget(&project, name, |own| which_entry(number, own))?;
        let left = if left == 0 { String::new() } else { format!("; {left} more left") };
        let (name, told) = (&entry.name, entry.told());
        global.say(&format!(
            "{name} ({told}): forgotten{left}; git keeps earlier versions of {}",
            ledger::FILE
        ));
    }
    Ok(())
}

/// The number of the entry that is meant.
fn which_entry(number: Option<usize>, own: &[&LedgerEntry]) -> Result<usize> {
    match (number, own) {
        (Some(number), _) => return Ok(number),
        (None, [_]) => return Ok(1),
        (None, _) => {}
    }
    let name = &own[0].name;
    let list: Vec<String> =
        (1..).zip(own).map(|(number, entry)| format!("{number}: {}", entry.told())).collect();
    if !io::stdin().is_terminal() {
        let error = format!("{name}: several of its values are recorded ({})", list.join("; "));
        return Err(Error::usage(error).hint(format!("venvars compromised {name} --forget=N")));
    }
    let answer = ask::answer(&format!("{}\nForget which one of {name}?", list.join("\n")));
    answer.parse().map_err(|_| Error::usage("not one of the numbers; nothing was forgotten"))
}

/// Which value is meant, where one was put aside `at` that time.
fn which_value(options: &CompromisedOptions, name: &Name, at: Option<&str>) -> Result<Meant> {
    match at {
        _ if options.current => return Ok(Meant::Current),
        _ if options.rotated => return Ok(Meant::Rotated),
        None => return Ok(Meant::Current),
        Some(at) if !io::stdin().is_terminal() => {
            let error = format!("{name} was rotated at {at}: which value is compromised?");
            return Err(Error::usage(error).hint(format!(
                "the old one: venvars compromised {name} --rotated; the current one: --current"
            )));
        }
        Some(at) => console::say(&format!("{name} was rotated at {at}")),
    }
    match ask::answer("Which value is compromised? 1: the old one  2: the current one").as_str() {
        "1" => Ok(Meant::Rotated),
        "2" => Ok(Meant::Current),
        _ => Err(Error::usage("neither 1 nor 2; nothing was recorded")),
    }
}

fn remember(global: &Global, project: &Project, options: &CompromisedOptions) -> Result<()> {
    let reason = options.reason.as_deref().unwrap_or_default();
    let Remembered { values, ways } = if options.stdin {
        let [name] = &options.names[..] else {
            return Err(Error::from(Cause::OneOnInput).hint("name one"));
        };
        let name = typed_name(name)?;
        let value = Secret::of(&name, ask::piped(&name)?.to_string())
            .map_err(|misfit| Error::from(Cause::Misfit(misfit)).context(&name))?;
        Remembered { values: leaks::remember(project, vec![(name, value)], reason)?, ways: Vec::new() }
    } else {
        let which = |name: &Name, at: Option<&str>| which_value(options, name, at);
        leaks::remember_current(project, &global.sources, &global.profile, &options.names, reason, which)?
    };
    for (name, is_new) in values {
        let word = if is_new { "is now recorded as" } else { "was already recorded as" };
        global.say(&format!("{name}: the value {word} compromised (in {}: commit it)", ledger::FILE));
    }
    if !ways.is_empty() {
        global.say(&format!("next, change it where it is used:\n  {}", ways.join("\n  ")));
    }
    warn_if_ignored(&project.folder.join(ledger::FILE), ledger::FILE)
}
