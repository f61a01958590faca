//! What an inherited environment, or a shell's own state, could make of the program in `activate`.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::support::generators::{self, Generator};
use crate::support::shells::{self, Grammar, Shell, Step, dumped};
use crate::support::{once, succeed, trial, venvars, write_secrets};
use libtest_mimic::{Failed, Trial};

struct Case {
    name: &'static str,
    /// What is inherited. `MARK` stands for a file that no case may make.
    environment: &'static [(&'static str, &'static str)],
    /// `ACTIVATE` stands for the activation and `NESTED` for a shell within, which reads a line.
    script: &'static str,
    /// What the script prints.
    printed: &'static str,
    applies_to: fn(&Shell) -> bool,
}

const SHOW: &str =
    "show () { printf '%s\\n' \"${SECRET_KEY-none} ${TOKEN-none} ${N-none} ${_VENVARS-none}\"; }; ";
const THERE_AND_BACK: &str = "ACTIVATE; show; deactivate; show";
const SHOWN: &str = "of A of A none SECRET_KEY TOKEN \nnone none none none\n";

fn cases() -> Vec<Case> {
    let every = |_: &Shell| true;
    let typed = |shell: &Shell| shell.is_bash() || matches!(shell.name, "zsh" | "ksh93" | "mksh");
    let case = |name, environment, script, printed, applies_to| Case {
        name,
        environment,
        script,
        printed,
        applies_to,
    };
    vec![
        case(
            "code-in-lists",
            &[
                ("_VENVARS", "N $(touch MARK) ; touch MARK `touch MARK` "),
                ("_VENVARS_KEPT", "N;touch MARK a[$(touch MARK)] "),
                ("_VENVARS_OLD_N", "$(touch MARK)"),
            ],
            THERE_AND_BACK,
            SHOWN,
            every,
        ),
        case(
            "code-in-kept",
            &[("_VENVARS", "N "), ("_VENVARS_KEPT", "N;touch MARK N "), ("_VENVARS_OLD_N", "';touch MARK;'")],
            "ACTIVATE; deactivate; show",
            "none none ';touch MARK;' none\n",
            every,
        ),
        case(
            "integer",
            &[("_VENVARS", "N "), ("_VENVARS_OLD_N", "a[$(touch MARK)0]")],
            "typeset -i N; ACTIVATE; deactivate; show",
            "none none a[$(touch MARK)0] none\n",
            typed,
        ),
        case(
            "special-integer",
            &[("_VENVARS", "RANDOM SECONDS "), ("_VENVARS_OLD_RANDOM", "a[$(touch MARK)0]")],
            THERE_AND_BACK,
            SHOWN,
            every,
        ),
        case(
            "names-of-others",
            &[
                ("_VENVARS", "PATH HOME PS1 IFS LC_N _OLD_VIRTUAL_PATH _VENVARS_KEPT N "),
                ("_VENVARS_OLD_PATH", "/nowhere"),
                ("_VENVARS_OLD_HOME", "/nowhere"),
                ("_VENVARS_OLD__OLD_VIRTUAL_PATH", "/nowhere"),
                ("N", "outer"),
            ],
            "was=\"$PATH $HOME\"; ACTIVATE; show; deactivate; show; echo \"${PATH+x}${PATH#\"${was% *}\"}\"; \
             case $was in \"$PATH $HOME\") echo same ;; esac",
            "of A of A none SECRET_KEY TOKEN \nnone none none none\nx\nsame\n",
            every,
        ),
        case(
            "stale-old-value",
            &[("_VENVARS_OLD_TOKEN", "stale")],
            "ACTIVATE; NESTED 'ACTIVATE; deactivate; show'; deactivate; show",
            "none none none none\nnone none none none\n",
            every,
        ),
        case(
            "nested-by-other-names",
            &[("TOKEN", "mine"), ("N", "5")],
            "ACTIVATE; NESTED 'show; ACTIVATE; deactivate; show'; deactivate; show",
            "of A of A 5 SECRET_KEY TOKEN \nnone mine 5 none\nnone mine 5 none\n",
            every,
        ),
        case(
            "in-a-function",
            &[("TOKEN", "mine")],
            "there () { ACTIVATE; }; there; show; back () { deactivate; }; back; show",
            "of A of A none SECRET_KEY TOKEN \nnone mine none none\n",
            every,
        ),
        case(
            "in-a-function-with-warnings",
            &[("TOKEN", "mine")],
            "setopt warn_create_global; there () { ACTIVATE 2> said; }; there; show; back () { deactivate; }; back; show; grep -i ' _venvars' said",
            "of A of A none SECRET_KEY TOKEN \nnone mine none none\n",
            |shell| shell.name == "zsh",
        ),
        case(
            "no-global-export",
            &[("TOKEN", "mine")],
            "setopt no_global_export; ACTIVATE; show; deactivate; show; printenv TOKEN",
            "of A of A none SECRET_KEY TOKEN \nnone mine none none\nmine\n",
            |shell| shell.name == "zsh",
        ),
        case(
            "readonly",
            &[("TOKEN", "mine")],
            "readonly TOKEN; ACTIVATE 2>&1; show; deactivate; show",
            "venvars: no variable was set: this shell cannot replace TOKEN\nnone mine none none\nnone mine none none\n",
            // mksh and yash end or print messages of their own.
            |shell| !matches!(shell.name, "mksh" | "yash"),
        ),
    ]
}

struct Venv {
    generator: Generator,
    root: PathBuf,
    made: OnceLock<Result<(), String>>,
}

impl Venv {
    fn make(&self) -> Result<(), Failed> {
        let make = || -> Result<(), Failed> {
            std::fs::create_dir_all(&self.root)?;
            self.generator.make(&self.root.join("A"), &self.root)?;
            let values = [("SECRET_KEY", "of A"), ("TOKEN", "of A")];
            let values = values.map(|(name, value)| (name.to_owned(), value.to_owned()));
            write_secrets(&self.root.join("secrets.toml"), &values);
            succeed(venvars(&self.root).args(["apply", "--venv", "A"])).map(|_| ())
        };
        once(&self.made, make)
    }
}

fn check(venv: &Venv, shell: &Shell, case: &Case) -> Result<(), Failed> {
    venv.make()?;
    let out = tempfile::tempdir_in(&venv.root)?;
    let mark = out.path().join("mark");
    let marked = |text: &str| text.replace("MARK", &mark.display().to_string());
    let nested = shell.words();
    let script = format!("{SHOW}{}\n", case.script)
        .replace("NESTED '", &format!("{nested} -c '{}", SHOW.replace('\'', "'\\''")))
        .replace("ACTIVATE", ". ../A/bin/activate");
    let environment: Vec<(String, String)> =
        case.environment.iter().map(|(name, value)| ((*name).to_owned(), marked(value))).collect();
    let output = shell.run(&[], &marked(&script), out.path(), out.path(), &environment);
    let printed = String::from_utf8_lossy(&output.stdout);
    if printed != marked(case.printed) {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("printed:\n{printed}{said}instead of:\n{}", case.printed).into());
    }
    if mark.exists() { Err("what was inherited was run".into()) } else { Ok(()) }
}

/// What is inherited and what is expected of it afterwards, in the shells of other grammars: a value, or that there
/// is none. `MARK` stands for a file that no case may make.
type Inherited =
    (&'static str, &'static [(&'static str, &'static str)], &'static [(&'static str, Option<&'static str>)]);

const INHERITED: [Inherited; 2] = [
    (
        "code-in-lists",
        &[
            (
                "_VENVARS",
                "N $(touch MARK) ; touch MARK `touch MARK` (touch MARK) * {N,O} 9x \"q ' ! \\ [ -e == ",
            ),
            ("_VENVARS_KEPT", "N;touch MARK "),
            ("_VENVARS_OLD_SECRET_KEY", "`touch MARK`"),
            ("_venvars_undo", "touch MARK"),
            ("_venvars_question", "touch MARK"),
            ("_venvars_answer", "touch MARK"),
            ("_venvars_names", "touch MARK"),
            ("TOKEN", "mine"),
        ],
        &[("SECRET_KEY", None), ("TOKEN", Some("mine"))],
    ),
    (
        "old-values-and-names-of-others",
        &[
            ("_VENVARS", "PATH HOME BASH_ENV _OLD_VIRTUAL_N _VENVARS_KEPT N "),
            ("_VENVARS_OLD_PATH", "/nowhere"),
            ("_VENVARS_OLD_HOME", "/nowhere"),
            ("_VENVARS_OLD_BASH_ENV", "/nowhere"),
            ("_VENVARS_OLD_N", "$(touch MARK) `touch MARK` ; touch MARK ' \" ! x"),
            ("BASH_ENV", "mine"),
            ("N", "outer"),
        ],
        &[
            ("N", Some("$(touch MARK) `touch MARK` ; touch MARK ' \" ! x")),
            ("BASH_ENV", Some("mine")),
            ("SECRET_KEY", None),
        ],
    ),
];

fn check_other(venv: &Venv, shell: &Shell, inherited: &Inherited) -> Result<(), Failed> {
    venv.make()?;
    let out = tempfile::tempdir_in(&venv.root)?;
    let mark = out.path().join("mark").display().to_string();
    let (_, given, expected) = inherited;
    let given: Vec<(String, String)> =
        given.iter().map(|(name, value)| ((*name).to_owned(), value.replace("MARK", &mark))).collect();
    let steps = [Step::Dump(0), Step::Activate("A"), Step::Dump(1), Step::Deactivate, Step::Dump(2)];
    let script = shell.write(&steps, &venv.root, out.path());
    let output = shell.run(&[], &script, out.path(), out.path(), &given);
    let dump = |number| dumped(out.path(), number);
    let (before, active, after) = (dump(0), dump(1), dump(2));
    let said = || String::from_utf8_lossy(&output.stderr).into_owned();
    if active.get("SECRET_KEY").map(String::as_str) != Some("of A") {
        return Err(format!("not active: {active:?}\n{}", said()).into());
    }
    for (name, value) in *expected {
        let value = value.map(|value| value.replace("MARK", &mark));
        // Nushell's overlay gives back what was inherited, whatever that was.
        let value = if shell.grammar == Grammar::Nu { before.get(*name).cloned() } else { value };
        if after.get(*name) != value.as_ref() {
            return Err(format!("{name} is {:?} instead of {value:?}\n{}", after.get(*name), said()).into());
        }
    }
    for name in ["PATH", "HOME"] {
        let is_taken = active.get(name).is_some_and(|value| value.contains("/nowhere"));
        if is_taken || after.get(name) != before.get(name) {
            return Err(format!("{name} is {:?}, then {:?}", active.get(name), after.get(name)).into());
        }
    }
    if Path::new(&mark).exists() {
        Err(format!("what was inherited was run\n{}", said()).into())
    } else {
        Ok(())
    }
}

/// A live script holds the path of its project, and what it asks is read by a shell.
fn check_path(generator: &Generator, shell: &Shell, root: &Path) -> Result<(), Failed> {
    let project = root.join("a b ;touch mark; $(touch mark) `touch mark` ' \" ! * {c,d} & $HOME %PATH%");
    std::fs::create_dir_all(&project)?;
    let venv = root.join("A");
    generator.make(&venv, root)?;
    write_secrets(&project.join("secrets.toml"), &[("SECRET_KEY".to_owned(), "of A".to_owned())]);
    std::fs::write(project.join("pyproject.toml"), "[tool.venvars]\nmode = \"live\"\n")?;
    succeed(venvars(&project).arg("apply").arg("--venv").arg(&venv))?;
    let out = root.join("out");
    std::fs::create_dir(&out)?;
    let steps = [Step::Activate("A"), Step::Dump(0), Step::Deactivate, Step::Dump(1)];
    let output = shell.run(&[], &shell.write(&steps, root, &out), &out, &out, &[]);
    let shown = [0, 1].map(|number| dumped(&out, number).get("SECRET_KEY").cloned());
    let marks = ["mark", "out/mark"].map(|mark| root.join(mark).exists());
    if shown != [Some("of A".to_owned()), None] || marks != [false; 2] || project.join("mark").exists() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{shown:?}, marks {marks:?}\n{said}").into());
    }
    Ok(())
}

fn others(folder: &Path) -> Vec<Trial> {
    let mut trials = Vec::new();
    // Of the newest, since it has a script for each.
    let newest = generators::all().into_iter().find(|generator| generator.name == "virtualenv-newest");
    let Some(generator) = newest else { return trials };
    let venv = Arc::new(Venv { generator, root: folder.join("others"), made: OnceLock::new() });
    for shell in shells::all().into_iter().chain(shells::windows()) {
        if shell.grammar == Grammar::Python || !venv.generator.writes(shell.grammar) {
            continue;
        }
        let missing = || venv.generator.missing().or_else(|| shell.missing());
        let (generator, root, of_path) = (venv.generator.clone(), folder.join(shell.name), shell.clone());
        // The newest virtualenv's own script does not parse in yash.
        if shell.name != "yash" {
            let name = format!("{}::live-in-an-odd-path", shell.name);
            trials.push(trial(name, missing(), move || {
                std::fs::create_dir_all(&root)?;
                check_path(&generator, &of_path, &root)
            }));
        }
        if shell.grammar == Grammar::Posix {
            continue;
        }
        for inherited in &INHERITED {
            let (venv, of_shell) = (venv.clone(), shell.clone());
            let name = format!("{}::inherited-{}", shell.name, inherited.0);
            trials.push(trial(name, missing(), move || check_other(&venv, &of_shell, inherited)));
        }
    }
    trials
}

pub fn trials(folder: &Path) -> Vec<Trial> {
    let Some(generator) = generators::all().into_iter().find(|generator| generator.name == "venv") else {
        return vec![];
    };
    let venv = Arc::new(Venv { generator, root: folder.join("traps"), made: OnceLock::new() });
    let mut trials = others(folder);
    for shell in shells::all().into_iter().chain(shells::bashes()) {
        if shell.grammar != Grammar::Posix {
            continue;
        }
        for case in cases().into_iter().filter(|case| (case.applies_to)(&shell)) {
            let missing = venv.generator.missing().or_else(|| shell.missing());
            let (venv, shell) = (venv.clone(), shell.clone());
            trials.push(trial(format!("{}::{}", shell.name, case.name), missing, move || {
                check(&venv, &shell, &case)
            }));
        }
    }
    trials
}
