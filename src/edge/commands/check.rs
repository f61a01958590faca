use std::process::ExitCode;

use serde_json::json;
use venvars::session::ledger::compromised;
use venvars::words::error::Result;

use super::{list, open};
use crate::edge::cli::Global;
use crate::edge::console;

/// `venvars check`: everything that is missing or wrong, at once.
pub fn run(global: &Global, json: bool) -> Result<ExitCode> {
    let session = open(global)?;
    let environment = session.environment()?;
    let (variables, findings, errors) = environment.check();
    let ledger = session.ledger()?;
    let mut compromised = compromised::of_environment(ledger, &environment, &variables)?;
    compromised::join(&mut compromised, compromised::of_files(ledger, &session.files)?);
    let code = match (findings.len() + compromised.len(), errors.len()) {
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
        wrong.extend(compromised.iter().map(|compromised| {
            json!({
                "name": compromised.name.as_str(),
                "problem": "compromised",
                "message": compromised.error().to_string(),
                "description": session.project().settings.declaration(compromised.name.as_str()).and_then(|one| one.description.as_deref()),
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
    for compromised in compromised {
        console::answer(&format!("{}\n", compromised.line()))?;
    }
    if code == 0 && !global.quiet {
        let profile =
            environment.profile.iter().map(|profile| format!(" in profile {profile}")).collect::<String>();
        console::say(&format!("{} variables{profile}, nothing missing or wrong", environment.entries.len()));
    }
    Ok(ExitCode::from(code))
}
