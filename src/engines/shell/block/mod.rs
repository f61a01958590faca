//! From variables to the blocks that go into the scripts.

mod cmd;
mod csh;
mod fish;
mod nu;
mod posix;
mod powershell;
mod python;
mod xonsh;

use std::path::PathBuf;

use zeroize::Zeroizing;

use crate::engines::shell::Shell;
use crate::engines::shell::hold;
use crate::engines::shell::quote::VALUE_NEWLINE;
use crate::words::name::Name;
use crate::words::variable::Variable;

pub use csh::fits_bsd_csh;

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

impl Question {
    /// The program and its arguments, each as `word` writes it.
    fn words(&self, word: impl Fn(&str) -> String) -> Vec<String> {
        let arguments = self.arguments.iter().map(|argument| word(argument));
        std::iter::once(word(&self.program.to_string_lossy())).chain(arguments).collect()
    }
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
        write!(f, "{} is left out for {}: {}", self.name, self.shell.title(), self.reason)
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
        let mut names = 0;
        for variable in variables {
            let refusal = hold::refusal(shell, variable).or_else(|| {
                names += variable.name.as_str().len() + 1;
                hold::list_refusal(shell, names)
            });
            match refusal {
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

/// Whether `data`, that of a script of `shell`, sets `variable` to the value that it has.
#[must_use]
pub fn holds(shell: Shell, data: &str, variable: &Variable) -> bool {
    let lines = match shell {
        Shell::Csh => csh::lines(variable),
        _ => set(shell, variable),
    };
    let lines = lines.replace(VALUE_NEWLINE, "\n");
    // What goes on with a quote or a backslash is the beginning of another value.
    let goes_on = |at: usize| data[at..].starts_with(['\'', '"', '\\']);
    data.match_indices(&*lines).any(|(at, found)| !goes_on(at + found.len()))
}

/// The lines that set what is set in any case, each behind `before`; then, in a line of comment behind `sign`, the
/// names of the variables that give way to those that are there.
fn lines(shell: Shell, before: &str, sign: &str, data: &Data<'_>) -> String {
    let lines = data.variables.iter().map(|variable| format!("{before}{}\n", set(shell, variable)));
    lines.chain([unless(sign, data)]).collect()
}

/// What sets the variables of `data` that give way to those that are there, as `one` writes it around the name and the
/// line that sets the variable.
fn defaults(shell: Shell, data: &Data<'_>, one: impl Fn(&Name, &str) -> String) -> String {
    data.defaults.iter().map(|variable| one(&variable.name, &set(shell, variable))).collect()
}

/// `text` as one word of `shell`, for a block.
fn word(shell: Shell, text: &str) -> String {
    shell.literal(text).replace('\n', VALUE_NEWLINE)
}

/// `before` and the names of `variables`, in a line; empty if there are none.
fn names(before: &str, variables: &[&Variable]) -> String {
    if variables.is_empty() { String::new() } else { format!("{before}{}\n", list(variables).trim_end()) }
}

/// A line of comment behind `sign` that names the variables which give way to those that are there.
fn unless(sign: &str, data: &Data<'_>) -> String {
    names(&format!("{sign} {UNLESS}"), &data.defaults)
}

/// The names of `variables`, each with a blank behind it.
fn list(variables: &[&Variable]) -> String {
    variables.iter().map(|variable| format!("{} ", variable.name)).collect()
}

fn program(shell: Shell) -> Program {
    match shell {
        Shell::Posix => posix::PROGRAM,
        Shell::Fish => fish::PROGRAM,
        Shell::PowerShell => powershell::PROGRAM,
        Shell::Csh => csh::PROGRAM,
        Shell::Nu => nu::PROGRAM,
        Shell::Xonsh => xonsh::PROGRAM,
        Shell::Cmd => cmd::PROGRAM,
        Shell::Python => python::PROGRAM,
    }
}

/// The blocks of `shell` for `content`, and which variables it cannot hold. With no variable that
/// it can hold there is nothing to write, and all are empty.
#[must_use]
pub fn render(shell: Shell, content: &Content) -> (Blocks, Vec<LeftOut>) {
    let program = program(shell);
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
    (Blocks { program: program.text, inside: program.inside, data }, left_out)
}

/// The answer to a live script's question: the lines that a script with the values in it would hold,
/// for the script to evaluate; for shells that cannot evaluate such a text, a form that they can
/// read. Variables that give way to what `is_there` already are left to the script to decide on, where
/// it can. `guard` is as in [`Content::Embedded`].
#[must_use]
pub fn answer(
    shell: Shell,
    variables: &[Variable],
    guard: bool,
    is_there: impl Fn(&str) -> Option<String>,
) -> (Zeroizing<String>, Vec<LeftOut>) {
    let (mut data, left_out) = Data::new(shell, variables);
    data.guard = guard;
    if data.is_empty() {
        return (Zeroizing::default(), left_out);
    }
    if matches!(shell, Shell::Nu | Shell::Xonsh | Shell::Python | Shell::Cmd) {
        // They take no script for an answer: what is there already is left out here.
        let defaults = std::mem::take(&mut data.defaults);
        data.variables
            .extend(defaults.into_iter().filter(|default| is_there(default.name.as_str()).is_none()));
    }
    let text = Zeroizing::new(match shell {
        Shell::Csh => csh::answer(&data),
        Shell::Cmd => cmd::answer(&data),
        Shell::Nu | Shell::Xonsh | Shell::Python => json(data.variables.iter().copied()).to_string(),
        Shell::Posix | Shell::Fish | Shell::PowerShell => (program(shell).embedded)(&data),
    });
    (Zeroizing::new(text.replace(VALUE_NEWLINE, "\n")), left_out)
}

/// The variables as a JSON object.
pub(super) fn json<'a>(variables: impl IntoIterator<Item = &'a Variable>) -> serde_json::Value {
    let member = |variable: &Variable| (variable.name.to_string(), variable.value.reveal().into());
    serde_json::Value::Object(variables.into_iter().map(member).collect())
}

/// What `deactivate` is to do first in csh, where it is an alias: our text stands at the beginning
/// of the alias's one line, so it needs no marker lines.
pub(crate) const INLINE_CSH: &str = include_str!("../../../../templates/deactivate-inline.csh");

/// The same as the version before wrote it.
pub(crate) const OLD_INLINE_CSH: &str = "if ( $?_venvars_undo ) eval \"eval \"\\$\"_venvars_undo:q\"; ";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::name::{reserved, reserved_on_windows};

    #[test]
    fn the_programs_know_the_reserved_names() {
        let (names, beginnings) = reserved();
        for shell in Shell::ALL.into_iter().filter(|shell| *shell != Shell::Python) {
            let content = Content::Embedded {
                variables: Variable::masked("X", true, "x").into_iter().collect(),
                secrets: None,
                guard: false,
            };
            let blocks = render(shell, &content).0;
            let text = format!("{}{}", blocks.program, &*blocks.data);
            let words: Vec<&str> = text.split([' ', '\'', '"', '\n']).collect();
            if shell == Shell::Cmd {
                // It compares names without regard to case, so it has only those that nobody can set in any case.
                let listed = text.split_once("_venvars_refused= ").unwrap().1.split_once(" \"").unwrap().0;
                let names: Vec<&str> = reserved_on_windows().map(|(_, name)| name).collect();
                assert_eq!(listed, names.join(" "));
            } else {
                for name in &names {
                    assert!(words.contains(name), "{shell}: {name}");
                }
            }
            // As each program writes its test: a name alone would stand there anyway.
            let tests: Vec<String> = match shell {
                Shell::Posix => vec![format!("{}*)", beginnings.join("* | "))],
                Shell::Csh => beginnings.iter().map(|beginning| format!(" =~ {beginning}*")).collect(),
                Shell::Cmd => {
                    let upper = beginnings.iter().map(|beginning| beginning.to_ascii_uppercase());
                    upper.map(|beginning| format!("\"==\"{beginning}\" goto :_venvars_refuse")).collect()
                }
                Shell::Fish | Shell::PowerShell | Shell::Nu | Shell::Xonsh | Shell::Python => {
                    vec![beginnings.join("|")]
                }
            };
            for test in tests {
                assert!(text.contains(&test), "{shell}: {test}");
            }
        }
    }
}
