use venvars::model::project::Project;
use venvars::model::secrets::typed_name;
use venvars::session::leaks::{self, Remembered};
use venvars::session::ledger;
use venvars::words::cause::Cause;
use venvars::words::error::{Error, Result};
use venvars::words::name::Name;
use venvars::words::secret::Secret;

use crate::edge::ask;
use crate::edge::choose::{which_entry, which_value};
use crate::edge::cli::{CompromisedOptions, Global};
use crate::edge::console;
use crate::edge::opening::warn_if_ignored;
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
        let (name, summary) = (&entry.name, entry.summary());
        global.say(&format!(
            "{name} ({summary}): forgotten{left}; git keeps earlier versions of {}",
            ledger::FILE
        ));
    }
    Ok(())
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
