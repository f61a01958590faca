//! Variables: where each comes from.

use serde_json::{Value as Json, json};
use venvars::model::project::Project;
use venvars::model::secrets::Layer;
use venvars::session::environment::Entry;

/// Where a variable comes from: its source, its place, and the profile or layer it is from.
pub fn origin(project: &Project, entry: &Entry<'_>) -> String {
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
pub fn as_json(project: &Project, entry: &Entry<'_>) -> Json {
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
