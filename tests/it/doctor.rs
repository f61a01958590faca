//! `venvars doctor`: one trouble at a time, what it says of it, and the mend.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::generators::venv_in;
use crate::support::unix::PermissionsExt;
use crate::support::{BIN, at_home, clean, private, venvars};
use libtest_mimic::Trial;
use tempfile::TempDir;

pub fn trials() -> Vec<Trial> {
    trials![
        nothing_is_said_where_all_is_well,
        what_a_killed_process_could_leave_is_to_be_ignored,
        what_waits_for_a_person_is_not_promised_to_be_fixed,
        each_trouble_is_said_with_its_mend,
        an_ignore_file_in_utf_16_is_named,
        a_script_that_cannot_be_changed_keeps_no_other_from_it,
        a_folder_that_is_copied_elsewhere_is_named,
        advice_is_no_trouble;
        on_unix:
        one_trouble_hides_no_other,
        wrong_settings_and_sources_hide_nothing_either,
        what_holds_nothing_may_be_read
    ]
}

const SECRET: &str = "hunter2-hunter2-hunter2";

fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    clean(&mut command, folder);
    let output = command.arg("-C").arg(folder).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A project with which all is well, in `below` of a new folder, which is its home too.
fn project(below: &str) -> TempDir {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(below);
    fs::create_dir_all(&folder).unwrap();
    venv_in(&folder);
    git(&folder, &["init", "--quiet"]);
    fs::write(folder.join(".gitignore"), "/*secrets.toml*\n/.venv\n").unwrap();
    secrets(&folder, &format!("API_KEY = \"{SECRET}\"\n"));
    for arguments in [&["apply"][..], &["hook", "install"]] {
        let (code, text) = run(home.path(), &folder, arguments);
        assert_eq!(code, 0, "{text}");
    }
    home
}

fn secrets(folder: &Path, text: &str) {
    fs::write(folder.join("secrets.toml"), text).unwrap();
    private(&folder.join("secrets.toml"));
}

/// The exit code of venvars, and all that it prints, in which no value is ever shown.
fn run(home: &Path, folder: &Path, arguments: &[&str]) -> (i32, String) {
    let mut command = venvars(folder);
    let output = at_home(&mut command, home).args(arguments).output().unwrap();
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(!text.contains("hunter2"), "{arguments:?} shows a value: {text}");
    (output.status.code().unwrap_or(-1), text)
}

fn nothing_is_said_where_all_is_well() {
    let home = project("app");
    let (code, text) = run(home.path(), &home.path().join("app"), &["doctor"]);
    assert_eq!((code, text.as_str()), (0, "no problems found\n"));
    let (code, text) = run(home.path(), &home.path().join("app"), &["doctor", "--json"]);
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(code == 0 && document["well"] == true && document["findings"].as_array().unwrap().is_empty());
}

/// As long as git has the secrets, nothing is written beside them: that is said once, and no fix is promised.
fn what_waits_for_a_person_is_not_promised_to_be_fixed() {
    let home = project("app");
    let app = home.path().join("app");
    secrets(&app, &format!("API_KEY = \"{SECRET}\"\nOTHER = '1'\n"));
    fs::write(app.join(".gitignore"), "/.venv\n").unwrap();
    git(&app, &["add", "-f", "secrets.toml"]);
    for arguments in [&["doctor"][..], &["doctor", "--fix"]] {
        let (code, text) = run(home.path(), &app, arguments);
        assert!(code == 1 && !text.contains("--fix") && !text.contains("by hand"), "{text}");
        assert_eq!(text.matches("git tracks").count(), 1, "{text}");
        assert!(text.contains(": out of date: "), "{text}");
    }
}

fn what_a_killed_process_could_leave_is_to_be_ignored() {
    let home = project("app");
    let app = home.path().join("app");
    fs::write(app.join(".gitignore"), "/secrets.toml\n/.venv\n").unwrap();
    let (code, text) = run(home.path(), &app, &["doctor"]);
    assert!(
        code == 0 && text.starts_with("! advice: .secrets.toml.venvars-new, .secrets.toml.swp, "),
        "{text}"
    );
    let (code, text) = run(home.path(), &app, &["doctor", "--fix"]);
    assert!(code == 0 && text.starts_with("✓ fixed: .secrets.toml.venvars-new, "), "{text}");
    let ignore = fs::read_to_string(app.join(".gitignore")).unwrap();
    assert_eq!(ignore, "/secrets.toml\n/.venv\n/*secrets.toml*\n");
}

/// What makes the trouble, what is said of it, and whether `--fix` mends it.
type Trouble = (&'static str, fn(&Path), &'static str, bool);

/// Where files have modes, and a variable names the home that they are in.
const OF_UNIX: [Trouble; 3] = [
    ("mode", |app| mode(&app.join("secrets.toml")), "secrets.toml: others can read it", true),
    (
        "script mode",
        |app| mode(&app.join(".venv").join(BIN).join("activate")),
        ".venv/bin/activate: others can read it",
        true,
    ),
    (
        "history",
        |app| write(&app.join("../.local/share/fish/fish_history"), &format!("- cmd: export K={SECRET}\n")),
        "fish_history: holds API_KEY (line 1)",
        false,
    ),
];

const TROUBLES: [Trouble; 15] = [
    (
        "not ignored",
        |app| write(&app.join(".gitignore"), "/.venv\n"),
        "secrets.toml: git does not ignore it",
        true,
    ),
    (
        "ignored in UTF-16",
        |app| write(&app.join(".gitignore"), "/\0s\0e\0c\0r\0e\0t\0s\0.\0t\0o\0m\0l\0\n\0\n/.venv\n"),
        "secrets.toml: git does not ignore it",
        true,
    ),
    (
        "venv not ignored",
        |app| write(&app.join(".gitignore"), "/secrets.toml\n"),
        ".venv: git does not ignore it",
        true,
    ),
    (
        "stale",
        |app| secrets(app, "API_KEY = \"hunter2-hunter2-newer\"\n"),
        // Python's venv writes for Windows no script of fish.
        if cfg!(windows) {
            ".venv: out of date: bash/zsh, PowerShell, "
        } else {
            ".venv: out of date: bash/zsh, fish, PowerShell, "
        },
        true,
    ),
    ("tracked", |app| git(app, &["add", "--force", "secrets.toml"]), "secrets.toml: git tracks it", false),
    (
        "left by a killed process",
        |app| write(&app.join(".secrets.toml.venvars-new"), &format!("API_KEY = \"{SECRET}\"\n")),
        ".secrets.toml.venvars-new: left behind with values in it",
        true,
    ),
    (
        "half a block",
        half_a_block,
        if cfg!(windows) { r".venv\Scripts\activate" } else { ".venv/bin/activate" },
        false,
    ),
    (
        ".env",
        |app| write(&app.join(".env"), &format!("KEY={SECRET}\n")),
        ".env: holds API_KEY (line 1)",
        false,
    ),
    (
        "another file",
        |app| write(&app.join("a/b.txt"), &format!("\n{SECRET}")),
        if cfg!(windows) { r"a\b.txt: holds API_KEY (line 2)" } else { "a/b.txt: holds API_KEY (line 2)" },
        false,
    ),
    (
        "pasted into a script",
        |app| {
            let (name, set) = if cfg!(windows) {
                ("activate", "export OTHER=")
            } else {
                ("activate.fish", "set -x OTHER ")
            };
            let file = app.join(".venv").join(BIN).join(name);
            let text = fs::read_to_string(&file).unwrap();
            fs::write(&file, format!("{text}{set}'{SECRET}'\n")).unwrap();
        },
        if cfg!(windows) {
            "activate --take moves what it exports"
        } else {
            "activate.fish --take moves what it exports"
        },
        false,
    ),
    (
        "an old value",
        |app| {
            let old = "[[rotated]]\nname = \"API_KEY\"\nat = 2026-11-25T00:00:00Z\nvalue = \"hunter2-from-before\"\n";
            secrets(app, &format!("API_KEY = \"{SECRET}\"\n{old}"));
            write(&app.join("a.txt"), "hunter2-from-before");
        },
        "a.txt: holds an old value of API_KEY (line 1)",
        false,
    ),
    (
        "no tool",
        |app| secrets(app, &format!("API_KEY = \"{SECRET}\"\nB = {{ command = [\"no-such-tool\"] }}\n")),
        "B: no-such-tool is not on the PATH",
        false,
    ),
    (
        "no tool in a profile",
        |app| secrets(app, &format!("API_KEY = \"{SECRET}\"\n[profile.p]\nB = {{ file = \"nowhere\" }}\n")),
        "nowhere: no such file",
        false,
    ),
    (
        "hides",
        |app| secrets(app, &format!("API_KEY = \"{SECRET}\"\nPYTHONPATH = \"/x\"\n")),
        "PYTHONPATH changes where Python looks for modules",
        false,
    ),
    (
        "a file that git has",
        |app| {
            write(&app.join("key"), "hunter2-hunter2-key");
            private(&app.join("key"));
            git(app, &["add", "key"]);
            secrets(app, &format!("API_KEY = \"{SECRET}\"\nB = {{ file = \"key\" }}\n"));
        },
        "key: git tracks it",
        false,
    ),
];

fn mode(file: &Path) {
    fs::set_permissions(file, fs::Permissions::from_mode(0o644)).unwrap();
}

fn write(file: &Path, text: &str) {
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

fn half_a_block(app: &Path) {
    let file = app.join(".venv").join(BIN).join("activate");
    let text = fs::read_to_string(&file).unwrap();
    let (before, after) = text.rsplit_once("# <<< venvars <<<").unwrap();
    fs::write(&file, format!("{before}{after}")).unwrap();
}

fn each_trouble_is_said_with_its_mend() {
    let of_unix = if cfg!(unix) { &OF_UNIX[..] } else { &[] };
    for (name, make, said, fixable) in of_unix.iter().chain(&TROUBLES) {
        let fixable = *fixable;
        let home = project("app");
        let app = home.path().join("app");
        make(&app);
        let (code, text) = run(home.path(), &app, &["doctor"]);
        assert!(code == 1 && text.contains(said), "{name}: {code} {text}");
        let mended = run(home.path(), &app, &["doctor", "--fix"]);
        assert_eq!(mended.0, i32::from(!fixable), "{name}: {}", mended.1);
        let is_told = mended.1.lines().any(|line| line.starts_with("✓ fixed: ") && line.contains(said));
        assert_eq!(is_told, fixable, "{name}: {}", mended.1);
        assert_eq!(run(home.path(), &app, &["doctor"]).0, i32::from(!fixable), "{name}");
    }
}

fn an_ignore_file_in_utf_16_is_named() {
    let home = project("app");
    let app = home.path().join("app");
    write(&app.join(".gitignore"), "\u{feff}/\0s\0\n\0\n/.venv\n");
    let way = "git cannot read .gitignore, there is UTF-16 in it: save it as UTF-8";
    let (_, text) = run(home.path(), &app, &["doctor"]);
    assert!(text.contains(way), "{text}");
    let (code, text) = run(home.path(), &app, &["apply"]);
    assert!(code != 0 && text.contains("there is UTF-16 in it: save it as UTF-8"), "{text}");
}

fn one_trouble_hides_no_other() {
    let home = project("app");
    let app = home.path().join("app");
    secrets(&app, &format!("UID = \"1000\"\nA-B = \"x\"\nAPI_KEY = \"{SECRET}\"\n"));
    mode(&app.join("secrets.toml"));
    write(&app.join("notes.txt"), SECRET);
    let (code, text) = run(home.path(), &app, &["doctor", "--fix"]);
    assert_eq!(code, 1, "{text}");
    for said in [
        "fixed: secrets.toml: others can read it",
        "secrets.toml:1:1: UID: ",
        "secrets.toml:2:1: ",
        "notes.txt: holds API_KEY (line 1)",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let (code, text) = run(home.path(), &app, &["doctor", "--json"]);
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(code == 1 && document["findings"].as_array().unwrap().len() == 3, "{text}");
}

fn wrong_settings_and_sources_hide_nothing_either() {
    let home = project("app");
    let app = home.path().join("app");
    let text = format!(
        "API_KEY = \"{SECRET}\"\n[profile.dev]\nA = \"dev-value-abc1\"\n[profile.prod]\nextends = \"dve\"\n"
    );
    secrets(&app, &text);
    git(&app, &["add", "--force", "secrets.toml", ".venv/bin/activate"]);
    write(&app.join("leak.py"), SECRET);
    let said = |arguments: &[&str], parts: &[&str]| {
        let (code, text) = run(home.path(), &app, arguments);
        assert_eq!(code, 1, "{text}");
        for part in parts {
            assert!(text.contains(part), "{part}: {text}");
        }
        // The way out of a tracked file is git's, and not to take the values out of it.
        assert!(!text.contains("secrets.toml: holds") && !text.contains("activate: holds"), "{text}");
    };
    let known = ["secrets.toml: git tracks it", ".venv: git tracks it", "leak.py: holds API_KEY"];
    said(&["doctor", "--profile", "dev"], &[&known[..], &["did you mean dev?"]].concat());
    write(&app.join("venvars.toml"), "default_profile = \"dev\"\n[variables.status]\n");
    said(&["doctor"], &[&known[..], &["status: the name is reserved"]].concat());
    fs::remove_file(app.join("venvars.toml")).unwrap();
    secrets(&app, &format!("API_KEY = \"{SECRET}\"\nB = {{ file = \"nowhere\" }}\n"));
    mode(&app.join(".venv").join(BIN).join("activate"));
    said(&["doctor"], &[&known[..], &[".venv/bin/activate: others can read it"]].concat());
}

fn what_holds_nothing_may_be_read() {
    let home = project("app");
    let app = home.path().join("app");
    assert_eq!(run(home.path(), &app, &["remove"]).0, 0);
    fs::remove_file(app.join("secrets.toml")).unwrap();
    let (code, text) = run(home.path(), &app, &["doctor", "--fix"]);
    assert!(code == 1 && text.contains("no such file") && !text.contains("others can read"), "{text}");
    let mode =
        fs::metadata(app.join(".venv").join(BIN).join("activate")).unwrap().permissions().mode() & 0o777;
    assert_ne!(mode, 0o600);
}

fn a_script_that_cannot_be_changed_keeps_no_other_from_it() {
    let home = project("app");
    let app = home.path().join("app");
    half_a_block(&app);
    secrets(&app, "API_KEY = \"hunter2-hunter2-newer\"\n");
    let (code, text) = run(home.path(), &app, &["doctor", "--fix"]);
    assert_eq!(code, 1, "{text}");
    let others = if cfg!(windows) { "PowerShell, " } else { "fish, PowerShell, " };
    assert!(text.contains(&format!("fixed: .venv: out of date: {others}")), "{text}");
    assert_eq!(text.matches(&format!("{BIN}{}activate:", std::path::MAIN_SEPARATOR)).count(), 1, "{text}");
    assert!(!text.contains("--fix") && !text.contains("nothing was changed"), "{text}");
    let (code, text) = run(home.path(), &app, &["doctor", "--fix", "--json"]);
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(code == 1 && document["mended"].as_array().unwrap().is_empty(), "{text}");
}

fn a_folder_that_is_copied_elsewhere_is_named() {
    let home = project("Dropbox/app");
    let (code, text) = run(home.path(), &home.path().join("Dropbox/app"), &["doctor"]);
    assert!(code == 1 && text.contains("secrets.toml: Dropbox copies it elsewhere"), "{text}");
}

fn advice_is_no_trouble() {
    let home = project("app");
    let app = home.path().join("app");
    let mut doctor = venvars(&app);
    let output = at_home(&mut doctor, home.path()).env("API_KEY", "x").arg("doctor").output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.starts_with("! advice: API_KEY is already set in your environment"), "{text}");
    assert_eq!(run(home.path(), &app, &["hook", "remove"]).0, 0);
    let (code, text) = run(home.path(), &app, &["doctor"]);
    assert!(code == 0 && text.contains("advice: the git hooks"), "{text}");
}
