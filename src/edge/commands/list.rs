use serde_json::{Value as Json, json};
use venvars::model::project::Project;
use venvars::model::secrets::Layer;
use venvars::session::environment::{Entry, Environment};
use venvars::words::message::MASK;
use venvars::words::name::Name;
use zeroize::Zeroizing;

use super::{Global, Result, console};

/// `venvars list`: names, where each comes from, and a mask.
pub fn run(global: &Global, reveal: bool, json: bool) -> Result<()> {
    let session = global.open()?;
    let environment = session.environment()?;
    // Only who wants to see the values has them asked for.
    let variables = if reveal { environment.variables()? } else { Vec::new() };
    let value = |name: &Name| Some(variables.iter().find(|variable| variable.name == *name)?.value.reveal());
    if json {
        return console::document(&as_json(&environment, value));
    }
    let widest = environment.entries.keys().map(|name| name.as_str().len()).max().unwrap_or(0);
    let lines = environment.entries.values().map(|entry| {
        let (name, origin) = (entry.name(), origin(session.project(), entry));
        Zeroizing::new(format!("{:widest$}  {}  {origin}\n", name.as_str(), value(name).unwrap_or(MASK)))
    });
    for line in lines {
        console::answer(&line)?;
    }
    if environment.entries.is_empty() {
        let file = session.project().shown(&session.files.secrets.file).display();
        global.say(&format!("{file} has no variables yet; `venvars set NAME` adds one"));
    }
    Ok(())
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

fn as_json<'v>(environment: &Environment<'_>, value: impl Fn(&Name) -> Option<&'v str>) -> Json {
    let variables = environment.entries.values().map(|entry| {
        let mut shown = entry_as_json(&environment.files.project, entry);
        if let Some(value) = value(entry.name()) {
            shown["value"] = value.into();
        }
        shown
    });
    json!({ "profile": environment.profile.as_deref(), "variables": variables.collect::<Json>() })
}
