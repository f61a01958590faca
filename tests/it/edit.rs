//! `venvars edit`: which editor, and what becomes of a file with an error.

use std::fs;
use std::path::Path;
use std::process::Command;

use libtest_mimic::Trial;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::terminal::{Seen, at_terminal};
use crate::support::{git, private, venvars};

pub fn trials() -> Vec<Trial> {
    trials![
        a_file_with_an_error_is_opened_again_at_its_line,
        all_changes_can_be_undone_and_are_kept,
        what_another_program_writes_before_that_is_kept_too,
        an_error_can_be_saved,
        what_apply_would_refuse_is_said,
        whoever_is_gone_loses_nothing,
        a_usual_editor_is_found_at_a_terminal,
        the_editor_of_git_is_asked_but_no_repository,
        an_editor_that_replaces_the_file_lets_nobody_read_it
    ]
}

const BEFORE: &str = "A = \"before\"\n";
const BROKEN: &str = "A = \"before\"\nB = hunter2-typed\n";
const GOOD: &str = "A = \"before\"\nB = \"hunter2-typed\"\n";

/// A project, and in `bin` an editor called `name` that writes what `first` and then what `second` says.
fn project(name: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secrets.toml");
    fs::write(&file, BEFORE).unwrap();
    private(&file);
    fs::create_dir(folder.path().join("bin")).unwrap();
    fs::write(folder.path().join("first"), BROKEN).unwrap();
    fs::write(folder.path().join("second"), GOOD).unwrap();
    let editor = "#!/bin/sh\necho \"$@\" >> called\nif test -e first; then from=first; else from=second; fi\n\
        for last; do :; done\ncat $from > \"$last\"\nrm -f first\n";
    let place = folder.path().join("bin").join(name);
    fs::write(&place, editor).unwrap();
    assert!(Command::new("chmod").arg("+x").arg(place).status().unwrap().success());
    folder
}

/// What is seen when `venvars edit` is run with the editor of the project called `name`, and `steps` are done.
fn edited(folder: &Path, variables: &[&str], steps: &[Value]) -> Seen {
    let path = std::env::var("PATH").unwrap();
    let path = format!("PATH={}:{path}", folder.join("bin").display());
    let words: Vec<&str> = ["env", &path]
        .into_iter()
        .chain(variables.iter().copied())
        .chain([env!("CARGO_BIN_EXE_venvars"), "edit"])
        .collect();
    let seen = at_terminal(folder, &words, steps);
    assert!(!seen.shown.contains("hunter2"), "{}", seen.shown);
    seen
}

fn text(folder: &Path) -> String {
    fs::read_to_string(folder.join("secrets.toml")).unwrap()
}

fn called(folder: &Path) -> Vec<String> {
    fs::read_to_string(folder.join("called")).unwrap_or_default().lines().map(str::to_owned).collect()
}

fn a_file_with_an_error_is_opened_again_at_its_line() {
    for (name, line) in [("vim", "+2 "), ("my-editor", "")] {
        let folder = project(name);
        let file = folder.path().canonicalize().unwrap().join("secrets.toml").display().to_string();
        let steps = [
            json!(["expect", "What now?"]),
            json!(["send", "what?\r"]),
            json!(["expect", "What now?"]),
            json!(["send", "e\r"]),
        ];
        let editor = format!("VISUAL={name}");
        let seen = edited(folder.path(), &[&editor, "EDITOR=false"], &steps);
        assert!(seen.code == 0 && seen.shown.contains("secrets.toml:2:5"), "{} {}", seen.code, seen.shown);
        assert_eq!(text(folder.path()), GOOD);
        assert_eq!(called(folder.path()), [file.clone(), format!("{line}{file}")]);
    }
}

fn all_changes_can_be_undone_and_are_kept() {
    let folder = project("vi");
    let steps = [json!(["expect", "What now?"]), json!(["send", "x\r"])];
    let seen = edited(folder.path(), &["EDITOR=vi"], &steps);
    assert!(
        seen.code == 0 && seen.shown.contains("secrets.toml is unchanged"),
        "{} {}",
        seen.code,
        seen.shown
    );
    assert_eq!(text(folder.path()), BEFORE);
    // As the hint says.
    let restored = |number: &str| {
        let output = venvars(folder.path()).args(["restore", number]).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        text(folder.path()) == BROKEN
    };
    assert!(restored("1") || restored("2"));
}

fn what_another_program_writes_before_that_is_kept_too() {
    let folder = project("vim");
    let editor = folder.path().join("bin/vim");
    let write = "cat first > \"$1\"; (sleep 1; echo 'HAND = \"only-copy\"' >> \"$1\"; echo written) &\n";
    fs::write(&editor, format!("#!/bin/sh\nfor last; do :; done; set -- \"$last\"\n{write}")).unwrap();
    let steps = [json!(["expect", "What now?"]), json!(["expect", "written"]), json!(["send", "x\r"])];
    let seen = edited(folder.path(), &["VISUAL=vim"], &steps);
    assert_eq!((seen.code, &*text(folder.path())), (0, BEFORE), "{}", seen.shown);
    let mut grep = Command::new("grep");
    let grep = grep.args(["-rq", "only-copy", ".local/state/venvars/backups"]).current_dir(folder.path());
    let kept = grep.status().unwrap();
    assert!(kept.success());
}

fn an_error_can_be_saved() {
    let folder = project("vi");
    let steps = [json!(["expect", "What now?"]), json!(["send", "q\r"])];
    let seen = edited(folder.path(), &["EDITOR=vi"], &steps);
    assert!(seen.code == 2 && seen.shown.contains("secrets.toml is saved with this error"), "{}", seen.shown);
    assert_eq!(text(folder.path()), BROKEN);
}

/// A value that is not what its declaration says, one that is missing, and that nothing was changed.
fn what_apply_would_refuse_is_said() {
    let folder = project("vi");
    fs::remove_file(folder.path().join("first")).unwrap();
    let settings = "[variables.B]\nchoices = [\"one\"]\n[variables.C]\n";
    fs::write(folder.path().join("venvars.toml"), settings).unwrap();
    let seen = edited(folder.path(), &["EDITOR=vi"], &[]);
    for shown in ["B: the value is not one of", "C: missing", "saved (2 variables); next: venvars apply"] {
        assert!(seen.code == 0 && seen.shown.contains(shown), "{shown}: {}", seen.shown);
    }
    let seen = edited(folder.path(), &["EDITOR=true"], &[]);
    assert!(seen.code == 0 && seen.shown.contains("no changes (2 variables)"), "{}", seen.shown);
}

fn whoever_is_gone_loses_nothing() {
    let folder = project("vi");
    let steps = [json!(["expect", "What now?"]), json!(["send", "\u{4}"])];
    assert_eq!(edited(folder.path(), &["EDITOR=vi"], &steps).code, 2);
    assert_eq!(text(folder.path()), BROKEN);
}

fn a_usual_editor_is_found_at_a_terminal() {
    let folder = project("sensible-editor");
    let steps = [json!(["expect", "What now?"]), json!(["send", "\r"])];
    assert_eq!(edited(folder.path(), &["EDITOR= "], &steps).code, 0);
    assert_eq!(text(folder.path()), GOOD);
    // Without one, nobody could leave it.
    let output = venvars(folder.path()).arg("edit").output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("no editor found"), "{output:?}");
}

fn the_editor_of_git_is_asked_but_no_repository() {
    let folder = project("unused");
    fs::remove_file(folder.path().join("first")).unwrap();
    git(folder.path(), &["init", "-q"]).unwrap();
    fs::write(folder.path().join(".gitignore"), "/*\n").unwrap();
    let edit = || venvars(folder.path()).arg("edit").output().unwrap();
    git(folder.path(), &["config", "core.editor", "touch ran; true"]).unwrap();
    assert!(String::from_utf8_lossy(&edit().stderr).contains("no editor found"));
    let own = folder.path().join("bin/unused").display().to_string();
    git(folder.path(), &["config", "--global", "core.editor", &own]).unwrap();
    let output = edit();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(text(folder.path()), GOOD);
    assert!(!folder.path().join("ran").exists());
}

fn an_editor_that_replaces_the_file_lets_nobody_read_it() {
    use crate::support::unix::PermissionsExt;

    let folder = project("editor");
    let editor = "f() { cp second \"$1.new\"; chmod 644 \"$1.new\"; mv \"$1.new\" \"$1\"; }; f";
    let output = venvars(folder.path()).arg("edit").env("EDITOR", editor).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mode = fs::metadata(folder.path().join("secrets.toml")).unwrap().permissions().mode();
    assert_eq!((text(folder.path()).as_str(), mode & 0o777), (GOOD, 0o600));
}
