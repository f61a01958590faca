use std::fmt::Write;
use std::process::ExitCode;

use serde_json::{Value as Json, json};
use venvars::model::project::Project;
use venvars::model::secrets::Layer;
use venvars::session::environment::{Entry, Environment};
use venvars::words::error::{Error, Result};
use venvars::words::message::MASK;
use venvars::words::variable::Variable;
use zeroize::Zeroizing;

use super::open;
use crate::edge::cli::Global;
use crate::edge::console;

/// `venvars list`: names, where each comes from, and a mask.
pub fn run(global: &Global, reveal: bool, json: bool) -> Result<ExitCode> {
    let session = open(global)?;
    let environment = session.environment()?;
    // Only who wants to see the values has them asked for.
    let variables = if reveal { environment.variables()? } else { Vec::new() };
    let text = if json { as_json(&environment, &variables)? } else { as_text(&environment, &variables) };
    console::answer(&text)?;
    if environment.entries.is_empty() && !json && !global.quiet {
        let file = session.project().shown(&session.files.secrets.file).display();
        console::say(&format!("{file} has no variables yet; `venvars set NAME` adds one"));
    }
    Ok(ExitCode::SUCCESS)
}

fn as_text(environment: &Environment<'_>, variables: &[Variable]) -> Zeroizing<String> {
    let widest = environment.entries.keys().map(|name| name.as_str().len()).max().unwrap_or(0);
    let mut text = Zeroizing::new(String::new());
    for entry in environment.entries.values() {
        let variable = variables.iter().find(|variable| variable.name == *entry.name());
        let value = variable.map_or(MASK, |variable| variable.value.reveal());
        let origin = origin(&environment.files.project, entry);
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{:widest$}  {value}  {origin}", entry.name().as_str());
    }
    text
}

/// Where a variable comes from: its source, its place, and the profile or layer it is from.
pub(super) fn origin(project: &Project, entry: &Entry<'_>) -> String {
    let definition = entry.definition();
    let place = format!("{}:{}", project.shown(&definition.file).display(), definition.position.line);
    let layer = match &definition.layer {
        Layer::Profile(profile) => format!("  profile {profile}"),
        Layer::Project => String::new(),
        Layer::User => "  yours, for all projects".to_owned(),
        Layer::Default => "  default".to_owned(),
    };
    format!("{}  {place}{layer}", definition.source.kind())
}

/// A variable as programs read it, without its value.
pub(super) fn entry_as_json(project: &Project, entry: &Entry<'_>) -> Json {
    let definition = entry.definition();
    let (layer, profile) = match &definition.layer {
        Layer::Profile(profile) => ("profile", Some(&**profile)),
        Layer::Project => ("project", None),
        Layer::User => ("user", None),
        Layer::Default => ("default", None),
    };
    json!({
        "name": entry.name().as_str(),
        "source": project.shown(&definition.file).display().to_string(),
        "line": definition.position.line,
        "column": definition.position.column,
        "kind": definition.source.kind(),
        "layer": layer,
        "profile": profile,
    })
}

fn as_json(environment: &Environment<'_>, values: &[Variable]) -> Result<Zeroizing<String>> {
    let variables: Vec<Json> = environment
        .entries
        .values()
        .map(|entry| {
            let mut shown = entry_as_json(&environment.files.project, entry);
            if let Some(variable) = values.iter().find(|variable| variable.name == *entry.name()) {
                shown["value"] = variable.value.reveal().into();
            }
            shown
        })
        .collect();
    print_json(&json!({ "profile": environment.profile.as_deref(), "variables": variables }))
        .map(Zeroizing::new)
}

/// One JSON document, for people and programs to read.
pub(super) fn print_json(document: &Json) -> Result<String> {
    serde_json::to_string_pretty(document)
        .map(|text| text + "\n")
        .map_err(|error| Error::could_not("write JSON", &error.into()))
}
