//! `activate`: sh, bash, zsh, dash, ksh93, mksh, busybox ash, yash.

use super::{Data, Program, Question, defaults, lines, list, word};
use crate::engines::shell::Shell::Posix;

pub(super) const PROGRAM: Program = Program {
    text: include_str!("../../../../templates/activate.sh"),
    inside: "\\command -v _venvars_unset >/dev/null && _venvars_unset \"${1-}\" || \\: # venvars\n",
    embedded,
    live,
};

/// A function that sets the values, and the call that has it run if they may be set.
fn embedded(data: &Data<'_>) -> String {
    let mut text = "_venvars_values () {\n".to_owned();
    text.push_str(&lines(Posix, "    \\", "    #", data));
    text.push_str(&defaults(Posix, data, |name, line| {
        format!("    if _venvars_missing {name}; then\n        \\{line}\n    fi\n")
    }));
    text.extend(data.guard.then_some("    _venvars_watch\n"));
    let there: String = data.variables.iter().map(|variable| format!("${{{}+x}}", variable.name)).collect();
    let secrets = data.secrets.map(|secrets| format!(" {}", word(Posix, secrets))).unwrap_or_default();
    text.push_str(&format!("}}\n_venvars_set $? '{}' '{there}'{secrets}\n", list(&data.variables)));
    text
}

fn live(question: &Question) -> String {
    let words = question.words(|text| word(Posix, text));
    format!("{}_venvars_ask $? {} sh\n", include_str!("../../../../templates/ask.sh"), words.join(" "))
}
