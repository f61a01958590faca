//! The words of a shell script: POSIX 2.2 (quoting) and 2.3 (tokens), and `$'…'`.
//!
//! shlex and shell-words split lines into words, but take a `$x` for text and do not know `$'…'`,
//! here-documents or which part of a word was quoted; yash-syntax knows it all and is under the GPL.

/// A token and where it stands in the text.
pub(super) struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
}

pub(super) enum Kind {
    Word(Word),
    /// `;`, `&&`, `(` … and a newline.
    Operator(&'static str),
}

/// A word with its quotes taken away.
#[derive(Default)]
pub(super) struct Word {
    pub text: zeroize::Zeroizing<String>,
    /// How many bytes of the text, from its beginning, stood there without quotes.
    pub plain: usize,
    /// Why the text is not all that the shell makes of the word.
    pub problem: Option<&'static str>,
}

impl Word {
    /// The text, if no part of it was quoted: only then can it be a keyword.
    pub fn keyword(&self) -> &str {
        if self.plain == self.text.len() && self.problem.is_none() { &self.text } else { "" }
    }
}

const COMPUTED: &str = "the shell computes the value; write it out, or as a template in secrets.toml";
const TILDE: &str = "the shell puts a home folder for the ~; write it out";
const BRACES: &str = "some shells expand the braces; put the value in quotes";
const ARRAY: &str = "an array is no value that an environment can hold";
const UNCLOSED: &str = "a quote that begins here is not closed";
const NO_UNICODE: &str = "the value is no UTF-8 text";

const OPERATORS: [&str; 21] = [
    "<<-", "<<<", ";;&", "&&", "||", ";;", ";&", "<<", ">>", "<&", ">&", "<>", ">|", "|&", "&>", ";", "&",
    "|", "<", ">", "\n",
];

/// The tokens of `text`, without comments and here-documents.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens: Vec<Token> = Vec::new();
    // The delimiters of here-documents that begin after this line.
    let mut documents: Vec<(String, bool)> = Vec::new();
    let mut document = None;
    while let Some(c) = lexer.peek() {
        let start = lexer.at;
        match c {
            ' ' | '\t' => lexer.at += 1,
            '\r' if lexer.rest().starts_with("\r\n") => lexer.at += 1,
            '#' => lexer.at += lexer.rest().find('\n').unwrap_or(lexer.rest().len()),
            '\\' if lexer.rest().starts_with("\\\n") => lexer.at += 2,
            '(' | ')' => {
                lexer.at += 1;
                let operator = if c == '(' { "(" } else { ")" };
                tokens.push(Token { kind: Kind::Operator(operator), start, end: lexer.at });
            }
            _ => match OPERATORS.into_iter().find(|operator| lexer.rest().starts_with(operator)) {
                Some(operator) => {
                    lexer.at += operator.len();
                    tokens.push(Token { kind: Kind::Operator(operator), start, end: lexer.at });
                    match operator {
                        "<<" | "<<-" => document = Some(operator == "<<-"),
                        "\n" => documents.drain(..).for_each(|(end, tabs)| lexer.document(&end, tabs)),
                        _ => {}
                    }
                }
                None => {
                    let word = lexer.word();
                    if let Some(tabs) = document.take() {
                        documents.push((word.text.to_string(), tabs));
                    }
                    tokens.push(Token { kind: Kind::Word(word), start, end: lexer.at });
                }
            },
        }
    }
    tokens
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn document(&mut self, end: &str, tabs: bool) {
        while self.at < self.text.len() {
            let length = self.rest().find('\n').map_or(self.rest().len(), |at| at + 1);
            let line = self.rest()[..length].trim_end_matches('\n');
            self.at += length;
            if (if tabs { line.trim_start_matches('\t') } else { line }) == end {
                return;
            }
        }
    }

    fn word(&mut self) -> Word {
        let mut word = Word::default();
        let mut plain = true;
        // Whether an unquoted ~ here would be expanded.
        let mut tilde = true;
        while let Some(c) = self.peek() {
            let problem = match c {
                '(' if plain && word.text.ends_with('=') => {
                    self.skip_balanced();
                    Some(ARRAY)
                }
                ' ' | '\t' | '\n' | ';' | '&' | '|' | '<' | '>' | '(' | ')' => break,
                '\r' if self.rest().starts_with("\r\n") => break,
                '\'' => {
                    self.at += 1;
                    plain = false;
                    self.single(&mut word)
                }
                '"' => {
                    self.at += 1;
                    plain = false;
                    self.double(&mut word)
                }
                '\\' => {
                    self.at += 1;
                    match self.next() {
                        Some('\n') => {}
                        Some(c) => {
                            plain = false;
                            word.text.push(c);
                        }
                        None => word.text.push('\\'),
                    }
                    None
                }
                '$' if self.rest().starts_with("$'") => {
                    self.at += 2;
                    plain = false;
                    self.ansi(&mut word)
                }
                '$' if self.rest().starts_with("$\"") => {
                    self.at += 2;
                    plain = false;
                    self.double(&mut word).or(Some(COMPUTED))
                }
                '$' | '`' => {
                    let problem = self.dollar(&mut word);
                    plain &= problem.is_none();
                    problem
                }
                _ => {
                    self.at += c.len_utf8();
                    word.text.push(c);
                    match c {
                        '~' if tilde => Some(TILDE),
                        '{' if word.text.len() > 1 => Some(BRACES),
                        _ => None,
                    }
                }
            };
            word.problem = word.problem.or(problem);
            if plain {
                word.plain = word.text.len();
            }
            tilde = matches!(c, '=' | ':');
        }
        word
    }

    /// After `'`: up to the next one.
    fn single(&mut self, word: &mut Word) -> Option<&'static str> {
        let length = self.rest().find('\'');
        word.text.push_str(&self.rest()[..length.unwrap_or(self.rest().len())]);
        self.at = length.map_or(self.text.len(), |length| self.at + length + 1);
        length.is_none().then_some(UNCLOSED)
    }

    /// After `"`: up to the next one that no backslash stands before.
    fn double(&mut self, word: &mut Word) -> Option<&'static str> {
        let mut problem = None;
        while let Some(c) = self.peek() {
            match c {
                '"' => {
                    self.at += 1;
                    return problem;
                }
                '\\' => {
                    self.at += 1;
                    match self.next() {
                        Some('\n') => {}
                        Some(c @ ('$' | '`' | '"' | '\\')) => word.text.push(c),
                        Some(c) => word.text.extend(['\\', c]),
                        None => {}
                    }
                }
                '$' | '`' => problem = self.dollar(word).or(problem),
                _ => {
                    self.at += c.len_utf8();
                    word.text.push(c);
                }
            }
        }
        Some(UNCLOSED)
    }

    /// At a `$` or a backquote: an expansion is passed over, a lone dollar is text.
    fn dollar(&mut self, word: &mut Word) -> Option<&'static str> {
        if self.rest().starts_with('`') {
            self.skip_balanced();
            return Some(COMPUTED);
        }
        self.at += 1;
        match self.peek() {
            Some('(' | '{' | '[') => {
                self.skip_balanced();
                Some(COMPUTED)
            }
            Some(c) if c == '_' || c.is_ascii_alphanumeric() || "@*#?-$!".contains(c) => {
                self.at += 1;
                if c == '_' || c.is_ascii_alphabetic() {
                    let rest = self.rest();
                    self.at +=
                        rest.find(|c: char| c != '_' && !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
                }
                Some(COMPUTED)
            }
            _ => {
                word.text.push('$');
                None
            }
        }
    }

    /// At an opening bracket or backquote: to behind what closes it.
    fn skip_balanced(&mut self) {
        let mut open: Vec<char> = Vec::new();
        while let Some(c) = self.next() {
            let within = open.last().copied();
            match c {
                '\\' => {
                    self.next();
                }
                _ if within == Some(c) => {
                    open.pop();
                    if open.is_empty() {
                        return;
                    }
                }
                '\'' if within != Some('"') => {
                    self.at += self.rest().find('\'').map_or(self.rest().len(), |at| at + 1);
                }
                '"' | '`' => open.push(c),
                '(' => open.push(')'),
                '{' => open.push('}'),
                '[' if open.is_empty() => open.push(']'),
                _ => {}
            }
        }
    }

    /// After `$'`: the escapes of bash's manual, "ANSI-C Quoting".
    fn ansi(&mut self, word: &mut Word) -> Option<&'static str> {
        let mut bytes = zeroize::Zeroizing::new(Vec::new());
        // bash ends the text at a NUL.
        let mut cut = None;
        let mut problem = Some(UNCLOSED);
        while let Some(c) = self.next() {
            if c == '\'' {
                problem = None;
                break;
            }
            let length = bytes.len();
            if c == '\\' {
                if !self.ansi_escape(&mut bytes) {
                    problem = Some(NO_UNICODE);
                }
                if bytes.get(length) == Some(&0) {
                    cut = cut.or(Some(length));
                }
            } else {
                bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
            if problem == Some(NO_UNICODE) {
                self.at += self.rest().find('\'').map_or(self.rest().len(), |at| at + 1);
                return problem;
            }
        }
        let length = cut.unwrap_or(bytes.len());
        bytes.truncate(length);
        match std::str::from_utf8(&bytes) {
            Ok(text) => word.text.push_str(text),
            Err(_) => return problem.or(Some(NO_UNICODE)),
        }
        problem
    }

    /// Whether what the escape means can be said: its bytes are added to `bytes`.
    fn ansi_escape(&mut self, bytes: &mut Vec<u8>) -> bool {
        let Some(c) = self.next() else {
            bytes.push(b'\\');
            return true;
        };
        let byte = match c {
            'a' => 7,
            'b' => 8,
            'e' | 'E' => 27,
            'f' => 12,
            'n' => b'\n',
            'r' => b'\r',
            't' => b'\t',
            'v' => 11,
            '\\' | '\'' | '"' | '?' => c as u8,
            '0'..='7' => {
                self.at -= 1;
                let digits = self.digits(8, 3);
                (digits & 0xff) as u8
            }
            'x' if self.peek().is_some_and(|c| c.is_ascii_hexdigit()) => (self.digits(16, 2) & 0xff) as u8,
            'u' | 'U' if self.peek().is_some_and(|c| c.is_ascii_hexdigit()) => {
                let code = self.digits(16, if c == 'u' { 4 } else { 8 });
                let Some(c) = char::from_u32(code) else { return false };
                bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                return true;
            }
            // bash and zsh differ here, and in what follows an x without digits.
            'c' | 'x' | 'u' | 'U' | 'M' | 'C' => return false,
            _ => {
                bytes.push(b'\\');
                bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                return true;
            }
        };
        bytes.push(byte);
        true
    }

    fn digits(&mut self, radix: u32, most: usize) -> u32 {
        let mut number: u32 = 0;
        for _ in 0..most {
            let Some(digit) = self.peek().and_then(|c| c.to_digit(radix)) else { break };
            number = number.wrapping_mul(radix).wrapping_add(digit);
            self.at += 1;
        }
        number
    }
}
