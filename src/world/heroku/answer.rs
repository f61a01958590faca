//! What came back: an answer, or why there is none.

use std::io::{self, Read};
use std::time::Duration;

use ureq::http::Response;
use ureq::{Body, Timeout};
use zeroize::Zeroizing;

use crate::words::error::system_words;
use crate::world::heroku::retry;

/// The largest answer that is read. Heroku keeps at most 32 kB of config vars for an app, so this is
/// generous by far.
const LARGEST: u64 = 4 * 1024 * 1024;

/// An answer, as far as anybody looks at it.
pub(super) struct Reply {
    pub status: u16,
    pub kind: String,
    pub retry_after: Option<Duration>,
    pub body: Result<Zeroizing<Vec<u8>>, NoResponse>,
}

/// Why there is no complete answer.
pub(super) struct NoResponse {
    pub words: String,
    /// Whether the request may have reached the server.
    pub sent: bool,
    /// Whether the same might work in a moment.
    pub passing: bool,
}

impl Reply {
    /// Whether the answer says that it is JSON: RFC 8259, and RFC 6839 for `+json`.
    pub fn is_json(&self) -> bool {
        let kind = self.kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
    }

    /// Reads all of `response`, as far as it is not too large.
    pub fn read(mut response: Response<Body>) -> Self {
        let header = |name| {
            let value = response.headers().get(name);
            value.and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
        };
        let (kind, retry_after) = (header("content-type"), retry::asked(&header("retry-after")));
        Self { status: response.status().as_u16(), kind, retry_after, body: read(response.body_mut()) }
    }
}

/// All of a body, if it is no longer than it may be.
fn read(body: &mut Body) -> Result<Zeroizing<Vec<u8>>, NoResponse> {
    let mut bytes = Zeroizing::new(Vec::new());
    match body.as_reader().take(LARGEST + 1).read_to_end(&mut bytes) {
        Err(error) => Err(NoResponse::new(&ureq::Error::from(error))),
        Ok(_) if bytes.len() as u64 > LARGEST => {
            let words = format!("it is larger than {} MiB", LARGEST / 1024 / 1024);
            Err(NoResponse { words, sent: true, passing: false })
        }
        Ok(_) => Ok(bytes),
    }
}

impl NoResponse {
    /// The error's own text could quote what was received: only the system's words are passed on.
    pub fn new(error: &ureq::Error) -> Self {
        let (words, sent, passing) = match error {
            ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => {
                ("the connection took too long".to_owned(), false, true)
            }
            ureq::Error::Timeout(_) => ("it took too long".to_owned(), true, true),
            ureq::Error::HostNotFound => ("no such host".to_owned(), false, true),
            ureq::Error::ConnectionFailed => ("the connection failed".to_owned(), false, true),
            ureq::Error::ConnectProxyFailed(_) | ureq::Error::InvalidProxyUrl => {
                ("the proxy refused".to_owned(), false, false)
            }
            ureq::Error::Tls(_) | ureq::Error::Rustls(_) => ("TLS failed".to_owned(), false, false),
            ureq::Error::Io(error) => match error.kind() {
                // What rustls does not accept is reported as data that is not valid.
                io::ErrorKind::InvalidData => (tls(&error.to_string()).to_owned(), false, false),
                io::ErrorKind::ConnectionRefused
                | io::ErrorKind::NetworkUnreachable
                | io::ErrorKind::HostUnreachable => (system_words(error), false, true),
                io::ErrorKind::UnexpectedEof => ("the connection broke off".to_owned(), true, true),
                _ => (system_words(error), true, true),
            },
            ureq::Error::Protocol(_) | ureq::Error::Http(_) | ureq::Error::LargeResponseHeader(..) => {
                ("the answer is not HTTP".to_owned(), true, false)
            }
            _ => ("the request failed".to_owned(), true, false),
        };
        Self { words, sent, passing }
    }
}

/// What a person can do something about, in rustls's words of an error.
fn tls(words: &str) -> &'static str {
    if !words.contains("peer certificate") {
        return "TLS failed";
    }
    let told = [
        ("UnknownIssuer", "its certificate is not trusted: unknown issuer"),
        ("not valid for name", "its certificate is not trusted: it is for another host"),
        ("expired", "its certificate is not trusted: it has expired"),
    ];
    let told = told.into_iter().find(|(known, _)| words.contains(known));
    told.map_or("its certificate is not trusted", |(_, told)| told)
}
