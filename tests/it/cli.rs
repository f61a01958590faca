//! The command line: what it prints, what it refuses, what it leaves behind.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::generators::venv_in;
use crate::support::unix::{MetadataExt, PermissionsExt, attribute, chown, set_attribute, symlink};
use crate::support::{
    BIN, clean, copying, fed, is_wine, private, toml_string, values, venvars, write_secrets,
};
use libtest_mimic::Trial;
use tempfile::TempDir;

pub fn trials() -> Vec<Trial> {
    trials![
        the_first_minutes_of_a_new_user,
        what_was_done_is_said_with_what_is_left,
        every_nasty_value_is_set_and_got_back,
        a_byte_order_mark_before_a_piped_value_is_none_of_it,
        bad_input_has_a_place_a_remedy_and_no_value,
        what_is_not_there_is_named_with_the_remedy,
        settings_are_read_and_a_wrong_key_is_named,
        git_alone_decides_and_exposed_secrets_are_refused,
        a_worktree_and_a_nested_ignore_file_are_understood,
        run_starts_batch_files_too,
        a_new_file_names_its_schema,
        what_a_shell_cannot_hold_is_named_and_strict_says_so,
        a_closed_pipe_is_no_error_and_colours_are_asked_for,
        an_editor_has_several_words_and_a_path_any_characters,
        fifty_at_once_lose_nothing,
        a_venv_that_was_moved_is_named,
        the_version_is_the_same_however_it_is_asked_for;
        on_unix:
        init_names_the_commands_that_are_left,
        a_hint_is_the_way_to_what_was_meant,
        what_is_shown_to_be_pasted_leads_there_from_the_current_folder,
        a_secrets_file_that_others_can_read_is_warned_of_and_written_private,
        a_link_to_the_secrets_stays_a_link,
        run_passes_on_what_the_command_says,
        what_is_set_while_an_editor_is_open_is_not_lost,
        an_editor_edits_and_the_file_is_checked,
        git_is_asked_about_thousands_of_scripts_at_once,
        a_folder_that_cannot_be_written_to_changes_nothing,
        a_venv_of_another_user_is_refused,
        an_access_list_is_as_it_was,
        no_value_is_in_the_arguments_or_the_debug_print
    ]
}

/// What a command did.
struct Done {
    code: i32,
    out: String,
    err: String,
}

fn run(folder: &Path, arguments: &[&str]) -> Done {
    run_with(folder, arguments, b"")
}

fn run_with(folder: &Path, arguments: &[&str], input: &[u8]) -> Done {
    let output = fed(venvars(folder).args(arguments), input).unwrap();
    Done {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    clean(&mut command, folder);
    let output = command
        .arg("-C")
        .arg(folder)
        .args(["-c", "user.name=t", "-c", "user.email=t@t"])
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn mode(file: &Path) -> u32 {
    fs::metadata(file).unwrap().mode() & 0o7777
}

/// Nobody else can read `file`, as far as the system tells.
#[track_caller]
fn assert_private(file: &Path) {
    assert!(cfg!(windows) || mode(file) == 0o600);
}

/// A project with these secrets and a venv.
fn project(secrets: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secrets.toml");
    fs::write(&file, secrets).unwrap();
    private(&file);
    venv_in(folder.path());
    folder
}

const SECRET: &str = "hunter2-hunter2";

fn the_first_minutes_of_a_new_user() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    git(path, &["init", "-q"]);
    let file = path.join("secrets.toml");
    assert_eq!(run(path, &["init"]).code, 0);
    assert_private(&file);
    let ignore = fs::read_to_string(path.join(".gitignore")).unwrap();
    assert_eq!(ignore, "/*secrets.toml*\n");
    let before = fs::read(&file).unwrap();
    let again = run(path, &["init"]);
    assert!(again.err.contains("nothing was changed"), "{}", again.err);
    assert_eq!(fs::read(&file).unwrap(), before);
    assert_eq!(fs::read_to_string(path.join(".gitignore")).unwrap(), ignore);
    if cfg!(unix) {
        // Where a link leads is left as it is.
        let elsewhere = tempfile::tempdir().unwrap();
        let kept = elsewhere.path().join("kept.toml");
        fs::rename(&file, &kept).unwrap();
        symlink(&kept, &file).unwrap();
        assert_eq!(run(path, &["init"]).code, 0);
        assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 1);
        fs::remove_file(&file).unwrap();
        fs::rename(&kept, &file).unwrap();
    }

    assert_eq!(run(path, &["set", "SECRET_KEY", "--generate"]).code, 0);
    assert_eq!(run_with(path, &["set", "TOKEN"], b"two\nlines\n\n").code, 0);
    assert_eq!(run(path, &["set", "PORT=5000"]).code, 0);
    assert_private(&file);
    let key = run(path, &["get", "SECRET_KEY"]).out;
    assert!(key.len() == 64 && key.bytes().all(|b| b.is_ascii_hexdigit()), "{key}");
    assert_eq!(run(path, &["get", "TOKEN"]).out, "two\nlines\n");
    let list = run(path, &["list"]).out;
    assert!(list.contains("SECRET_KEY") && list.contains("secrets.toml:") && !list.contains(&key), "{list}");
    assert!(run(path, &["list", "--reveal"]).out.contains(&key));
    let json: serde_json::Value = serde_json::from_str(&run(path, &["list", "--json"]).out).unwrap();
    assert_eq!(json["variables"][1]["name"], "TOKEN");
    assert!(json["variables"][1].get("value").is_none());
    assert_eq!(run(path, &["unset", "PORT"]).code, 0);
    assert_eq!(run(path, &["get", "PORT"]).code, 2);
    let near = run(path, &["get", "SECRET_KEI"]);
    assert!(near.err.contains("did you mean SECRET_KEY?"), "{}", near.err);
}

fn init_names_the_commands_that_are_left() {
    let declared = ("pyproject.toml", "[tool.venvars.variables.MAIL_FROM]\n");
    let (make, set) = ("python3 -m venv .venv && ", "venvars set SECRET_KEY --generate && ");
    let apply = "venvars apply && source .venv/bin/activate";
    let poetry = "venvars apply --venv \"$(poetry env info --path)\"";
    for (files, shell, next) in [
        (&[][..], "bash", format!("{make}{set}{apply}")),
        (&[("uv.lock", "")], "bash", format!("uv sync && {set}{apply}")),
        (&[("poetry.lock", "")], "bash", format!("{set}{poetry}")),
        (&[(".env", "A=1\n")], "fish", format!("{make}venvars import .env && {apply}.fish")),
        (&[declared], "zsh", format!("{make}venvars set && {apply}")),
        (&[("secrets.toml", "A = '1'\n"), (".env", "A=1\n")], "bash", format!("{make}{apply}")),
        (&[("secrets.toml", "MAIL_FROM = '1'\n"), declared], "tcsh", format!("{make}{apply}.csh")),
        (&[("venvars.toml", "venv = ['elsewhere']\n")], "bash", format!("{set}venvars apply")),
    ] {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
            private(&folder.path().join(name));
        }
        let output =
            venvars(folder.path()).arg("init").env("SHELL", format!("/bin/{shell}")).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(err.ends_with(&format!("\nnext: {next}\n")), "{err}");
    }
    let folder = project("");
    fs::remove_file(folder.path().join("secrets.toml")).unwrap();
    let done = run(folder.path(), &["init"]);
    assert!(done.err.contains(&format!("next: {set}{apply}")), "{}", done.err);
}

fn what_is_shown_to_be_pasted_leads_there_from_the_current_folder() {
    let folder = project("A = '1'\n");
    let below = folder.path().join("src");
    fs::create_dir(&below).unwrap();
    let done = run(&below, &["apply"]);
    assert!(done.err.contains("next: source ../.venv/bin/activate\n"), "{}", done.err);
    fs::set_permissions(folder.path().join("secrets.toml"), fs::Permissions::from_mode(0o644)).unwrap();
    assert!(run(&below, &["doctor"]).out.contains("    chmod 600 ../secrets.toml\n"));
    // What programs read is the same from everywhere.
    assert!(run(&below, &["list", "--json"]).out.contains("\"source\": \"secrets.toml\""));
    let elsewhere = tempfile::tempdir().unwrap();
    let path = elsewhere.path().to_str().unwrap();
    let name = elsewhere.path().file_name().unwrap().to_str().unwrap();
    let done = run(folder.path(), &["-C", path, "init"]);
    let next = format!("next: cd ../{name} && python3 -m venv .venv && ");
    assert!(done.err.contains(&next) && done.err.ends_with("source .venv/bin/activate\n"), "{}", done.err);
}

fn a_hint_is_the_way_to_what_was_meant() {
    let folder = project("A = '1'\n");
    let path = folder.path();
    fs::write(path.join("venvars.toml"), "[variables.MAIL_FROM]\n").unwrap();
    for (arguments, hint, not) in [
        (&["get", "MAIL_FROM"][..], "MAIL_FROM is declared, but not set", "venvars list"),
        (&["unset", "MAIL_FROM"], "hint: venvars set MAIL_FROM", "venvars list"),
        (&["explain", "MAIL_FROM"], "hint: venvars set MAIL_FROM", "venvars list"),
        (&["rm", "A"], "'unset'", "'remove'"),
        (&["remove", "--venv", "x"], "there is nothing to remove", "create it"),
        (&["apply", "--venv", "x"], "create it: ", "nothing to remove"),
        (&["set", "B", "--generate", "hex16"], "hint: venvars set B --generate=hex16", "one word"),
        (&["set", "B", "hex16"], "takes one word", "hex16"),
        (&["scan", "nope.txt"], "nope.txt: no such file", "hint"),
        (&["--secrets", "q", "list"], "hint: `venvars --secrets q init` creates it", "restore"),
    ] {
        let done = run(path, arguments);
        assert!(done.code == 2 && done.err.contains(hint), "{arguments:?}: {}", done.err);
        assert!(!done.err.contains(not), "{arguments:?}: {}", done.err);
    }
    assert!(run(path, &["list"]).err.is_empty());
    fs::remove_file(path.join("secrets.toml")).unwrap();
    let gone = run(path, &["list"]);
    assert!(gone.err.contains("hint: `venvars restore`") && !gone.err.contains("init"), "{}", gone.err);
    assert_eq!(run(path, &["restore"]).code, 0);
    fs::rename(path.join(".venv"), path.join("one")).unwrap();
    fs::create_dir(path.join("two")).unwrap();
    fs::copy(path.join("one/pyvenv.cfg"), path.join("two/pyvenv.cfg")).unwrap();
    let done = run(path, &["run", "--", "true"]);
    assert!(done.err.contains("name one: --venv one or --venv two"), "{}", done.err);
}

fn what_was_done_is_said_with_what_is_left() {
    let folder = project("A = '1'\n[profile.dev]\nA = '2'\n");
    let path = folder.path();
    let done = run(path, &["unset", "A", "--profile", "dev"]);
    assert!(done.err.contains("removed A from secrets.toml (profile dev);"), "{}", done.err);
    assert_eq!(run(path, &["apply"]).code, 0);
    let mut rotate = venvars(path);
    rotate.args(["rotate", "A", "--generate=hex"]).env("VIRTUAL_ENV", path.join(".venv"));
    let output = rotate.output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    let said = format!("{}{err}", String::from_utf8_lossy(&output.stdout));
    assert!(said.contains("applied 1 variable"), "{said}");
    let left = err.find("next: activate again").zip(err.find("next: revoke the old value of A"));
    assert!(left.is_some_and(|(activate, revoke)| activate < revoke), "{err}");
    // Nothing is new about a file that is gone when it is brought back.
    fs::remove_file(path.join("secrets.toml")).unwrap();
    let gone = "secrets.toml is missing";
    assert!(run(path, &["list"]).err.contains(gone));
    for arguments in [&["restore", "--list"][..], &["restore"]] {
        let done = run(path, arguments);
        assert!(done.code == 0 && !done.err.contains(gone), "{}", done.err);
    }
    fs::write(path.join("venvars.toml"), "mode = 'live'\n").unwrap();
    let live = "(values looked up at activation)";
    let done = run(path, &["apply"]);
    let said = format!("{}{}", done.out, done.err);
    assert!(said.contains("applied the variables to .venv: ") && said.contains(live), "{said}");
    assert!(run(path, &["status"]).out.contains(live));
}

fn every_nasty_value_is_set_and_got_back() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["init"]);
    // One line end is dropped, whichever it is: PowerShell on Windows ends what it pipes with CRLF.
    for end in ["\r\n", "\n"] {
        for (name, value) in values::nasty() {
            if end == "\n" && value.ends_with('\r') {
                continue; // That is the other line end.
            }
            let done = run_with(folder.path(), &["set", &name], format!("{value}{end}").as_bytes());
            assert_eq!(done.code, 0, "{name}: {}", done.err);
        }
        for (name, value) in values::nasty() {
            assert!(run(folder.path(), &["get", &name]).out == value, "{name}");
        }
    }
}

fn a_byte_order_mark_before_a_piped_value_is_none_of_it() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["init"]);
    assert_eq!(run_with(folder.path(), &["set", "A"], "\u{feff}x\u{feff}\r\n".as_bytes()).code, 0);
    assert_eq!(run(folder.path(), &["get", "A"]).out, "x\u{feff}");
}

fn bad_input_has_a_place_a_remedy_and_no_value() {
    let at = |line: usize, column: usize| format!("secrets.toml:{line}:{column}: ");
    for (secrets, place) in [
        (format!("A = 1\nB = \"{SECRET}\n"), at(2, 21)),
        (format!("A = {SECRET}\n"), at(1, 5)),
        (format!("A = \"{SECRET}\"\nA = \"{SECRET}\"\n"), at(2, 1)),
        (format!("A = [\"{SECRET}\"]\n"), at(1, 5)),
        (format!("[t]\nA = \"{SECRET}\"\n"), at(1, 1)),
        (format!("A = \"{SECRET}\\u0000\"\n"), at(1, 5)),
        (format!("PATH = \"{SECRET}\"\n"), at(1, 1)),
        (format!("\"{SECRET}\" = 1\n"), at(1, 1)),
        (format!("A = \"{}\"\n", SECRET.repeat(9000)), at(1, 5)),
    ] {
        let folder = project(&secrets);
        let activate = folder.path().join(".venv").join(BIN).join("activate");
        let before = fs::read(&activate).unwrap();
        for arguments in [
            &["apply"][..],
            &["list"],
            &["status"],
            &["export", "--format", "json"],
            &["run", "--", "hostname"],
            &["set", "NEW=x"],
        ] {
            let done = run(folder.path(), arguments);
            assert_eq!(done.code, 2, "{arguments:?} {place}: {}", done.err);
            assert!(
                done.err.contains(&place) && done.err.contains("hint: "),
                "{arguments:?} {place}: {}",
                done.err
            );
            assert!(!done.err.contains("hunter2") && done.out.is_empty(), "{arguments:?}: {}", done.err);
        }
        assert_eq!(fs::read(&activate).unwrap(), before);
        assert_eq!(fs::read_to_string(folder.path().join("secrets.toml")).unwrap(), secrets);
    }
}

fn what_is_not_there_is_named_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let done = run(folder.path(), &["apply"]);
    assert!(done.code == 2 && done.err.contains("venvars init"), "{}", done.err);
    write_secrets(&folder.path().join("secrets.toml"), &values::second());
    let done = run(folder.path(), &["apply"]);
    assert!(done.code == 2 && done.err.contains(" -m venv "), "{}", done.err);
    let done = run(folder.path(), &["run", "--", "hostname"]);
    assert!(done.code == 2 && done.err.contains("--no-venv"), "{}", done.err);
    fs::create_dir_all(folder.path().join(".venv").join(BIN)).unwrap();
    fs::write(folder.path().join(".venv/pyvenv.cfg"), "").unwrap();
    let done = run(folder.path(), &["apply"]);
    assert!(done.code == 2 && done.err.contains("no activate scripts"), "{}", done.err);
    let done = run(folder.path(), &["apply", "--venv", "nowhere"]);
    assert!(done.code == 2 && done.err.contains("nowhere"), "{}", done.err);
}

fn settings_are_read_and_a_wrong_key_is_named() {
    let folder = project("");
    fs::rename(folder.path().join("secrets.toml"), folder.path().join("other.toml")).unwrap();
    fs::write(folder.path().join("other.toml"), "A = 1\n").unwrap();
    fs::write(
        folder.path().join("pyproject.toml"),
        "[project]\nname = 'x'\n[tool.venvars]\nsecrets = 'other.toml'\nvenv = '.venv'\n",
    )
    .unwrap();
    let inside = folder.path().join("deep/er");
    fs::create_dir_all(&inside).unwrap();
    assert_eq!(run(&inside, &["get", "A"]).out, "1");
    assert_eq!(run(&inside, &["apply"]).code, 0);
    fs::write(folder.path().join("pyproject.toml"), "[tool.venvars]\nsecret = 'other.toml'\n").unwrap();
    let done = run(&inside, &["get", "A"]);
    assert_eq!(done.code, 2);
    assert!(
        done.err.contains("pyproject.toml:2:1") && done.err.contains("did you mean secrets?"),
        "{}",
        done.err
    );
}

fn git_alone_decides_and_exposed_secrets_are_refused() {
    let folder = project(&format!("A = \"{SECRET}\"\n"));
    let path = folder.path();
    assert_eq!(run(path, &["run", "--", "hostname"]).code, 0, "outside of a repository nothing is asked");
    git(path, &["init", "-q"]);
    for arguments in [&["apply"][..], &["run", "--", "hostname"], &["set", "B=1"]] {
        let done = run(path, arguments);
        assert!(done.code == 2 && done.err.contains("git does not ignore this"), "{}", done.err);
    }
    assert_eq!(run(path, &["status"]).code, 1);
    // Ignored by what only git knows: its own exclude file.
    fs::create_dir_all(path.join(".git/info")).unwrap();
    fs::write(path.join(".git/info/exclude"), "secrets.toml\n").unwrap();
    let done = run(path, &["apply"]);
    assert_eq!(done.code, 0, "{}", done.err);
    let warning =
        "warning: .venv will contain secrets, but git does not ignore it (`venvars doctor --fix` adds it";
    assert!(done.err.starts_with(warning) && done.err.matches("warning").count() == 1, "{}", done.err);
    fs::write(path.join(".git/info/exclude"), "secrets.toml\n.venv\n").unwrap();
    let done = run(path, &["apply"]);
    assert!(done.code == 0 && done.err.is_empty(), "{}", done.err);
    // A later pattern takes it back.
    fs::write(path.join(".gitignore"), "!secrets.toml\n").unwrap();
    assert_eq!(run(path, &["apply"]).code, 2);
    fs::remove_file(path.join(".gitignore")).unwrap();
    git(path, &["add", "-f", "secrets.toml"]);
    let done = run(path, &["apply"]);
    assert!(done.code == 2 && done.err.contains("rm -f --cached"), "{}", done.err);
    git(path, &["rm", "-q", "--cached", "secrets.toml"]);
    git(path, &["add", "-f", &format!(".venv/{BIN}/activate")]);
    let done = run(path, &["apply"]);
    assert!(done.code == 2 && done.err.contains("git tracks this script"), "{}", done.err);
    assert!(!done.err.contains("hunter2"));
}

fn a_worktree_and_a_nested_ignore_file_are_understood() {
    let folder = tempfile::tempdir().unwrap();
    let main = folder.path().join("main");
    fs::create_dir(&main).unwrap();
    git(&main, &["init", "-q"]);
    git(&main, &["commit", "-q", "--allow-empty", "-m", "first"]);
    git(&main, &["worktree", "add", "-q", "../tree"]);
    let app = folder.path().join("tree/apps/one");
    fs::create_dir_all(&app).unwrap();
    write_secrets(&app.join("secrets.toml"), &values::second());
    assert_eq!(run(&app, &["run", "--no-venv", "--", "hostname"]).code, 2);
    fs::write(folder.path().join("tree/apps/.gitignore"), "one/*.toml\n").unwrap();
    let done = run(&app, &["run", "--no-venv", "--", "hostname"]);
    assert_eq!(done.code, 0, "{}", done.err);
}

fn a_secrets_file_that_others_can_read_is_warned_of_and_written_private() {
    let folder = project("A = 1\n");
    let file = folder.path().join("secrets.toml");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let done = run(folder.path(), &["list"]);
    assert!(done.code == 0 && done.err.contains("chmod 600"), "{}", done.err);
    assert_eq!(run(folder.path(), &["set", "B=2"]).code, 0);
    assert_eq!(mode(&file), 0o600);
}

fn a_link_to_the_secrets_stays_a_link() {
    let folder = project("A = 1\n");
    let (file, target) = (folder.path().join("secrets.toml"), folder.path().join("kept.toml"));
    fs::rename(&file, &target).unwrap();
    symlink("kept.toml", &file).unwrap();
    assert_eq!(run(folder.path(), &["set", "B=2"]).code, 0);
    assert!(fs::symlink_metadata(&file).unwrap().is_symlink());
    assert!(fs::read_to_string(&target).unwrap().contains("B = \"2\""));
}

fn run_passes_on_what_the_command_says() {
    let folder = project("A = \"it's $HOME\"\n");
    let path = folder.path();
    let done = run(path, &["run", "--", "sh", "-c", "printf %s \"$A|$VIRTUAL_ENV|${PATH%%:*}\"; exit 7"]);
    let venv = dunce::canonicalize(path).unwrap().join(".venv");
    assert_eq!(done.out, format!("it's $HOME|{0}|{0}/bin", venv.display()));
    assert_eq!(done.code, 7);
    assert_eq!(run(path, &["run", "no-such-command"]).code, 127);
    assert_eq!(run(path, &["run", "--", "./secrets.toml"]).code, 126);
    assert_eq!(
        run(path, &["run", "--no-venv", "--", "sh", "-c", "test -z \"$VIRTUAL_ENV\" && test -n \"$A\""]).code,
        0
    );
    assert_eq!(run_with(path, &["run", "--", "cat"], b"through").out, "through");
    let elsewhere = tempfile::tempdir().unwrap();
    for masked in ["--mask", "--no-mask"] {
        let arguments =
            ["-C", path.to_str().unwrap(), "run", masked, "--", "sh", "-c", "[ -e secrets.toml ]"];
        assert_eq!(run(elsewhere.path(), &arguments).code, 0, "{masked}: as if started there");
    }
}

/// On Windows `NAME.cmd` is started as `NAME`, from the venv's folder too; elsewhere a file of that name is.
fn run_starts_batch_files_too() {
    let folder = project("A = \"it's long enough\"\n");
    let bin = folder.path().join(".venv").join(BIN);
    let (file, text) = if cfg!(windows) {
        ("my-tool.cmd", "@echo %A% %~1\r\n@exit 7\r\n")
    } else {
        ("my-tool", "#!/bin/sh\necho \"$A\" \"$1\"\nexit 7\n")
    };
    fs::write(bin.join(file), text).unwrap();
    #[cfg(unix)]
    fs::set_permissions(bin.join(file), fs::Permissions::from_mode(0o755)).unwrap();
    for masked in ["--mask", "--no-mask"] {
        let done = run(folder.path(), &["run", masked, "--", "my-tool", "a b"]);
        let shown = if masked == "--mask" { "<A>" } else { "it's long enough" };
        assert_eq!((done.code, done.out.trim_end()), (7, &*format!("{shown} a b")), "{}", done.err);
    }
    assert_eq!(run(folder.path(), &["run", "--no-venv", "--", "my-tool"]).code, 127);
}

/// Editors that know `#:schema` complete the names and check the file.
fn a_new_file_names_its_schema() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    assert_eq!(run(path, &["init"]).code, 0);
    let text = fs::read_to_string(path.join("secrets.toml")).unwrap();
    let begin = if cfg!(windows) { "#:schema file:///" } else { "#:schema file://" };
    let url = text.lines().next().and_then(|line| line.strip_prefix(begin)).unwrap();
    let file = percent_encoding::percent_decode_str(url).decode_utf8().unwrap().into_owned();
    assert_eq!(
        fs::read_to_string(file).unwrap().trim_end(),
        run(path, &["schema", "secrets"]).out.trim_end()
    );
}

fn what_a_shell_cannot_hold_is_named_and_strict_says_so() {
    let folder = project("EMPTY = \"\"\nA = 1\n");
    let bat = folder.path().join(".venv").join(BIN).join("activate.bat");
    fs::write(&bat, "@set \"VIRTUAL_ENV=x\"\r\n@set \"PATH=%VIRTUAL_ENV%\\bin;%PATH%\"\r\n").unwrap();
    let done = run(folder.path(), &["apply"]);
    assert_eq!(done.code, 0);
    assert!(done.err.contains("EMPTY is left out for cmd.exe: "), "{}", done.err);
    assert_eq!(run(folder.path(), &["apply", "--strict"]).code, 1);
    let script = fs::read_to_string(&bat).unwrap();
    assert!(script.contains("A=1") && !script.contains("EMPTY"), "{script}");
    // PowerShell has it from 7.5 on, and its script asks.
    let script = fs::read_to_string(folder.path().join(".venv").join(BIN).join("Activate.ps1")).unwrap();
    assert!(script.contains("$env:EMPTY = if ($PSVersionTable.PSVersion -ge '7.5') { '' }"), "{script}");
}

fn a_closed_pipe_is_no_error_and_colours_are_asked_for() {
    let folder = project("A = 1\n");
    let mut command = venvars(folder.path());
    let mut child = command.args(["list"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert!(child.wait_with_output().unwrap().status.success());
    assert!(run(folder.path(), &["--color", "always", "get", "B"]).err.contains('\u{1b}'));
    assert!(!run(folder.path(), &["get", "B"]).err.contains('\u{1b}'));
}

fn what_is_set_while_an_editor_is_open_is_not_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    assert_eq!(run(path, &["init"]).code, 0);
    // It reads, and writes once it is told to.
    let editor = "f() { cat \"$1\" > read; touch open; until test -e go; do sleep 0.02; done; \
        { cat read; echo 'FROM_EDITOR = \"1\"'; } > \"$1\"; }; f";
    let mut edit = venvars(path);
    let mut edit =
        edit.arg("edit").env("EDITOR", editor).stderr(std::process::Stdio::null()).spawn().unwrap();
    while !path.join("open").exists() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let mut set = venvars(path);
    set.args(["set", "MEANWHILE=2"]).stderr(std::process::Stdio::piped());
    let mut set = set.spawn().unwrap();
    let mut told = std::io::BufReader::new(set.stderr.take().unwrap());
    let mut line = String::new();
    std::io::BufRead::read_line(&mut told, &mut line).unwrap();
    assert_eq!(line, "waiting for another venvars that has secrets.toml open\n");
    fs::write(path.join("go"), "").unwrap();
    assert!(edit.wait().unwrap().success() && set.wait().unwrap().success());
    assert_eq!(run(path, &["get", "FROM_EDITOR"]).out, "1");
    assert_eq!(run(path, &["get", "MEANWHILE"]).out, "2");
}

fn an_editor_edits_and_the_file_is_checked() {
    let folder = project("A = 1\n");
    let edit = |editor: &str| {
        let output = venvars(folder.path()).arg("edit").env("EDITOR", editor).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert_eq!(edit("f() { echo 'A = 22' > \"$1\"; }; f").0, Some(0));
    assert_eq!(run(folder.path(), &["get", "A"]).out, "22");
    let (code, said) = edit(&format!("f() {{ echo 'B = {SECRET}' >> \"$1\"; }}; f"));
    assert!(code == Some(2) && said.contains("secrets.toml:2:5") && !said.contains(SECRET), "{said}");
    assert_eq!(edit("false").0, Some(2));
}

fn an_editor_has_several_words_and_a_path_any_characters() {
    let folder = project("");
    // Wine expands what comes out of a variable once more.
    let is_proven = cfg!(not(windows)) || !is_wine();
    let path = folder.path().join(if is_proven { "a %PATH% & b" } else { "a & b" });
    fs::create_dir(&path).unwrap();
    fs::write(path.join("secrets.toml"), "A = 1\n").unwrap();
    private(&path.join("secrets.toml"));
    fs::write(path.join("edited"), "A = 22\n").unwrap();
    let edited = venvars(&path).arg("edit").env("EDITOR", copying("edited")).output().unwrap();
    assert!(edited.status.success(), "{}", String::from_utf8_lossy(&edited.stderr));
    assert_eq!(run(&path, &["get", "A"]).out, "22");
}

fn fifty_at_once_lose_nothing() {
    let folder = project("");
    let path = folder.path();
    let mut children: Vec<_> = (0..50)
        .map(|number| {
            venvars(path)
                .args(["set", &format!("V{number}={number}")])
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    children.extend(
        (0..50).map(|_| {
            venvars(path).arg("apply").stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
        }),
    );
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let list: serde_json::Value = serde_json::from_str(&run(path, &["list", "--json"]).out).unwrap();
    assert_eq!(list["variables"].as_array().unwrap().len(), 50);
    assert_eq!(run(path, &["apply"]).code, 0);
    assert_eq!(run(path, &["status"]).code, 0);
    let left: Vec<_> = fs::read_dir(path.join(".venv").join(BIN))
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().contains("venvars"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

/// A git whose pipes hold a page each, as on Windows, and which counts how often it is started.
const NARROW_GIT: &str = r#"#!/usr/bin/env python3
import contextlib, fcntl, os, stat, sys
for pipe in (0, 1, 2):
    if stat.S_ISFIFO(os.fstat(pipe).st_mode):
        with contextlib.suppress(OSError):  # it may hold more already
            fcntl.fcntl(pipe, 1031, 4096)  # F_SETPIPE_SZ
with open(os.environ["HOME"] + "/starts", "a") as starts:
    starts.write(" ".join(sys.argv) + "\n")
here = os.path.dirname(os.path.abspath(sys.argv[0]))
os.environ["PATH"] = ":".join(folder for folder in os.environ["PATH"].split(":") if folder != here)
os.execvp("git", sys.argv)
"#;

fn git_is_asked_about_thousands_of_scripts_at_once() {
    let folder = project("KEY = 'hunter2-hunter2'\n");
    let path = folder.path();
    git(path, &["init", "-q"]);
    fs::write(path.join(".gitignore"), "/secrets.toml\n/a*\n/.venv\n/narrow\n/starts\n").unwrap();
    // Every second one is ignored; five thousand scripts in all.
    let scripts = ["activate", "activate.csh", "activate.fish", "Activate.ps1"]
        .map(|name| (name, fs::read(path.join(".venv").join(BIN).join(name)).unwrap()));
    for index in 0..1250 {
        let venv = path.join(format!("{}{index:0100}", ["a", "b"][index % 2]));
        fs::create_dir_all(venv.join(BIN)).unwrap();
        fs::write(venv.join("pyvenv.cfg"), "").unwrap();
        for (name, script) in &scripts {
            fs::write(venv.join(BIN).join(name), script).unwrap();
        }
    }
    let narrow = path.join("narrow");
    fs::create_dir(&narrow).unwrap();
    fs::write(narrow.join("git"), NARROW_GIT).unwrap();
    fs::set_permissions(narrow.join("git"), fs::Permissions::from_mode(0o755)).unwrap();
    let apply = |arguments: &[&str]| {
        let mut command = Command::new("timeout");
        clean(&mut command, path);
        let usual = std::env::var_os("PATH").unwrap_or_default();
        let narrowed = std::iter::once(narrow.clone()).chain(std::env::split_paths(&usual));
        command
            .env("PATH", std::env::join_paths(narrowed).unwrap())
            .args(["60", env!("CARGO_BIN_EXE_venvars"), "apply", "--dry-run"])
            .args(arguments);
        let output = fed(command.current_dir(path), b"").unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };

    let (code, said) = apply(&[]);
    assert_eq!(code, Some(0), "124 is the end of a wait: {said}");
    assert!(said.contains("git does not ignore it"), "{said}");
    let starts = fs::read_to_string(path.join("starts")).unwrap();
    assert!(starts.lines().count() <= 4, "{starts}");

    let tracked = format!("b{:0100}/bin/activate.fish", 1249);
    git(path, &["add", &tracked]);
    let (code, said) = apply(&[]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains(&format!("{tracked}: git tracks this script")), "{said}");
}

fn a_folder_that_cannot_be_written_to_changes_nothing() {
    let folder = project("A = 1\n");
    // root is let through by the kernel; an immutable folder is not at hand everywhere.
    if fs::metadata(folder.path()).unwrap().uid() == 0 {
        return;
    }
    let bin = folder.path().join(".venv").join(BIN);
    fs::set_permissions(&bin, fs::Permissions::from_mode(0o500)).unwrap();
    let before = fs::read(bin.join("activate")).unwrap();
    assert_eq!(run(folder.path(), &["apply"]).code, 2);
    assert_eq!(fs::read(bin.join("activate")).unwrap(), before);
    fs::set_permissions(&bin, fs::Permissions::from_mode(0o700)).unwrap();
}

fn a_venv_of_another_user_is_refused() {
    let folder = project("A = 1\n");
    let venv = folder.path().join(".venv");
    if chown(&venv, Some(12345), None).is_err() {
        return; // Only root can give a folder away.
    }
    let mut command = venvars(folder.path());
    let done = command.env_remove("VENVARS_TRUST").arg("apply").output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.code() == Some(2) && said.contains("belongs to uid 12345"), "{said}");
}

/// acl(5): the list of a script is there again when the values are gone, and grants nothing meanwhile.
fn an_access_list_is_as_it_was() {
    let folder = project("A = \"hunter2-hunter2\"\n");
    let activate = folder.path().join(".venv").join(BIN).join("activate");
    fs::set_permissions(&activate, fs::Permissions::from_mode(0o640)).unwrap();
    // Version 2; the owner rw, user 1234 r, the group r, the mask r, others nothing.
    let entries: [(u16, u16, u32); 5] =
        [(1, 6, u32::MAX), (2, 4, 1234), (4, 4, u32::MAX), (0x10, 4, u32::MAX), (0x20, 0, u32::MAX)];
    let mut list = 2u32.to_le_bytes().to_vec();
    for (tag, permission, id) in entries {
        list.extend(tag.to_le_bytes());
        list.extend(permission.to_le_bytes());
        list.extend(id.to_le_bytes());
    }
    if set_attribute(&activate, "system.posix_acl_access", &list).is_err() {
        return; // The file system of the temporary folder has no such lists.
    }
    let (text, mode) = (fs::read(&activate).unwrap(), activate.metadata().unwrap().mode());
    assert_eq!(run(folder.path(), &["apply"]).code, 0);
    assert_eq!(activate.metadata().unwrap().mode() & 0o077, 0);
    assert_eq!(run(folder.path(), &["remove"]).code, 0);
    assert_eq!(fs::read(&activate).unwrap(), text);
    assert_eq!(activate.metadata().unwrap().mode(), mode);
    assert_eq!(attribute(&activate, "system.posix_acl_access").unwrap().unwrap(), list);
}

fn a_venv_that_was_moved_is_named() {
    let folder = project("A = \"hunter2-hunter2\"\n");
    let (old, new) = (folder.path().join("one"), folder.path().join("two"));
    fs::create_dir(&old).unwrap();
    fs::copy(folder.path().join("secrets.toml"), old.join("secrets.toml")).unwrap();
    venv_in(&old);
    assert!(!run(&old, &["status"]).out.contains("moved"));
    fs::rename(&old, &new).unwrap();
    assert_eq!(run(&new, &["apply"]).code, 0);
    for command in ["status", "doctor"] {
        let out = run(&new, &[command]).out;
        assert!(
            out.contains("moved from")
                && out.contains(if cfg!(windows) { r"\one\.venv" } else { "/one/.venv" }),
            "{command}: {out}"
        );
    }
}

fn no_value_is_in_the_arguments_or_the_debug_print() {
    let secrets = format!("A = {}\n", toml_string(SECRET));
    let folder = project(&secrets);
    let done = run(folder.path(), &["run", "--", "sh", "-c", "tr '\\0' ' ' < /proc/$$/cmdline"]);
    assert!(!done.out.contains(SECRET));
    let read = venvars::model::secrets::Secrets::read(&folder.path().join("secrets.toml")).unwrap();
    assert!(!format!("{read:?}").contains(SECRET));
}

fn the_version_is_the_same_however_it_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let version = run(folder.path(), &["--version"]);
    assert!(version.out.starts_with("venvars 0.") && version.out.ends_with('\n'), "{}", version.out);
    assert_eq!(version.code, 0);
    for others in [&["-V"][..], &["--quiet", "--version"], &["--version", "--color", "never"]] {
        assert_eq!(run(folder.path(), others).out, version.out, "{others:?}");
    }
}
