//! The ledger of compromised values: what is remembered, who says so, and what git does with it.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::generators::venv_in;
use crate::support::unix::{MetadataExt, PermissionsExt};
use crate::support::{self, clean, private, venvars};
use libtest_mimic::Trial;
use tempfile::TempDir;

pub fn trials() -> Vec<Trial> {
    trials![
        nothing_sets_it_again,
        an_old_value_and_one_by_mistake,
        it_is_burnt_under_another_name_too,
        what_is_no_secret_is_not_burnt_by_another_s_value,
        every_place_that_a_value_may_have_is_told_with_the_remedy,
        a_ledger_that_would_take_long_is_refused,
        each_profile_and_each_kept_up_value_is_looked_at,
        git_merges_it_line_by_line,
        nobody_loses_an_entry;
        on_unix:
        what_a_scan_finds_pushed_is_remembered_and_looked_for_after_it_is_changed,
        from_then_on_every_command_says_so,
        a_value_from_a_command_is_asked_for_by_check_and_what_holds_it_alone,
        a_bad_ledger_is_told,
        a_value_is_compared_once
    ]
}

const SECRET: &str = "hunter2-hunter2";
const LEDGER: &str = "venvars.compromised.toml";

/// What a command did: its exit code, standard output and standard error.
fn run_with(folder: &Path, arguments: &[&str], input: &str) -> (i32, String, String) {
    let output = support::fed(venvars(folder).args(arguments), input.as_bytes()).unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(!out.contains(SECRET) && !err.contains(SECRET), "{arguments:?}: {out}{err}");
    (output.status.code().unwrap_or(-1), out, err)
}

fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    run_with(folder, arguments, "")
}

#[track_caller]
fn fine(folder: &Path, arguments: &[&str]) -> String {
    let (code, out, err) = run(folder, arguments);
    assert_eq!(code, 0, "{arguments:?}: {out}{err}");
    out + &err
}

#[track_caller]
fn fails(folder: &Path, arguments: &[&str], said: &str) {
    let (code, out, err) = run(folder, arguments);
    assert!(code == 2 && err.contains(said), "{arguments:?}: {code} {out}{err}");
}

fn git(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new("git");
    clean(&mut command, folder);
    let output = command
        .arg("-C")
        .arg(folder)
        .args(["-c", "user.name=t", "-c", "user.email=t@t", "-c", "init.defaultBranch=main"])
        .args(arguments)
        .output()
        .unwrap();
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), said)
}

/// A project with these secrets and a venv, in a repository that ignores both.
fn project(secrets: &str, settings: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("secrets.toml"), secrets).unwrap();
    private(&path.join("secrets.toml"));
    fs::write(path.join("venvars.toml"), settings).unwrap();
    fs::write(path.join(".gitignore"), "/secrets.toml\n/.venv\n/.cache\n").unwrap();
    venv_in(path);
    assert!(git(path, &["init", "-q"]).0);
    folder
}

const SECRETS: &str = "TOKEN = \"hunter2-hunter2\"\nOTHER = \"quite another\"\n";

fn what_a_scan_finds_pushed_is_remembered_and_looked_for_after_it_is_changed() {
    let url = "TOKEN = \"hunter2-hunter2\"\nDATABASE_URL = \"pg://app:s3cret-s3cret@host/db\"\nLOCAL = \"only-here-yet\"\n";
    let folder = project(url, "");
    let path = folder.path();
    assert!(git(path, &["init", "-q", "--bare", "remote"]).0);
    assert!(git(path, &["remote", "add", "origin", "remote"]).0);
    fs::write(path.join("app.py"), format!("'{SECRET}' 's3cret-s3cret'\n")).unwrap();
    for arguments in
        [&["add", "app.py"][..], &["commit", "-q", "-m", "one"], &["push", "-q", "-u", "origin", "HEAD"]]
    {
        assert!(git(path, arguments).0, "{arguments:?}");
    }
    fs::write(path.join("local.py"), "only-here-yet\n").unwrap();
    assert!(git(path, &["add", "local.py"]).0 && git(path, &["commit", "-q", "-m", "two"]).0);
    // What lies on the disk is not known to be pushed.
    assert_eq!(run(path, &["scan"]).0, 1);
    assert!(!path.join(LEDGER).exists());
    let (code, out, err) = run(path, &["scan", "--history"]);
    assert!(code == 1 && out.contains("app.py:1:2: TOKEN, pushed"), "{out}");
    assert!(err.contains("TOKEN was pushed") && err.contains("DATABASE_URL was pushed"), "{err}");
    let ledger = fs::read_to_string(path.join(LEDGER)).unwrap();
    assert!(
        !ledger.contains("LOCAL") && !ledger.contains("cret-s3") && !ledger.contains("hunter2"),
        "{ledger}"
    );
    // Of a URL whose password was found, it is the URL that is compromised.
    let (code, out, _) = run(path, &["check"]);
    assert!(
        code == 1
            && out.contains("TOKEN: the value has been comp")
            && out.contains("DATABASE_URL: the value has been"),
        "{out}"
    );
    // Once is enough.
    let (_, _, err) = run(path, &["scan", "--history"]);
    assert!(!err.contains("was pushed") && fs::read_to_string(path.join(LEDGER)).unwrap() == ledger, "{err}");

    fine(path, &["rotate", "TOKEN", "--generate=hex32"]);
    fails(path, &["rotate", "DATABASE_URL", "--generate=hex32"], "the value is a URL");
    assert_eq!(run_with(path, &["rotate", "DATABASE_URL", "--stdin"], "pg://app:an0ther-1@host/db").0, 0);
    assert_eq!(run(path, &["check"]).0, 0);
    let (code, out, _) = run(path, &["scan", "app.py"]);
    assert!(code == 1 && out.contains("TOKEN") && out.contains("DATABASE_URL"), "{out}");
}

fn from_then_on_every_command_says_so() {
    let folder = project(SECRETS, "");
    let path = folder.path();
    fine(path, &["apply"]);
    assert_eq!(run(path, &["check"]).0, 0);
    let said = fine(path, &["compromised", "TOKEN", "--reason", "pushed to\norigin \u{1b}[31m"]);
    assert!(said.contains("venvars rotate TOKEN"), "{said}");
    let ledger = fs::read_to_string(path.join(LEDGER)).unwrap();
    assert!(!ledger.contains("hunter2") && ledger.contains("reason = \"pushed to origin [31m\""), "{ledger}");
    assert_eq!(fs::metadata(path.join(LEDGER)).unwrap().mode() & 0o777, 0o644);
    // git takes it.
    assert!(git(path, &["add", "."]).0 && git(path, &["ls-files"]).1.contains(LEDGER));

    let place = "secrets.toml:1:9: TOKEN: the value has been compromised since ";
    let out = fine(path, &["status"]);
    assert!(out.contains(place) && out.contains("(venvars rotate TOKEN)"), "{out}");
    let json: serde_json::Value = serde_json::from_str(&run(path, &["status", "--json"]).1).unwrap();
    assert_eq!(json["compromised"][0]["name"], "TOKEN");
    let (code, _, err) = run(path, &["apply"]);
    assert!(code == 0 && err.contains(place), "{err}");
    let (code, out, _) = run(path, &["check"]);
    assert!(code == 1 && out.contains(place) && !out.contains("OTHER"), "{out}");
    let (code, out, _) = run(path, &["check", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, json["ok"].as_bool()), (1, Some(false)));
    assert_eq!(json["findings"][0]["problem"], "compromised");
    // What was known already makes no second line.
    assert!(fine(path, &["compromised", "TOKEN"]).contains("was already recorded"));
    assert_eq!(fs::read_to_string(path.join(LEDGER)).unwrap(), ledger);
    let out = fine(path, &["compromised"]);
    assert!(out.starts_with("TOKEN  since ") && out.contains("in use: venvars rotate TOKEN"), "{out}");

    // Until it has been changed.
    assert_eq!(run_with(path, &["set", "TOKEN"], "something else").0, 0);
    fine(path, &["apply"]);
    assert_eq!(run(path, &["check"]).0, 0);
    assert!(!fine(path, &["status"]).contains("compromised"));
    assert!(fine(path, &["compromised"]).contains("no longer in use"));
}

fn nothing_sets_it_again() {
    let folder = project(SECRETS, "");
    let path = folder.path();
    fine(path, &["compromised", "TOKEN"]);
    assert_eq!(run_with(path, &["set", "TOKEN"], "something else").0, 0);
    let before = fs::read_to_string(path.join("secrets.toml")).unwrap();
    // Under its own name, and under another.
    for name in ["TOKEN", "NEW"] {
        for arguments in [&["set", name][..], &["set", name, "--profile", "x"]] {
            let (code, _, err) = run_with(path, arguments, SECRET);
            assert!(code == 2 && err.contains("has been compromised since"), "{arguments:?}: {err}");
        }
    }
    fails(path, &["set", "TOKEN=hunter2-hunter2"], "has been compromised since");
    let (code, _, err) = run_with(path, &["rotate", "TOKEN", "--stdin"], SECRET);
    assert!(code == 2 && err.contains("has been compromised since"), "{err}");
    fs::write(path.join(".env"), "TOKEN=hunter2-hunter2\nMORE=x\n").unwrap();
    fails(path, &["import", "--force"], "TOKEN: this value has been compromised");
    assert_eq!(fs::read_to_string(path.join("secrets.toml")).unwrap(), before);
    // An editor may do as it likes, and it is said.
    fs::write(path.join("edited"), before.replace("something else", SECRET)).unwrap();
    let (code, _, err) = {
        let output = venvars(path).arg("edit").env("EDITOR", support::copying("edited")).output().unwrap();
        (output.status.code(), output.stdout, String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert!(
        code == Some(0) && err.contains("TOKEN: the value has been compromised") && !err.contains(SECRET),
        "{err}"
    );
    // What is there already may stay beside an edit of something else.
    fine(path, &["set", "OTHER=new"]);
    assert_eq!(run(path, &["check"]).0, 1);
}

fn an_old_value_and_one_by_mistake() {
    let folder = project(SECRETS, "");
    let path = folder.path();
    assert_eq!(run_with(path, &["compromised", "TOKEN", "--stdin"], "an older value\n").0, 0);
    assert_eq!(run(path, &["check"]).0, 0);
    assert_eq!(run_with(path, &["set", "TOKEN"], "an older value").0, 2);
    fails(path, &["compromised", "--forget", "TOKE"], "did you mean TOKEN?");
    fine(path, &["compromised", "--forget", "TOKEN"]);
    assert_eq!(run_with(path, &["set", "TOKEN"], "an older value").0, 0);
    fails(path, &["compromised", "NOTHING"], "no variable named NOTHING");
    assert_eq!(run_with(path, &["set", "PIN"], "1234567").0, 0);
    fails(path, &["compromised", "PIN"], "fewer than 8 characters");
    fails(path, &["compromised", "OTHER", "--reason", "it is quite another"], "contains the value itself");
    // A fresh clone has a ledger and no secrets.
    fine(path, &["compromised", "OTHER"]);
    fs::remove_file(path.join("secrets.toml")).unwrap();
    assert!(fine(path, &["compromised"]).contains("OTHER  since"));
    let (_, out, _) = run(path, &["compromised", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["compromised"][0]["in_use"], false);
}

fn it_is_burnt_under_another_name_too() {
    let folder = project(SECRETS, "");
    let path = folder.path();
    fine(path, &["compromised", "TOKEN"]);
    fine(path, &["rotate", "TOKEN", "--generate=hex32"]);
    fine(path, &["check"]);
    fs::write(path.join(".env"), format!("NEW_TOKEN={SECRET}\n")).unwrap();
    let before = fs::read_to_string(path.join("secrets.toml")).unwrap();
    let (code, _, err) = run(path, &["import", ".env"]);
    assert!(code == 2 && err.contains("NEW_TOKEN: this value has been comp"), "{err}");
    assert!(err.contains("(it was TOKEN's)"), "{err}");
    assert_eq!(fs::read_to_string(path.join("secrets.toml")).unwrap(), before);
    // By hand it can be done, and every command says so until it is changed.
    fs::write(path.join("secrets.toml"), format!("NEW_TOKEN = \"{SECRET}\"\n{before}")).unwrap();
    let place = "secrets.toml:1:13: NEW_TOKEN: the value has been compromised since ";
    for (arguments, code) in [(["check"], 1), (["apply"], 0), (["status"], 0), (["doctor"], 1)] {
        let (ended, out, err) = run(path, &arguments);
        assert!(ended == code && format!("{out}{err}").contains(place), "{arguments:?} {out}{err}");
    }
    assert!(fine(path, &["compromised"]).contains("in use: venvars rotate NEW_TOKEN"));
    fine(path, &["rotate", "--all-compromised", "--generate=hex32"]);
    assert_eq!(run(path, &["check"]).0, 0);
}

fn what_is_no_secret_is_not_burnt_by_another_s_value() {
    let secrets = "NAME = \"hunter2-hunter2\"\nTIER = \"hunter2-hunter2\"\nTOKEN = \"hunter2-hunter2\"\n";
    let settings =
        "[variables.NAME]\nsecret = false\n[variables.TIER]\nchoices = [\"hunter2-hunter2\", \"b\"]\n";
    let folder = project(secrets, settings);
    let path = folder.path();
    fine(path, &["compromised", "TOKEN"]);
    let (_, out, _) = run(path, &["check"]);
    assert!(
        out.contains("TOKEN: the value has been comp") && !out.contains("NAME") && !out.contains("TIER"),
        "{out}"
    );
    fine(path, &["rotate", "--all-compromised", "--generate=hex32"]);
    assert_eq!(run(path, &["check"]).0, 0);
    assert_eq!(run_with(path, &["set", "NAME"], SECRET).0, 0);
}

fn every_place_that_a_value_may_have_is_told_with_the_remedy() {
    let secrets = "KEY = \"fine and well\"\n[profile.prod]\nPASSWORD = \"hunter2-hunter2\"\n\
                   URL = { template = \"pg://app:${PASSWORD}@db\" }\n";
    let folder = project(secrets, "[variables.OWN]\n[variables.KEY]\nfallbacks = \"KEYS\"\n");
    let path = folder.path();
    let own = path.join(".config/venvars/secrets.toml");
    fs::create_dir_all(own.parent().unwrap()).unwrap();
    fs::write(&own, "OWN = \"hunter2-of-one's-own\"\n").unwrap();
    private(&own);
    fs::write(path.join(".gitignore"), "/secrets.toml\n/.venv\n/.cache\n/.config\n").unwrap();
    fine(path, &["apply"]);
    fine(path, &["compromised", "PASSWORD", "URL", "OWN", "--profile", "prod"]);
    // Whatever the profile at hand is.
    for arguments in [&["check"][..], &["status"], &["apply"]] {
        let (_, out, err) = run(path, arguments);
        let said = format!("{out}{err}");
        for part in ["venvars rotate PASSWORD --profile prod", "rotate the secret part", "rotate OWN"] {
            assert!(said.contains(part), "{arguments:?}: {part}: {said}");
        }
    }
    let out = fine(path, &["compromised"]);
    assert_eq!(out.matches("in use: ").count(), 3, "{out}");
    let (code, _, err) = run(path, &["rotate", "--all-compromised", "--generate=hex32"]);
    assert!(code == 2 && err.contains("PASSWORD: set to a new value (profile prod)"), "{err}");
    assert!(
        err.contains("URL: the value has been comp") && err.contains("OWN: the value has been comp"),
        "{err}"
    );
    // Each way out leads out.
    let own = own.to_str().unwrap();
    fine(path, &["--secrets", own, "rotate", "OWN", "--generate=hex32"]);
    assert_eq!(run(path, &["check"]).0, 0);
    let (code, _, err) = run_with(path, &["set", "KEYS"], "[\"hunter2-of-one's-own\"]");
    assert!(code == 2 && err.contains("this value has been compromised"), "{err}");
    // With blanks around it is the same.
    assert_eq!(run_with(path, &["set", "KEY"], " hunter2-of-one's-own ").0, 2);
}

fn a_ledger_that_would_take_long_is_refused() {
    let folder = project(SECRETS, "");
    let path = folder.path();
    fine(path, &["compromised", "TOKEN"]);
    let text = fs::read_to_string(path.join(LEDGER)).unwrap();
    let entry = text.lines().find(|line| line.contains("TOKEN")).unwrap();
    let costly = entry.replace("memory = 19456, passes = 2", "memory = 262144, passes = 16");
    assert_ne!(entry, costly);
    fs::write(path.join(LEDGER), text.replace(entry, &costly)).unwrap();
    fails(path, &["status"], "would take too long");
}

fn each_profile_and_each_kept_up_value_is_looked_at() {
    let secrets = "TOKEN = \"fine and well\"\nKEY = \"the present\"\nKEYS = '[\"hunter2-hunter2\", \"all good\"]'\n\
                   [profile.test]\nTOKEN = \"hunter2-hunter2\"\n";
    let folder = project(secrets, "[variables.KEY]\nfallbacks = \"KEYS\"\n");
    let path = folder.path();
    let said = "KEYS: an old value of KEY in it has been compromised";
    fine(path, &["compromised", "TOKEN", "--profile", "test"]);
    let (code, out, _) = run(path, &["check"]);
    assert!(code == 1 && out.contains(said) && out.contains("(it was TOKEN's)"), "{out}");
    let (code, out, _) = run(path, &["check", "--profile", "test"]);
    assert!(code == 1 && out.contains("\n    venvars rotate TOKEN --profile test\n"), "{out}");
    let uses = "in use: venvars rotate KEY --drop-fallbacks; venvars rotate TOKEN --profile test";
    assert!(fine(path, &["compromised"]).contains(uses));
    fine(path, &["apply", "--profile", "test"]);
    assert!(fine(path, &["status"]).contains("TOKEN: the value has been compromised"));
    assert_eq!(run_with(path, &["compromised", "KEY", "--stdin"], SECRET).0, 0);
    let (code, out, _) = run(path, &["check"]);
    assert!(
        code == 1 && out.contains(said) && out.contains("\n    venvars rotate KEY --drop-fallbacks\n"),
        "{out}"
    );
    // To say it of the list is to say it of each value in it.
    fine(path, &["compromised", "KEYS"]);
    assert_eq!(run(path, &["check"]).1.matches(said).count(), 2);
    assert_eq!(run_with(path, &["set", "KEY"], "all good").0, 2);
}

fn a_value_from_a_command_is_asked_for_by_check_and_what_holds_it_alone() {
    let folder =
        project("TOKEN = { command = [\"sh\", \"-c\", \"echo x >> asked; printf hunter2-hunter2\"] }\n", "");
    let path = folder.path();
    fine(path, &["apply"]);
    fine(path, &["compromised", "TOKEN"]);
    let _ = fs::remove_file(path.join("asked"));
    assert!(!fine(path, &["status"]).contains("compromised"));
    assert!(fine(path, &["compromised"]).contains("`venvars check` shows"));
    assert!(!path.join("asked").exists());
    let (code, out, _) = run(path, &["check"]);
    assert!(code == 1 && out.contains("it is what `sh` prints"), "{out}");
    // A live script holds no value; an embedded one does.
    let _ = fs::remove_file(path.join("asked"));
    assert!(!fine(path, &["apply"]).contains("compromised") && !path.join("asked").exists());
    fs::write(path.join("venvars.toml"), "mode = \"embed\"\n").unwrap();
    assert!(fine(path, &["apply", "--force"]).contains("TOKEN: the value has been compromised"));
}

fn a_bad_ledger_is_told() {
    let folder = project(SECRETS, "");
    let path = folder.path();
    fine(path, &["compromised", "TOKEN"]);
    let file = path.join(LEDGER);
    let good = fs::read_to_string(&file).unwrap();
    let all: [&[&str]; 8] = [
        &["status"],
        &["check"],
        &["apply"],
        &["set", "X=yyyyyyyyy"],
        &["rotate", "TOKEN", "--generate=hex32"],
        &["compromised"],
        &["compromised", "TOKEN"],
        &["compromised", "--forget", "TOKEN"],
    ];
    for (bad, said) in [
        (good.replace("version = 1", "version = 9"), "is of version 9"),
        (good.replace("salt", "solt"), "solt"),
        (good.replace("fingerprint = \"", "fingerprint = \"x"), "venvars.compromised.toml:5:3: "),
        (format!("<<<<<<< HEAD\n{good}"), "venvars.compromised.toml:1:"),
        (String::new(), "no version"),
    ] {
        fs::write(&file, &bad).unwrap();
        for arguments in all {
            fails(path, arguments, said);
        }
        assert_eq!(fs::read_to_string(&file).unwrap(), bad);
    }
    fs::write(&file, b"\xff").unwrap();
    fails(path, &["check"], "not valid UTF-8");
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    fails(path, &["check"], "not a regular file");
    fs::remove_dir(&file).unwrap();
    fs::write(&file, &good).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
    // Root reads it all the same.
    if fs::read(&file).is_err() {
        fails(path, &["check"], "permission denied");
    }
}

/// Two people, each on a branch, each the first to begin a ledger; and two more entries beside each other.
fn git_merges_it_line_by_line() {
    let folder = project(SECRETS, "");
    let path = folder.path();
    fs::write(path.join(".gitattributes"), format!("{LEDGER} merge=union\n")).unwrap();
    let commit = || {
        assert!(git(path, &["add", "."]).0);
        let (done, said) = git(path, &["commit", "-qm", "x"]);
        assert!(done, "{said}");
    };
    commit();
    for round in ["one", "two"] {
        assert!(git(path, &["checkout", "-qb", round]).0);
        assert_eq!(run_with(path, &["compromised", "TOKEN", "--stdin"], &format!("theirs is {round}")).0, 0);
        commit();
        assert!(git(path, &["checkout", "-q", "main"]).0);
        assert_eq!(run_with(path, &["compromised", "OTHER", "--stdin"], &format!("ours is {round}")).0, 0);
        assert_eq!(run_with(path, &["compromised", "TOKEN", "--stdin"], &format!("mine is {round}")).0, 0);
        commit();
        let (merged, said) = git(path, &["merge", "-q", round]);
        assert!(merged, "{said}");
        let text = fs::read_to_string(path.join(LEDGER)).unwrap();
        for (name, value) in [("TOKEN", "theirs"), ("OTHER", "ours"), ("TOKEN", "mine")] {
            let (code, _, err) = run_with(path, &["set", name], &format!("{value} is {round}"));
            assert!(code == 2 && err.contains("has been compromised since"), "{err}\n{text}");
        }
        assert_eq!(run(path, &["check"]).0, 0, "{text}");
    }
    // The next to write puts them in order.
    fine(path, &["compromised", "TOKEN"]);
    let text = fs::read_to_string(path.join(LEDGER)).unwrap();
    let names: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("  { name = ")?.split(',').next()).collect();
    assert_eq!(
        names,
        ["\"OTHER\"", "\"OTHER\"", "\"TOKEN\"", "\"TOKEN\"", "\"TOKEN\"", "\"TOKEN\"", "\"TOKEN\""]
    );
}

/// What was compared once is not compared again, until the ledger or the value is another; and only for
/// what lies on the disk in plain.
fn a_value_is_compared_once() {
    let folder =
        project("TOKEN = \"fine and well\"\nCOMMAND = { command = [\"printf\", \"hidden well\"] }\n", "");
    let path = folder.path();
    let memory = path.join(".cache/venvars/not-compromised");
    let length = || fs::metadata(&memory).map_or(0, |metadata| metadata.len());
    fine(path, &["check"]);
    assert_eq!(length(), 0);
    for name in ["TOKEN", "COMMAND"] {
        assert_eq!(run_with(path, &["compromised", name, "--stdin"], "an old value").0, 0);
    }
    fine(path, &["check"]);
    // A key and one tag.
    assert_eq!(length(), 64);
    assert_eq!(fs::metadata(&memory).unwrap().mode() & 0o777, 0o600);
    fine(path, &["check"]);
    assert_eq!(length(), 64);
    // A remembered value that is marked afterwards is known at once.
    fine(path, &["compromised", "TOKEN"]);
    assert_eq!(run(path, &["check"]).0, 1);
    fine(path, &["compromised", "--forget=1", "TOKEN"]);
    fine(path, &["compromised", "--forget", "TOKEN"]);
    fine(path, &["compromised", "COMMAND"]);
    assert_eq!(run(path, &["check"]).0, 1);
    // A damaged one begins anew.
    fs::write(&memory, b"x").unwrap();
    assert_eq!(run_with(path, &["compromised", "TOKEN", "--stdin"], "an old value").0, 0);
    assert_eq!(run(path, &["check"]).0, 1);
    assert_eq!(length(), 64);
}

/// Two at once lose no entry.
fn nobody_loses_an_entry() {
    let folder = project(SECRETS, "");
    let path = folder.path();
    std::thread::scope(|scope| {
        for number in 0..6 {
            scope.spawn(move || {
                let value = format!("the value number {number}");
                assert_eq!(run_with(path, &["compromised", "TOKEN", "--stdin"], &value).0, 0);
            });
        }
    });
    assert_eq!(fine(path, &["compromised"]).lines().count(), 6);
}
