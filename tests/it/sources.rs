//! Profiles, sources and declared variables, on the command line and in a real shell.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use crate::support::generators::{self, venv_in};
use crate::support::shells::{self, Grammar, Shell, Step};
use crate::support::{self, BIN, cache, clean, private, venvars, write_secrets};
use libtest_mimic::Trial;
use serde_json::Value;
use tempfile::TempDir;

pub fn trials() -> Vec<Trial> {
    trials![
        check_says_everything_at_once_and_set_fills_in_what_it_can,
        a_file_in_which_all_is_encrypted_may_be_committed;
        on_unix:
        a_profile_goes_above_and_apply_remembers_it,
        bad_sources_are_named_and_no_value_is_shown,
        a_command_that_asks_for_its_own_file_ends,
        what_a_command_leaves_running_is_not_waited_for,
        a_command_sees_nothing_of_a_hook_or_of_us,
        a_live_script_asks_nothing_before_it_is_read,
        what_a_command_says_is_masked_of_every_value,
        a_value_that_is_not_plain_is_asked_for_at_activation,
        a_script_that_is_older_than_the_secrets_says_so_in_every_shell,
        a_variable_that_gives_way_leaves_what_is_there_in_every_shell,
        both_files_validate_against_their_schemas,
        every_document_validates_against_its_schema
    ]
}

/// A project with these secrets, these settings and a venv.
fn project(secrets: &str, settings: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secrets.toml");
    fs::write(&file, secrets).unwrap();
    private(&file);
    fs::write(folder.path().join("venvars.toml"), settings).unwrap();
    venv_in(folder.path());
    folder
}

/// The exit code, standard output and standard error of venvars.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    done(venvars(folder).args(arguments))
}

fn done(command: &mut Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

/// What bash prints of `words` while the venv is active, and what it says on standard error.
fn active(folder: &Path, words: &str) -> (String, String) {
    let mut bash = Command::new("bash");
    clean(&mut bash, folder);
    let line = format!(
        ". .venv/bin/activate && printf '%s' \"{words}\" && deactivate && test -z \"${{_VENVARS+x}}\""
    );
    let (code, out, err) = done(bash.args(["--norc", "-c", &line]).current_dir(folder));
    assert_eq!(code, 0, "{out}{err}");
    (out, err)
}

const PROFILES: &str = "\
A = \"base\"
URL = { template = \"pg://${PW}@host/$$x\" }
PW = \"hunter2-base\"
[profile.test]
PW = \"hunter2-test\"
[profile.ci]
extends = \"test\"
A = \"ci\"
";

fn a_profile_goes_above_and_apply_remembers_it() {
    let folder = project(PROFILES, "");
    let path = folder.path();
    let get = |profile: &[&str], name| run(path, &[profile, &["get", name]].concat()).1;
    assert_eq!(get(&[], "URL"), "pg://hunter2-base@host/$x");
    assert_eq!(get(&["--profile", "ci"], "URL"), "pg://hunter2-test@host/$x");
    assert_eq!(get(&["--profile", "ci"], "A"), "ci");
    assert_eq!(done(venvars(path).args(["get", "A"]).env("VENVARS_PROFILE", "ci")).1, "ci");
    assert_eq!(run(path, &["apply", "--profile", "ci"]).0, 0);
    assert_eq!(active(path, "$A $URL").0, "ci pg://hunter2-test@host/$x");
    let (code, out, _) = run(path, &["status"]);
    assert!(code == 0 && out.contains("(profile ci)"), "{out}");
    // The venv remembers it.
    assert_eq!(run(path, &["set", "--profile", "ci", "A=new"]).0, 0);
    assert_eq!(run(path, &["status"]).0, 1);
    assert_eq!(run(path, &["apply"]).0, 0);
    assert_eq!(active(path, "$A").0, "new");
    assert_eq!(run(path, &["run", "--", "sh", "-c", "printf %s $A"]).1, "new");
    assert_eq!(run(path, &["apply", "--profile", "none"]).0, 0);
    assert_eq!(active(path, "$A").0, "base");
    let (code, _, err) = run(path, &["get", "A", "--profile", "tset"]);
    assert!(code == 2 && err.contains("did you mean test?"), "{err}");
    let (_, out, _) = run(path, &["explain", "URL", "--profile", "ci"]);
    assert!(out.contains("profile test") && out.contains("PW") && !out.contains("hunter2"), "{out}");
}

fn bad_sources_are_named_and_no_value_is_shown() {
    for (secrets, said) in [
        ("A = { template = \"${B}\" }\nB = { template = \"${A}\" }\n", "A → B → A"),
        ("A = { template = \"${HUNTER}\" }\n", "uses HUNTER, which is not defined"),
        ("A = { file = \"nowhere\" }\n", "secrets.toml:1:5: A: "),
        ("A = { comand = [\"x\"] }\n", "did you mean command?"),
        ("A = { command = [\"no-such-program-here\"] }\n", "no-such-program-here is not on the PATH"),
        ("A = { command = [\"sleep\", \"9\"], timeout = 0.1 }\n", "took longer than 0.1 s"),
        ("A = { command = [\"printf\", \"hunter2\\\\0\"] }\n", "contains a NUL"),
        ("A = { command = [\"printf\", \"\\\\377\"] }\n", "invalid UTF-8"),
        (
            "P = \"hunter2-x\"\nA = { command = [\"sh\", \"-c\", \"echo bad hunter2-x >&2; exit 3\"] }\n",
            "bad ••••",
        ),
        ("A = { age = \"hunter2\" }\n", "A: "),
        ("[profile.a]\nextends = \"b\"\n[profile.b]\nextends = \"a\"\n", "loop: a → b → a"),
    ] {
        // A live script would ask for what is not plain at activation only.
        let folder = project(secrets, "mode = \"embed\"\n");
        let before = fs::read(folder.path().join(".venv").join(BIN).join("activate")).unwrap();
        for arguments in [&["apply", "--force"][..], &["run", "--", "true"], &["export", "--format", "json"]]
        {
            let (code, out, err) = run(folder.path(), arguments);
            assert!(code == 2 && out.is_empty() && err.contains(said), "{secrets}{arguments:?}: {out}{err}");
            assert!(!err.contains("hunter2"), "{secrets}: {err}");
        }
        assert_eq!(fs::read(folder.path().join(".venv").join(BIN).join("activate")).unwrap(), before);
    }
}

/// A password manager starts its agent at the first call, and the agent holds the output open.
fn what_a_command_leaves_running_is_not_waited_for() {
    for (script, value) in [
        ("sleep 40 &\necho s3cret-value-1234", Some("s3cret-value-1234")),
        ("(sleep 40 &)\nprintf 's3cret\\nvalue'", Some("s3cret\nvalue")),
        ("sleep 40 >&2 &\necho s3cret-value-1234", Some("s3cret-value-1234")),
        ("true", Some("")),
        ("sleep 40 &", None),
    ] {
        let folder = project("A = { command = [\"sh\", \"ask\"] }\n", "");
        fs::write(folder.path().join("ask"), script).unwrap();
        for arguments in [&["get", "A"][..], &["run", "--no-venv", "--", "printenv", "A"]] {
            let begin = std::time::Instant::now();
            let (code, out, err) = run(folder.path(), arguments);
            match value {
                Some(value) => {
                    assert!(
                        code == 0 && out.trim_end() == value,
                        "{script} {arguments:?}: {code} {out}{err}"
                    );
                }
                None => assert!(code == 2 && err.contains("printed nothing"), "{script}: {code} {out}{err}"),
            }
            assert!(begin.elapsed().as_secs() < 30, "{script}");
        }
    }
}

fn a_command_sees_nothing_of_a_hook_or_of_us() {
    let folder = project("A = { command = [\"sh\", \"-c\", \"env; cat\"] }\n", "");
    let mut command = venvars(folder.path());
    for name in [
        "GIT_DIR",
        "GIT_INDEX_FILE",
        "GIT_WORK_TREE",
        "GIT_PREFIX",
        "GIT_QUARANTINE_PATH",
        "VENVARS_PROFILE_X",
        "_VENVARS_KEPT",
    ] {
        command.env(name, "hunter2");
    }
    let output = crate::support::fed(command.args(["get", "A"]), b"hunter2-typed").unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && text.contains("PATH=") && !text.contains("hunter2"), "{text}");
}

fn a_live_script_asks_nothing_before_it_is_read() {
    let folder = project("A = { command = [\"false\"] }\nB = \"hunter2-hunter2\"\n", "");
    let (code, _, err) = run(folder.path(), &["apply"]);
    assert!(code == 0, "{err}");
    // What can be told without asking, is.
    fs::write(folder.path().join("venvars.toml"), "[variables.B]\ntype = \"port\"\n").unwrap();
    let (code, _, err) = run(folder.path(), &["apply"]);
    assert!(code == 2 && err.contains("B: "), "{err}");
}

/// An error of one command shows no value of another variable.
fn what_a_command_says_is_masked_of_every_value() {
    let secrets = "OTHER = \"hunter2-other\"\nA = { command = [\"sh\", \"-c\", \"echo bad hunter2-other >&2; exit 3\"] }\n";
    let folder = project(secrets, "");
    for arguments in [&["get", "A"][..], &["check"], &["run", "--no-venv", "--", "true"]] {
        let (code, out, err) = run(folder.path(), arguments);
        assert!(
            code == 2 && !out.contains("hunter2") && !err.contains("hunter2"),
            "{arguments:?}: {out}{err}"
        );
    }
}

fn a_command_that_asks_for_its_own_file_ends() {
    let program = env!("CARGO_BIN_EXE_venvars");
    let folder = project(&format!("A = {{ command = [{program:?}, \"get\", \"A\"] }}\n"), "");
    let (code, _, err) = run(folder.path(), &["get", "A"]);
    assert!(code == 2 && err.contains("would never end"), "{err}");
}

fn a_value_that_is_not_plain_is_asked_for_at_activation() {
    let folder = project("A = \"hunter2-plain\"\nT = { command = [\"cat\", \"token\"] }\n", "");
    let path = folder.path();
    fs::write(path.join("token"), "one\n").unwrap();
    assert_eq!(run(path, &["apply"]).0, 0);
    for script in ["activate", "activate.fish", "activate.csh", "Activate.ps1"] {
        let text = fs::read_to_string(path.join(".venv").join(BIN).join(script)).unwrap();
        assert!(
            text.contains(">>> venvars ") && !text.contains("hunter2") && !text.contains("one\n'"),
            "{script}"
        );
    }
    assert_eq!(active(path, "$A $T"), ("hunter2-plain one".to_owned(), String::new()));
    fs::write(path.join("token"), "two\n").unwrap();
    assert_eq!(active(path, "$A $T").0, "hunter2-plain two");
    // A source that fails leaves the venv active, sets nothing and says why in one line.
    fs::remove_file(path.join("token")).unwrap();
    let (out, err) = active(path, "${A-unset} ${T-unset} ${VIRTUAL_ENV##*/}");
    assert_eq!(out, "unset unset .venv");
    assert!(err.lines().count() == 1 && err.contains("T: cat failed (exit status: "), "{err}");
    assert!(!err.contains("hunter2"), "{err}");
    fs::write(path.join("venvars.toml"), "mode = \"embed\"\n").unwrap();
    fs::write(path.join("token"), "three\n").unwrap();
    let (code, _, err) = run(path, &["apply"]);
    assert!(code == 2 && err.contains("--force"), "{err}");
    assert_eq!(run(path, &["apply", "--force"]).0, 0);
    assert_eq!(active(path, "$T").0, "three");
}

/// Each shell that is here, with its venv applied and what a session in it left: two dumps of the
/// environment, while the venv is active and after, and what was printed.
fn in_every_shell(
    folder: &Path,
    environment: &[(String, String)],
    mut look: impl FnMut(&Shell, &[BTreeMap<String, String>], &str),
) {
    let generators = generators::all();
    let generator = |name| generators.iter().find(|generator| generator.name == name);
    let mut tried = 0;
    for shell in shells::all() {
        // The venv module has no script for these; virtualenv's own is none for mksh and yash.
        let of_virtualenv = matches!(shell.grammar, Grammar::Nu | Grammar::Xonsh | Grammar::Python);
        // A plain `cargo test` knows the venv module alone.
        let Some(generator) = generator(if of_virtualenv { "virtualenv-newest" } else { "venv" }) else {
            continue;
        };
        if let Some(missing) = generator.missing().or_else(|| shell.missing()) {
            assert!(!support::strict(), "missing: {missing}");
            eprintln!("skipped: {} (no {missing})", shell.name);
            continue;
        }
        tried += 1;
        let name = if of_virtualenv { ".venv" } else { "venv" };
        let venv = folder.join(name);
        if !venv.exists() {
            generator.make(&venv, folder).unwrap();
        }
        let (code, _, err) = run(folder, &["apply", "--venv", name]);
        assert_eq!(code, 0, "{err}");
        if environment.is_empty() {
            // Each time by more than a second, which is the finest that busybox sees.
            let later = SystemTime::now() + Duration::from_mins(tried);
            let secrets = fs::File::options().append(true).open(folder.join("secrets.toml")).unwrap();
            secrets.set_modified(later).unwrap();
        }
        let out = tempfile::tempdir_in(folder).unwrap();
        let mut steps = vec![Step::Activate(name), Step::Dump(0), Step::Deactivate, Step::Dump(1)];
        if shell.grammar == Grammar::Csh {
            steps.insert(0, Step::Raw("set prompt='% '"));
        }
        let text = shell.write(&steps, folder, out.path());
        let output = shell.run(&[], &text, out.path(), folder, environment);
        let printed =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        let dumps: Vec<BTreeMap<String, String>> = (0..2)
            .map(|number| {
                let dump = fs::read_to_string(out.path().join(format!("dump{number}")));
                let dump = dump.unwrap_or_else(|error| panic!("{}: {error}\n{printed}", shell.name));
                let pair = |line: &str| line.split_once('=').map(|(name, value)| (name.into(), value.into()));
                dump.split('\0').filter_map(pair).collect()
            })
            .collect();
        look(&shell, &dumps, &printed);
    }
    assert!(tried > 0);
}

fn a_script_that_is_older_than_the_secrets_says_so_in_every_shell() {
    const SAID: &str = "older than secrets.toml";
    let folder = tempfile::tempdir().unwrap();
    write_secrets(&folder.path().join("secrets.toml"), &[("A".to_owned(), "one".to_owned())]);
    in_every_shell(folder.path(), &[], |shell, dumps, printed| {
        assert_eq!(dumps[0]["A"], "one", "{}", shell.name);
        // bsd-csh cannot compare the age of files without a process.
        let lines = usize::from(shell.name != "bsd-csh");
        assert_eq!(printed.matches(SAID).count(), lines, "{}: {printed}", shell.name);
        assert!(printed.lines().count() <= 1, "{}: {printed}", shell.name);
    });
    let kept = ("KEPT".to_owned(), "x".to_owned());
    in_every_shell(folder.path(), &[kept], |shell, _, printed| {
        assert!(!printed.contains(SAID), "{}: {printed}", shell.name);
    });
}

fn a_variable_that_gives_way_leaves_what_is_there_in_every_shell() {
    for mode in ["embed", "live"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        write_secrets(&path.join("secrets.toml"), &["A", "B", "C"].map(|name| pair(name, "it's ours\n")));
        let settings = format!("mode = \"{mode}\"\noverride = false\n[variables.B]\noverride = true\n");
        fs::write(path.join("venvars.toml"), settings).unwrap();
        in_every_shell(path, &[pair("A", "mine"), pair("B", "mine")], |shell, dumps, printed| {
            let shows = |dump: usize| ["A", "B", "C"].map(|name| dumps[dump].get(name).map(String::as_str));
            let ours = Some("it's ours\n");
            let label = format!("{}, {mode}: {printed}", shell.name);
            assert_eq!(shows(0), [Some("mine"), ours, ours], "{label}");
            if shell.grammar != Grammar::Python {
                assert_eq!(shows(1), [Some("mine"), Some("mine"), None], "{label}");
                assert!(!dumps[1].keys().any(|name| name.starts_with("_VENVARS")), "{label}");
            }
        });
        let words = ["run", "--", "sh", "-c", "printf %s \"$A $B\""];
        let (_, out, _) = done(venvars(path).args(words).env("A", "mine").env("B", "mine"));
        assert_eq!(out, "mine it's ours\n");
    }
}

const DECLARED: &str = "\
[variables.PORT]
type = \"port\"
description = \"where it listens\"
[variables.KEY]
generate = \"hex8\"
[variables.LEVEL]
choices = [\"info\", \"debug\"]
default = \"info\"
[variables.ID]
pattern = \"[a-z]+\"
required = false
[variables.ONLY]
profiles = [\"production\"]
";

fn check_says_everything_at_once_and_set_fills_in_what_it_can() {
    let folder = project("PORT = \"hunter2\"\nID = \"hunter-2\"\n", DECLARED);
    let path = folder.path();
    let (code, out, _) = run(path, &["check"]);
    assert_eq!(code, 1);
    for said in [
        "secrets.toml:1:8: PORT: the value is not a valid port",
        "ID: the value does not match",
        "KEY: missing",
    ] {
        assert!(out.contains(said), "{out}");
    }
    assert!(!out.contains("hunter") && !out.contains("ONLY"), "{out}");
    for arguments in [&["apply"][..], &["run", "--", "true"]] {
        let (code, _, err) = run(path, arguments);
        assert!(code == 2 && err.contains("PORT") && err.contains("KEY") && err.contains("ID"), "{err}");
    }
    assert_eq!(run(path, &["set", "PORT=http"]).0, 2);
    assert_eq!(run(path, &["set", "PORT=80"]).0, 0);
    assert_eq!(run(path, &["unset", "ID"]).0, 0);
    assert_eq!(run(path, &["set"]).0, 0);
    assert_eq!(run(path, &["get", "KEY"]).1.len(), 16);
    assert_eq!(run(path, &["get", "LEVEL"]).1, "info");
    assert_eq!(run(path, &["check"]).0, 0);
    assert_eq!(run(path, &["check", "--profile", "none"]).0, 0);
    assert_eq!(run(path, &["example"]).0, 0);
    let example = fs::read_to_string(path.join("secrets.example.toml")).unwrap();
    let key = run(path, &["get", "KEY"]).1;
    assert!(example.contains("where it listens") && example.contains("# KEY = ") && !example.contains(&key));
    fs::write(path.join("venvars.toml"), "[variables.A]\ntyp = \"port\"\n").unwrap();
    let (code, _, err) = run(path, &["check"]);
    assert!(code == 2 && err.contains("venvars.toml:2:1") && err.contains("did you mean type?"), "{err}");
}

fn a_file_in_which_all_is_encrypted_may_be_committed() {
    if which::which("age-keygen").is_err() {
        assert!(!support::strict(), "missing: age-keygen");
        eprintln!("skipped: no age-keygen");
        return;
    }
    let folder = project("", "");
    let path = folder.path();
    let (_, _, made) = done(Command::new("age-keygen").args(["-o", "id.txt"]).current_dir(path));
    let recipient = made.trim().rsplit(' ').next().unwrap();
    fs::write(path.join("venvars.toml"), format!("recipients = [{recipient:?}]\n")).unwrap();
    let ours = |arguments: &[&str]| done(venvars(path).args(arguments).env("VENVARS_AGE_IDENTITY", "id.txt"));
    for arguments in [&["init", "-q"][..], &["add", "secrets.toml"]] {
        let mut git = Command::new("git");
        clean(&mut git, path);
        assert!(git.args(arguments).current_dir(path).status().unwrap().success());
    }
    assert_eq!(ours(&["set", "A=plain"]).0, 2);
    let (code, _, err) = ours(&["set", "A=it's", "--age"]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(ours(&["get", "A"]).1, "it's");
    assert_eq!(ours(&["apply"]).0, 0, "{}", ours(&["apply"]).2);
    let (code, _, err) = ours(&["set", "B=plain"]);
    assert!(code == 2 && err.contains("--age"), "{err}");
    let text = fs::read_to_string(path.join("secrets.toml")).unwrap();
    assert!(text.contains("BEGIN AGE") && !text.contains("it's"), "{text}");
}

/// A Python that has `jsonschema`.
fn judge() -> Option<PathBuf> {
    let python = cache().join("readers-2/bin/python");
    let has = Command::new(&python).args(["-c", "import jsonschema"]).output();
    if has.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    assert!(!support::strict(), "missing: the Python package jsonschema");
    eprintln!("skipped: no jsonschema");
    None
}

/// What `--json` prints is what `venvars schema output` says, for each command.
fn every_document_validates_against_its_schema() {
    let Some(python) = judge() else { return };
    let folder = project(
        "A = \"f7Gq-Zp3x-Lk9w\"\nB = { template = \"x-${A}\" }\nC = { command = [\"false\"] }\n[profile.p]\nA = \"other-value-of-it\"\n",
        "[variables.A]\ndescription = \"the first\"\ntype = \"url\"\n[variables.MISSING]\n",
    );
    let path = folder.path();
    fs::write(path.join("app.py"), "key = 'f7Gq-Zp3x-Lk9w'\n").unwrap();
    for line in [
        "init -q .",
        "add app.py",
        "-c user.name=a -c user.email=a@b.c commit -q -m x",
        "rm -q app.py",
        "-c user.name=a -c user.email=a@b.c commit -q -m y",
    ] {
        let mut git = Command::new("git");
        clean(&mut git, path);
        assert!(git.args(line.split(' ')).current_dir(path).status().unwrap().success());
    }
    fs::write(path.join("x.env"), "A=1\nE=2\n=3\n").unwrap();
    run(path, &["set", "D=1"]);
    run(path, &["compromised", "A"]);
    run(path, &["--profile", "p", "apply"]);
    let applied = project("A = \"b\"\n", "");
    let schema: Value = serde_json::from_str(&run(path, &["schema", "output"]).1).unwrap();
    for line in [
        "list",
        "list --reveal",
        "status",
        "apply",
        "remove --dry-run",
        "check",
        "explain A",
        "explain B --profile p",
        "scan app.py .",
        "scan --history",
        "doctor",
        "compromised",
        "restore --list",
        "get A",
        "import x.env --dry-run",
        "allow",
    ] {
        let words: Vec<&str> = line.split(' ').chain(["--json"]).collect();
        // git has the secrets of the other.
        let place = if matches!(words[0], "apply" | "remove") { applied.path() } else { path };
        let (_, document, err) = run(place, &words);
        if document.is_empty() {
            assert!(line == "list --reveal" || line.starts_with("scan app.py"), "{line}: {err}");
            continue;
        }
        let name = words[0];
        let mut own = schema.clone();
        own["anyOf"] = serde_json::json!([{ "$ref": format!("#/$defs/{name}") }]);
        fs::write(path.join("schema.json"), own.to_string()).unwrap();
        fs::write(path.join("document.json"), &document).unwrap();
        let script = "import json, jsonschema; s = json.load(open('schema.json')); jsonschema.Draft202012Validator.check_schema(s); jsonschema.validate(json.load(open('document.json')), s)";
        let judged = Command::new(&python).args(["-c", script]).current_dir(path).output().unwrap();
        assert!(judged.status.success(), "{line}: {document}{}", String::from_utf8_lossy(&judged.stderr));
    }
}

/// The schemas agree with the reader: Python's `jsonschema` judges what venvars judges.
fn both_files_validate_against_their_schemas() {
    let Some(python) = judge() else { return };
    let folder = project("", "");
    let path = folder.path();
    for (name, good, bad) in [
        (
            "secrets",
            &[
                PROFILES,
                "A = 1\nB = true\nC = 1.5\nD = { file = \"x\", trim = true }\nE = { command = [\"x\", \"\"], timeout = 2 }\nF = { keyring = \"a/b\" }\n",
                "rotated = 1\n",
                "A = 1\n[[rotated]]\nname = \"A\"\nprofile = \"p\"\nat = 2026-11-25T00:00:00Z\nvalue = \"x\"\n[[rotated]]\nname = \"A\"\nat = 2026-11-25T00:00:00Z\nvalue = { keyring = \"a/b\" }\n",
            ][..],
            &[
                "A = [1]\n",
                "PATH = 1\n",
                "\"a-b\" = 1\n",
                "A = { file = 1 }\n",
                "A = { fil = \"x\" }\n",
                "A = { template = \"$x\" }\n",
                "[profile.none]\nA = 1\n",
                "[profile.a]\nextends = 1\n",
                "A = { keyring = \"a\" }\n",
                "_VENVARS_X = 1\n",
                "[rotated]\nA = 1\n",
                "[[rotated]]\nname = \"A\"\nat = 2026-11-25T00:00:00Z\n",
                "[[rotated]]\nname = \"A\"\nat = 2026-11-25T00:00:00Z\nvalue = { file = \"x\" }\n",
                "[[rotated]]\nname = \"A-B\"\nat = 2026-11-25T00:00:00Z\nvalue = 1\n",
            ][..],
        ),
        (
            "settings",
            &[
                DECLARED,
                "mode = \"live\"\nvenv = \".venv\"\noverride = false\nguard = false\nrecipients = [\"age1\"]\ndefault_profile = \"none\"\n",
                "[variables.A]\nfallbacks = \"A_OLD\"\n",
            ],
            &[
                "mode = \"x\"\n",
                "venv = 1\n",
                "[variables.PATH]\n",
                "[variables.A]\ntype = \"x\"\n",
                "[variables.A]\nx = 1\n",
                "[variables.A]\nfallbacks = \"PATH\"\n",
                "[variables.A]\nfallbacks = true\n",
                "[variables.A]\ngenerate = \"x\"\n",
                "default_profile = \"a b\"\n",
            ],
        ),
    ] {
        let schema = run(path, &["schema", name]).1;
        fs::write(path.join("schema.json"), schema).unwrap();
        for (texts, valid) in [(good, true), (bad, false)] {
            for text in texts {
                let file = if name == "secrets" { "secrets.toml" } else { "venvars.toml" };
                fs::write(path.join(file), text).unwrap();
                private(&path.join("secrets.toml"));
                let script = format!(
                    "import json, tomllib, jsonschema; s = json.load(open('schema.json')); jsonschema.Draft202012Validator.check_schema(s); jsonschema.validate(tomllib.load(open('{file}', 'rb')), s)"
                );
                let judged = Command::new(&python).args(["-c", &script]).current_dir(path).output().unwrap();
                assert_eq!(
                    judged.status.success(),
                    valid,
                    "{name}: {text}{}",
                    String::from_utf8_lossy(&judged.stderr)
                );
                let (code, _, err) = run(path, &["list"]);
                assert_eq!(code == 0, valid, "{name}: {text}{err}");
            }
        }
        fs::write(path.join("secrets.toml"), "").unwrap();
        fs::write(path.join("venvars.toml"), "").unwrap();
    }
}
