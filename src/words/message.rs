//! Other people's words, made fit to be shown.

use std::path::Path;

use zeroize::Zeroizing;

/// Stands for a value that is not shown, whatever its length.
pub const MASK: &str = "••••••••";
/// The most characters of somebody else's message that are worth reading.
const LONGEST: usize = 600;

/// A value this short stands in many a word by chance: it is masked only where it stands alone.
const SHORT: usize = 4;

/// Stands for a character that is not shown.
const UNFIT: char = '\u{fffd}';

/// `text` on one line that no terminal obeys.
#[must_use]
pub fn one_line(text: &str) -> String {
    text.chars().map(|c| if is_unfit(c) { UNFIT } else { c }).collect()
}

/// `text` on one line that no terminal obeys, and in which each such character can be told from every other.
#[must_use]
pub fn spelled_out(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unfit(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// `text`, several lines of it, without what a terminal obeys or hides.
#[must_use]
pub fn legible(text: &str) -> String {
    let mut legible = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let is_layout = matches!(c, '\n' | '\t') || c == '\r' && rest.peek() == Some(&'\n');
        legible.push(if is_unfit(c) && !is_layout { UNFIT } else { c });
    }
    legible
}

/// The public key `key`, of age or ssh, short enough to be told from others: ssh's has its kind in front of it and
/// perhaps a comment behind it.
#[must_use]
pub fn short_key(key: &str) -> String {
    const ENDS: (usize, usize) = (10, 6);
    let short = |word: &str| {
        let length = word.chars().count();
        if length <= 2 * (ENDS.0 + ENDS.1) {
            return word.to_owned();
        }
        let begin: String = word.chars().take(ENDS.0).collect();
        let end: String = word.chars().skip(length - ENDS.1).collect();
        format!("{begin}…{end}")
    };
    key.split_whitespace().map(short).collect::<Vec<_>>().join(" ")
}

/// `count` of what `noun` calls one of them: "1 file", "2 files".
#[must_use]
pub fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Whether `c` is a character that a terminal obeys, that cannot be seen, or that turns the direction of text.
#[must_use]
pub fn is_unfit(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'
                ..='\u{180f}'
        )
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}')
        || matches!(c, '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// `names`, which lead to the first of them again, as many as one can read.
#[must_use]
pub fn round<'n>(names: impl Iterator<Item = &'n str>) -> String {
    const MOST: usize = 10;

    let mut names: Vec<&str> = names.collect();
    let first = names.first().copied();
    if names.len() > MOST {
        names.truncate(MOST);
        names.push("…");
    }
    names.extend(first);
    names.join(" → ")
}

/// `file` as one word of a command to type, and no option of it.
#[must_use]
pub fn shown_path(file: &Path) -> String {
    let text = file.to_string_lossy();
    let text = if text.starts_with('-') { format!("./{text}").into() } else { text };
    shell_escape::escape(text).into_owned()
}

/// `text` as one printable line, in which no value of `known` can be read.
///
/// A value is found whole and line by line. Control characters (a terminal would obey them) and the
/// characters that turn the direction of text become spaces.
#[must_use]
pub fn printable(text: &str, known: &[Zeroizing<String>]) -> String {
    let mut text = Zeroizing::new(clean(text));
    let mut values: Vec<Zeroizing<String>> = known
        .iter()
        .flat_map(|value| std::iter::once(value.as_str()).chain(value.lines()))
        .map(|value| Zeroizing::new(clean(value).trim().to_owned()))
        .filter(|value| !value.is_empty())
        .collect();
    // The longest first: a short one could be a part of it, and leave the rest to be read.
    values.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
    values.dedup();
    for value in values {
        text = Zeroizing::new(masked(&text, &value));
    }
    let mut shown: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = shown.char_indices().nth(LONGEST) {
        shown.truncate(end);
        shown.push('…');
    }
    shown
}

fn clean(text: &str) -> String {
    text.chars().map(|c| if is_unfit(c) { ' ' } else { c }).collect()
}

fn masked(text: &str, value: &str) -> String {
    let part_of_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let short = value.chars().count() < SHORT;
    let mut masked = String::with_capacity(text.len());
    let mut copied = 0;
    for (at, _) in text.match_indices(value) {
        let end = at + value.len();
        let inside = part_of_word(text[..at].chars().next_back()) || part_of_word(text[end..].chars().next());
        if short && inside {
            continue;
        }
        masked.push_str(&text[copied..at]);
        masked.push_str(MASK);
        copied = end;
    }
    masked.push_str(&text[copied..]);
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_can_be_read() {
        assert_eq!(legible("a\tb\r\nc\r\u{1b}]52;c;\u{7}\n"), "a\tb\r\nc\u{fffd}\u{fffd}]52;c;\u{fffd}\n");
        assert_eq!(
            legible("é中🚒 \u{202e}x\u{9b}\u{200b}\u{e0041}"),
            "é中🚒 \u{fffd}x\u{fffd}\u{fffd}\u{fffd}"
        );
        assert_eq!(one_line("a\nb\u{2067}"), "a\u{fffd}b\u{fffd}");
        assert_eq!(spelled_out("é\na\u{2067}\u{1b}"), r"é\na\u{2067}\u{1b}");
    }

    #[test]
    fn a_public_key_is_shown_by_its_ends() {
        let age = "age1u0arqhucc9nkfml6jkgxaua7rlu2urss06kfgftz8yg0zuux95gsf2y4rz";
        assert_eq!(short_key(age), "age1u0arqh…f2y4rz");
        let ssh = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJQ9vGHnWqGqGqGqGqGqGqGqGqGqGqGqGqGqGqHa5o3f me@host";
        assert_eq!(short_key(ssh), "ssh-ed25519 AAAAC3NzaC…Ha5o3f me@host");
    }

    #[track_caller]
    fn case(text: &str, known: &[&str], expected: &str) {
        let known: Vec<_> = known.iter().map(|value| Zeroizing::new((*value).to_owned())).collect();
        assert_eq!(printable(text, &known), expected);
    }

    #[test]
    fn values_are_masked_and_terminals_are_not_obeyed() {
        case("hunter2 is no URL", &["hunter2"], "•••••••• is no URL");
        case("hunter2hunter2", &["hunter2"], "••••••••••••••••");
        case("hunter2-long hunter2", &["hunter2", "hunter2-long"], "•••••••• ••••••••");
        case("\u{1b}[31mred\u{7} \u{202e}txt\n\nmore", &[], "[31mred txt more");
        case("line one\nline two", &["line one\nline two\n"], "••••••••");
        case("bad line: line two", &["line one\nline two\n"], "bad line: ••••••••");
        case("a cat, a", &["a"], "•••••••• cat, ••••••••");
        case("port 80 of 8080", &["80"], "port •••••••• of 8080");
        case("nothing", &["", "\n"], "nothing");
        case(&"x".repeat(700), &[], &format!("{}…", "x".repeat(600)));
    }
}
