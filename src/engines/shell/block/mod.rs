//! From variables to the blocks that go into the scripts.

mod fish;
mod old;
mod posix;
mod powershell;

use std::path::PathBuf;

use zeroize::Zeroizing;

use crate::engines::shell::Shell;
use crate::engines::shell::hold;
use crate::engines::shell::quote::VALUE_NEWLINE;
use crate::words::error::Result;
use crate::words::variable::Variable;

pub use old::fits_bsd_csh;

/// What goes into the scripts of a shell, without marker lines: LF line ends, each line terminated; a NUL
/// stands for a newline of a value. What a shell does not have is empty.
#[derive(Clone, PartialEq, Eq)]
pub struct Blocks {
    /// The program, the same for all values; stands right before `deactivate`.
    pub program: &'static str,
    /// The one line that is the first inside `deactivate`.
    pub inside: &'static str,
    /// Sets the variables, or asks for them; stands where the generator's activation is done.
    pub data: Zeroizing<String>,
    /// Whether `inside` and `data` are laid out as in the version before: shells whose program is not
    /// written anew yet.
    pub is_old: bool,
}

/// What the blocks of a script are to do.
#[derive(Debug, Clone)]
pub enum Content {
    /// Nothing: there are to be none.
    Nothing,
    /// Set these values. At activation the script says so if `secrets`, the file that they are from,
    /// is newer than itself.
    Embedded {
        /// The variables.
        variables: Vec<Variable>,
        /// The file, where a script is to look at it.
        secrets: Option<PathBuf>,
        /// Whether the values are to go as well where another venv's own script takes over, which
        /// knows nothing of them.
        guard: bool,
    },
    /// Ask venvars for the values at activation.
    Live(Question),
}

/// How a live script asks venvars for the values: a program with its arguments, to which the script
/// adds the name of its shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// venvars itself; if it is not there any more, the `venvars` on the PATH.
    pub program: PathBuf,
    /// The arguments.
    pub arguments: Vec<String>,
    /// As in [`Content::Embedded`], for the shells whose answer is no script.
    pub guard: bool,
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

/// What a shell's scripts are made of.
struct Program {
    /// See [`Blocks::program`].
    text: &'static str,
    /// See [`Blocks::inside`].
    inside: &'static str,
    /// The data that holds values.
    embedded: fn(&Data<'_>) -> String,
    /// The data that asks for them.
    live: fn(&Question) -> String,
}

/// What the data of a script is made from. There is at least one variable.
#[derive(Default)]
struct Data<'a> {
    /// Those that are set in any case.
    variables: Vec<&'a Variable>,
    /// Those that are set unless they are there already.
    defaults: Vec<&'a Variable>,
    /// The secrets file, where the script is to look at it.
    secrets: Option<&'a str>,
    /// Whether the shell is to watch for another venv's script.
    guard: bool,
}

impl<'a> Data<'a> {
    /// Those of `variables` that `shell` can hold, and those that it cannot.
    fn new(shell: Shell, variables: &'a [Variable]) -> (Self, Vec<LeftOut>) {
        let mut data = Self::default();
        let mut left_out = Vec::new();
        for variable in variables {
            match hold::refusal(shell, variable) {
                Some(reason) => left_out.push(LeftOut { shell, name: variable.name.to_string(), reason }),
                None if variable.overrides => data.variables.push(variable),
                None => data.defaults.push(variable),
            }
        }
        (data, left_out)
    }

    fn is_empty(&self) -> bool {
        self.variables.is_empty() && self.defaults.is_empty()
    }
}

/// Stands in a comment before the names of variables that give way to those that are there.
pub(crate) const UNLESS: &str = "Set unless they are there: ";

/// Stands in data that has the shell watch for another venv's script.
pub(crate) const WATCH: &str = "_venvars_watch";

/// The line that sets `variable`, as `export` writes it, for a block.
fn set(shell: Shell, variable: &Variable) -> String {
    shell.set(variable.name.as_str(), variable.value.reveal()).replace('\n', VALUE_NEWLINE)
}

/// `text` as one word of `shell`, for a block.
fn word(shell: Shell, text: &str) -> String {
    shell.literal(text).replace('\n', VALUE_NEWLINE)
}

/// The names of `variables`, each with a blank behind it.
fn list(variables: &[&Variable]) -> String {
    variables.iter().map(|variable| format!("{} ", variable.name)).collect()
}

/// The program of `shell`, if it is written anew.
fn program(shell: Shell) -> Option<Program> {
    match shell {
        Shell::Posix => Some(posix::PROGRAM),
        Shell::Fish => Some(fish::PROGRAM),
        Shell::PowerShell => Some(powershell::PROGRAM),
        _ => None,
    }
}

/// The blocks of `shell` for `content`, and which variables it cannot hold. With no variable that
/// it can hold there is nothing to write, and all are empty.
///
/// # Errors
/// The template could not be rendered, which only a lack of memory can bring about.
pub fn render(shell: Shell, content: &Content) -> Result<(Blocks, Vec<LeftOut>)> {
    let Some(program) = program(shell) else {
        return old::render(shell, content);
    };
    let (data, left_out) = match content {
        Content::Nothing => (String::new(), Vec::new()),
        Content::Embedded { variables, secrets, guard } => {
            let (mut data, left_out) = Data::new(shell, variables);
            data.secrets = secrets.as_deref().and_then(std::path::Path::to_str);
            data.guard = *guard;
            (if data.is_empty() { String::new() } else { (program.embedded)(&data) }, left_out)
        }
        Content::Live(question) => ((program.live)(question), Vec::new()),
    };
    let data = Zeroizing::new(data);
    Ok((Blocks { program: program.text, inside: program.inside, data, is_old: false }, left_out))
}

/// The answer to a live script's question: the lines that a script with the values in it would hold,
/// for the script to evaluate; for shells that cannot evaluate such a text, a form that they can
/// read. Variables that give way to what `is_there` already are left to the script to decide on, where
/// it can. `guard` is as in [`Content::Embedded`].
///
/// # Errors
/// As for [`render`].
pub fn answer(
    shell: Shell,
    variables: &[Variable],
    guard: bool,
    is_there: impl Fn(&str) -> Option<String>,
) -> Result<(Zeroizing<String>, Vec<LeftOut>)> {
    let Some(program) = program(shell) else {
        return old::answer(shell, variables, guard, is_there);
    };
    let (mut data, left_out) = Data::new(shell, variables);
    data.guard = guard;
    if data.is_empty() {
        return Ok((Zeroizing::default(), left_out));
    }
    let text = Zeroizing::new((program.embedded)(&data));
    Ok((Zeroizing::new(text.replace(VALUE_NEWLINE, "\n")), left_out))
}

/// What `deactivate` is to do first in csh, where it is an alias: our text stands at the beginning
/// of the alias's one line, so it needs no marker lines.
pub(crate) const INLINE_CSH: &str = include_str!("../../../../templates/unset-inline.csh");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::name::reserved;

    #[test]
    fn the_programs_know_the_reserved_names() {
        let (names, beginnings) = reserved();
        for shell in [Shell::Fish, Shell::PowerShell] {
            let text = program(shell).unwrap().text;
            let words: Vec<&str> = text.split([' ', '\'', '\n']).collect();
            for name in &names {
                assert!(words.contains(name), "{shell}: {name}");
            }
            assert!(text.contains(&beginnings.join("|")), "{shell}: {beginnings:?}");
        }
    }
}
