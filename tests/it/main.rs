//! All integration tests, in one program: `cargo test --test it FILTER`, by module or by name.
//! Without `VENVARS_TEST_ALL`, which `scripts/test` sets, those that are quick and need nothing installed.

#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "the rooms are those of src")]

use libtest_mimic::Trial;

/// The trials of these functions.
macro_rules! trials {
    ($($name:ident),* $(,)?) => {
        vec![$($crate::support::trial(stringify!($name).to_owned(), None, || { $name(); Ok(()) })),*]
    };
}

#[cfg(unix)]
mod allow;
#[cfg(unix)]
mod asked;
#[cfg(unix)]
mod cli;
mod cmd;
#[cfg(unix)]
mod completions;
mod contract;
mod crash;
#[cfg(unix)]
mod doctor;
#[cfg(unix)]
mod edit;
mod export;
mod floors;
#[cfg(unix)]
mod git;
mod guard;
#[cfg(unix)]
mod help;
#[cfg(unix)]
mod heroku;
#[cfg(unix)]
mod hook;
#[cfg(target_os = "linux")]
mod hostile;
mod import;
#[cfg(unix)]
mod install;
#[cfg(unix)]
mod ledger;
#[cfg(unix)]
mod lost;
#[cfg(unix)]
mod mask;
#[cfg(unix)]
mod moved;
#[cfg(unix)]
mod package;
mod powershell;
#[cfg(unix)]
mod prompt;
#[cfg(target_os = "linux")]
mod pwsh_windows;
#[cfg(unix)]
mod readme;
#[cfg(unix)]
mod rotate;
#[cfg(unix)]
mod scan;
#[cfg(unix)]
mod scripts;
#[cfg(target_os = "linux")]
mod snapshots;
#[cfg(unix)]
mod sources;
mod support;
#[cfg(target_os = "linux")]
mod traps;
mod vaults;

fn main() {
    #[cfg(target_os = "linux")]
    vaults::play_a_part();
    let folder = tempfile::Builder::new().prefix("venvars-tests-").tempdir().expect("a temporary folder");
    let mut all = Vec::new();
    let mut add = |module: &str, trials: Vec<Trial>| {
        all.extend(trials.into_iter().map(|trial| trial.with_kind(module)));
    };
    add("contract", contract::trials(&folder.path().join("contract")));
    add("crash", crash::trials());
    add("export", export::trials());
    add("floors", floors::trials());
    add("guard", guard::trials(&folder.path().join("guard")));
    add("traps", traps::trials(&folder.path().join("traps")));
    add("import", import::trials());
    add("powershell", powershell::trials());
    #[cfg(unix)]
    {
        add("allow", allow::trials());
        add("asked", asked::trials());
        add("cli", cli::trials());
        add("completions", completions::trials());
        add("git", git::trials());
        add("doctor", doctor::trials());
        add("edit", edit::trials());
        add("help", help::trials());
        add("hook", hook::trials());
        add("install", install::trials());
        add("ledger", ledger::trials());
        add("lost", lost::trials());
        add("mask", mask::trials());
        add("moved", moved::trials());
        add("package", package::trials());
        add("prompt", prompt::trials());
        add("readme", readme::trials());
        add("rotate", rotate::trials());
        add("scan", scan::trials());
        add("scripts", scripts::trials());
        add("sources", sources::trials());
    }
    #[cfg(target_os = "linux")]
    {
        add("hostile", hostile::trials());
        add("snapshots", snapshots::trials());
        add("vaults", vaults::trials());
    }
    #[cfg(target_os = "linux")]
    if support::wine::is_asked_for() {
        add("pwsh-windows", pwsh_windows::trials(&folder.path().join("pwsh-windows")));
    }
    if support::whole() {
        add("cmd", cmd::trials());
        #[cfg(unix)]
        add("heroku", heroku::trials());
    }
    add("main", trials![no_test_is_left_out]);
    let conclusion = support::run(all);
    drop(folder);
    conclusion.exit();
}

/// The attribute does nothing here: what has it would never run.
fn no_test_is_left_out() {
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it")).unwrap() {
        let file = entry.unwrap().path();
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(
            !text.lines().any(|line| line.trim() == "#[test]"),
            "{}: list it in `trials`",
            file.display()
        );
    }
}
