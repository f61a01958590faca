//! git's hooks, and our block in one: what it says, and how it goes into a hook that is there
//! already and out again. See githooks(5).

use std::path::{Path, PathBuf};

use crate::words::table;

table! {
    /// A hook that can stop what would leak.
    pub enum Hook {
        /// Before a commit is made.
        PreCommit = "pre-commit", "Before a commit is made";
        /// Before a merge is committed that has no conflicts: `pre-commit` is not run for it.
        PreMergeCommit = "pre-merge-commit", "Before a merge is committed";
        /// Before anything is pushed.
        PrePush = "pre-push", "Before anything is pushed";
    }
    /// Its file's name.
    name: &'static str = 0;
    /// When git runs it.
    about: &'static str = 1;
}

const BEGIN: &str = "# >>> venvars hook >>>\n";
const END: &str = "# <<< venvars hook <<<\n";
const SHEBANG: &str = "#!/bin/sh\n";
/// What the name of a hook that is no shell script has behind it while ours runs before it.
pub const KEPT: &str = ".before-venvars";
/// What the name of a hook has behind it that pre-commit runs before its own.
pub const LEGACY: &str = ".legacy";

/// What a hook hands on of a push: the remote's name may lead to another address than before, or to several.
const PUSH: &str = "pre-push \"${1-}\" \"${2-}\"";

/// How a hook finds venvars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Launcher {
    /// At this path, else on the PATH. Without it nothing passes.
    At(PathBuf),
    /// The same for a hook of many repositories. Without it only what lies beside a secrets.toml is stopped.
    OfMany(PathBuf),
    /// On the PATH, for a hook that others have too. Without it the hook says so and lets pass, but
    /// where secrets.toml lies: who has none has no values to lose.
    OnPath,
}

impl Hook {
    /// Our block.
    #[must_use]
    pub fn block(self, program: &Launcher) -> String {
        let (finding, run) = match program {
            Launcher::At(path) | Launcher::OfMany(path) => {
                let path = shell_escape::unix::escape(path.to_string_lossy());
                let without = match program {
                    Launcher::OfMany(_) => "[ ! -e secrets.toml ] || exit 1\n    _venvars=:",
                    _ => "exit 1",
                };
                (
                    format!(
                        "_venvars={path}\n[ -x \"$_venvars\" ] || _venvars=$(command -v venvars) || {{\n    echo \"venvars not found: install it, or delete its lines in $0\" >&2\n    {without}\n}}\n"
                    ),
                    "\"$_venvars\" hook run".to_owned(),
                )
            }
            Launcher::OnPath => (
                "if ! command -v venvars >/dev/null 2>&1; then\n    venvars() { echo 'venvars is not on the PATH: nothing looks for secrets here' >&2; [ ! -e secrets.toml ]; }\nfi\n"
                    .to_owned(),
                "venvars hook run".to_owned(),
            ),
        };
        let run = match self {
            Self::PreCommit | Self::PreMergeCommit => format!("{run} {} || exit 1\n", self.name()),
            // What git says of the push is there for the rest of the hook too.
            Self::PrePush => format!(
                "_venvars_push=$(cat)\nprintf '%s\\n' \"$_venvars_push\" | {run} {PUSH} || exit 1\nexec <<_VENVARS_PUSH\n$_venvars_push\n_VENVARS_PUSH\n"
            ),
        };
        format!(
            "{BEGIN}# Blocks commits and pushes that contain a secret. `venvars hook remove` removes this.\n{finding}{run}{END}"
        )
    }

    /// `hook`, which is a shell script or empty, with our block in the place of an older one, else as
    /// the first thing that it does.
    #[must_use]
    pub fn with_block(self, hook: &str, program: &Launcher) -> String {
        let block = self.block(program);
        if let Some((before, after)) = split(hook) {
            return format!("{before}{block}{after}");
        }
        if hook.is_empty() {
            return format!("{SHEBANG}{block}");
        }
        let at = match hook.split_once('\n') {
            Some((first, _)) if first.starts_with("#!") => first.len() + 1,
            None if hook.starts_with("#!") => return format!("{hook}\n{block}"),
            _ => 0,
        };
        format!("{}{block}{}", &hook[..at], &hook[at..])
    }

    /// A hook that runs ours, and then the one that was there before, beside it, if git would run that
    /// one: it takes no file that is not executable.
    #[must_use]
    pub fn before_another(self, program: &Launcher) -> String {
        let name = self.name();
        let block = self.block(program);
        format!(
            "{SHEBANG}{block}[ -x \"${{0%/*}}/{name}{KEPT}\" ] || exit 0\nexec \"${{0%/*}}/{name}{KEPT}\" \"$@\"\n"
        )
    }
}

/// `hook` without our block; [`None`] if it has none. A hook that is ours alone becomes empty.
#[must_use]
pub fn without_block(hook: &str) -> Option<String> {
    let (before, after) = split(hook)?;
    if before == SHEBANG && after.is_empty() {
        return Some(String::new());
    }
    Some(format!("{before}{after}"))
}

/// Whether `text` is a hook that a shell runs, with our block as we write it now for `hook`.
#[must_use]
pub fn is_ours(hook: Hook, text: &str) -> bool {
    let run = if hook == Hook::PrePush { PUSH } else { hook.name() };
    let block = split(text).map(|(before, after)| &text[before.len()..text.len() - after.len()]);
    is_shell(text) && block.is_some_and(|block| block.contains(&format!(" hook run {run} ||")))
}

/// What stands before our block, and after it.
fn split(hook: &str) -> Option<(&str, &str)> {
    let begin = hook.find(BEGIN)?;
    let end = begin + hook[begin..].find(END)?;
    Some((&hook[..begin], &hook[end + END.len()..]))
}

/// Whether a POSIX shell runs `hook`: by its first line, or because it has none that says otherwise
/// (git gives such a file to sh).
#[must_use]
pub fn is_shell(hook: &str) -> bool {
    const SHELLS: [&str; 9] = ["sh", "bash", "dash", "ash", "ksh", "ksh93", "mksh", "zsh", "yash"];
    let Some(line) = hook.strip_prefix("#!") else {
        return !hook.contains('\0');
    };
    let mut words = line.lines().next().unwrap_or_default().split_whitespace();
    let base = |word: &str| word.rsplit('/').next().unwrap_or_default().to_owned();
    let mut program = words.next().map(base);
    if program.as_deref() == Some("env") {
        program = words.find(|word| !word.starts_with('-') && !word.contains('=')).map(base);
    }
    if program.as_deref() == Some("busybox") {
        program = words.next().map(base);
    }
    program.is_some_and(|program| SHELLS.contains(&program.trim_end_matches(".exe")))
}

/// Where `hook`'s own script belongs, in the folder of hooks that git reads: the programs that write
/// hooks themselves have a place for those of others.
///
/// * husky (from 9 on) has git read `.husky/_`, where each hook reads the file `h`, and that runs what lies in `.husky`.
/// * pre-commit replaces what lies in the folder, and runs the same name with `.legacy` behind it.
#[must_use]
pub fn place(folder: &Path, hook: Hook, is_of_pre_commit: impl Fn(&Path) -> bool) -> PathBuf {
    if let Some(husky) = folder.parent().filter(|_| folder.ends_with("_") && folder.join("h").is_file()) {
        return husky.join(hook.name());
    }
    let file = folder.join(hook.name());
    if is_of_pre_commit(&file) { folder.join(format!("{}{LEGACY}", hook.name())) } else { file }
}

/// Whether the program pre-commit wrote this hook.
#[must_use]
pub fn is_of_pre_commit(hook: &str) -> bool {
    hook.contains("\n# File generated by pre-commit: https://pre-commit.com")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_goes_in_and_out_again() {
        let program = Launcher::At("/a b/venvars".into());
        for before in ["", "#!/bin/sh\necho mine\n", "#!/bin/bash", "echo no shebang\n", "#!/bin/sh\nexit 0"]
        {
            for hook in Hook::ALL {
                let with = hook.with_block(before, &program);
                assert!(with.contains("'/a b/venvars'"));
                assert_eq!(hook.with_block(&with, &program), with, "twice is once");
                assert_eq!(hook.with_block(&hook.with_block(before, &Launcher::OnPath), &program), with);
                let without = without_block(&with).unwrap();
                assert_eq!(without.trim_end(), before.trim_end());
                assert_eq!(without_block(&without), None);
            }
        }
    }

    #[test]
    fn a_shell_is_known_by_the_first_line() {
        for hook in [
            "",
            "echo",
            "#!/bin/sh",
            "#! /usr/bin/env bash\n",
            "#!/usr/bin/env -S FOO=1 zsh -e\n",
            "#!/bin/busybox sh",
        ] {
            assert!(is_shell(hook), "{hook}");
        }
        for hook in ["#!/usr/bin/env python3\n", "#!/usr/bin/fish", "\x7fELF\0", "#!", "#!/usr/bin/env node"]
        {
            assert!(!is_shell(hook), "{hook}");
        }
    }
}
