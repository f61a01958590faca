//! cmd.exe's scripts, run by Wine's cmd (on Windows by the real one).

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::generators;
use crate::support::{cache, clean, succeed, trial, venvars, write_secrets};
use libtest_mimic::{Failed, Trial};

/// A path as cmd sees it.
fn dos(path: &Path) -> String {
    if cfg!(windows) {
        path.display().to_string()
    } else {
        format!("Z:{}", path.display().to_string().replace('/', "\\"))
    }
}

fn there_and_back() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    let uv = generators::all().into_iter().find(|generator| generator.name == "uv-newest").ok_or("no uv")?;
    let percent = "100% %PATH% it's $x `y` = a".to_owned();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let of_a = [pair("KEY", &percent), pair("ONLY_A", "only a"), pair("NOT_HELD", "a & b")];
    let of_b = [pair("KEY", "of b")];
    for (venv, variables) in [("A", &of_a[..]), ("B", &of_b[..])] {
        uv.make(&path.join(venv), path)?;
        write_secrets(&path.join("secrets.toml"), variables);
        succeed(venvars(path).args(["apply", "--venv", venv]))?;
    }
    let folder_of =
        |venv: &str| if cfg!(windows) { format!("{venv}\\Scripts") } else { format!("{venv}\\bin") };
    let call = |venv: &str, script: &str| format!("call \"{}\\{}\\{script}\"", dos(path), folder_of(venv));
    let show = |what: &str| format!("echo [{what}]\nset KEY\nset ONLY_A\nset NOT_HELD\nset _VENVARS");
    let lines = [
        "@echo off".to_owned(),
        "set KEY=old ; value".to_owned(),
        call("A", "activate.bat"),
        call("A", "activate.bat"),
        show("a"),
        call("B", "activate.bat"),
        show("b"),
        call("B", "deactivate.bat"),
        show("after"),
    ];
    let file = path.join("scenario.bat");
    fs::write(&file, lines.join("\n").replace('\n', "\r\n") + "\r\n")?;
    let mut command = if cfg!(windows) { Command::new("cmd") } else { Command::new("wine") };
    clean(&mut command, path);
    command.env("WINEPREFIX", cache().join("wine"));
    if !cfg!(windows) {
        command.arg("cmd");
    }
    let output = command.args(["/d", "/c", &dos(&file)]).current_dir(path).output()?;
    let text = String::from_utf8_lossy(&output.stdout).replace('\r', "");
    let of = |what: &str| -> Vec<String> {
        let after = text.split_once(&format!("[{what}]\n")).map_or("", |(_, after)| after);
        after.lines().take_while(|line| !line.starts_with('[')).map(str::to_owned).collect()
    };
    let expected = [
        (
            "a",
            vec![
                format!("KEY={percent}"),
                "ONLY_A=only a".into(),
                "_VENVARS=KEY ONLY_A ".into(),
                "_VENVARS_OLD_KEY=old ; value".into(),
            ],
        ),
        ("b", vec!["KEY=of b".into(), "_VENVARS=KEY ".into(), "_VENVARS_OLD_KEY=old ; value".into()]),
        ("after", vec!["KEY=old ; value".to_owned()]),
    ];
    for (what, lines) in expected {
        // cmd says on standard output or error what is not defined.
        let found: Vec<String> = of(what).into_iter().filter(|line| line.contains('=')).collect();
        if found != lines {
            return Err(format!("{what}: {found:?} instead of {lines:?}\n{text}").into());
        }
    }
    Ok(())
}

pub fn trials() -> Vec<Trial> {
    let missing = (!cfg!(windows) && which::which("wine").is_err()).then(|| "wine".to_owned());
    vec![trial("there-and-back".to_owned(), missing, there_and_back)]
}
