//! How scripts stand to the secrets.

use std::path::Path;

use serde_json::{Value as Json, json};
use venvars::session::environment::Environment;
use venvars::session::ledger::compromised::Compromised;
use venvars::session::plan::ScriptState;
use venvars::session::status::Status;
use venvars::words::message::{one_line, shown_path};
use venvars::world::git::Standing;

use super::variables;

/// That the scripts of a venv name a folder that is gone.
pub fn moved(venv: &Path, from: &Path) -> String {
    let shown = shown_path(venv);
    let from = one_line(&from.display().to_string());
    format!(
        "{}: was moved from {from}, which is gone, and does not work here: rm -r {shown} && python3 -m venv {shown}",
        venv.display()
    )
}

/// A state in one word for programs and a few for people; and its reason, if it has one.
fn words(state: &ScriptState) -> (&'static str, &'static str, Option<String>) {
    match state {
        ScriptState::InSync => ("in_sync", "in sync", None),
        ScriptState::OutOfDate => ("out_of_date", "out of date", None),
        ScriptState::NotApplied => ("not_applied", "not applied", None),
        ScriptState::Broken(error) => ("unknown_layout", "cannot be changed", Some(error.to_string())),
        ScriptState::LeftAlone(why) => ("left_alone", "left alone", Some(why.clone())),
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

/// For people: a line each.
pub fn as_text(environment: &Environment<'_>, status: &Status) -> String {
    let Status { plan, compromised, .. } = status;
    let project = &environment.files.project;
    let readers = match status {
        Status { is_encrypted: true, .. } => "every value is encrypted",
        Status { is_private: true, .. } => "readable by you alone",
        _ => "READABLE BY OTHERS (chmod 600)",
    };
    let git = match status.git {
        Standing::Exposed | Standing::Tracked if status.is_encrypted => "git may have it",
        standing => git_words(standing).1,
    };
    let mut lines = vec![format!("{}: {readers}, {git}", project.shown(&project.secrets).display())];
    let entries = environment.entries.values();
    lines.extend(entries.map(|entry| format!("{}: {}", entry.name(), variables::origin(project, entry))));
    lines.extend(compromised.iter().map(Compromised::line));
    lines.extend(plan.scripts.iter().map(|script| {
        let profile = script.note.profile.iter().map(|profile| format!(", profile {profile}"));
        let live = if script.note.is_live { ", asks at activation" } else { "" };
        let (file, state) = (project.shown(&script.file).display(), words(&script.state).1);
        format!("{file}: {state}{}{live}", profile.collect::<String>())
    }));
    lines.extend(plan.left_out.iter().map(ToString::to_string));
    lines.extend(status.moved.iter().map(|(venv, from)| moved(project.shown(venv), from)));
    if plan.changes_anything() {
        lines.push("`venvars apply` brings the scripts up to date".to_owned());
    }
    lines.join("\n") + "\n"
}

/// For programs.
pub fn as_json(environment: &Environment<'_>, status: &Status) -> Json {
    let Status { plan, compromised, .. } = status;
    let project = &environment.files.project;
    let scripts = plan.scripts.iter().map(|script| {
        let (state, _, reason) = words(&script.state);
        json!({
            "file": script.file.display().to_string(),
            "shell": script.shell.name(),
            "state": state,
            "reason": reason,
            "profile": script.note.profile,
            "live": script.note.is_live,
        })
    });
    let variables = environment.entries.values().map(|entry| variables::as_json(project, entry));
    let left_out = plan.left_out.iter().map(
        |left_out| json!({ "name": left_out.name, "shell": left_out.shell.name(), "reason": left_out.reason }),
    );
    let compromised = compromised
        .iter()
        .map(|one| json!({ "name": one.name.as_str(), "date": one.entry.date, "reason": one.entry.reason }));
    json!({
        "secrets": {
            "file": project.secrets.display().to_string(),
            "private": status.is_private,
            "encrypted": status.is_encrypted,
            "git": git_words(status.git).0,
        },
        "profile": environment.profile.as_deref(),
        "variables": variables.collect::<Json>(),
        "compromised": compromised.collect::<Json>(),
        "in_sync": !plan.changes_anything() && plan.errors().next().is_none(),
        "scripts": scripts.collect::<Json>(),
        "moved": status.moved.iter().map(|(venv, from)| json!({
            "venv": venv.display().to_string(),
            "from": from.display().to_string(),
        })).collect::<Json>(),
        "not_allowed": environment.files.permission.unallowed().map(|line| line.shown(project)).collect::<Json>(),
        "left_out": left_out.collect::<Json>(),
    })
}
