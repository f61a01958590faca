//! Completions: what a word can become, in the real shells, without anything being run or shown.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::Trial;
use serde_json::json;
use tempfile::TempDir;

use crate::support::shells::{self, Shell};
use crate::support::terminal::{self, at_terminal};
use crate::support::{self, clean, private, venvars};

pub fn trials() -> Vec<Trial> {
    let mut trials = trials![
        a_word_becomes_what_is_there,
        no_line_is_too_odd,
        options_wait_for_a_dash_and_hidden_commands_are_not_offered,
        nothing_is_run_and_no_value_shown,
        what_lies_outside_and_is_not_allowed_is_not_read,
        a_script_is_installed_once_and_taken_out_again,
        a_file_of_somebody_else_stays
    ];
    let named =
        |name| shells::all().into_iter().chain(shells::windows()).find(move |shell| shell.name == name);
    let mut add = |shell: Shell, missing: Option<String>, check: fn(&Shell)| {
        let missing = shell.missing().or(missing);
        trials.push(support::trial(format!("{}_completes", shell.name), missing, move || {
            check(&shell);
            Ok(())
        }));
    };
    for shell in named("bash").into_iter().chain(shells::bashes()).chain(named("zsh")) {
        add(shell, terminal::missing(), with_tab);
    }
    add(named("fish").unwrap(), None, fish);
    if let Some(pwsh) = named("pwsh") {
        add(pwsh, None, powershell);
    }
    if let Some(nu) = named("nu") {
        add(nu, None, nu_ide);
    }
    trials
}

/// What nobody may see of the project.
const VALUE: &str = "hunter2-hunter2";

/// A project with a command that leaves a file `ran`.
fn project() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let ran = folder.path().join("ran");
    let secrets = format!(
        "SECRET_KEY = \"{VALUE}\"\nRUNS = {{ command = [\"touch\", \"{}\"] }}\n\n[profile.staging]\nPORT = 80\n",
        ran.display()
    );
    fs::write(folder.path().join("secrets.toml"), secrets).unwrap();
    private(&folder.path().join("secrets.toml"));
    let settings = "[variables.DECLARED]\ndescription = \"Signs the sessions\"\n";
    fs::write(folder.path().join("venvars.toml"), settings).unwrap();
    let venv = folder.path().join(".venv");
    fs::create_dir_all(venv.join("bin")).unwrap();
    fs::write(venv.join("pyvenv.cfg"), "home = /usr/bin\n").unwrap();
    fs::write(venv.join("bin/ourprogram"), "#!/bin/sh\n").unwrap();
    assert!(Command::new("chmod").arg("+x").arg(venv.join("bin/ourprogram")).status().unwrap().success());
    folder
}

/// What the last of `words` can become, with what is said of it.
fn offered(folder: &Path, words: &[&str]) -> Vec<(String, String)> {
    let mut command = venvars(folder);
    command.env_remove("VENVARS_TRUST").arg("complete").arg(words.len().to_string());
    let output = command.arg("--").arg("venvars").args(words).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains(VALUE), "{text}");
    text.lines().map(|line| line.split_once('\t').unwrap()).map(|(a, b)| (a.into(), b.into())).collect()
}

#[track_caller]
fn case(folder: &Path, words: &[&str], expected: &[&str]) {
    let found: Vec<_> = offered(folder, words).into_iter().map(|(value, _)| value).collect();
    assert_eq!(found, expected, "{words:?}");
}

fn a_word_becomes_what_is_there() {
    let folder = project();
    let folder = folder.path();
    let names = ["DECLARED", "SECRET_KEY", "RUNS", "PORT"];
    for command in ["get", "set", "unset", "explain", "rotate", "compromised"] {
        case(folder, &[command, ""], &names);
    }
    case(folder, &["get", "SEC"], &["SECRET_KEY"]);
    assert_eq!(offered(folder, &["get", "DEC"])[0].1, "Signs the sessions");
    case(folder, &["--profile", ""], &["staging", "none"]);
    case(folder, &["apply", "--profile=st"], &["--profile=staging"]);
    case(folder, &["apply", "--venv", ""], &[".venv"]);
    case(folder, &["apply", "--shell", "fish,po"], &["fish,powershell"]);
    case(folder, &["export", "--format", "j"], &["json"]);
    case(folder, &["import", "--format", "her"], &["heroku"]);
    case(folder, &["completions", "po"], &["powershell"]);
    case(folder, &["run", "--", "ourp"], &["ourprogram"]);
    case(folder, &["run", "ourp"], &["ourprogram"]);
    case(folder, &["run", "--", "ourprogram", "sec"], &["secrets.toml"]);
    case(folder, &["set", "KEY", "--generate=fe"], &["--generate=fernet"]);
    case(folder, &["man", "sta"], &["status"]);
    case(folder, &["man", "hook", "i"], &["install"]);
    case(folder, &["man", "get", "i"], &[]);
    case(folder, &["help", "sta"], &["status"]);
    // From elsewhere, with the words in front.
    let elsewhere = tempfile::tempdir().unwrap();
    let place = folder.to_str().unwrap();
    case(elsewhere.path(), &["-C", place, "get", "SEC"], &["SECRET_KEY"]);
    case(elsewhere.path(), &["--secrets", &format!("{place}/secrets.toml"), "get", "SEC"], &["SECRET_KEY"]);
    case(elsewhere.path(), &["get", "S"], &[]);
}

/// `offered` fails if venvars panics or prints an error.
fn no_line_is_too_odd() {
    let folder = project();
    let words = [
        "",
        "-",
        "--",
        "-V",
        "-C",
        "--help",
        "--profile=",
        "help",
        "man",
        "hook",
        "run",
        "complete",
        "s",
        "\u{1}",
    ];
    for first in words {
        for second in words {
            offered(folder.path(), &[first, second]);
        }
        offered(folder.path(), &["help", first, "s"]);
    }
    let mut beyond = venvars(folder.path());
    assert!(beyond.args(["complete", "65535", "--"]).output().unwrap().status.success());
}

fn options_wait_for_a_dash_and_hidden_commands_are_not_offered() {
    let folder = project();
    for typed in ["activ", "complete", "comple"] {
        let found = offered(folder.path(), &[typed]);
        assert!(found.iter().all(|(value, _)| value == "completions"), "{found:?}");
    }
    let found = offered(folder.path(), &["get", ""]);
    assert!(found.iter().all(|(value, _)| !value.starts_with('-')), "{found:?}");
    case(folder.path(), &["get", "--prof"], &["--profile"]);
    // Files that are hidden are not commands that are.
    case(folder.path(), &["-C", ".ve"], &[".venv/"]);
}

fn nothing_is_run_and_no_value_shown() {
    let folder = project();
    for words in [
        &["get", ""][..],
        &["run", "--", ""],
        &["apply", ""],
        &["get", "RUNS", ""],
        &["export", "--format", ""],
    ] {
        offered(folder.path(), words);
    }
    // What is broken is offered nothing, and is not complained of.
    fs::write(folder.path().join("secrets.toml"), format!("KEY = {VALUE}\n")).unwrap();
    case(folder.path(), &["get", ""], &["DECLARED"]);
    case(folder.path(), &["set", "K", "x", "y", "S"], &[]);
    assert!(!folder.path().join("ran").exists());
    let state = folder.path().join(".local/state");
    assert!(!state.exists(), "nothing is remembered either");
}

fn what_lies_outside_and_is_not_allowed_is_not_read() {
    let folder = project();
    let elsewhere = tempfile::tempdir().unwrap();
    let outside = elsewhere.path().join("others.toml");
    fs::write(&outside, "OUTSIDE = \"x\"\n").unwrap();
    private(&outside);
    fs::write(folder.path().join("venvars.toml"), format!("secrets = \"{}\"\n", outside.display())).unwrap();
    case(folder.path(), &["get", "O"], &[]);
}

/// What `venvars completions` says in a home of its own, and where that is.
fn install(home: &Path, arguments: &[&str]) -> (bool, String) {
    let output = venvars(home).arg("completions").args(arguments).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

const PLACES: [(&str, &str); 6] = [
    ("bash", ".local/share/bash-completion/completions/venvars"),
    ("zsh", ".local/share/zsh/site-functions/_venvars"),
    ("fish", ".config/fish/completions/venvars.fish"),
    ("powershell", ".config/powershell/venvars-completions.ps1"),
    ("nu", ".local/share/nushell/vendor/autoload/venvars.nu"),
    ("elvish", ".config/elvish/lib/venvars.elv"),
];

fn a_script_is_installed_once_and_taken_out_again() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    for (shell, place) in PLACES {
        let file = home.join(place);
        let (ok, said) = install(home, &[shell, "--install"]);
        assert!(ok && said.starts_with(&format!("installed {}", file.display())), "{said}");
        assert_eq!(fs::read_to_string(&file).unwrap(), install(home, &[shell]).1);
        let (ok, said) = install(home, &[shell, "--install"]);
        assert!(ok && said.starts_with("already installed"), "{said}");
        // An older one of ours is replaced.
        fs::write(&file, "# Completions for venvars in the past.\n").unwrap();
        let (ok, said) = install(home, &[shell, "--install"]);
        assert!(ok && said.starts_with("installed "), "{said}");
        let (ok, said) = install(home, &[shell, "--uninstall"]);
        assert!(ok && said.starts_with("deleted ") && !file.exists(), "{said}");
        assert!(install(home, &[shell, "--uninstall"]).0);
    }
    let of_shell = |shell: &str| {
        let mut command = venvars(home);
        let output = command.arg("completions").env("SHELL", shell).output().unwrap();
        [output.stdout, output.stderr].concat()
    };
    assert_eq!(of_shell("/usr/bin/fish"), install(home, &["fish"]).1.into_bytes());
    let said = String::from_utf8(of_shell("/bin/tcsh")).unwrap();
    assert!(said.contains("no completions for tcsh") && said.contains("elvish"), "{said}");
}

fn a_file_of_somebody_else_stays() {
    let home = tempfile::tempdir().unwrap();
    for (shell, place) in PLACES {
        let file = home.path().join(place);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, "mine\n").unwrap();
        for option in ["--install", "--uninstall"] {
            let (ok, said) = install(home.path(), &[shell, option]);
            assert!(!ok && said.contains("venvars did not write this file"), "{said}");
            assert_eq!(fs::read_to_string(&file).unwrap(), "mine\n");
        }
    }
}

/// The PATH with the program under test in front.
fn path() -> std::ffi::OsString {
    let program = Path::new(env!("CARGO_BIN_EXE_venvars")).parent().unwrap().to_owned();
    let others = std::env::var_os("PATH").unwrap();
    std::env::join_paths(std::iter::once(program).chain(std::env::split_paths(&others))).unwrap()
}

/// The script for `shell`, in a file of the project.
fn script(folder: &Path, shell: &str) -> PathBuf {
    let file = folder.join("completions-of-venvars");
    fs::write(&file, install(folder, &[shell]).1).unwrap();
    file
}

/// Lines, and what a Tab makes of each.
const TABS: [(&str, &str); 8] = [
    ("venvars ge", "venvars get "),
    ("venvars get SEC", "venvars get SECRET_KEY "),
    ("venvars --profile stag", "venvars --profile staging "),
    ("venvars apply --profile=stag", "venvars apply --profile=staging "),
    ("venvars export --format=jso", "venvars export --format=json "),
    ("venvars apply --venv .ve", "venvars apply --venv .venv"),
    ("venvars run -- ourpr", "venvars run -- ourprogram "),
    ("venvars run -- cat secr", "venvars run -- cat secrets.toml "),
];

/// At a terminal: the line is typed, then Tab.
fn with_tab(shell: &Shell) {
    let folder = project();
    let script = script(folder.path(), if shell.is_bash() { "bash" } else { "zsh" });
    let load = if shell.is_bash() {
        format!("source {}; PS1='ready> '\r", script.display())
    } else {
        format!("autoload -Uz compinit; compinit -D -u; source {}; PS1='ready> '\r", script.display())
    };
    let command = shell.interactive(folder.path());
    let mut words = vec!["env".to_owned(), format!("PATH={}", path().display()), "TERM=xterm".to_owned()];
    words.push(command.get_program().to_str().unwrap().to_owned());
    words.extend(command.get_args().map(|word| word.to_str().unwrap().to_owned()));
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut steps = vec![json!(["send", load]), json!(["expect", "ready> "])];
    for (line, completed) in TABS {
        steps.push(json!(["send", format!("{line}\t")]));
        steps.push(json!(["expect", completed.trim_end()]));
        steps.push(json!(["send", "\u{15}"]));
    }
    // A name with a space is one word.
    fs::write(folder.path().join("spaced name.env"), "").unwrap();
    steps.push(json!(["send", "venvars import spa\t"]));
    steps.push(json!(["expect", "venvars import spaced\\ name.env"]));
    // The arguments of a command are completed as its own: bash's are those that bash-completion would give.
    let own = if shell.is_bash() {
        "_command_offset() { COMPREPLY=(\"delegated-${COMP_WORDS[$1]}\"); }"
    } else {
        "_ours() { compadd delegated-ourprogram }; compdef _ours ourprogram"
    };
    steps.push(json!(["send", format!("\u{15}{own}; echo defi''ned\r")]));
    steps.push(json!(["expect", "defined"]));
    steps.push(json!(["send", "venvars --profile=x run -- ourprogram dele\t"]));
    steps.push(json!(["expect", "ourprogram delegated-ourprogram"]));
    steps.push(json!(["send", "\u{15}exit\r"]));
    let seen = at_terminal(folder.path(), &words, &steps);
    assert!(!seen.shown.contains(VALUE) && !folder.path().join("ran").exists(), "{}", seen.shown);
}

/// What `command` prints for each line of [`TABS`] has the completed line's last word in it.
#[track_caller]
fn expect_all(folder: &Path, output: impl Fn(&str) -> String) {
    for (line, completed) in TABS {
        let last = completed.trim_end().rsplit(' ').next().unwrap();
        let found = output(line);
        let words: Vec<_> = found.split(['\n', '\t', '"']).collect();
        assert!(words.contains(&last), "{line}: {found}");
    }
    assert!(!folder.join("ran").exists());
}

fn said(command: &mut Command, folder: &Path) -> String {
    let output = command.current_dir(folder).env("PATH", path()).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn fish(shell: &Shell) {
    let folder = project();
    let script = script(folder.path(), "fish");
    let complete = |line: &str| {
        let own = "complete --command ourprogram --arguments delegated";
        let text = format!("source {}; {own}; complete --do-complete '{line}'", script.display());
        let mut command = shell.interactive(folder.path());
        said(command.args(["-c", &text]), folder.path())
    };
    expect_all(folder.path(), complete);
    assert_eq!(complete("venvars run -- ourprogram dele"), "delegated\n");
}

fn powershell(shell: &Shell) {
    let folder = project();
    let script = script(folder.path(), "powershell");
    let load = folder.path().join("try.ps1");
    expect_all(folder.path(), |line| {
        // What stands in the line is never evaluated.
        let evil = format!("$(New-Item '{}')", folder.path().join("ran").display());
        let text = format!(
            ". ([scriptblock]::Create((Get-Content -Raw '{}')))\n\
             $null = TabExpansion2 \"venvars get `{evil} S\" {}\n\
             (TabExpansion2 '{line}' {}).CompletionMatches.CompletionText\n",
            script.display(),
            evil.len() + 14,
            line.len(),
        );
        fs::write(&load, text).unwrap();
        let mut command = Command::new(shell.interactive(folder.path()).get_program());
        clean(&mut command, folder.path());
        said(command.args(["-NoProfile", "-NonInteractive", "-File"]).arg(&load), folder.path())
    });
}

fn nu_ide(shell: &Shell) {
    let folder = project();
    let script = fs::read_to_string(script(folder.path(), "nu")).unwrap();
    let file = folder.path().join("try.nu");
    expect_all(folder.path(), |line| {
        let text = format!("{script}\n{line}");
        fs::write(&file, &text).unwrap();
        let mut command = Command::new(shell.interactive(folder.path()).get_program());
        clean(&mut command, folder.path());
        said(
            command.args(["--no-config-file", "--ide-complete", &text.len().to_string()]).arg(&file),
            folder.path(),
        )
    });
}
