//! Values taken out of a text that streams by.

use std::io::{self, Read, Write};
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::engines::search::matcher::Matcher;

/// How many bytes are read at once: what a core's own cache holds beside the tables of the matcher.
const PIECE: usize = 256 * 1024;

/// Replaces every value in a stream, in each of its forms, by `<NAME>`.
///
/// What comes out does not depend on where the stream is cut into pieces. Where values overlap, all of
/// their bytes are replaced, by the name of each in turn. Only those bytes at the end are held back
/// that may be the beginning of a value: fewer than [`Matcher::longest`].
pub struct Masker {
    matcher: Arc<Matcher>,
    /// What is held back, and room for the next piece behind it.
    buffer: Zeroizing<Vec<u8>>,
    /// How many bytes are held back.
    held: usize,
    /// How many of those have been printed already, themselves or as a name.
    printed: usize,
    /// The value whose name stands for the last of them.
    last: Option<usize>,
    /// Memory for a text with names.
    spare: Vec<u8>,
}

/// What is to be printed of the buffer, and what comes after.
struct Step {
    /// The text with the names, if it is not the buffer's own bytes.
    masked: Option<Vec<u8>>,
    /// From where on the buffer is kept.
    open: usize,
    /// How far it has been printed then.
    printed: usize,
    last: Option<usize>,
}

/// Which end of a stream does not go on.
#[derive(Debug)]
pub enum Broken {
    /// The one to read from.
    Source(io::Error),
    /// The one to write to.
    Sink(io::Error),
}

impl Masker {
    /// Looks for the values of `matcher`.
    #[must_use]
    pub fn new(matcher: Arc<Matcher>) -> Self {
        let buffer = Zeroizing::new(vec![0; matcher.longest() + PIECE]);
        Self { matcher, buffer, held: 0, printed: 0, last: None, spare: Vec::new() }
    }

    /// Reads a piece from `source` and prints to `sink` what can be printed. False at the end of
    /// `source`, where everything is printed.
    ///
    /// # Errors
    /// Either of the two fails.
    pub fn pump(&mut self, source: &mut impl Read, sink: &mut impl Write) -> Result<bool, Broken> {
        let room = self.held..self.held + PIECE;
        let count = loop {
            match source.read(&mut self.buffer[room.clone()]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other.map_err(Broken::Source)?,
            }
        };
        let printed = if count == 0 { self.finish(sink) } else { self.advance(count, sink) };
        printed.map_err(Broken::Sink)?;
        Ok(count > 0)
    }

    /// Prints to `sink` what was held back: the stream is at its end.
    ///
    /// # Errors
    /// `sink` cannot be written to.
    pub fn finish(&mut self, sink: &mut impl Write) -> io::Result<()> {
        let step = self.step(self.held, self.held);
        self.print(step, self.held, sink)
    }

    /// Whether anything is held back that is not printed.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.printed < self.held
    }

    /// Prints to `sink` what need not wait although more may come: the name of a value that may be the
    /// beginning of a longer one, and the held back bytes themselves, if no more than `most` of a value are
    /// among them. They stay known: if they were the beginning of a value, the
    /// rest of it is replaced.
    ///
    /// # Errors
    /// `sink` cannot be written to.
    pub fn let_go(&mut self, most: usize, sink: &mut impl Write) -> io::Result<()> {
        if !self.is_waiting() {
            return Ok(());
        }
        for found in self.matcher.find(&self.buffer[..self.held]) {
            if found.start > self.printed {
                break;
            }
            if found.end > self.printed {
                write!(sink, "<{}>", self.matcher.name(found.known))?;
                (self.printed, self.last) = (found.end, Some(found.known));
            }
        }
        if self.is_waiting() && self.matcher.begun(&self.buffer[..self.held]) <= most {
            sink.write_all(&self.buffer[self.printed..self.held])?;
            (self.printed, self.last) = (self.held, None);
        }
        Ok(())
    }

    fn advance(&mut self, count: usize, sink: &mut impl Write) -> io::Result<()> {
        let length = self.held + count;
        let step = self.step(length, self.matcher.open(&self.buffer[..length]));
        self.print(step, length, sink)
    }

    /// What to print of the first `length` bytes, where no value that begins before `open` goes on
    /// after them.
    fn step(&mut self, length: usize, open: usize) -> Step {
        let text = &self.buffer[..length];
        let mut step = Step { masked: None, open, printed: self.printed, last: self.last };
        for found in self.matcher.find(text) {
            if found.start >= open {
                break;
            }
            if found.end <= step.printed {
                continue;
            }
            let masked = step.masked.get_or_insert_with(|| std::mem::take(&mut self.spare));
            if found.start >= step.printed || step.last != Some(found.known) {
                masked.extend_from_slice(&text[step.printed..found.start.max(step.printed)]);
                masked.push(b'<');
                masked.extend_from_slice(self.matcher.name(found.known).as_str().as_bytes());
                masked.push(b'>');
            }
            (step.printed, step.last) = (found.end, Some(found.known));
        }
        if step.printed < open
            && let Some(masked) = &mut step.masked
        {
            masked.extend_from_slice(&text[step.printed..open]);
            step.printed = open;
        }
        step
    }

    fn print(&mut self, step: Step, length: usize, sink: &mut impl Write) -> io::Result<()> {
        let same = &self.buffer[self.printed.min(step.open)..step.open];
        sink.write_all(step.masked.as_deref().unwrap_or(same))?;
        self.buffer.copy_within(step.open..length, 0);
        self.held = length - step.open;
        self.printed = step.printed.saturating_sub(step.open);
        self.last = step.last;
        if let Some(mut masked) = step.masked {
            masked.clear();
            self.spare = masked;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engines::search::{Known, Lines};

    fn matcher(values: &[(String, String)]) -> Arc<Matcher> {
        let known =
            |(name, value): &(String, String)| Known { lines: Lines::Each, ..Known::test(name, value) };
        Arc::new(Matcher::new(&values.iter().map(known).collect::<Vec<_>>()))
    }

    fn pairs(values: &[(&str, &str)]) -> Arc<Matcher> {
        matcher(&values.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect::<Vec<_>>())
    }

    fn masked<'a>(matcher: &Arc<Matcher>, pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
        let mut masker = Masker::new(Arc::clone(matcher));
        let mut out = Vec::new();
        for piece in pieces {
            masker.pump(&mut &*piece, &mut out).unwrap();
        }
        masker.finish(&mut out).unwrap();
        out
    }

    #[track_caller]
    fn case(values: &[(&str, &str)], text: &str, expected: &str) {
        let matcher = pairs(values);
        for size in [1, 2, 3, 7, text.len().max(1)] {
            let out = masked(&matcher, text.as_bytes().chunks(size));
            assert_eq!(String::from_utf8_lossy(&out), expected, "in pieces of {size}");
        }
    }

    #[test]
    fn a_value_becomes_its_name_wherever_it_is_cut() {
        let one = [("A", "secretvalue")];
        case(&one, "see secretvalue.\n", "see <A>.\n");
        case(&one, "secretvaluesecretvalue", "<A><A>");
        case(&one, "secretvalu", "secretvalu");
        case(&one, "secretsecretvalue", "secret<A>");
        case(&one, "", "");
        case(&one, "base64: eHNlY3JldHZhbHVleA==\n", "base64: eH<A>eA==\n");
        case(&one, "%73 7365637265747661 6c7565 7365637265\n7476616c7565", "%73 7365637265747661 6c7565 <A>");
        case(&[("A", "one two\nthree")], "one two\r\nthree\r\n", "<A>\r\n");
    }

    #[test]
    fn where_values_overlap_all_of_them_is_hidden() {
        let nested = [("LONG", "secretvalue-and-more"), ("SHORT", "secretvalue")];
        case(&nested, "secretvalue-and-more secretvalue-and", "<LONG> <SHORT>-and");
        case(&nested, "secretvalue", "<SHORT>");
        case(&[("A", "secretvalue"), ("B", "value-two")], "secretvalue-two!", "<A><B>!");
        case(&[("A", "secretvalue"), ("B", "value-two")], "secretvalue-tw", "<A>-tw");
        case(&[("A", "abababab")], "xababababababx", "x<A>x");
        case(&[("A", "samevalue"), ("B", "samevalue")], "samevalue", "<A>");
    }

    #[test]
    fn a_value_of_what_joins_literals_is_found_alike_in_every_piece() {
        let value = r#""" +a"+a."a.".+.""aa +"#;
        let text = format!(".: {}\": .\"\"\" +\n \"{}", &value[..19], &value[1..]);
        case(&[("A", value)], &text, ".: \"\" +a\"+a.\"a.\".+.\"\"a\": .\"\"\" +\n <A>");
    }

    /// Feeds each piece, and lets go of the rest if `lets_go`; beside it what is printed then.
    #[track_caller]
    fn stream(values: &[(&str, &str)], lets_go: bool, pieces: &[(&str, &str)]) {
        let mut masker = Masker::new(pairs(values));
        for (piece, printed) in pieces {
            let mut out = Vec::new();
            masker.pump(&mut piece.as_bytes(), &mut out).unwrap();
            if lets_go {
                masker.let_go(2, &mut out).unwrap();
            }
            assert_eq!(String::from_utf8_lossy(&out), *printed);
        }
    }

    #[test]
    fn nothing_is_held_back_that_cannot_be_a_value() {
        let pieces = [("Password: ", "Password: "), ("sec", ""), ("ond ", "second "), ("secret", "")];
        stream(&[("A", "secretvalue")], false, &pieces);
        // The end of a line need not wait for a value in broken lines. `7` is the first digit of its
        // hexadecimal form.
        let pieces = [("row 7\r\n", "row 7\r\n"), ("row 1\n", "row 1\n"), ("two three.", "<B>.")];
        stream(&[("A", "secretvalue"), ("B", "1\ntwo three")], true, &pieces);
    }

    #[test]
    fn what_was_let_go_is_the_beginning_of_a_value_all_the_same() {
        let mut masker = Masker::new(pairs(&[("A", "secretvalue")]));
        let mut out = Vec::new();
        for piece in ["s", "e", "c", "r", "etvalue", " s", "o"] {
            masker.pump(&mut piece.as_bytes(), &mut out).unwrap();
            masker.let_go(2, &mut out).unwrap();
            masker.let_go(2, &mut out).unwrap();
        }
        assert_eq!(String::from_utf8_lossy(&out), "se<A> so");
    }

    #[test]
    fn a_whole_value_need_not_wait_for_a_longer_one() {
        let longer = pairs(&[("LONG", "secretvalue-and-more"), ("SHORT", "secretvalue")]);
        for (rest, expected) in [("!", "<SHORT>!"), ("-and-more!", "<SHORT><LONG>!"), ("-and", "<SHORT>-and")]
        {
            let mut masker = Masker::new(Arc::clone(&longer));
            let mut out = Vec::new();
            masker.pump(&mut &b"secretvalue"[..], &mut out).unwrap();
            assert!(out.is_empty());
            masker.let_go(2, &mut out).unwrap();
            assert_eq!(String::from_utf8_lossy(&out), "<SHORT>");
            masker.pump(&mut rest.as_bytes(), &mut out).unwrap();
            masker.finish(&mut out).unwrap();
            assert_eq!(String::from_utf8_lossy(&out), expected);
        }
    }

    #[test]
    fn what_only_ends_a_line_is_shown_at_a_pause() {
        // The last character before each line end begins a value, and the prompt may go on with it.
        let values = [("A", "eQ7RmT2wXk4VbN8s"), ("B", "first line of it 1\nsecond line of it 2")];
        let pieces = [
            ("x = \"e\";\n>>> ", "x = \"e\";\n>>> "),
            ("1\n", "1\n"),
            ("value\n# ", "value\n# "),
            ("e", "e"),
        ];
        stream(&values, true, &pieces);
        // Three characters of it are not.
        stream(&values, true, &[("x = \"eQ7\"\n>>> ", "x = \""), ("RmT2wXk4VbN8s\"", "<A>\"")]);
        stream(&values, true, &[("x = \"e\"\n> ", "x = \"e\"\n> "), ("Q7RmT2wXk4VbN8s", "<A>")]);
    }

    #[test]
    fn each_line_of_a_value_is_masked_by_itself() {
        let value = "{\n  \"type\": \"service_account\",\n  \"a\": 1\n}";
        let matcher = pairs(&[("A", value)]);
        let prefix =
            "2026-11-26T10:00:00.000000+00:00 app[web.1]: a long prefix that a log has before each line ";
        let text: String = value.lines().map(|line| format!("{prefix}{line}\n")).collect();
        let expected = text.replace("\"type\": \"service_account\",", "<A>");
        assert_eq!(String::from_utf8(masked(&matcher, [text.as_bytes()])).unwrap(), expected);
    }

    /// What a search of the whole text at once comes to.
    fn at_once(matcher: &Matcher, text: &[u8]) -> Vec<u8> {
        let mut names: Vec<Option<usize>> = vec![None; text.len()];
        let mut out = Vec::new();
        let mut printed = 0;
        for found in matcher.find(text) {
            if found.start >= printed {
                out.extend_from_slice(&text[printed..found.start]);
            }
            if found.end > printed {
                if found.start >= printed || names[printed - 1] != Some(found.known) {
                    out.extend_from_slice(format!("<{}>", matcher.name(found.known)).as_bytes());
                }
                names[printed.max(found.start)..found.end].fill(Some(found.known));
                printed = found.end;
            }
        }
        out.extend_from_slice(&text[printed..]);
        out
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(600))]

        #[test]
        fn cut_anywhere_it_is_the_same_as_in_one_piece(
            values in prop::collection::vec(
                prop_oneof!["[ab]{8,15}", "[a-z]{8,12}", "[ab]{8}\n[ab]{4,9}", "[a-f+\". ]{16,30}", "[ab1]{16,20}\n[ab2]{16,20}"],
                1..5,
            ),
            parts in prop::collection::vec((any::<usize>(), any::<usize>(), "[ab:. \"+]{0,6}"), 0..20),
            ends in prop::sample::select(&["\n", "\" +\n \"", "\\\n", "\\n", "\n+ ", "\x1b[1m", "\n 12: "][..]),
            cuts in prop::collection::vec(1usize..9, 1..20),
        ) {
            let pairs: Vec<_> =
                values.iter().enumerate().map(|(at, value)| (format!("V{at}"), value.clone())).collect();
            let matcher = matcher(&pairs);
            let mut text = String::new();
            for (which, cut, other) in parts {
                let value = &values[which % values.len()];
                let at = cut % value.len();
                text.push_str(&value[..if cut % 3 == 0 { at } else { value.len() }]);
                // Where a value has several line ends in it, it is a matter of luck whether it is found.
                if cut % 3 == 1 && !value.contains('\n') {
                    text.truncate(text.len() - value.len() + at);
                    text.push_str(ends);
                    text.push_str(&value[at..]);
                }
                text.push_str(&other);
            }
            let (mut pieces, mut rest) = (Vec::new(), text.as_bytes());
            for size in cuts.iter().cycle() {
                if rest.is_empty() {
                    break;
                }
                let (piece, after) = rest.split_at((*size).min(rest.len()));
                pieces.push(piece);
                rest = after;
            }
            let expected = at_once(&matcher, text.as_bytes());
            let out = masked(&matcher, pieces);
            prop_assert_eq!(String::from_utf8_lossy(&out), String::from_utf8_lossy(&expected));
        }
    }
}
