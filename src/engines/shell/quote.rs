//! One quoting rule a grammar.
//!
//! Each type here is an askama escaper: what a template writes with `{{ … }}` comes out as one
//! complete word or literal of the template's shell. A line that follows a newline of a value
//! always begins inside the quoting, so it can never look like one of our marker lines.

use std::borrow::Cow;
use std::fmt::{self, Write};

use askama::filters::Escaper;

/// Stands in a rendered template for a newline that belongs to a value, so that line ends can be
/// made those of the script and the value stays as it is. No value holds a NUL of its own.
pub const VALUE_NEWLINE: &str = "\0";

/// Turns a text into one literal of a shell.
pub trait Quote {
    /// The literal that the shell reads as exactly `text`.
    fn quote(text: &str) -> String;
}

macro_rules! escapers {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default)]
        pub struct $name;

        impl Escaper for $name {
            fn write_escaped_str<W: Write>(&self, mut dest: W, text: &str) -> fmt::Result {
                dest.write_str(&$name::quote(text).replace('\n', VALUE_NEWLINE))
            }
        }
    )*};
}

escapers! {
    /// sh, bash, zsh, dash, ksh93, mksh, busybox ash, yash: XCU 2.2.2, single quotes.
    Posix
    /// fish: single quotes, with `'` and `\` outside of them (inside, `\` breaks where the locale
    /// is GBK or Shift-JIS).
    Fish
    /// PowerShell 5.1 and 7: ASCII alone, since 5.1 reads a file without a byte-order mark in the
    /// ANSI code page.
    PowerShell
    /// csh and tcsh: single quotes, which leave `!` and newlines to be escaped.
    Csh
    /// Nushell: double quotes with `\u{…}`.
    Nu
    /// Python's and xonsh's string literal, ASCII alone.
    Python
    /// cmd.exe: the text inside `set "NAME=…"`.
    Cmd
}

/// After a newline: leave the quotes and enter them again, so that the line begins with `'`.
/// `''` would do in every shell but zsh with `RC_QUOTES`, which reads it as a quote.
const NEWLINE: &str = "\n'\"\"'";

impl Quote for Posix {
    fn quote(text: &str) -> String {
        let escaped = shell_escape::unix::escape(Cow::Borrowed(text));
        // A word of harmless characters comes back bare; zsh expands `=ls`, so quote it as well.
        if escaped == text { format!("'{text}'") } else { escaped.replace('\n', NEWLINE) }
    }
}

impl Quote for Fish {
    fn quote(text: &str) -> String {
        let mut quoted = String::with_capacity(text.len() + 2);
        quoted.push('\'');
        for c in text.chars() {
            match c {
                '\'' => quoted.push_str("'\\''"),
                '\\' => quoted.push_str("'\\\\'"),
                '\n' => quoted.push_str(NEWLINE),
                _ => quoted.push(c),
            }
        }
        quoted.push('\'');
        quoted
    }
}

impl Quote for Csh {
    fn quote(text: &str) -> String {
        let mut quoted = String::with_capacity(text.len() + 2);
        quoted.push('\'');
        for c in text.chars() {
            match c {
                '\'' => quoted.push_str("'\\''"),
                '\\' => quoted.push_str("'\\\\'"),
                '!' => quoted.push_str("'\\!'"),
                '\n' => quoted.push_str("''\\\n''"),
                _ => quoted.push(c),
            }
        }
        quoted.push('\'');
        quoted
    }
}

impl Quote for Nu {
    fn quote(text: &str) -> String {
        let mut quoted = String::with_capacity(text.len() + 2);
        quoted.push('"');
        for c in text.chars() {
            match c {
                '"' => quoted.push_str("\\\""),
                '\\' => quoted.push_str("\\\\"),
                ' '..='~' => quoted.push(c),
                _ => push_hex(&mut quoted, "\\u{", u32::from(c), 1, "}"),
            }
        }
        quoted.push('"');
        quoted
    }
}

impl Quote for Python {
    fn quote(text: &str) -> String {
        let mut quoted = String::with_capacity(text.len() + 2);
        quoted.push('\'');
        for c in text.chars() {
            match c {
                '\'' => quoted.push_str("\\'"),
                '\\' => quoted.push_str("\\\\"),
                ' '..='~' => quoted.push(c),
                _ => push_hex(&mut quoted, "\\U", u32::from(c), 8, ""),
            }
        }
        quoted.push('\'');
        quoted
    }
}

impl Quote for PowerShell {
    fn quote(text: &str) -> String {
        if text.bytes().all(|b| matches!(b, b' '..=b'~')) {
            return format!("'{}'", text.replace('\'', "''"));
        }
        let units: Vec<String> = text.encode_utf16().map(|unit| unit.to_string()).collect();
        format!("(-join [char[]]({}))", units.join(","))
    }
}

impl Quote for Cmd {
    fn quote(text: &str) -> String {
        text.replace('%', "%%")
    }
}

fn push_hex(text: &mut String, before: &str, number: u32, digits: usize, after: &str) {
    // Writing to a String cannot fail.
    let _ = write!(text, "{before}{number:0digits$x}{after}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_literal_is_quoted_even_an_empty_or_harmless_one() {
        assert_eq!(Posix::quote(""), "''");
        assert_eq!(Posix::quote("=ls"), "'=ls'");
        assert_eq!(Fish::quote(""), "''");
        assert_eq!(Csh::quote(""), "''");
        assert_eq!(Nu::quote(""), "\"\"");
        assert_eq!(Python::quote(""), "''");
        assert_eq!(PowerShell::quote(""), "''");
    }
}
