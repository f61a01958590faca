//! `venvars heroku` against a server that follows Heroku's published API, and Heroku's own CLI
//! beside it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::support::heroku::{APP, Fault, HTML, JSON, Server, TOKEN, answer, error};
use crate::support::{cache, clean, git, private, succeed, trial, values, venvars, write_secrets};
use libtest_mimic::{Failed, Trial};
use tempfile::TempDir;

type Outcome = Result<(), Failed>;

const SECRET: &str = "hunter2-hunter2";

/// What a command did.
struct Done {
    code: Option<i32>,
    out: String,
    err: String,
}

/// A folder with a secrets file, and a server.
struct World {
    folder: TempDir,
    server: Server,
}

impl World {
    fn new(secrets: &str, vars: &[(&str, &str)]) -> Result<Self, Failed> {
        Self::with_server(secrets, Server::start()?.with(vars))
    }

    fn with_server(secrets: &str, server: Server) -> Result<Self, Failed> {
        let world = Self { folder: tempfile::tempdir()?, server };
        fs::write(world.file(), secrets)?;
        private(&world.file());
        Ok(world)
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn file(&self) -> PathBuf {
        self.path().join("secrets.toml")
    }

    fn secrets(&self) -> String {
        fs::read_to_string(self.file()).unwrap_or_default()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = venvars(self.path());
        command
            .env("HEROKU_API_URL", &self.server.url)
            .env("HEROKU_API_KEY", TOKEN)
            .env("HEROKU_APP", APP)
            .arg("heroku")
            .args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> Result<Done, Failed> {
        finish(&mut self.command(arguments))
    }

    /// How many changes came, and how many releases they made.
    fn sent(&self) -> (usize, usize) {
        let state = self.server.state();
        (state.count("PATCH"), state.releases)
    }

    fn forget(&self) {
        self.server.state().seen.clear();
    }
}

fn finish(command: &mut Command) -> Result<Done, Failed> {
    let output = command.output()?;
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let done = Done { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) };
    for secret in [SECRET, TOKEN] {
        if done.out.contains(secret) || done.err.contains(secret) {
            return Err(format!("a secret is shown: {}{}", done.out, done.err).into());
        }
    }
    Ok(done)
}

#[track_caller]
fn expect(done: &Done, code: i32, out: &str, err: &str) {
    assert_eq!(done.code, Some(code), "{}{}", done.out, done.err);
    assert_eq!(done.out, out, "{}", done.err);
    assert!(done.err.contains(err), "expected {err:?} in: {}", done.err);
}

#[track_caller]
fn fails(done: &Done, err: &str) {
    assert_eq!(done.code, Some(2), "{}{}", done.out, done.err);
    assert!(done.err.contains(err), "expected {err:?} in: {}", done.err);
}

const TWO_SIDES: &str = "# of all\nSAME = \"same\" # kept\nPORT = 5000\nDIFFERS = \"hunter2-hunter2\"\nHERE = \"hunter2-hunter2\"\n";
const OTHER_SIDE: &[(&str, &str)] =
    &[("SAME", "same"), ("PORT", "5000"), ("DIFFERS", "hunter2-hunter2!"), ("THERE", "hunter2-hunter2")];

fn diff() -> Outcome {
    let world = World::new(TWO_SIDES, OTHER_SIDE)?;
    let document: serde_json::Value = serde_json::from_str(&world.run(&["diff", "--json"])?.out)?;
    let state = |name: &str| {
        let found = document["variables"].as_array()?.iter().find(|one| one["name"] == name)?;
        found["state"].as_str().map(str::to_owned)
    };
    let states = ["SAME", "DIFFERS", "HERE", "THERE"].map(state);
    assert_eq!(states, ["same", "differs", "only_here", "only_there"].map(|state| Some(state.to_owned())));
    assert_eq!(document["same"], false);
    expect(&world.run(&["diff"])?, 1, "~ DIFFERS  ••••••••\n+ HERE  ••••••••\n  THERE  only on Heroku\n", "");
    expect(&world.run(&["diff", "--prune", "--only", "THERE,HERE"])?, 1, "+ HERE  ••••••••\n- THERE\n", "");
    expect(&world.run(&["diff", "--only", "SAME,PORT"])?, 0, "", "");
    fails(&world.run(&["diff", "--only", "SAMM"])?, "did you mean SAME?");
    fails(&world.run(&["diff", "--only", SECRET])?, "neither here nor on Heroku");
    assert_eq!(world.server.state().count("PATCH"), 0);
    assert_eq!(world.secrets(), TWO_SIDES);
    Ok(())
}

fn push() -> Outcome {
    let world = World::new(TWO_SIDES, OTHER_SIDE)?;
    let changes = "~ DIFFERS  ••••••••\n+ HERE  ••••••••\n  THERE  only on Heroku\n";
    expect(&world.run(&["push", "--dry-run"])?, 0, changes, "would be 2 set on my-app; nothing was sent");
    assert_eq!(world.server.state().count("PATCH"), 0);
    let document: serde_json::Value =
        serde_json::from_str(&world.run(&["push", "--dry-run", "--prune", "--json"])?.out)?;
    let wanted = serde_json::json!({ "app": "my-app", "left_out": [], "variables": [
        { "name": "DIFFERS", "state": "changed" },
        { "name": "HERE", "state": "added" },
        { "name": "THERE", "state": "removed" },
    ]});
    assert_eq!(document, wanted);
    expect(&world.run(&["push"])?, 0, changes, "2 set on my-app, in one release\n");
    {
        let state = world.server.state();
        assert_eq!((state.count("PATCH"), state.releases), (1, 1));
        assert_eq!((state.vars["DIFFERS"].as_str(), state.vars["THERE"].as_str()), (SECRET, SECRET));
        let sent: BTreeMap<String, String> = serde_json::from_slice(&state.seen[3].body)?;
        // Only what changes is sent: another's change of another name is not undone.
        assert_eq!(sent.keys().collect::<Vec<_>>(), ["DIFFERS", "HERE"]);
    }
    world.forget();
    expect(&world.run(&["push"])?, 0, "  THERE  only on Heroku\n", "nothing to push");
    expect(&world.run(&["push", "--prune", "--only", "SAME"])?, 0, "", "nothing to push");
    assert_eq!(world.sent(), (0, 1));
    expect(&world.run(&["push", "--prune"])?, 0, "- THERE\n", "1 removed on my-app, in one release");
    let state = world.server.state();
    let names: Vec<_> = state.vars.keys().map(String::as_str).collect();
    assert_eq!(names, ["DIFFERS", "HERE", "PORT", "SAME"]);
    assert_eq!(world.secrets(), TWO_SIDES);
    Ok(())
}

fn pull() -> Outcome {
    let world = World::new(TWO_SIDES, OTHER_SIDE)?;
    for arguments in [&["pull"][..], &["pull", "--prune"], &["pull", "--only", "DIFFERS,THERE"]] {
        fails(&world.run(arguments)?, "other values here: DIFFERS");
        assert_eq!(world.secrets(), TWO_SIDES);
    }
    fails(&world.run(&["pull", "--prune", "--only", "HERE"])?, "would be removed here: HERE");
    let document = world.run(&["pull", "--dry-run", "--force", "--json"])?.out;
    let document: serde_json::Value = serde_json::from_str(&document)?;
    let wanted = serde_json::json!([
        { "name": "DIFFERS", "state": "changed" },
        { "name": "THERE", "state": "added" },
    ]);
    assert_eq!(document["variables"], wanted);
    let dry = world.run(&["pull", "--dry-run", "--force"])?;
    expect(
        &dry,
        0,
        "~ DIFFERS  ••••••••\n+ THERE  ••••••••\n",
        "would be 2 set in secrets.toml; nothing was written",
    );
    assert_eq!(world.secrets(), TWO_SIDES);
    expect(&world.run(&["pull", "--only", "THERE"])?, 0, "+ THERE  ••••••••\n", "1 set in secrets.toml");
    assert_eq!(world.secrets(), format!("{TWO_SIDES}THERE = \"hunter2-hunter2\"\n"));
    let done = world.run(&["pull", "--force", "--prune"])?;
    expect(&done, 0, "~ DIFFERS  ••••••••\n- HERE\n", "1 set, 1 removed in secrets.toml");
    let pulled = "# of all\nSAME = \"same\" # kept\nPORT = 5000\nDIFFERS = \"hunter2-hunter2!\"\nTHERE = \"hunter2-hunter2\"\n";
    assert_eq!(world.secrets(), pulled);
    assert_eq!(fs::metadata(world.file())?.permissions().mode() & 0o777, 0o600);
    expect(&world.run(&["pull", "--force", "--prune"])?, 0, "", "nothing to pull");
    assert_eq!(world.server.state().count("PATCH"), 0);
    Ok(())
}

fn names_that_are_none_here() -> Outcome {
    let world = World::new("", &[("PATH", SECRET), ("GOOD", SECRET), ("__a-b\u{1b}[31m\n", SECRET)])?;
    let done = world.run(&["pull"])?;
    expect(&done, 0, "+ GOOD  ••••••••\n", "left out PATH: the name is reserved");
    assert!(done.err.contains("left out __a-b [31m: a name can only contain"), "{}", done.err);
    assert_eq!(world.secrets(), "GOOD = \"hunter2-hunter2\"\n");
    Ok(())
}

fn a_missing_secrets_file_is_not_made() -> Outcome {
    let world = World::new("", &[("A", SECRET)])?;
    fs::remove_file(world.file())?;
    fails(&world.run(&["pull"])?, "`venvars init` creates it");
    assert!(!world.file().exists() && world.server.state().seen.is_empty());
    Ok(())
}

fn what_git_would_take_is_refused() -> Outcome {
    let world = World::new(TWO_SIDES, OTHER_SIDE)?;
    git(world.path(), &["init", "-q"])?;
    for command in ["push", "pull"] {
        fails(&world.run(&[command, "--force"][..=usize::from(command == "pull")])?, "git does not ignore");
    }
    assert!(world.server.state().seen.is_empty());
    assert_eq!(world.secrets(), TWO_SIDES);
    Ok(())
}

fn which_app() -> Outcome {
    let world = World::new("A = \"1\"\n", &[("A", "1")])?;
    let run = |arguments: &[&str]| finish(world.command(arguments).env_remove("HEROKU_APP"));
    fails(&run(&["diff"])?, "no git remote points to Heroku");
    git(world.path(), &["init", "-q"])?;
    fs::write(world.path().join(".gitignore"), "/secrets.toml\n")?;
    git(world.path(), &["remote", "add", "origin", "https://github.com/me/other.git"])?;
    fails(&run(&["diff"])?, "no git remote points to Heroku");
    git(world.path(), &["remote", "add", "heroku", "https://git.heroku.com/my-app.git"])?;
    expect(&run(&["diff"])?, 0, "", "");
    fails(&run(&["diff", "--app", "other-app"])?, "is other-app the app's name?");
    fails(&finish(world.command(&["diff"]).env("HEROKU_APP", "other-app"))?, "is other-app the app's name?");
    git(world.path(), &["remote", "add", "staging", "git@heroku.com:my-staging.git"])?;
    fails(&run(&["diff"])?, "my-app (heroku), my-staging (staging)");
    git(world.path(), &["config", "heroku.remote", "heroku"])?;
    expect(&run(&["diff"])?, 0, "", "");
    world.forget();
    for name in ["../account", "a/b", "a b", "a%2Fb", "é", SECRET.repeat(9).as_str()] {
        fails(&run(&["diff", "--app", name])?, "not the name of an app");
    }
    assert!(world.server.state().seen.is_empty());
    Ok(())
}

fn which_token() -> Outcome {
    let world = World::new("A = \"1\"\n", &[("A", "1")])?;
    let run = || finish(world.command(&["diff"]).env_remove("HEROKU_API_KEY"));
    fails(&run()?, "HEROKU_API_KEY");
    let host = world.server.url.trim_start_matches("http://");
    let netrc = world.path().join(".netrc");
    fs::write(&netrc, format!("machine api.heroku.com\n  login a\n  password {TOKEN}\n"))?;
    private(&netrc);
    // A token goes to the host that it is for.
    fails(&run()?, &format!("has no password for {host}"));
    assert!(world.server.state().seen.is_empty());
    fs::write(&netrc, format!("machine {host}\n  login a@example.com\n  password {TOKEN}\n"))?;
    expect(&run()?, 0, "", "");
    assert_eq!(run()?.err, "");
    fs::set_permissions(&netrc, fs::Permissions::from_mode(0o644))?;
    expect(&run()?, 0, "", "others can read it (mode 0644)");
    fs::write(&netrc, format!("machine {host} password wrong-wrong"))?;
    let done = run()?;
    fails(&done, "Heroku answers 401 unauthorized: Invalid credentials provided.");
    assert!(done.err.contains("`heroku login`") && !done.err.contains("wrong-wrong"), "{}", done.err);
    let elsewhere = world.path().join("elsewhere");
    fs::write(&elsewhere, format!("machine {host} login a password {TOKEN}"))?;
    private(&elsewhere);
    let mut command = world.command(&["diff"]);
    expect(&finish(command.env_remove("HEROKU_API_KEY").env("NETRC", &elsewhere))?, 0, "", "");
    for key in ["wrong-wrong", "wrong\r\nX-Evil: wrong"] {
        let done = finish(world.command(&["diff"]).env("HEROKU_API_KEY", key))?;
        fails(&done, "HEROKU_API_KEY");
        assert!(!done.err.contains("wrong"), "{}", done.err);
    }
    Ok(())
}

fn which_address() -> Outcome {
    let world = World::new("A = \"1\"\n", &[("A", "1")])?;
    let run = |name: &str, value: &str| {
        finish(world.command(&["diff", "--timeout", "5"]).env_remove("HEROKU_API_URL").env(name, value))
    };
    expect(&run("HEROKU_HOST", &world.server.url)?, 0, "", "");
    fails(&run("HEROKU_HOST", "evil.example")?, "HEROKU_HOST: the token is only sent to Heroku's own hosts");
    fails(
        &run("HEROKU_API_URL", "https://evil.example")?,
        "HEROKU_API_URL: the token is only sent to Heroku's own",
    );
    fails(&run("HEROKU_API_URL", "http://api.heroku.com")?, "in plain text");
    // Nobody listens on a port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    fails(&run("HEROKU_API_URL", &format!("http://127.0.0.1:{port}"))?, "connection refused");
    // A proxy would see what is meant for this machine.
    let mut command = world.command(&["diff"]);
    for name in ["http_proxy", "HTTP_PROXY", "ALL_PROXY", "https_proxy"] {
        command.env(name, format!("http://127.0.0.1:{port}"));
    }
    expect(&finish(&mut command)?, 0, "", "");
    Ok(())
}

/// Every answer that is none, with what is said of it.
fn bad_answers() -> Vec<(&'static str, Fault, &'static str)> {
    let html = "<html><body>hunter2-hunter2</body></html>";
    let good = "{\"A\": \"hunter2-hunter2\"}";
    let cut = format!("HTTP/1.1 200 OK\r\n{JSON}Content-Length: 9999\r\n\r\n{good}");
    let huge = format!("{{\"A\": \"{}\"}}", "hunter2-hunter2 ".repeat(400_000));
    vec![
        ("HTML", answer(200, HTML, html), "it is text/html, not JSON"),
        ("HTML that calls itself JSON", answer(200, JSON, html), "it is not JSON"),
        ("JSON that calls itself nothing", answer(200, "", good), "it is of no stated type"),
        ("empty", answer(200, JSON, ""), "it is empty"),
        ("no content", answer(204, "", ""), "it is empty"),
        ("huge", answer(200, JSON, &huge), "it is larger than 4 MiB"),
        ("cut off", Fault::Bytes(cut.into_bytes()), "broke off"),
        ("cut JSON", answer(200, JSON, &good[..12]), "its JSON is cut off"),
        ("a list", answer(200, JSON, "[\"hunter2-hunter2\"]"), "not an object of strings"),
        ("a number", answer(200, JSON, "{\"A\": 1}"), "not an object of strings"),
        ("more after the end", answer(200, JSON, &format!("{good}{good}")), "it is not JSON"),
        ("no UTF-8", Fault::Bytes([b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{\"A\":\"\xff\"}".as_slice()].concat()), "it is not JSON"),
        ("a NUL", answer(200, JSON, "{\"A\": \"\\u0000hunter2-hunter2\"}"), "A contains a NUL"),
        ("no HTTP", Fault::Bytes(b"hunter2-hunter2\r\n\r\n".to_vec()), "the answer is not HTTP"),
        ("nothing at all", Fault::Bytes(Vec::new()), "no answer from"),
        ("no answer", Fault::Hang, "it took too long"),
        ("error of HTML", answer(500, HTML, html), "Heroku answers 500 and did not say why: the answer is text/html"),
        ("error of nothing", answer(502, "", ""), "Heroku answers 502 and did not say why"),
        ("error cut off", Fault::Bytes(format!("HTTP/1.1 422 No\r\n{JSON}Content-Length: 999\r\n\r\n{{").into_bytes()), "Heroku answers 422"),
    ]
}

fn bad_answer(fault: &Fault, said: &str) -> Outcome {
    for command in ["diff", "push", "pull"] {
        let world = World::new(TWO_SIDES, OTHER_SIDE)?;
        world.server.fail(vec![fault.clone(); 9]);
        let begun = Instant::now();
        let done = world.run(&[command, "--timeout", "2"])?;
        fails(&done, said);
        assert_eq!(done.out, "");
        assert!(begun.elapsed() < Duration::from_secs(20));
        assert_eq!(world.secrets(), TWO_SIDES);
        // Beside the user's own folder, where the backups are.
        let left = fs::read_dir(world.path())?.flatten().filter(|entry| entry.file_name() != ".local");
        assert_eq!(left.count(), 1, "something is left behind");
        let state = world.server.state();
        assert_eq!((state.count("PATCH"), state.releases), (0, 0));
    }
    // The same answer to the change itself: said to be unsure only if the change may have been made,
    // and never sent twice.
    let world = World::new(TWO_SIDES, OTHER_SIDE)?;
    let good = serde_json::to_string(&world.server.state().vars)?;
    world.server.fail([answer(200, JSON, &good), fault.clone()]);
    let done = world.run(&["push", "--timeout", "2"])?;
    fails(&done, said);
    let refused = said.starts_with("Heroku answers 4") || said.starts_with("Heroku answers 5");
    assert_eq!(done.err.contains("Heroku may have taken the changes, or not"), !refused, "{}", done.err);
    assert_eq!(world.server.state().count("PATCH"), 1);
    Ok(())
}

fn a_change_that_is_not_in_the_answer() -> Outcome {
    let world = World::new(TWO_SIDES, OTHER_SIDE)?;
    let good = serde_json::to_string(&world.server.state().vars)?;
    world.server.fail([answer(200, JSON, &good), answer(200, JSON, &good)]);
    fails(&world.run(&["push"])?, "DIFFERS: Heroku's answer does not show the change");
    // Taken, and the answer cut: a second push finds nothing to do.
    let length = 150;
    world.server.fail([answer(200, JSON, &good), Fault::CutAfter(length)]);
    fails(&world.run(&["push"])?, "Heroku may have taken the changes, or not");
    assert_eq!(world.server.state().releases, 1);
    expect(&world.run(&["push", "--only", "HERE,DIFFERS"])?, 0, "", "nothing to push");
    assert_eq!(world.server.state().releases, 1);
    Ok(())
}

fn redirects() -> Outcome {
    let elsewhere = Server::start()?;
    for status in [301, 302, 303, 307, 308] {
        let world = World::new(TWO_SIDES, OTHER_SIDE)?;
        let headers = format!("Location: {}/apps/my-app/config-vars\r\n", elsewhere.url);
        let good = serde_json::to_string(&world.server.state().vars)?;
        world.server.fail([answer(status, &headers, "")]);
        fails(&world.run(&["pull"])?, "redirects to another address");
        world.server.fail([answer(200, JSON, &good), answer(status, &headers, "")]);
        fails(&world.run(&["push"])?, "redirects to another address");
        assert_eq!(world.secrets(), TWO_SIDES);
    }
    assert!(elsewhere.state().seen.is_empty());
    Ok(())
}

fn the_apis_own_words() -> Outcome {
    let world = World::new(TWO_SIDES, OTHER_SIDE)?;
    let message = format!("\u{1b}[2Jvalue {SECRET} of\nDIFFERS is bad ({TOKEN})");
    world.server.fail([error(422, "invalid_params", &message)]);
    fails(
        &world.run(&["diff"])?,
        "Heroku answers 422 invalid_params: [2Jvalue •••••••• of DIFFERS is bad (••••••••)\n",
    );
    let good = serde_json::to_string(&world.server.state().vars)?;
    world.server.fail([answer(200, JSON, &good), error(422, "invalid_params", "hunter2-hunter2! was there")]);
    let done = world.run(&["push"])?;
    fails(&done, "422 invalid_params: •••••••• was there");
    assert!(!done.err.contains("may have"), "{}", done.err);
    world.server.fail([error(404, "not_found", "Couldn't find that app.")]);
    fails(
        &world.run(&["diff"])?,
        "404 not_found: Couldn't find that app.\n  hint: is my-app the app's name?",
    );
    world.server.fail([error(403, "forbidden", "You do not have access to the app.")]);
    fails(&world.run(&["diff"])?, "403 forbidden: You do not have access to the app.");
    // The limit is Heroku's own to tell.
    fs::write(world.file(), format!("BIG = \"{}\"\n", "x".repeat(33 * 1024)))?;
    world.server.fail([]);
    fails(&world.run(&["push"])?, "422 invalid_params: Config vars may not be larger than 32kb.");
    assert_eq!(world.server.state().releases, 0);
    Ok(())
}

fn retries() -> Outcome {
    let limited = || {
        answer(
            429,
            &format!("{JSON}Retry-After: 1\r\n"),
            "{\"id\": \"rate_limit\", \"message\": \"slow down\"}",
        )
    };
    let world = World::new("A = \"1\"\n", &[("A", "1")])?;
    world.server.fail([error(500, "internal", "x"), limited(), Fault::Bytes(Vec::new())]);
    let begun = Instant::now();
    expect(&world.run(&["diff"])?, 0, "", "");
    assert!(begun.elapsed() >= Duration::from_secs(1), "Retry-After is not kept");
    assert_eq!(world.server.state().count("GET"), 4);
    world.forget();
    world.server.fail(vec![error(503, "maintenance", "Heroku is in maintenance."); 9]);
    fails(&world.run(&["diff"])?, "503 maintenance: Heroku is in maintenance.");
    assert_eq!(world.server.state().count("GET"), 4);
    world.forget();
    let long = answer(
        429,
        &format!("{JSON}Retry-After: 3600\r\n"),
        "{\"id\": \"rate_limit\", \"message\": \"slow down\"}",
    );
    world.server.fail([long]);
    fails(&world.run(&["diff"])?, "429 rate_limit: slow down\n  hint: try again in 3600 s");
    assert_eq!(world.server.state().count("GET"), 1);
    // A change that was turned away is sent again; one release is made.
    for turned_away in [limited(), error(503, "maintenance", "x")] {
        let world = World::new(TWO_SIDES, OTHER_SIDE)?;
        let good = serde_json::to_string(&world.server.state().vars)?;
        world.server.fail([answer(200, JSON, &good), turned_away]);
        assert_eq!(world.run(&["push"])?.code, Some(0));
        assert_eq!(world.sent(), (2, 1));
    }
    Ok(())
}

/// A certificate for `host` with its key, and the server's settings.
fn certified(host: &str) -> Result<(String, Arc<rustls::ServerConfig>), Failed> {
    let made = rcgen::generate_simple_self_signed([host.to_owned()])?;
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der())?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)?;
    Ok((made.cert.pem(), Arc::new(config)))
}

fn certificates() -> Outcome {
    let (pem, config) = certified("localhost")?;
    let world = World::with_server(TWO_SIDES, Server::start_with(Some(config))?.with(OTHER_SIDE))?;
    for command in ["diff", "push", "pull"] {
        fails(&world.run(&[command])?, "its certificate is not trusted: unknown issuer");
    }
    assert!(world.server.state().seen.is_empty());
    let file = world.path().join("ca.pem");
    fs::write(&file, &pem)?;
    let mut command = world.command(&["diff"]);
    assert_eq!(finish(command.env("SSL_CERT_FILE", &file))?.code, Some(1));
    let (other, config) = certified("other.example")?;
    let stranger = World::with_server(TWO_SIDES, Server::start_with(Some(config))?.with(OTHER_SIDE))?;
    fs::write(&file, &other)?;
    fails(&finish(stranger.command(&["diff"]).env("SSL_CERT_FILE", &file))?, "it is for another host");
    // No variable that other programs know turns the check off.
    for (name, value) in [("NODE_TLS_REJECT_UNAUTHORIZED", "0"), ("HEROKU_SSL_VERIFY", "disable")] {
        fails(&finish(world.command(&["diff"]).env(name, value))?, "its certificate is not trusted");
    }
    fs::write(&file, "hunter2-hunter2")?;
    fails(&finish(world.command(&["diff"]).env("SSL_CERT_FILE", &file))?, "no certificate in it");
    Ok(())
}

fn nothing_secret_in_arguments() -> Outcome {
    let world = World::new(TWO_SIDES, OTHER_SIDE)?;
    let good = serde_json::to_string(&world.server.state().vars)?;
    world.server.fail([answer(200, JSON, &good), Fault::Hang]);
    let mut child =
        world.command(&["push", "--timeout", "3"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let deadline = Instant::now() + Duration::from_secs(20);
    while world.server.state().count("PATCH") == 0 && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(5));
    }
    let line = fs::read(format!("/proc/{}/cmdline", child.id()))?;
    let words: Vec<_> = line.split(|byte| *byte == 0).skip(1).map(String::from_utf8_lossy).collect();
    assert_eq!(words, ["heroku", "push", "--timeout", "3", ""]);
    for process in fs::read_dir("/proc")?.flatten() {
        let line = fs::read(process.path().join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).into_owned();
        assert!(!line.contains(SECRET) && !line.contains(TOKEN), "{line}");
    }
    child.wait()?;
    assert_eq!(world.server.state().count("PATCH"), 1);
    Ok(())
}

/// Heroku's own CLI, at our server.
fn heroku(world: &World, arguments: &[&str]) -> Command {
    let mut command = Command::new(cache().join("heroku/node_modules/.bin/heroku"));
    clean(&mut command, world.path());
    command
        .current_dir(world.path())
        .env("HEROKU_HOST", &world.server.url)
        .env("HEROKU_API_KEY", TOKEN)
        .env("HEROKU_APP", APP)
        .env("DISABLE_TELEMETRY", "true")
        .env("IS_HEROKU_TEST_ENV", "true")
        .env("HEROKU_SKIP_NEW_VERSION_CHECK", "true")
        .env("HEROKU_DISABLE_AUTOUPDATE", "1")
        .args(arguments);
    command
}

fn config(world: &World) -> Result<BTreeMap<String, String>, Failed> {
    Ok(serde_json::from_slice(&succeed(&mut heroku(world, &["config", "--json"]))?.stdout)?)
}

/// All that is nasty and fits into what Heroku holds.
fn nasty() -> Vec<(String, String)> {
    values::nasty().into_iter().filter(|(_, value)| value.len() < 10_000).collect()
}

fn same(found: &BTreeMap<String, String>, expected: &[(String, String)]) {
    assert_eq!(found.len(), expected.len());
    for (name, value) in expected {
        assert_eq!(found.get(name), Some(value), "{name}");
    }
}

fn what_the_cli_sets_is_pulled() -> Outcome {
    let world = World::new("", &[])?;
    let nasty = nasty();
    let pairs: Vec<String> = nasty.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut words = vec!["config:set"];
    words.extend(pairs.iter().map(String::as_str));
    succeed(&mut heroku(&world, &words))?;
    let done = world.run(&["pull"])?;
    assert_eq!(done.code, Some(0), "{}", done.err);
    let mut command = venvars(world.path());
    let exported = succeed(command.args(["export", "--format", "json"]))?.stdout;
    same(&serde_json::from_slice(&exported)?, &nasty);
    expect(&world.run(&["diff"])?, 0, "", "");
    succeed(&mut heroku(&world, &["config:unset", "QUOTES"]))?;
    succeed(&mut heroku(&world, &["config:set", "EMPTY=full", "NEW=1"]))?;
    expect(&world.run(&["diff"])?, 1, "~ EMPTY  ••••••••\n+ QUOTES  ••••••••\n  NEW  only on Heroku\n", "");
    Ok(())
}

fn what_is_pushed_is_shown_by_the_cli() -> Outcome {
    let world = World::new("", &[("GONE", "x")])?;
    let nasty = nasty();
    write_secrets(&world.file(), &nasty);
    let done = world.run(&["push", "--prune"])?;
    assert_eq!(done.code, Some(0), "{}", done.err);
    assert_eq!(world.server.state().releases, 1);
    same(&config(&world)?, &nasty);
    let shown = succeed(&mut heroku(&world, &["config:get", "TROUBLE"]))?;
    assert_eq!(String::from_utf8_lossy(&shown.stdout), format!("{}\n", values::TROUBLE));
    Ok(())
}

/// The server turns away what Heroku turns away, and its CLI understands why.
fn the_cli_and_we_are_told_the_same() -> Outcome {
    let world = World::new("A = \"1\"\n", &[])?;
    for (name, value) in [("HEROKU_APP", "other-app"), ("HEROKU_API_KEY", "wrong")] {
        let theirs = heroku(&world, &["config"]).env(name, value).output()?;
        let ours = world.command(&["diff"]).env(name, value).output()?;
        assert!(!theirs.status.success() && ours.status.code() == Some(2));
        let words = if name == "HEROKU_APP" { "Couldn't find that app." } else { "HEROKU_API_KEY" };
        for output in [theirs, ours] {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(said.contains(words), "{said}");
        }
    }
    Ok(())
}

fn the_clis_netrc_is_ours() -> Outcome {
    let world = World::new("A = \"1\"\n", &[("A", "1")])?;
    let host = world.server.url.trim_start_matches("http://");
    let netrc = world.path().join(".netrc");
    let mut file = fs::File::create(&netrc)?;
    writeln!(
        file,
        "machine other.example\n  login x\n  password y\nmachine {host}\n  login a@b.c\n  password {TOKEN}"
    )?;
    private(&netrc);
    let mut theirs = heroku(&world, &["config", "--json"]);
    theirs.env_remove("HEROKU_API_KEY").env("HEROKU_NETRC_WRITE", "true");
    assert_eq!(
        String::from_utf8_lossy(&succeed(&mut theirs)?.stdout).split_whitespace().collect::<String>(),
        "{\"A\":\"1\"}"
    );
    expect(&finish(world.command(&["diff"]).env_remove("HEROKU_API_KEY"))?, 0, "", "");
    Ok(())
}

pub fn trials() -> Vec<Trial> {
    let mut trials: Vec<Trial> = Vec::new();
    let own: [(&str, fn() -> Outcome); 15] = [
        ("diff", diff),
        ("push", push),
        ("pull", pull),
        ("names-that-are-none-here", names_that_are_none_here),
        ("a-missing-secrets-file-is-not-made", a_missing_secrets_file_is_not_made),
        ("what-git-would-take-is-refused", what_git_would_take_is_refused),
        ("which-app", which_app),
        ("which-token", which_token),
        ("which-address", which_address),
        ("a-change-that-is-not-in-the-answer", a_change_that_is_not_in_the_answer),
        ("redirects", redirects),
        ("the-apis-own-words", the_apis_own_words),
        ("retries", retries),
        ("certificates", certificates),
        ("nothing-secret-in-arguments", nothing_secret_in_arguments),
    ];
    let no_proc = (!Path::new("/proc/self/cmdline").exists()).then(|| "/proc".to_owned());
    for (name, run) in own {
        let missing = no_proc.clone().filter(|_| name == "nothing-secret-in-arguments");
        trials.push(trial(name.to_owned(), missing, run));
    }
    for (name, fault, said) in bad_answers() {
        let name = format!("bad-answer::{}", name.replace(' ', "-"));
        trials.push(trial(name, None, move || bad_answer(&fault, said)));
    }
    let no_cli = (!cache().join("heroku/complete").exists()).then(|| "heroku (npm)".to_owned());
    let cli: [(&str, fn() -> Outcome); 4] = [
        ("what-the-cli-sets-is-pulled", what_the_cli_sets_is_pulled),
        ("what-is-pushed-is-shown-by-the-cli", what_is_pushed_is_shown_by_the_cli),
        ("the-cli-and-we-are-told-the-same", the_cli_and_we_are_told_the_same),
        ("the-clis-netrc-is-ours", the_clis_netrc_is_ours),
    ];
    for (name, run) in cli {
        trials.push(trial(name.to_owned(), no_cli.clone(), run));
    }
    trials
}
