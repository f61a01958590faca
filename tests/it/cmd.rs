//! cmd.exe's scripts, run by Wine's cmd (on Windows by the real one).
//!
//! Wine 8 forgets a loop's variable at `endlocal`, on which our program relies where delayed expansion is off. So
//! there all of it runs under `cmd /v:on` alone.

#[cfg(windows)]
mod matrix;

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::generators;
use crate::support::{BIN, cache, clean, is_wine, succeed, trial, venvars, write_secrets};
use libtest_mimic::{Failed, Trial};
use tempfile::TempDir;

type Variables = [(&'static str, &'static str)];

/// Where "activate.bat" and "deactivate.bat" of A and B are called.
const A: &str = "call A activate.bat";
const B: &str = "call B activate.bat";
const BACK: &str = "call A deactivate.bat";

struct Case {
    name: &'static str,
    of_a: &'static Variables,
    environment: &'static Variables,
    /// A line that is in brackets shows the variables that matter, under its text.
    lines: &'static [&'static str],
    shown: &'static [(&'static str, &'static [&'static str])],
}

const OLD: &str = "a\" & echo INJECTED> mark & rem \"";

const CASES: &[Case] = &[
    Case {
        name: "there-and-back",
        of_a: &[("KEY", "100% %PATH% it's $x `y` = a"), ("KEY_ONLY_A", "only a"), ("KEY_NOT_HELD", "a & b")],
        environment: &[("KEY", "old ; value")],
        lines: &[A, A, "[a]", B, "[b]", BACK, "[after]"],
        shown: &[
            (
                "a",
                &[
                    "KEY=100% %PATH% it's $x `y` = a",
                    "KEY_ONLY_A=only a",
                    "_VENVARS=KEY KEY_ONLY_A ",
                    "_VENVARS_OLD_KEY=old ; value",
                ],
            ),
            ("b", &["KEY=of b", "_VENVARS=KEY ", "_VENVARS_OLD_KEY=old ; value"]),
            ("after", &["KEY=old ; value"]),
        ],
    },
    Case {
        name: "old-values-are-no-code",
        of_a: &[("KEY", "1"), ("KEY_A", "2"), ("KEY_B", "3"), ("KEY_C", "4"), ("KEY_D", "5")],
        environment: &[
            ("KEY", OLD),
            ("KEY_A", "{\"a\": \"b & c\", \"d\": \"^|<>\"}"),
            ("KEY_B", "^^ a^b | c < d > e ) ( \""),
            ("KEY_C", "100% %PATH% %1 =x"),
        ],
        lines: &[A, "[a]", A, BACK, "[after]"],
        shown: &[
            (
                "a",
                &[
                    "KEY=1",
                    "KEY_A=2",
                    "KEY_B=3",
                    "KEY_C=4",
                    "KEY_D=5",
                    "_VENVARS=KEY KEY_A KEY_B KEY_C KEY_D ",
                    "_VENVARS_OLD_KEY=a\" & echo INJECTED> mark & rem \"",
                    "_VENVARS_OLD_KEY_A={\"a\": \"b & c\", \"d\": \"^|<>\"}",
                    "_VENVARS_OLD_KEY_B=^^ a^b | c < d > e ) ( \"",
                    "_VENVARS_OLD_KEY_C=100% %PATH% %1 =x",
                ],
            ),
            (
                "after",
                &[
                    "KEY=a\" & echo INJECTED> mark & rem \"",
                    "KEY_A={\"a\": \"b & c\", \"d\": \"^|<>\"}",
                    "KEY_B=^^ a^b | c < d > e ) ( \"",
                    "KEY_C=100% %PATH% %1 =x",
                ],
            ),
        ],
    },
    Case {
        name: "an-inherited-list-is-no-code",
        of_a: &[("KEY", "1")],
        environment: &[("_VENVARS", OLD), ("_VENVARS_OLD_KEY", OLD), ("KEY_A", "mine")],
        lines: &[A, "[a]", BACK, "[after]"],
        shown: &[("a", &["KEY=1", "KEY_A=mine", "_VENVARS=KEY "]), ("after", &["KEY_A=mine"])],
    },
    Case {
        name: "an-inherited-list-holds-no-name-of-others",
        of_a: &[("KEY", "1")],
        environment: &[
            ("_VENVARS", "PATH Path COMSPEC _OLD_VIRTUAL_KEY _VENVARS_KEY KEY_A "),
            ("_VENVARS_OLD_PATH", "nowhere"),
            ("_VENVARS_OLD_KEY_A", "was"),
            ("KEY_A", "mine"),
            ("_VENVARS_KEY", "stays"),
        ],
        lines: &["set WAS=%PATH%", A, BACK, "if \"%PATH%\"==\"%WAS%\" set KEY_PATH=same", "[after]"],
        shown: &[(
            "after",
            &["KEY_A=was", "KEY_PATH=same", "_VENVARS_KEY=stays", "_VENVARS_OLD_PATH=nowhere"],
        )],
    },
    Case {
        // cmd.exe compares names without regard to case, and other shells keep these in lower case.
        name: "names-of-other-shells-in-capitals",
        of_a: &[("HOSTNAME", "1"), ("KEY", "2"), ("VERBOSE", "3"), ("VERSION", "4"), ("STATUS", "5")],
        environment: &[("VERSION", "old")],
        lines: &[
            A,
            "[a]",
            "set HOSTNAME",
            "set VER",
            BACK,
            "[after]",
            "set HOSTNAME",
            "set VER",
            "set STATUS",
        ],
        shown: &[
            (
                "a",
                &[
                    "KEY=2",
                    "_VENVARS=HOSTNAME KEY VERBOSE VERSION STATUS ",
                    "_VENVARS_OLD_VERSION=old",
                    "HOSTNAME=1",
                    "VERBOSE=3",
                    "VERSION=4",
                ],
            ),
            ("after", &["VERSION=old"]),
        ],
    },
];

/// A path as cmd sees it.
fn dos(path: &Path) -> String {
    if cfg!(windows) {
        path.display().to_string()
    } else {
        format!("Z:{}", path.display().to_string().replace('/', "\\"))
    }
}

/// Two venvs, to which `of_a` and one variable are applied, and what venvars said of A.
fn venvs(of_a: &[(String, String)]) -> Result<(TempDir, String), Failed> {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    // uv writes batch files on every system.
    let uv = generators::all().into_iter().find(|generator| generator.name == "uv-newest").ok_or("no uv")?;
    let mut said = String::new();
    for (venv, variables) in [("B", &[("KEY".to_owned(), "of b".to_owned())][..]), ("A", of_a)] {
        uv.make(&path.join(venv), path)?;
        write_secrets(&path.join("secrets.toml"), variables);
        let output = succeed(venvars(path).args(["apply", "--shell", "cmd", "--venv", venv]))?;
        said = String::from_utf8_lossy(&output.stderr).into_owned();
    }
    Ok((folder, said))
}

/// What cmd prints of `lines`, in which `call VENV SCRIPT` and `[TEXT]` are as in [`Case`].
fn printed(path: &Path, lines: &[&str], environment: &Variables, delayed: &str) -> Result<String, Failed> {
    let mut text = "@echo off\r\n".to_owned();
    for line in lines {
        let line = match (
            line.strip_prefix("call ").and_then(|call| call.split_once(' ')),
            line.strip_prefix('['),
        ) {
            (Some((venv, script)), _) => format!("call \"{}\\{venv}\\{BIN}\\{script}\"", dos(path)),
            (None, Some(_)) => format!("echo {line}\r\nset KEY\r\nset _VENVARS"),
            _ => (*line).to_owned(),
        };
        text.push_str(&(line + "\r\n"));
    }
    let file = path.join("scenario.bat");
    fs::write(&file, text + "echo [end]\r\n")?;
    let mut command = if cfg!(windows) { Command::new("cmd") } else { Command::new("wine") };
    clean(&mut command, path);
    command.env("WINEPREFIX", cache().join("wine")).envs(environment.iter().copied());
    if !cfg!(windows) {
        command.arg("cmd");
    }
    let output = command.args(["/d", delayed, "/c", &dos(&file)]).current_dir(path).output()?;
    Ok(String::from_utf8_lossy(&output.stdout).replace('\r', ""))
}

/// The variables that `text` shows under `[what]`.
fn under<'a>(text: &'a str, what: &str) -> Vec<&'a str> {
    let after = text.split_once(&format!("[{what}]\n")).map_or("", |(_, after)| after);
    // cmd says on standard output or error what is not defined.
    after.lines().take_while(|line| !line.starts_with('[')).filter(|line| line.contains('=')).collect()
}

fn check(case: &Case, delayed: &str) -> Result<(), Failed> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let (folder, _) = venvs(&case.of_a.iter().map(owned).collect::<Vec<_>>())?;
    let text = printed(folder.path(), case.lines, case.environment, delayed)?;
    if folder.path().join("mark").exists() {
        return Err(format!("what was inherited was run\n{text}").into());
    }
    for (what, lines) in case.shown {
        let found = under(&text, what);
        if found != *lines {
            return Err(format!("{what}: {found:#?} instead of {lines:#?}\n{text}").into());
        }
    }
    Ok(())
}

/// The list of names is a line too, and cmd cuts one that is too long.
fn too_many_names(delayed: &str) -> Result<(), Failed> {
    let many: Vec<(String, String)> =
        (0..700).map(|number| (format!("KEY_NUMBER_{number}"), "x".to_owned())).collect();
    let (folder, said) = venvs(&many)?;
    let left_out = said.matches("is left out for cmd.exe: ").count();
    let text = printed(folder.path(), &[A, "[a]", BACK, "[after]"], &[], delayed)?;
    let (active, after) = (under(&text, "a"), under(&text, "after"));
    if left_out == 0 || active.len() != 701 - left_out || !after.is_empty() {
        return Err(format!("{left_out} left out, {} set, then {after:?}", active.len()).into());
    }
    Ok(())
}

/// A live script whose program is gone.
fn without_venvars(delayed: &str) -> Result<(), Failed> {
    let (folder, _) = venvs(&[("KEY".to_owned(), "of a".to_owned())])?;
    let path = folder.path();
    fs::write(path.join("venvars.toml"), "mode = \"live\"\n")?;
    succeed(venvars(path).args(["apply", "--shell", "cmd", "--venv", "A"]))?;
    let script = path.join("A").join(if cfg!(windows) { "Scripts" } else { "bin" }).join("activate.bat");
    let gone = fs::read_to_string(&script)?.replacen("_venvars_program=", "_venvars_program=Z:\\gone", 1);
    fs::write(&script, gone)?;
    let call = format!("@call \"{}\" 2>&1", dos(&script));
    let text = printed(path, &[&call, "[a]"], &[], delayed)?;
    let says_it =
        text.matches("venvars: no variable was set: venvars was not found; install it again").count() == 1;
    if !says_it || !under(&text, "a").is_empty() { Err(text.into()) } else { Ok(()) }
}

pub fn trials() -> Vec<Trial> {
    let missing = || (!cfg!(windows) && which::which("wine").is_err()).then(|| "wine".to_owned());
    let modes: &[(&str, &'static str)] =
        if is_wine() { &[("-delayed", "/v:on")] } else { &[("", "/v:off"), ("-delayed", "/v:on")] };
    let mut trials = Vec::new();
    for (suffix, delayed) in modes {
        let delayed: &'static str = delayed;
        // Wine tokenizes a text before it expands the variables in it, so it cannot tell a good list from code.
        let proven = |case: &&Case| !is_wine() || case.name != "an-inherited-list-is-no-code";
        for case in CASES.iter().filter(proven) {
            trials.push(trial(format!("{}{suffix}", case.name), missing(), move || check(case, delayed)));
        }
        trials.push(trial(format!("live-without-venvars{suffix}"), missing(), move || {
            without_venvars(delayed)
        }));
        trials.push(trial(format!("too-many-names{suffix}"), missing(), move || too_many_names(delayed)));
    }
    #[cfg(windows)]
    trials.extend(matrix::trials(modes));
    trials
}
