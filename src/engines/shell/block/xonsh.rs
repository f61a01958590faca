//! `activate.xsh`: xonsh. Its `deactivate` may be a method, so the program stands with the data.

use super::{Data, Program, Question, WATCH, defaults, lines, list};
use crate::engines::shell::Shell::Xonsh;

pub(super) const PROGRAM: Program = Program {
    text: "",
    inside: "getattr(__xonsh__, '_venvars_unset', lambda: None)()  # venvars\n",
    embedded,
    live,
};

const ACTIVATE: &str = include_str!("../../../../templates/activate.xsh");
const END: &str =
    "del _venvars_refused, _venvars_begin, _venvars_missing, _venvars_ask, _venvars_newer, _venvars_prompt\n";

fn embedded(data: &Data<'_>) -> String {
    let mut text = format!("{ACTIVATE}if _venvars_begin('{}'.split()):\n", list(&data.variables).trim_end());
    text.push_str(&lines(Xonsh, "    ", "    #", data));
    text.push_str(&defaults(Xonsh, data, |name, line| {
        format!("    if _venvars_missing('{name}'):\n        {line}\n")
    }));
    text.extend(data.secrets.map(|secrets| format!("    _venvars_newer({})\n", Xonsh.literal(secrets))));
    text.extend(data.guard.then(|| format!("    _venvars_prompt()  # {WATCH}\n")));
    if data.variables.is_empty() && data.secrets.is_none() && !data.guard {
        text.push_str("    pass\n");
    }
    text + END
}

fn live(question: &Question) -> String {
    let mut words = question.words(|word| Xonsh.literal(word));
    words.push(Xonsh.literal("xonsh"));
    let watch = if question.guard { format!("_venvars_prompt()  # {WATCH}\n") } else { String::new() };
    format!("{ACTIVATE}_venvars_ask([{}])\n{watch}{END}", words.join(", "))
}
