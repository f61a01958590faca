use std::mem;
use std::process::ExitCode;

use serde_json::{Value as Json, json};
use venvars::model::project::Project;
use venvars::session::Session;
use venvars::session::backups;
use venvars::session::doctor::{self, Trouble};
use venvars::words::error::{Error, Result};
use venvars::words::message::counted;

use crate::edge::cli::{Global, Venvs};
use crate::edge::console;
use crate::edge::scripts;
use crate::edge::views::doctor as views;

/// `venvars doctor`: exit code 1 while there is anything that could leak or break.
pub fn run(global: &Global, options: &Venvs, fix: bool, json: bool) -> Result<ExitCode> {
    let mut findings = examine(global, options)?;
    let mut fixed = Vec::new();
    if fix {
        // The answer is what was fixed.
        let quiet = Global { quiet: true, ..global.clone() };
        let mut errors = Vec::new();
        for (index, finding) in findings.iter().enumerate() {
            // Each once: several findings may have the same fix.
            if let Some(fix) =
                finding.fix.as_ref().filter(|_| findings[..index].iter().all(|one| one.fix != finding.fix))
            {
                errors.extend(fix.carry_out(|| scripts::follow(&quiet, &quiet.open()?, &options.venv)).err());
            }
        }
        let before = mem::replace(&mut findings, examine(global, options)?);
        let is_found = |what: &str| findings.iter().any(|finding| finding.what == what);
        fixed.extend(before.into_iter().map(|finding| finding.what).filter(|what| !is_found(what)));
        // What cannot be fixed is found again; what is new in that is told as well.
        errors.iter().filter(|error| !is_found(&format!("{error:#}"))).for_each(console::complain);
    }
    // What is wrong with them was said first.
    let backups = backups::of_project(&found(global)?.0).ok();
    let is_well = findings.iter().all(|finding| finding.is_advice);
    if json {
        let list = findings.iter().map(|Trouble { what, remedy, fix, is_advice }| {
            json!({ "what": what, "mend": remedy, "fixable": fix.is_some(), "advice": is_advice })
        });
        let list = list.collect::<Json>();
        let backups = backups.map(|(backups, now)| backups.other_than(&now).len());
        console::document(
            &json!({ "findings": list, "mended": fixed, "well": is_well, "backups": backups }),
        )?;
        return Ok(u8::from(!is_well).into());
    }
    console::table(&views::rows(&fixed, &findings))?;
    global.say(&views::summary(&findings));
    if let Some((backups, now)) = backups
        && let Ok(only) = backups.only_here(&now)
        && !only.is_empty()
    {
        let count = backups.other_than(&now).len();
        let (verb, them) = if count == 1 { ("contains", "it") } else { ("contain", "them") };
        let (backups, names) = (counted(count, "backup"), only.join(", "));
        global.say(&format!(
            "{backups} still {verb} old values of {names}; `venvars backups clear` deletes {them}"
        ));
    }
    Ok(u8::from(!is_well).into())
}

/// The project, and what is wrong with its settings: that hides nothing else.
fn found(global: &Global) -> Result<(Project, Vec<Error>)> {
    Project::find_in_part(global.start(), global.secrets.as_deref())
}

/// Everything that is found, the worst first.
fn examine(global: &Global, options: &Venvs) -> Result<Vec<Trouble>> {
    let (project, mut errors) = found(global)?;
    global.keep(&project);
    let (session, wrong) = Session::open_in_part(project, &global.profile, &global.sources);
    errors.extend(wrong);
    doctor::examine(&session, &errors, &options.venv)
}
