//! `activate.csh`, `deactivate.csh`: csh and tcsh. csh has no functions and reads a script line by line, so
//! the names come first, then the program, then the values.

use super::{Data, Program, Question, list, unless, word};
use crate::engines::shell::Shell::Csh;
use crate::engines::shell::quote::VALUE_NEWLINE;
use crate::words::variable::Variable;

pub(super) const PROGRAM: Program =
    Program { text: include_str!("../../../../templates/deactivate.csh"), inside: "", embedded, live };

const ACTIVATE: &str = include_str!("../../../../templates/activate.csh");

/// bsd-csh holds no word of more bytes.
const WORD: usize = 8185;
/// bsd-csh reads no variable whose name is longer.
const NAME: usize = 30;
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
    value.len() <= PIECE && value.matches('\n').count() <= NEWLINES && variable.name.as_str().len() <= NAME
}

/// Whether bsd-csh cannot hold it at all.
fn is_long(variable: &Variable) -> bool {
    variable.value.reveal().len() > WORD || variable.name.as_str().len() > NAME
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

/// The lines that set `variable`, in pieces of at most `longest` bytes. What stands between a condition and
/// the line that depends on it is `then`.
fn set(variable: &Variable, longest: usize, then: &str) -> String {
    let (name, value) = (variable.name.as_str(), variable.value.reveal());
    let tcsh = if is_long(variable) { format!("if ( $?tcsh ){then}") } else { String::new() };
    let condition = match (is_long(variable), variable.overrides) {
        (_, true) => tcsh.clone(),
        (true, false) => format!("if ( $?tcsh && ! $?{name} ){then}"),
        (false, false) => format!("if ( ! $?{name} ){then}"),
    };
    if value.len() <= longest {
        return format!("{condition}{}\n", Csh.set(name, value).replace('\n', VALUE_NEWLINE));
    }
    let mut text = "set _venvars_text = ''\n".to_owned();
    for piece in pieces(value, longest) {
        text.push_str(&format!("{tcsh}set _venvars_text = $_venvars_text:q{}\n", word(Csh, piece)));
    }
    text + &format!("{condition}setenv {name} $_venvars_text:q\nunset _venvars_text\n")
}

/// The lines that set `variable` in an embedded script: a line of its own for what sets it.
pub(super) fn lines(variable: &Variable) -> String {
    set(variable, PIECE, " \\\n")
}

/// The first line: the names, and how to ask.
fn first(variables: &[&Variable], defaults: &[&Variable], question: &str) -> String {
    format!(
        "set _venvars_names = ( {}); set _venvars_defaults = ( {}); set _venvars_question = ( {question})\n",
        list(variables),
        list(defaults)
    )
}

fn embedded<'a>(data: &Data<'a>) -> String {
    let short = |variables: &[&'a Variable]| -> Vec<&'a Variable> {
        variables.iter().copied().filter(|variable| !is_long(variable)).collect()
    };
    let mut text = first(&short(&data.variables), &short(&data.defaults), "");
    for (variables, of) in [(&data.variables, "names"), (&data.defaults, "defaults")] {
        for variable in variables.iter().filter(|variable| is_long(variable)) {
            text.push_str(&format!(
                "if ( $?tcsh ) set _venvars_{of} = ( $_venvars_{of} {0} )\nif ( ! $?tcsh ) echo 'venvars: {0} is not set: bsd-csh holds no value of more than {WORD} bytes and no name of more than {NAME}' >! /dev/stderr\n",
                variable.name
            ));
        }
    }
    text.push_str(ACTIVATE);
    text.extend(data.variables.iter().map(|variable| lines(variable)));
    text.push_str(&unless("#", data));
    text.extend(data.defaults.iter().map(|variable| lines(variable)));
    if let Some(secrets) = data.secrets {
        text.push_str(&format!(
            "# bsd-csh cannot compare the age of files.\nset _venvars_secrets = {}\nif ( $?tcsh && -e $_venvars_secrets:q ) eval 'if ( -M $_venvars_secrets:q > -M $VIRTUAL_ENV:q/bin/activate.csh ) echo \"venvars: this script is older than secrets.toml; run: venvars apply\" >! /dev/stderr'\nunset _venvars_secrets\n",
            word(Csh, secrets)
        ));
    }
    text
}

fn live(question: &Question) -> String {
    let mut words = question.words(|text| word(Csh, text) + " ");
    words.push(word(Csh, "csh") + " ");
    first(&[], &[], &words.concat()) + ACTIVATE
}

/// A command a line, for `eval`: the names, then the values. A newline of a value is a variable's.
pub(super) fn answer(data: &Data<'_>) -> String {
    let variables = data.variables.iter().chain(&data.defaults);
    let lines: String = variables.map(|variable| set(variable, ANSWER_PIECE, " ")).collect();
    first(&data.variables, &data.defaults, "") + &lines.replace("''\\\0''", "'$_venvars_n:q'")
}
