//! The shells: which scripts are theirs, how they quote, what they can hold.

pub mod block;
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
        Posix = "sh", &["bash", "zsh", "dash", "ksh", "mksh", "ash", "busybox", "yash", "posix"];
        /// fish: `activate.fish`.
        Fish = "fish", &[];
        /// Windows PowerShell 5.1 and PowerShell 7: `Activate.ps1`, `activate.ps1`.
        PowerShell = "powershell", &["pwsh"];
        /// csh and tcsh: `activate.csh`, `deactivate.csh`.
        Csh = "csh", &["tcsh"];
        /// Nushell: `activate.nu`.
        Nu = "nu", &["nushell"];
        /// xonsh: `activate.xsh`.
        Xonsh = "xonsh", &[];
        /// cmd.exe: `activate.bat`, `deactivate.bat`.
        Cmd = "cmd", &["bat", "batch"];
        /// A Python that embeds the environment: `activate_this.py`.
        Python = "python", &["py"];
    }
    /// The name on the command line and in messages.
    name: &'static str = 0;
    /// Other names that people call it by.
    aliases: &'static [&'static str] = 1;
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
        match self {
            Self::Posix => quote::posix(text),
            Self::Fish => quote::fish(text),
            Self::PowerShell => quote::powershell(text),
            Self::Csh => quote::csh(text),
            Self::Nu => quote::nu(text),
            Self::Xonsh | Self::Python => quote::python(text),
            Self::Cmd => quote::cmd(text),
        }
    }

    /// How the shell sets a variable of the environment: a line of one's own in `export`, in a script and
    /// in the answer to a live one.
    pub(crate) fn assignment(self) -> Assignment {
        let (before, between, after) = match self {
            Self::Posix => ("export ", "=", ""),
            Self::Fish => ("set -gx ", " ", ""),
            Self::PowerShell => ("$env:", " = ", ""),
            Self::Csh => ("setenv ", " ", ""),
            Self::Nu => ("$env.", " = ", ""),
            Self::Xonsh => ("__xonsh__.env['", "'] = ", ""),
            Self::Cmd => ("@set \"", "=", "\""),
            Self::Python => ("_venvars_os.environ['", "'] = ", ""),
        };
        Assignment { before, between, after }
    }

    /// The line that sets the variable `name` to `value`, without its line end.
    #[must_use]
    pub fn set(self, name: &str, value: &str) -> String {
        let Assignment { before, between, after } = self.assignment();
        if self == Self::PowerShell && value.is_empty() {
            return format!(
                "{before}{name}{between}if ($PSVersionTable.PSVersion -ge '7.5') {{ '' }} else {{ \
                 Write-Warning '{name} is not set: PowerShell before 7.5 has no empty variables' }}"
            );
        }
        format!("{before}{name}{between}{}{after}", self.literal(value))
    }
}

/// What stands around a variable's name and its value's literal.
pub(crate) struct Assignment {
    pub before: &'static str,
    pub between: &'static str,
    pub after: &'static str,
}
