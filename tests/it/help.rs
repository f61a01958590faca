//! The help: its examples are run, and its hints are worth following.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use libtest_mimic::Trial;

use crate::support::generators::venv_in;
use crate::support::{self, clean, fed, git, private, program, venvars};

pub fn trials() -> Vec<Trial> {
    let mut trials = trials![
        a_hidden_command_is_not_suggested,
        a_value_after_the_name_is_not_repeated,
        every_command_has_a_man_page;
        on_unix: the_examples_work
    ];
    let groff = which::which("groff").is_err().then(|| "groff".to_owned());
    trials.push(support::trial("the_man_pages_are_well_formed".to_owned(), groff, || {
        the_man_pages_are_well_formed();
        Ok(())
    }));
    trials
}

fn run(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = venvars(folder).args(arguments).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&said).into_owned())
}

/// The words that the section `heading` of the help begins its lines with.
fn rows(help: &str, heading: &str) -> Vec<String> {
    let section = help.split("\n\n").find_map(|section| section.strip_prefix(&format!("{heading}:\n")));
    let lines = section.unwrap_or_default().lines().map(str::trim_start);
    lines.filter_map(|line| line.split("  ").next()).map(str::to_owned).collect()
}

/// The words of every command and of every one below it.
fn commands(folder: &Path) -> Vec<Vec<String>> {
    let overview = run(folder, &["help"]).1;
    let headings = ["Secrets", "Environments", "Project", "Leaks", "Safety", "Help and setup"];
    let names = headings.iter().flat_map(|heading| rows(&overview, heading));
    let mut commands = Vec::new();
    for name in names.filter(|name| name != "help") {
        let help = run(folder, &[&name, "--help"]).1;
        commands.push(vec![name.clone()]);
        commands.extend(rows(&help, "Commands").into_iter().map(|below| vec![name.clone(), below]));
    }
    commands
}

/// Every example of the help.
fn examples(folder: &Path) -> Vec<String> {
    let of = |words: Vec<String>| {
        let words: Vec<&str> = words.iter().map(String::as_str).chain(["--help"]).collect();
        let help = run(folder, &words).1;
        let own = rows(&help, "Examples");
        assert!(!own.is_empty(), "{help}");
        own
    };
    commands(folder).into_iter().flat_map(of).collect()
}

/// A project in which there is something to do for each of them.
fn prepare(folder: &Path) {
    let write = |name: &str, text: &str| {
        fs::write(folder.join(name), text).unwrap();
        private(&folder.join(name));
    };
    write(
        "secrets.toml",
        "SECRET_KEY = \"hunter2-secret\"\nAPI_KEY = \"hunter2-api\"\nOLD_KEY = \"hunter2-old\"\n\n\
         [profile.prod]\nPORT = 80\n",
    );
    write("venvars.toml", "[variables.SECRET_KEY]\ngenerate = \"hex32\"\n");
    write(".env", "FROM_ENV=hunter2-env\n");
    write("key.pem", "hunter2-key\n");
    write("vars.json", "{\"FROM_JSON\": \"hunter2-json\"}\n");
    write("build.log", "all is well\n");
    write("app.py", "import os; os.environ['SECRET_KEY']\n");
    for port in ["PORT=1", "PORT=2", "PORT=3"] {
        assert_eq!(run(folder, &["-q", "set", port]), (0, String::new()));
    }
}

fn the_examples_work() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    git(folder, &["init", "-q", "-b", "main"]).unwrap();
    fs::write(folder.join(".gitignore"), "/*\n!.gitignore\n").unwrap();
    git(folder, &["add", "."]).unwrap();
    git(folder, &["config", "user.name", "t"]).unwrap();
    git(folder, &["config", "user.email", "t@t"]).unwrap();
    git(folder, &["commit", "-qm", "first"]).unwrap();
    venv_in(folder);
    // Programs of other people, of which nothing but their start is tried.
    let bin = folder.join("bin");
    fs::create_dir(&bin).unwrap();
    for program in ["code", "make", "man", "python"] {
        fs::write(bin.join(program), "#!/bin/sh\ncat > /dev/null\n").unwrap();
        assert!(Command::new("chmod").arg("+x").arg(bin.join(program)).status().unwrap().success());
    }
    let program = program().parent().unwrap().to_owned();
    let mut path = vec![program.clone(), bin];
    path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
    let path = std::env::join_paths(path).unwrap();
    let bash = |line: &str| -> Output {
        let mut command = Command::new("bash");
        clean(&mut command, folder);
        command
            .args(["-c", line])
            .current_dir(folder)
            .env("PATH", &path)
            .env("EDITOR", "true")
            .env("SHELL", "/bin/bash");
        fed(&mut command, b"hunter2-typed\n").unwrap()
    };
    for example in examples(folder) {
        prepare(folder);
        match &*example {
            "venvars status" | "venvars doctor" => {
                // Old values in backups are a finding.
                let line = "venvars backups clear --yes && venvars apply";
                assert!(bash(line).status.success());
            }
            example if example.ends_with("--forget") => {
                assert!(bash("venvars compromised API_KEY").status.success());
            }
            _ => {}
        }
        let output = bash(&example);
        let said = String::from_utf8_lossy(&output.stderr);
        // There is neither an app nor a terminal here.
        let refused = match &*example {
            "venvars rotate API_KEY" => Some("no terminal"),
            "venvars backups clear" => Some("the only copy"),
            example if example.contains("heroku ") => Some("Heroku"),
            _ => None,
        };
        match refused {
            Some(words) => {
                assert!(output.status.code() == Some(2) && said.contains(words), "{example}: {said}");
            }
            None => assert!(output.status.success(), "{example}: {said}"),
        }
    }
}

fn a_hidden_command_is_not_suggested() {
    let folder = tempfile::tempdir().unwrap();
    for typed in ["activate", "activatio", "activation2"] {
        let (code, said) = run(folder.path(), &[typed]);
        assert!(code == 2 && !said.contains("'activation'") && !said.contains("tip:"), "{said}");
    }
    let (_, said) = run(folder.path(), &["satus"]);
    assert!(said.contains("'status'"), "{said}");
    let (_, said) = run(folder.path(), &["hook", "instal"]);
    assert!(said.contains("'install'"), "{said}");
}

fn a_value_after_the_name_is_not_repeated() {
    let folder = tempfile::tempdir().unwrap();
    for words in [&["set", "FOO", "hunter2"][..], &["set", "FOO", "hunter2", "hunter2"]] {
        let (code, said) = run(folder.path(), words);
        assert!(code == 2 && said.contains("venvars set FOO=VALUE") && said.contains("a pipe"), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}

fn every_command_has_a_man_page() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("share/man/man1");
    let out = pages.to_str().unwrap();
    assert_eq!(run(folder.path(), &["-q", "man", "--out", out]), (0, String::new()));
    let commands = commands(folder.path());
    assert_eq!(fs::read_dir(&pages).unwrap().count(), commands.len() + 1);
    for words in [Vec::new()].into_iter().chain(commands) {
        let name = std::iter::once("venvars".to_owned()).chain(words.clone()).collect::<Vec<_>>().join("-");
        let page = fs::read_to_string(pages.join(format!("{name}.1"))).unwrap();
        let asked: Vec<&str> = std::iter::once("man").chain(words.iter().map(String::as_str)).collect();
        assert_eq!(run(folder.path(), &asked), (0, page.clone()));
        let last = if words.is_empty() { ".SH \"EXIT STATUS\"" } else { ".SH EXAMPLES" };
        assert!(page.contains(&format!(".TH {name}")) && page.contains(last), "{page}");
    }
    for hidden in [&["man", "activation"][..], &["man", "hook", "instal"]] {
        let (code, said) = run(folder.path(), hidden);
        assert!(code == 2 && said.contains("no command"), "{said}");
    }
}

fn the_man_pages_are_well_formed() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &["-q", "man", "--out", "."]).0, 0);
    for entry in fs::read_dir(folder.path()).unwrap() {
        let page = entry.unwrap().path();
        let output = Command::new("groff").args(["-man", "-ww", "-z"]).arg(&page).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.is_empty(), "{}: {said}", page.display());
    }
}
