//! One quoting rule a grammar: the literal that a shell reads as exactly a given text.
//!
//! A line that follows a newline of a value always begins inside the quoting, so it can never look like one of
//! our marker lines.

use std::borrow::Cow;

/// Stands in a block for a newline that belongs to a value, so that line ends can be made those of the script
/// and the value stays as it is. No value holds a NUL of its own.
pub const VALUE_NEWLINE: &str = "\0";

/// After a newline: leave the quotes and enter them again, so that the line begins with `'`.
/// `''` would do in every shell but zsh with `RC_QUOTES`, which reads it as a quote.
const NEWLINE: &str = "\n'\"\"'";

/// `text` between two `quote`, each character as `escape` writes it, or as it is.
fn between(quote: char, text: &str, escape: impl Fn(char) -> Option<Cow<'static, str>>) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push(quote);
    for c in text.chars() {
        match escape(c) {
            Some(escaped) => quoted.push_str(&escaped),
            None => quoted.push(c),
        }
    }
    quoted.push(quote);
    quoted
}

/// sh, bash, zsh, dash, ksh93, mksh, busybox ash, yash: XCU 2.2.2, single quotes.
pub(super) fn posix(text: &str) -> String {
    let escaped = shell_escape::unix::escape(Cow::Borrowed(text));
    // A word of harmless characters comes back bare; zsh expands `=ls`, so quote it as well.
    if escaped == text { format!("'{text}'") } else { escaped.replace('\n', NEWLINE) }
}

/// fish: single quotes, with `'` and `\` outside of them (inside, `\` breaks where the locale is GBK or
/// Shift-JIS).
pub(super) fn fish(text: &str) -> String {
    between('\'', text, |c| match c {
        '\'' => Some("'\\''".into()),
        '\\' => Some("'\\\\'".into()),
        '\n' => Some(NEWLINE.into()),
        _ => None,
    })
}

/// csh and tcsh: single quotes, which leave `!` and newlines to be escaped.
pub(super) fn csh(text: &str) -> String {
    between('\'', text, |c| match c {
        '\'' => Some("'\\''".into()),
        '\\' => Some("'\\\\'".into()),
        '!' => Some("'\\!'".into()),
        '\n' => Some("''\\\n''".into()),
        _ => None,
    })
}

/// `text` between two `quote`, which have a backslash before them inside; in ASCII alone, others as `other` writes
/// their number.
fn ascii(quote: char, text: &str, other: fn(u32) -> String) -> String {
    between(quote, text, |c| match c {
        _ if c == quote || c == '\\' => Some(format!("\\{c}").into()),
        ' '..='~' => None,
        _ => Some(other(u32::from(c)).into()),
    })
}

/// Nushell: double quotes with `\u{…}`.
pub(super) fn nu(text: &str) -> String {
    ascii('"', text, |code| format!("\\u{{{code:x}}}"))
}

/// Python's and xonsh's string literal, ASCII alone.
pub(super) fn python(text: &str) -> String {
    ascii('\'', text, |code| format!("\\U{code:08x}"))
}

/// PowerShell 5.1 and 7: ASCII alone, since 5.1 reads a file without a byte-order mark in the ANSI code page.
pub(super) fn powershell(text: &str) -> String {
    if text.bytes().all(|b| matches!(b, b' '..=b'~')) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let units: Vec<String> = text.encode_utf16().map(|unit| unit.to_string()).collect();
    format!("(-join [char[]]({}))", units.join(","))
}

/// cmd.exe: the text inside `set "NAME=…"`.
pub(super) fn cmd(text: &str) -> String {
    text.replace('%', "%%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_literal_is_quoted_even_an_empty_or_harmless_one() {
        assert_eq!(posix(""), "''");
        assert_eq!(posix("=ls"), "'=ls'");
        assert_eq!(fish(""), "''");
        assert_eq!(csh(""), "''");
        assert_eq!(nu(""), "\"\"");
        assert_eq!(python(""), "''");
        assert_eq!(powershell(""), "''");
    }
}
