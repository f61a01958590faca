//! `activate_this.py`: an embedded Python, which has no way back.

use super::{Data, Program, Question, defaults, lines, list};
use crate::engines::shell::Shell::Python;

pub(super) const PROGRAM: Program = Program { text: "", inside: "", embedded, live };

const ACTIVATE: &str = include_str!("../../../../templates/activate_this.py");

fn embedded(data: &Data<'_>) -> String {
    let mut text = format!(
        "{ACTIVATE}if \"VIRTUAL_ENV\" in _venvars_os.environ:\n    _venvars_os.environ[\"_VENVARS\"] = \"{}\"\n",
        list(&data.variables)
    );
    text.push_str(&lines(Python, "    ", "    #", data));
    text.push_str(&defaults(Python, data, |name, line| {
        format!(
            "    if \"{name}\" not in _venvars_os.environ:\n        {line}\n        _venvars_os.environ[\"_VENVARS\"] += \"{name} \"\n"
        )
    }));
    let newer = |secrets| format!("    _venvars_newer({}, __file__)\n", Python.literal(secrets));
    text.extend(data.secrets.map(newer));
    text + "del _venvars_os, _venvars_ask, _venvars_newer\n"
}

fn live(question: &Question) -> String {
    let mut words = question.words(|word| Python.literal(word));
    words.push(Python.literal("python"));
    format!(
        "{ACTIVATE}if \"VIRTUAL_ENV\" in _venvars_os.environ:\n    _venvars_ask([{}])\ndel _venvars_os, _venvars_ask, _venvars_newer\n",
        words.join(", ")
    )
}
