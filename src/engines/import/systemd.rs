//! Files for systemd's `EnvironmentFile=`: see systemd.exec(5). What the manual leaves open is as
//! the states of systemd's own reader, `parse_env_file_internal` in `src/basic/env-file.c`, have it.

use zeroize::Zeroizing;

use crate::engines::import::{ImportBinding, What};
use crate::engines::shell::export::systemd_refusal;

#[derive(Clone, Copy, PartialEq, Eq)]
enum ParserState {
    BeforeName,
    Name,
    /// After the `=`, and after a closing quote.
    BeforeValue,
    Value,
    ValueEscape,
    Single,
    Double,
    DoubleEscape,
    Comment,
    CommentEscape,
}

pub(super) fn read(text: &str) -> Vec<ImportBinding> {
    let mut found = Vec::new();
    let mut state = ParserState::BeforeName;
    let mut name = String::new();
    let mut value = Zeroizing::new(String::new());
    // The length of the value without the blanks that end it.
    let mut kept = 0;
    let (mut line, mut begun) = (1, 1);
    let end = |name: &mut String, value: &mut Zeroizing<String>, line| {
        let name = std::mem::take(name);
        let value = std::mem::take(value);
        binding(name.trim_end_matches(is_blank), line, value)
    };
    for c in text.chars() {
        let newline = matches!(c, '\n' | '\r');
        state = match state {
            ParserState::BeforeName if matches!(c, '#' | ';') => ParserState::Comment,
            ParserState::BeforeName if is_blank(c) => ParserState::BeforeName,
            ParserState::BeforeName => {
                begun = line;
                name.push(c);
                ParserState::Name
            }
            ParserState::Name if newline => {
                name.clear();
                found.push(ImportBinding::nameless(begun, "no = on this line"));
                ParserState::BeforeName
            }
            ParserState::Name if c == '=' => {
                kept = 0;
                ParserState::BeforeValue
            }
            ParserState::Name => {
                name.push(c);
                ParserState::Name
            }
            ParserState::BeforeValue | ParserState::Value if newline => {
                if state == ParserState::Value {
                    value.truncate(kept);
                }
                found.push(end(&mut name, &mut value, begun));
                ParserState::BeforeName
            }
            ParserState::BeforeValue if c == '\'' => ParserState::Single,
            ParserState::BeforeValue if c == '"' => ParserState::Double,
            ParserState::BeforeValue | ParserState::Value if c == '\\' => ParserState::ValueEscape,
            ParserState::BeforeValue if is_blank(c) => ParserState::BeforeValue,
            ParserState::BeforeValue | ParserState::Value => {
                value.push(c);
                if !is_blank(c) {
                    kept = value.len();
                }
                ParserState::Value
            }
            ParserState::ValueEscape => {
                // A line that ends in a backslash goes on in the next one.
                if !newline {
                    value.push(c);
                }
                kept = value.len();
                ParserState::Value
            }
            ParserState::Single if c == '\'' => ParserState::BeforeValue,
            ParserState::Double if c == '"' => ParserState::BeforeValue,
            ParserState::Double if c == '\\' => ParserState::DoubleEscape,
            ParserState::Single | ParserState::Double => {
                value.push(c);
                state
            }
            ParserState::DoubleEscape => {
                match c {
                    '"' | '\\' | '`' | '$' => value.push(c),
                    '\n' => {}
                    _ => value.extend(['\\', c]),
                }
                ParserState::Double
            }
            ParserState::Comment if c == '\\' => ParserState::CommentEscape,
            ParserState::Comment | ParserState::CommentEscape if newline => ParserState::BeforeName,
            ParserState::Comment | ParserState::CommentEscape => ParserState::Comment,
        };
        line += usize::from(c == '\n');
    }
    if state == ParserState::Value {
        value.truncate(kept);
    }
    match state {
        ParserState::BeforeName | ParserState::Comment | ParserState::CommentEscape => {}
        ParserState::Name => found.push(ImportBinding::nameless(begun, "no = on this line")),
        _ => found.push(end(&mut name, &mut value, begun)),
    }
    found
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// systemd drops a variable with other control characters than these.
fn binding(name: &str, line: usize, value: Zeroizing<String>) -> ImportBinding {
    if let Some(reason) = systemd_refusal(&value) {
        return ImportBinding::refused(name, line, reason);
    }
    ImportBinding::new(name, line, Ok(What::Literal(value)))
}
