//! From variables to the blocks that go into the scripts.

use askama::Template;
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::secrets::Variable;
use crate::shell::Shell;
use crate::shell::hold;

/// The two blocks of a shell, without their marker lines: LF line ends, each line terminated; a NUL
/// stands for a newline of a value. A block that a shell does not have is empty.
#[derive(Clone, PartialEq, Eq)]
pub struct Blocks {
    /// Gives the old values back; stands in the generator's `deactivate`. Holds no value.
    pub unset: &'static str,
    /// Sets the variables; stands where the generator's activation is done.
    pub export: Zeroizing<String>,
}

/// A variable that was left out of a shell's scripts, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The shell that cannot hold it.
    pub shell: Shell,
    /// The variable's name.
    pub name: String,
    /// The reason, for a person to read.
    pub reason: &'static str,
}

impl std::fmt::Display for LeftOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} is left out of {}: {}", self.name, self.shell, self.reason)
    }
}

/// A name and its plain value, as the templates see them.
struct Line<'a> {
    name: &'a str,
    value: &'a str,
    /// The value in pieces that each fit into a word of bsd-csh.
    pieces: Vec<&'a str>,
}

/// Quoted, a piece of this many bytes takes at most four times as many, and bsd-csh holds words of
/// 8,185 bytes.
const PIECE: usize = 2000;

/// `text` in pieces of at most [`PIECE`] bytes.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while rest.len() > PIECE {
        let mut at = PIECE;
        while !rest.is_char_boundary(at) {
            at -= 1;
        }
        let (piece, after) = rest.split_at(at);
        pieces.push(piece);
        rest = after;
    }
    pieces.push(rest);
    pieces
}

macro_rules! templates {
    ($($shell:ident: $path:literal;)*) => {
        $(
            #[derive(Template)]
            #[template(path = $path)]
            struct $shell<'a> {
                variables: &'a [Line<'a>],
            }
        )*

        fn export(shell: Shell, variables: &[Line<'_>]) -> askama::Result<String> {
            match shell {
                $(Shell::$shell => $shell { variables }.render(),)*
            }
        }
    };
}

templates! {
    Posix: "export.sh";
    Fish: "export.fish";
    PowerShell: "export.ps1";
    Csh: "export.csh";
    Nu: "export.nu";
    Xonsh: "export.xsh";
    Cmd: "export.bat";
    Python: "export.py";
}

/// The unset block is the same for all variables: the list of what is set travels in the
/// environment.
fn unset(shell: Shell) -> &'static str {
    match shell {
        Shell::Posix => include_str!("../templates/unset.sh"),
        Shell::Fish => include_str!("../templates/unset.fish"),
        Shell::PowerShell => include_str!("../templates/unset.ps1"),
        Shell::Csh => include_str!("../templates/unset.csh"),
        Shell::Nu => "",
        Shell::Xonsh => include_str!("../templates/unset.xsh"),
        Shell::Cmd => include_str!("../templates/unset.bat"),
        Shell::Python => "",
    }
}

/// The blocks of `shell` for `variables`, and which of them it cannot hold. With no variable that
/// it can hold there is nothing to write, and both blocks are empty.
///
/// # Errors
/// The template could not be rendered, which only a lack of memory can bring about.
pub fn render(shell: Shell, variables: &[Variable]) -> Result<(Blocks, Vec<LeftOut>)> {
    let mut lines = Vec::with_capacity(variables.len());
    let mut left_out = Vec::new();
    for variable in variables {
        match hold::refusal(shell, variable) {
            None => lines.push(Line {
                name: variable.name.as_str(),
                value: variable.value.reveal(),
                pieces: pieces(variable.value.reveal()),
            }),
            Some(reason) => left_out.push(LeftOut { shell, name: variable.name.to_string(), reason }),
        }
    }
    let blocks = if lines.is_empty() {
        Blocks { unset: "", export: Zeroizing::default() }
    } else {
        let export = export(shell, &lines)
            .map_err(|error| Error::new(format!("could not write the block for {shell}: {error}")))?;
        Blocks { unset: unset(shell), export: Zeroizing::new(export) }
    };
    Ok((blocks, left_out))
}

/// What `deactivate` is to do first in csh, where it is an alias: our text stands at the beginning
/// of the alias's one line, so it needs no marker lines.
pub(crate) const INLINE_CSH: &str = include_str!("../templates/unset-inline.csh");
