//! How scripts stand to the secrets.

use std::collections::BTreeSet;
use std::path::Path;

use indexmap::IndexMap;
use serde_json::{Value as Json, json};
use venvars::engines::shell::Shell;
use venvars::session::environment::Environment;
use venvars::session::plan::file::FileState;
use venvars::session::plan::script::PlannedScript;
use venvars::session::status::Status;
use venvars::words::message::{counted, one_line};
use venvars::words::system::HERE;
use venvars::world::disk::from_here;
use venvars::world::git::Standing;

use super::plan::{left_out_as_json, looked_up, shells};
use super::variables;
use crate::edge::table::{Cell, NAME, Row};

/// That the scripts of a venv name a folder that is gone.
pub fn moved(venv: &Path, from: &Path) -> String {
    let way = HERE.new_venv(venv, true);
    let from = one_line(&from.display().to_string());
    format!("{}: moved from {from}, which no longer exists, so it does not work: {way}", venv.display())
}

/// A state in one word for programs and a few for people; and its reason, if it has one.
fn words(state: &FileState) -> (&'static str, &'static str, Option<String>) {
    match state {
        FileState::InSync => ("in_sync", "in sync", None),
        FileState::OutOfDate => ("out_of_date", "out of date", None),
        FileState::NotApplied => ("not_applied", "not applied", None),
        FileState::Broken(error) => ("unknown_layout", "cannot be changed", Some(error.to_string())),
        FileState::LeftAlone(why) => ("left_alone", "left alone", Some(why.clone())),
    }
}

fn git_words(standing: Standing) -> (&'static str, &'static str) {
    match standing {
        Standing::Outside => ("outside", "not in a git repository"),
        Standing::Ignored => ("ignored", "ignored by git"),
        Standing::Exposed => ("exposed", "NOT ignored by git"),
        Standing::Tracked => ("tracked", "TRACKED by git"),
    }
}

/// For people: the secrets file, the variables, and how the scripts of each venv stand; each script by itself with
/// `every`.
pub fn as_rows(environment: &Environment<'_>, status: &Status, every: bool) -> Vec<Row> {
    let Status { plan, compromised, .. } = status;
    let project = &environment.files.project;
    let (is_closed, readers) = match status {
        Status { is_encrypted: true, .. } => (true, "every value is encrypted, "),
        Status { is_private: Some(true), .. } => (true, "only you can read it, "),
        Status { is_private: Some(false), .. } => (false, "OTHERS CAN READ IT (chmod 600), "),
        Status { is_private: None, .. } if cfg!(unix) => {
            (false, "others may be able to read it (this file system keeps no permissions), ")
        }
        Status { is_private: None, .. } => (true, ""),
    };
    let git = match status.git {
        Standing::Exposed | Standing::Tracked if status.is_encrypted => "git may have it",
        standing => git_words(standing).1,
    };
    let mark = if is_closed && !status.is_exposed() { Cell::good() } else { Cell::bad() };
    let file = from_here(&project.secrets);
    let mut rows = vec![vec![mark, Cell::new(NAME, &file), Cell::plain(&format!("{readers}{git}"))]];
    rows.extend(environment.entries.values().map(|entry| {
        let mark = if compromised.iter().any(|one| one.name == *entry.name()) {
            Cell::bad()
        } else {
            Cell::plain(" ")
        };
        [mark, Cell::new(NAME, entry.name().as_str())]
            .into_iter()
            .chain(variables::origin_cells(entry))
            .collect()
    }));
    rows.extend(compromised.iter().map(|one| vec![Cell::bad(), Cell::plain(&one.line())]));
    for (index, venv) in plan.venvs.iter().enumerate() {
        let own = plan.scripts.iter().filter(|script| script.file.venv == index);
        let shown = from_here(venv);
        if every {
            rows.extend(own.map(|script| {
                let file = from_here(&script.file.path);
                row(script, &file, words(&script.file.state).1)
            }));
            continue;
        }
        // Those that stand alike in one line. A shell whose scripts do not is named where something is to be done.
        let is_behind = |script: &&PlannedScript| !matches!(script.file.state, FileState::InSync);
        let behind: BTreeSet<Shell> = own.clone().filter(is_behind).map(|script| script.shell).collect();
        let mut alike: IndexMap<_, Vec<&PlannedScript>> = IndexMap::new();
        for script in own.filter(|script| is_behind(script) || !behind.contains(&script.shell)) {
            let like = (words(&script.file.state).1, script.note.profile.clone(), script.note.is_live);
            alike.entry(like).or_default().push(script);
        }
        rows.extend(alike.into_values().map(|scripts| {
            let shells = shells(scripts.iter().copied());
            row(scripts[0], &shown, &format!("{}: {shells}", words(&scripts[0].file.state).1))
        }));
    }
    rows.extend(plan.left_out.iter().map(|one| vec![Cell::doubtful(), Cell::plain(&one.to_string())]));
    rows.extend(
        status
            .moved
            .iter()
            .map(|(venv, from)| vec![Cell::bad(), Cell::plain(&moved(Path::new(&from_here(venv)), from))]),
    );
    if !status.allowed.is_empty() {
        let lines = counted(status.allowed.len(), "line");
        rows.push(vec![Cell::plain(&format!(
            "you allowed {lines} of this project; `venvars allow` shows them"
        ))]);
    }
    if plan.changes_anything() {
        rows.push(vec![Cell::plain("run `venvars apply` to update the scripts")]);
    }
    rows
}

/// The line of what is `shown` of a script, or of several that stand alike, and how they stand.
fn row(script: &PlannedScript, shown: &str, state: &str) -> Row {
    let mark = match script.file.state {
        FileState::InSync => Cell::good(),
        FileState::OutOfDate | FileState::NotApplied | FileState::LeftAlone(_) => Cell::doubtful(),
        FileState::Broken(_) => Cell::bad(),
    };
    let profile =
        script.note.profile.iter().map(|profile| format!(" (profile {profile})")).collect::<String>();
    let live = looked_up(script.note.is_live);
    vec![mark, Cell::new(NAME, shown), Cell::plain(&format!("{state}{profile}{live}"))]
}

/// For programs.
pub fn as_json(environment: &Environment<'_>, status: &Status) -> Json {
    let Status { plan, compromised, .. } = status;
    let project = &environment.files.project;
    let scripts = plan.scripts.iter().map(|script| {
        let (state, _, reason) = words(&script.file.state);
        json!({
            "file": script.file.path.display().to_string(),
            "shell": script.shell.name(),
            "state": state,
            "reason": reason,
            "profile": script.note.profile,
            "live": script.note.is_live,
        })
    });
    let variables = environment.entries.values().map(|entry| variables::as_json(project, entry));
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
        "allowed": status.allowed.iter().map(|line| line.shown(project)).collect::<Json>(),
        "not_allowed": environment.files.permission.unallowed().map(|line| line.shown(project)).collect::<Json>(),
        "left_out": left_out_as_json(plan),
    })
}
