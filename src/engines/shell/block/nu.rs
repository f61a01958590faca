//! `activate.nu`: Nushell, whose `overlay hide` gives the old values back.

use super::{Data, Program, Question, defaults, lines, names};
use crate::engines::shell::Shell::Nu;

pub(super) const PROGRAM: Program = Program { text: "", inside: "", embedded, live };

const ACTIVATE: &str = include_str!("../../../../templates/activate.nu");

fn embedded(data: &Data<'_>) -> String {
    let mut text = ACTIVATE.to_owned();
    text.push_str(&names("    _venvars_keep ", &data.variables));
    text.push_str(&lines(Nu, "    ", "    #", data));
    text.push_str(&defaults(Nu, data, |name, line| {
        format!("    if '{name}' not-in $env {{\n        _venvars_keep {name}\n        {line}\n    }}\n")
    }));
    text.extend(data.secrets.map(|secrets| format!("    _venvars_newer {}\n", Nu.literal(secrets))));
    text
}

fn live(question: &Question) -> String {
    let words = question.words(|word| Nu.literal(word));
    format!("{ACTIVATE}    _venvars_ask {} [{}]\n", words[0], words[1..].join(" "))
}
