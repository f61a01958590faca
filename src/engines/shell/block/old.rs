//! The blocks of the shells whose programs are not written anew yet: templates, in the layout of the version
//! before.

use std::path::Path;

use askama::Template;
use zeroize::Zeroizing;

use super::{Blocks, Content, LeftOut, Question};
use crate::engines::shell::Shell;
use crate::engines::shell::hold;
use crate::words::error::{Error, Result};
use crate::words::variable::Variable;

/// A name and its plain value, as the templates see them.
struct Line<'a> {
    name: &'a str,
    value: &'a str,
    /// The value in pieces that each fit into a word of bsd-csh.
    pieces: Vec<&'a str>,
    /// Whether bsd-csh cannot hold it at all.
    is_long: bool,
}

/// bsd-csh holds no word of more bytes.
const WORD: usize = 8185;
/// Quoted, a piece of this many bytes takes at most four times as many.
const PIECE: usize = 2000;
/// The same in an answer, where a newline takes fifteen.
const ANSWER_PIECE: usize = 500;

/// Whether a line of an answer that sets `variable` is short enough for bsd-csh, which is not so with
/// long values and with those of many lines.
#[must_use]
pub fn fits_bsd_csh(variable: &Variable) -> bool {
    /// A newline leaves the quotes and enters them again.
    const NEWLINES: usize = 8;
    let value = variable.value.reveal();
    value.len() <= PIECE && value.matches('\n').count() <= NEWLINES
}

/// `text` in pieces of at most `longest` bytes.
fn pieces(text: &str, longest: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while rest.len() > longest {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(longest));
        pieces.push(piece);
        rest = after;
    }
    pieces.push(rest);
    pieces
}

/// What the templates of export blocks see.
#[derive(Default)]
struct Export<'a> {
    /// Those that are set in any case.
    variables: Vec<Line<'a>>,
    /// Those that are set unless they are there already.
    defaults: Vec<Line<'a>>,
    /// The secrets file, where the script is to look at it.
    secrets: Option<&'a str>,
    /// Whether the shell is to watch for another venv's script.
    guard: bool,
    /// How to ask, for a live block.
    program: &'a str,
    arguments: &'a [String],
}

impl Export<'_> {
    fn is_empty(&self) -> bool {
        self.variables.is_empty() && self.defaults.is_empty()
    }
}

macro_rules! templates {
    ($($shell:ident: $export:literal, $live:literal;)*) => {
        /// The blocks that hold values.
        mod export {
            use super::{Export, Template};
            $(
                #[derive(Template)]
                #[template(path = $export)]
                pub struct $shell<'a> {
                    pub export: &'a Export<'a>,
                }
            )*
        }

        /// The blocks that ask for them.
        mod live {
            use super::{Export, Template};
            $(
                #[derive(Template)]
                #[template(path = $live)]
                pub struct $shell<'a> {
                    pub export: &'a Export<'a>,
                }
            )*
        }

        fn fill(shell: Shell, is_live: bool, export: &Export<'_>) -> askama::Result<String> {
            match (shell, is_live) {
                $(
                    (Shell::$shell, false) => export::$shell { export }.render(),
                    (Shell::$shell, true) => live::$shell { export }.render(),
                )*
                // These have a program of the new form.
                (Shell::Posix | Shell::Fish | Shell::PowerShell, _) => Ok(String::new()),
            }
        }
    };
}

templates! {
    Csh: "export.csh", "live.csh";
    Nu: "export.nu", "live.nu";
    Xonsh: "export.xsh", "live.xsh";
    Cmd: "export.bat", "live.bat";
    Python: "export.py", "live.py";
}

/// The unset block is the same for all variables: the list of what is set travels in the
/// environment.
fn unset(shell: Shell) -> &'static str {
    match shell {
        Shell::Posix | Shell::Fish | Shell::PowerShell => "",
        Shell::Csh => include_str!("../../../../templates/unset.csh"),
        Shell::Nu => "",
        Shell::Xonsh => include_str!("../../../../templates/unset.xsh"),
        Shell::Cmd => include_str!("../../../../templates/unset.bat"),
        Shell::Python => "",
    }
}

pub(super) fn render(shell: Shell, content: &Content) -> Result<(Blocks, Vec<LeftOut>)> {
    let (export, left_out) = match content {
        Content::Nothing => (String::new(), Vec::new()),
        Content::Embedded { variables, secrets, guard } => {
            embedded(shell, variables, secrets.as_deref(), *guard)?
        }
        Content::Live(question) => (live(shell, question)?, Vec::new()),
    };
    let inside = if export.is_empty() { "" } else { unset(shell) };
    Ok((Blocks { program: "", inside, data: Zeroizing::new(export), is_old: true }, left_out))
}

pub(super) fn answer(
    shell: Shell,
    variables: &[Variable],
    guard: bool,
    is_there: impl Fn(&str) -> Option<String>,
) -> Result<(Zeroizing<String>, Vec<LeftOut>)> {
    let (mut export, left_out) = lines(shell, variables, ANSWER_PIECE);
    if export.is_empty() {
        return Ok((Zeroizing::default(), left_out));
    }
    export.guard = guard;
    let text = match shell {
        Shell::Posix | Shell::Fish | Shell::PowerShell => String::new(),
        Shell::Csh => {
            #[derive(Template)]
            #[template(path = "set.csh")]
            struct Answer<'a> {
                export: &'a Export<'a>,
            }
            let text =
                Zeroizing::new(Answer { export: &export }.render().map_err(|error| failed(shell, &error))?);
            // `eval` knows no comments and a line is a command: live.csh keeps a newline for values.
            let commands = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
            commands.map(|line| line.replace("''\\\0''", "'$_venvars_n:q'") + "\n").collect()
        }
        Shell::Nu | Shell::Xonsh | Shell::Python | Shell::Cmd => {
            let defaults = std::mem::take(&mut export.defaults);
            export.variables.extend(defaults.into_iter().filter(|line| is_there(line.name).is_none()));
            assignments(shell, &export, is_there)?
        }
    };
    Ok((Zeroizing::new(text), left_out))
}

/// JSON, or for cmd.exe a line each, which has the old values too.
fn assignments(
    shell: Shell,
    export: &Export<'_>,
    is_there: impl Fn(&str) -> Option<String>,
) -> Result<String> {
    let list: String = export.variables.iter().map(|line| format!("{} ", line.name)).collect();
    if shell == Shell::Cmd {
        let mut text = String::new();
        for Line { name, value, .. } in &export.variables {
            if let Some(old) = is_there(name) {
                text.push_str(&format!("_VENVARS_OLD_{name}={old}\r\n"));
            }
            text.push_str(&format!("{name}={value}\r\n"));
        }
        return Ok(text + &format!("_VENVARS={list}\r\n"));
    }
    let mut object: serde_json::Map<String, serde_json::Value> =
        export.variables.iter().map(|line| (line.name.to_owned(), line.value.into())).collect();
    if shell != Shell::Xonsh {
        object.insert("_VENVARS".to_owned(), list.into());
    }
    serde_json::to_string(&object).map_err(|error| Error::could_not("write JSON", &error.into()))
}

fn embedded(
    shell: Shell,
    variables: &[Variable],
    secrets: Option<&Path>,
    guard: bool,
) -> Result<(String, Vec<LeftOut>)> {
    let (mut export, left_out) = lines(shell, variables, PIECE);
    if export.is_empty() {
        return Ok((String::new(), left_out));
    }
    export.secrets = secrets.and_then(Path::to_str);
    export.guard = guard;
    Ok((filled(shell, false, &export)?, left_out))
}

/// Those of `variables` that `shell` can hold, and those that it cannot.
fn lines(shell: Shell, variables: &[Variable], piece: usize) -> (Export<'_>, Vec<LeftOut>) {
    let mut export = Export::default();
    let mut left_out = Vec::new();
    for variable in variables {
        if let Some(reason) = hold::refusal(shell, variable) {
            left_out.push(LeftOut { shell, name: variable.name.to_string(), reason });
            continue;
        }
        let value = variable.value.reveal();
        let line = Line {
            name: variable.name.as_str(),
            value,
            pieces: pieces(value, piece),
            is_long: value.len() > WORD,
        };
        if variable.overrides { export.variables.push(line) } else { export.defaults.push(line) }
    }
    (export, left_out)
}

fn live(shell: Shell, question: &Question) -> Result<String> {
    let program = question.program.to_string_lossy();
    let export = Export {
        program: &program,
        arguments: &question.arguments,
        guard: question.guard,
        ..Export::default()
    };
    filled(shell, true, &export)
}

fn filled(shell: Shell, is_live: bool, export: &Export<'_>) -> Result<String> {
    fill(shell, is_live, export).map_err(|error| failed(shell, &error))
}

fn failed(shell: Shell, error: &askama::Error) -> Error {
    Error::internal(format!("could not write the block for {shell}: {error}"))
}
