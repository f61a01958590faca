//! `secrets.example.toml`: what a project needs, without any value, for git to keep.

use indexmap::IndexMap;
use toml_edit::Value as Toml;

use crate::model::project::Declared;
use crate::model::secrets::Secrets;
use crate::words::name::Name;

/// The name of the file.
pub const FILE: &str = "secrets.example.toml";

/// The first line of the file, by which venvars knows its own.
pub const FIRST_LINE: &str =
    "# The variables that secrets.toml needs, written by `venvars example`. No value in here is real.";

/// The text of the file: every declared variable with what is said of it, then the names of those
/// that only `secrets` has. Each stands in a comment, so that a copy of the file sets nothing to what
/// is only an example.
#[must_use]
pub fn example(declared: &IndexMap<Name, Declared>, secrets: Option<&Secrets>) -> String {
    let mut text = format!(
        "{FIRST_LINE}\n# `venvars init` creates secrets.toml and asks for each of them; `venvars check` says what is missing.\n"
    );
    for declared in declared.values() {
        text.push('\n');
        for line in declared.description.iter().flat_map(|description| description.lines()) {
            text.push_str(&comment(line));
        }
        text.push_str(&comment(&facts(declared)));
        let shown = declared.example.as_deref().unwrap_or_default();
        text.push_str(&assignment(declared.name.as_str(), shown));
    }
    let is_declared = |name: &str| declared.contains_key(name);
    let mut others: Vec<&str> = Vec::new();
    for definition in secrets.iter().flat_map(|secrets| secrets.all()) {
        let name = definition.name.as_str();
        if !is_declared(name) && !others.contains(&name) {
            others.push(name);
        }
    }
    if !others.is_empty() {
        text.push('\n');
    }
    text.extend(others.into_iter().map(|name| assignment(name, "")));
    text
}

/// A comment of one line, whatever the text.
fn comment(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("# {}\n", text.trim())
}

fn assignment(name: &str, value: &str) -> String {
    // A text with line breaks would be written over several lines, and only the first be a comment.
    let value: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("# {name} = {}\n", Toml::from(value))
}

/// What a value has to be, in a line.
fn facts(declared: &Declared) -> String {
    let need = match (declared.required, &declared.profiles[..]) {
        _ if declared.default.is_some() => "optional".to_owned(),
        (false, _) => "optional".to_owned(),
        (true, []) => "required".to_owned(),
        (true, profiles) => format!("required in {}", profiles.join(", ")),
    };
    let mut facts = vec![declared.type_.to_string(), need];
    facts.extend((!declared.choices.is_empty()).then(|| format!("one of {}", declared.choices.join(", "))));
    facts.extend(declared.pattern.as_ref().map(|pattern| format!("matches {pattern}")));
    facts.extend(declared.default.as_ref().map(|_| "has a default".to_owned()));
    facts.extend(declared.generate.map(|kind| format!("venvars set {} --generate={kind}", declared.name)));
    facts.join("; ")
}
