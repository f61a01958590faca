//! `activate.fish`.

use super::{Data, Program, Question, defaults, lines, names, word};
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
    text.push_str(&names("        _venvars_keep ", &data.variables));
    text.push_str(&lines(Fish, "        ", "        #", data));
    text.push_str(&defaults(Fish, data, |name, line| {
        format!("        if not set -q {name}\n            _venvars_keep {name}\n            {line}\n        end\n")
    }));
    text.extend(data.guard.then_some("        _venvars_watch\n"));
    text.extend(data.secrets.map(|secrets| {
        format!(
            "        if test {} -nt (status filename)
            builtin echo 'venvars: this script is older than secrets.toml; run: venvars apply' >&2
        end\n",
            word(Fish, secrets)
        )
    }));
    text + "end\n"
}

fn live(question: &Question) -> String {
    let words = question.words(|text| word(Fish, text));
    format!(
        "{ACTIVE}        # The answer is the lines that set the variables.
        set -l _venvars_program {}
        test -x $_venvars_program; or set _venvars_program venvars
        if command --query $_venvars_program
            command $_venvars_program {} fish | builtin source
        else
            builtin echo 'venvars: no variable was set: venvars was not found; install it again' >&2
        end
end\n",
        words[0],
        words[1..].join(" ")
    )
}
