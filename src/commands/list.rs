use std::fmt::Write;
use std::process::ExitCode;

use serde_json::json;
use venvars::error::{Error, Result};
use venvars::plan::MASK;
use zeroize::Zeroizing;

use super::{project, secrets};
use crate::cli::Global;
use crate::terminal;

/// `venvars list`: names, where each comes from, and a mask.
pub fn run(global: &Global, reveal: bool, json: bool) -> Result<ExitCode> {
    let project = project(global)?;
    let secrets = secrets(&project)?;
    let source = project.shown(&secrets.file).display().to_string();
    let mut text = Zeroizing::new(String::new());
    if json {
        let variables: Vec<_> = secrets
            .variables
            .iter()
            .map(|variable| {
                let mut entry = json!({
                    "name": variable.name.as_str(),
                    "source": source,
                    "line": variable.position.line,
                    "column": variable.position.column,
                });
                if reveal {
                    entry["value"] = variable.value.reveal().into();
                }
                entry
            })
            .collect();
        *text = serde_json::to_string_pretty(&json!({ "variables": variables }))
            .map_err(|error| Error::new(format!("could not write JSON: {error}")))?;
        text.push('\n');
    } else {
        let widest = secrets.variables.iter().map(|variable| variable.name.as_str().len()).max().unwrap_or(0);
        for variable in &secrets.variables {
            let value = if reveal { variable.value.reveal() } else { MASK };
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "{:widest$}  {value}  {source}:{}",
                variable.name.as_str(),
                variable.position.line
            );
        }
        if secrets.variables.is_empty() && !global.quiet {
            terminal::say(&format!("{source} has no variables yet; `venvars set NAME` adds one"));
        }
    }
    terminal::answer(&text)?;
    Ok(ExitCode::SUCCESS)
}
