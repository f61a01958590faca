//! Other people's words, made fit to be shown.

use zeroize::Zeroizing;

/// Stands for a value that is not shown, whatever its length.
pub const MASK: &str = "••••••••";
/// The most characters of somebody else's message that are worth reading.
const LONGEST: usize = 600;

/// A value this short stands in many a word by chance: it is masked only where it stands alone.
const SHORT: usize = 4;

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
    let unfit = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    text.chars().map(|c| if unfit(c) { ' ' } else { c }).collect()
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
