//! The shells: which scripts are theirs, how they quote, what they can hold.

pub mod block;
pub mod completion;
pub mod export;
pub mod hold;
pub mod quote;
pub mod script;

use std::fmt;

use crate::words::table;

table! {
    /// A shell grammar, and with it a kind of activate script; in the order in which scripts are reported.
    #[derive(PartialOrd, Ord, Hash)]
    pub enum Shell {
        /// sh, bash, zsh, dash, ksh93, mksh, busybox ash, yash: `activate`.
        Posix = "sh", &["bash", "zsh", "dash", "ksh", "mksh", "ash", "busybox", "yash", "posix"],
            quote::posix, ["export ", "=", ""], "bash/zsh";
        /// fish: `activate.fish`.
        Fish = "fish", &[], quote::fish, ["set -gx ", " ", ""], "fish";
        /// Windows PowerShell 5.1 and PowerShell 7: `Activate.ps1`, `activate.ps1`.
        PowerShell = "powershell", &["pwsh"], quote::powershell, ["$env:", " = ", ""], "PowerShell";
        /// csh and tcsh: `activate.csh`, `deactivate.csh`.
        Csh = "csh", &["tcsh"], quote::csh, ["setenv ", " ", ""], "csh";
        /// Nushell: `activate.nu`.
        Nu = "nu", &["nushell"], quote::nu, ["$env.", " = ", ""], "Nushell";
        /// xonsh: `activate.xsh`.
        Xonsh = "xonsh", &[], quote::python, ["__xonsh__.env['", "'] = ", ""], "xonsh";
        /// cmd.exe: `activate.bat`, `deactivate.bat`.
        Cmd = "cmd", &["bat", "batch"], quote::cmd, ["@set \"", "=", "\""], "cmd.exe";
        /// A Python that embeds the environment: `activate_this.py`.
        Python = "python", &["py"], quote::python, ["_venvars_os.environ['", "'] = ", ""], "Python";
    }
    /// The name on the command line and in messages.
    name: &'static str = 0;
    /// Other names that people call it by.
    aliases: &'static [&'static str] = 1;
    /// How it quotes a text.
    quote: fn(&str) -> String = 2;
    /// What stands around the name and the literal in a line that sets a variable of the environment: one's own
    /// in `export`, in a script and in the answer to a live one.
    assignment: [&'static str; 3] = 3;
    /// Its name for a person, who looks for the script of their own shell.
    title: &'static str = 4;
}

impl fmt::Display for Shell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Shell {
    /// The literal that the shell reads as exactly `text`.
    #[must_use]
    pub fn literal(self, text: &str) -> String {
        (self.quote())(text)
    }

    /// The line that sets the variable `name` to `value`, without its line end.
    #[must_use]
    pub fn set(self, name: &str, value: &str) -> String {
        let [before, between, after] = self.assignment();
        if self == Self::PowerShell && value.is_empty() {
            return format!(
                "{before}{name}{between}if ($PSVersionTable.PSVersion -ge '7.5') {{ '' }} else {{ \
                 Write-Warning '{name} is not set: PowerShell before 7.5 has no empty variables' }}"
            );
        }
        format!("{before}{name}{between}{}{after}", self.literal(value))
    }
}
