use std::fmt::Write;
use std::process::ExitCode;

use serde_json::json;
use venvars::error::{Error, Result};
use venvars::git::{self, Standing};
use venvars::plan::{self, Plan, State};
use venvars::project::Project;
use venvars::secrets::Secrets;
use venvars::venv;

use super::{project, readable_by_others};
use crate::cli::{Global, Venvs};
use crate::terminal;

/// `venvars status`: exit code 1 when `apply` would change anything.
pub fn run(global: &Global, venvs: &Venvs, json: bool) -> Result<ExitCode> {
    let project = project(global)?;
    let secrets = Secrets::read(&project.secrets)?;
    let standing = git::standing(&project.secrets)?;
    let private = readable_by_others(&project.secrets).is_none();
    let found = venv::of_project(&project, &venvs.venv)?;
    let plan = plan::plan(&found, &secrets.variables, &[])?;
    let text = if json {
        as_json(&project, &plan, standing, private)?
    } else {
        as_text(&project, &plan, standing, private)
    };
    if json || !global.quiet {
        terminal::answer(&text)?;
    }
    for error in plan.errors() {
        terminal::complain(error);
    }
    let exposed = matches!(standing, Standing::Exposed | Standing::Tracked);
    Ok(if plan.errors().next().is_some() {
        ExitCode::from(2)
    } else {
        ExitCode::from(u8::from(plan.changes_anything() || exposed))
    })
}

/// A state in one word for programs and a few for people.
fn words(state: &State) -> (&'static str, &'static str) {
    match state {
        State::InSync => ("in_sync", "in sync"),
        State::OutOfDate => ("out_of_date", "out of date"),
        State::NotApplied => ("not_applied", "not applied"),
        State::Broken(_) => ("unknown_layout", "cannot be changed"),
        State::LeftAlone(_) => ("left_alone", "left alone"),
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

fn as_text(project: &Project, plan: &Plan, standing: Standing, private: bool) -> String {
    let readers = if private { "readable by you alone" } else { "READABLE BY OTHERS (chmod 600)" };
    // Writing to a String cannot fail.
    let mut text = String::new();
    let _ =
        writeln!(text, "{}: {readers}, {}", project.shown(&project.secrets).display(), git_words(standing).1);
    for script in &plan.scripts {
        let _ = writeln!(text, "{}: {}", project.shown(&script.file).display(), words(&script.state).1);
    }
    for left_out in &plan.left_out {
        let _ = writeln!(text, "{left_out}");
    }
    if plan.changes_anything() {
        text.push_str("`venvars apply` brings the scripts up to date\n");
    }
    text
}

fn as_json(project: &Project, plan: &Plan, standing: Standing, private: bool) -> Result<String> {
    let scripts: Vec<_> = plan
        .scripts
        .iter()
        .map(|script| {
            let reason = match &script.state {
                State::Broken(error) => Some(error.to_string()),
                State::LeftAlone(why) => Some(why.clone()),
                State::InSync | State::OutOfDate | State::NotApplied => None,
            };
            json!({
                "file": script.file.display().to_string(),
                "shell": script.shell.name(),
                "state": words(&script.state).0,
                "reason": reason,
            })
        })
        .collect();
    let left_out: Vec<_> = plan
        .left_out
        .iter()
        .map(|left_out| json!({ "name": left_out.name, "shell": left_out.shell.name(), "reason": left_out.reason }))
        .collect();
    let document = json!({
        "secrets": {
            "file": project.secrets.display().to_string(),
            "private": private,
            "git": git_words(standing).0,
        },
        "in_sync": !plan.changes_anything() && plan.errors().next().is_none(),
        "scripts": scripts,
        "left_out": left_out,
    });
    serde_json::to_string_pretty(&document)
        .map(|text| text + "\n")
        .map_err(|error| Error::new(format!("could not write JSON: {error}")))
}
