//! Who we are, to Heroku.

use std::fmt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::words::error::{Error, Result};
use crate::words::system::HERE;
use crate::world::disk::open;
use crate::world::heroku::address::Address;
use crate::world::heroku::{netrc, variable};

/// Works with every Heroku CLI: the newer ones keep their token in the system's keychain, where
/// there is one.
fn remedy() -> String {
    format!("{}, after `heroku login`", HERE.assignment("HEROKU_API_KEY", "heroku auth:token"))
}

/// A token of the API.
#[derive(Clone)]
pub struct Token {
    text: Zeroizing<String>,
    file: Option<PathBuf>,
}

impl Token {
    /// The token for the API at `address`: `HEROKU_API_KEY`, else the password that the netrc file
    /// has for that host. The file is `$NETRC`, else `.netrc` (on Windows `_netrc`) in the home
    /// folder.
    ///
    /// # Errors
    /// There is none, the file cannot be read, or the token is none that a header could carry.
    pub fn find(address: &Address) -> Result<Self> {
        if let Some(text) = variable("HEROKU_API_KEY").map(Zeroizing::new) {
            return Self::new(&text, None).ok_or_else(|| malformed("HEROKU_API_KEY"));
        }
        let Some(file) = netrc_file() else {
            return Err(Error::missing("no token for Heroku").hint(remedy()));
        };
        let bytes = open::read(&file)?.map(Zeroizing::new);
        let machine = &address.authority;
        // Other machines' entries may hold anything.
        let text = bytes.map(|bytes| Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned()));
        match text.and_then(|text| netrc::password(&text, machine)) {
            Some(password) => {
                Self::new(&password, Some(&file)).ok_or_else(|| malformed("the password").in_file(&file))
            }
            None => Err(Error::missing(format!(
                "no token for Heroku: HEROKU_API_KEY is not set, and {} has no password for {machine}",
                file.display()
            ))
            .hint(remedy())),
        }
    }

    /// The token `text`, less the space around it; [`None`] if a header cannot carry it.
    fn new(text: &str, file: Option<&Path>) -> Option<Self> {
        let text = text.trim();
        let fit = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        fit.then(|| Self { text: Zeroizing::new(text.to_owned()), file: file.map(Path::to_owned) })
    }

    /// The plain text, only for the header.
    pub(super) fn reveal(&self) -> &Zeroizing<String> {
        &self.text
    }

    /// The file that the token was read from, if it was no variable.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

fn malformed(what: &str) -> Error {
    Error::syntax(format!("{what} is not a token: it contains characters that a token cannot have"))
        .hint(remedy())
}

fn netrc_file() -> Option<PathBuf> {
    match variable("NETRC") {
        Some(file) => Some(PathBuf::from(file)),
        None => dirs::home_dir().map(|home| home.join(if cfg!(windows) { "_netrc" } else { ".netrc" })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_can_stand_in_a_header_and_is_never_printed() {
        let token = Token::new(" HRKU-AAxx_1 \n", None).unwrap();
        assert_eq!(token.reveal().as_str(), "HRKU-AAxx_1");
        assert_eq!(format!("{token:?}"), "Token(…)");
        for bad in ["", " ", "a b", "a\r\nX-Evil: 1", "é"] {
            assert!(Token::new(bad, None).is_none(), "{bad:?}");
        }
    }
}
