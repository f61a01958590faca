use std::fmt::Write;
use std::process::ExitCode;

use serde_json::json;
use venvars::model::venv;
use venvars::session::Session;
use venvars::session::apply::{Desired, Purpose};
use venvars::session::environment::Environment;
use venvars::session::exposure::exposed_to_others;
use venvars::session::ledger::compromised::Compromised;
use venvars::session::plan::{Plan, ScriptState, Scripts};
use venvars::words::error::Result;
use venvars::world::git::{self, Standing};

use super::{list, project};
use crate::edge::cli::{Global, Venvs};
use crate::edge::console;

/// `venvars status`: exit code 1 when `apply` would change anything.
pub fn run(global: &Global, options: &Venvs, json: bool) -> Result<ExitCode> {
    let session = Session::open(project(global)?, &global.profile, &global.sources)?;
    let Session { files, .. } = &session;
    let standing = git::standing(&files.project.secrets)?;
    let secrets = Standings {
        git: standing,
        private: exposed_to_others(&files.secrets).is_none(),
        encrypted: files.secrets.is_encrypted(),
    };
    let scripts = Scripts::read(&venv::of_project(&files.project, &options.venv)?, &[])?;
    let desired = Desired::of(&session, &scripts, Purpose::Compare)?;
    let compromised = desired.compromised(&session)?;
    let plan = scripts.plan(&desired.wanted)?;
    let profile = desired.wanted.first().map(|wanted| wanted.profile.clone()).unwrap_or_default();
    let environment = files.environment(&profile)?;
    let text = if json {
        as_json(&environment, &plan, &secrets, &compromised)?
    } else {
        as_text(&environment, &plan, &secrets, &compromised)
    };
    if json || !global.quiet {
        console::answer(&text)?;
    }
    plan.errors().for_each(console::complain);
    let exposed = !secrets.encrypted && matches!(standing, Standing::Exposed | Standing::Tracked);
    Ok(if plan.errors().next().is_some() {
        ExitCode::from(2)
    } else {
        ExitCode::from(u8::from(plan.changes_anything() || exposed))
    })
}

/// How the secrets file stands.
struct Standings {
    git: Standing,
    private: bool,
    encrypted: bool,
}

/// A state in one word for programs and a few for people.
fn words(state: &ScriptState) -> (&'static str, &'static str) {
    match state {
        ScriptState::InSync => ("in_sync", "in sync"),
        ScriptState::OutOfDate => ("out_of_date", "out of date"),
        ScriptState::NotApplied => ("not_applied", "not applied"),
        ScriptState::Broken(_) => ("unknown_layout", "cannot be changed"),
        ScriptState::LeftAlone(_) => ("left_alone", "left alone"),
    }
}

fn git_words(standing: Standing) -> (&'static str, &'static str) {
    match standing {
        Standing::Outside => ("outside", "in no git repository"),
        Standing::Ignored => ("ignored", "ignored by git"),
        Standing::Exposed => ("exposed", "NOT ignored by git"),
        Standing::Tracked => ("tracked", "TRACKED by git"),
    }
}

fn as_text(
    environment: &Environment<'_>,
    plan: &Plan,
    secrets: &Standings,
    compromised: &[Compromised],
) -> String {
    let project = &environment.files.project;
    let readers = match secrets {
        Standings { encrypted: true, .. } => "every value is encrypted",
        Standings { private: true, .. } => "readable by you alone",
        _ => "READABLE BY OTHERS (chmod 600)",
    };
    let git = match secrets.git {
        Standing::Exposed | Standing::Tracked if secrets.encrypted => "git may have it",
        standing => git_words(standing).1,
    };
    // Writing to a String cannot fail.
    let mut text = String::new();
    let _ = writeln!(text, "{}: {readers}, {git}", project.shown(&project.secrets).display());
    for entry in environment.entries.values() {
        let _ = writeln!(text, "{}: {}", entry.name(), list::origin(project, entry));
    }
    for compromised in compromised {
        let _ = writeln!(text, "{}", compromised.line());
    }
    for script in &plan.scripts {
        let profile =
            script.note.profile.iter().map(|profile| format!(", profile {profile}")).collect::<String>();
        let live = if script.note.is_live { ", asks at activation" } else { "" };
        let state = words(&script.state).1;
        let _ = writeln!(text, "{}: {state}{profile}{live}", project.shown(&script.file).display());
    }
    for left_out in &plan.left_out {
        let _ = writeln!(text, "{left_out}");
    }
    if plan.changes_anything() {
        text.push_str("`venvars apply` brings the scripts up to date\n");
    }
    text
}

fn as_json(
    environment: &Environment<'_>,
    plan: &Plan,
    secrets: &Standings,
    compromised: &[Compromised],
) -> Result<String> {
    let project = &environment.files.project;
    let scripts: Vec<_> = plan
        .scripts
        .iter()
        .map(|script| {
            let reason = match &script.state {
                ScriptState::Broken(error) => Some(error.to_string()),
                ScriptState::LeftAlone(why) => Some(why.clone()),
                ScriptState::InSync | ScriptState::OutOfDate | ScriptState::NotApplied => None,
            };
            json!({
                "file": script.file.display().to_string(),
                "shell": script.shell.name(),
                "state": words(&script.state).0,
                "reason": reason,
                "profile": script.note.profile,
                "live": script.note.is_live,
            })
        })
        .collect();
    let variables: Vec<_> =
        environment.entries.values().map(|entry| list::entry_as_json(project, entry)).collect();
    let left_out: Vec<_> = plan
        .left_out
        .iter()
        .map(|left_out| json!({ "name": left_out.name, "shell": left_out.shell.name(), "reason": left_out.reason }))
        .collect();
    let compromised: Vec<_> = compromised
        .iter()
        .map(|compromised| json!({ "name": compromised.name.as_str(), "date": compromised.entry.date, "reason": compromised.entry.reason }))
        .collect();
    let document = json!({
        "secrets": {
            "file": project.secrets.display().to_string(),
            "private": secrets.private,
            "encrypted": secrets.encrypted,
            "git": git_words(secrets.git).0,
        },
        "profile": environment.profile.as_deref(),
        "variables": variables,
        "compromised": compromised,
        "in_sync": !plan.changes_anything() && plan.errors().next().is_none(),
        "scripts": scripts,
        "left_out": left_out,
    });
    list::print_json(&document)
}
