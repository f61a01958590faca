//! The user's text editor.

use std::io;
use std::path::Path;
use std::process::{Command, ExitStatus};

use crate::world::git::runner::{Done, Git};
use crate::world::program::child;
use crate::world::variables;

/// Editors that take `+LINE` in front of a file.
const WITH_LINE: &str = " editor sensible-editor vi vim nvim view gvim nano pico emacs emacsclient micro kak joe jed mg ne mcedit ";

/// A text editor: a command line, as the variables of git and crontab hold one.
#[derive(Debug)]
pub struct TextEditor(String);

impl TextEditor {
    /// The one that the user has named: in `VISUAL`, `EDITOR`, `GIT_EDITOR` or git's own settings. Those of a
    /// repository are not asked, which may be somebody else's.
    #[must_use]
    pub fn named() -> Option<Self> {
        let variables = ["VISUAL", "EDITOR", "GIT_EDITOR"].into_iter().filter_map(variables::text);
        let settings = ["--global", "--system"].into_iter().filter_map(|of| {
            let git = Git::new(Path::new(".")).arguments(&["config", of, "--get", "core.editor"]);
            let done = git.run(b"").ok().filter(Done::is_good)?;
            String::from_utf8(done.text).ok()
        });
        let mut named = variables.chain(settings).map(|words| words.trim().to_owned());
        named.find(|words| !words.is_empty()).map(Self)
    }

    /// The one that most systems have.
    #[must_use]
    pub fn usual() -> Option<Self> {
        let usual: &[&str] = if cfg!(windows) { &["notepad"] } else { &["sensible-editor", "nano", "vi"] };
        usual.iter().find(|name| which::which(name).is_ok()).map(|name| Self((*name).to_owned()))
    }

    /// Runs it on `file` until it is closed, at `line` if it takes one.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn edit(&self, file: &Path, line: Option<usize>) -> io::Result<ExitStatus> {
        let line = line.filter(|_| self.takes_line()).map(|line| format!("+{line}"));
        self.command(file, line).status()
    }

    /// The shell takes the command line apart.
    #[cfg(not(windows))]
    fn command(&self, file: &Path, line: Option<String>) -> Command {
        let Self(words) = self;
        let mut command = child("sh");
        command.arg("-c").arg(format!("{words} \"$@\"")).arg(words).args(line).arg(file);
        command
    }

    /// cmd.exe takes the command line apart. With `/s` it drops the first quote and the last, and no others (`cmd /?`).
    /// What comes out of a variable it does not expand again, so that a path may hold what it likes.
    #[cfg(windows)]
    fn command(&self, file: &Path, line: Option<String>) -> Command {
        use std::os::windows::process::CommandExt;

        let Self(words) = self;
        let line = line.map(|line| format!("{line} ")).unwrap_or_default();
        let mut command = child("cmd");
        command.args(["/d", "/v:off", "/s", "/c"]).env("_VENVARS_FILE", file);
        command.raw_arg(format!("\"{words} {line}\"%_VENVARS_FILE%\"\""));
        command
    }

    fn takes_line(&self) -> bool {
        let program = self.0.split_whitespace().next().unwrap_or_default();
        let name = Path::new(program).file_stem().unwrap_or_default().to_string_lossy();
        WITH_LINE.contains(&format!(" {name} "))
    }
}
