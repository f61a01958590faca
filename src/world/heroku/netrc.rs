//! Reading a netrc file, as ftp(1) has described it since 4.2BSD and curl, Python's `netrc` and
//! Heroku's CLI read it.
//!
//! The crates for it (netrc, netrc-rs, rust-netrc, netrc-util) have had no release for years, and
//! keep the passwords of all machines in plain strings; we need one password and the rest of the
//! file not at all.

use zeroize::Zeroizing;

/// The password of the first entry for `machine` in `text`. The `default` entry is nobody's token,
/// and is not used: Heroku's CLI does not use it either.
#[must_use]
pub fn password(text: &str, machine: &str) -> Option<Zeroizing<String>> {
    let mut words = Words { rest: text };
    let mut ours = false;
    while let Some(keyword) = words.keyword() {
        match keyword.as_str() {
            // The first entry counts; one without a password has none.
            "machine" if ours => return None,
            "machine" => ours = words.value()?.as_str() == machine,
            "default" => ours = false,
            // A macro ends with an empty line.
            "macdef" => words.skip_macro(),
            "password" => {
                let password = words.value()?;
                if ours {
                    return Some(password);
                }
            }
            "login" | "user" | "account" => {
                words.value()?;
            }
            _ => {}
        }
    }
    None
}

/// The words of a netrc file, from the first that has not been read.
struct Words<'a> {
    rest: &'a str,
}

impl Words<'_> {
    /// The next word where a keyword is expected: there, `#` begins a comment to the end of the
    /// line.
    fn keyword(&mut self) -> Option<Zeroizing<String>> {
        loop {
            self.rest = self.rest.trim_start();
            if !self.rest.starts_with('#') {
                return self.value();
            }
            self.rest = self.rest.find('\n').map_or("", |end| &self.rest[end..]);
        }
    }

    /// The next word: in double quotes, where a backslash stands before what is meant as itself, or
    /// up to the next space.
    fn value(&mut self) -> Option<Zeroizing<String>> {
        self.rest = self.rest.trim_start();
        let mut word = Zeroizing::new(String::new());
        if let Some(quoted) = self.rest.strip_prefix('"') {
            let mut characters = quoted.char_indices();
            while let Some((at, character)) = characters.next() {
                match character {
                    '"' => {
                        self.rest = &quoted[at + 1..];
                        return Some(word);
                    }
                    '\\' => word.extend(characters.next().map(|(_, escaped)| escaped)),
                    _ => word.push(character),
                }
            }
            self.rest = "";
            return None;
        }
        let end = self.rest.find(char::is_whitespace).unwrap_or(self.rest.len());
        word.push_str(&self.rest[..end]);
        self.rest = &self.rest[end..];
        (!word.is_empty()).then_some(word)
    }

    fn skip_macro(&mut self) {
        let end = self.rest.find("\n\n").or_else(|| self.rest.find("\n\r\n"));
        self.rest = end.map_or("", |end| &self.rest[end..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(text: &str, expected: Option<&str>) {
        assert_eq!(password(text, "api.heroku.com").as_deref().map(String::as_str), expected, "{text}");
    }

    #[test]
    fn the_first_entry_of_the_machine_has_the_password() {
        case("machine api.heroku.com\n  login a@b.c\n  password HRKU-1\n", Some("HRKU-1"));
        case("machine api.heroku.com login a@b.c password HRKU-1", Some("HRKU-1"));
        case("machine x password 1\nmachine api.heroku.com password 2\nmachine y password 3", Some("2"));
        case("machine api.heroku.com password 1\nmachine api.heroku.com password 2", Some("1"));
        case("# machine api.heroku.com password 0\nmachine api.heroku.com # mine\n password 1", Some("1"));
        case("machine api.heroku.com password #1 # one", Some("#1"));
        case("machine api.heroku.com password \"a \\\"b\\\\ c\" account x", Some("a \"b\\ c"));
        case("macdef up\nmachine api.heroku.com password 0\n\nmachine api.heroku.com password 1", Some("1"));
        case("machine api.heroku.com\r\n  login a\r\n  password 1\r\n", Some("1"));
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        case("", None);
        case("machine", None);
        case("machine api.heroku.com", None);
        case("machine api.heroku.com password", None);
        case("machine api.heroku.com password \"open", None);
        case("machine api.heroku.com login a\nmachine x password 1", None);
        case("machine api.heroku.com login a\nmachine api.heroku.com password 1", None);
        case("machine api.heroku.com login a\ndefault login b password 1", None);
        case("machine other password machine api.heroku.com", None);
        case("default password 1", None);
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(machine|password|macdef|default|login|api.heroku.com|[ \n\r\t\"\\\\#é🚒x]){0,30}") {
            let _ = password(&text, "api.heroku.com");
        }
    }
}
