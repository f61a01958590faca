//! The texts that a value becomes where a program, a shell or a page quotes it.

use std::fmt::Write;

use zeroize::Zeroizing;

use crate::engines::search::encode::Bytes;
use crate::engines::shell::Shell;

/// `value` in every usual way between quotes: as a literal of a program, a word of a shell, in a page of
/// HTML. Many come to the same.
pub(super) fn escaped(value: &str) -> impl Iterator<Item = Bytes> {
    literals(value).chain(words(value)).chain(pages(value)).chain(ours(value))
}

/// `value` as our own blocks and exports have it.
fn ours(value: &str) -> impl Iterator<Item = Bytes> {
    /// What stands between these may stand between others, and beside more of the same.
    const OUTER: [(&str, &str); 3] = [("'", "'"), ("\"", "\""), ("(-join [char[]](", "))")];
    Shell::ALL.into_iter().map(|shell| {
        let literal = Zeroizing::new(shell.literal(value));
        let inner = OUTER.iter().find_map(|(open, close)| literal.strip_prefix(open)?.strip_suffix(close));
        Zeroizing::new(inner.unwrap_or(&literal).as_bytes().to_vec())
    })
}

/// What a literal does with a character that is not ASCII.
#[derive(Clone, Copy)]
enum Wide {
    /// Leaves it, as Python's `repr` does.
    Raw,
    /// `\xe9`, `\u20ac` or `\U0001f692`: Python's `ascii`.
    Character,
    /// Each byte of its UTF-8 as `\xc3`: Python's `repr` of bytes.
    Byte,
    /// The same as `\303`: what a shell does that knows no UTF-8, and git.
    Octal,
}

/// `value` in a literal: the Python Language Reference, 2.4.1; JavaScript, C and a shell's `$'…'` are the same
/// for what values hold.
fn literals(value: &str) -> impl Iterator<Item = Bytes> {
    const WIDE: [Wide; 4] = [Wide::Raw, Wide::Character, Wide::Byte, Wide::Octal];
    let wide = if value.is_ascii() { &WIDE[..1] } else { &WIDE };
    let styles = wide.iter().flat_map(|wide| [None, Some('\''), Some('"')].map(|quote| (*wide, quote)));
    styles.map(move |(wide, quote)| text(value, |text, c| literal(text, c, wide, quote)))
}

fn literal(text: &mut String, c: char, wide: Wide, quote: Option<char>) {
    // Writing to a String cannot fail.
    let _ = match c {
        '\\' => write!(text, "\\\\"),
        '\n' => write!(text, "\\n"),
        '\r' => write!(text, "\\r"),
        '\t' => write!(text, "\\t"),
        _ if Some(c) == quote => write!(text, "\\{c}"),
        _ if c.is_ascii_control() => write!(text, "\\x{:02x}", u32::from(c)),
        _ if c.is_ascii() => write!(text, "{c}"),
        _ => match wide {
            Wide::Raw if !is_invisible(c) => write!(text, "{c}"),
            Wide::Raw | Wide::Character => match u32::from(c) {
                code @ ..0x100 => write!(text, "\\x{code:02x}"),
                code @ ..0x1_0000 => write!(text, "\\u{code:04x}"),
                code => write!(text, "\\U{code:08x}"),
            },
            Wide::Byte => each_byte(c, |byte| write!(text, "\\x{byte:02x}")),
            Wide::Octal => each_byte(c, |byte| write!(text, "\\{byte:03o}")),
        },
    };
}

fn each_byte(c: char, write: impl FnMut(u8) -> std::fmt::Result) -> std::fmt::Result {
    c.encode_utf8(&mut [0; 4]).bytes().try_for_each(write)
}

/// Whether Python's `repr` shows no `c` that is not ASCII, as far as texts have it: `str.isprintable`.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || c.is_whitespace()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// `value` in a word of a shell: POSIX XCU, 2.2, and what is different in fish, PowerShell and SQL.
fn words(value: &str) -> impl Iterator<Item = Bytes> {
    /// What bash's `printf %q` puts a backslash before; newer ones do with the comma too.
    const BARE: [&str; 2] = [" \t!\"$&'()*;<>?[\\]^`{|}", " \t!\"$&'()*,;<>?[\\]^`{|}"];
    const SETS: [&str; 3] = ["\\'", "\\\"$`", "\\\"$`!"];
    let doubled = ['\'', '"'].map(|quote| {
        text(value, |text, c| {
            text.extend(std::iter::repeat_n(c, if c == quote { 2 } else { 1 }));
        })
    });
    let closed = ["'\\''", "'\"'\"'"]
        .map(|quote| text(value, |text, c| if c == '\'' { text.push_str(quote) } else { text.push(c) }));
    let marked = SETS.iter().chain(&BARE).map(move |set| {
        text(value, |text, c| {
            text.extend(set.contains(c).then_some('\\'));
            text.push(c);
        })
    });
    doubled.into_iter().chain(closed).chain(marked)
}

/// `value` in a page: with what the usual escapers write for quotes (HTML, 13.1.4; Python's `html.escape`,
/// Django, Jinja, Go).
fn pages(value: &str) -> impl Iterator<Item = Bytes> {
    const QUOTES: [[&str; 2]; 6] = [
        ["'", "\""],
        ["'", "&quot;"],
        ["&#39;", "&quot;"],
        ["&#x27;", "&quot;"],
        ["&#39;", "&#34;"],
        ["&apos;", "&quot;"],
    ];
    QUOTES.into_iter().map(|[one, two]| {
        text(value, |text, c| match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '\'' => text.push_str(one),
            '"' => text.push_str(two),
            _ => text.push(c),
        })
    })
}

/// What `write` makes of the characters of `value`, in memory that never moves: nothing of it is left behind.
fn text(value: &str, mut write: impl FnMut(&mut String, char)) -> Bytes {
    let mut text = Zeroizing::new(String::with_capacity(value.len() * 10));
    value.chars().for_each(|c| write(&mut text, c));
    Zeroizing::new(std::mem::take(&mut *text).into_bytes())
}
