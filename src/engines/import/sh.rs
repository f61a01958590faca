//! The lines `NAME=literal` and `export NAME=literal` of a shell script. Nothing is run.
//!
//! All other lines are read just well enough to know whether a variable is inside of something, and
//! which variables a line may change. In doubt, a variable is left out by name.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;
use zeroize::Zeroizing;

use super::{Explanation, ImportBinding};
use crate::words::error::LineIndex;

const COMPUTED: &str = "the shell computes the value; write the result, or a template in secrets.toml";
const TILDE: &str = "the shell expands the ~; write the folder";
const BRACES: &str = "some shells expand the braces; put the value in quotes";
const ARRAY: &str = "an array cannot be the value of an environment variable";
const UNCLOSED: &str = "this quote is not closed";
const ADDED: &str = "the shell adds to what was there";
const MORE: &str = "only lines with one NAME=value and nothing else are read";
const NESTED: &str = "it is in a condition, a loop or a function, which may not run";
const AGAIN: &str = "another line of the script may change it";
const NO_VALUE: &str = "no line above sets it";

/// Whether `word` is a command that changes the variables that it names.
fn is_changing(word: &str) -> bool {
    let declares = matches!(word, "export" | "unset" | "readonly" | "declare" | "typeset" | "local" | "let");
    let reads = matches!(word, "read" | "getopts" | "printf" | "mapfile" | "readarray");
    declares || reads || matches!(word, "for" | "select")
}

/// A line, or several that belong together.
pub(super) struct ShLine {
    pub start: usize,
    pub end: usize,
    /// The names that it sets, or unsets, if it does nothing else and does it for sure.
    pub names: Vec<String>,
}

/// What the script `text` sets, or only what it exports; and its lines.
pub(super) fn read(text: &str, is_exported_only: bool) -> (Vec<ImportBinding>, Vec<ShLine>) {
    let mut reader = ShReader { is_exported_only, ..ShReader::default() };
    let places = LineIndex::of(text);
    let mut lines = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let (names, length) = reader.line(&text[start..], places.line(start));
        let end = start + length;
        lines.push(ShLine { start, end, names });
        start = end;
    }
    (reader.found, lines)
}

#[derive(Default)]
struct ShReader {
    is_exported_only: bool,
    found: Vec<ImportBinding>,
    /// The names that have been found.
    known: HashSet<String>,
    /// What closes the blocks that are open, and whether it is that of `deactivate`.
    open: Vec<(&'static str, bool)>,
    /// The line from which on we do not know what we are inside of.
    lost: Option<usize>,
}

impl ShReader {
    /// The line at the beginning of `rest`: the names that it does nothing but set or unset, and its length.
    fn line(&mut self, rest: &str, line: usize) -> (Vec<String>, usize) {
        let assignment = LineStart::at(rest);
        if let Some(LineStart { name, is_exported, value: Ok((value, length)) }) = &assignment
            && self.lost.is_none()
            && self.open.is_empty()
        {
            if *is_exported || !self.is_exported_only {
                self.known.insert((*name).to_owned());
                self.found.push(ImportBinding::literal(*name, line, value.as_str()));
                return (vec![(*name).to_owned()], *length);
            }
            self.change(name, line, AGAIN.into(), false);
            return (Vec::new(), *length);
        }
        let (bare, code, length, is_followed) = bare(rest);
        let is_inside = !self.open.is_empty();
        let is_unset_here =
            self.lost.is_none()
                && self.open.iter().enumerate().all(|(depth, (closer, is_deactivate))| {
                    if depth == 0 { *is_deactivate } else { *closer == "fi" }
                });
        let names = plain_names(&bare);
        if let (Some(("export", names)), false, None) = (&names, is_inside, self.lost) {
            for name in names.iter().filter(|name| !self.known.contains(**name)) {
                self.found.push(ImportBinding::refused(*name, line, NO_VALUE));
            }
            return (names.iter().map(ToString::to_string).collect(), length);
        }
        let reason: Explanation = match (self.lost, &assignment) {
            (Some(lost), _) => format!("line {lost} above it is more than is followed here").into(),
            (None, _) if is_inside => NESTED.into(),
            (None, Some(LineStart { value: Err(reason), .. })) => (*reason).into(),
            (None, _) => MORE.into(),
        };
        if !self.open.iter().any(|(_, is_deactivate)| *is_deactivate) {
            self.changes(&rest[..code], &bare, line, assignment.map(|one| one.name), &reason);
        }
        if !is_followed || !self.nest(&bare) {
            self.lost = self.lost.or(Some(line));
        }
        match names {
            Some(("unset", names)) if is_unset_here => {
                (names.iter().map(ToString::to_string).collect(), length)
            }
            _ => (Vec::new(), length),
        }
    }

    /// Leaves out what `text` may change; `named` is what it sets at its beginning.
    fn changes(&mut self, text: &str, bare: &str, line: usize, named: Option<&str>, reason: &Explanation) {
        let text = text.replace("\\\n", "");
        let names = names(&text);
        let changes = text.contains("((") || names.iter().any(|(_, name)| is_changing(name));
        let is_exported = names.iter().any(|(_, name)| *name == "export") || !self.is_exported_only;
        // What `export` names, with or without a value: nothing in quotes or in a command of its own.
        let arguments = bare.trim_start().strip_prefix("export").unwrap_or_default();
        let arguments = arguments.split([';', '&', '|', '(', '`']).next().unwrap_or_default();
        let listed: Vec<&str> =
            arguments.split_whitespace().filter_map(|word| word.split('=').next()).collect();
        for (at, name) in names.into_iter().filter(|(_, name)| !is_changing(name)) {
            let (before, after) = (&text[..at], &text[at + name.len()..]);
            let is_used = before.ends_with('$') || before.ends_with("${");
            let is_set = after.starts_with(['=', '[']) || after.starts_with("+=") || after.starts_with(":=");
            if (is_set && !before.ends_with('$')) || (changes && !is_used) {
                let is_word = before.is_empty() || before.ends_with([' ', '\t', '\n', ';', '&', '|', '(']);
                let is_new = is_word && (listed.contains(&name) || (is_set && !is_used && is_exported));
                let reason = if named == Some(name) || is_new { reason.clone() } else { AGAIN.into() };
                self.change(name, line, reason, is_new);
            }
        }
    }

    /// Leaves out `name`, if it was found or `is_new`.
    fn change(&mut self, name: &str, line: usize, reason: Explanation, is_new: bool) {
        if is_new || self.known.contains(name) {
            self.found.push(ImportBinding::refused(name, line, reason));
        }
    }

    /// Keeps track of what we are inside of; false if that is not clear any more.
    fn nest(&mut self, bare: &str) -> bool {
        let is_deactivate = bare.trim_start().starts_with("deactivate");
        let spaced: String = bare
            .chars()
            .flat_map(|c| if ";&|()".contains(c) { [' ', c, ' '] } else { ['\0', c, '\0'] })
            .filter(|c| *c != '\0')
            .collect();
        let mut is_first = true;
        for word in spaced.split_whitespace() {
            match word {
                "if" if is_first => self.open.push(("fi", false)),
                "case" if is_first => self.open.push(("esac", false)),
                "while" | "until" | "for" | "select" if is_first => self.open.push(("done", false)),
                "{" => self.open.push(("}", is_deactivate)),
                // What closes another block than the last shows that this is not the script as the shell sees it.
                "fi" | "esac" | "done" | "}"
                    if is_first && self.open.pop().is_none_or(|(closer, _)| closer != word) =>
                {
                    return false;
                }
                _ => {}
            }
            let opens = ["if", "then", "elif", "else", "while", "until", "do", "{", "!", "time"];
            let separates = [";", "&", "|", "(", ")"];
            is_first = separates.contains(&word) || (is_first && opens.contains(&word));
        }
        true
    }
}

/// What [`LineStart`] is read by.
static START: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"^[ \t]*(export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)(\+?=)";
    // A literal, which the tests compile.
    Regex::new(pattern).expect("a valid pattern")
});

/// `NAME=` or `export NAME=` at the beginning of a line.
struct LineStart<'a> {
    name: &'a str,
    is_exported: bool,
    /// The value and the length of the line, or why they are not known.
    value: Result<(Zeroizing<String>, usize), &'static str>,
}

impl<'a> LineStart<'a> {
    fn at(line: &'a str) -> Option<Self> {
        let blanks: &[char] = &[' ', '\t'];
        let found = START.captures(line)?;
        let (is_exported, name) = (found.get(1).is_some(), found.get(2)?.as_str());
        if &found[3] == "+=" {
            return Some(Self { name, is_exported, value: Err(ADDED) });
        }
        let rest = &line[found.get_match().end()..];
        let value = literal(rest).and_then(|(value, length)| {
            let behind = &rest[length..];
            let end = behind.trim_start_matches(blanks);
            let is_comment = end.starts_with('#') && end.len() < behind.len();
            if !(end.is_empty() || end.starts_with('\n') || end.starts_with("\r\n") || is_comment) {
                return Err(MORE);
            }
            let end = end.find('\n').map_or("", |at| &end[at + 1..]);
            Ok((value, line.len() - end.len()))
        });
        Some(Self { name, is_exported, value })
    }
}

/// The word at the beginning of `rest` without its quotes (POSIX 2.2), and its length.
fn literal(rest: &str) -> Result<(Zeroizing<String>, usize), &'static str> {
    let mut text = Zeroizing::new(String::new());
    let mut characters = rest.char_indices().peekable();
    let mut is_quoted = false;
    // Whether a ~ here would be expanded.
    let mut is_home = true;
    while let Some((at, c)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        match c {
            '"' => is_quoted = !is_quoted,
            '\\' => match next {
                Some('\n') => drop(characters.next()),
                Some(c) if !is_quoted || matches!(c, '$' | '`' | '"' | '\\') => {
                    text.push(c);
                    characters.next();
                }
                _ => text.push('\\'),
            },
            '`' => return Err(COMPUTED),
            '$' if next.is_some_and(|next| {
                is_of_name(next) || "{([@*#?-$!".contains(next) || (!is_quoted && "'\"".contains(next))
            }) =>
            {
                return Err(COMPUTED);
            }
            _ if is_quoted => text.push(c),
            '\'' => loop {
                match characters.next() {
                    Some((_, '\'')) => break,
                    Some((_, c)) => text.push(c),
                    None => return Err(UNCLOSED),
                }
            },
            '(' if at == 0 => return Err(ARRAY),
            '~' if is_home => return Err(TILDE),
            '{' => return Err(BRACES),
            ' ' | '\t' | '\n' | ';' | '&' | '|' | '<' | '>' | '(' | ')' => return Ok((text, at)),
            '\r' if next == Some('\n') => return Ok((text, at)),
            _ => text.push(c),
        }
        is_home = !is_quoted && matches!(c, '=' | ':');
    }
    if is_quoted { Err(UNCLOSED) } else { Ok((text, rest.len())) }
}

/// The line at the beginning of `rest`, and those that it goes on in, with `"` for each quoted character and
/// without a comment; where its comment begins, its length, and whether the next line begins outside of all quotes and brackets.
fn bare(rest: &str) -> (String, usize, usize, bool) {
    let mut bare = String::new();
    let mut quote = None;
    let (mut parentheses, mut braces, mut ticks) = (0_usize, 0_usize, 0_usize);
    let mut characters = rest.char_indices().peekable();
    let mut length = rest.len();
    let mut comment = None;
    while let Some((at, c)) = characters.next() {
        match c {
            '\n' if quote.is_none() && goes_on(bare.trim_end()) => {
                bare.push(' ');
                comment = None;
            }
            '\n' => {
                length = at + 1;
                break;
            }
            '\'' | '"' if quote == Some(c) => quote = None,
            _ if quote == Some('\'') => bare.push('"'),
            '\\' => match characters.next() {
                Some((_, '\n')) => {}
                _ => bare.push('"'),
            },
            '\'' | '"' if quote.is_none() => {
                quote = Some(c);
                bare.push('"');
            }
            '#' if bare.is_empty() || bare.ends_with([' ', '\t', ';', '&', '|', '(', ')']) => {
                comment = Some(at);
                while characters.next_if(|(_, c)| *c != '\n').is_some() {}
            }
            _ => {
                match c {
                    '(' => parentheses += 1,
                    ')' => parentheses = parentheses.saturating_sub(1),
                    '{' if rest[..at].ends_with('$') => braces += 1,
                    '}' => braces = braces.saturating_sub(1),
                    '`' => ticks += 1,
                    _ => {}
                }
                bare.push(if quote.is_some() { '"' } else { c });
            }
        }
    }
    let is_closed = quote.is_none() && parentheses == 0 && braces == 0 && ticks.is_multiple_of(2);
    let is_followed = is_closed && !bare.contains("<<");
    (bare, comment.unwrap_or(length), length, is_followed)
}

/// Whether a command goes on in the next line.
fn goes_on(bare: &str) -> bool {
    let is_function = bare.strip_suffix(')').is_some_and(|before| before.trim_end().ends_with('('));
    is_function || ["&&", "||", "|", "|&"].iter().any(|end| bare.ends_with(end))
}

/// `export` or `unset`, if the line is that and names.
fn plain_names(bare: &str) -> Option<(&str, Vec<&str>)> {
    let mut words = bare.split_whitespace();
    let command = words.next().filter(|word| matches!(*word, "export" | "unset"))?;
    let names: Vec<&str> = words.filter(|word| (command, *word) != ("unset", "-v")).collect();
    let are_names = !names.is_empty() && names.iter().all(|name| name.chars().all(is_of_name));
    are_names.then_some((command, names))
}

/// Whatever in `text` may be a name, and where it begins.
fn names(text: &str) -> Vec<(usize, &str)> {
    text.split(|c| !is_of_name(c))
        .filter(|name| !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit()))
        .map(|name| (name.as_ptr() as usize - text.as_ptr() as usize, name))
        .collect()
}

fn is_of_name(c: char) -> bool {
    c == '_' || c.is_ascii_alphanumeric()
}
