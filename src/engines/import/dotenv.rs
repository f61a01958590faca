//! `.env` files, exactly as python-dotenv 1.2 reads them: the grammar of its `parser.py`, character
//! for character, for a file that Python opened as text. No crate reads this grammar: those that
//! there are (dotenvy, dotenvor) follow Ruby's or docker compose's.

use std::borrow::Cow;

use crate::engines::import::interpolate::Binding;
use crate::engines::import::{ImportBinding, interpolate};

pub(super) fn read(text: &str) -> Vec<ImportBinding> {
    // Python hands the lines of a text file over with these line ends alone.
    let text = if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    };
    interpolate::resolve(bindings(&text))
}

fn bindings(text: &str) -> Vec<Binding<'_>> {
    let mut reader = DotenvReader { rest: text, line: 1 };
    let mut bindings = Vec::new();
    loop {
        reader.skip(is_space);
        if reader.rest.is_empty() {
            return bindings;
        }
        let line = reader.line;
        match reader.binding() {
            Some(Some((name, value))) => bindings.push(Binding { name: Some(name), value, line }),
            Some(None) => {}
            None => {
                reader.skip(|c| c != '\n');
                bindings.push(Binding { name: None, value: None, line });
            }
        }
    }
}

/// What `\s` matches in a Python pattern: `str.isspace`, which has four separators more than
/// Unicode's property.
fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

fn is_blank(c: char) -> bool {
    is_space(c) && c != '\n'
}

struct DotenvReader<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> DotenvReader<'a> {
    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.line += taken.bytes().filter(|byte| *byte == b'\n').count();
        self.rest = rest;
        taken
    }

    fn skip(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let length = self.rest.find(|c| !wanted(c)).unwrap_or(self.rest.len());
        self.take(length)
    }

    /// A statement up to the end of its line; `Some(None)` if it is a comment, [`None`] if it is
    /// invalid.
    #[allow(clippy::option_option, reason = "the two ways to have no name differ")]
    fn binding(&mut self) -> Option<Option<(&'a str, Option<Cow<'a, str>>)>> {
        if let Some(rest) = self.rest.strip_prefix("export")
            && rest.starts_with(is_blank)
        {
            self.take("export".len());
            self.skip(is_blank);
        }
        let name = match self.rest.chars().next() {
            Some('#') => None,
            Some('\'') => {
                let length = self.rest[1..].find('\'').filter(|length| *length > 0)?;
                Some(&self.take(length + 2)[1..=length])
            }
            _ => {
                let name = self.skip(|c| c != '=' && c != '#' && !is_space(c));
                (!name.is_empty()).then_some(Some(name))?
            }
        };
        self.skip(is_blank);
        let mut value = None;
        if self.rest.starts_with('=') {
            self.take(1);
            let spaced = !self.skip(is_blank).is_empty();
            // `NAME= # comment` has no value; `NAME=#value` has one.
            let comment = spaced && self.rest.starts_with('#');
            value = Some(if comment { Cow::Borrowed("") } else { self.value()? });
        }
        self.end_of_line()?;
        Some(name.map(|name| (name, value)))
    }

    fn value(&mut self) -> Option<Cow<'a, str>> {
        match self.rest.chars().next() {
            Some(quote @ ('\'' | '"')) => self.quoted(quote),
            _ => {
                let line = self.skip(|c| c != '\n');
                let comment = line
                    .match_indices('#')
                    .map(|(at, _)| at)
                    .find(|at| line[..*at].ends_with(is_space))
                    .unwrap_or(line.len());
                Some(Cow::Borrowed(line[..comment].trim_end_matches(is_space)))
            }
        }
    }

    /// Up to the next quote that no backslash stands before.
    fn quoted(&mut self, quote: char) -> Option<Cow<'a, str>> {
        let mut escaped = false;
        let end = self.rest[1..].find(|c| {
            let is_end = c == quote && !escaped;
            escaped = c == '\\' && !escaped;
            is_end
        })?;
        let quoted = &self.take(end + 2)[1..=end];
        Some(unescape(quoted, quote))
    }

    fn end_of_line(&mut self) -> Option<()> {
        let blank = self.rest.find(|c| !is_blank(c)).unwrap_or(self.rest.len());
        if self.rest[blank..].starts_with('#') {
            self.skip(|c| c != '\n');
        } else {
            self.take(blank);
        }
        match self.rest.chars().next() {
            None => Some(()),
            Some('\n') => {
                self.take(1);
                Some(())
            }
            Some(_) => None,
        }
    }
}

/// The escapes of the quotes; a backslash before any other character stands for itself.
fn unescape(text: &str, quote: char) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let meant = match (c, characters.peek()) {
            ('\\', Some(next @ ('\\' | '\''))) => Some(*next),
            ('\\', Some(next)) if quote == '"' => match next {
                '"' => Some('"'),
                'a' => Some('\u{7}'),
                'b' => Some('\u{8}'),
                'f' => Some('\u{c}'),
                'n' => Some('\n'),
                'r' => Some('\r'),
                't' => Some('\t'),
                'v' => Some('\u{b}'),
                _ => None,
            },
            _ => None,
        };
        if meant.is_some() {
            characters.next();
        }
        plain.push(meant.unwrap_or(c));
    }
    Cow::Owned(plain)
}
