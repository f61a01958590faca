//! What of a value is common, and what of it is a secret by itself.

use std::collections::BTreeSet;
use std::net::IpAddr;

use zeroize::Zeroizing;

use crate::model::project::Type;

/// Lower-case texts that are common in files and are not secrets.
const COMMON: &[&str] = &[
    "12345678",
    "changeme",
    "change-me",
    "change_me",
    "database",
    "debugging",
    "default",
    "development",
    "disabled",
    "enabled",
    "example",
    "example.com",
    "example.org",
    "host.docker.internal",
    "insecure",
    "localhost",
    "password",
    "placeholder",
    "postgres",
    "postgresql",
    "production",
    "required",
    "username",
    "secret-key",
    "secret_key",
    "staging",
    "testing",
    "undefined",
    "your-secret-key",
];

/// Whether `value` may be in any file by chance: a number, a switch, a common word, an address of this machine
/// without a password, a text of hardly any different characters.
#[must_use]
pub fn is_common(value: &str) -> bool {
    /// A number of more digits than this may be a secret.
    const DIGITS: usize = 15;
    let lower = value.to_lowercase();
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let is_numeric = value.chars().all(|c| c.is_ascii_digit() || " .,:_+-/TZeE".contains(c));
    let distinct: BTreeSet<char> = value.chars().collect();
    (is_numeric && digits <= DIGITS)
        || Type::Boolean.holds(value)
        || COMMON.contains(&&*lower)
        || distinct.len() < 4
        || value.parse::<IpAddr>().is_ok()
        || is_local_address(&lower)
}

/// Whether `value` is a host of this machine or of nobody (RFC 6761), with or without a port; or a URL
/// of one that holds no password or token, no query and no fragment.
fn is_local_address(value: &str) -> bool {
    let host_and_port = match fluent_uri::Uri::parse(value) {
        Ok(uri) if uri.authority().is_some() => {
            let Some(authority) = uri.authority() else { return false };
            let is_secret = authority
                .userinfo()
                .is_some_and(|user| user.as_str().contains(':') || is_token(user.as_str()));
            if is_secret || uri.query().is_some() || uri.fragment().is_some() {
                return false;
            }
            authority.host().to_owned()
        }
        _ => match value.rsplit_once(':') {
            Some((host, port)) if Type::Port.holds(port) => host.to_owned(),
            _ => value.to_owned(),
        },
    };
    let host = host_and_port.trim_matches(['[', ']']).trim_end_matches('.');
    let is_reserved = ["localhost", "example", "invalid", "test"]
        .iter()
        .any(|top| host == *top || host.strip_suffix(top).is_some_and(|rest| rest.ends_with('.')));
    is_reserved
        || matches!(host, "host.docker.internal")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback() || address.is_unspecified())
}

/// Whether the user of a URL is so long that it is a token, which some services take in its place.
fn is_token(user: &str) -> bool {
    const LEAST: usize = 16;
    user.len() >= LEAST
}

/// The password of a URL, and the token that it has for a user, as they stand there and as they are meant.
#[must_use]
pub fn passwords(value: &str) -> Vec<Zeroizing<String>> {
    let uri = fluent_uri::Uri::parse(value);
    let user = match &uri {
        Ok(uri) => uri.authority().and_then(|authority| Some(authority.userinfo()?.as_str())),
        // Drivers take what RFC 3986 does not: several hosts, and any character in a password.
        Err(_) => value.split_once("://").and_then(|(_, rest)| {
            let authority = rest.split(['/', '?', '#']).next().filter(|part| part.contains('@'));
            let user = authority.unwrap_or(rest).rsplit_once('@').map(|(user, _)| user);
            user.filter(|user| !user.contains(char::is_whitespace))
        }),
    };
    let (user, password) =
        user.and_then(|user| user.split_once(':').or(Some((user, "")))).unwrap_or_default();
    let mut found = Vec::new();
    let password = Some(password).filter(|password| !password.is_empty());
    for part in password.into_iter().chain(Some(user).filter(|user| is_token(user))) {
        found.push(Zeroizing::new(part.to_owned()));
        if part.contains('%') {
            let meant = percent_encoding::percent_decode_str(part).decode_utf8();
            found.extend(meant.map(|meant| Zeroizing::new(meant.into_owned())));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_secret_is_left_out() {
        for common in [
            "true",
            "5000",
            "3.14159265",
            "2026-11-25",
            "10.0.0.1:8080",
            "DEVELOPMENT",
            "xxxxxxxxxxxx",
            "abababab",
            "postgres://localhost/shop",
            "redis://localhost:6379/0",
            "http://127.0.0.1:8000",
            "http://[::1]:80/",
            "localhost:5432",
            "app.localhost",
            "postgresql://user@localhost:5432/db",
            "2001:db8::1",
            "changeme",
            "http://web.test/path",
        ] {
            assert!(is_common(common), "{common}");
        }
        for secret in [
            "hunter2hunter2",
            "correcthorse",
            "postgres://u:pw@localhost/db",
            "https://hooks.slack.com/services/T0/B0",
            "1234567890123456",
            "http://localhost/?token=abc",
            "http://s3cr3tT0ken1234567@localhost:8000/x",
            "sk-test",
            "trueblue",
        ] {
            assert!(!is_common(secret), "{secret}");
        }
    }

    #[test]
    fn the_password_of_a_url_is_looked_for_by_itself() {
        let found = |url| passwords(url).iter().map(|part| part.to_string()).collect::<Vec<_>>();
        assert_eq!(found("postgres://u:p%40ss@host/db"), ["p%40ss", "p@ss"]);
        assert_eq!(found("postgres://u:pass:word@host/db"), ["pass:word"]);
        assert_eq!(
            found("https://s3cr3tT0ken1234567:x-oauth-basic@host/a"),
            ["x-oauth-basic", "s3cr3tT0ken1234567"]
        );
        assert_eq!(found("https://s3cr3tT0ken1234567@host/a"), ["s3cr3tT0ken1234567"]);
        assert!(found("postgres://u@host/db").is_empty());
        assert_eq!(found("mongodb://shop:Qz7RmT2w@h1.net:27017,h2.net:27017/db"), ["Qz7RmT2w"]);
        assert_eq!(found("postgres://shop:Tr0ub4d^or|é@db/shop?a=@b"), ["Tr0ub4d^or|é"]);
        assert_eq!(found("postgres://shop:Tr0/ub^4d@db/shop"), ["Tr0/ub^4d"]);
        assert!(found("no url").is_empty());
        assert!(found("no: url {a} b").is_empty());
    }
}
