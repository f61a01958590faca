use venvars::model::project::Project;
use venvars::model::secrets::typed_name;
use venvars::session::leaks::{self, Remembered};
use venvars::session::ledger;
use venvars::words::cause::Cause;
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
        console::answer(&views::as_text(&uses))?;
        if uses.is_empty() {
            global.say("no value is known to be compromised");
        }
        return Ok(());
    }
    if !options.forget {
        return remember(global, &project, options);
    }
    for name in &options.names {
        let name = leaks::forget(&project, name)?;
        global.say(&format!("{name}: forgotten; what git has of {} it keeps", ledger::FILE));
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
        leaks::remember_current(project, &global.sources, &global.profile, &options.names, reason)?
    };
    warn_if_ignored(&project.folder.join(ledger::FILE), ledger::FILE)?;
    for (name, is_new) in values {
        let word = if is_new { "is remembered as" } else { "was known to be" };
        global.say(&format!("{name}: the value {word} compromised ({})", ledger::FILE));
    }
    if !ways.is_empty() {
        global.say(&format!("next, change it where it is used:\n  {}", ways.join("\n  ")));
    }
    Ok(())
}
