//! What a project asks for that runs or reaches outside happens only when the user has allowed it; and what belongs
//! to somebody else, or is no file, is not believed.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::Path;
use std::process::{Command, Output};

use libtest_mimic::{Failed, Trial};
use tempfile::TempDir;

use crate::support::{clean, fed, git, private, succeed, terminal, trial, venvars};

type Outcome = Result<(), Failed>;

/// A value that only somebody who was allowed to gets at.
const VALUE: &str = "f7Gq-Zp3x-Lk9w-Rt2y";

pub fn trials() -> Vec<Trial> {
    let root = || (!rustix::process::geteuid().is_root()).then(|| "root".to_owned());
    let age = which::which("age-keygen").is_err().then(|| "age-keygen".to_owned());
    let strace = || which::which("strace").is_err().then(|| "strace".to_owned());
    let plain: [(&str, Option<String>, fn() -> Outcome); 25] = [
        ("where-nothing-acts-nobody-asks", None, nothing),
        ("nothing-runs", None, nothing_runs),
        ("several-lines-are-listed", None, several_lines_are_listed),
        ("nothing-outside-is-reached", None, nothing_is_reached),
        ("allowed-until-it-changes", None, until_it_changes),
        ("asked-at-a-terminal", terminal::missing(), at_a_terminal),
        ("an-answer-keeps-what-was-allowed", terminal::missing(), keeps_what_was_allowed),
        ("own-writes-are-allowed", None, own_writes),
        ("a-write-that-cannot-be-remembered", None, unremembered),
        ("live-activation", None, live),
        ("a-live-script-whose-file-was-replaced", None, live_elsewhere),
        ("the-users-own-file-that-others-can-write-to", None, open_to_others),
        ("programs-that-a-repository-names", None, named_by_git),
        ("programs-of-a-partial-clone", None, partial_clone),
        ("names-of-programs", None, programs),
        ("whom-a-value-is-encrypted-for", age, recipients),
        ("a-linked-working-tree-shares-it", None, linked),
        ("what-git-has-is-not-handed-over", None, tracked),
        ("no-default-for-what-loads-code", None, loaders),
        ("another-projects-venv", None, venvs),
        ("what-belongs-to-another-user", root(), owners),
        ("links-that-lead-out", None, links),
        ("links-pipes-and-devices", None, kinds),
        ("drives-of-windows-in-wsl", strace(), drives_of_windows),
        ("state-is-the-users-alone", None, state),
    ];
    plain.into_iter().map(|(name, missing, run)| trial(name.to_owned(), missing, run)).collect()
}

/// A home, and in it a project with a venv.
fn project(secrets: &str, settings: &str) -> Result<TempDir, Failed> {
    let home = tempfile::tempdir()?;
    let app = home.path().join("app");
    fs::create_dir(&app)?;
    fs::write(app.join("secrets.toml"), secrets)?;
    private(&app.join("secrets.toml"));
    if !settings.is_empty() {
        fs::write(app.join("venvars.toml"), settings)?;
    }
    venv(&app.join(".venv"))?;
    fs::write(app.join("ask"), format!("#!/bin/sh\necho ran >>\"$HOME/ran\"\necho {VALUE}\n"))?;
    fs::set_permissions(app.join("ask"), fs::Permissions::from_mode(0o755))?;
    Ok(home)
}

fn venv(folder: &Path) -> Outcome {
    let mut command = Command::new("python3");
    clean(&mut command, folder.parent().unwrap());
    succeed(command.args(["-m", "venv", "--without-pip"]).arg(folder)).map(drop)
}

/// venvars in the project of `home`, whom nothing has told to trust it.
fn stranger(home: &Path, arguments: &[&str]) -> Command {
    let mut command = venvars(home);
    command.env_remove("VENVARS_TRUST").current_dir(home.join("app")).args(arguments);
    command
}

fn run(home: &Path, arguments: &[&str]) -> Result<(i32, String), Failed> {
    Ok(told(fed(&mut stranger(home, arguments), b"")?))
}

fn told(output: Output) -> (i32, String) {
    let text = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    (output.status.code().unwrap_or(-1), text.concat())
}

/// Commands that hand values over.
const HANDING: [&[&str]; 11] = [
    &["apply"],
    &["apply", "--dry-run"],
    &["apply", "--force"],
    &["run", "--no-venv", "--", "env"],
    &["run", "--mask", "--no-venv", "--", "env"],
    &["check"],
    &["get", "KEY"],
    &["list", "--reveal"],
    &["export", "--format", "json"],
    &["export", "--format", "sh"],
    &["activation", "bash"],
];

/// Commands that do their work all the same, without what is not allowed.
const OTHERS: [&[&str]; 10] = [
    &["status"],
    &["status", "--json"],
    &["list"],
    &["explain", "KEY"],
    &["scan"],
    &["scan", "--ask"],
    &["doctor"],
    &["doctor", "--fix"],
    &["compromised"],
    &["set", "OTHER=hunter2-hunter2"],
];

fn nothing() -> Outcome {
    let settings = "venv = \".venv\"\nsecrets = \"secrets.toml\"\nmode = \"live\"\n[scan]\nmin_length = 6\n\
                    [variables.KEY]\nsecret = true\ndefault = \"hunter2\"\n[variables.DEBUG]\ndefault = \"1\"\n\
                    [variables.STAGE]\nchoices = [\"testing\", \"production\"]\n";
    let secrets = "KEY = \"hunter2-hunter2\"\nURL = { template = \"x-${KEY}\" }\nSTAGE = \"production\"\n";
    let home = project(secrets, settings)?;
    for arguments in HANDING.into_iter().chain(OTHERS).chain([&["remove"][..]]) {
        let (code, text) = run(home.path(), arguments)?;
        assert!(code < 2 && !text.contains("not allowed yet"), "{arguments:?}: {code} {text}");
        assert!(!text.contains("you allowed"), "{arguments:?}: {text}");
    }
    assert!(!home.path().join(".local/state/venvars/allowed").exists());
    let (code, text) = run(home.path(), &["allow"])?;
    assert!(code == 0 && text.contains("nothing to allow"), "{code} {text}");
    Ok(())
}

fn several_lines_are_listed() -> Outcome {
    let home = project("A = { command = [\"./a\"] }\nB = { command = [\"./b\"] }\n", "")?;
    for arguments in [&["get", "A"][..], &["list"], &["doctor"]] {
        let (_, text) = run(home.path(), arguments)?;
        let told = "not allowed yet:\n  secrets.toml:1: A runs ./a\n  secrets.toml:2: B runs ./b\n";
        assert!(text.contains(told), "{arguments:?}: {text}");
    }
    Ok(())
}

fn nothing_runs() -> Outcome {
    for (secrets, settings) in [
        ("KEY = { command = [\"./ask\"] }\n", ""),
        ("[profile.p]\nKEY = { command = [\"./ask\"] }\n", "default_profile = \"p\"\n"),
        ("PART = { command = [\"./ask\"] }\nKEY = { template = \"x-${PART}\" }\n", "mode = \"embed\"\n"),
    ] {
        let home = project(secrets, settings)?;
        for arguments in HANDING {
            let (code, text) = run(home.path(), arguments)?;
            assert!(
                code == 2 && text.contains("not allowed yet") && text.contains(" allow"),
                "{arguments:?}: {text}"
            );
            assert!(text.contains("secrets.toml:") && text.contains("runs ./ask"), "{arguments:?}: {text}");
        }
        for arguments in OTHERS.into_iter().chain([
            &["compromised", "KEY"][..],
            &["rotate", "KEY", "--generate=hex"],
            &["heroku", "diff", "--app", "x"],
            &["import", "--dry-run", "--format", "dotenv", "-"],
        ]) {
            let (_, text) = run(home.path(), arguments)?;
            assert!(!text.contains(VALUE), "{arguments:?}: {text}");
        }
        for arguments in [&["status"][..], &["list"], &["explain", "KEY"], &["scan"], &["doctor"]] {
            let (_, text) = run(home.path(), arguments)?;
            assert!(text.contains("runs ./ask") && text.contains(" allow"), "{arguments:?}: {text}");
        }
        let (_, text) = run(home.path(), &["scan", "--ask"])?;
        assert!(text.contains("not looked up: KEY") && text.contains("(venvars allow)"), "{text}");
        assert!(!home.path().join("ran").exists(), "{secrets}");
        succeed(&mut stranger(home.path(), &["allow", "--yes"]))?;
        let (code, text) = run(home.path(), &["get", "KEY"])?;
        assert!(code == 0 && text.contains(VALUE) && home.path().join("ran").exists(), "{code} {text}");
    }
    Ok(())
}

fn nothing_is_reached() -> Outcome {
    // A file of somebody's, named from everywhere.
    let own = "[variables.KEY]\n";
    for (secrets, settings, said) in [
        ("KEY = { file = \"../bank/key\" }\n", "", "reads ../bank/key"),
        ("", "secrets = \"../bank/secrets.toml\"\n", "../bank/secrets.toml"),
        ("", own, "your own secrets file"),
        ("KEY = \"x\"\n", "venv = \"../bank/.venv\"\n", "bank/.venv"),
    ] {
        let home = project(secrets, settings)?;
        let bank = home.path().join("bank");
        fs::create_dir_all(home.path().join(".config/venvars"))?;
        fs::create_dir(&bank)?;
        fs::write(bank.join("key"), VALUE)?;
        for file in [bank.join("secrets.toml"), home.path().join(".config/venvars/secrets.toml")] {
            fs::write(&file, format!("KEY = \"{VALUE}\"\n"))?;
            private(&file);
        }
        venv(&bank.join(".venv"))?;
        let activate = bank.join(".venv/bin/activate");
        let before = fs::read(&activate)?;
        for arguments in HANDING {
            let (code, text) = run(home.path(), arguments)?;
            assert!(
                code == 2 && text.contains(said) && !text.contains(VALUE),
                "{settings}{arguments:?}: {text}"
            );
        }
        for arguments in OTHERS.into_iter().chain([&["remove"][..], &["init"]]) {
            let (_, text) = run(home.path(), arguments)?;
            assert!(!text.contains(VALUE), "{settings}{arguments:?}: {text}");
        }
        assert_eq!(fs::read(&activate)?, before);
        assert_eq!(fs::read_to_string(bank.join("secrets.toml"))?, format!("KEY = \"{VALUE}\"\n"));
        assert_eq!(fs::read_dir(&bank)?.count(), 3);
        succeed(&mut stranger(home.path(), &["allow", "--yes"]))?;
        succeed(&mut stranger(home.path(), &["apply"]))?;
    }
    Ok(())
}

fn until_it_changes() -> Outcome {
    let home = project("KEY = { command = [\"./ask\"] }\n", "")?;
    let get = || run(home.path(), &["get", "KEY"]);
    let secrets = home.path().join("app/secrets.toml");
    let (code, text) = run(home.path(), &["allow"])?;
    assert!(code == 2 && text.contains("runs ./ask") && text.contains("--yes"), "{code} {text}");
    succeed(&mut stranger(home.path(), &["allow", "--yes"]))?;
    assert_eq!(get()?.0, 0);
    let (_, text) = run(home.path(), &["status"])?;
    assert!(text.contains("you allowed 1 line of this project"), "{text}");
    let (_, text) = run(home.path(), &["status", "--json"])?;
    let status: serde_json::Value = serde_json::from_str(&text)?;
    let is_runner = |line: &serde_json::Value| line.as_str().is_some_and(|line| line.contains("runs ./ask"));
    assert!(is_runner(&status["allowed"][0]) && status["not_allowed"] == serde_json::json!([]), "{text}");
    // Literals never ask.
    fs::write(&secrets, "OTHER = \"hunter2\"\n\nKEY = { command = [\"./ask\"] }\n")?;
    assert_eq!(get()?.0, 0);
    for changed in [
        "KEY = { command = [\"./ask\", \"more\"] }\n",
        "KEY = { command = [\"./ask\"] }\nB = { command = [\"./ask\"] }\n",
        "KEY = { command = [\"./ask\"] }\n[profile.p]\nKEY = { command = [\"./ask\"] }\n",
        "B = { command = [\"./ask\"] }\nKEY = \"x\"\n",
    ] {
        fs::write(&secrets, changed)?;
        assert_eq!(get()?.0, 2, "{changed}");
        assert_eq!(run(home.path(), &["run", "--no-venv", "--", "true"])?.0, 2, "{changed}");
    }
    // What looks alike, or cannot be seen, is not the same.
    let unseen = |c: &str| format!("KEY = {{ command = [\"sh\", \"-c\", \"./ask #{c} ./ask\"] }}\n");
    fs::write(&secrets, unseen("\\u202e"))?;
    succeed(&mut stranger(home.path(), &["allow", "--yes"]))?;
    assert_eq!(get()?.0, 0);
    for (c, shown) in
        [("\\n", "#\\n ./ask"), ("\\u200b", "#\\u{200b} ./ask"), ("\u{fffd}", "#\u{fffd} ./ask")]
    {
        fs::write(&secrets, unseen(c))?;
        let (code, text) = get()?;
        assert!(code == 2 && text.contains(shown), "{c}: {code} {text}");
    }
    fs::write(&secrets, "KEY = { command = [\"./ask\"] }\n")?;
    succeed(&mut stranger(home.path(), &["allow", "--yes"]))?;
    fs::write(&secrets, "KEY = { command = [\"./ask\"] }\n")?;
    assert_eq!(get()?.0, 0);
    for trusted in [home.path().join("app"), home.path().to_owned()] {
        let mut command = stranger(home.path(), &["run", "--no-venv", "--", "true"]);
        fs::write(&secrets, "KEY = { command = [\"./ask\", \"2\"] }\n")?;
        succeed(command.env("VENVARS_TRUST", trusted))?;
    }
    fs::write(&secrets, "KEY = { command = [\"./ask\"] }\n")?;
    succeed(&mut stranger(home.path(), &["deny"]))?;
    assert_eq!(get()?.0, 2);
    Ok(())
}

fn at_a_terminal() -> Outcome {
    for (arguments, answer, is_allowed) in [
        (&["get", "KEY"][..], "y\n", true),
        (&["run", "--no-venv", "--", "env"], "y\n", true),
        (&["apply"], "y\n", true),
        (&["check"], "y\n", true),
        (&["export", "--format", "json"], "y\n", true),
        (&["allow"], "y\n", true),
        (&["get", "KEY"], "n\n", false),
        (&["allow"], "\n", false),
    ] {
        let home = project("KEY = { command = [\"./ask\"] }\n", "")?;
        let shown = terminal::typed(&stranger(home.path(), arguments), answer, false)?;
        assert!(shown.contains("KEY runs ./ask") && shown.contains("[y/N]"), "{arguments:?}: {shown}");
        let code = run(home.path(), &["get", "KEY"])?.0;
        assert_eq!(code, if is_allowed { 0 } else { 2 }, "{arguments:?} {answer}: {shown}");
    }
    Ok(())
}

/// Who agrees to a line at a terminal takes nothing back that was allowed before.
fn keeps_what_was_allowed() -> Outcome {
    let home = project("A = \"hunter2-hunter2\"\n", "")?;
    let app = home.path().join("app");
    fs::create_dir(home.path().join("out"))?;
    fs::rename(app.join(".venv"), home.path().join("out/venv"))?;
    symlink("../out/venv", app.join(".venv"))?;
    succeed(&mut stranger(home.path(), &["allow", "--yes"]))?;
    succeed(&mut stranger(home.path(), &["apply"]))?;
    fs::write(app.join("secrets.toml"), "KEY = { command = [\"./ask\"] }\n")?;
    let shown = terminal::typed(&stranger(home.path(), &["check"]), "y\n", false)?;
    assert!(shown.contains("KEY runs ./ask"), "{shown}");
    let (code, text) = run(home.path(), &["apply"])?;
    assert!(code == 0, "{code} {text}");
    Ok(())
}

/// What was written before something failed is said.
fn unremembered() -> Outcome {
    let home = project("KEY = \"a\"\n", "")?;
    let state = home.path().join(".local/state/venvars");
    fs::create_dir_all(&state)?;
    fs::write(state.join("allowed"), "")?;
    let (code, text) = run(home.path(), &["set", "PYTHONSTARTUP=/x"])?;
    assert!(code == 2 && text.contains("secrets.toml was written"), "{code} {text}");
    assert!(fs::read_to_string(home.path().join("app/secrets.toml"))?.contains("PYTHONSTARTUP"));
    Ok(())
}

/// What venvars itself has written is allowed, and nothing that came beside it.
fn own_writes() -> Outcome {
    let home = project("A = \"hunter2-hunter2\"\n", "")?;
    let secrets = home.path().join("app/secrets.toml");
    let env = home.path().join("app/.env");
    fs::write(&env, "B=hunter2-b\n")?;
    // Somebody else's line first: the write is done, and the question stays open.
    fs::write(&secrets, "A = \"hunter2-hunter2\"\nKEY = { command = [\"./ask\"] }\n")?;
    for arguments in [
        &["set", "C=hunter2-c"][..],
        &["import", ".env"],
        &["rotate", "A", "--generate=hex"],
        &["unset", "C"],
    ] {
        let (code, text) = run(home.path(), arguments)?;
        assert!(code == 0 || text.contains("are set, and"), "{arguments:?}: {code} {text}");
        assert_eq!(run(home.path(), &["get", "KEY"])?.0, 2, "{arguments:?}");
    }
    assert!(fs::read_to_string(&secrets)?.contains("hunter2-b") && !home.path().join("ran").exists());
    Ok(())
}

fn live() -> Outcome {
    let home = project("KEY = { command = [\"./ask\"] }\nPLAIN = \"hunter2-hunter2\"\n", "")?;
    succeed(&mut stranger(home.path(), &["allow", "--yes"]))?;
    succeed(&mut stranger(home.path(), &["apply"]))?;
    let script = ". .venv/bin/activate; echo \"[${KEY-}|${PLAIN-}]\"";
    let activate = || -> Result<(i32, String), Failed> {
        let mut bash = Command::new("bash");
        clean(&mut bash, home.path());
        Ok(told(fed(
            bash.env_remove("VENVARS_TRUST").current_dir(home.path().join("app")).args(["-c", script]),
            b"",
        )?))
    };
    let (_, text) = activate()?;
    assert_eq!(text, format!("[{VALUE}|hunter2-hunter2]\n"));
    let secrets = home.path().join("app/secrets.toml");
    fs::write(&secrets, "KEY = { command = [\"./ask\", \"x\"] }\nPLAIN = \"hunter2-hunter2\"\n")?;
    let (_, text) = activate()?;
    assert!(text.starts_with("[|]\n") && text.lines().count() == 2 && text.contains(" allow"), "{text}");
    Ok(())
}

/// A live script names the file that it was made of; a pull that puts a link on the way there, and names another file
/// in the settings, does not have a stranger's file read.
fn live_elsewhere() -> Outcome {
    for (named, given) in [
        ("conf/secrets.toml", "app/conf/secrets.toml"),
        ("conf/x/../secrets.toml", "app/conf/x/../secrets.toml"),
        ("other.toml", "alias/conf/secrets.toml"),
    ] {
        let home = project("", &format!("secrets = \"{named}\"\nmode = \"live\"\n"))?;
        let (app, bank) = (home.path().join("app"), home.path().join("bank"));
        symlink("app", home.path().join("alias"))?;
        let given = home.path().join(given).display().to_string();
        fs::remove_file(app.join("secrets.toml"))?;
        for (folder, name) in [(&app.join("conf"), "MINE"), (&bank, "BANK")] {
            fs::create_dir_all(folder.join("x"))?;
            fs::write(folder.join("secrets.toml"), format!("{name} = \"{VALUE}\"\n"))?;
            private(&folder.join("secrets.toml"));
        }
        let activate = || -> Result<String, Failed> {
            let mut bash = Command::new("bash");
            clean(&mut bash, home.path());
            bash.env_remove("VENVARS_TRUST").current_dir(&app);
            Ok(told(fed(bash.args(["-c", ". .venv/bin/activate; echo \"[${MINE-}|${BANK-}]\""]), b"")?).1)
        };
        succeed(&mut stranger(home.path(), &["--secrets", &given, "apply"]))?;
        assert_eq!(activate()?, format!("[{VALUE}|]\n"));
        fs::remove_dir_all(app.join("conf"))?;
        symlink("../bank", app.join("conf"))?;
        fs::write(app.join("venvars.toml"), "secrets = \"zzz.toml\"\nmode = \"live\"\n")?;
        let text = activate()?;
        assert!(text.starts_with("[|]\n") && text.contains("/bank/secrets.toml, outside"), "{text}");
        // The command that it names is the one that allows it.
        assert!(text.contains(&format!("--secrets {given} allow")), "{text}");
        succeed(&mut stranger(home.path(), &["--secrets", &given, "allow", "--yes"]))?;
        assert_eq!(activate()?, format!("[|{VALUE}]\n"));
    }
    Ok(())
}

/// The user's own file for all projects is no more believed than a project's, if others can change what it runs.
fn open_to_others() -> Outcome {
    let home = project("", "[variables.KEY]\n")?;
    let own = home.path().join(".config/venvars/secrets.toml");
    fs::create_dir_all(home.path().join(".config/venvars"))?;
    let ask = home.path().join("app/ask");
    fs::write(&own, format!("KEY = {{ command = [\"{}\"] }}\n", ask.display()))?;
    private(&own);
    succeed(&mut stranger(home.path(), &["allow", "--yes"]))?;
    assert!(run(home.path(), &["get", "KEY"])?.1.contains(VALUE));
    fs::remove_file(home.path().join("ran"))?;
    fs::set_permissions(&own, fs::Permissions::from_mode(0o666))?;
    for arguments in HANDING.into_iter().chain(OTHERS) {
        let (code, text) = run(home.path(), arguments)?;
        assert!(!text.contains(VALUE) && !home.path().join("ran").exists(), "{arguments:?}: {text}");
        let is_said = text.contains("other users can write to this file");
        assert!(
            is_said == (code == 2) || code < 2 && OTHERS.contains(&arguments),
            "{arguments:?}: {code} {text}"
        );
    }
    let (code, text) = run(home.path(), &["get", "KEY"])?;
    assert!(code == 2 && text.contains("chmod go-w"), "{code} {text}");
    fs::write(&own, format!("KEY = \"{VALUE}\"\n"))?;
    let (code, text) = run(home.path(), &["get", "KEY"])?;
    assert!(code == 0 && text.contains(VALUE), "{code} {text}");
    Ok(())
}

/// A folder with a repository of somebody else's, whose settings name programs.
fn named_by_git() -> Outcome {
    let home = project("KEY = \"hunter2-hunter2\"\n", "")?;
    let app = home.path().join("app");
    fs::write(app.join(".gitignore"), "/secrets.toml\n/.venv\n")?;
    fs::write(app.join(".gitattributes"), "* filter=x diff=x merge=x\n")?;
    fs::write(app.join("main.py"), "print()\n")?;
    git(&app, &["init", "--quiet"])?;
    git(&app, &["add", "."])?;
    git(&app, &["-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "--quiet", "-m", "x"])?;
    fs::write(app.join("main.py"), "print(1)\n")?;
    let program = home.path().join("app/ask").display().to_string();
    for setting in [
        "core.fsmonitor",
        "core.sshCommand",
        "core.gitProxy",
        "core.pager",
        "core.editor",
        "core.askPass",
        "core.alternateRefsCommand",
        "credential.helper",
        "diff.external",
        "diff.x.command",
        "diff.x.textconv",
        "filter.x.clean",
        "filter.x.smudge",
        "filter.x.process",
        "merge.x.driver",
        "gpg.program",
        "pager.log",
        "pager.config",
        "sequence.editor",
        "uploadpack.packObjectsHook",
    ] {
        git(&app, &["config", setting, &program])?;
    }
    git(&app, &["config", "log.showSignature", "true"])?;
    for arguments in HANDING.into_iter().chain(OTHERS).chain(OF_GIT) {
        let (_, text) = run(home.path(), arguments)?;
        assert!(!home.path().join("ran").exists(), "{arguments:?}: {text}");
    }
    Ok(())
}

/// Commands that ask git for more.
const OF_GIT: [&[&str]; 6] = [
    &["init"],
    &["scan", "--staged"],
    &["scan", "--history"],
    &["hook", "install"],
    &["hook", "run", "pre-commit"],
    &["hook", "remove"],
];

/// A repository that lacks objects names the program that would fetch them.
fn partial_clone() -> Outcome {
    let home = project("KEY = \"hunter2-hunter2\"\n", "")?;
    let app = home.path().join("app");
    fs::write(app.join(".gitignore"), "/secrets.toml\n/.venv\n")?;
    fs::write(app.join("main.py"), "print()\n")?;
    git(&app, &["init", "--quiet"])?;
    git(&app, &["add", "ask", ".gitignore", "main.py"])?;
    git(&app, &["-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "--quiet", "-m", "x"])?;
    // Where it is not checked out, git reads it from the index.
    git(&app, &["update-index", "--skip-worktree", ".gitignore"])?;
    let url = format!("ext::sh -c touch% {}/ran", home.path().display());
    for (setting, value) in [
        ("core.repositoryFormatVersion", "1"),
        ("extensions.partialClone", "o"),
        ("remote.o.promisor", "true"),
        ("remote.o.url", &url),
        ("protocol.ext.allow", "always"),
    ] {
        git(&app, &["config", setting, value])?;
    }
    let listed = succeed(Command::new("git").current_dir(&app).args(["ls-files", "--stage"]))?.stdout;
    for line in String::from_utf8(listed)?.lines() {
        let id = line.split(' ').nth(1).ok_or("an id")?;
        fs::remove_file(app.join(".git/objects").join(&id[..2]).join(&id[2..]))?;
    }
    fs::remove_file(app.join(".gitignore"))?;
    for arguments in HANDING.into_iter().chain(OTHERS).chain(OF_GIT) {
        let (_, text) = run(home.path(), arguments)?;
        assert!(!home.path().join("ran").exists(), "{arguments:?}: {text}");
    }
    Ok(())
}

/// The name of a variable that holds a program which others run is asked about, unless the user has set it.
fn programs() -> Outcome {
    let names = ["GIT_PAGER", "PAGER", "EDITOR", "VISUAL", "SSH_ASKPASS", "GIT_PROXY_COMMAND", "BROWSER"];
    for name in names {
        let home = project(&format!("{name} = \"./evil\"\n"), "")?;
        for arguments in [&["run", "--no-venv", "--", "env"][..], &["export", "--format", "json"]] {
            let (code, text) = run(home.path(), arguments)?;
            assert!(code == 2 && text.contains("programs obey it"), "{name} {arguments:?}: {code} {text}");
            assert!(!text.contains("evil"), "{name} {arguments:?}: {text}");
        }
        let home = project("A = \"hunter2-hunter2\"\n", "")?;
        succeed(&mut stranger(home.path(), &["set", &format!("{name}=less")]))?;
        let (code, text) = run(home.path(), &["export", "--format", "json"])?;
        assert!(code == 0 && text.contains("less"), "{name}: {code} {text}");
    }
    Ok(())
}

/// Whoever encrypts a value is told for whom, and a recipient that nobody has allowed stops it.
fn recipients() -> Outcome {
    let home = project("A = \"hunter2-hunter2\"\n", "")?;
    let app = home.path().join("app");
    let identity = |name: &str| -> Result<String, Failed> {
        let file = home.path().join(name);
        succeed(Command::new("age-keygen").arg("-o").arg(&file))?;
        let public = succeed(Command::new("age-keygen").arg("-y").arg(&file))?.stdout;
        Ok(String::from_utf8(public)?.trim().to_owned())
    };
    let (mine, other) = (identity("mine")?, identity("other")?);
    let with = |arguments: &[&str]| -> Result<(i32, String), Failed> {
        let mut command = stranger(home.path(), arguments);
        Ok(told(fed(command.env("VENVARS_AGE_IDENTITY", home.path().join("mine")), b"hunter2-b")?))
    };
    let end = |key: &str| key[key.len() - 6..].to_owned();
    let settings = app.join("venvars.toml");
    fs::write(&settings, format!("recipients = [\"{mine}\"]\n"))?;
    succeed(&mut stranger(home.path(), &["allow", "--yes"]))?;
    for arguments in [&["set", "KEY", "--age"][..], &["rotate", "KEY", "--generate=hex"]] {
        let (code, text) = with(arguments)?;
        let is_told = text.contains(", encrypted for age1") && text.contains(&end(&mine));
        assert!(code == 0 && is_told && !text.contains(&mine), "{arguments:?}: {code} {text}");
    }
    fs::write(&settings, format!("recipients = [\"{mine}\", \"{other}\"]\n"))?;
    let before = fs::read(app.join("secrets.toml"))?;
    for arguments in [&["set", "KEY", "--age"][..], &["rotate", "KEY", "--generate=hex"]] {
        let (code, text) = with(arguments)?;
        assert!(
            code == 2 && text.contains(&format!("encrypted for {other}")),
            "{arguments:?}: {code} {text}"
        );
        assert_eq!(fs::read(app.join("secrets.toml"))?, before, "{arguments:?}");
    }
    succeed(&mut stranger(home.path(), &["allow", "--yes"]))?;
    let (code, text) = with(&["rotate", "KEY", "--generate=hex"])?;
    assert!(code == 0 && text.contains(&end(&mine)) && text.contains(&end(&other)), "{code} {text}");
    Ok(())
}

fn linked() -> Outcome {
    let home = project("KEY = { command = [\"./ask\"] }\n", "")?;
    let app = home.path().join("app");
    fs::write(app.join(".gitignore"), "/secrets.toml\n/.venv\n")?;
    git(&app, &["init", "--quiet"])?;
    git(&app, &["add", "ask", ".gitignore"])?;
    git(&app, &["-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "--quiet", "-m", "x"])?;
    git(&app, &["worktree", "add", "--quiet", "../tree"])?;
    succeed(&mut stranger(home.path(), &["allow", "--yes"]))?;
    let in_tree = |folder: &str| -> Result<i32, Failed> {
        let tree = home.path().join(folder);
        fs::copy(app.join("secrets.toml"), tree.join("secrets.toml"))?;
        private(&tree.join("secrets.toml"));
        Ok(told(fed(stranger(home.path(), &["get", "KEY"]).current_dir(tree), b"")?).0)
    };
    assert_eq!(in_tree("tree")?, 0);
    // A file that only says that it is one.
    let fake = home.path().join("fake");
    fs::create_dir(&fake)?;
    fs::copy(home.path().join("tree/.git"), fake.join(".git"))?;
    fs::copy(app.join("ask"), fake.join("ask"))?;
    assert_eq!(in_tree("fake")?, 2);
    Ok(())
}

fn tracked() -> Outcome {
    let home = project("KEY = \"f7Gq-Zp3x-Lk9w-Rt2y\"\n", "")?;
    let app = home.path().join("app");
    git(&app, &["init", "--quiet"])?;
    git(&app, &["add", "--force", "secrets.toml"])?;
    for arguments in HANDING {
        let (code, text) = run(home.path(), arguments)?;
        assert!(
            code == 2 && text.contains("git tracks") && !text.contains(VALUE),
            "{arguments:?}: {code} {text}"
        );
    }
    let (code, text) = run(home.path(), &["scan", "--staged"])?;
    assert!(code == 1 && text.contains("KEY"), "{code} {text}");
    Ok(())
}

fn loaders() -> Outcome {
    for name in [
        "LD_PRELOAD",
        "LD_LIBRARY_PATH",
        "LD_AUDIT",
        "DYLD_INSERT_LIBRARIES",
        "PYTHONSTARTUP",
        "GIT_SSH_COMMAND",
        "GIT_CONFIG_COUNT",
        "GIT_CONFIG_GLOBAL",
        "GIT_EXTERNAL_DIFF",
        "OPENSSL_CONF",
        "GTK_MODULES",
        // What venvars itself goes by.
        "XDG_STATE_HOME",
        "XDG_CONFIG_HOME",
        "SUDO_UID",
    ] {
        let home = project("", &format!("[variables.{name}]\ndefault = \"./evil\"\n"))?;
        let (code, text) = run(home.path(), &["check"])?;
        assert!(
            code == 2 && text.contains("no default") && text.contains("venvars.toml:2"),
            "{name}: {code} {text}"
        );
    }
    for name in ["LD_PRELOAD", "XDG_STATE_HOME"] {
        // Its value can stand in a tarball's secrets as well, in whatever form.
        for value in ["\"./evil\"", "{ template = \"./evil\" }"] {
            for secrets in [format!("{name} = {value}\n"), format!("[profile.p]\n{name} = {value}\n")] {
                let home = project(&secrets, "")?;
                for arguments in HANDING {
                    let (code, text) = run(home.path(), arguments)?;
                    assert!(
                        code == 2 && text.contains(name) && text.contains("programs obey it"),
                        "{secrets}{arguments:?}: {code} {text}"
                    );
                    assert!(!text.contains("evil"), "{secrets}{arguments:?}: {text}");
                }
                succeed(&mut stranger(home.path(), &["allow", "--yes"]))?;
                succeed(&mut stranger(home.path(), &["apply"]))?;
            }
        }
        let home = project("A = \"hunter2-hunter2\"\n", "")?;
        succeed(&mut stranger(home.path(), &["set", &format!("{name}=x")]))?;
        succeed(&mut stranger(home.path(), &["apply"]))?;
    }
    for name in ["PIP_INDEX_URL", "LD_PRELOAD"] {
        // Who may add an encrypted value can have it obeyed, so that one is not like the rest.
        let home = project(&format!("A = {{ age = \"x\" }}\n{name} = {{ age = \"y\" }}\n"), "")?;
        let (code, text) = run(home.path(), &["apply"])?;
        assert!(code == 2 && text.contains(name) && text.contains("programs obey it"), "{code} {text}");
    }
    for name in [
        "PYTHONPATH",
        "PIP_INDEX_URL",
        "UV_INDEX_URL",
        "HTTPS_PROXY",
        "https_proxy",
        "GIT_AUTHOR_NAME",
        "NODE_OPTIONS",
        "MANPATH",
        "DBUS_SESSION_BUS_ADDRESS",
        "XDG_RUNTIME_DIR",
        "MANPAGER",
        "SYSTEMD_EDITOR",
        "RUSTC_WRAPPER",
        "CC",
        "MAKEFLAGS",
        "LUA_INIT",
        "LUA_PATH",
        "DOTNET_STARTUP_HOOKS",
        "COR_PROFILER",
        "R_PROFILE_USER",
        "PHPRC",
        "GNUPGHOME",
        "TMPDIR",
        "NETRC",
        "fish_function_path",
        "GOPROXY",
        "RSYNC_RSH",
    ] {
        let home = project("", &format!("[variables.{name}]\ndefault = \"./evil\"\n"))?;
        let (code, text) = run(home.path(), &["run", "--no-venv", "--", "env"])?;
        assert!(code == 2 || name == "MANPATH", "{name}: {code} {text}");
        assert!(!text.contains("=./evil"), "{name}: {text}");
    }
    // No project says what venvars does in another one.
    let home = project("VENVARS_SECRETS = \"/x\"\n", "")?;
    let (code, text) = run(home.path(), &["check"])?;
    assert!(code == 2 && text.contains("reserved"), "{code} {text}");
    Ok(())
}

fn venvs() -> Outcome {
    let home = project("A = \"hunter2-mine\"\n", "")?;
    let bank = home.path().join("bank");
    fs::create_dir(&bank)?;
    fs::write(bank.join("secrets.toml"), "B = \"hunter2-bank\"\n")?;
    private(&bank.join("secrets.toml"));
    venv(&bank.join(".venv"))?;
    succeed(stranger(home.path(), &["apply"]).current_dir(&bank))?;
    let activate = bank.join(".venv/bin/activate");
    let before = fs::read(&activate)?;
    // A link in the project that leads there.
    fs::remove_dir_all(home.path().join("app/.venv"))?;
    symlink("../bank/.venv", home.path().join("app/.venv"))?;
    let (code, text) = run(home.path(), &["doctor"])?;
    assert!(code == 1 && text.contains("not allowed yet: .venv: the virtual environment"), "{code} {text}");
    for arguments in [
        &["apply"][..],
        &["remove"],
        &["apply", "--venv", "../bank/.venv"],
        &["remove", "--venv", "../bank/.venv"],
    ] {
        let (code, text) = run(home.path(), arguments)?;
        assert!(code == 2 && text.contains("bank"), "{arguments:?}: {code} {text}");
        assert_eq!(fs::read(&activate)?, before, "{arguments:?}");
    }
    succeed(&mut stranger(home.path(), &["apply", "--venv", "../bank/.venv", "--force"]))?;
    assert!(String::from_utf8_lossy(&fs::read(&activate)?).contains("hunter2-mine"));
    // Whose project is gone, has nothing to lose.
    succeed(stranger(home.path(), &["apply", "--force"]).current_dir(&bank))?;
    fs::remove_file(bank.join("secrets.toml"))?;
    succeed(&mut stranger(home.path(), &["apply", "--venv", "../bank/.venv"]))?;
    Ok(())
}

/// Two other users, and root.
fn owners() -> Outcome {
    let user = |uid: u32, folder: &Path, home: &Path, arguments: &[&str]| -> Result<(i32, String), Failed> {
        let mut command = Command::new("setpriv");
        clean(&mut command, home);
        let ids = [format!("--reuid={uid}"), format!("--regid={uid}")];
        command
            .env_remove("VENVARS_TRUST")
            .args(ids)
            .arg("--clear-groups")
            .arg(env!("CARGO_BIN_EXE_venvars"));
        Ok(told(fed(command.args(arguments).current_dir(folder), b"")?))
    };
    let root = tempfile::tempdir()?;
    let path = root.path();
    fs::set_permissions(path, fs::Permissions::from_mode(0o1777))?;
    // A world-writable folder with another user's secrets: who works below it has nothing to do with them.
    let marker = path.join("marker");
    let evil = format!("KEY = {{ command = [\"touch\", \"{}\"] }}\n", marker.display());
    fs::write(path.join("secrets.toml"), &evil)?;
    chown(path.join("secrets.toml"), Some(12346), Some(12346))?;
    let mine = path.join("mine");
    fs::create_dir(&mine)?;
    chown(&mine, Some(12345), Some(12345))?;
    for (uid, folder) in [(12345, &mine), (0, &mine)] {
        for arguments in [&["get", "KEY"][..], &["check"], &["list", "--reveal"], &["status"]] {
            let (_, text) = user(uid, folder, &mine, arguments)?;
            assert!(!text.contains("KEY:") && !marker.exists(), "{uid} {arguments:?}: {text}");
        }
    }
    // Where one starts there, or the folder is the other user's own, it is told whose it is.
    let theirs = path.join("theirs");
    fs::create_dir_all(theirs.join("below"))?;
    fs::write(theirs.join("secrets.toml"), &evil)?;
    for one in [&theirs, &theirs.join("secrets.toml"), &theirs.join("below")] {
        chown(one, Some(12346), Some(12346))?;
    }
    for (uid, folder) in
        [(12345, path), (12345, &*theirs), (12345, &*theirs.join("below")), (0, path), (0, &*theirs)]
    {
        for arguments in [
            &["get", "KEY"][..],
            &["check"],
            &["apply"],
            &["run", "--no-venv", "--", "true"],
            &["set", "A=1"],
            &["doctor"],
        ] {
            let (code, text) = user(uid, folder, &mine, arguments)?;
            assert!(code != 0 && text.contains("belongs to uid 12346"), "{uid} {arguments:?}: {code} {text}");
            assert!(!text.contains("chmod") && !marker.exists(), "{uid} {arguments:?}: {text}");
        }
    }
    assert_eq!(fs::metadata(theirs.join("secrets.toml"))?.uid(), 12346);
    // Settings of another user.
    let settings = mine.join("venvars.toml");
    fs::write(&settings, "secrets = \"/dev/null\"\n")?;
    chown(&settings, Some(12346), None)?;
    let (code, text) = user(12345, &mine, &mine, &["status"])?;
    assert!(code == 2 && text.contains("belongs to uid 12346"), "{code} {text}");
    // What others can change is not one's own where it can act.
    let open = mine.join("open");
    fs::create_dir(&open)?;
    fs::write(open.join("secrets.toml"), "KEY = { command = [\"echo\", \"hunter2\"] }\n")?;
    fs::set_permissions(open.join("secrets.toml"), fs::Permissions::from_mode(0o666))?;
    for one in [&open, &open.join("secrets.toml")] {
        chown(one, Some(12345), Some(12345))?;
    }
    for arguments in [&["allow", "--yes"][..], &["get", "KEY"]] {
        let (code, text) = user(12345, &open, &mine, arguments)?;
        assert!(
            code == 2 && text.contains("other users can write") && text.contains("chmod go-w"),
            "{arguments:?}: {text}"
        );
    }
    fs::write(open.join("secrets.toml"), "KEY = \"hunter2\"\n")?;
    assert_eq!(user(12345, &open, &mine, &["get", "KEY"])?.0, 0);
    // A venv that another user has put there.
    let theirs_here = open.join(".venv");
    fs::create_dir_all(theirs_here.join("bin"))?;
    fs::write(theirs_here.join("pyvenv.cfg"), "")?;
    chown(&theirs_here, Some(12346), None)?;
    for arguments in [&["doctor"][..], &["doctor", "--fix"], &["apply"]] {
        let (code, text) = user(12345, &open, &mine, arguments)?;
        assert!(code != 0 && text.contains("belongs to uid 12346"), "{arguments:?}: {code} {text}");
    }
    // A link of another user to what is one's own.
    let shared = mine.join("shared");
    fs::create_dir(&shared)?;
    chown(&shared, Some(12345), Some(12345))?;
    symlink(open.join("secrets.toml"), shared.join("secrets.toml"))?;
    fs::set_permissions(open.join("secrets.toml"), fs::Permissions::from_mode(0o600))?;
    std::os::unix::fs::lchown(shared.join("secrets.toml"), Some(12346), Some(12346))?;
    user(12345, &shared, &mine, &["allow", "--yes"])?;
    for arguments in [&["get", "KEY"][..], &["set", "A=1"]] {
        let (code, text) = user(12345, &shared, &mine, arguments)?;
        assert!(code == 2 && text.contains("belongs to uid 12346"), "{arguments:?}: {code} {text}");
    }
    assert!(!fs::read_to_string(open.join("secrets.toml"))?.contains("A ="));
    // What another user has put where venvars remembers things.
    fs::write(open.join("secrets.toml"), "KEY = { command = [\"echo\", \"hunter2\"] }\n")?;
    assert_eq!(user(12345, &open, &mine, &["allow", "--yes"])?.0, 0);
    assert_eq!(user(12345, &open, &mine, &["get", "KEY"])?.0, 0);
    let state = mine.join(".local/state/venvars");
    let records = fs::read_dir(state.join("allowed"))?.collect::<Result<Vec<_>, _>>()?;
    let mut records = records.into_iter().map(|entry| entry.path());
    let record = records.find(|file| file.to_string_lossy().contains("mine-open")).ok_or("no record")?;
    for one in [&record, &state.join("allowed"), &state] {
        fs::set_permissions(one, fs::Permissions::from_mode(0o755))?;
        chown(one, Some(12346), None)?;
        let (code, text) = user(12345, &open, &mine, &["get", "KEY"])?;
        assert!(code == 2 && text.contains("belongs to uid 12346"), "{}: {code} {text}", one.display());
        chown(one, Some(12345), None)?;
    }
    // Believed by name, or for one run.
    let (code, text) = user(0, &theirs, path, &["allow", "--yes"])?;
    assert!(code == 0, "{code} {text}");
    assert_eq!(user(0, &theirs, path, &["get", "KEY"])?.0, 0);
    assert!(marker.exists());
    // Who called sudo is oneself.
    let mut sudo = stranger(path, &["list"]);
    let output = fed(sudo.env("SUDO_UID", "12346").current_dir(&theirs).env("HOME", &mine), b"")?;
    assert!(output.status.success(), "{}", told(output).1);
    Ok(())
}

/// Links that a repository brings, or that a pull puts where something harmless was.
fn links() -> Outcome {
    let home = project("KEY = { file = \"key\" }\n", "")?;
    let app = home.path().join("app");
    let bank = home.path().join("bank");
    fs::create_dir(&bank)?;
    venv(&bank.join(".venv"))?;
    for file in ["key", "other"] {
        fs::write(bank.join(file), VALUE)?;
    }
    fs::write(bank.join("secrets.toml"), format!("KEY = \"{VALUE}\"\n"))?;
    private(&bank.join("secrets.toml"));
    let activate = bank.join(".venv/bin/activate");
    let before = fs::read(&activate)?;
    let refused = |said: &str| -> Outcome {
        for arguments in HANDING {
            let (code, text) = run(home.path(), arguments)?;
            assert!(
                code == 2 && text.contains(said) && !text.contains(VALUE),
                "{arguments:?}: {code} {text}"
            );
        }
        for arguments in OTHERS.into_iter().chain([&["remove"][..], &["init"]]) {
            let (_, text) = run(home.path(), arguments)?;
            assert!(!text.contains(VALUE), "{arguments:?}: {text}");
        }
        Ok(())
    };
    let link = |to: &str, name: &str| -> Outcome {
        let file = app.join(name);
        if file.symlink_metadata().is_ok() {
            fs::remove_file(&file)?;
        }
        Ok(symlink(to, file)?)
    };
    // A file that was allowed becomes a link, and that another one; so does a folder on the way to it.
    fs::write(app.join("key"), "mine")?;
    succeed(&mut stranger(home.path(), &["allow", "--yes"]))?;
    assert!(run(home.path(), &["get", "KEY"])?.1.contains("mine"));
    link("inner", "key")?;
    fs::write(app.join("inner"), "mine too")?;
    assert!(run(home.path(), &["get", "KEY"])?.1.contains("mine too"));
    link("../bank/key", "key")?;
    refused("/bank/key")?;
    succeed(&mut stranger(home.path(), &["allow", "--yes"]))?;
    assert!(run(home.path(), &["get", "KEY"])?.1.contains(VALUE));
    link("../bank/other", "key")?;
    refused("/bank/other")?;
    let secrets = app.join("secrets.toml");
    fs::write(&secrets, "KEY = { file = \"folder/key\" }\n")?;
    succeed(&mut stranger(home.path(), &["allow", "--yes"]))?;
    link("../bank", "folder")?;
    refused("/bank/key")?;
    // The secrets themselves; what would write goes no further.
    link("../bank/secrets.toml", "secrets.toml")?;
    refused("/bank/secrets.toml")?;
    assert_eq!(fs::read_to_string(bank.join("secrets.toml"))?, format!("KEY = \"{VALUE}\"\n"));
    succeed(&mut stranger(home.path(), &["allow", "--yes"]))?;
    assert!(run(home.path(), &["get", "KEY"])?.1.contains(VALUE));
    fs::copy(bank.join("secrets.toml"), home.path().join("mine.toml"))?;
    link("../mine.toml", "secrets.toml")?;
    refused("/mine.toml")?;
    // The folder of the scripts.
    fs::remove_file(&secrets)?;
    fs::write(&secrets, "KEY = \"hunter2-hunter2\"\n")?;
    private(&secrets);
    fs::remove_dir_all(app.join(".venv/bin"))?;
    link("../../bank/.venv/bin", ".venv/bin")?;
    for arguments in [&["apply"][..], &["apply", "--force"], &["doctor", "--fix"], &["remove"]] {
        let (_, text) = run(home.path(), arguments)?;
        assert!(text.contains("outside the virtual environment"), "{arguments:?}: {text}");
        assert_eq!(fs::read(&activate)?, before, "{arguments:?}");
    }
    Ok(())
}

fn kinds() -> Outcome {
    // A link out of the project, which the repository brings.
    let home = project("KEY = \"hunter2-hunter2\"\n", "[variables.KEY]\n")?;
    let app = home.path().join("app");
    let outside = home.path().join("outside");
    fs::write(&outside, "mine\n")?;
    git(&app, &["init", "--quiet"])?;
    symlink("../outside", app.join(".gitignore"))?;
    symlink("../outside", app.join("secrets.example.toml"))?;
    symlink("../outside", app.join("venvars.compromised.toml"))?;
    for arguments in [&["init"][..], &["doctor", "--fix"], &["example", "--force"]] {
        let (_, text) = run(home.path(), arguments)?;
        assert!(text.contains("outside the project") || text.contains("is not"), "{arguments:?}: {text}");
        assert_eq!(fs::read_to_string(&outside)?, "mine\n", "{arguments:?}");
    }
    // A name with a line end would be a line of the ignore file.
    let home = project("", "secrets = \"x\\n*\\n\"\n")?;
    git(&home.path().join("app"), &["init", "--quiet"])?;
    let (code, text) = run(home.path(), &["init"])?;
    assert!(code == 2 && text.contains("control characters"), "{code} {text}");
    assert!(!home.path().join("app/.gitignore").exists());
    // What would never end, or never begin.
    for name in ["secrets.toml", "venvars.toml", "venvars.compromised.toml"] {
        for kind in ["fifo", "/dev/zero", "folder"] {
            let home = project("KEY = \"hunter2-hunter2\"\n", "")?;
            let file = home.path().join("app").join(name);
            let _ = fs::remove_file(&file);
            match kind {
                "fifo" => drop(succeed(Command::new("mkfifo").arg(&file))?),
                "folder" => fs::create_dir(&file)?,
                _ => symlink(kind, &file)?,
            }
            for arguments in
                [&["check"][..], &["apply"], &["run", "--no-venv", "--", "true"], &["set", "A=1"]]
            {
                let (code, text) = run(home.path(), arguments)?;
                let is_no_file = code == 2 && text.contains("not a regular file");
                assert!(
                    is_no_file
                        || kind == "folder" && name == "venvars.toml"
                        || name.contains("compromised") && code == 0,
                    "{name} {kind} {arguments:?}: {code} {text}"
                );
            }
        }
    }
    let home = project("KEY = \"hunter2-hunter2\"\n", "")?;
    let app = home.path().join("app");
    git(&app, &["init", "--quiet"])?;
    succeed(Command::new("mkfifo").arg(app.join(".git/hooks/pre-commit")))?;
    for arguments in [&["doctor"][..], &["doctor", "--fix"], &["hook", "remove"], &["hook", "install"]] {
        let (code, text) = run(home.path(), arguments)?;
        assert!(code < 2 || text.contains("not a regular file"), "{arguments:?}: {code} {text}");
    }
    let home = project("KEY = { file = \"pipe\" }\n", "")?;
    succeed(Command::new("mkfifo").arg(home.path().join("app/pipe")))?;
    succeed(&mut stranger(home.path(), &["allow", "--yes"]))?;
    let (code, text) = run(home.path(), &["get", "KEY"])?;
    assert!(code == 2 && text.contains("not a regular file"), "{code} {text}");
    let home = project("", "")?;
    fs::write(home.path().join("app/secrets.toml"), vec![b'#'; 11 << 20])?;
    let (code, text) = run(home.path(), &["check"])?;
    assert!(code == 2 && text.contains("MiB"), "{code} {text}");
    Ok(())
}

/// A file system that shows every file as everybody's is warned of, once, and nothing is refused for it.
fn drives_of_windows() -> Outcome {
    let home = project("KEY = { command = [\"./ask\"] }\n", "")?;
    fs::set_permissions(home.path().join("app/secrets.toml"), fs::Permissions::from_mode(0o777))?;
    let run_on = |statfs: &str, arguments: &[&str]| -> Result<(i32, String), Failed> {
        let mut command = Command::new("strace");
        clean(&mut command, home.path());
        command.env_remove("VENVARS_TRUST").current_dir(home.path().join("app"));
        command.args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("inject=statfs:{statfs}")]);
        command.arg(env!("CARGO_BIN_EXE_venvars")).args(arguments);
        Ok(told(fed(&mut command, b"")?))
    };
    // linux/magic.h: V9FS_MAGIC, as the long that statfs(2) begins its answer with.
    let magic: String = 0x0102_1997_i64.to_ne_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let on_9p = format!("poke_exit=@arg2={magic}");
    let (code, text) = run_on(&on_9p, &["allow", "--yes"])?;
    assert_eq!(code, 0, "{text}");
    for arguments in [&["check"][..], &["get", "KEY"], &["apply"], &["run", "--no-venv", "--", "true"]] {
        let (code, text) = run_on(&on_9p, arguments)?;
        assert!(code == 0 && !text.contains("chmod"), "{arguments:?}: {code} {text}");
        let (code, text) = run_on("error=ENOSYS", arguments)?;
        assert!(code == 2 && text.contains("chmod go-w"), "{arguments:?}: {code} {text}");
    }
    let (_, text) = run_on(&on_9p, &["apply"])?;
    assert_eq!(text.matches("this file system keeps no permissions").count(), 1, "{text}");
    assert!(text.contains("up to date"), "{text}");
    let (_, text) = run_on(&on_9p, &["status"])?;
    assert!(text.contains("keeps no permissions") && !text.contains("chmod"), "{text}");
    let (_, text) = run_on(&on_9p, &["doctor"])?;
    assert!(text.contains("keeps no permissions") && !text.contains("chmod"), "{text}");
    Ok(())
}

fn state() -> Outcome {
    let home = project("KEY = { command = [\"./ask\"] }\nOTHER = \"hunter2-hunter2\"\n", "")?;
    succeed(&mut stranger(home.path(), &["allow", "--yes"]))?;
    let folder = home.path().join(".local/state/venvars/allowed");
    let files: Vec<_> = fs::read_dir(&folder)?.collect::<Result<_, _>>()?;
    assert!(files.len() == 1 && folder.metadata()?.mode() & 0o777 == 0o700);
    let file = files[0].path();
    assert_eq!(file.metadata()?.mode() & 0o777, 0o600);
    let text = fs::read_to_string(&file)?;
    assert!(text.contains("./ask") && !text.contains("hunter2"), "{text}");
    // A home that is none is not looked for where one stands.
    let (_, said) = told(fed(stranger(home.path(), &["set", "OTHER=x"]).env("HOME", "rel"), b"")?);
    assert!(!home.path().join("app/rel").exists(), "{said}");
    fs::write(&file, text.replace("venvars state 1", "venvars state 2"))?;
    let (code, text) = run(home.path(), &["get", "KEY"])?;
    assert!(code == 2 && text.contains("newer venvars"), "{code} {text}");
    Ok(())
}
