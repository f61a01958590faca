//! The variables that a shell script exports, as far as its text alone says. Nothing is run: what
//! the shell would compute, and what stands where it may not be reached, is left out.

mod lex;

use std::collections::{HashMap, HashSet};

use zeroize::Zeroizing;

use self::lex::{Kind, Token, Word};
use crate::engines::import::{Found, Lines, Reason, What};

const NESTED: &str = "it stands in a condition, a loop or a subshell, which may not run";
const FUNCTION: &str = "it stands in a function, which may not run";

pub(super) fn read(text: &str) -> Vec<Found> {
    script(text).found
}

/// A script as it was understood.
pub(super) struct Script {
    pub found: Vec<Found>,
    /// Everything in it but comments, in order.
    pub commands: Vec<Command>,
}

/// A simple command, or a piece of a larger one, as it can be taken out.
pub(super) struct Command {
    pub start: usize,
    pub end: usize,
    pub effect: Effect,
}

/// What a command does.
pub(super) enum Effect {
    /// It sets or exports variables, and nothing else, whatever happened before.
    Sets(Vec<String>),
    /// It unsets variables, and nothing else, at the top level or in `deactivate`.
    Unsets(Vec<String>),
    /// Something else.
    Other,
}

/// What we are inside of.
#[derive(PartialEq, Eq)]
enum Nest {
    Block,
    Case,
    Paren,
    Function(String),
}

struct Reader {
    lines: Lines,
    nests: Vec<Nest>,
    values: HashMap<String, Result<Zeroizing<String>, Reason>>,
    exported: HashSet<String>,
    /// `set -a`.
    export_all: bool,
    script: Script,
}

/// Reads all of `text`.
pub(super) fn script(text: &str) -> Script {
    let tokens = lex::tokens(text);
    let mut reader = Reader {
        lines: Lines::of(text),
        nests: Vec::new(),
        values: HashMap::new(),
        exported: HashSet::new(),
        export_all: false,
        script: Script { found: Vec::new(), commands: Vec::new() },
    };
    let mut rest = tokens.as_slice();
    let mut before = "\n";
    let mut function: Option<String> = None;
    while let Some(token) = rest.first() {
        if let Kind::Operator(operator) = token.kind {
            rest = &rest[1..];
            match operator {
                "(" => {
                    // `name ()` begins a function.
                    let name = reader.last_word(text, token.start);
                    if let (Some(name), Some(Token { kind: Kind::Operator(")"), .. })) = (name, rest.first())
                    {
                        function = Some(name);
                        rest = &rest[1..];
                    } else {
                        reader.nests.push(function.take().map_or(Nest::Paren, Nest::Function));
                    }
                    reader.other(token.start, token.end);
                    before = "\n";
                    continue;
                }
                ")" => {
                    if matches!(reader.nests.last(), Some(Nest::Paren | Nest::Function(_))) {
                        reader.nests.pop();
                    }
                    reader.other(token.start, token.end);
                }
                "\n" => {
                    // A list goes on after `&&` at the end of a line.
                    if matches!(before, "&&" | "||" | "|" | "|&") {
                        continue;
                    }
                }
                _ => {}
            }
            before = operator;
            continue;
        }
        // A redirection is a part of its command.
        let mut length = 0;
        let mut redirected = false;
        for token in rest {
            match token.kind {
                Kind::Word(_) => {}
                Kind::Operator(operator) if operator.contains(['<', '>']) => redirected = true,
                Kind::Operator(_) => break,
            }
            length += 1;
        }
        let (command, after) = rest.split_at(length);
        let following = match after.first().map(|token| &token.kind) {
            Some(Kind::Operator(operator)) => operator,
            _ => "\n",
        };
        let first = command.first().and_then(word).map(Word::keyword).unwrap_or_default();
        let skipped = reader.keyword(first, command, &mut function);
        let sure = !redirected
            && matches!(before, "\n" | ";" | "(" | ")" | ";;")
            && matches!(following, "\n" | ";" | ")" | ";;");
        if skipped > 0 {
            reader.other(command[0].start, command[skipped - 1].end);
            rest = &rest[skipped..];
            // `then export A=1`: what follows is a command of its own.
            before = "\n";
            continue;
        }
        reader.command(command, sure);
        rest = after;
        before = ";";
    }
    reader.script
}

fn word(token: &Token) -> Option<&Word> {
    match &token.kind {
        Kind::Word(word) => Some(word),
        Kind::Operator(_) => None,
    }
}

/// `NAME=value` or `NAME+=value`: the name, whether it is added to, and the value.
fn assignment(word: &Word) -> Option<(&str, bool, Result<Zeroizing<String>, Reason>)> {
    let at = word.text.find('=').filter(|at| *at < word.plain)?;
    let (name, value) = (&word.text[..at], &word.text[at + 1..]);
    let (name, added) = name.strip_suffix('+').map_or((name, false), |name| (name, true));
    let named = !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric());
    let value = match word.problem {
        Some(problem) => Err(problem.into()),
        None if added => Err("the shell adds to what was there".into()),
        None => Ok(Zeroizing::new(value.to_owned())),
    };
    named.then_some((name, added, value))
}

impl Reader {
    fn other(&mut self, start: usize, end: usize) {
        self.script.commands.push(Command { start, end, effect: Effect::Other });
    }

    /// The one word of the command that ends before the byte `end`, on its line.
    fn last_word(&self, text: &str, end: usize) -> Option<String> {
        let last = self.script.commands.last()?;
        let between = text.get(last.end..end)?;
        let name = text.get(last.start..last.end)?;
        let one =
            between.bytes().all(|byte| matches!(byte, b' ' | b'\t')) && !name.contains([' ', '\n', '=', '(']);
        one.then(|| name.to_owned())
    }

    /// Keeps track of what we are inside of; says how many words that took.
    fn keyword(&mut self, first: &str, command: &[Token], function: &mut Option<String>) -> usize {
        match first {
            "if" | "while" | "until" => self.nests.push(Nest::Block),
            "do" | "then" | "else" | "elif" | "!" => {}
            "for" | "select" => {
                self.nests.push(Nest::Block);
                // Its words are no commands; the `do` of its body is a command of its own.
                return command.len();
            }
            "case" => {
                self.nests.push(Nest::Case);
                return command.len();
            }
            "{" => self.nests.push(function.take().map_or(Nest::Block, Nest::Function)),
            "}" | "fi" | "done" | "esac" => {
                self.nests.pop();
            }
            "function" => {
                if let Some(name) = command.get(1).and_then(word) {
                    *function = Some(name.text.to_string());
                    return 2;
                }
            }
            _ => return 0,
        }
        1
    }

    fn command(&mut self, command: &[Token], sure: bool) {
        let (Some(begin), Some(end)) = (command.first(), command.last()) else { return };
        let line = self.lines.line(begin.start);
        let words: Vec<&Word> = command.iter().filter_map(word).collect();
        let assignments = words.iter().take_while(|word| assignment(word).is_some()).count();
        let (assigned, called) = words.split_at(assignments);
        let arguments = called.get(1..).unwrap_or_default();
        let mut names = Vec::new();
        let effect = match called.first().map(|word| word.keyword()) {
            None => {
                for word in assigned {
                    self.assign(word, line, sure, self.export_all, &mut names);
                }
                Effect::Sets(names)
            }
            Some("export") => self.export(arguments, line, sure),
            // `export -p` of bash and zsh prints these.
            Some("declare" | "typeset")
                if arguments
                    .first()
                    .is_some_and(|word| word.text.starts_with('-') && word.text.contains('x')) =>
            {
                self.export(&arguments[1..], line, sure)
            }
            Some("unset") => self.unset(arguments, line, sure),
            Some("set") => {
                for word in arguments {
                    match word.text.as_str() {
                        "-a" => self.export_all = true,
                        "+a" => self.export_all = false,
                        _ => {}
                    }
                }
                Effect::Other
            }
            Some(_) => Effect::Other,
        };
        let effect = match effect {
            Effect::Sets(names) if sure && self.nests.is_empty() => Effect::Sets(names),
            Effect::Unsets(names) if sure && self.may_unset() => Effect::Unsets(names),
            _ => Effect::Other,
        };
        self.script.commands.push(Command { start: begin.start, end: end.end, effect });
    }

    fn may_unset(&self) -> bool {
        match self.nests.as_slice() {
            [] => true,
            // virvar writes into a condition of it.
            [Nest::Function(name), inner @ ..] => {
                name == "deactivate" && inner.iter().all(|nest| *nest == Nest::Block)
            }
            _ => false,
        }
    }

    fn in_function(&self) -> bool {
        self.nests.iter().any(|nest| matches!(nest, Nest::Function(_)))
    }

    fn assign(&mut self, word: &Word, line: usize, sure: bool, export: bool, names: &mut Vec<String>) {
        let Some((name, _, value)) = assignment(word) else { return };
        names.push(name.to_owned());
        if self.in_function() {
            if export {
                self.script.found.push(Found::refused(name, line, FUNCTION));
            }
            return;
        }
        let value = if sure && self.nests.is_empty() { value } else { Err(NESTED.into()) };
        self.values.insert(name.to_owned(), value);
        if export {
            self.exported.insert(name.to_owned());
        }
        if self.exported.contains(name) {
            self.publish(name, line);
        }
    }

    /// Notes what an exported variable is from here on.
    fn publish(&mut self, name: &str, line: usize) {
        let value = match self.values.get(name) {
            Some(Ok(value)) => Ok(What::Literal(value.clone())),
            Some(Err(reason)) => Err(reason.clone()),
            None => Err("no line above gives it a value".into()),
        };
        self.script.found.push(Found::new(name, line, value));
    }

    fn export(&mut self, arguments: &[&Word], line: usize, sure: bool) -> Effect {
        let mut names = Vec::new();
        let mut options = true;
        for argument in arguments {
            let text = argument.keyword();
            if options && text.starts_with('-') && text.len() > 1 {
                if text.contains(['n', 'f']) {
                    return Effect::Other;
                }
                options = text != "--";
                continue;
            }
            options = false;
            if assignment(argument).is_some() {
                self.assign(argument, line, sure, true, &mut names);
            } else if argument.problem.is_some() || text.contains('=') || text.is_empty() {
                self.script.found.push(Found::nameless(line, "the shell computes what is exported here"));
                return Effect::Other;
            } else if self.in_function() {
                self.script.found.push(Found::refused(text, line, FUNCTION));
            } else {
                names.push(text.to_owned());
                self.exported.insert(text.to_owned());
                self.publish(text, line);
            }
        }
        Effect::Sets(names)
    }

    fn unset(&mut self, arguments: &[&Word], line: usize, sure: bool) -> Effect {
        let mut names = Vec::new();
        for argument in arguments {
            let name = argument.keyword();
            if name == "-v" && names.is_empty() {
                continue;
            }
            if name.is_empty() || name.starts_with('-') {
                return Effect::Other;
            }
            names.push(name.to_owned());
        }
        if self.in_function() {
            return Effect::Unsets(names);
        }
        for name in &names {
            let reason: Reason =
                if sure && self.nests.is_empty() { "it is unset again".into() } else { NESTED.into() };
            if self.exported.contains(name) {
                self.script.found.push(Found::refused(name.as_str(), line, reason.clone()));
            }
            self.values.insert(name.clone(), Err(reason));
            if self.nests.is_empty() {
                self.exported.remove(name);
            }
        }
        Effect::Unsets(names)
    }
}
