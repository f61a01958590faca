//! `activate.xsh`: xonsh. Its `deactivate` may be a method, so the program stands with the data.

use super::{Data, Program, Question, UNLESS, WATCH, set};
use crate::engines::shell::Shell::Xonsh;
use crate::words::variable::Variable;

pub(super) const PROGRAM: Program = Program {
    text: "",
    inside: "getattr(__xonsh__, '_venvars_unset', lambda: None)()  # venvars\n",
    embedded,
    live,
};

const ACTIVATE: &str = include_str!("../../../../templates/activate.xsh");
const END: &str =
    "del _venvars_refused, _venvars_begin, _venvars_missing, _venvars_ask, _venvars_newer, _venvars_prompt\n";

fn names(variables: &[&Variable]) -> String {
    variables.iter().map(|variable| variable.name.as_str()).collect::<Vec<_>>().join(" ")
}

fn embedded(data: &Data<'_>) -> String {
    let mut text = format!("{ACTIVATE}if _venvars_begin('{}'.split()):\n", names(&data.variables));
    for variable in &data.variables {
        text.push_str(&format!("    {}\n", set(Xonsh, variable)));
    }
    if !data.defaults.is_empty() {
        text.push_str(&format!("    # {UNLESS}{}\n", names(&data.defaults)));
    }
    for variable in &data.defaults {
        text.push_str(&format!(
            "    if _venvars_missing('{}'):\n        {}\n",
            variable.name,
            set(Xonsh, variable)
        ));
    }
    if let Some(secrets) = data.secrets {
        text.push_str(&format!("    _venvars_newer({})\n", Xonsh.literal(secrets)));
    }
    if data.guard {
        text.push_str(&format!("    _venvars_prompt()  # {WATCH}\n"));
    }
    if data.variables.is_empty() && data.secrets.is_none() && !data.guard {
        text.push_str("    pass\n");
    }
    text + END
}

fn live(question: &Question) -> String {
    let program = question.program.to_string_lossy();
    let words = std::iter::once(&*program).chain(question.arguments.iter().map(String::as_str));
    let words: Vec<String> = words.chain(["xonsh"]).map(|word| Xonsh.literal(word)).collect();
    let watch = if question.guard { format!("_venvars_prompt()  # {WATCH}\n") } else { String::new() };
    format!("{ACTIVATE}_venvars_ask([{}])\n{watch}{END}", words.join(", "))
}
