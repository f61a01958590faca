//! `activate.fish`.

use super::{Data, Program, Question, UNLESS, list, set, word};
use crate::engines::shell::Shell::Fish;

pub(super) const PROGRAM: Program = Program {
    text: include_str!("../../../../templates/activate.fish"),
    inside: "builtin functions --query _venvars_unset; and _venvars_unset $argv # venvars\n",
    embedded,
    live,
};

/// A `switch` keeps the status of what failed before it where no case has a command.
const ACTIVE: &str =
    "switch \"$VIRTUAL_ENV\"\n    case '' # the activation itself has failed\n    case '*'\n";

fn embedded(data: &Data<'_>) -> String {
    let mut text = ACTIVE.to_owned();
    if !data.variables.is_empty() {
        text.push_str(&format!("        _venvars_keep {}\n", list(&data.variables).trim_end()));
    }
    for variable in &data.variables {
        text.push_str(&format!("        {}\n", set(Fish, variable)));
    }
    if !data.defaults.is_empty() {
        text.push_str(&format!("        # {UNLESS}{}\n", list(&data.defaults).trim_end()));
    }
    for variable in &data.defaults {
        text.push_str(&format!(
            "        if not set -q {0}\n            _venvars_keep {0}\n            {1}\n        end\n",
            variable.name,
            set(Fish, variable)
        ));
    }
    if data.guard {
        text.push_str("        _venvars_watch\n");
    }
    if let Some(secrets) = data.secrets {
        text.push_str(&format!(
            "        if test {} -nt (status filename)
            builtin echo 'venvars: this script is older than secrets.toml; run: venvars apply' >&2
        end\n",
            word(Fish, secrets)
        ));
    }
    text + "end\n"
}

fn live(question: &Question) -> String {
    let arguments: String =
        question.arguments.iter().map(|argument| format!(" {}", word(Fish, argument))).collect();
    format!(
        "{ACTIVE}        # The answer is the lines that set the variables.
        set -l _venvars_program {}
        test -x $_venvars_program; or set _venvars_program venvars
        command $_venvars_program{arguments} fish | builtin source
end\n",
        word(Fish, &question.program.to_string_lossy())
    )
}
