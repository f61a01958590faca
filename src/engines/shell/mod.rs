//! The shells: which scripts are theirs, how they quote, what they can hold.

pub mod block;
pub mod export;
pub mod hold;
pub mod quote;
pub mod script;

use std::fmt;

/// A shell grammar, and with it a kind of activate script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shell {
    /// sh, bash, zsh, dash, ksh93, mksh, busybox ash, yash: `activate`.
    Posix,
    /// fish: `activate.fish`.
    Fish,
    /// Windows PowerShell 5.1 and PowerShell 7: `Activate.ps1`, `activate.ps1`.
    PowerShell,
    /// csh and tcsh: `activate.csh`, `deactivate.csh`.
    Csh,
    /// Nushell: `activate.nu`.
    Nu,
    /// xonsh: `activate.xsh`.
    Xonsh,
    /// cmd.exe: `activate.bat`, `deactivate.bat`.
    Cmd,
    /// A Python that embeds the environment: `activate_this.py`.
    Python,
}

impl Shell {
    /// Every shell, in the order in which scripts are reported.
    pub const ALL: [Self; 8] = [
        Self::Posix,
        Self::Fish,
        Self::PowerShell,
        Self::Csh,
        Self::Nu,
        Self::Xonsh,
        Self::Cmd,
        Self::Python,
    ];

    /// The name on the command line and in messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Posix => "sh",
            Self::Fish => "fish",
            Self::PowerShell => "powershell",
            Self::Csh => "csh",
            Self::Nu => "nu",
            Self::Xonsh => "xonsh",
            Self::Cmd => "cmd",
            Self::Python => "python",
        }
    }

    /// Other names that people call it by.
    #[must_use]
    pub fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::Posix => &["bash", "zsh", "dash", "ksh", "mksh", "ash", "busybox", "yash", "posix"],
            Self::Fish | Self::Xonsh => &[],
            Self::PowerShell => &["pwsh"],
            Self::Csh => &["tcsh"],
            Self::Nu => &["nushell"],
            Self::Cmd => &["bat", "batch"],
            Self::Python => &["py"],
        }
    }
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
