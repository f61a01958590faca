use std::process::ExitCode;

use serde_json::json;
use venvars::session::ledger::Ledger;
use venvars::session::ledger::compromised;
use venvars::words::error::Result;

use super::{files, list, project};
use crate::edge::cli::Global;
use crate::edge::console;

/// `venvars check`: everything that is missing or wrong, at once.
pub fn run(global: &Global, json: bool) -> Result<ExitCode> {
    let files = files(global, project(global)?)?;
    let environment = files.environment(&global.profile)?;
    let (variables, findings, errors) = environment.check();
    let ledger = Ledger::read(&files.project.folder)?;
    let mut burnt = compromised::of_environment(&ledger, &environment, &variables)?;
    compromised::join(&mut burnt, compromised::of_files(&ledger, &files)?);
    let code = match (findings.len() + burnt.len(), errors.len()) {
        (0, 0) => 0,
        (_, 0) => 1,
        _ => 2,
    };
    if json {
        let mut wrong: Vec<_> = findings
            .iter()
            .map(|finding| {
                json!({
                    "name": finding.name,
                    "problem": if finding.problem.is_some() { "wrong" } else { "missing" },
                    "message": finding.to_string(),
                    "description": finding.description,
                })
            })
            .collect();
        wrong.extend(burnt.iter().map(|burnt| {
            json!({
                "name": burnt.name.as_str(),
                "problem": "compromised",
                "message": burnt.error().to_string(),
                "description": files.project.settings.declaration(burnt.name.as_str()).and_then(|one| one.description.as_deref()),
            })
        }));
        let failed: Vec<_> = errors.iter().map(ToString::to_string).collect();
        console::answer(&list::print_json(&json!({
            "profile": environment.profile.as_deref(),
            "ok": code == 0,
            "findings": wrong,
            "errors": failed,
        }))?)?;
        return Ok(ExitCode::from(code));
    }
    errors.iter().for_each(console::complain);
    for finding in findings {
        let error = finding.into_error();
        let hint = error.way_out().map(|hint| format!(" ({hint})")).unwrap_or_default();
        console::answer(&format!("{error}{hint}\n"))?;
    }
    for burnt in burnt {
        console::answer(&format!("{}\n", burnt.line()))?;
    }
    if code == 0 && !global.quiet {
        let profile =
            environment.profile.iter().map(|profile| format!(" in profile {profile}")).collect::<String>();
        console::say(&format!("{} variables{profile}, nothing missing or wrong", environment.entries.len()));
    }
    Ok(ExitCode::from(code))
}
