//! Where the API is.

use std::net::IpAddr;

use ureq::http::Uri;

use crate::words::error::{Error, Result};
use crate::world::heroku::variable;

/// The domains that Heroku's own CLI hands a token to (`ALLOWED_HEROKU_DOMAINS` in
/// @heroku-cli/command 13); their subdomains count as well.
const DOMAINS: [&str; 4] = ["heroku.com", "herokai.com", "herokuspace.com", "herokudev.com"];

/// The address of an API: a scheme, a host, perhaps a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The scheme and the host, without a final slash.
    pub(super) base: String,
    /// The host, with its port if it has one: what a netrc file calls the machine.
    pub(super) authority: String,
    /// Whether the API is on this machine.
    pub(super) is_loopback: bool,
}

impl Address {
    /// The address that the environment names: `HEROKU_API_URL`, else `HEROKU_HOST` as Heroku's CLI
    /// takes it (a URL, or a domain whose `api` host is meant), else <https://api.heroku.com>.
    ///
    /// # Errors
    /// As for [`Self::new`].
    pub fn from_environment() -> Result<Self> {
        let named = |url: &str, name| Self::new(url).map_err(|error| error.context(name));
        if let Some(url) = variable("HEROKU_API_URL") {
            return named(&url, "HEROKU_API_URL");
        }
        match variable("HEROKU_HOST") {
            Some(host) if host.starts_with("http") => named(&host, "HEROKU_HOST"),
            Some(host) => named(&format!("https://api.{host}"), "HEROKU_HOST"),
            None => Self::new("https://api.heroku.com"),
        }
    }

    /// The address `url`.
    ///
    /// # Errors
    /// A token may not be sent to this address; it may to https to one of Heroku's domains, or http or
    /// https to this machine itself. Whoever can set a variable could otherwise have the token sent
    /// to himself.
    pub fn new(url: &str) -> Result<Self> {
        let unusable =
            || Error::usage("not the address of an API").hint("for example https://api.heroku.com");
        let uri: Uri = url.trim().parse().map_err(|_| unusable())?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(unusable());
        };
        if authority.as_str().contains('@') || !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err(unusable());
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_lowercase();
        let loopback =
            host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        let heroku = DOMAINS.iter().any(|domain| {
            host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        });
        match scheme {
            "https" if heroku || loopback => {}
            "http" if loopback => {}
            "http" if heroku => {
                return Err(
                    Error::refused("the token would go over the network in plain text").hint("use https://")
                );
            }
            "http" | "https" => {
                return Err(Error::refused(
                    "the token is only sent to Heroku's own hosts and to this machine",
                )
                .hint(format!("Heroku's domains are {}", DOMAINS.join(", "))));
            }
            _ => return Err(unusable()),
        }
        let base = format!("{scheme}://{authority}");
        Ok(Self { base, authority: authority.to_string(), is_loopback: loopback })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_goes_to_heroku_and_to_this_machine_alone() {
        for (url, base) in [
            ("https://api.heroku.com", "https://api.heroku.com"),
            ("https://api.heroku.com/", "https://api.heroku.com"),
            ("https://api.staging.herokudev.com:8443", "https://api.staging.herokudev.com:8443"),
            ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
            ("http://localhost:5000/", "http://localhost:5000"),
            ("https://[::1]:5000", "https://[::1]:5000"),
        ] {
            assert_eq!(Address::new(url).unwrap().base, base);
        }
        for url in [
            "",
            "api.heroku.com",
            "http://api.heroku.com",
            "https://api.heroku.com.evil.example",
            "https://evilheroku.com",
            "https://example.com",
            "http://localhost.example.com",
            "http://127.0.0.1@example.com",
            "https://api.heroku.com@example.com/",
            "https://api.heroku.com:x@example.com",
            "https://api.heroku.com/path",
            "https://api.heroku.com?x",
            "ftp://api.heroku.com",
            "file:///etc/passwd",
        ] {
            assert!(Address::new(url).is_err(), "{url}");
        }
    }
}
