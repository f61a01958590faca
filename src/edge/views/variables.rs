//! Variables: where each comes from.

use serde_json::{Value as Json, json};
use venvars::model::project::Project;
use venvars::model::secrets::Layer;
use venvars::session::environment::Entry;
use venvars::words::profile::ProfileName;
use venvars::world::disk::from_here;

use crate::edge::table::{ASIDE, Cell};

/// Where a variable comes from: its source, its place, and the profile or layer it is from.
pub fn origin(entry: &Entry<'_>) -> String {
    origin_of(entry).into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ")
}

/// The same in columns.
pub fn origin_cells(entry: &Entry<'_>) -> [Cell; 3] {
    let [kind, place, layer] = origin_of(entry);
    [Cell::plain(&kind), Cell::new(ASIDE, &place), Cell::plain(&layer)]
}

fn origin_of(entry: &Entry<'_>) -> [String; 3] {
    let definition = entry.definition();
    let place = format!("{}:{}", from_here(&definition.file), definition.position.line);
    let layer = match &definition.layer {
        Layer::Profile(profile) => format!("profile {profile}"),
        Layer::Project => String::new(),
        Layer::User => "yours, for all projects".to_owned(),
        Layer::Default => "default".to_owned(),
    };
    [definition.source.kind().to_owned(), place, layer]
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
        "source": project.relative(&definition.file).display().to_string(),
        "line": definition.position.line,
        "column": definition.position.column,
        "kind": definition.source.kind(),
        "layer": layer,
        "profile": profile,
    })
}

/// The words for the profile that was changed.
pub fn in_profile(profile: Option<&ProfileName>) -> String {
    profile.map(|profile| format!(" (profile {profile})")).unwrap_or_default()
}
