//! The chain that gives a variable its value.

use serde_json::{Value as Json, json};
use venvars::model::project::Project;
use venvars::model::source::Source;
use venvars::session::environment::{Entry, Environment};
use venvars::session::explain::Chain;
use venvars::world::disk::from_here;

use super::variables;

/// For people: a line each, indented under what it is a part of. `is_hidden` tells whether the environment has a
/// variable of the same name.
pub fn as_text<'a>(
    environment: &Environment<'a>,
    chain: &Chain<'_, 'a>,
    hidden: impl Iterator<Item = Entry<'a>>,
    is_hidden: bool,
) -> String {
    let project = &environment.files.project;
    let name = chain.entry.name().as_str();
    let mut text = chain_as_text(chain, 0);
    text.extend(hidden.map(|hidden| format!("  overrides: {}\n", variables::origin(&hidden))));
    if let Some(declared) = project.settings.declaration(name) {
        let (file, line) = (from_here(&declared.file), declared.position.line);
        let required =
            if declared.is_required(environment.profile.as_ref()) { "required" } else { "optional" };
        let description = declared.description.iter().map(|text| format!(": {text}")).collect::<String>();
        text += &format!("  declared at {file}:{line}: {}, {required}{description}\n", declared.type_);
    }
    text + match (is_hidden, project.settings.overrides(name)) {
        (false, _) => "",
        (true, true) => "  replaces the variable of the same name in your environment (override = true)\n",
        (true, false) => {
            "  the variable of the same name in your environment is used instead (override = false)\n"
        }
    }
}

fn chain_as_text(chain: &Chain<'_, '_>, indent: usize) -> String {
    let Chain { entry, reference, parts } = chain;
    let is_template = matches!(entry.definition().source, Source::Template(_));
    let reference = reference.iter().filter(|_| !is_template).map(|reference| format!("  {reference}"));
    let (origin, reference) = (variables::origin(entry), reference.collect::<String>());
    let text = format!("{:indent$}{}  {origin}{reference}\n", "", entry.name());
    text + &parts.iter().map(|part| chain_as_text(part, indent + 2)).collect::<String>()
}

/// For programs.
pub fn as_json<'a>(
    environment: &Environment<'a>,
    chain: &Chain<'_, 'a>,
    hidden: impl Iterator<Item = Entry<'a>>,
) -> Json {
    let project = &environment.files.project;
    let name = chain.entry.name().as_str();
    let mut document = chain_as_json(project, chain);
    document["in_place_of"] = hidden.map(|hidden| variables::as_json(project, &hidden)).collect();
    document["override"] = project.settings.overrides(name).into();
    document["declared"] = project.settings.declaration(name).map_or(Json::Null, |declared| {
        json!({
            "source": project.relative(&declared.file).display().to_string(),
            "line": declared.position.line,
            "type": declared.type_.name(),
            "required": declared.is_required(environment.profile.as_ref()),
            "description": declared.description,
        })
    });
    document
}

fn chain_as_json(project: &Project, chain: &Chain<'_, '_>) -> Json {
    let mut document = variables::as_json(project, chain.entry);
    document["reference"] = chain.reference.clone().into();
    document["made_of"] = chain.parts.iter().map(|part| chain_as_json(project, part)).collect();
    document
}
