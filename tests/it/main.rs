//! All integration tests, in one program: `cargo test --test it FILTER`, by module or by name.
//! Without `VENVARS_TEST_ALL`, which `scripts/test` sets, those that are quick and need nothing installed.

#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "the rooms are those of src")]

use libtest_mimic::Trial;

/// The trials of these functions, and of those that only Unix can pass.
macro_rules! trials {
    ($($name:ident),* $(,)? $(; on_unix: $($own:ident),* $(,)?)?) => {
        vec![
            $($crate::support::trial(stringify!($name).to_owned(), None, || { $name(); Ok(()) }),)*
            $($(
                $crate::support::on_unix(stringify!($own).to_owned(), || { $own(); Ok(()) }),
            )*)?
        ]
    };
}

#[cfg(unix)]
mod allow;
#[cfg(unix)]
mod asked;
mod cli;
mod cmd;
#[cfg(unix)]
mod completions;
mod contract;
mod crash;
mod doctor;
#[cfg(unix)]
mod edit;
mod export;
mod floors;
#[cfg(unix)]
mod git;
mod guard;
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
mod ledger;
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
mod scan;
mod scripts;
#[cfg(target_os = "linux")]
mod snapshots;
mod sources;
mod support;
#[cfg(target_os = "linux")]
mod traps;
#[cfg(target_os = "linux")]
mod vaults;

fn main() {
    if let [_, word, file] = &std::env::args().collect::<Vec<_>>()[..]
        && word == "dump-environment"
    {
        dump_environment(file);
        return;
    }
    #[cfg(target_os = "linux")]
    vaults::play_a_part();
    let folder = tempfile::Builder::new().prefix("venvars-tests-").tempdir().expect("a temporary folder");
    let mut all = Vec::new();
    let mut add = |module: &str, trials: Vec<Trial>| {
        all.extend(trials.into_iter().map(|trial| trial.with_kind(module)));
    };
    add("cli", cli::trials());
    add("contract", contract::trials(&folder.path().join("contract")));
    add("crash", crash::trials());
    add("doctor", doctor::trials());
    add("export", export::trials());
    add("floors", floors::trials());
    add("guard", guard::trials(&folder.path().join("guard")));
    add("help", help::trials());
    add("import", import::trials());
    add("ledger", ledger::trials());
    add("lost", lost::trials());
    add("powershell", powershell::trials());
    add("scan", scan::trials());
    add("scripts", scripts::trials());
    add("sources", sources::trials());
    #[cfg(unix)]
    {
        add("allow", allow::trials());
        add("asked", asked::trials());
        add("completions", completions::trials());
        add("edit", edit::trials());
        add("git", git::trials());
        add("hook", hook::trials());
        add("install", install::trials());
        add("mask", mask::trials());
        add("moved", moved::trials());
        add("package", package::trials());
        add("prompt", prompt::trials());
        add("readme", readme::trials());
        add("rotate", rotate::trials());
    }
    #[cfg(target_os = "linux")]
    {
        add("hostile", hostile::trials());
        add("snapshots", snapshots::trials());
        add("traps", traps::trials(&folder.path().join("traps")));
        add("vaults", vaults::trials());
    }
    #[cfg(target_os = "linux")]
    if support::wine::is_asked_for() {
        add("pwsh-windows", pwsh_windows::trials(&folder.path().join("pwsh-windows")));
    }
    // Whole modules that play with owners, terminals, signals, links or programs of `sh`.
    #[cfg(not(unix))]
    for module in [
        "allow",
        "asked",
        "completions",
        "edit",
        "git",
        "heroku",
        "hook",
        "hostile",
        "install",
        "mask",
        "moved",
        "package",
        "prompt",
        "readme",
        "rotate",
        "snapshots",
        "traps",
        "vaults",
    ] {
        add(module, vec![support::on_unix("all of it".to_owned(), || Ok(()))]);
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

/// Writes the environment of this process to `file`: what a program sees that a shell starts.
fn dump_environment(file: &str) {
    let all = std::env::vars_os()
        .map(|(name, value)| format!("{}={}\0", name.to_string_lossy(), value.to_string_lossy()));
    std::fs::write(file, all.collect::<String>()).expect("a writable folder");
}

/// The attribute does nothing here: what has it would never run.
fn no_test_is_left_out() {
    for entry in std::fs::read_dir(support::built(env!("CARGO_MANIFEST_DIR")).join("tests/it")).unwrap() {
        let file = entry.unwrap().path();
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(
            !text.lines().any(|line| line.trim() == "#[test]"),
            "{}: list it in `trials`",
            file.display()
        );
    }
}
