//! What users read: every help, message and document, and what is put into a script, as snapshots.
//! After a change of wording: `INSTA_UPDATE=always cargo test --test it snapshots`, then read the diff.

use std::fs;
use std::path::Path;
use std::process::Command;

use insta::assert_snapshot;
use libtest_mimic::Trial;
use regex::Regex;
use tempfile::TempDir;

use crate::support::{clean, fed, private, venvars};

pub fn trials() -> Vec<Trial> {
    trials![
        help, secrets, settings, commands, names, git_states, scripts, documents, imports, exports, rotation,
        blocks
    ]
}

/// A project with these files; what stands in secrets.toml is private, and git ignores it.
fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let file = folder.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, text).unwrap();
        private(&file);
    }
    folder
}

/// What venvars prints for each of these lines, without what no two runs share. After ` <<< ` stands the
/// standard input; a line that begins with `git` or `sh` is not ours.
fn session(folder: &Path, lines: &[&str]) -> String {
    let mut shown = String::new();
    for line in lines {
        let (line, input) = line.split_once(" <<< ").unwrap_or((line, ""));
        let mut words = line.split(' ');
        let mut command = match words.clone().next() {
            Some(program @ ("git" | "sh")) => {
                let mut command = Command::new(program);
                clean(&mut command, folder);
                command.current_dir(folder);
                if program == "sh" {
                    command.arg("-c").arg(line.trim_start_matches("sh "));
                    words = "".split(' ');
                }
                words.next();
                for (name, value) in [("NAME", "t"), ("EMAIL", "t@t")] {
                    command
                        .env(format!("GIT_AUTHOR_{name}"), value)
                        .env(format!("GIT_COMMITTER_{name}"), value);
                }
                command
            }
            _ => venvars(folder),
        };
        let output = fed(command.args(words.filter(|word| !word.is_empty())), input.as_bytes()).unwrap();
        let is_ours = !line.starts_with("git ") && !line.starts_with("sh ");
        assert!(is_ours || output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        shown += &format!("$ {}{line}\n", if is_ours { "venvars " } else { "" });
        if is_ours {
            shown += &String::from_utf8_lossy(&output.stdout);
            shown += &String::from_utf8_lossy(&output.stderr);
            if !shown.ends_with('\n') {
                shown += "[no line end]\n";
            }
            match output.status.code() {
                Some(0) => {}
                code => shown += &format!("[exit {}]\n", code.unwrap_or(-1)),
            }
        }
    }
    steady(folder, &shown)
}

/// `text` without paths, times and what else is another in each run.
fn steady(folder: &Path, text: &str) -> String {
    let real = folder.canonicalize().unwrap();
    let mut text = text
        .replace(real.to_str().unwrap(), "[PROJECT]")
        .replace(folder.to_str().unwrap(), "[PROJECT]")
        .replace(env!("CARGO_PKG_VERSION"), "[VERSION]");
    for (pattern, shown) in [
        (r"\b\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:?\d\d)?)?", "[TIME]"),
        (r"\(\d+\.\d s\)", "([SECONDS])"),
        (r"\b[0-9a-f]{40}\b", "[COMMIT]"),
        (r"\b[0-9a-f]{64}\b", "[HASH]"),
        (r"\b[0-9a-f]{12}\b", "[COMMIT]"),
        (r"\b(pid|process) \d+\b", "$1 [PID]"),
        (r"(?m)[ \t]+$", ""),
    ] {
        text = Regex::new(pattern).unwrap().replace_all(&text, shown).into_owned();
    }
    text
}

/// What the lines print in a project with these files, after each other as one text.
fn cases(cases: &[(&str, &[(&str, &str)], &[&str])]) -> String {
    let show = |(title, files, lines): &(&str, &[(&str, &str)], &[&str])| {
        format!("## {title}\n{}\n", session(project(files).path(), lines))
    };
    cases.iter().map(show).collect()
}

/// The help of `words` and of every command below.
fn helps(folder: &Path, words: &str) -> String {
    let line = format!("{words} --help");
    let shown = session(folder, &[line.trim()]);
    let commands = shown.split_once("\nUsage:").map_or("", |(_, rest)| rest);
    let is_other = |section: &&str| !section.contains("ptions:\n") && !section.contains("rguments:\n");
    let commands = commands.split("\n\n").skip(1).take_while(is_other).flat_map(str::lines);
    let below = commands
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next().filter(|name| !name.is_empty()))
        .filter(|name| *name != "help")
        .map(|name| helps(folder, format!("{words} {name}").trim()))
        .collect::<String>();
    format!("{shown}\n{below}")
}

fn help() {
    let folder = project(&[]);
    assert_snapshot!("help", helps(folder.path(), ""));
    let manual = session(folder.path(), &["man"]);
    assert!(manual.contains(".SH"), "{manual}");
}

/// secrets.toml, with something wrong in it each time.
fn secrets() {
    let of = |text: &str| {
        format!("## {text}\n{}\n", session(project(&[("secrets.toml", text)]).path(), &["list"]))
    };
    let texts = [
        "",
        "KEY = \"value\"\n",
        "KEY = value\n",
        "KEY = \"value\n",
        "KEY = \"\"\"value\n",
        "KEY = \"C:\\windows\"\n",
        "= \"value\"\n",
        "export KEY=\"value\"\n",
        "KEY: value\n",
        "KEY\n",
        "KEY = True\n",
        "KEY = \"a\"\nKEY = \"b\"\n",
        "KEY = [\"a\"]\n",
        "1KEY = \"a\"\n",
        "PATH = \"a\"\n",
        "_VENVARS = \"a\"\n",
        "KEY = \"a\\u0000b\"\n",
        "Key = \"a\"\nKEY = \"b\"\n",
        "KEY = { comand = [\"x\"] }\n",
        "KEY = { command = [\"x\"], file = \"y\" }\n",
        "KEY = { command = \"x\", timeot = 3 }\n",
        "KEY = { command = [] }\n",
        "KEY = { file = 3 }\n",
        "KEY = { keyring = \"noslash\" }\n",
        "KEY = { template = \"{OTHER}\" }\n",
        "KEY = { template = \"{KEY}\" }\n",
        "[profil.dev]\nKEY = \"a\"\n",
        "[other]\nKEY = \"a\"\n",
        "profile = \"dev\"\n",
        "[profile]\ndev = \"a\"\n",
        "[profile.none]\nKEY = \"a\"\n",
        "[profile.dev]\nextends = \"test\"\n",
        "[profile.dev]\nextends = \"tes\"\n[profile.test]\n",
        "[profile.a]\nextends = \"b\"\n[profile.b]\nextends = \"a\"\n",
        "[profile.a]\nextends = 3\n",
        "[[rotated]]\nname = \"KEY\"\n",
    ];
    assert_snapshot!("secrets", texts.into_iter().map(of).collect::<String>());
}

/// The settings, with something wrong in them each time.
fn settings() {
    let of = |text: &str| {
        let files = [("secrets.toml", "KEY = \"value\"\n"), ("venvars.toml", text)];
        format!("## {text}\n{}\n", session(project(&files).path(), &["list", "check"]))
    };
    let texts = [
        "mode = \"embed\"\n",
        "mode = \"none\"\n",
        "moed = \"live\"\n",
        "guard = \"yes\"\n",
        "venv = 3\n",
        "default_profile = \"dev\"\n",
        "default_profile = \"a b\"\n",
        "secrets = \"missing.toml\"\n",
        "[variables.KEY]\nrequired = true\ntype = \"int\"\n",
        "[variables.KEY]\ntype = \"number\"\n",
        "[variables.KEY]\npattern = \"(\"\n",
        "[variables.KEY]\npattern = \"^x\"\n",
        "[variables.KEY]\nchoices = [\"a\", \"b\"]\n",
        "[variables.KEY]\ngenerate = \"hex3\"\n",
        "[variables.KEY]\nfallbacks = \"KEY\"\n",
        "[variables.OTHER]\nrequired = true\ndescription = \"what it is for\"\n",
        "[variables.PATH]\nrequired = true\n",
        "[variables.KEY]\nrequird = true\n",
    ];
    assert_snapshot!("settings", texts.into_iter().map(of).collect::<String>());
}

/// The way of a new user, and what is asked for that is not there.
fn commands() {
    let some: &[(&str, &str)] =
        &[("secrets.toml", "API_KEY = \"value-of-it\"\nPORT = 5000\n\n[profile.dev]\nPORT = 8000\n")];
    let shown = cases(&[
        (
            "nothing is there",
            &[],
            &[
                "list",
                "status",
                "apply",
                "get KEY",
                "run -- true",
                "edit",
                "init",
                "init",
                "list",
                "set KEY <<< value-of-it\n",
                "get KEY",
                "list",
                "status",
            ],
        ),
        ("no command", &[], &["", "lst", "list --jsn", "get", "-C missing list", "--profile a/b list"]),
        (
            "set and unset",
            some,
            &[
                "set OTHER=plain",
                "set OTHER <<< \u{1}\n",
                "set API_KEY --generate=hex3",
                "set API_KEY=x --generate",
                "set 1KEY=x",
                "set PATH=x",
                "set NEW --generate=hex32",
                "set",
                "unset OTHER",
                "unset OTHR",
                "unset API_KEI",
                "get API_KEI",
                "get OTHER",
                "set P=1 --profile dev",
                "list --profile dev",
                "list --profile dve",
                "list --profile none",
                "-q set Q=1",
                "-v set Q=1",
            ],
        ),
        (
            "list and explain",
            some,
            &[
                "list",
                "list --reveal",
                "explain PORT",
                "explain PORT --profile dev",
                "explain PROT",
                "example",
                "example",
                "check",
                "set API_KEY <<< one\ntwo\n",
                "list --reveal",
                "restore x",
                "man get",
                "run --no-venv -- missing-program",
                "run --no-venv -- false",
                "run",
            ],
        ),
    ]);
    assert_snapshot!("commands", shown);
}

/// Names that are refused, each with its reason.
fn names() {
    let names = [
        "PATH",
        "HOME",
        "IFS",
        "1A",
        "A-B",
        "ß",
        "_VENVARS_X",
        "BASH_FUNC_x",
        "status",
        "argv",
        "VIRTUAL_ENV",
        "PS1",
        "LD_PRELOAD",
        "PYTHONPATH",
        "A B",
    ];
    let folder = project(&[("secrets.toml", "")]);
    let lines: Vec<String> =
        names.iter().map(|name| format!("set {}=x", name.replace(' ', "\u{a0}"))).collect();
    assert_snapshot!("names", session(folder.path(), &lines.iter().map(String::as_str).collect::<Vec<_>>()));
}

/// What git makes of the secrets, the hooks and a search.
fn git_states() {
    let files: &[(&str, &str)] =
        &[("secrets.toml", "API_KEY = \"hunter2-hunter2\"\n"), ("app.py", "key = 'hunter2-hunter2'\n")];
    let init = "git init --quiet --initial-branch=main";
    let shown = cases(&[
        (
            "not ignored",
            files,
            &[init, "list", "apply", "set A=b", "run -- true", "status", "doctor", "init", "status"],
        ),
        (
            "tracked",
            files,
            &[
                init,
                "git add -f .",
                "git commit --quiet -m one",
                "list",
                "set A=b",
                "run --no-venv -- true",
                "status",
                "doctor",
            ],
        ),
        (
            "scan",
            files,
            &[
                "scan --staged",
                "scan --history",
                "scan missing",
                init,
                "init",
                "scan",
                "git add .",
                "scan --staged",
                "git commit --quiet -m one",
                "scan --history",
                "scan HEAD",
                "scan --stdin <<< x hunter2-hunter2",
                "scan -v app.py",
            ],
        ),
        (
            "hooks",
            files,
            &[
                "hook install",
                init,
                "init",
                "hook install",
                "hook install",
                "git add .",
                "hook run pre-commit",
                "hook remove",
                "hook remove",
            ],
        ),
    ]);
    assert_snapshot!("git", shown);
}

/// A venv of our own making: the lines of a generator's scripts that we look for.
const VENV: [(&str, &str); 8] = [
    (".venv/pyvenv.cfg", "home = /usr/bin\n"),
    (
        ".venv/bin/activate",
        "deactivate () {\n    unset VIRTUAL_ENV\n}\ndeactivate nondestructive\nVIRTUAL_ENV='/v'\nexport VIRTUAL_ENV\n",
    ),
    (
        ".venv/bin/activate.fish",
        "function deactivate\n    set -e VIRTUAL_ENV\nend\ndeactivate nondestructive\nset -gx VIRTUAL_ENV '/v'\n",
    ),
    (
        ".venv/bin/Activate.ps1",
        "function global:deactivate ([switch]$NonDestructive) {\n}\n$env:VIRTUAL_ENV = '/v'\n",
    ),
    (
        ".venv/bin/activate.csh",
        "alias deactivate 'test 1; unalias deactivate'\nsetenv VIRTUAL_ENV '/v'\nsetenv PATH \"/v:$PATH\"\n",
    ),
    (".venv/bin/activate.nu", "export-env {\n    let new_env = {}\n    load-env $new_env\n}\n"),
    (".venv/bin/activate.xsh", "def _deactivate(args):\n    pass\n$VIRTUAL_ENV = '/v'\n"),
    (
        ".venv/bin/activate.bat",
        "@set \"VIRTUAL_ENV=C:\\v\"\r\n@set \"PATH=%VIRTUAL_ENV%\\Scripts;%PATH%\"\r\n",
    ),
];

fn applied(settings: &'static str) -> TempDir {
    let mut files = VENV.to_vec();
    files.extend([
        ("secrets.toml", "API_KEY = \"it's \\\"quoted\\\" $HOME\"\nPORT = 5000\n"),
        ("venvars.toml", settings),
    ]);
    project(&files)
}

/// The scripts: what is said of them.
fn scripts() {
    let folder = applied("");
    let shown = session(
        folder.path(),
        &[
            "status",
            "apply --dry-run",
            "apply --diff",
            "apply",
            "apply",
            "-v apply",
            "status",
            "set NEW=1",
            "status",
            "apply --shell fish",
            "apply --shell elvish",
            "remove --dry-run",
            "remove",
            "remove",
            "apply --venv missing",
            "set TWO <<< one\ntwo",
            "apply",
            "apply --strict",
            "sh echo broken > .venv/bin/activate.fish",
            "apply",
            "status",
        ],
    );
    let few = session(
        project(&[
            ("secrets.toml", "A = 1\n"),
            (VENV[0].0, VENV[0].1),
            (VENV[1].0, VENV[1].1),
            (VENV[2].0, VENV[2].1),
        ])
        .path(),
        &[
            "apply --shell nu",
            "apply --shell nu,xonsh --dry-run",
            "apply",
            "sh mkdir other && cp secrets.toml other",
            "-C other apply --venv .venv",
        ],
    );
    let profile = session(applied("default_profile = \"dev\"\n").path(), &["apply", "status"]);
    assert_snapshot!("scripts", format!("{shown}\n{few}\n{profile}"));
}

/// What is printed for other programs.
fn documents() {
    let files = [
        (
            "secrets.toml",
            "API_KEY = \"hunter2-hunter2\"\nFROM = { command = [\"false\"] }\n\n[profile.dev]\nAPI_KEY = \"other-value-of-it\"\n",
        ),
        (
            "venvars.toml",
            "[variables.API_KEY]\nrequired = true\ntype = \"integer\"\n[variables.OTHER]\nrequired = true\n",
        ),
        ("app.py", "key = 'hunter2-hunter2'\n"),
    ];
    let folder = project(&files);
    let shown = session(
        folder.path(),
        &[
            "list --json",
            "check --json",
            "explain API_KEY --json",
            "explain API_KEY --json --profile dev",
            "scan --json app.py",
            "scan --sarif app.py",
            "doctor --json",
            "compromised API_KEY",
            "compromised --json",
            "schema settings",
            "schema secrets",
        ],
    );
    let status = session(
        applied("").path(),
        &["apply --dry-run --json", "status --json", "apply -q", "status --json", "remove --json"],
    );
    assert_snapshot!("documents", format!("{shown}\n{status}"));
}

fn imports() {
    let secrets = ("secrets.toml", "KEY = \"old\"\n");
    let shown = cases(&[
        (
            "nothing to import",
            &[secrets, ("README", "")],
            &["import", "import missing", "import --format docker missing", "import README"],
        ),
        ("two files", &[secrets, (".env", "A=1\n"), ("secrets.py", "A = '1'\n")], &["import"]),
        (
            ".env",
            &[secrets, (".env", "KEY=new\nOTHER='x y'\nURL=${OTHER}/x\nBAD-NAME=1\nPATH=/x\n")],
            &["import --dry-run", "import", "import --force", "list --reveal"],
        ),
        (
            "json",
            &[secrets, ("a.json", "{\"A\": 1, \"B\": [1]}"), ("b.json", "{\"A\": "), ("c.toml", "A = ")],
            &["import a.json", "import b.json", "import c.toml", "import - --format json <<< {}"],
        ),
        (
            "sh",
            &[secrets, ("x.sh", "export A='1'\nB=$(date)\nexport C=$HOME\n")],
            &["import x.sh --format sh", "import x.sh --take"],
        ),
    ]);
    assert_snapshot!("import", shown);
}

fn exports() {
    let folder = project(&[(
        "secrets.toml",
        "API_KEY = \"it's \\\"quoted\\\" $HOME\"\nTWO = \"one\\ntwo\"\nEMPTY = \"\"\n",
    )]);
    let formats = [
        "sh",
        "fish",
        "powershell",
        "csh",
        "nu",
        "xonsh",
        "cmd",
        "dotenv",
        "json",
        "toml",
        "docker",
        "systemd",
        "github",
        "kubernetes",
        "python",
        "elvish",
    ];
    let lines: Vec<String> = formats.iter().map(|format| format!("export --format {format}")).collect();
    let shown = session(folder.path(), &lines.iter().map(String::as_str).collect::<Vec<_>>());
    // Kubernetes' name is the folder's.
    let shown = Regex::new(r#"name: "tmp\w+""#).unwrap().replace(&shown, "name: \"[FOLDER]\"").into_owned();
    assert_snapshot!("export", shown);
}

fn rotation() {
    let secrets = "API_KEY = \"value-of-it\"\nFROM = { command = [\"true\"] }\n";
    let settings = "[variables.API_KEY]\ngenerate = \"hex32\"\nfallbacks = \"API_KEY_FALLBACKS\"\n";
    let shown = cases(&[(
        "rotate",
        &[("secrets.toml", secrets), ("venvars.toml", settings)],
        &[
            "rotate",
            "rotate API_KEI",
            "rotate FROM",
            "rotate API_KEY --stdin <<< value-of-it",
            "rotate API_KEY",
            "list",
            "rotate --all-compromised",
            "compromised",
            "compromised API_KEY --current --reason pushed",
            "compromised",
            "rotate --all-compromised",
            "compromised API_KEY --forget",
            "compromised NO",
            "rotate API_KEY --drop-fallbacks",
        ],
    )]);
    assert_snapshot!("rotation", shown);
}

/// What is put into each script.
fn blocks() {
    for (mode, settings) in
        [("embed", "mode = \"embed\"\n"), ("live", "mode = \"live\"\n"), ("plain", "guard = false\n")]
    {
        let folder = applied(settings);
        session(folder.path(), &["apply -q"]);
        let read = |(name, _): &(&str, &str)| {
            format!(
                "## {name}\n{}\n",
                fs::read_to_string(folder.path().join(name)).unwrap().replace('\r', "")
            )
        };
        let text: String = VENV[1..].iter().map(read).collect();
        let program = env!("CARGO_BIN_EXE_venvars");
        assert_snapshot!(
            format!("blocks-{mode}"),
            steady(folder.path(), &text.replace(program, "[VENVARS]"))
        );
    }
}
