//! Which app.

use std::fmt;
use std::path::Path;

use crate::words::error::{Error, Result};
use crate::world::git;
use crate::world::heroku::variable;

/// The name or the id of an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App(String);

impl App {
    /// Checks `text`. Heroku's own rule for new names (`^[a-z][a-z0-9-]{1,28}[a-z0-9]$`, and a UUID
    /// for an id) is left to Heroku; what has to hold here is that the text is one part of a path.
    ///
    /// # Errors
    /// It is empty, too long, or has other characters than letters, digits, `-` and `_`.
    pub fn new(text: &str) -> Result<Self> {
        let fit = (1..=64).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if fit {
            Ok(Self(text.to_owned()))
        } else {
            Err(Error::usage("not the name of an app").hint(
                "a name can only contain lower-case letters, digits and dashes; `heroku apps` lists yours",
            ))
        }
    }

    /// The app that `folder`'s repository is deployed to, as Heroku's CLI finds it: the one remote
    /// that leads to Heroku, or of several the one that `git config heroku.remote` names.
    ///
    /// # Errors
    /// There is none, or there are several.
    pub fn of_repository(folder: &Path) -> Result<Self> {
        let (remotes, chosen) = git::remotes(folder);
        let prefixes = prefixes();
        let apps: Vec<(&str, &str)> = remotes
            .iter()
            .filter(|(name, _)| chosen.as_ref().is_none_or(|chosen| chosen == name))
            .filter_map(|(name, url)| Some((name.as_str(), deployed(url, &prefixes)?)))
            .collect();
        match apps.as_slice() {
            [(_, app)] => Self::new(app),
            [] => Err(Error::missing("which app? no git remote points to Heroku")
                .hint("name it: --app NAME, or HEROKU_APP")),
            several => {
                let shown: Vec<_> = several.iter().map(|(remote, app)| format!("{app} ({remote})")).collect();
                Err(Error::usage(format!(
                    "which app? the git remotes point to several: {}",
                    shown.join(", ")
                ))
                .hint("name one: --app NAME, or git config heroku.remote REMOTE"))
            }
        }
    }
}

impl fmt::Display for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How the addresses of Heroku's repositories begin: `gitPrefixes` in @heroku-cli/command.
fn prefixes() -> [String; 3] {
    let own = variable("HEROKU_GIT_HOST");
    let host = variable("HEROKU_HOST").filter(|host| !host.starts_with("http"));
    let host = host.unwrap_or_else(|| "heroku.com".to_owned());
    let (ssh, https) = match own {
        Some(own) => (own.clone(), own),
        None => (host.clone(), format!("git.{host}")),
    };
    [format!("git@{ssh}:"), format!("ssh://git@{ssh}/"), format!("https://{https}/")]
}

/// The app in `url`, if it begins as one of `prefixes`.
fn deployed<'a>(url: &'a str, prefixes: &[String]) -> Option<&'a str> {
    prefixes.iter().find_map(|prefix| url.strip_prefix(prefix.as_str()))?.strip_suffix(".git")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_is_one_part_of_a_path() {
        for good in ["my-app", "a1", "01234567-89ab-cdef-0123-456789abcdef"] {
            assert_eq!(App::new(good).unwrap().to_string(), good);
        }
        for bad in ["", "..", "a/b", "a?b", "a b", "a%2fb", "é", "a\n", &"a".repeat(65)] {
            assert!(App::new(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn remotes_of_heroku_are_told_from_others() {
        let prefixes = prefixes();
        assert_eq!(deployed("https://git.heroku.com/my-app.git", &prefixes), Some("my-app"));
        assert_eq!(deployed("git@heroku.com:my-app.git", &prefixes), Some("my-app"));
        assert_eq!(deployed("ssh://git@heroku.com/my-app.git", &prefixes), Some("my-app"));
        assert_eq!(deployed("https://github.com/me/my-app.git", &prefixes), None);
        assert_eq!(deployed("https://git.heroku.com/my-app", &prefixes), None);
    }
}
