//! What becomes of scripts.

use imara_diff::{Algorithm, BasicLineDiffPrinter, Diff, InternedInput, UnifiedDiffConfig};
use venvars::model::project::Project;
use venvars::session::plan::{Plan, Planned, ScriptState, Wanted};
use venvars::words::error::Result;

use crate::edge::console;

/// A line for each script that is changed, or for each one with `in_sync`, with the words `done` for what was done;
/// a warning for each that is left alone or whose signature is void.
pub fn report(project: &Project, plan: &Plan, in_sync: bool, done: &str) -> String {
    let mut text = String::new();
    for script in &plan.scripts {
        let file = project.shown(&script.file).display();
        if script.change.as_ref().is_some_and(|change| change.voids_signature) {
            console::warn(&format!(
                "{file}: its signature is void as long as it holds values (`venvars remove` gives it back); an execution policy of AllSigned refuses it"
            ));
        }
        match &script.state {
            ScriptState::InSync if in_sync => text += &format!("{file}: unchanged\n"),
            ScriptState::InSync | ScriptState::Broken(_) => {}
            ScriptState::OutOfDate | ScriptState::NotApplied => text += &format!("{file}: {done}\n"),
            ScriptState::LeftAlone(why) => console::warn(&format!("{file}: left alone: {why}")),
        }
    }
    text
}

/// What would change in a script, line by line, with every value masked.
///
/// # Errors
/// As for [`Planned::masked`].
pub fn diff(project: &Project, script: &Planned, wanted: &Wanted) -> Result<String> {
    let Some((before, after)) = script.masked(wanted)? else {
        return Ok(String::new());
    };
    let name = project.shown(&script.file).display().to_string();
    let (before, after) = (String::from_utf8_lossy(&before), String::from_utf8_lossy(&after));
    let lines = InternedInput::new(&*before, &*after);
    let mut diff = Diff::compute(Algorithm::Histogram, &lines);
    diff.postprocess_lines(&lines);
    let printer = BasicLineDiffPrinter(&lines.interner);
    let hunks = diff.unified_diff(&printer, UnifiedDiffConfig::default(), &lines);
    Ok(format!("--- {name}\n+++ {name}\n{hunks}"))
}
