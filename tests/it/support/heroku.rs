//! A server that follows the published Platform API of Heroku as far as config vars go, and one
//! that can be told to misbehave. Heroku's own CLI works with it: `heroku` proves that.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use serde_json::{Value as Json, json};

pub const APP: &str = "my-app";
pub const TOKEN: &str = "HRKU-token-of-the-test";

/// What the API says of limits: all names and values of an app together.
const LARGEST: usize = 32 * 1024;

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

/// What goes wrong, once.
#[derive(Debug, Clone)]
pub enum Fault {
    /// These bytes are all the answer there is.
    Bytes(Vec<u8>),
    /// The request is carried out; of the answer, only so many bytes are sent.
    CutAfter(usize),
    /// The request is not answered for a minute.
    Hang,
}

/// An answer of `status`, with `headers` that each end with a line end.
pub fn answer(status: u16, headers: &str, body: &str) -> Fault {
    Fault::Bytes(bytes(status, headers, body))
}

fn bytes(status: u16, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status} Status\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// An error as the API tells it.
pub fn error(status: u16, id: &str, message: &str) -> Fault {
    answer(status, JSON, &json!({ "id": id, "message": message }).to_string())
}

pub const JSON: &str = "Content-Type: application/json\r\n";
pub const HTML: &str = "Content-Type: text/html; charset=utf-8\r\n";

#[derive(Default)]
pub struct State {
    pub vars: BTreeMap<String, String>,
    pub releases: usize,
    pub seen: Vec<Seen>,
    pub faults: VecDeque<Fault>,
}

impl State {
    /// How many requests with this method have come for the config vars.
    pub fn count(&self, method: &str) -> usize {
        self.seen.iter().filter(|seen| seen.method == method && seen.path.ends_with("/config-vars")).count()
    }
}

/// A server on a port of its own, until the tests end.
#[derive(Clone)]
pub struct Server {
    pub url: String,
    state: Arc<Mutex<State>>,
}

impl Server {
    pub fn start() -> io::Result<Self> {
        Self::start_with(None)
    }

    /// With `tls`, the server speaks https as localhost.
    pub fn start_with(tls: Option<Arc<rustls::ServerConfig>>) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let state = Arc::new(Mutex::new(State::default()));
        let url = match &tls {
            None => format!("http://127.0.0.1:{port}"),
            Some(_) => format!("https://localhost:{port}"),
        };
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (state, tls) = (Arc::clone(&shared), tls.clone());
                // A client that goes away in between is what some tests are about.
                thread::spawn(move || serve_any(stream, tls, &state).ok());
            }
        });
        Ok(Self { url, state })
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn with(self, vars: &[(&str, &str)]) -> Self {
        self.state().vars = vars.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        self
    }

    pub fn fail(&self, faults: impl IntoIterator<Item = Fault>) {
        self.state().faults = faults.into_iter().collect();
    }
}

fn serve_any(
    stream: TcpStream,
    tls: Option<Arc<rustls::ServerConfig>>,
    state: &Mutex<State>,
) -> io::Result<()> {
    match tls {
        None => serve(stream, state),
        Some(config) => {
            let connection = rustls::ServerConnection::new(config).map_err(io::Error::other)?;
            serve(rustls::StreamOwned::new(connection, stream), state)
        }
    }
}

fn serve<S: Read + Write>(stream: S, state: &Mutex<State>) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    let seen = request(&mut reader)?;
    let state = || state.lock().unwrap_or_else(PoisonError::into_inner);
    let fault = {
        let mut state = state();
        state.seen.push(seen.clone());
        state.faults.pop_front()
    };
    let (sent, hold) = match fault {
        None => (respond(&mut state(), &seen), false),
        Some(Fault::Bytes(bytes)) => (bytes, false),
        Some(Fault::CutAfter(length)) => {
            let mut bytes = respond(&mut state(), &seen);
            bytes.truncate(length);
            (bytes, false)
        }
        Some(Fault::Hang) => (Vec::new(), true),
    };
    if hold {
        thread::sleep(Duration::from_mins(1));
    }
    let stream = reader.get_mut();
    stream.write_all(&sent)?;
    stream.flush()
}

fn request(reader: &mut impl BufRead) -> io::Result<Seen> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (Some(method), Some(path)) = (words.next(), words.next()) else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        match line.trim_end().split_once(':') {
            Some((name, value)) => headers.insert(name.to_lowercase(), value.trim().to_owned()),
            None => break,
        };
    }
    let mut body = Vec::new();
    if headers.get("transfer-encoding").is_some_and(|coding| coding == "chunked") {
        loop {
            let mut size = String::new();
            reader.read_line(&mut size)?;
            let size = u64::from_str_radix(size.trim(), 16).map_err(io::Error::other)?;
            reader.take(size).read_to_end(&mut body)?;
            reader.read_line(&mut String::new())?;
            if size == 0 {
                break;
            }
        }
    } else if let Some(length) = headers.get("content-length") {
        reader.take(length.parse().map_err(io::Error::other)?).read_to_end(&mut body)?;
    }
    Ok(Seen { method, path, headers, body })
}

fn respond(state: &mut State, seen: &Seen) -> Vec<u8> {
    let (status, body) = match handle(state, seen) {
        Ok(body) => (200, body),
        Err((status, id, message)) => (status, json!({ "id": id, "message": message })),
    };
    bytes(status, JSON, &body.to_string())
}

type Refusal = (u16, &'static str, &'static str);

fn handle(state: &mut State, seen: &Seen) -> Result<Json, Refusal> {
    let header = |name: &str| seen.headers.get(name).map_or("", String::as_str);
    if header("authorization") != format!("Bearer {TOKEN}") {
        return Err((401, "unauthorized", "Invalid credentials provided."));
    }
    if header("accept") != "application/vnd.heroku+json; version=3" {
        return Err((406, "not_acceptable", "Not acceptable."));
    }
    let Some(rest) = seen.path.strip_prefix("/apps/") else {
        return Err((404, "not_found", "The requested API endpoint was not found."));
    };
    let (app, resource) = rest.split_once('/').unwrap_or((rest, ""));
    if app != APP {
        return Err((404, "not_found", "Couldn't find that app."));
    }
    match (seen.method.as_str(), resource) {
        ("GET", "config-vars") => Ok(json!(state.vars)),
        ("PATCH", "config-vars") => {
            if !header("content-type").starts_with("application/json") {
                return Err((415, "unsupported_media_type", "Send JSON."));
            }
            change(state, &seen.body)?;
            Ok(json!(state.vars))
        }
        ("GET", "releases") => Ok(json!([{ "version": state.releases, "status": "succeeded" }])),
        ("GET", "") => Ok(json!({ "id": "01234567-89ab-cdef-0123-456789abcdef", "name": APP })),
        _ => Err((404, "not_found", "The requested API endpoint was not found.")),
    }
}

/// All of the changes, or none; then there is one release.
fn change(state: &mut State, body: &[u8]) -> Result<(), Refusal> {
    let changes: BTreeMap<String, Json> =
        serde_json::from_slice(body).map_err(|_| (400, "bad_request", "Unable to parse the JSON."))?;
    let mut vars = state.vars.clone();
    for (name, value) in changes {
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err((422, "invalid_params", "Config var names are letters, digits and underscores."));
        }
        match value {
            Json::String(text) => vars.insert(name, text),
            Json::Null => vars.remove(&name),
            _ => return Err((422, "invalid_params", "Config var values are strings.")),
        };
    }
    if vars.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() > LARGEST {
        return Err((422, "invalid_params", "Config vars may not be larger than 32kb."));
    }
    state.vars = vars;
    state.releases += 1;
    Ok(())
}
