//! `activate`: sh, bash, zsh, dash, ksh93, mksh, busybox ash, yash.

use super::{Data, Program, Question, UNLESS, WATCH, list, set};
use crate::engines::shell::Shell::Posix;
use crate::engines::shell::quote::VALUE_NEWLINE;

pub(super) const PROGRAM: Program = Program {
    program: include_str!("../../../../templates/activate.sh"),
    inside: "\\command -v _venvars_unset >/dev/null && _venvars_unset \"${1-}\" || \\: # venvars\n",
    embedded,
    live,
};

/// What a script says that is older than the secrets.
const STALE: &str = "venvars: this script is older than secrets.toml; run: venvars apply";

/// The lines are in a function, which the program takes away once it has called it.
fn embedded(data: &Data<'_>) -> String {
    let mut text = "_venvars_set() {\n".to_owned();
    for variable in &data.variables {
        text.push_str(&format!("    \\{}\n", set(Posix, variable)));
    }
    if !data.defaults.is_empty() {
        text.push_str(&format!("    # {UNLESS}{}\n", list(&data.defaults).trim_end()));
    }
    for variable in &data.defaults {
        text.push_str(&format!(
            "    _venvars_has {} ||\n        \\{}\n",
            variable.name,
            set(Posix, variable)
        ));
    }
    if data.guard {
        text.push_str(&format!("    {WATCH} on\n"));
    }
    if let Some(secrets) = data.secrets {
        text.push_str(&format!(
            "    \\[ ! -e \"$VIRTUAL_ENV/bin/activate\" ] || \\[ ! {} -nt \"$VIRTUAL_ENV/bin/activate\" ] || \\echo '{STALE}' >&2\n",
            word(secrets)
        ));
    }
    // Tells the program at once whether there is anything to keep.
    let found: String = data.variables.iter().map(|variable| format!("${{{}+x}}", variable.name)).collect();
    text + &format!("}}\n_venvars_activate '{}' '{found}'\n", list(&data.variables))
}

fn live(question: &Question) -> String {
    let words = std::iter::once(question.program.to_string_lossy())
        .chain(question.arguments.iter().map(|argument| argument.as_str().into()))
        .map(|text| word(&text) + " ");
    include_str!("../../../../templates/ask.sh").to_owned()
        + &format!("_venvars_ask {}sh\n", words.collect::<String>())
}

/// `text` as one word, for a block.
fn word(text: &str) -> String {
    Posix.literal(text).replace('\n', VALUE_NEWLINE)
}
