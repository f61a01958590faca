//! The only copy of a value cannot be destroyed: every text of `secrets.toml` is kept outside of the project.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::Duration;

use libtest_mimic::{Failed, Trial};
use tempfile::TempDir;

use crate::support::unix::PermissionsExt;
use crate::support::{clean, fed, on_unix, private, program, succeed, trial};

type Outcome = Result<(), Failed>;

const MINE: &str = "TOKEN = 'hunter2-mine'\n";
const THEIRS: &str = "TOKEN = 'hunter2-theirs'\n";

pub fn trials() -> Vec<Trial> {
    let strace = || which::which("strace").is_err().then(|| "strace".to_owned());
    let mut trials: Vec<Trial> = Vec::new();
    let plain: [(&str, fn() -> Outcome); 13] = [
        ("git-clean-and-stash", clean_and_stash),
        ("set-eleven-times", set_eleven_times),
        ("whatever-writes-the-file", writers),
        ("an-encrypted-file-may-be-committed", committed),
        ("restore-by-number", by_number),
        ("restore-names-what-it-changes", changes),
        ("a-project-that-was-moved", moved),
        ("a-new-project-gets-no-backups", made_elsewhere),
        ("copies-in-tables-and-comments", tables),
        ("clear-names-what-is-lost", cleared),
        ("old-values-are-looked-for", looked_for),
        ("a-newer-venvars", newer),
        ("no-value-is-not-the-empty-value", empty),
    ];
    let of_unix: [(&str, fn() -> Outcome); 15] = [
        ("which-value-is-compromised", which_value),
        ("one-entry-is-forgotten", forget_one),
        ("a-pull-that-brings-the-file", pull),
        ("a-pull-that-brings-a-link", pull_of_a_link),
        ("changed-while-a-command-waits", changed),
        ("what-cannot-be-read-is-not-replaced", unreadable),
        ("a-link-to-nowhere-is-not-replaced", dangling),
        ("files-outside-are-not-kept", outside),
        ("whatever-reads-the-file", readers),
        ("a-folder-that-cannot-be-written", unwritable),
        ("a-full-disk", full),
        ("only-its-user-reads-it", modes),
        ("what-is-not-needed-goes", pruned),
        ("root-by-sudo", sudo),
        ("only-what-venvars-made-is-made-again", made),
    ];
    for (name, run) in plain {
        trials.push(trial(name.to_owned(), None, run));
    }
    for (name, run) in of_unix {
        trials.push(on_unix(name.to_owned(), run));
    }
    for arguments in KILLED {
        let name = format!("killed::{}", arguments[0]);
        trials.push(if cfg!(unix) {
            trial(name, strace(), || killed(arguments))
        } else {
            on_unix(name, || killed(arguments))
        });
    }
    trials
}

/// A project in a repository, and a home that is elsewhere.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new(secrets: &str) -> Result<Self, Failed> {
        let place = Self { folder: tempfile::tempdir()? };
        fs::create_dir(place.home())?;
        fs::write(place.folder.path().join("other.env"), "TOKEN=hunter2-other\n")?;
        fs::create_dir(place.project())?;
        place.git(&["init", "--quiet", "--initial-branch=main"])?;
        fs::write(place.project().join(".gitignore"), "/secrets.toml\n")?;
        place.git(&["add", ".gitignore"])?;
        place.git(&["commit", "--quiet", "-m", "ignore"])?;
        place.write(secrets)?;
        Ok(place)
    }

    fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    fn project(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    fn secrets(&self) -> PathBuf {
        self.project().join("secrets.toml")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.secrets()).unwrap_or_default()
    }

    fn write(&self, text: &str) -> Outcome {
        fs::write(self.secrets(), text)?;
        private(&self.secrets());
        Ok(())
    }

    fn git(&self, arguments: &[&str]) -> Result<Output, Failed> {
        self.git_in(&self.project(), arguments)
    }

    fn git_in(&self, folder: &Path, arguments: &[&str]) -> Result<Output, Failed> {
        let mut git = Command::new("git");
        clean(&mut git, &self.home());
        git.args(["-c", "user.name=a", "-c", "user.email=a@b.c"]).args(arguments);
        succeed(git.current_dir(folder))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        clean(&mut command, &self.home());
        command.args(arguments).current_dir(self.project());
        command
    }

    /// What `arguments` print when they succeed.
    #[track_caller]
    fn fine(&self, arguments: &[&str]) -> Result<String, Failed> {
        Ok(said(&succeed(&mut self.command(arguments))?))
    }

    /// What they say when they are refused.
    #[track_caller]
    fn fails(&self, arguments: &[&str]) -> Result<String, Failed> {
        let output = self.command(arguments).output()?;
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", said(&output));
        Ok(said(&output))
    }

    /// The texts of all backups.
    fn kept(&self) -> Vec<String> {
        let mut texts = Vec::new();
        for folder in fs::read_dir(self.home().join(".local/state/venvars/backups")).into_iter().flatten() {
            for file in fs::read_dir(folder.unwrap().path()).unwrap() {
                texts.push(fs::read_to_string(file.unwrap().path()).unwrap_or_default());
            }
        }
        texts
    }

    fn has(&self, value: &str) -> bool {
        self.kept().iter().any(|text| text.contains(value))
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A colleague commits a secrets file: git replaces the ignored one without a word.
fn pull() -> Outcome {
    for writes in [true, false] {
        let place = Place::new(MINE)?;
        if writes {
            place.fine(&["set", "TOKEN=hunter2-mine"])?;
            place.fine(&["set", "NEW=hunter2-new"])?;
        } else {
            place.fine(&["list"])?;
        }
        let mine = place.text();
        let other = place.folder.path().join("other");
        place.git(&["clone", "--quiet", ".", "../other"])?;
        fs::write(other.join("secrets.toml"), THEIRS)?;
        place.git_in(&other, &["add", "--force", "secrets.toml"])?;
        place.git_in(&other, &["commit", "--quiet", "-m", "oops"])?;
        place.git(&["pull", "--quiet", "../other", "main"])?;
        assert_eq!(place.text(), THEIRS);
        for arguments in [
            &["run", "--no-venv", "--", "true"][..],
            &["activation", "sh"],
            &["list"],
            &["get", "TOKEN"],
            &["scan"],
            &["doctor"],
            &["compromised"],
            &["hook", "run", "pre-commit"],
            &["unset", "TOKEN"],
        ] {
            let told = said(&place.command(arguments).output()?);
            assert!(told.contains("git replaced secrets.toml"), "{arguments:?}: {told}");
            assert!(told.contains("(venvars restore)"), "{arguments:?}: {told}");
        }
        let told = place.fine(&["restore"])?;
        assert_eq!(place.text(), mine, "{told}");
        assert!(told.contains("rm -f --cached"), "{told}");
        place.git(&["rm", "--quiet", "-f", "--cached", "secrets.toml"])?;
        let told = place.fine(&["list"])?;
        assert!(!told.contains("git replaced"), "{told}");
        // And back: what came is kept too.
        place.fine(&["restore"])?;
        assert_eq!(place.text(), THEIRS);
    }
    // Nobody has looked at the one that came when the next commit takes it away again.
    let place = Place::new(MINE)?;
    place.fine(&["check"])?;
    fs::remove_file(place.secrets())?;
    let told = place.fails(&["list"])?;
    assert!(told.contains("is missing") && told.contains("venvars restore"), "{told}");
    place.fine(&["restore"])?;
    assert_eq!(place.text(), MINE);
    Ok(())
}

/// The way back from a link leads to no other file.
fn pull_of_a_link() -> Outcome {
    for allows in [false, true] {
        let place = Place::new(MINE)?;
        let bank = place.folder.path().join("bank");
        fs::create_dir(&bank)?;
        fs::write(bank.join("secrets.toml"), "BANK = 'hunter2-bank'\n")?;
        private(&bank.join("secrets.toml"));
        let run = |arguments: &[&str]| -> Result<(Option<i32>, String), Failed> {
            let output = place.command(arguments).env_remove("VENVARS_TRUST").output()?;
            Ok((output.status.code(), said(&output)))
        };
        run(&["list"])?;
        let other = place.folder.path().join("other");
        place.git(&["clone", "--quiet", ".", "../other"])?;
        crate::support::unix::symlink("../bank/secrets.toml", other.join("secrets.toml"))?;
        place.git_in(&other, &["add", "--force", "secrets.toml"])?;
        place.git_in(&other, &["commit", "--quiet", "-m", "oops"])?;
        place.git(&["pull", "--quiet", "../other", "main"])?;
        assert!(place.secrets().is_symlink());
        for arguments in [
            &["list"][..],
            &["get", "TOKEN"],
            &["set", "NEW=1"],
            &["status"],
            &["edit"],
            &["doctor"],
            &["restore", "--list"],
        ] {
            let (_, told) = run(arguments)?;
            let (replaced, refused) = (told.find("git replaced secrets.toml"), told.find("not allowed"));
            assert!(replaced.is_some() && told.contains("venvars restore"), "{arguments:?}: {told}");
            // Doctor's own findings are on another stream.
            let is_first = refused.is_none_or(|refused| replaced < Some(refused));
            assert!(is_first || arguments[0] == "doctor", "{arguments:?}: {told}");
        }
        assert!(run(&["restore", "--list"])?.1.contains("TOKEN"));
        assert!(!place.has("hunter2-bank"));
        if allows {
            assert_eq!(run(&["allow", "--yes"])?.0, Some(0));
            run(&["list"])?;
        }
        let (code, told) = run(&["restore"])?;
        assert!(code == Some(0) && told.contains("rm -f --cached"), "{told}");
        assert_eq!(place.text(), MINE);
        assert!(!place.secrets().is_symlink());
        assert_eq!(fs::read_to_string(bank.join("secrets.toml"))?, "BANK = 'hunter2-bank'\n");
    }
    Ok(())
}

/// A hand edit while a command waits for its input is neither overwritten nor lost.
fn changed() -> Outcome {
    let place = Place::new(MINE)?;
    for arguments in [&["import", "-", "--format", "dotenv"][..], &["set", "NEW"]] {
        let mut command = place.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        sleep(Duration::from_millis(700));
        place.write(&format!("{}HAND = 'hunter2-{}'\n", place.text(), arguments[0]))?;
        child.stdin.take().ok_or("no input")?.write_all(b"B=2\n")?;
        let output = child.wait_with_output()?;
        let text = place.text();
        assert!(text.contains(&format!("hunter2-{}", arguments[0])), "{}", said(&output));
        if arguments[0] == "import" {
            assert_eq!(output.status.code(), Some(2), "{}", said(&output));
            assert!(
                said(&output).contains("changed meanwhile") && !text.contains("B ="),
                "{}",
                said(&output)
            );
            assert!(place.has("hunter2-import"));
        }
        place.write(MINE)?;
    }
    Ok(())
}

/// What cannot be kept is not replaced either.
fn unreadable() -> Outcome {
    let place = Place::new(MINE)?;
    place.fine(&["set", "TOKEN=hunter2-other"])?;
    let large = format!("TOKEN = 'hunter2-large'\n{}", "#\n".repeat(6 << 20));
    place.write(&large)?;
    let told = place.fails(&["restore"])?;
    assert!(told.contains("larger than 10 MiB") && told.contains("move it"), "{told}");
    assert!(place.text() == large);
    fs::remove_file(place.secrets())?;
    fs::create_dir(place.secrets())?;
    let told = place.fails(&["restore"])?;
    assert!(told.contains("not a") && told.contains("move it"), "{told}");
    fs::remove_dir(place.secrets())?;
    place.write(THEIRS)?;
    if is_root() {
        crate::support::unix::chown(place.secrets(), Some(12345), None)?;
        let output = place.command(&["restore"]).env_remove("VENVARS_TRUST").output()?;
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains("belongs to uid 12345"), "{}", said(&output));
        assert_eq!(place.text(), THEIRS);
        succeed(Command::new("chown").args(["-R", "12345"]).arg(place.folder.path()))?;
    }
    fs::set_permissions(place.secrets(), fs::Permissions::from_mode(0o000))?;
    let mut command = place.command(&["restore"]);
    if is_root() {
        crate::support::unix::CommandExt::uid(&mut command, 12345);
    }
    let output = command.output()?;
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    fs::set_permissions(place.secrets(), fs::Permissions::from_mode(0o600))?;
    assert_eq!(place.text(), THEIRS);
    Ok(())
}

/// A link whose file is not there yet, as that of a folder that is not mounted.
fn dangling() -> Outcome {
    let place = Place::new(MINE)?;
    place.fine(&["list"])?;
    fs::remove_file(place.secrets())?;
    crate::support::unix::symlink(place.home().join("mounted/secrets.toml"), place.secrets())?;
    for arguments in [&["init"][..], &["restore"]] {
        let told = place.fails(arguments)?;
        assert!(told.contains("a link to a file that is not there"), "{told}");
        assert!(place.secrets().is_symlink());
    }
    Ok(())
}

/// What a repository's settings name outside is not even read before it is allowed.
fn outside() -> Outcome {
    let place = Place::new(MINE)?;
    let key = place.home().join("id_x");
    fs::write(&key, "hunter2-of-somebody-else\n")?;
    private(&key);
    fs::remove_file(place.secrets())?;
    fs::write(place.project().join("venvars.toml"), format!("secrets = '{}'\n", key.display()))?;
    let tree = place.folder.path().join("tree");
    place.git(&["add", "venvars.toml"])?;
    place.git(&["commit", "--quiet", "-m", "settings"])?;
    place.git(&["worktree", "add", "--quiet", "../tree"])?;
    for folder in [place.project(), tree] {
        for arguments in [
            &["doctor"][..],
            &["doctor", "--json"],
            &["scan"],
            &["hook", "run", "pre-commit"],
            &["restore", "--list"],
            &["restore"],
            &["init"],
        ] {
            let mut command = place.command(arguments);
            let output = command.env_remove("VENVARS_TRUST").current_dir(&folder).output()?;
            assert!(!place.has("hunter2"), "{arguments:?}: {}", said(&output));
        }
    }
    Ok(())
}

fn clean_and_stash() -> Outcome {
    for arguments in
        [&["clean", "-fdx", "--quiet"][..], &["stash", "-a", "--quiet"], &["stash", "-u", "--quiet"]]
    {
        let place = Place::new(MINE)?;
        // What ignores the file is gone with it.
        place.git(&["rm", "--quiet", "--cached", ".gitignore"])?;
        place.git(&["commit", "--quiet", "-m", "none"])?;
        place.fine(&["list"])?;
        place.git(arguments)?;
        if place.secrets().exists() {
            continue;
        }
        let told = place.fine(&["restore"])?;
        assert_eq!(place.text(), MINE, "{arguments:?} {told}");
        assert!(told.contains("added secrets.toml to .gitignore"), "{told}");
        #[cfg(unix)]
        assert_eq!(fs::metadata(place.secrets())?.permissions().mode() & 0o777, 0o600);
    }
    Ok(())
}

fn set_eleven_times() -> Outcome {
    let place = Place::new("")?;
    for number in 0..=14 {
        place.fine(&["set", &format!("KEY=hunter2-{number}-of-them")])?;
        // Between them, the same again and again.
        place.fine(&["set", &format!("OTHER={}", number % 2)])?;
    }
    for number in 0..=14 {
        assert!(place.has(&format!("hunter2-{number}-of-them")), "{number}");
    }
    let list = place.fine(&["restore", "--list"])?;
    let line = list.lines().count();
    place.fine(&["restore", &line.to_string()])?;
    Ok(())
}

/// Each command that writes keeps what was there, though nothing has read the file before.
fn writers() -> Outcome {
    let environment = "TOKEN=hunter2-imported\n";
    for (arguments, input) in [
        (&["set", "TOKEN=hunter2-other"][..], ""),
        (&["set", "TOKEN", "--generate"], ""),
        (&["unset", "TOKEN"], ""),
        (&["import", "-", "--format", "dotenv", "--force"], environment),
        (&["rotate", "TOKEN", "--stdin"], "hunter2-other"),
        (&["edit"], ""),
        (&["restore"], ""),
    ] {
        let place = Place::new(THEIRS)?;
        place.fine(&["list"])?;
        place.write(MINE)?;
        let mut command = place.command(arguments);
        // An editor that leaves nothing, and then fails.
        command.env("EDITOR", if cfg!(windows) { "type nul >" } else { "sh -c ': > \"$1\"; exit 1' -" });
        let output = fed(&mut command, input.as_bytes())?;
        assert_ne!(place.text(), MINE, "{arguments:?}: {}", said(&output));
        assert!(place.kept().iter().any(|text| text.ends_with(&format!("\n{MINE}"))), "{arguments:?}");
        // What was written is kept as well, before anything reads it.
        let now = place.text();
        assert!(place.kept().iter().any(|text| text.ends_with(&format!("\n{now}"))), "{arguments:?}");
    }
    Ok(())
}

/// Each command that reads a text which was not kept keeps it: also one that is not TOML, or not UTF-8.
fn readers() -> Outcome {
    for arguments in [
        &["list"][..],
        &["get", "TOKEN"],
        &["check"],
        &["status"],
        &["explain", "TOKEN"],
        &["example", "--stdout"],
        &["export", "--format", "json"],
        &["run", "--no-venv", "--", "true"],
        &["activation", "sh"],
        &["apply"],
        &["scan"],
        &["scan", "--staged"],
        &["doctor"],
        &["hook", "run", "pre-commit"],
        &["compromised"],
        &["init"],
        &["restore", "--list"],
    ] {
        for text in [MINE.as_bytes(), b"TOKEN = 'hunter2-mine\n", b"TOKEN = 'hunter2-mine \xff'\n"] {
            let place = Place::new("")?;
            fs::write(place.secrets(), text)?;
            private(&place.secrets());
            place.command(arguments).output()?;
            place.write("")?;
            let told = place.fine(&["restore"])?;
            assert_eq!(fs::read(place.secrets())?, text, "{arguments:?}: {told}");
        }
    }
    // A linked file is kept as that of this project.
    let place = Place::new("")?;
    let dotfile = place.home().join("of-project.toml");
    fs::write(&dotfile, MINE)?;
    private(&dotfile);
    fs::remove_file(place.secrets())?;
    crate::support::unix::symlink(&dotfile, place.secrets())?;
    place.fine(&["list"])?;
    fs::remove_file(place.secrets())?;
    place.write(THEIRS)?;
    place.fine(&["restore"])?;
    assert_eq!(place.text(), MINE);
    Ok(())
}

/// Who commits the file himself is not told that git replaced it.
fn committed() -> Outcome {
    let place = Place::new(MINE)?;
    place.fine(&["list"])?;
    place.git(&["add", "--force", "secrets.toml"])?;
    place.git(&["commit", "--quiet", "-m", "mine"])?;
    let told = said(&place.command(&["list"]).output()?);
    assert!(!told.contains("git replaced"), "{told}");
    Ok(())
}

fn by_number() -> Outcome {
    let place = Place::new(MINE)?;
    place.fine(&["set", "OTHER=1"])?;
    place.fine(&["set", "TOKEN=hunter2-other"])?;
    let list = place.fine(&["restore", "--list"])?;
    let names: Vec<&str> = list.lines().map(|line| line.split("Z  ").last().unwrap_or_default()).collect();
    assert_eq!(names, ["TOKEN", "OTHER (removed), TOKEN"], "{list}");
    assert!(!list.contains("hunter2"), "{list}");
    assert!(place.fails(&["restore", "3"])?.contains("restore --list"));
    assert!(place.fails(&["restore", "0"])?.contains("restore --list"));
    place.fine(&["restore", "2"])?;
    assert_eq!(place.text(), MINE);
    // What it said before is the newest now.
    place.fine(&["restore"])?;
    assert_eq!(
        place.text(),
        "TOKEN = 'hunter2-mine'\nOTHER = \"1\"\n".replace("'hunter2-mine'", "\"hunter2-other\"")
    );
    Ok(())
}

/// A rotated value that comes back is named as such, and warned of where it is compromised.
fn changes() -> Outcome {
    let place = Place::new(MINE)?;
    fed(&mut place.command(&["rotate", "TOKEN", "--stdin"]), b"hunter2-rotated")?;
    let list = place.fine(&["restore", "--list"])?;
    assert!(list.contains("Z  TOKEN (old value)\n"), "{list}");
    let list = place.fine(&["restore", "--list", "--json"])?;
    assert!(list.contains("\"TOKEN\"\n"), "{list}");
    place.fine(&["compromised", "TOKEN", "--rotated"])?;
    let told = place.fine(&["restore"])?;
    assert!(told.contains(": TOKEN (old value); `venvars restore`"), "{told}");
    assert!(told.contains("compromised since") && told.contains("venvars rotate TOKEN"), "{told}");
    assert!(place.fine(&["restore", "--list"])?.contains("Z  TOKEN\n"));
    assert!(!place.fine(&["restore"])?.contains("compromised since"));
    place.write(&format!("# mine\n{}", place.text()))?;
    assert!(place.fine(&["restore", "--list"])?.contains("same values"));
    Ok(())
}

/// Its backups go along with a project; those of a copy's original stay where they are.
fn moved() -> Outcome {
    let place = Place::new(MINE)?;
    place.fine(&["set", "TOKEN=hunter2-other"])?;
    let list = |folder: &Path| {
        let folder = folder.to_str().ok_or("not UTF-8")?;
        place.fine(&["-C", folder, "restore", "--list"])
    };
    let [copy, moved] = ["copy", "moved"].map(|name| place.folder.path().join(name));
    fs::create_dir(&copy)?;
    fs::copy(place.secrets(), copy.join("secrets.toml"))?;
    assert!(!list(&copy)?.contains("TOKEN"));

    fs::rename(place.project(), &moved)?;
    fs::create_dir(place.project())?;
    let told = list(&moved)?;
    assert!(told.contains("TOKEN"), "{told}");
    place.fine(&["-C", moved.to_str().ok_or("not UTF-8")?, "restore"])?;
    assert_eq!(fs::read_to_string(moved.join("secrets.toml"))?, MINE);
    Ok(())
}

/// Who moves a project away for a while finds its backups again; one that has no values yet gets none of another.
fn made_elsewhere() -> Outcome {
    let place = Place::new("")?;
    let [new, away] = ["new", "away"].map(|name| place.folder.path().join(name));
    fs::remove_file(place.secrets())?;
    place.fine(&["init"])?;
    place.fine(&["set", "KEY=hunter2-of-project"])?;
    place.fine(&["unset", "KEY"])?;
    fs::rename(place.project(), &away)?;
    fs::create_dir(&new)?;
    fs::create_dir(place.project())?;
    let inside = |folder: &Path, arguments: &[&str]| {
        let folder = folder.to_str().ok_or("not UTF-8")?;
        place.fine(&[&["-C", folder], arguments].concat())
    };
    inside(&new, &["init"])?;
    assert!(!inside(&new, &["restore", "--list"])?.contains("KEY"));
    fs::remove_dir(place.project())?;
    fs::rename(&away, place.project())?;
    assert!(place.fine(&["restore", "--list"])?.contains("KEY"));

    // A copy that was taken for the project itself has taken nothing away from it.
    place.fine(&["set", "OTHER=hunter2-now"])?;
    fs::copy(place.secrets(), new.join("secrets.toml"))?;
    fs::rename(place.project(), &away)?;
    fs::create_dir(place.project())?;
    let old = place.home().join(".local/state/venvars/backups");
    for entry in fs::read_dir(&old)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("new-") {
            fs::remove_dir_all(entry.path())?;
        }
    }
    assert!(inside(&new, &["restore", "--list"])?.contains("KEY"));
    fs::remove_dir(place.project())?;
    fs::rename(&away, place.project())?;
    assert!(place.fine(&["restore", "--list"])?.contains("KEY"));
    Ok(())
}

/// Values that venvars itself makes nothing of are values too.
fn tables() -> Outcome {
    let place = Place::new(
        "[prod]\nKEY = 'table-only'\n[prod.deep]\nKEY = 'deep-only'\n[[several]]\nKEY = 'array-only'\n\
         # OLD = \"comment-only\"\n#OLDER='older-only'\n",
    )?;
    place.command(&["list"]).output()?;
    for number in 0..25 {
        place.write(&format!("# {number}\n{MINE}"))?;
        place.fine(&["list"])?;
    }
    for value in ["table-only", "deep-only", "array-only", "comment-only", "older-only"] {
        assert!(place.has(value), "{value}");
    }
    for name in ["KEY", "OLD", "OLDER"] {
        assert!(place.fine(&["restore", "--list"])?.contains(name), "{name}");
    }
    // The example of a new file is not one.
    let place = Place::new("")?;
    fs::remove_file(place.secrets())?;
    place.fine(&["init"])?;
    place.fine(&["list"])?;
    place.write("")?;
    assert!(place.fine(&["restore", "--list"])?.contains("same values"));
    Ok(())
}

fn cleared() -> Outcome {
    let place = Place::new(MINE)?;
    place.fine(&["set", "TOKEN=hunter2-other"])?;
    place.fine(&["set", "ADDED=1"])?;
    let told = place.fails(&["backups", "clear"])?;
    assert!(told.contains("only copy of a value of TOKEN\n") && told.contains("--yes"), "{told}");
    assert!(place.has("hunter2-mine"));
    place.fine(&["backups", "clear", "--yes"])?;
    assert!(!place.has("hunter2-mine"));
    // Where nothing is lost nobody is asked.
    place.fine(&["set", "ADDED=1"])?;
    place.fine(&["backups", "clear"])?;
    Ok(())
}

fn looked_for() -> Outcome {
    let place = Place::new("TOKEN = 'f7Gq-Zp3x-Lk9w'\n")?;
    place.fine(&["set", "TOKEN=q8Wn-Vb4m-Xc7z"])?;
    fs::write(place.project().join("notes.txt"), "it was f7Gq-Zp3x-Lk9w\n")?;
    let output = place.command(&["scan"]).output()?;
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("TOKEN"), "{}", said(&output));
    place.git(&["add", "notes.txt"])?;
    assert_eq!(place.command(&["hook", "run", "pre-commit"]).output()?.status.code(), Some(1));
    let print = if cfg!(windows) { &["cmd", "/d", "/c", "type"][..] } else { &["cat"] };
    let shown = place.fine(&[&["run", "--no-venv", "--mask", "--"], print, &["notes.txt"]].concat())?;
    assert!(shown.contains("<TOKEN>") && !shown.contains("f7Gq"), "{shown}");
    let told = said(&place.command(&["doctor"]).output()?);
    assert!(told.contains("1 backup still contains old values of") && told.contains("TOKEN"), "{told}");
    assert!(said(&place.command(&["doctor", "--json"]).output()?).contains("\"backups\": 1"));
    place.fine(&["backups", "clear", "--yes"])?;
    assert_eq!(place.command(&["scan"]).output()?.status.code(), Some(0));
    Ok(())
}

/// Where no folder can be made: a file is in its place.
fn unwritable() -> Outcome {
    let place = Place::new(MINE)?;
    fs::write(place.home().join(".local"), "")?;
    let told = place.fine(&["list"])?;
    assert!(told.contains("warning: secrets.toml is not backed up"), "{told}");
    assert!(place.fine(&["set", "MORE=1"])?.contains("is not backed up"));
    // Whatever else it finds, doctor says.
    let json = place.command(&["doctor", "--json"]).output()?;
    assert!(said(&json).contains("\"backups\": null"), "{}", said(&json));
    let before = place.text();
    for arguments in [&["set", "TOKEN=hunter2-other"][..], &["unset", "TOKEN"], &["edit"]] {
        let mut command = place.command(arguments);
        let output = command.env("EDITOR", "sh -c ': > \"$1\"' -").output()?;
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(
            said(&output).contains("because there is no backup") && said(&output).contains("XDG_STATE_HOME"),
            "{}",
            said(&output)
        );
        assert_eq!(place.text(), before);
    }
    let elsewhere = place.folder.path().join("state");
    succeed(place.command(&["set", "TOKEN=hunter2-other"]).env("XDG_STATE_HOME", &elsewhere))?;
    assert!(elsewhere.join("venvars/backups").is_dir());
    Ok(())
}

/// No file may grow: as on a full disk.
fn full() -> Outcome {
    for arguments in ["set TOKEN=hunter2-other", "unset TOKEN", "rotate TOKEN --generate=hex32", "set NEW=1"]
    {
        let place = Place::new(MINE)?;
        let mut shell = Command::new("sh");
        clean(&mut shell, &place.home());
        let program = env!("CARGO_BIN_EXE_venvars");
        let line = format!("trap '' XFSZ; ulimit -f 0; '{program}' {arguments} 2>&1 | cat; exit");
        let output = shell.args(["-c", &line]).current_dir(place.project()).output()?;
        assert_eq!(place.text(), MINE, "{}", said(&output));
        assert!(said(&output).contains("error:"), "{}", said(&output));
    }
    Ok(())
}

fn modes() -> Outcome {
    let place = Place::new(MINE)?;
    let mut command = Command::new("sh");
    clean(&mut command, &place.home());
    let line = format!("umask 0; '{}' list", env!("CARGO_BIN_EXE_venvars"));
    succeed(command.args(["-c", &line]).current_dir(place.project()))?;
    let mut folders = vec![place.home().join(".local/state/venvars")];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        assert_eq!(fs::metadata(&folder)?.permissions().mode() & 0o777, 0o700, "{}", folder.display());
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with(".gitignore") {
                files += 1;
                assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, 0o600, "{}", path.display());
            }
        }
    }
    assert_eq!(files, 1);
    Ok(())
}

fn newer() -> Outcome {
    let place = Place::new(MINE)?;
    place.fine(&["list"])?;
    let folder = fs::read_dir(place.home().join(".local/state/venvars/backups"))?.next().unwrap()?.path();
    let file = fs::read_dir(folder)?.next().unwrap()?.path();
    let text = fs::read_to_string(&file)?;
    fs::write(&file, text.replacen("venvars state 1", "venvars state 2", 1))?;
    let told = place.fine(&["list"])?;
    assert!(told.contains("a newer venvars wrote this") && told.contains("update venvars"), "{told}");
    place.fine(&["set", "TOKEN=hunter2-other"])?;
    for number in 0..15 {
        place.fine(&["set", &format!("A={number}")])?;
    }
    assert!(place.has("hunter2-mine"));
    Ok(())
}

fn pruned() -> Outcome {
    let place = Place::new(MINE)?;
    for number in 0..25 {
        place.write(&format!("# {number}\n{MINE}"))?;
        place.fine(&["list"])?;
    }
    assert_eq!(place.kept().len(), 10);
    // The same text again is one backup.
    for text in [MINE, THEIRS, MINE, THEIRS] {
        place.write(text)?;
        place.fine(&["list"])?;
    }
    assert_eq!(place.kept().iter().filter(|text| text.ends_with(&format!("}}\n{MINE}"))).count(), 1);
    Ok(())
}

/// Under sudo nothing of root's goes into the home of the other user.
fn sudo() -> Outcome {
    if !is_root() {
        return Ok(());
    }
    let place = Place::new(MINE)?;
    let mut command = place.command(&["list"]);
    succeed(command.env("SUDO_UID", "12345"))?;
    assert!(!place.home().join(".local").exists());
    Ok(())
}

/// A pipe that gives nothing, and Enter, are no value; one line end and `NAME=` are the empty one.
fn empty() -> Outcome {
    let place = Place::new(MINE)?;
    let set = |arguments: &[&str], input: &[u8]| -> Result<(Option<i32>, String), Failed> {
        let output = fed(&mut place.command(arguments), input)?;
        Ok((output.status.code(), said(&output)))
    };
    for name in ["TOKEN", "NEW"] {
        let (code, told) = set(&["set", name], b"")?;
        assert!(code == Some(2) && told.contains(&format!("venvars set {name} --allow-empty")), "{told}");
        assert_eq!(place.text(), MINE);
    }
    #[cfg(unix)]
    {
        if let Some(missing) = crate::support::terminal::missing() {
            return Err(missing.into());
        }
        let shown = crate::support::terminal::typed(&place.command(&["set", "TOKEN"]), "\n", false)?;
        assert!(shown.contains("--allow-empty") && place.text() == MINE, "{shown}");
    }
    let assignment: (&[&str], &[u8]) = (&["set", "TOKEN="], b"");
    for (arguments, input) in [
        assignment,
        (&["set", "TOKEN"], b"\n"),
        (&["set", "TOKEN"], b"\r\n"),
        (&["set", "TOKEN", "--allow-empty"], b""),
    ] {
        place.write(MINE)?;
        let (code, told) = set(arguments, input)?;
        assert_eq!(code, Some(0), "{told}");
        assert_eq!(place.text(), "TOKEN = \"\"\n");
        assert!(
            told.contains("replaced TOKEN; the previous value is kept in the backup (`venvars restore`)"),
            "{told}"
        );
    }
    let (_, told) = set(&["set", "TOKEN="], b"")?;
    assert!(!told.contains("replaced"), "{told}");
    Ok(())
}

fn made() -> Outcome {
    let place = Place::new(MINE)?;
    let refused = |name: &str| -> Outcome {
        let before = place.text();
        let told = place.fails(&["rotate", name, "--generate"])?;
        assert!(
            told.contains(&format!("get a new one from its provider, then: venvars rotate {name}")),
            "{told}"
        );
        assert_eq!(place.text(), before);
        Ok(())
    };
    refused("TOKEN")?;
    let told = place.fine(&["rotate", "TOKEN", "--generate=hex16"])?;
    assert!(
        told.contains("revoke the old value of TOKEN at its provider") && told.contains("deploy"),
        "{told}"
    );
    // Made by us now; whatever else changes.
    place.fine(&["set", "OTHER=1"])?;
    place.write(&format!("# by hand\n{}", place.text()))?;
    place.fine(&["rotate", "TOKEN", "--generate"])?;
    assert_eq!(place.fine(&["get", "TOKEN"])?.len(), 32);
    place.fine(&["set", "DJANGO", "--generate=django"])?;
    place.fine(&["rotate", "DJANGO", "--generate"])?;
    assert_eq!(place.fine(&["get", "DJANGO"])?.len(), 50);
    // Given by somebody again, with a command and by hand.
    place.fine(&["set", "TOKEN=hunter2-given"])?;
    refused("TOKEN")?;
    place.write(&place.text().replace("DJANGO = \"", "DJANGO = \"x"))?;
    refused("DJANGO")?;
    fs::write(place.project().join("venvars.toml"), "[variables.TOKEN]\ngenerate = 'uuid4'\n")?;
    place.fine(&["rotate", "TOKEN", "--generate"])?;
    assert_eq!(place.fine(&["get", "TOKEN"])?.len(), 36);
    // Of several, those that can.
    place.write("TOKEN = 'hunter2-mine'\nOTHER = 'hunter2-other'\n")?;
    place.fine(&["compromised", "TOKEN", "OTHER"])?;
    let output = place.command(&["rotate", "--all-compromised", "--generate"]).output()?;
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("TOKEN: set to a new value"), "{}", said(&output));
    assert!(said(&output).contains("then: venvars rotate OTHER"), "{}", said(&output));
    Ok(())
}

/// After a rotation nobody knows which value is meant, until somebody says.
fn which_value() -> Outcome {
    let place = Place::new(MINE)?;
    fed(&mut place.command(&["rotate", "TOKEN", "--stdin"]), b"hunter2-rotated")?;
    let told = place.fails(&["compromised", "TOKEN"])?;
    assert!(told.contains("venvars compromised TOKEN --rotated") && told.contains("--current"), "{told}");
    assert!(!place.project().join("venvars.compromised.toml").exists());
    let known = |value: &str| -> Result<bool, Failed> {
        let output = fed(&mut place.command(&["set", "TOKEN"]), value.as_bytes())?;
        let is_known = said(&output).contains("has been compromised");
        assert_eq!(output.status.success(), !is_known);
        Ok(is_known)
    };
    let shown = crate::support::terminal::typed(&place.command(&["compromised", "TOKEN"]), "1\n", false)?;
    assert!(shown.contains("was rotated at") && shown.contains("is now recorded"), "{shown}");
    assert!(known("hunter2-mine")?);
    // The other one can be meant alone now.
    assert_eq!(place.fine(&["check"])?.matches("compromised").count(), 0);
    place.fine(&["compromised", "TOKEN"])?;
    assert!(place.command(&["check"]).output()?.status.code() == Some(1));
    for (option, meant) in [("--current", "hunter2-rotated"), ("--rotated", "hunter2-mine")] {
        let place = Place::new(MINE)?;
        fed(&mut place.command(&["rotate", "TOKEN", "--stdin"]), b"hunter2-rotated")?;
        place.fine(&["compromised", "TOKEN", option])?;
        let told = said(&fed(&mut place.command(&["compromised", "TOKEN", "--stdin"]), meant.as_bytes())?);
        assert!(told.contains("was already recorded"), "{told}");
    }
    let told = Place::new(MINE)?.fails(&["compromised", "TOKEN", "--rotated"])?;
    assert!(told.contains("every old value is recorded already"), "{told}");
    Ok(())
}

fn forget_one() -> Outcome {
    let place = Place::new(MINE)?;
    for reason in ["first", "second", "third"] {
        let mut command = place.command(&["compromised", "TOKEN", "--stdin", "--reason", reason]);
        fed(&mut command, format!("hunter2-{reason}").as_bytes())?;
    }
    let told = place.fails(&["compromised", "TOKEN", "--forget"])?;
    assert!(["first", "second", "third", "--forget=N"].iter().all(|part| told.contains(part)), "{told}");
    let number = |told: &str, reason: &str| -> String {
        let before = told.split(&format!(": {reason}")).next().unwrap_or_default();
        before.rsplit(['(', ';', '\n']).next().unwrap_or_default().trim().chars().take(1).collect()
    };
    let second = number(&told, "second");
    let told = place.fine(&["compromised", "TOKEN", &format!("--forget={second}")])?;
    assert!(told.contains("second") && told.contains("2 more"), "{told}");
    let shown =
        crate::support::terminal::typed(&place.command(&["compromised", "TOKEN", "--forget"]), "1\n", false)?;
    assert!(shown.contains("forgotten; 1 more"), "{shown}");
    assert!(place.fails(&["compromised", "TOKEN", "--forget=2"])?.contains("no entry 2"));
    assert!(place.fails(&["compromised", "TOKEN", "OTHER", "--forget=1"])?.contains("name one"));
    // What is done is said, also where the next one fails.
    let told = place.fails(&["compromised", "TOKEN", "OTHER", "--forget"])?;
    assert!(told.contains("forgotten") && told.contains("OTHER: none of its values"), "{told}");
    assert!(!place.fine(&["compromised"])?.contains("since"));
    Ok(())
}

fn is_root() -> bool {
    use crate::support::unix::MetadataExt;
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

const KILLED: [&[&str]; 5] = [
    &["set", "TOKEN=hunter2-other"],
    &["unset", "TOKEN"],
    &["rotate", "TOKEN", "--generate=hex32"],
    &["restore"],
    &["import", "../other.env", "--format", "dotenv", "--force"],
];

/// Killed at its first, second, … system call that touches a file, until it gets through: the old value is still in
/// the file or in a backup.
fn killed(arguments: &'static [&'static str]) -> Outcome {
    for number in 1.. {
        let place = Place::new(THEIRS)?;
        if arguments[0] == "restore" {
            place.fine(&["list"])?;
        }
        place.write(MINE)?;
        let mut command = Command::new("strace");
        clean(&mut command, &place.home());
        let calls = "inject=openat,write,fsync,rename,renameat,renameat2,fchmod,mkdir,unlink,close";
        let injection = format!("{calls}:signal=KILL:when={number}");
        command.args(["-f", "-qq", "-o", "/dev/null", "-e", &injection]);
        command.arg(env!("CARGO_BIN_EXE_venvars")).args(arguments).current_dir(place.project());
        let output = command.output()?;
        assert!(place.text() == MINE || place.has("hunter2-mine"), "{number}: {}", place.text());
        if output.status.success() {
            assert!(place.has("hunter2-mine") && place.text() != MINE);
            return if number > 10 { Ok(()) } else { Err(format!("only {number} calls").into()) };
        }
    }
    Ok(())
}
