//! What a person types otherwise on Windows.

use std::path::Path;

use crate::words::message::shown_path;

/// A system, by what is typed there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// Linux, macOS and the like.
    Unix,
    /// Windows: what works in PowerShell, of whatever version, and where it can in cmd.exe too.
    Windows,
}

/// The system that this runs on.
pub const HERE: System = if cfg!(windows) { System::Windows } else { System::Unix };

impl System {
    /// Python's name.
    #[must_use]
    pub fn python(self) -> &'static str {
        match self {
            Self::Unix => "python3",
            Self::Windows => "python",
        }
    }

    /// Makes a venv in `folder`, in the place of one that `is_there`.
    #[must_use]
    pub fn new_venv(self, folder: &Path, is_there: bool) -> String {
        let clear = if is_there { " --clear" } else { "" };
        format!("{} -m venv{clear} {}", self.python(), shown_path(folder))
    }

    /// Deletes `file`.
    #[must_use]
    pub fn deletion(self, file: &Path) -> String {
        match self {
            Self::Unix => format!("rm {}", shown_path(file)),
            Self::Windows => format!("del {}", shown_path(file)),
        }
    }

    /// All of `commands`, each if the one before it succeeds: Windows' own PowerShell has no `&&`.
    #[must_use]
    pub fn one_after_another(self, commands: &[String]) -> String {
        match self {
            Self::Unix => commands.join(" && "),
            Self::Windows => commands.join(", then: "),
        }
    }

    /// Gives the variable `name` the text `value`, a plain word.
    #[must_use]
    pub fn export(self, name: &str, value: &str) -> String {
        match self {
            Self::Unix => format!("export {name}={value}"),
            Self::Windows => format!("$env:{name} = '{value}'"),
        }
    }

    /// Gives the variable `name`, for programs too, what `command` prints.
    #[must_use]
    pub fn assignment(self, name: &str, command: &str) -> String {
        match self {
            Self::Unix => format!("export {name}=\"$({command})\""),
            Self::Windows => format!("$env:{name} = {command}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_typed_on_windows_that_its_shells_do_not_know() {
        let all = |system: System| {
            let commands = ["venvars apply".to_owned(), "venvars status".to_owned()];
            let file = Path::new("x");
            [
                system.one_after_another(&commands),
                system.new_venv(file, true),
                system.new_venv(file, false),
                system.deletion(file),
                system.export("KEY", "word"),
                system.assignment("KEY", "tool x"),
            ]
            .join("\n")
        };
        assert_eq!(
            all(System::Unix),
            "venvars apply && venvars status\npython3 -m venv --clear x\npython3 -m venv x\nrm x\nexport KEY=word\nexport KEY=\"$(tool x)\""
        );
        assert_eq!(
            all(System::Windows),
            "venvars apply, then: venvars status\npython -m venv --clear x\npython -m venv x\ndel x\n$env:KEY = 'word'\n$env:KEY = tool x"
        );
    }
}
