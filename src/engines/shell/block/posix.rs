//! `activate`: sh, bash, zsh, dash, ksh93, mksh, busybox ash, yash.

use super::{Data, Program, Question, UNLESS, list, set};
use crate::engines::shell::Shell::Posix;
use crate::engines::shell::quote::VALUE_NEWLINE;

pub(super) const PROGRAM: Program = Program {
    text: include_str!("../../../../templates/activate.sh"),
    inside: "\\command -v _venvars_unset >/dev/null && _venvars_unset \"${1-}\" || \\: # venvars\n",
    embedded,
    live,
};

/// A function that sets the values, and the call that has it run if they may be set.
fn embedded(data: &Data<'_>) -> String {
    let mut text = "_venvars_values () {\n".to_owned();
    for variable in &data.variables {
        text.push_str(&format!("    \\{}\n", set(Posix, variable)));
    }
    if !data.defaults.is_empty() {
        text.push_str(&format!("    # {UNLESS}{}\n", list(&data.defaults).trim_end()));
    }
    for variable in &data.defaults {
        let line = set(Posix, variable);
        text.push_str(&format!(
            "    if _venvars_missing {}; then\n        \\{line}\n    fi\n",
            variable.name
        ));
    }
    if data.guard {
        text.push_str("    _venvars_watch\n");
    }
    let there: String = data.variables.iter().map(|variable| format!("${{{}+x}}", variable.name)).collect();
    let secrets = data.secrets.map(|secrets| format!(" {}", word(secrets))).unwrap_or_default();
    text.push_str(&format!("}}\n_venvars_set $? '{}' '{there}'{secrets}\n", list(&data.variables)));
    text
}

fn live(question: &Question) -> String {
    let arguments: String =
        question.arguments.iter().map(|argument| format!(" {}", word(argument))).collect();
    let program = word(&question.program.to_string_lossy());
    format!("{}_venvars_ask $? {program}{arguments} sh\n", include_str!("../../../../templates/ask.sh"))
}

/// `text` as a word.
fn word(text: &str) -> String {
    Posix.literal(text).replace('\n', VALUE_NEWLINE)
}
