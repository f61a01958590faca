//! `activate.nu`: Nushell, whose `overlay hide` gives the old values back.

use super::{Data, Program, Question, UNLESS, list, set};
use crate::engines::shell::Shell::Nu;

pub(super) const PROGRAM: Program = Program { text: "", inside: "", embedded, live };

const ACTIVATE: &str = include_str!("../../../../templates/activate.nu");

fn embedded(data: &Data<'_>) -> String {
    let mut text = ACTIVATE.to_owned();
    if !data.variables.is_empty() {
        text.push_str(&format!("    _venvars_keep {}\n", list(&data.variables).trim_end()));
    }
    for variable in &data.variables {
        text.push_str(&format!("    {}\n", set(Nu, variable)));
    }
    if !data.defaults.is_empty() {
        text.push_str(&format!("    # {UNLESS}{}\n", list(&data.defaults).trim_end()));
    }
    for variable in &data.defaults {
        text.push_str(&format!(
            "    if '{0}' not-in $env {{\n        _venvars_keep {0}\n        {1}\n    }}\n",
            variable.name,
            set(Nu, variable)
        ));
    }
    if let Some(secrets) = data.secrets {
        text.push_str(&format!("    _venvars_newer {}\n", Nu.literal(secrets)));
    }
    text
}

fn live(question: &Question) -> String {
    let arguments: Vec<String> = question.arguments.iter().map(|argument| Nu.literal(argument)).collect();
    let program = Nu.literal(&question.program.to_string_lossy());
    format!("{ACTIVATE}    _venvars_ask {program} [{}]\n", arguments.join(" "))
}
