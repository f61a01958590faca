//! `venvars rotate`: real Flask and Django read what it keeps up, a real keyring and age keep it, a real
//! terminal asks, and nothing is lost when it is killed.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use libtest_mimic::{Failed, Trial};
use tempfile::TempDir;

use crate::support::heroku::{APP, Server, TOKEN};
use crate::support::{self, cache, clean, git, private, succeed, trial, venvars};

type Outcome = Result<(), Failed>;

const SECRET: &str = "hunter2-hunter2";
const LIST: &str = "SECRET_KEY_FALLBACKS";
const SETTINGS: &str = "[variables.SECRET_KEY]\ngenerate = \"hex32\"\nfallbacks = \"SECRET_KEY_FALLBACKS\"\n";

pub fn trials() -> Vec<Trial> {
    let first = |programs: &[&str]| {
        programs.iter().find(|program| which::which(program).is_err()).map(|program| (*program).to_owned())
    };
    let web = (!python().exists()).then(|| "Flask and Django (scripts/test installs them)".to_owned());
    let mut trials: Vec<Trial> = Vec::new();
    let plain: [(&str, Option<String>, fn() -> Outcome); 16] = [
        ("new-by-kind-or-read", None, by_kind_or_read),
        ("refused", None, refused),
        ("kept-elsewhere", None, elsewhere),
        ("profiles", None, profiles),
        ("kept-up", None, kept_up),
        ("all-compromised", None, all_compromised),
        ("all-compromised-at-the-top", None, all_compromised_at_the_top),
        ("two-at-once", None, two_at_once),
        ("heroku", support::no_servers(), heroku),
        ("apply-follows", first(&["bash"]), apply_follows),
        ("sessions-flask", web.clone(), flask),
        ("sessions-django", web, django),
        ("age", first(&["age-keygen", "age"]), age),
        ("terminal", first(&["script"]), terminal),
        ("heroku-gets-the-new-value", first(&["script"]), heroku_gets_the_new_value),
        ("killed", first(&["strace"]), killed),
    ];
    for (name, missing, run) in plain {
        trials.push(trial(name.to_owned(), missing, run));
    }
    #[cfg(target_os = "linux")]
    trials.extend([
        trial("keyring".to_owned(), support::keyring::missing(), keyring),
        trial(
            "all-get-what-the-keyring-got".to_owned(),
            support::keyring::missing().or(first(&["script"])),
            all_get_what_the_keyring_got,
        ),
    ]);
    trials
}

fn python() -> PathBuf {
    cache().join("web/bin/python")
}

/// A folder with these secrets and these settings.
fn project(secrets: &str, settings: &str) -> Result<TempDir, Failed> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("secrets.toml"), secrets)?;
    private(&folder.path().join("secrets.toml"));
    fs::write(folder.path().join("venvars.toml"), settings)?;
    Ok(folder)
}

fn secrets(folder: &Path) -> String {
    fs::read_to_string(folder.join("secrets.toml")).unwrap_or_default()
}

struct Done {
    code: i32,
    out: String,
    err: String,
}

fn finish(command: &mut Command, input: &str) -> Result<Done, Failed> {
    let output = support::fed(command, input.as_bytes())?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(Done {
        code: output.status.code().unwrap_or(-1),
        out: text(&output.stdout),
        err: text(&output.stderr),
    })
}

fn run_with(folder: &Path, arguments: &[&str], input: &str) -> Result<Done, Failed> {
    let done = finish(venvars(folder).args(arguments), input)?;
    // `get` shows a value, and nothing else does.
    if arguments[0] != "get" && (done.out.contains(SECRET) || done.err.contains(SECRET)) {
        return Err(format!("{arguments:?} shows a value: {}{}", done.out, done.err).into());
    }
    Ok(done)
}

fn run(folder: &Path, arguments: &[&str]) -> Result<Done, Failed> {
    run_with(folder, arguments, "")
}

#[track_caller]
fn fine(folder: &Path, arguments: &[&str]) -> Result<String, Failed> {
    let done = run(folder, arguments)?;
    assert_eq!(done.code, 0, "{arguments:?}: {}{}", done.out, done.err);
    Ok(done.out + &done.err)
}

#[track_caller]
fn fails(folder: &Path, arguments: &[&str], input: &str, said: &str) -> Outcome {
    let before = secrets(folder);
    let done = run_with(folder, arguments, input)?;
    assert!(
        done.code == 2 && done.err.contains(said),
        "{arguments:?}: {} {}{}",
        done.code,
        done.out,
        done.err
    );
    assert_eq!(secrets(folder), before, "{arguments:?}");
    Ok(())
}

fn get(folder: &Path, name: &str) -> Result<String, Failed> {
    Ok(run(folder, &["get", name])?.out)
}

fn list(folder: &Path) -> Result<Vec<String>, Failed> {
    Ok(serde_json::from_str(&get(folder, LIST)?)?)
}

fn by_kind_or_read() -> Outcome {
    let text = "# head\nTOKEN = \"hunter2-hunter2\" # of the token\nID = \"hunter2-hunter2-id\"\n# end\n";
    let folder = project(text, "[variables.ID]\ngenerate = \"uuid4\"\n")?;
    let path = folder.path();
    let said = fine(path, &["rotate", "TOKEN", "--generate=urlsafe16"])?;
    assert!(said.contains("TOKEN: set to a new value; `venvars scan` still looks"), "{said}");
    let first = get(path, "TOKEN")?;
    assert_eq!(first.len(), 22);
    assert_eq!(run_with(path, &["rotate", "TOKEN", "--stdin"], "typed by hand\n")?.code, 0);
    assert_eq!(get(path, "TOKEN")?, "typed by hand");
    fine(path, &["rotate", "ID"])?;
    assert_eq!(get(path, "ID")?.len(), 36);
    let id = get(path, "ID")?;
    // Comments and order stay; old values stand below, in the order in which they went.
    let after = secrets(path);
    let aside = |name: &str, value: &str| {
        let at = after.split("at = ").nth(1).map_or("", |rest| &rest[..20]).to_owned();
        (format!("name = \"{name}\"\nat = "), format!("value = \"{value}\"\n"), at.len())
    };
    let (head, tail) = after.split_once("\n[[rotated]]\n").ok_or("nothing is put aside")?;
    assert_eq!(head, format!("# head\nTOKEN = \"typed by hand\" # of the token\nID = \"{id}\"\n# end\n"));
    let blocks: Vec<&str> = tail.split("\n[[rotated]]\n").collect();
    assert_eq!(blocks.len(), 3, "{tail}");
    for (block, (name, value)) in
        blocks.iter().zip([("TOKEN", SECRET), ("TOKEN", first.as_str()), ("ID", "hunter2-hunter2-id")])
    {
        let (begin, end, _) = aside(name, value);
        assert!(block.starts_with(&begin) && block.ends_with(&end), "{block}");
    }
    assert_eq!(fs::metadata(path.join("secrets.toml"))?.mode() & 0o777, 0o600);
    // Old values are no variables.
    for arguments in [&["list", "--reveal"][..], &["export", "--format", "json"], &["status", "--json"]] {
        let done = finish(venvars(path).args(arguments), "")?;
        assert!(!done.out.contains(SECRET) && !done.out.contains("rotated"), "{}", done.out);
    }
    // What is edited afterwards leaves them where they are.
    fine(path, &["set", "MORE=1"])?;
    fine(path, &["unset", "MORE"])?;
    assert!(secrets(path).ends_with(tail));
    Ok(())
}

fn refused() -> Outcome {
    let settings = "[variables.PORT]\ntype = \"port\"\n[variables.KEY]\nfallbacks = \"KEYS\"\n";
    let folder =
        project("TOKEN = \"hunter2-hunter2\"\nPORT = 5000\nKEY = \"a\"\nKEYS = \"no list\"\n", settings)?;
    let path = folder.path();
    for (arguments, input, said) in [
        (&["rotate"][..], "", "required"),
        (&["rotate", "TOKEM", "--generate=hex32"], "", "did you mean TOKEN?"),
        (&["rotate", "A-B", "--generate=hex32"], "", "a name can only contain"),
        (&["rotate", "TOKEN"], "x", "no terminal"),
        (&["rotate", "TOKEN", "--stdin"], SECRET, "this is its current value"),
        (&["rotate", "TOKEN", "--stdin"], "", "the new value is empty"),
        (&["rotate", "PORT", "--stdin"], "no port", "the value is not a valid port"),
        (&["rotate", "TOKEN", "PORT", "--stdin"], "x", "one variable"),
        (&["rotate", "TOKEN", "TOKEM", "--generate=hex32"], "", "TOKEM"),
        (&["rotate", "TOKEN", "--drop-fallbacks"], "", "fallbacks = \"TOKEN_FALLBACKS\""),
        (&["rotate", "KEY", "--generate=hex32"], "", "KEYS: the value is not a JSON list"),
        (&["rotate", "KEYS", "--generate=hex32"], "", "KEYS contains old values of KEY"),
        (&["rotate", "TOKEN", "--generate=hex32", "--profile", "x"], "", "no profile named x"),
    ] {
        fails(path, arguments, input, said)?;
    }
    assert_eq!(run_with(path, &["rotate", "TOKEN", "--stdin"], "the second")?.code, 0);
    fails(path, &["rotate", "TOKEN", "--stdin"], SECRET, "one of its old values")?;
    for (settings, said) in [
        ("[variables.A]\nfallbacks = \"A\"\n", "venvars.toml:2:13: A: fallbacks: it cannot keep its own"),
        ("[variables.A]\nfallbacks = \"PATH\"\n", "reserved"),
        ("[variables.A]\nfallback = \"B\"\n", "did you mean fallbacks?"),
    ] {
        fs::write(path.join("venvars.toml"), settings)?;
        fails(path, &["rotate", "TOKEN", "--generate=hex32"], "", said)?;
    }
    fs::write(path.join("venvars.toml"), "")?;
    // Where git would take the values, nothing is asked and nothing written.
    git(path, &["init", "-q"])?;
    fails(path, &["rotate", "TOKEN", "--generate=hex32"], "", "git does not ignore this secrets file")
}

fn elsewhere() -> Outcome {
    let folder = project(
        "A = { command = [\"printf\", \"x\"] }\nB = { file = \"b.key\" }\nC = { template = \"${D}!\" }\nD = \"hunter2-hunter2\"\n",
        "[variables.E]\ndefault = \"e\"\n",
    )?;
    let path = folder.path();
    for (name, said) in [
        ("A", "it is what `printf` prints"),
        ("B", "b.key: change it there"),
        ("C", "it is made of D: rotate the secret part"),
        ("E", "set its first value: venvars set E"),
    ] {
        fails(path, &["rotate", name, "--generate=hex32"], "", said)?;
        // All or none.
        fails(path, &["rotate", "D", name, "--generate=hex32"], "", said)?;
    }
    Ok(())
}

fn profiles() -> Outcome {
    let text = "KEY = \"hunter2-hunter2\"\nTOP = \"hunter2-hunter2-top\"\n\n[profile.test]\nKEY = \"hunter2-hunter2-test\"\n";
    let folder = project(text, "[variables.KEY]\nfallbacks = \"KEYS\"\n")?;
    let path = folder.path();
    fine(path, &["rotate", "KEY", "--generate=hex32", "--profile", "test"])?;
    assert_eq!(get(path, "KEY")?, SECRET);
    let after = secrets(path);
    assert!(after.contains("name = \"KEY\"\nprofile = \"test\"\nat = "), "{after}");
    assert!(after.contains("KEYS = '[\"hunter2-hunter2-test\"]'"), "{after}");
    assert_eq!(run(path, &["get", "KEYS"])?.code, 2);
    assert_eq!(run(path, &["get", "KEYS", "--profile", "test"])?.out, "[\"hunter2-hunter2-test\"]");
    fails(path, &["rotate", "TOP", "--generate=hex32", "--profile", "test"], "", "--profile none")?;
    let done = finish(
        venvars(path)
            .args(["rotate", "TOP", "--generate=hex32", "--profile", "none"])
            .env("VENVARS_PROFILE", "test"),
        "",
    )?;
    assert_eq!(done.code, 0, "{}", done.err);
    fine(path, &["rotate", "--drop-fallbacks", "--profile", "test"])?;
    assert_eq!(run(path, &["get", "KEYS", "--profile", "test"])?.out, "[]");
    Ok(())
}

fn kept_up() -> Outcome {
    let folder = project("SECRET_KEY = \"the first \\\"key\\\", with a comma\"\n", SETTINGS)?;
    let path = folder.path();
    let mut keys = vec![get(path, "SECRET_KEY")?];
    for round in 1..=5 {
        let said = fine(path, &["rotate", "SECRET_KEY"])?;
        let newest: Vec<String> = keys.iter().rev().take(3).cloned().collect();
        assert_eq!(list(path)?, newest, "round {round}: {said}");
        assert!(said.contains(&format!("{} old value", round.min(3))), "{said}");
        keys.push(get(path, "SECRET_KEY")?);
    }
    assert!(fine(path, &["rotate", "SECRET_KEY", "--drop-fallbacks"])?.contains("no old values kept"));
    assert!(list(path)?.is_empty());
    assert_eq!(get(path, "SECRET_KEY")?, *keys.last().ok_or("no key")?);
    // Every one of them is still known to the scan.
    let after = secrets(path);
    assert_eq!(after.matches("[[rotated]]").count(), 5);
    // One that was written into the list by hand is put aside when it falls out.
    fine(path, &["set", "SECRET_KEY_FALLBACKS=[\"by hand by hand\"]"])?;
    fine(path, &["rotate", "--drop-fallbacks"])?;
    assert!(secrets(path).contains("value = \"by hand by hand\""));
    // A key that others may know is not kept up, whenever that became known.
    fine(path, &["rotate", "SECRET_KEY"])?;
    let burnt = get(path, "SECRET_KEY")?;
    fine(path, &["rotate", "SECRET_KEY"])?;
    assert_eq!(run_with(path, &["compromised", "SECRET_KEY", "--stdin"], &burnt)?.code, 0);
    assert_eq!(run(path, &["check"])?.code, 1);
    fine(path, &["rotate", "SECRET_KEY"])?;
    assert!(!list(path)?.contains(&burnt) && list(path)?.len() == 2);
    assert_eq!(run(path, &["check"])?.code, 0);
    fine(path, &["compromised", "SECRET_KEY", "--current"])?;
    let burnt = get(path, "SECRET_KEY")?;
    let said = fine(path, &["rotate", "SECRET_KEY"])?;
    assert!(said.contains("is compromised, so it is not kept"), "{said}");
    assert!(!list(path)?.contains(&burnt));
    Ok(())
}

fn all_compromised() -> Outcome {
    let text = "A = \"hunter2-hunter2-a\"\nB = \"hunter2-hunter2-b\"\nC = { command = [\"printf\", \"hunter2-hunter2-c\"] }\n\
                    SECRET_KEY = \"hunter2-hunter2\"\nSECRET_KEY_FALLBACKS = '[\"hunter2-hunter2-old\"]'\n\n\
                    [profile.test]\nB = \"hunter2-hunter2-t\"\n";
    let folder = project(text, SETTINGS)?;
    let path = folder.path();
    assert!(
        fine(path, &["rotate", "--all-compromised", "--generate=hex32"])?
            .contains("no value in use is compromised")
    );
    fine(path, &["compromised", "A"])?;
    fine(path, &["compromised", "B", "--profile", "test"])?;
    assert_eq!(run_with(path, &["compromised", "SECRET_KEY", "--stdin"], "hunter2-hunter2-old")?.code, 0);
    let said = fine(path, &["rotate", "--all-compromised", "--generate=hex32"])?;
    assert!(said.contains("B: set to a new value (profile test)"), "{said}");
    assert_eq!(get(path, "B")?, "hunter2-hunter2-b");
    assert_eq!(get(path, "SECRET_KEY")?, SECRET);
    assert!(list(path)?.is_empty());
    assert_ne!(get(path, "A")?, "hunter2-hunter2-a");
    let after = secrets(path);
    for value in ["hunter2-hunter2-a", "hunter2-hunter2-t", "hunter2-hunter2-old"] {
        assert!(after.contains(&format!("value = \"{value}\"")), "{after}");
    }
    assert!(fine(path, &["rotate", "--all-compromised"])?.contains("no value in use is compromised"));
    // No random text takes the place of what has a form.
    let url = "B = \"postgres://app:hunter2-hunter2@db/shop\"";
    fs::write(path.join("secrets.toml"), secrets(path).replacen("B = \"hunter2-hunter2-b\"", url, 1))?;
    fails(path, &["rotate", "SECRET_KEY", "B", "--generate=hex32"], "", "B: the value is a URL")?;
    assert_eq!(get(path, "SECRET_KEY")?, SECRET);
    fine(path, &["compromised", "B", "SECRET_KEY"])?;
    let done = run(path, &["rotate", "--all-compromised", "--generate=hex32"])?;
    assert!(done.code == 2 && done.err.contains("B: the value is a URL"), "{}", done.err);
    assert!(done.err.contains("venvars rotate B") && get(path, "SECRET_KEY")? != SECRET, "{}", done.err);
    assert!(get(path, "B")?.starts_with("postgres://"));
    assert_eq!(run_with(path, &["rotate", "B", "--stdin"], "hunter2-hunter2-c")?.code, 0);
    // What is kept elsewhere is told, and the rest is done.
    fine(path, &["compromised", "C", "B"])?;
    let done = run(path, &["rotate", "--all-compromised", "--generate=hex32"])?;
    assert!(done.code == 2 && done.err.contains("C: the value has been compromised"), "{}", done.err);
    assert!(
        done.err.contains("it is what `printf` prints") && done.err.contains("B: set to a new value"),
        "{}",
        done.err
    );
    assert_ne!(get(path, "B")?, "hunter2-hunter2-c");
    Ok(())
}

/// `--profile none` is the top level, and no profile, whatever the settings' default is.
fn all_compromised_at_the_top() -> Outcome {
    let text = "A = \"hunter2-hunter2-a\"\n\n[profile.dev]\nA = \"hunter2-hunter2-dev\"\n";
    let folder = project(text, "default_profile = \"dev\"\n")?;
    let path = folder.path();
    fine(path, &["compromised", "A", "--profile", "none"])?;
    fine(path, &["compromised", "A", "--profile", "dev"])?;
    let done = run(path, &["rotate", "--all-compromised", "--generate=hex32", "--profile", "none"])?;
    assert!(done.code == 0 && !done.err.contains("profile dev"), "{}", done.err);
    assert_eq!(get(path, "A")?, "hunter2-hunter2-dev");
    assert!(secrets(path).contains("value = \"hunter2-hunter2-a\""), "{}", secrets(path));
    Ok(())
}

/// Makes `path` a repository that is pushed to Heroku.
fn of_heroku(path: &Path) -> Outcome {
    fs::write(path.join(".gitignore"), "/secrets.toml\n")?;
    git(path, &["init", "-q"])?;
    pushed_to_heroku(path)
}

fn pushed_to_heroku(path: &Path) -> Outcome {
    git(path, &["remote", "add", "heroku", &format!("https://git.heroku.com/{APP}.git")])
}

/// A yes sends the value that was just set, and not that of the settings' default profile.
fn heroku_gets_the_new_value() -> Outcome {
    let text = "TOKEN = \"hunter2-hunter2\"\n\n[profile.dev]\nTOKEN = \"hunter2-hunter2-dev\"\n";
    let folder = project(text, "default_profile = \"dev\"\n")?;
    let path = folder.path();
    of_heroku(path)?;
    let server = Server::start()?.with(&[("TOKEN", SECRET)]);
    let shown = typed(path, &server, &["rotate", "TOKEN", "--generate=hex32"], &["y\n"])?;
    assert!(shown.contains("in one release"), "{shown}");
    let sent = server.state().vars["TOKEN"].clone();
    assert_eq!(sent, run(path, &["get", "TOKEN", "--profile", "none"])?.out);
    assert_eq!(get(path, "TOKEN")?, "hunter2-hunter2-dev");
    Ok(())
}

/// What was asked of the keyring before the rotation counts no longer: scripts and Heroku get the new value.
#[cfg(target_os = "linux")]
fn all_get_what_the_keyring_got() -> Outcome {
    let session = support::keyring::Session::unlocked()?;
    let folder = project("TOKEN = { keyring = \"myapp/token\" }\n", "")?;
    let path = folder.path();
    of_heroku(path)?;
    make_venv(path, ".venv")?;
    let ours = |arguments: &[&str]| {
        let mut command = venvars(path);
        let output = succeed(command.args(arguments).envs(session.environment()))?;
        Ok::<_, Failed>(String::from_utf8_lossy(&output.stdout).into_owned())
    };
    succeed(
        session.command("sh").args([
            "-c",
            "printf old-old-old-old | secret-tool store --label=x service myapp username token",
        ]),
    )?;
    ours(&["apply"])?;
    assert_eq!(ours(&["run", "--", "sh", "-c", "printf %s \"$TOKEN\""])?, "old-old-old-old");
    let server = Server::start()?.with(&[("TOKEN", "old-old-old-old")]);
    let rotate = ["rotate", "TOKEN", "--generate=urlsafe16"];
    let shown = typed_with(path, &server, &rotate, &["y\n"], &session.environment())?;
    let new = ours(&["get", "TOKEN"])?;
    assert_ne!(new, "old-old-old-old", "{shown}");
    let mut bash = session.command("bash");
    let line = ". .venv/bin/activate && printf %s \"$TOKEN\"";
    let active = succeed(bash.args(["--norc", "-c", line]).current_dir(path))?;
    assert_eq!(String::from_utf8_lossy(&active.stdout), new, "{shown}");
    assert_eq!(server.state().vars["TOKEN"], new, "{shown}");
    Ok(())
}

/// Each of eight rotations at once puts aside what the one before it had set.
fn two_at_once() -> Outcome {
    let folder = project("KEY = \"hunter2-hunter2\"\n", "")?;
    let path = folder.path();
    std::thread::scope(|scope| {
        for number in 0..8 {
            scope.spawn(move || {
                let done = run_with(path, &["rotate", "KEY", "--stdin"], &format!("value {number}")).unwrap();
                assert_eq!(done.code, 0, "{}", done.err);
            });
        }
    });
    let after = secrets(path);
    let mut values: Vec<String> = (0..8).map(|number| format!("value {number}")).collect();
    values.push(SECRET.to_owned());
    for value in values {
        assert_eq!(after.matches(&format!("\"{value}\"")).count(), 1, "{value}: {after}");
    }
    Ok(())
}

fn make_venv(path: &Path, name: &str) -> Outcome {
    let mut command = Command::new("python3");
    clean(&mut command, path);
    succeed(command.args(["-m", "venv", "--without-pip", name]).current_dir(path)).map(|_| ())
}

fn activated(path: &Path, venv: &str, words: &str) -> Result<String, Failed> {
    let mut bash = Command::new("bash");
    clean(&mut bash, path);
    let line = format!(". {venv}/bin/activate && printf '%s' \"{words}\"");
    let output = succeed(bash.args(["--norc", "-c", &line]).current_dir(path))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn apply_follows() -> Outcome {
    let folder = project("SECRET_KEY = \"hunter2-hunter2\"\n[profile.test]\nX = \"y\"\n", SETTINGS)?;
    let path = folder.path();
    // Without a venv there is a line.
    assert!(fine(path, &["rotate", "SECRET_KEY"])?.contains("run `venvars apply`"));
    for name in [".venv", "tests-venv", "untouched"] {
        make_venv(path, name)?;
    }
    fine(path, &["apply", "--venv", ".venv"])?;
    fine(path, &["apply", "--venv", "tests-venv", "--profile", "test"])?;
    let untouched = fs::read(path.join("untouched/bin/activate"))?;
    fine(path, &["rotate", "SECRET_KEY"])?;
    let key = get(path, "SECRET_KEY")?;
    let kept = get(path, LIST)?;
    assert_eq!(activated(path, ".venv", "$SECRET_KEY $SECRET_KEY_FALLBACKS")?, format!("{key} {kept}"));
    // Each in the profile that it remembers, and only those that were applied.
    assert_eq!(activated(path, "tests-venv", "$SECRET_KEY $X")?, format!("{key} y"));
    assert_eq!(fs::read(path.join("untouched/bin/activate"))?, untouched);
    // A script that cannot be written: the new value is there, and it is said.
    fs::write(path.join(".venv/bin/activate"), "# >>> venvars >>>\n")?;
    let done = run(path, &["rotate", "SECRET_KEY"])?;
    assert!(done.code == 2 && done.err.contains("activate scripts still have the old ones"), "{}", done.err);
    assert_ne!(get(path, "SECRET_KEY")?, key);
    // The others have it.
    let key = get(path, "SECRET_KEY")?;
    assert!(activated(path, "tests-venv", "$SECRET_KEY")?.starts_with(&key));
    assert!(fs::read_to_string(path.join(".venv/bin/activate.fish"))?.contains(&key));
    Ok(())
}

/// What Python prints under `venvars run`.
fn web(path: &Path, script: &str, cookie: &str) -> Result<String, Failed> {
    fs::write(path.join("app.py"), script)?;
    let mut command = venvars(path);
    command.args(["run", "--no-venv", "--"]).arg(python()).args(["app.py", cookie]);
    let output = succeed(&mut command)?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A session that was signed before a rotation opens after it, a new one is signed with the new key,
/// and the old one opens no more when old keys are dropped.
fn sessions(app: &str, settings: &str, key: &str) -> Outcome {
    let folder = project("", settings)?;
    let path = folder.path();
    fine(path, &["set", key, "--generate=django"])?;
    let login = |path: &Path| web(path, app, "");
    let who = |path: &Path, cookie: &str| web(path, app, cookie);
    let first = login(path)?;
    assert_eq!(who(path, &first)?, "ada");
    fine(path, &["rotate", key])?;
    let second = login(path)?;
    fine(path, &["rotate", key])?;
    let third = login(path)?;
    for cookie in [&first, &second, &third] {
        assert_eq!(who(path, cookie)?, "ada");
    }
    fine(path, &["rotate", key, "--drop-fallbacks"])?;
    for (cookie, user) in [(&first, "nobody"), (&second, "nobody"), (&third, "ada")] {
        assert_eq!(who(path, cookie)?, user);
    }
    Ok(())
}

const FLASK: &str = "\
import json, os, sys
from flask import Flask, session

app = Flask(__name__)
CONFIG

@app.get('/in')
def enter():
    session['user'] = 'ada'
    return ''

@app.get('/')
def who():
    return session.get('user', 'nobody')

client = app.test_client()
if len(sys.argv) > 1 and sys.argv[1]:
    client.set_cookie('session', sys.argv[1])
    print(client.get('/').text)
else:
    client.get('/in')
    print(client.get_cookie('session').value)
";

fn flask() -> Outcome {
    // Flask's own way from the environment, which reads JSON, and the one line for any other.
    let prefixed = "app.config.from_prefixed_env()";
    let line = "app.config.update(SECRET_KEY=os.environ['SECRET_KEY'], \
                    SECRET_KEY_FALLBACKS=json.loads(os.environ.get('SECRET_KEY_FALLBACKS', '[]')))";
    let settings = SETTINGS.replace("SECRET_KEY", "FLASK_SECRET_KEY");
    sessions(&FLASK.replace("CONFIG", prefixed), &settings, "FLASK_SECRET_KEY")?;
    sessions(&FLASK.replace("CONFIG", line), SETTINGS, "SECRET_KEY")
}

const DJANGO: &str = "\
import json, os, sys
import django
from django.conf import settings
from django.http import HttpResponse
from django.urls import path

settings.configure(
    SECRET_KEY=os.environ['SECRET_KEY'],
    SECRET_KEY_FALLBACKS=json.loads(os.environ.get('SECRET_KEY_FALLBACKS', '[]')),
    ALLOWED_HOSTS=['*'],
    ROOT_URLCONF=__name__,
    SESSION_ENGINE='django.contrib.sessions.backends.signed_cookies',
    MIDDLEWARE=['django.contrib.sessions.middleware.SessionMiddleware'],
)
django.setup()

def enter(request):
    request.session['user'] = 'ada'
    return HttpResponse()

def who(request):
    return HttpResponse(request.session.get('user', 'nobody'))

urlpatterns = [path('in', enter), path('', who)]

from django.test import Client
client = Client()
if len(sys.argv) > 1 and sys.argv[1]:
    client.cookies['sessionid'] = sys.argv[1]
    print(client.get('/').content.decode())
else:
    client.get('/in')
    print(client.cookies['sessionid'].value)
";

fn django() -> Outcome {
    sessions(DJANGO, &SETTINGS.replace("hex32", "django"), "SECRET_KEY")
}

fn age() -> Outcome {
    let folder = project("", "")?;
    let path = folder.path();
    succeed(Command::new("age-keygen").arg("-o").arg(path.join("id.txt")))?;
    let public = succeed(Command::new("age-keygen").arg("-y").arg(path.join("id.txt")))?.stdout;
    let public = String::from_utf8_lossy(&public).trim().to_owned();
    fs::write(path.join("venvars.toml"), format!("recipients = [\"{public}\"]\n{SETTINGS}"))?;
    let with = |arguments: &[&str], input: &str| {
        finish(venvars(path).args(arguments).env("VENVARS_AGE_IDENTITY", path.join("id.txt")), input)
    };
    assert_eq!(with(&["set", "SECRET_KEY", "--age"], SECRET)?.code, 0);
    // Every value is encrypted, so git may have the file, and still may when old ones are in it.
    git(path, &["init", "-q"])?;
    let done = with(&["rotate", "SECRET_KEY"], "")?;
    assert_eq!(done.code, 0, "{}", done.err);
    let second = with(&["get", "SECRET_KEY"], "")?.out;
    assert!(second.len() == 64, "{second}");
    let kept = with(&["get", LIST], "")?.out;
    assert_eq!(kept, format!("[\"{SECRET}\"]"));
    let after = secrets(path);
    assert!(!after.contains("hunter2") && !after.contains(&second), "{after}");
    assert_eq!(after.matches("BEGIN AGE ENCRYPTED FILE").count(), 3, "{after}");
    // The real age opens what was put aside.
    let document: toml_edit::DocumentMut = after.parse().map_err(|_| "no TOML")?;
    let message = document["rotated"][0]["value"]["age"].as_str().ok_or("no message")?.to_owned();
    fs::write(path.join("old.age"), message)?;
    let opened = succeed(
        Command::new("age").arg("--decrypt").arg("-i").arg(path.join("id.txt")).arg(path.join("old.age")),
    )?;
    assert_eq!(opened.stdout, SECRET.as_bytes());
    // Without an identity nothing is changed.
    fails(path, &["rotate", "SECRET_KEY"], "", "SECRET_KEY: ")?;
    // It is known as compromised again, although it is encrypted.
    assert_eq!(with(&["compromised", "SECRET_KEY", "--current"], "")?.code, 0);
    let done = with(&["rotate", "--all-compromised"], "")?;
    assert!(done.code == 0 && done.err.contains("is not kept as a fallback"), "{}", done.err);
    assert_eq!(with(&["get", LIST], "")?.out, format!("[\"{SECRET}\"]"));
    Ok(())
}

#[cfg(target_os = "linux")]
fn keyring() -> Outcome {
    let session = support::keyring::Session::unlocked()?;
    let folder = project("", SETTINGS)?;
    let path = folder.path();
    let with = |arguments: &[&str], input: &str| {
        finish(session.command(env!("CARGO_BIN_EXE_venvars")).args(arguments).current_dir(path), input)
    };
    assert_eq!(with(&["set", "SECRET_KEY", "--keyring=myapp/key"], SECRET)?.code, 0);
    let done = with(&["rotate", "SECRET_KEY"], "")?;
    assert_eq!(done.code, 0, "{}", done.err);
    let second = with(&["get", "SECRET_KEY"], "")?.out;
    assert_eq!(second.len(), 64);
    assert_eq!(with(&["get", LIST], "")?.out, format!("[\"{SECRET}\"]"));
    let after = secrets(path);
    assert!(!after.contains("hunter2") && !after.contains(&second), "{after}");
    let document: toml_edit::DocumentMut = after.parse().map_err(|_| "no TOML")?;
    assert_eq!(document["SECRET_KEY"]["keyring"].as_str(), Some("myapp/key"));
    let entry = document["rotated"][0]["value"]["keyring"].as_str().ok_or("no keyring entry")?;
    // The real secret-tool finds the old value under the new name, and the new one under the old.
    for (account, value) in [(entry, SECRET), ("myapp/key", second.as_str())] {
        let (service, account) = account.rsplit_once('/').ok_or("no account")?;
        let found = succeed(
            session.command("secret-tool").args(["lookup", "service", service, "username", account]),
        )?;
        assert_eq!(found.stdout, value.as_bytes());
    }
    assert_eq!(with(&["rotate", "SECRET_KEY"], "")?.code, 0);
    assert_eq!(with(&["get", LIST], "")?.out, format!("[\"{second}\",\"{SECRET}\"]"));
    // A keyring that gives nothing: nothing is changed.
    session.lock()?;
    let before = secrets(path);
    let done = with(&["rotate", "SECRET_KEY"], "")?;
    assert!(done.code == 2 && secrets(path) == before, "{}", done.err);
    Ok(())
}

/// What a terminal shows while `typed` is typed, a line after each question.
fn typed(path: &Path, server: &Server, arguments: &[&str], typed: &[&str]) -> Result<String, Failed> {
    typed_with(path, server, arguments, typed, &[])
}

fn typed_with(
    path: &Path,
    server: &Server,
    arguments: &[&str],
    typed: &[&str],
    environment: &[(&str, PathBuf)],
) -> Result<String, Failed> {
    let words: Vec<_> = [&[env!("CARGO_BIN_EXE_venvars")], arguments].concat();
    let line: Vec<_> = words.iter().map(|word| shell_escape::unix::escape((*word).into())).collect();
    let mut script = Command::new("script");
    clean(&mut script, path);
    let mut child = script
        .args(["-qec", &line.join(" "), "/dev/null"])
        .env("HEROKU_API_URL", &server.url)
        .env("HEROKU_API_KEY", TOKEN)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .current_dir(path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut input = child.stdin.take().ok_or("no input")?;
    let mut screen = child.stdout.take().ok_or("no output")?;
    let (mut shown, mut lines, mut byte) = (Vec::new(), typed.iter(), [0]);
    let mut line = "\u{4}";
    while screen.read(&mut byte)? == 1 {
        shown.push(byte[0]);
        let is_asked = shown.ends_with(b"(not shown): ") || shown.ends_with(b"[y/N]\r\n");
        if is_asked {
            line = lines.next().copied().unwrap_or("\u{4}");
        }
        if is_asked || shown.ends_with(b"(once more): ") {
            // As a person: when echo is off.
            std::thread::sleep(std::time::Duration::from_millis(200));
            input.write_all(line.as_bytes())?;
        }
    }
    let status = child.wait()?;
    Ok(format!("{}{status}", String::from_utf8_lossy(&shown)))
}

fn terminal() -> Outcome {
    let folder = project("TOKEN = \"hunter2-hunter2\"\n", "")?;
    let path = folder.path();
    git(path, &["init", "-q"])?;
    fs::write(path.join(".gitignore"), "/secrets.toml\n")?;
    let server = Server::start()?.with(&[("TOKEN", SECRET)]);
    // Typed without echo.
    let shown = typed(path, &server, &["rotate", "TOKEN"], &["typed at a terminal\n"])?;
    assert!(!shown.contains("typed at") && shown.ends_with("exit status: 0"), "{shown}");
    assert_eq!(get(path, "TOKEN")?, "typed at a terminal");
    // Neither a value of several lines nor one with other keys in it is taken in part.
    for (keys, said) in
        [("first of it\nsecond of it\n", "more than one line"), ("first\u{1b}[Dof it\n", "not a character")]
    {
        let shown = typed(path, &server, &["rotate", "TOKEN"], &[keys])?;
        assert!(shown.contains(said) && !shown.contains("second of"), "{shown}");
        assert!(shown.ends_with("exit status: 2"), "{shown}");
        assert_eq!(get(path, "TOKEN")?, "typed at a terminal");
    }
    for (keys, value) in [
        ("tab\tand spaces  \n", "tab\tand spaces  "),
        ("é\u{7f}no\u{15}ends with the key for it\u{4}", "ends with the key for it"),
        ("wrongé\u{7f}\u{7f}\u{7f}right\n", "wroright"),
    ] {
        let shown = typed(path, &server, &["rotate", "TOKEN"], &[keys])?;
        assert!(shown.ends_with("exit status: 0"), "{shown}");
        assert_eq!(get(path, "TOKEN")?, value);
    }
    let long = "0123456789".repeat(2000);
    typed(path, &server, &["rotate", "TOKEN"], &[&format!("{long}\n")])?;
    assert_eq!(get(path, "TOKEN")?, long);
    // Where the repository is deployed to Heroku, it is offered; no is the answer to anything but yes.
    pushed_to_heroku(path)?;
    let shown = typed(path, &server, &["rotate", "TOKEN", "--generate=hex32"], &["\n"])?;
    assert!(shown.contains("venvars heroku push --only TOKEN"), "{shown}");
    assert_eq!(server.state().vars["TOKEN"], SECRET);
    let shown = typed(path, &server, &["rotate", "TOKEN", "--generate=hex32"], &["y\n"])?;
    assert!(shown.contains("in one release") && shown.ends_with("exit status: 0"), "{shown}");
    assert_eq!(server.state().vars["TOKEN"], get(path, "TOKEN")?);
    // Nobody is asked where there is no terminal.
    assert!(
        fine(path, &["rotate", "TOKEN", "--generate=hex32"])?.contains("venvars heroku push --only TOKEN")
    );
    assert_eq!(server.state().count("PATCH"), 1);
    Ok(())
}

/// What Heroku still has does not come back.
fn heroku() -> Outcome {
    let folder = project("TOKEN = \"hunter2-hunter2\"\n", "")?;
    let path = folder.path();
    let server = Server::start()?.with(&[("TOKEN", SECRET), ("MORE", "x")]);
    fine(path, &["compromised", "TOKEN"])?;
    fine(path, &["rotate", "TOKEN", "--generate=hex32"])?;
    let before = secrets(path);
    let heroku = |arguments: &[&str]| {
        let mut command = venvars(path);
        command.env("HEROKU_API_URL", &server.url).env("HEROKU_API_KEY", TOKEN).env("HEROKU_APP", APP);
        finish(command.arg("heroku").args(arguments), "")
    };
    let done = heroku(&["pull", "--force"])?;
    assert!(done.code == 2 && done.err.contains("TOKEN: this value has been compromised"), "{}", done.err);
    assert!(!done.err.contains(SECRET) && secrets(path) == before);
    assert_eq!(heroku(&["push", "--only", "TOKEN"])?.code, 0);
    assert_eq!(heroku(&["pull"])?.code, 0);
    Ok(())
}

/// Killed at its first, second, … system call that touches a file: the old value is there whenever
/// that is, and the file is whole.
fn killed() -> Outcome {
    let text = "SECRET_KEY = \"hunter2-hunter2\"\n";
    let folder = project(text, SETTINGS)?;
    let path = folder.path();
    for number in 1.. {
        let mut command = Command::new("strace");
        clean(&mut command, path);
        let injection = format!("inject=%file,%desc:signal=KILL:when={number}");
        let output = command
            .args(["-f", "-qq", "-o", "/dev/null", "-e", &injection, env!("CARGO_BIN_EXE_venvars")])
            .args(["rotate", "SECRET_KEY"])
            .current_dir(path)
            .output()?;
        let after = secrets(path);
        if after != text {
            assert!(after.contains(&format!("value = \"{SECRET}\"")), "killed at call {number}: {after}");
            assert_eq!(list(path)?, [SECRET], "killed at call {number}");
            assert_eq!(get(path, "SECRET_KEY")?.len(), 64);
        }
        assert_eq!(fs::metadata(path.join("secrets.toml"))?.mode() & 0o777, 0o600);
        if output.status.success() {
            assert!(number > 10 && after != text, "only {number} calls");
            return Ok(());
        }
        fs::write(path.join("secrets.toml"), text)?;
        // Each has another new value, and takes as many calls more to look at them.
        let _ = fs::remove_dir_all(path.join(".local/state/venvars/backups"));
    }
    Ok(())
}
