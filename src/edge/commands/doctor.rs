use std::path::Path;
use std::process::ExitCode;

use serde_json::json;
use venvars::model::project::Project;
use venvars::session::Session;
use venvars::session::doctor::{self, Fix, Trouble};
use venvars::session::ignore::ignore;
use venvars::world::disk::lock::Lock;

use super::{Error, Global, Result, apply, console};
use crate::edge::cli::Venvs;

/// `venvars doctor`: exit code 1 while there is anything that could leak or break.
pub fn run(global: &Global, options: &Venvs, fix: bool, json: bool) -> Result<ExitCode> {
    let mut findings = examine(global, options)?;
    let mut mended = Vec::new();
    if fix {
        // Each once: several findings may have the same mend.
        let mut done = Vec::new();
        let mut errors = Vec::new();
        for finding in &findings {
            if let Some(fix) = &finding.fix
                && !done.contains(fix)
            {
                errors.extend(mend(global, options, fix).err());
                done.push(fix.clone());
            }
        }
        let before = std::mem::replace(&mut findings, examine(global, options)?);
        let is_found = |what: &str| findings.iter().any(|finding| finding.what == what);
        mended.extend(before.into_iter().map(|finding| finding.what).filter(|what| !is_found(what)));
        // What cannot be mended is found again; what is new in that is told as well.
        errors.iter().filter(|error| !is_found(&error.to_string())).for_each(console::complain);
    }
    let is_well = findings.iter().all(|finding| finding.is_advice);
    if json {
        let list: Vec<_> = findings
            .iter()
            .map(|finding| {
                json!({
                    "what": finding.what,
                    "mend": finding.mend,
                    "fixable": finding.fix.is_some(),
                    "advice": finding.is_advice,
                })
            })
            .collect();
        console::document(&json!({ "findings": list, "mended": mended, "well": is_well }))?;
    } else {
        for what in &mended {
            console::answer(&format!("mended: {what}\n"))?;
        }
        for finding in &findings {
            let word = if finding.is_advice { "advice: " } else { "" };
            console::answer(&format!("{word}{}\n    {}\n", finding.what, finding.mend))?;
        }
        if !fix && findings.iter().any(|finding| finding.fix.is_some()) {
            console::say("`venvars doctor --fix` mends what needs nobody's judgement");
        } else if is_well && !global.quiet {
            console::say("nothing leaks or is broken that venvars knows of");
        }
    }
    Ok(ExitCode::from(u8::from(!is_well)))
}

/// Everything that is found, the worst first.
fn examine(global: &Global, options: &Venvs) -> Result<Vec<Trouble>> {
    // What is wrong in a file hides nothing else.
    let (project, mut errors) = Project::find_in_part(global.start(), global.secrets.as_deref())?;
    let (session, wrong) = Session::open_in_part(project, &global.profile, &global.sources);
    errors.extend(wrong);
    doctor::examine(&session, &errors, &options.venv)
}

fn mend(global: &Global, options: &Venvs, fix: &Fix) -> Result<()> {
    match fix {
        Fix::Private(file) => doctor::private(file),
        Fix::Ignore(path) => ignore(path).map(|_| ()),
        Fix::Delete(left) => {
            // Whoever holds the lock is writing it.
            let _lock = Lock::take(left.parent().unwrap_or(Path::new(".")))?;
            std::fs::remove_file(left).map_err(|error| Error::io("delete", left, &error))
        }
        Fix::Apply => {
            // The answer is what was mended.
            let global = Global { quiet: true, ..global.clone() };
            apply::follow(&global, &global.open()?, &options.venv)
        }
    }
}
