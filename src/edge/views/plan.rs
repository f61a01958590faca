//! What becomes of scripts.

use std::collections::BTreeSet;
use std::path::Path;

use imara_diff::{Algorithm, BasicLineDiffPrinter, Diff, InternedInput, UnifiedDiffConfig};
use indexmap::IndexMap;
use serde_json::{Value as Json, json};
use venvars::engines::shell::Shell;
use venvars::engines::shell::block::Content;
use venvars::session::plan::Plan;
use venvars::session::plan::file::FileState;
use venvars::session::plan::script::{Delta, PlannedScript, Wanted};
use venvars::words::error::Result;
use venvars::words::message::{counted, shown_path};
use venvars::world::disk::{self, from_here};
use venvars::world::{execution_policy, variables};

use crate::edge::console;
use crate::edge::table::{BAD, Cell, DOUBTFUL, GOOD, Row};

/// What a command does with a plan.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// The variables go into the scripts.
    Apply,
    /// They are taken out.
    Remove,
}

/// What became of each venv's scripts, or is to become of them, if it `is_only_shown`; all of them one by one with
/// `every`. `asked` are the shells that were named.
pub fn report(
    plan: &Plan,
    wanted: &[Wanted],
    asked: &[Shell],
    deed: Deed,
    is_only_shown: bool,
    every: bool,
) -> Vec<Row> {
    let mut rows = Vec::new();
    for (index, (folder, wanted)) in plan.venvs.iter().zip(wanted).enumerate() {
        let scripts = || plan.scripts.iter().filter(move |script| script.file.venv == index);
        let changed = shells(scripts().filter(|script| script.file.change.is_some()));
        let shown = from_here(folder);
        if !changed.is_empty() {
            let what = what(wanted);
            let live = looked_up(matches!(wanted.content, Content::Live(_)));
            let text = match (deed, is_only_shown) {
                (Deed::Apply, false) => format!("applied {what} to {shown}: {changed}{live}"),
                (Deed::Apply, true) => format!("would apply {what} to {shown}: {changed}{live}"),
                (Deed::Remove, false) => format!("removed the variables from {shown}: {changed}"),
                (Deed::Remove, true) => format!("would remove the variables from {shown}: {changed}"),
            };
            rows.push(vec![Cell::plain(&text)]);
        } else if every || !plan.changes_anything() {
            let unchanged = shells(scripts().filter(|script| matches!(script.file.state, FileState::InSync)));
            let text = match deed {
                Deed::Apply if scripts().next().is_none() => {
                    let asked: Vec<&str> = asked.iter().map(|shell| shell.title()).collect();
                    format!("{shown} has no {} script", asked.join(" or "))
                }
                Deed::Apply if unchanged.is_empty() => format!("nothing to change in {shown}"),
                Deed::Apply => format!("{shown} is up to date: {unchanged}"),
                Deed::Remove => format!("{shown} has no variables from venvars"),
            };
            rows.push(vec![Cell::plain(&text)]);
        }
        if every {
            let state = |script: &PlannedScript| match (&script.file.state, is_only_shown) {
                (FileState::InSync, _) => "unchanged",
                (FileState::Broken(_), _) => "cannot be changed",
                (FileState::LeftAlone(_), _) => "left alone",
                (_, true) => "would be changed",
                (_, false) => "changed",
            };
            rows.extend(scripts().map(|script| {
                let file = from_here(&script.file.path);
                vec![Cell::plain(&format!("  {file}")), Cell::plain(state(script))]
            }));
        }
    }
    rows
}

/// The shells of `scripts`, each once.
pub fn shells<'s>(scripts: impl Iterator<Item = &'s PlannedScript>) -> String {
    let shells: BTreeSet<Shell> = scripts.map(|script| script.shell).collect();
    shells.into_iter().map(Shell::title).collect::<Vec<_>>().join(", ")
}

/// What goes into a venv's scripts.
fn what(wanted: &Wanted) -> String {
    let profile = wanted.profile.text().map(|profile| format!(" (profile {profile})")).unwrap_or_default();
    match &wanted.content {
        Content::Live(_) => format!("the variables{profile}"),
        content => format!("{}{profile}", counted(content.variables().len(), "variable")),
    }
}

/// Warns of what is odd about scripts of `plan`: one that is left alone, or that PowerShell will not run.
pub fn warn(plan: &Plan, deed: Deed) {
    for script in &plan.scripts {
        let file = from_here(&script.file.path);
        if let FileState::LeftAlone(why) = &script.file.state {
            console::warn(&format!("{file}: left alone: {why}"));
        }
    }
    let is_new = |script: &PlannedScript| script.shell == Shell::PowerShell && script.file.change.is_some();
    if matches!(deed, Deed::Apply)
        && plan.scripts.iter().any(is_new)
        && let Some(obstacle) = execution_policy::obstacle()
    {
        console::warn(&format!("{obstacle}; run: {}", obstacle.remedy()));
    }
    plan.left_out.iter().for_each(|left_out| console::warn(&left_out.to_string()));
}

/// What is said of scripts whose values are not in them.
pub fn looked_up(is_live: bool) -> &'static str {
    if is_live { " (values looked up at activation)" } else { "" }
}

/// The command that activates the venv in `folder`, as it is written from the current folder, in the user's shell.
pub fn activation(folder: &Path) -> String {
    let shell = variables::text("SHELL").unwrap_or_default();
    let script = match shell.rsplit('/').next() {
        Some("fish") => "activate.fish",
        Some("csh" | "tcsh") => "activate.csh",
        Some("nu") => "activate.nu",
        Some("xonsh") => "activate.xsh",
        _ => "activate",
    };
    if cfg!(windows) {
        shown_path(&folder.join("Scripts").join(script))
    } else {
        format!("source {}", shown_path(&folder.join("bin").join(script)))
    }
}

/// How to get the variables of the venv in `folder` into the user's shell.
pub fn next_step(folder: &Path) -> String {
    let command = activation(Path::new(&from_here(folder)));
    if is_active(folder) {
        format!("next: activate again for the new values: {command}")
    } else {
        format!("next: {command}")
    }
}

/// Whether the venv in `folder` is the one that is active in this shell.
pub fn is_active(folder: &Path) -> bool {
    variables::raw("VIRTUAL_ENV").is_some_and(|active| disk::real(Path::new(&active)) == disk::real(folder))
}

/// The scripts of each venv and the variables that are added, changed or removed, for programs.
///
/// # Errors
/// As for [`PlannedScript::delta`].
pub fn as_json(plan: &Plan, wanted: &[Wanted]) -> Result<Json> {
    let mut venvs = Vec::new();
    for (index, (folder, wanted)) in plan.venvs.iter().zip(wanted).enumerate() {
        let own = plan.scripts.iter().filter(|script| script.file.venv == index);
        let scripts = own.map(|script| {
            let (state, reason) = match &script.file.state {
                FileState::InSync => ("unchanged", None),
                FileState::OutOfDate | FileState::NotApplied => ("changed", None),
                FileState::LeftAlone(why) => ("left_alone", Some(why.clone())),
                FileState::Broken(error) => ("unknown_layout", Some(error.to_string())),
            };
            let file = script.file.path.display().to_string();
            json!({ "file": file, "shell": script.shell.name(), "state": state, "reason": reason })
        });
        let variables = deltas(plan, index, wanted)?.into_iter().map(|(name, delta)| {
            let state = match delta {
                Delta::New => "added",
                Delta::Changed => "changed",
                Delta::Gone => "removed",
            };
            json!({ "name": name, "state": state })
        });
        venvs.push(json!({
            "venv": folder.display().to_string(),
            "profile": wanted.profile.text(),
            "live": matches!(wanted.content, Content::Live(_)),
            "scripts": scripts.collect::<Json>(),
            "variables": variables.collect::<Json>(),
        }));
    }
    Ok(json!({ "venvs": venvs, "left_out": left_out_as_json(plan) }))
}

/// What the shells cannot hold, for programs.
pub fn left_out_as_json(plan: &Plan) -> Json {
    let left_out = plan.left_out.iter();
    left_out.map(|one| json!({ "name": one.name, "shell": one.shell.name(), "reason": one.reason })).collect()
}

/// The variables that come, change and go in the scripts of the venv at `index`. What differs between shells is what
/// one of them cannot hold, or has not been given yet.
fn deltas(plan: &Plan, index: usize, wanted: &Wanted) -> Result<IndexMap<String, Delta>> {
    let mut all = IndexMap::new();
    for script in plan.scripts.iter().filter(|script| script.file.venv == index) {
        for (delta, name) in script.delta(wanted)? {
            all.entry(name).or_insert(delta);
        }
    }
    Ok(all)
}

/// The variables that come, change and go in each venv: nothing of their values.
///
/// # Errors
/// As for [`PlannedScript::delta`].
pub fn delta(plan: &Plan, wanted: &[Wanted]) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (index, (folder, wanted)) in plan.venvs.iter().zip(wanted).enumerate() {
        let all = deltas(plan, index, wanted)?;
        if plan.venvs.len() > 1 && !all.is_empty() {
            rows.push(vec![Cell::plain(&format!("{}:", from_here(folder)))]);
        }
        rows.extend(all.into_iter().map(|(name, delta)| {
            let (style, mark) = match delta {
                Delta::New => (GOOD, '+'),
                Delta::Changed => (DOUBTFUL, '~'),
                Delta::Gone => (BAD, '-'),
            };
            vec![Cell::new(style, &format!("{mark} {name}"))]
        }));
    }
    Ok(rows)
}

/// What would change in a script, line by line, with every value masked.
///
/// # Errors
/// As for [`PlannedScript::masked`].
pub fn diff(script: &PlannedScript, wanted: &Wanted) -> Result<String> {
    let Some((before, after)) = script.masked(wanted)? else {
        return Ok(String::new());
    };
    let name = from_here(&script.file.path);
    let (before, after) = (String::from_utf8_lossy(&before), String::from_utf8_lossy(&after));
    let lines = InternedInput::new(&*before, &*after);
    let mut diff = Diff::compute(Algorithm::Histogram, &lines);
    diff.postprocess_lines(&lines);
    let printer = BasicLineDiffPrinter(&lines.interner);
    let hunks = diff.unified_diff(&printer, UnifiedDiffConfig::default(), &lines);
    Ok(format!("--- {name}\n+++ {name}\n{hunks}"))
}
