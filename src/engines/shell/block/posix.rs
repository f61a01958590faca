//! `activate`: sh, bash, zsh, dash, ksh93, mksh, busybox ash, yash.

use super::{Data, Program, Question, defaults, lines, list, word};
use crate::engines::shell::Shell::Posix;

pub(super) const PROGRAM: Program = Program {
    text: include_str!("../../../../templates/activate.sh"),
    inside: "case \"${_VENVARS+set}${1-}\" in set*) _venvars_unset \"${1-}\" ;; nondestructive) ;; *) \\command -v _venvars_unset >/dev/null && _venvars_unset || \\: ;; esac # venvars\n",
    embedded,
    live,
};

/// A function that knows the names, one that sets the values, and the call that has them set if they may be.
fn embedded(data: &Data<'_>) -> String {
    let names = list(&data.variables);
    let mut text = format!("_venvars_names () {{ \"$@\" {}; }}\n", names.trim_end());
    text.push_str("_venvars_values () {\n");
    if !data.defaults.is_empty() {
        text.push_str(include_str!("../../../../templates/missing.sh"));
    }
    text.push_str(&lines(Posix, "    \\", "    #", data));
    text.push_str(&defaults(Posix, data, |name, line| {
        format!("    if _venvars_missing {name}; then\n        \\{line}\n    fi\n")
    }));
    if !data.defaults.is_empty() {
        text.push_str(
            "    \\unset -f _venvars_missing\n    \\eval \"_venvars_names () { \\\"\\$@\\\" $_VENVARS; }\"\n",
        );
    }
    text.extend(data.guard.then_some("    _venvars_watch\n"));
    let there: String = data.variables.iter().map(|variable| format!("${{{}+x}}", variable.name)).collect();
    let secrets = word(Posix, data.secrets.unwrap_or_default());
    text.push_str(&format!("}}\n_venvars_names _venvars_set {secrets} '{names}' '{there}'\n"));
    text
}

fn live(question: &Question) -> String {
    let words = question.words(|text| word(Posix, text));
    format!("{}_venvars_ask $? {} sh\n", include_str!("../../../../templates/ask.sh"), words.join(" "))
}
