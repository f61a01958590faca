//! Every command that the README shows is run, in its order, by a new user in a new folder.

use std::fs;
use std::path::Path;
use std::process::Command;

use libtest_mimic::Trial;

use crate::support::{self, clean};

pub fn trials() -> Vec<Trial> {
    let mut trials = trials![
        the_commands_work_in_their_order,
        the_two_commands_of_the_set_up_are_there,
        the_files_that_it_points_to_are_there,
        what_builds_it_takes_the_locked_dependencies
    ];
    if support::whole() {
        trials.extend(trials![the_demo_shows_what_it_should]);
    }
    trials
}

const README: &str = include_str!("../../README.md");

/// The blocks of the README with this language.
fn blocks(language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    README
        .split(&fence)
        .skip(1)
        .filter_map(|rest| rest.split_once("\n```"))
        .map(|(block, _)| block.to_owned())
        .collect()
}

fn the_commands_work_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let script = format!("set -e\n{}\n", blocks("sh").join("\n"));
    // Elsewhere: it holds what the README sets, which a scan of the project would find.
    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("readme.sh");
    fs::write(&file, script).unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_venvars")).parent().unwrap();
    let mut command = Command::new("bash");
    clean(&mut command, folder.path());
    let path = std::env::join_paths(
        std::iter::once(program.to_owned()).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    // Whoever pastes them may have one.
    let own = folder.path().join(".env");
    fs::write(&own, "MINE=hunter2-of-mine\n").unwrap();
    let output = command.arg(&file).env("PATH", path.unwrap()).current_dir(folder.path()).output().unwrap();
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("64\n") && said.contains("True\n"), "{said}");
    assert_eq!(fs::read_to_string(&own).unwrap(), "MINE=hunter2-of-mine\n");
}

/// Nobody who builds it gets a dependency that was never tried.
fn what_builds_it_takes_the_locked_dependencies() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = 0;
    for folder in ["scripts", ".ci", ".github/workflows", "README.md"] {
        let place = root.join(folder);
        let files: Vec<_> = match fs::read_dir(&place) {
            Ok(entries) => entries.map(|entry| entry.unwrap().path()).collect(),
            Err(_) => vec![place],
        };
        for file in files {
            let text = fs::read_to_string(&file).unwrap();
            for line in text.lines().filter(|line| !line.starts_with('#') && !line.contains("echo ")) {
                for verb in ["install", "build", "test", "clippy", "doc", "run", "bench", "deny"] {
                    for (at, begin) in line.match_indices(&format!("cargo {verb} ")) {
                        found += 1;
                        let rest = &line[at + begin.len()..];
                        assert!(rest.contains("--locked"), "{}: {line}", file.display());
                    }
                }
            }
        }
    }
    assert!(found >= 10, "{found}");
    // The release is at a random address: static-pie, which is what Rust makes unless it is told not to.
    assert!(!fs::read_to_string(root.join("scripts/release")).unwrap().contains("relocation-model"));
}

fn the_two_commands_of_the_set_up_are_there() {
    for block in blocks("").into_iter().filter(|block| block.starts_with("bash ")) {
        let script = block.split_whitespace().nth(1).unwrap();
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(script).exists(), "{script}");
    }
}

/// The demo installs Flask and goes through every shell: the README's first command.
fn the_demo_shows_what_it_should() {
    let mut command = Command::new("bash");
    let output = command
        .arg("scripts/demo")
        .env("VENVARS_DEMO", env!("CARGO_BIN_EXE_venvars"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("demo: all as it should be"), "{said}");
}

fn the_files_that_it_points_to_are_there() {
    for link in README.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link) {
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(link).exists(), "{link}");
    }
}
