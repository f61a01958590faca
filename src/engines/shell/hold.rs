//! What a shell cannot hold.

use crate::engines::shell::Shell;
use crate::words::variable::Variable;

/// Why `shell` cannot hold `variable`, for a person to read; [`None`] if it can.
///
/// What no shell can hold at all (a NUL, a value over the system's limit) never becomes a
/// [`Variable`].
#[must_use]
pub fn refusal(shell: Shell, variable: &Variable) -> Option<&'static str> {
    let value = variable.value.reveal();
    match shell {
        Shell::Cmd => cmd(variable.name.as_str(), value),
        // An empty value's line asks for PowerShell's version: see `Shell::set`.
        Shell::PowerShell => None,
        Shell::Posix | Shell::Fish | Shell::Csh | Shell::Nu | Shell::Xonsh | Shell::Python => None,
    }
}

/// A line of a batch file is at most 8,191 bytes long.
/// <https://learn.microsoft.com/troubleshoot/windows-client/shell-experience/command-line-string-limitation>
const CMD_LINE: usize = 8191;

/// Why `shell` cannot take the variable whose name brings the list of all names to `length` bytes.
#[must_use]
pub fn list_refusal(shell: Shell, length: usize) -> Option<&'static str> {
    /// What the longest line with the list has beside it is less than the rest.
    const LIST: usize = CMD_LINE - 100;
    (shell == Shell::Cmd && length > LIST).then_some("a batch file can contain at most 8,091 bytes of names")
}

fn cmd(name: &str, value: &str) -> Option<&'static str> {
    let length = "@set \"=\"".len() + name.len() + value.replace('%', "%%").len();
    [
        (value.is_empty(), "cmd.exe has no empty variables"),
        (value.contains(['\n', '\r']), "a batch file cannot hold a line break in a value"),
        (value.contains('\u{1a}'), "a batch file ends at the character 0x1A"),
        (value.contains('"'), "a batch file cannot hold a double quote in a value safely"),
        (
            value.contains(['&', '|', '<', '>', '^', '!']),
            "a batch file cannot hold any of & | < > ^ ! in a value safely",
        ),
        (length > CMD_LINE, "a line of a batch file can contain at most 8,191 bytes"),
    ]
    .into_iter()
    .find_map(|(is_so, reason)| is_so.then_some(reason))
}
