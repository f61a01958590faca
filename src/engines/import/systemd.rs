//! Files for systemd's `EnvironmentFile=`: see systemd.exec(5). What the manual leaves open is as
//! the states of systemd's own reader, `parse_env_file_internal` in `src/basic/env-file.c`, have it.

use zeroize::Zeroizing;

use crate::engines::import::{Found, What};

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
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

pub(super) fn read(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut state = State::BeforeName;
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
            State::BeforeName if matches!(c, '#' | ';') => State::Comment,
            State::BeforeName if is_blank(c) => State::BeforeName,
            State::BeforeName => {
                begun = line;
                name.push(c);
                State::Name
            }
            State::Name if newline => {
                name.clear();
                found.push(Found::nameless(begun, "there is no = on this line"));
                State::BeforeName
            }
            State::Name if c == '=' => {
                kept = 0;
                State::BeforeValue
            }
            State::Name => {
                name.push(c);
                State::Name
            }
            State::BeforeValue | State::Value if newline => {
                if state == State::Value {
                    value.truncate(kept);
                }
                found.push(end(&mut name, &mut value, begun));
                State::BeforeName
            }
            State::BeforeValue if c == '\'' => State::Single,
            State::BeforeValue if c == '"' => State::Double,
            State::BeforeValue | State::Value if c == '\\' => State::ValueEscape,
            State::BeforeValue if is_blank(c) => State::BeforeValue,
            State::BeforeValue | State::Value => {
                value.push(c);
                if !is_blank(c) {
                    kept = value.len();
                }
                State::Value
            }
            State::ValueEscape => {
                // A line that ends in a backslash goes on in the next one.
                if !newline {
                    value.push(c);
                }
                kept = value.len();
                State::Value
            }
            State::Single if c == '\'' => State::BeforeValue,
            State::Double if c == '"' => State::BeforeValue,
            State::Double if c == '\\' => State::DoubleEscape,
            State::Single | State::Double => {
                value.push(c);
                state
            }
            State::DoubleEscape => {
                match c {
                    '"' | '\\' | '`' | '$' => value.push(c),
                    '\n' => {}
                    _ => value.extend(['\\', c]),
                }
                State::Double
            }
            State::Comment if c == '\\' => State::CommentEscape,
            State::Comment | State::CommentEscape if newline => State::BeforeName,
            State::Comment | State::CommentEscape => State::Comment,
        };
        line += usize::from(c == '\n');
    }
    match state {
        State::Value => {
            value.truncate(kept);
            found.push(end(&mut name, &mut value, begun));
        }
        State::BeforeValue | State::ValueEscape | State::Single | State::Double | State::DoubleEscape => {
            found.push(end(&mut name, &mut value, begun));
        }
        State::Name => found.push(Found::nameless(begun, "there is no = on this line")),
        State::BeforeName | State::Comment | State::CommentEscape => {}
    }
    found
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// systemd drops a variable with other control characters than these.
fn binding(name: &str, line: usize, value: Zeroizing<String>) -> Found {
    if value.chars().any(|c| (c < ' ' && c != '\t' && c != '\n') || c == '\u{7f}') {
        return Found::refused(
            name,
            line,
            "systemd takes no control characters but tab and newline in a variable",
        );
    }
    Found::new(name, line, Ok(What::Literal(value)))
}
