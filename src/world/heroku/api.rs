//! Asking for the config vars of an app, and changing them: `/apps/{app}/config-vars` of the
//! Platform API, version 3. <https://devcenter.heroku.com/articles/platform-api-reference#config-vars>

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;
use ureq::Agent;
use ureq::http::Request;
use ureq::tls::{PemItem, RootCerts, TlsConfig};
use zeroize::Zeroizing;

use crate::words::error::{Error, Result};
use crate::words::message;
use crate::words::secret::Secret;
use crate::world::heroku::address::Address;
use crate::world::heroku::answer::{NoResponse, Reply};
use crate::world::heroku::app::App;
use crate::world::heroku::retry;
use crate::world::heroku::token::Token;
use crate::world::variables;

/// How long to wait for a connection, and for the first byte of an answer.
const CONNECT: Duration = Duration::from_secs(10);
const RESPOND: Duration = Duration::from_secs(30);

/// The config vars of an app, by name.
pub type ConfigVars = BTreeMap<String, Secret>;

/// What is to become of each name: a value, or nothing, which removes it.
pub type Changes<'a> = BTreeMap<&'a str, Option<&'a Secret>>;

/// A client of the API.
#[derive(Debug)]
pub struct Client {
    agent: Agent,
    address: Address,
    token: Token,
    patience: Duration,
}

impl Client {
    /// A client that gives up after `patience`, all attempts counted.
    ///
    /// Certificates are always checked: against Mozilla's roots, or those in the file that
    /// `SSL_CERT_FILE` names, as OpenSSL does it. Redirects are not followed: they would take the
    /// token elsewhere. `HTTPS_PROXY` and its kin are honoured, but not for this machine itself.
    ///
    /// # Errors
    /// The file of certificates cannot be read or has none.
    pub fn new(address: Address, token: Token, patience: Duration) -> Result<Self> {
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent(concat!("venvars/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(RESPOND));
        if let Some(file) = variables::filled("SSL_CERT_FILE") {
            let roots = certificates(Path::new(&file))?;
            config = config.tls_config(TlsConfig::builder().root_certs(roots).build());
        }
        if address.is_loopback {
            config = config.proxy(None);
        }
        Ok(Self { agent: config.build().new_agent(), address, token, patience })
    }

    /// The config vars of `app`.
    ///
    /// # Errors
    /// There is no answer, or it is none of the API's; nothing in the error can be read that stands
    /// in `known`.
    pub fn config_vars(&self, app: &App, known: &[&Secret]) -> Result<ConfigVars> {
        let answer = self.exchange(app, None).map_err(|failure| self.unanswered(&failure))?;
        self.understand(app, answer, known)
    }

    /// Makes all `changes` to the config vars of `app` in one request, which makes one release: it
    /// is all done, or nothing is. Gives the config vars as they are afterwards.
    ///
    /// # Errors
    /// As for [`Self::config_vars`]. If it cannot be known whether Heroku took the request, the
    /// error says so.
    pub fn update(&self, app: &App, changes: &Changes<'_>, known: &[&Secret]) -> Result<ConfigVars> {
        let body: BTreeMap<&str, Option<&str>> =
            changes.iter().map(|(name, value)| (*name, value.map(Secret::reveal))).collect();
        let body = serde_json::to_vec(&body)
            .map(Zeroizing::new)
            .map_err(|_| Error::internal("could not write JSON"))?;
        let unsure = |error: Error| {
            error
                .adding("; Heroku may have taken the changes, or not")
                .hint("`venvars heroku diff` shows how it stands; a push can be repeated")
        };
        let answer = self.exchange(app, Some(&body)).map_err(|failure| {
            let error = self.unanswered(&failure);
            if failure.sent { unsure(error) } else { error }
        })?;
        let taken = (200..300).contains(&answer.status);
        let now =
            self.understand(app, answer, known).map_err(|error| if taken { unsure(error) } else { error })?;
        match changes.iter().find(|(name, value)| now.get(**name) != **value) {
            None => Ok(now),
            Some((name, _)) => {
                Err(unsure(Error::service(format!("{name}: Heroku's answer does not show the change"))))
            }
        }
    }

    /// Sends a request until it is answered for good, or patience is at its end.
    ///
    /// What only reads is asked again after every failure that may pass. A change is sent again only
    /// when the first was surely not carried out: no connection was made, or Heroku turned it away
    /// (429, 503). After a request that got no answer it may have been, and although setting the
    /// same values again does no harm, it could make a second release and restart the app twice.
    fn exchange(&self, app: &App, body: Option<&[u8]>) -> Result<Reply, NoResponse> {
        let deadline = Instant::now() + self.patience;
        let mut attempt = 1;
        loop {
            let outcome = self.once(app, body, deadline.saturating_duration_since(Instant::now()));
            let (again, asked) = match &outcome {
                Ok(answer) => {
                    let turned_away = matches!(answer.status, 429 | 503);
                    let failed = answer.status >= 500
                        || answer.body.as_ref().is_err_and(|failure| failure.passing && answer.status < 300);
                    (turned_away || (body.is_none() && failed), answer.retry_after)
                }
                Err(failure) => (failure.passing && (body.is_none() || !failure.sent), None),
            };
            attempt += 1;
            let wait = retry::delay(attempt, asked, random());
            let time_left = deadline.saturating_duration_since(Instant::now());
            if !again || attempt > retry::ATTEMPTS || wait >= time_left.min(retry::LONGEST) {
                return outcome;
            }
            thread::sleep(wait);
        }
    }

    /// Sends a request once.
    fn once(&self, app: &App, body: Option<&[u8]>, time_left: Duration) -> Result<Reply, NoResponse> {
        let bearer = Zeroizing::new(format!("Bearer {}", self.token.reveal().as_str()));
        let request = Request::builder()
            .method(if body.is_some() { "PATCH" } else { "GET" })
            .uri(format!("{}/apps/{}/config-vars", self.address.base, app))
            .header("accept", "application/vnd.heroku+json; version=3")
            .header("authorization", bearer.as_str());
        let unbuilt =
            |_| NoResponse { words: "the request could not be made".into(), sent: false, passing: false };
        let response = match body {
            Some(body) => {
                let request =
                    request.header("content-type", "application/json").body(body).map_err(unbuilt)?;
                self.agent.run(self.limited(request, time_left))
            }
            None => self.agent.run(self.limited(request.body(()).map_err(unbuilt)?, time_left)),
        };
        Ok(Reply::read(response.map_err(|error| NoResponse::new(&error))?))
    }

    fn limited<S: ureq::AsSendBody>(&self, request: Request<S>, time_left: Duration) -> Request<S> {
        // Nothing lasts no time at all: zero would fail before it began.
        let time_left = time_left.max(Duration::from_millis(1));
        self.agent.configure_request(request).timeout_global(Some(time_left)).build()
    }

    fn unanswered(&self, failure: &NoResponse) -> Error {
        let error = Error::service(format!("no answer from {}: {}", self.address.base, failure.words));
        if failure.passing { error.hint("check your network, or https://status.heroku.com") } else { error }
    }

    /// The config vars in `answer`, or what is wrong with it.
    fn understand(&self, app: &App, answer: Reply, known: &[&Secret]) -> Result<ConfigVars> {
        let mut hidden: Vec<_> =
            known.iter().map(|value| Zeroizing::new(value.reveal().to_owned())).collect();
        hidden.push(self.token.reveal().clone());
        let host = &self.address.authority;
        if !(200..300).contains(&answer.status) {
            return Err(self.refusal(app, &answer, &hidden));
        }
        let is_json = answer.is_json();
        let body = answer.body.map_err(|failure| {
            Error::service(format!("the answer of {host} cannot be read: {}", failure.words))
        })?;
        let unlike = |what: &str| {
            Error::service(format!("the answer of {host} is not one of Heroku's API: {what}"))
                .hint("HEROKU_API_URL and HEROKU_HOST say which API is asked; is there a proxy in between?")
        };
        if body.is_empty() {
            return Err(unlike("it is empty"));
        }
        if !is_json {
            return Err(unlike(&format!("it is {}, not JSON", kind(&answer.kind, &hidden))));
        }
        // The parser's own words could quote the answer.
        let texts: BTreeMap<String, Option<Zeroizing<String>>> =
            serde_json::from_slice(&body).map_err(|error| match error.classify() {
                serde_json::error::Category::Eof => unlike("its JSON is cut off"),
                serde_json::error::Category::Data => unlike("its JSON is not an object of strings"),
                _ => unlike("it is not JSON"),
            })?;
        texts
            .into_iter()
            .filter_map(|(name, text)| Some((name, text?)))
            .map(|(name, mut text)| match Secret::new(std::mem::take(&mut text)) {
                Some(value) => Ok((name, value)),
                None => {
                    Err(unlike(&format!("{} contains a NUL character", message::printable(&name, &hidden))))
                }
            })
            .collect()
    }

    /// The error that a status other than success stands for, in the API's own words if it has any:
    /// <https://devcenter.heroku.com/articles/platform-api-reference#errors>.
    fn refusal(&self, app: &App, answer: &Reply, hidden: &[Zeroizing<String>]) -> Error {
        #[derive(Deserialize)]
        struct Said {
            #[serde(default)]
            id: String,
            message: String,
        }
        let status = answer.status;
        if (300..400).contains(&status) {
            return Error::service(format!(
                "{} redirects to another address ({status}), and the token is not sent there",
                self.address.base
            ))
            .hint("HEROKU_API_URL and HEROKU_HOST say which API is asked");
        }
        let said: Option<Said> = answer
            .body
            .as_ref()
            .ok()
            .filter(|_| answer.is_json())
            .and_then(|body| serde_json::from_slice(body).ok());
        let words = match &said {
            Some(said) if said.id.is_empty() => format!(": {}", message::printable(&said.message, hidden)),
            Some(said) => format!(
                " {}: {}",
                message::printable(&said.id, hidden),
                message::printable(&said.message, hidden)
            ),
            None if answer.kind.is_empty() => " and did not say why".to_owned(),
            None => format!(" and did not say why: the answer is {}", kind(&answer.kind, hidden)),
        };
        let error = Error::service(format!("Heroku answers {status}{words}"));
        match status {
            401 => error.hint(match self.token.file() {
                Some(file) => format!("the token is in {}: `heroku login` makes a new one", file.display()),
                None => "is HEROKU_API_KEY right? unset, the token of `heroku login` is used".to_owned(),
            }),
            404 => error.hint(format!("is {app} the app's name? `heroku apps` lists yours")),
            429 => error.hint(match answer.retry_after {
                Some(wait) => format!("try again in {} s", wait.as_secs()),
                None => "try again in a minute".to_owned(),
            }),
            500.. => error.hint("check https://status.heroku.com"),
            _ => error,
        }
    }
}

/// A content type, as it can be shown.
fn kind(kind: &str, hidden: &[Zeroizing<String>]) -> String {
    match kind.split(';').next().unwrap_or_default().trim() {
        "" => "of no stated type".to_owned(),
        kind => message::printable(&kind.chars().take(60).collect::<String>(), hidden),
    }
}

/// The certificates in `file`, as the only ones that are trusted.
fn certificates(file: &Path) -> Result<RootCerts> {
    let pem =
        fs::read(file).map_err(|error| Error::io("read the certificates (SSL_CERT_FILE)", file, &error))?;
    let roots: Vec<_> = ureq::tls::parse_pem(&pem)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    if roots.is_empty() {
        return Err(Error::syntax("no certificate in it (SSL_CERT_FILE)")
            .in_file(file)
            .hint("it has to be PEM"));
    }
    Ok(RootCerts::Specific(Arc::new(roots)))
}

/// A random byte; without a source of them, none is needed.
fn random() -> u8 {
    getrandom::u32().map_or(0, |number| number.to_le_bytes()[0])
}
