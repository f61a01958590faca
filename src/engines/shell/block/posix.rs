//! `activate`: sh, bash, zsh, dash, ksh93, mksh, busybox ash, yash.

use super::{Data, Program, Question, UNLESS, list, set};
use crate::engines::shell::Shell::Posix;

pub(super) const PROGRAM: Program = Program {
    program: include_str!("../../../../templates/activate.sh"),
    inside: "\\command -v _venvars_unset >/dev/null && _venvars_unset \"${1-}\" || \\: # venvars\n",
    embedded,
    live,
};

fn embedded(data: &Data<'_>) -> String {
    let found: String = data
        .variables
        .iter()
        .map(|variable| format!("${{{0}+x}}${{_VENVARS_OLD_{0}+x}}", variable.name))
        .collect();
    let mut text = format!(
        "case ${{VIRTUAL_ENV:+$?}} in\n'') _venvars_status $? ;;\n*)\n    if _venvars_begin '{}' '{found}'; then\n",
        list(&data.variables)
    );
    for variable in &data.variables {
        text.push_str(&format!("        \\{}\n", set(Posix, variable)));
    }
    if !data.defaults.is_empty() {
        text.push_str(&format!("        # {UNLESS}{}\n", list(&data.defaults).trim_end()));
    }
    for variable in &data.defaults {
        text.push_str(&format!(
            "        if _venvars_missing {}; then\n            \\{}\n        fi\n",
            variable.name,
            set(Posix, variable)
        ));
    }
    if data.guard {
        text.push_str("        _venvars_watch\n");
    }
    text.push_str("    fi\n");
    if let Some(secrets) = data.secrets {
        text.push_str(&format!(
            "    _venvars_newer {}\n",
            Posix.literal(secrets).replace('\n', crate::engines::shell::quote::VALUE_NEWLINE)
        ));
    }
    text.push_str("    ;;\nesac\n");
    text
}

fn live(question: &Question) -> String {
    let program = Posix.literal(&question.program.to_string_lossy());
    let arguments: String =
        question.arguments.iter().map(|argument| format!(" {}", Posix.literal(argument))).collect();
    format!(
        "case ${{VIRTUAL_ENV:+$?}} in\n'') _venvars_status $? ;;\n*) _venvars_ask {program}{arguments} sh ;;\nesac\n"
    )
    .replace("\n'\"\"'", "\0'\"\"'")
}
