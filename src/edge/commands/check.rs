use std::process::ExitCode;

use serde_json::{Value as Json, json};
use venvars::session::environment::Flaw;
use venvars::session::ledger::compromised::{self, Compromised};
use venvars::words::error::Result;
use venvars::words::message::counted;

use crate::edge::cli::Global;
use crate::edge::console;

/// `venvars check`: everything that is missing or wrong, at once.
pub fn run(global: &Global, json: bool) -> Result<ExitCode> {
    let session = global.allowed()?;
    let environment = session.environment()?;
    let (variables, findings, errors) = environment.check();
    let compromised = compromised::of_environment(session.ledger()?, &environment, &variables)?;
    let compromised = compromised::and_of_files(&session, compromised)?;
    let code = match (findings.len() + compromised.len(), errors.len()) {
        (0, 0) => 0,
        (_, 0) => 1,
        _ => 2,
    };
    if json {
        let flaws = findings.iter().map(|finding| {
            let problem = if finding.problem.is_some() { "wrong" } else { "missing" };
            (finding.name.as_str(), problem, finding.to_string(), finding.description.as_deref())
        });
        let compromised = compromised.iter().map(|one| {
            let declared = session.project().settings.declaration(one.name.as_str());
            let description = declared.and_then(|declared| declared.description.as_deref());
            (one.name.as_str(), "compromised", one.error().to_string(), description)
        });
        let findings = flaws.chain(compromised).map(|(name, problem, message, description)| {
            json!({ "name": name, "problem": problem, "message": message, "description": description })
        });
        console::document(&json!({
            "profile": environment.profile.as_deref(),
            "ok": code == 0,
            "findings": findings.collect::<Json>(),
            "errors": errors.iter().map(ToString::to_string).collect::<Json>(),
        }))?;
        return Ok(ExitCode::from(code));
    }
    errors.iter().for_each(console::complain);
    let flaws = findings.into_iter().map(Flaw::into_error);
    let errors = flaws.chain(compromised.into_iter().map(Compromised::into_error));
    let lines = errors.map(|error| {
        let hint = error.remedy().map(|hint| format!("    {hint}\n")).unwrap_or_default();
        format!("{error}\n{hint}")
    });
    console::show(&lines.collect::<String>())?;
    if code == 0 {
        let profile = environment.profile.iter().map(|profile| format!(" in profile {profile}"));
        let (count, profile) = (environment.entries.len(), profile.collect::<String>());
        global.say(&format!("{}{profile}, all set and valid", counted(count, "variable")));
    }
    Ok(ExitCode::from(code))
}
