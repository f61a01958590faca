use std::fmt::Write;
use std::process::ExitCode;

use serde_json::{Value as Json, json};
use venvars::model::secrets::Definition;
use venvars::model::source::Source;
use venvars::session::environment::{Entry, Environment};
use venvars::words::error::Result;
use venvars::words::name::Name;

use super::{files, list, project};
use crate::edge::cli::Global;
use crate::edge::console;

/// `venvars explain`: the chain that gives a variable its value, without the value.
pub fn run(global: &Global, name: &str, json: bool) -> Result<ExitCode> {
    let files = files(global, project(global)?)?;
    let environment = files.environment(&global.profile)?;
    let entry = environment.find(name)?;
    let text =
        if json { list::print_json(&as_json(&environment, entry))? } else { as_text(&environment, entry) };
    console::answer(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn as_text(environment: &Environment<'_>, entry: &Entry<'_>) -> String {
    let mut text = String::new();
    chain(environment, entry, &mut Vec::new(), &mut text);
    for hidden in &entry.definitions[1..] {
        let hidden = Entry { definitions: vec![*hidden] };
        let origin = list::origin(&environment.files.project, &hidden);
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  in place of: {origin}");
    }
    let settings = &environment.files.project.settings;
    let name = entry.name().as_str();
    if let Some(declared) = settings.declaration(name) {
        let file = environment.files.project.shown(&declared.file).display();
        let required =
            if declared.is_required(environment.profile.as_ref()) { "required" } else { "optional" };
        let description = declared.description.iter().map(|text| format!(": {text}")).collect::<String>();
        let _ = writeln!(
            text,
            "  declared at {file}:{}: {}, {required}{description}",
            declared.position.line, declared.type_
        );
    }
    let _ = writeln!(
        text,
        "  {}",
        if settings.overrides(name) {
            "takes the place of one that the environment has already (override = true)"
        } else {
            "gives way to one that the environment has already (override = false)"
        }
    );
    text
}

/// A variable, and below it those that its template is made of.
fn chain<'a>(environment: &Environment<'a>, entry: &Entry<'a>, way: &mut Vec<&'a Name>, text: &mut String) {
    let definition = entry.definition();
    let origin = list::origin(&environment.files.project, entry);
    let reference = match &definition.source {
        Source::Template(_) => None,
        source => source.reference(Environment::folder_of(definition)),
    };
    let reference = reference.map(|reference| format!("  {reference}")).unwrap_or_default();
    let _ = writeln!(text, "{:indent$}{}  {origin}{reference}", "", entry.name(), indent = way.len() * 2);
    way.push(entry.name());
    for part in parts(environment, definition, way) {
        chain(environment, part, way, text);
    }
    way.pop();
}

/// The variables that a template is made of, less those that `way` led through: a loop ends there.
fn parts<'e, 'a>(
    environment: &'e Environment<'a>,
    definition: &Definition,
    way: &[&Name],
) -> Vec<&'e Entry<'a>> {
    let Source::Template(template) = &definition.source else {
        return Vec::new();
    };
    let mut parts: Vec<&Entry<'a>> = Vec::new();
    for entry in template.names().filter_map(|name| environment.entries.get(name)) {
        if !way.contains(&entry.name()) && !parts.iter().any(|part| part.name() == entry.name()) {
            parts.push(entry);
        }
    }
    parts
}

fn as_json(environment: &Environment<'_>, entry: &Entry<'_>) -> Json {
    let project = &environment.files.project;
    let mut document = chain_as_json(environment, entry, &mut Vec::new());
    let hidden: Vec<Json> = entry.definitions[1..]
        .iter()
        .map(|hidden| list::entry_as_json(project, &Entry { definitions: vec![*hidden] }))
        .collect();
    document["in_place_of"] = hidden.into();
    document["override"] = project.settings.overrides(entry.name().as_str()).into();
    document["declared"] =
        project.settings.declaration(entry.name().as_str()).map_or(Json::Null, |declared| {
            json!({
                "source": project.shown(&declared.file).display().to_string(),
                "line": declared.position.line,
                "type": declared.type_.name(),
                "required": declared.is_required(environment.profile.as_ref()),
                "description": declared.description,
            })
        });
    document
}

fn chain_as_json<'a>(environment: &Environment<'a>, entry: &Entry<'a>, way: &mut Vec<&'a Name>) -> Json {
    let definition = entry.definition();
    let mut document = list::entry_as_json(&environment.files.project, entry);
    document["reference"] = definition.source.reference(Environment::folder_of(definition)).into();
    way.push(entry.name());
    let parts: Vec<Json> = parts(environment, definition, way)
        .into_iter()
        .map(|part| chain_as_json(environment, part, way))
        .collect();
    way.pop();
    document["made_of"] = parts.into();
    document
}
