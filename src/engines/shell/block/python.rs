//! `activate_this.py`: an embedded Python, which has no way back.

use super::{Data, Program, Question, UNLESS, list, set};
use crate::engines::shell::Shell::Python;

pub(super) const PROGRAM: Program = Program { text: "", inside: "", embedded, live };

const ACTIVATE: &str = include_str!("../../../../templates/activate_this.py");

fn embedded(data: &Data<'_>) -> String {
    let mut text = format!(
        "{ACTIVATE}if \"VIRTUAL_ENV\" in _venvars_os.environ:\n    _venvars_os.environ[\"_VENVARS\"] = \"{}\"\n",
        list(&data.variables)
    );
    for variable in &data.variables {
        text.push_str(&format!("    {}\n", set(Python, variable)));
    }
    if !data.defaults.is_empty() {
        text.push_str(&format!("    # {UNLESS}{}\n", list(&data.defaults).trim_end()));
    }
    for variable in &data.defaults {
        text.push_str(&format!(
            "    if \"{0}\" not in _venvars_os.environ:\n        {1}\n        _venvars_os.environ[\"_VENVARS\"] += \"{0} \"\n",
            variable.name,
            set(Python, variable)
        ));
    }
    if let Some(secrets) = data.secrets {
        text.push_str(&format!("    _venvars_newer({}, __file__)\n", Python.literal(secrets)));
    }
    text + "del _venvars_os, _venvars_ask, _venvars_newer\n"
}

fn live(question: &Question) -> String {
    let program = question.program.to_string_lossy();
    let words = std::iter::once(&*program).chain(question.arguments.iter().map(String::as_str));
    let words: Vec<String> = words.chain(["python"]).map(|word| Python.literal(word)).collect();
    format!(
        "{ACTIVATE}if \"VIRTUAL_ENV\" in _venvars_os.environ:\n    _venvars_ask([{}])\ndel _venvars_os, _venvars_ask, _venvars_newer\n",
        words.join(", ")
    )
}
