//! The activation contract, in the real shells, on venvs that the real generators made.
//!
//! Each generator makes every venv twice: one is left as it is, one is applied. A scenario runs on
//! both, and all that it shows has to be the same but for the variables.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::support::generators::{self, Generator};
use crate::support::shells::{self, Grammar, Shell, Step};
use crate::support::{self, on_unix, once, succeed, trial, values, venvars, wine, write_secrets};
use libtest_mimic::{Failed, Trial};
use regex::Regex;

type Variables = Vec<(String, String)>;
type Environment = BTreeMap<String, Vec<u8>>;

/// Which of the two venvs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Untouched,
    Applied,
}

/// The folders of the venvs that are left as they are, and of those that are applied, with their values or live. All are
/// as long, so that nothing depends on the length of a path.
const FOLDERS: [&str; 3] = ["untouched", "venv-vars", "venv-live"];

/// The venvs of one generator that are left as they are, and what shells do with them: the same for scripts that hold
/// the values and for those that ask for them.
#[derive(Default)]
struct Untouched {
    made: OnceLock<Result<(), String>>,
    /// By the names of shell and scenario.
    runs: Mutex<BTreeMap<(&'static str, &'static str), Arc<OnceLock<Result<Run, String>>>>>,
}

/// What one generator made, made once and shared by its trials.
struct Gallery {
    generator: Generator,
    untouched: Arc<Untouched>,
    /// Whether the scripts hold no values and ask for them at activation.
    is_live: bool,
    /// Our program for Windows, if it is the one that writes the scripts.
    exe: Option<PathBuf>,
    left_out: Mutex<BTreeMap<(&'static str, usize), Vec<String>>>,
    root: PathBuf,
    made: OnceLock<Result<(), String>>,
}

impl Gallery {
    fn folder(&self, side: Side) -> &'static str {
        match side {
            Side::Untouched => FOLDERS[0],
            Side::Applied => FOLDERS[1 + usize::from(self.is_live)],
        }
    }

    fn venvs(&self, side: Side) -> PathBuf {
        self.root.join(self.folder(side))
    }

    /// Our program, started in `folder`.
    fn venvars(&self, folder: &Path) -> Command {
        self.exe.as_ref().map_or_else(|| venvars(folder), |exe| wine::venvars(exe, folder))
    }

    /// The values of A, as far as the system that runs the shells can hold them.
    fn nasty(&self) -> Variables {
        let is_short =
            |value: &str| !self.generator.is_for_windows() || value.encode_utf16().count() < 32_700;
        values::nasty().into_iter().filter(|(_, value)| is_short(value)).collect()
    }

    /// Makes the venvs A, B and M on both sides and applies those of one side; M is moved.
    fn make(&self) -> Result<(), Failed> {
        once(&self.untouched.made, || self.make_now(Side::Untouched))?;
        once(&self.made, || self.make_now(Side::Applied))
    }

    fn make_now(&self, side: Side) -> Result<(), Failed> {
        // Two fishes that make their folders at once may each find them only half made.
        for folder in [".config/fish", ".local/share/fish", ".cache/fish"] {
            fs::create_dir_all(self.root.join(folder))?;
        }
        let venvs = self.venvs(side);
        fs::create_dir_all(&venvs)?;
        let mode = if self.is_live { "live" } else { "embed" };
        fs::write(venvs.join("venvars.toml"), format!("mode = \"{mode}\"\n"))?;
        write_secrets(&venvs.join("a.toml"), &self.nasty());
        write_secrets(&venvs.join("b.toml"), &values::second());
        for (venv, secrets) in [("A", "a.toml"), ("B", "b.toml"), ("M", "a.toml")] {
            self.generator.make(&venvs.join(venv), &self.root)?;
            if side == Side::Applied {
                succeed(self.venvars(&venvs).args(["--secrets", secrets, "apply", "--venv", venv]))?;
            }
        }
        fs::rename(venvs.join("M"), venvs.join("moved"))?;
        Ok(())
    }

    /// What `check` finds, once for all generators whose scripts for `shell` are the same to the byte, as those of neighbouring
    /// versions often are.
    fn once(
        &self,
        shell: &Shell,
        what: &'static str,
        check: impl FnOnce() -> Result<(), Failed>,
    ) -> Result<(), Failed> {
        type Found = BTreeMap<(&'static str, &'static str, u64), Arc<OnceLock<Result<(), String>>>>;
        static FOUND: Mutex<Found> = Mutex::new(BTreeMap::new());
        self.make()?;
        let key = (shell.name, what, self.scripts(shell)?);
        let one = Arc::clone(FOUND.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default());
        once(&one, check)
    }

    /// The scripts of both sides that `shell` reads, as a number: the same for the same text, wherever it lies.
    fn scripts(&self, shell: &Shell) -> Result<u64, Failed> {
        let mut hasher = DefaultHasher::new();
        for side in [Side::Untouched, Side::Applied] {
            for venv in ["A", "B", "moved"] {
                let Some(script) = shell.script(&self.venvs(side).join(venv)) else {
                    return Err("the generator writes no script for this shell".into());
                };
                let entries = fs::read_dir(script.parent().unwrap_or(&script))?;
                let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
                files.retain(|file| {
                    file.extension() == script.extension() && file.to_string_lossy().contains("activate")
                });
                files.sort();
                for file in files {
                    file.file_name().hash(&mut hasher);
                    let text = fs::read_to_string(file)?;
                    text.replace(&*self.root.to_string_lossy(), "").hash(&mut hasher);
                }
            }
        }
        Ok(hasher.finish())
    }

    /// What `shell` does with the untouched venvs.
    fn untouched(&self, shell: &Shell, scenario: &Scenario) -> Result<Run, Failed> {
        let mut runs = self.untouched.runs.lock().unwrap_or_else(PoisonError::into_inner);
        let one = Arc::clone(runs.entry((shell.name, scenario.name)).or_default());
        drop(runs);
        once(&one, || run(self, shell, scenario, Side::Untouched))
    }
}

/// What a dump has to show on the applied side, beside what it shows on the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shows {
    A,
    B,
    Nothing,
    /// The variables of A, if the generator's own activation has succeeded.
    AIfActive,
    /// Nothing is promised of this dump in this shell.
    Anything,
}

struct Scenario {
    name: &'static str,
    steps: Vec<Step>,
    dumps: Vec<Shows>,
    environment: Variables,
    applies_to: fn(&Shell) -> bool,
}

fn scenarios() -> Vec<Scenario> {
    use Shows::{A, AIfActive, Anything, B, Nothing};
    use Step::{Activate, Deactivate, Dump, Inside, Raw, Set, State};

    let every = |shell: &Shell| shell.grammar != Grammar::Python;
    let posix = |shell: &Shell| shell.grammar == Grammar::Posix;
    let powershell = |shell: &Shell| shell.grammar == Grammar::PowerShell;
    let there_and_back = || vec![Activate("A"), Dump(0), Deactivate, Dump(1), State(0)];
    let mut scenarios = Vec::new();
    let mut add = |name, steps: Vec<Step>, dumps: &[Shows], environment, applies_to| {
        scenarios.push(Scenario { name, steps, dumps: dumps.to_vec(), environment, applies_to });
    };
    add("values", there_and_back(), &[A, Nothing], vec![], every);
    add("preset", there_and_back(), &[A, Nothing], values::preset(), every);
    add("python", vec![Activate("A"), Dump(0)], &[A], values::preset(), |shell| {
        shell.grammar == Grammar::Python
    });
    for (name, environment) in [("twice", vec![]), ("twice-preset", values::preset())] {
        add(
            name,
            vec![Activate("A"), Activate("A"), Dump(0), Deactivate, Dump(1), State(0)],
            &[A, Nothing],
            environment,
            every,
        );
    }
    for (name, environment) in [("a-to-b", vec![]), ("a-to-b-preset", values::preset())] {
        add(
            name,
            vec![Activate("A"), Activate("B"), Dump(0), Deactivate, Dump(1), State(0)],
            &[B, Nothing],
            environment,
            every,
        );
    }
    for (name, venv, shows, environment) in [
        ("nested", "A", A, vec![]),
        ("nested-preset", "A", A, values::preset()),
        ("nested-a-to-b", "B", B, vec![]),
        ("nested-a-to-b-preset", "B", B, values::preset()),
    ] {
        add(
            name,
            vec![
                Activate("A"),
                Inside(vec![Activate(venv), Dump(0), Deactivate, Dump(1)]),
                Dump(2),
                Deactivate,
                Dump(3),
                State(0),
            ],
            &[shows, Nothing, A, Nothing],
            environment,
            |shell| !matches!(shell.grammar, Grammar::Python | Grammar::Nu),
        );
    }
    // `overlay hide` gives back what was there before, and that is the outer shell's.
    add(
        "nested-nu",
        vec![
            Activate("A"),
            Inside(vec![Activate("B"), Dump(0), Deactivate, Dump(1)]),
            Dump(2),
            Deactivate,
            Dump(3),
        ],
        &[B, Anything, A, Nothing],
        values::preset(),
        |shell| shell.grammar == Grammar::Nu,
    );
    add(
        "changed-while-active",
        vec![
            Activate("A"),
            Set("SECRET_KEY", "changed"),
            Set("QUOTES", "changed"),
            Deactivate,
            Dump(0),
            State(0),
        ],
        &[Nothing],
        vec![("QUOTES".to_owned(), "old".to_owned())],
        // In Nushell `$env.X = …` is the overlay's own, and goes with it.
        every,
    );
    add("moved", vec![Activate("moved"), Dump(0)], &[AIfActive], vec![], |shell| {
        shell.grammar != Grammar::Python
    });
    add(
        "status",
        vec![Activate("A"), Raw("echo \"status $?\""), Deactivate, Raw("echo \"status $?\"")],
        &[],
        vec![],
        posix,
    );
    add(
        "status-without-hash",
        vec![Raw("set +h"), Activate("A"), Raw("echo \"status $?\"")],
        &[],
        vec![],
        Shell::is_bash,
    );
    add(
        "status-fish",
        vec![Activate("A"), Raw("echo \"status $status\""), Deactivate, Raw("echo \"status $status\"")],
        &[],
        vec![],
        |shell| shell.grammar == Grammar::Fish,
    );
    for (name, line, applies_to) in [
        ("errexit", "set -e", posix as fn(&Shell) -> bool),
        ("nounset", "set -u", posix),
        ("strict", "set -eu; (set -o pipefail) 2>/dev/null && set -o pipefail", posix),
        ("noclobber", "set -C", posix),
        ("noglob", "set -f", posix),
        ("odd-ifs", "IFS=ENVAR_x=", posix),
        ("empty-ifs", "IFS=", posix),
        ("allexport", "set -a", posix),
        (
            "aliases",
            "alias export=false unset=false eval=false; shopt -s expand_aliases 2>/dev/null || :",
            |shell| shell.is_bash(),
        ),
        ("aliased-builtins", "alias export=false unset=false", |shell| {
            shell.grammar == Grammar::Posix && !shell.is_bash()
        }),
        ("posix-mode", "set -o posix", |shell| shell.is_bash() || shell.name == "mksh"),
        ("posixly-correct", "set -o posixly-correct", |shell| shell.name == "yash"),
        ("ksh-arrays", "setopt ksh_arrays", |shell| shell.name == "zsh"),
        ("sh-word-split", "setopt sh_word_split glob_subst", |shell| shell.name == "zsh"),
        ("emulate-sh", "emulate sh", |shell| shell.name == "zsh"),
        ("emulate-ksh", "emulate ksh", |shell| shell.name == "zsh"),
        ("rc-quotes", "setopt rc_quotes", |shell| shell.name == "zsh"),
        ("extended-glob", "setopt extended_glob null_glob", |shell| shell.name == "zsh"),
        ("noglob-csh", "set noglob", |shell| shell.grammar == Grammar::Csh),
        ("interactive-prompt", "set prompt='% '", |shell| shell.grammar == Grammar::Csh),
        ("strict-mode", "Set-StrictMode -Version Latest", powershell),
        (
            "stop",
            "$ErrorActionPreference = 'Stop'; $PSNativeCommandUseErrorActionPreference = $true",
            powershell,
        ),
        ("odd-ofs", "$OFS = 'x'", powershell),
        ("own-prompt", "function global:prompt { 'mine> ' }", powershell),
        ("no-prompt", "Remove-Item Function:prompt", powershell),
        ("what-if", "$WhatIfPreference = $true", powershell),
        ("confirm", "$ConfirmPreference = 'Low'", powershell),
        ("verbose", "$VerbosePreference = 'Continue'", powershell),
        ("constrained", "$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'", powershell),
    ] {
        let mut steps = vec![Raw(line)];
        steps.extend(there_and_back());
        if name.starts_with("alias") {
            // The generator's `deactivate` cannot take itself away then, and our block stays in it.
            steps.pop();
            // Where the generator writes `export VIRTUAL_ENV=…`, its own activation fails then.
            steps.insert(2, Raw("echo \"active: ${VIRTUAL_ENV-}\""));
            add(name, steps, &[AIfActive, Nothing], values::preset(), applies_to);
            continue;
        }
        // virtualenv's own script stops half-way there.
        let active = if name == "constrained" { AIfActive } else { A };
        add(name, steps, &[active, Nothing], values::preset(), applies_to);
    }
    // Without the dot, as on Windows, and with what the scripts take.
    for (name, line) in [
        ("bare", "{A}"),
        ("called", "& '{A}'"),
        ("called-with-prompt", "& '{A}' -Prompt mine"),
        ("venv-dir", ". '{A}' -VenvDir (Split-Path (Split-Path '{A}'))"),
        ("in-a-function", "function on { . '{A}' }; on; Remove-Item Function:on"),
    ] {
        let mut steps = there_and_back();
        steps[0] = Raw(line);
        add(name, steps, &[A, Nothing], values::preset(), powershell);
    }
    add(
        "shell-variables",
        vec![
            Raw("SECRET_KEY=\"not 'exported'\"; QUOTES=; lower_case='x y'; NUMBER=5; export NUMBER"),
            Activate("A"),
            Dump(0),
            Deactivate,
            Dump(1),
            State(0),
        ],
        &[A, Nothing],
        vec![],
        |shell| shell.is_bash() || shell.name == "zsh",
    );
    // A name that is more than a text cannot be replaced: of all or none, as with a readonly one.
    add(
        "typed-variables",
        vec![
            Raw(
                "typeset -i NUMBER=5; typeset -ix DASH=6; typeset -u GLOBS=UP; a=(1 'x  y' '' \"q'q\"); typeset -A JSON_KEY; JSON_KEY[k]='v w'; JSON_KEY[z]=''",
            ),
            Activate("A"),
            Dump(0),
            Raw("typeset -p NUMBER DASH GLOBS a JSON_KEY"),
            Deactivate,
            Dump(1),
            State(0),
        ],
        &[Nothing, Nothing],
        vec![],
        |shell| (shell.is_bash() && shell.name != "bash-3.2") || shell.name == "zsh",
    );
    add(
        "fish-scopes",
        vec![
            Raw(
                "set -g SECRET_KEY one two ''; set -gx QUOTES a b; set -gx HOME_PATH /x /y; set -g --path NUMBER 1 2",
            ),
            Activate("A"),
            Dump(0),
            Deactivate,
            Dump(1),
            State(0),
        ],
        &[A, Nothing],
        vec![],
        |shell| shell.grammar == Grammar::Fish,
    );
    // Of all or none: one name that cannot be set leaves the shell as it was.
    add(
        "readonly",
        vec![
            Raw("readonly QUOTES=mine"),
            Activate("A"),
            Dump(0),
            Raw("echo \"$QUOTES\""),
            Deactivate,
            Dump(1),
            State(0),
        ],
        &[Nothing, Nothing],
        values::preset(),
        |shell| shell.is_bash() || matches!(shell.name, "zsh" | "ksh93" | "busybox" | "dash"),
    );
    add(
        "same-name-function",
        vec![
            Raw("SECRET_KEY() { :; }; a() { echo mine; }"),
            Activate("A"),
            Dump(0),
            Deactivate,
            Dump(1),
            Raw("a"),
            State(0),
        ],
        &[A, Nothing],
        vec![],
        posix,
    );
    scenarios
}

/// The same in PowerShell for Windows, by Wine, with scripts that this program wrote, or `exe`, ours for Windows, wrote. A
/// script asks in the second only: what Wine runs starts no program of this system.
pub fn windows(folder: &Path, exe: Option<&Path>) -> Vec<Trial> {
    let scenarios: Vec<Arc<Scenario>> = scenarios().into_iter().map(Arc::new).collect();
    let shell = shells::wine_powershell();
    let mut trials = Vec::new();
    for generator in generators::all().into_iter().filter(is_newest) {
        let untouched = Arc::<Untouched>::default();
        for is_live in [false, true].into_iter().take(1 + usize::from(exe.is_some())) {
            let label = format!(
                "{}{}{}",
                if is_live { "live-" } else { "" },
                generator.name,
                if exe.is_some() { "-by-exe" } else { "" }
            );
            let gallery = Arc::new(Gallery {
                root: folder.join(&generator.name),
                generator: generator.clone().for_windows(),
                untouched: Arc::clone(&untouched),
                is_live,
                exe: exe.map(Path::to_owned),
                left_out: Mutex::default(),
                made: OnceLock::new(),
            });
            for scenario in scenarios.iter().filter(|scenario| (scenario.applies_to)(&shell)) {
                let (gallery, shell, scenario) = (gallery.clone(), shell.clone(), scenario.clone());
                let missing = generator.missing().or_else(|| shell.missing());
                let name = format!("{label}::{}", scenario.name);
                trials.push(trial(name, missing, move || check(&gallery, &shell, &scenario)));
            }
        }
    }
    trials
}

/// Whether it is the newest of its kind.
fn is_newest(generator: &Generator) -> bool {
    matches!(&*generator.name, "venv" | "virtualenv-newest" | "uv-newest")
}

pub fn trials(folder: &Path) -> Vec<Trial> {
    let scenarios: Vec<Arc<Scenario>> = scenarios().into_iter().map(Arc::new).collect();
    let mut trials = Vec::new();
    let embedded = generators::all().into_iter().map(|generator| (generator, false));
    // They are tried with scripts that ask for the values as well.
    let asking = generators::all().into_iter().filter(is_newest).map(|generator| (generator, true));
    let mut untouched: BTreeMap<String, Arc<Untouched>> = BTreeMap::new();
    for (generator, is_live) in embedded.chain(asking) {
        let label = if is_live { format!("live-{}", generator.name) } else { generator.name.clone() };
        let gallery = Arc::new(Gallery {
            root: folder.join(&generator.name),
            generator: generator.clone(),
            untouched: Arc::clone(untouched.entry(generator.name.clone()).or_default()),
            is_live,
            exe: None,
            left_out: Mutex::default(),
            made: OnceLock::new(),
        });
        // A start of PowerShell takes half a second: it is tried with the newest generators.
        for shell in shells::windows().into_iter().filter(|_| is_newest(&generator)) {
            if !generator.writes(shell.grammar) {
                continue;
            }
            for scenario in &scenarios {
                if !(scenario.applies_to)(&shell) {
                    continue;
                }
                let name = format!("{label}::{}::{}", shell.name, scenario.name);
                let (gallery, shell, scenario) = (gallery.clone(), shell.clone(), scenario.clone());
                let missing = generator.missing().or_else(|| shell.missing());
                trials.push(trial(name, missing, move || check(&gallery, &shell, &scenario)));
            }
        }
        // Other versions of bash are tried with the newest generators: the program is always the same.
        let older = shells::bashes().into_iter().filter(|_| is_newest(&generator) && !is_live);
        for shell in shells::all().into_iter().chain(older) {
            if !generator.writes(shell.grammar) {
                continue;
            }
            for scenario in &scenarios {
                if !(scenario.applies_to)(&shell) {
                    continue;
                }
                let name = format!("{label}::{}::{}", shell.name, scenario.name);
                let missing = generator.missing().or_else(|| shell.missing());
                let (gallery, shell, scenario) = (gallery.clone(), shell.clone(), scenario.clone());
                trials.push(trial(name, missing, move || check(&gallery, &shell, &scenario)));
            }
            if shell.grammar == Grammar::Python {
                continue;
            }
            let missing = generator
                .missing()
                .or_else(|| shell.missing())
                .or_else(|| which::which("strace").is_err().then(|| "strace".to_owned()));
            let (gallery, name) = (gallery.clone(), format!("{label}::{}::no-process", shell.name));
            trials.push(trial(name, missing, move || no_process(&gallery, &shell)));
        }
    }
    trials.push(on_unix("trouble-in-the-path".to_owned(), {
        let root = folder.join("trouble");
        move || trouble(&root)
    }));
    trials
}

/// A project and a venv whose names are trouble, and the same name for a value.
fn trouble(root: &Path) -> Result<(), Failed> {
    let project = root.join(values::TROUBLE);
    fs::create_dir_all(&project)?;
    write_secrets(&project.join("secrets.toml"), &[("TROUBLE".to_owned(), values::TROUBLE.to_owned())]);
    for generator in generators::all().into_iter().filter(|generator| generator.missing().is_none()) {
        let venv = project.join(format!("{} {}", generator.name, values::TROUBLE));
        if generator.make(&venv, root).is_err() {
            continue; // Some generators do not take such a name.
        }
        let before = fs::read(venv.join("bin/activate"))?;
        let run = |shell: &str| -> Result<Vec<String>, Failed> {
            let show = "printf '%s|' \"${VIRTUAL_ENV-}\" \"${TROUBLE-}\"";
            let mut command = Command::new(shell);
            support::clean(&mut command, root);
            let line = format!(". \"$1/bin/activate\"; {show}; deactivate; {show}");
            let output = command.args(["-c", &line, shell]).arg(&venv).output()?;
            Ok(String::from_utf8_lossy(&output.stdout).split('|').map(str::to_owned).collect())
        };
        let shells = ["bash", "dash"];
        let untouched: Vec<_> = shells.iter().map(|shell| run(shell)).collect::<Result<_, _>>()?;
        succeed(venvars(&project).arg("apply").arg("--venv").arg(&venv))?;
        for (shell, mut expected) in shells.into_iter().zip(untouched) {
            // A generator that does not quote its own path fails by itself: then nothing is set.
            if !expected[0].is_empty() {
                values::TROUBLE.clone_into(&mut expected[1]);
            }
            let found = run(shell)?;
            if found != expected {
                return Err(format!("{}: {shell}: {found:?} instead of {expected:?}", generator.name).into());
            }
        }
        succeed(venvars(&project).arg("remove").arg("--venv").arg(&venv))?;
        if fs::read(venv.join("bin/activate"))? != before {
            return Err(format!("{}: remove does not give the script back", generator.name).into());
        }
    }
    Ok(())
}

/// One run of a scenario.
#[derive(Clone)]
struct Run {
    dumps: Vec<Option<Environment>>,
    state: Option<String>,
    output: String,
    success: bool,
}

fn run(gallery: &Gallery, shell: &Shell, scenario: &Scenario, side: Side) -> Result<Run, Failed> {
    // Named after the side, so that what shows this path is made the same by `same` and `environment`.
    let out = gallery.root.join(format!("{}-{}", shell.name, scenario.name)).join(gallery.folder(side));
    fs::create_dir_all(&out)?;
    // What the user changes while the venv is active is undone with it: the other side never has it.
    let kept = |step: &&Step| side == Side::Applied || !matches!(step, Step::Set(..));
    let steps: Vec<Step> = scenario.steps.iter().filter(kept).cloned().collect();
    let text = shell.write(&steps, &gallery.venvs(side), &out);
    let output = shell.run(&[], &text, &out, &gallery.root, &scenario.environment);
    let same = |bytes: &[u8]| {
        let text = one_folder(&String::from_utf8_lossy(bytes));
        // Our blocks move the generator's lines, and messages name them by number.
        let numbers = Regex::new(
            r"(line |activate: ?|activate\[|script: |inner1: |\.nu:|\.ps1:)[0-9]+(:[0-9]+)?|\(line [0-9]+\)|(?m:^) +[0-9]+ \|",
        )
        .expect("a valid pattern");
        numbers.replace_all(&text, "${1}N").into_owned()
    };
    let dumps = (0..scenario.dumps.len())
        .map(|number| fs::read(out.join(format!("dump{number}"))).ok().map(|bytes| environment(&bytes)))
        .collect();
    let run = Run {
        dumps,
        state: fs::read(out.join("state0")).ok().map(|bytes| same(&bytes)),
        output: same(&[output.stdout, output.stderr].concat()),
        success: output.status.success(),
    };
    fs::remove_dir_all(&out)?;
    Ok(run)
}

/// `text` as if all venvs lay in one folder.
fn one_folder(text: &str) -> String {
    text.replace(FOLDERS[1], FOLDERS[0]).replace(FOLDERS[2], FOLDERS[0])
}

/// A dump as names and values, without what no two runs share.
fn environment(dump: &[u8]) -> Environment {
    let path = |value: &[u8]| match String::from_utf8(value.to_vec()) {
        Ok(text) => one_folder(&text).into_bytes(),
        Err(_) => value.to_vec(),
    };
    // Windows PowerShell writes a byte-order mark.
    dump.strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(dump)
        .split(|byte| *byte == 0)
        .filter_map(|entry| {
            let at = entry.iter().position(|byte| *byte == b'=')?;
            Some((String::from_utf8_lossy(&entry[..at]).into_owned(), path(&entry[at + 1..])))
        })
        .filter(|(name, _)| !VOLATILE.contains(&name.as_str()) && !name.starts_with("BASH_FUNC_"))
        // As bash exported functions before 2014.
        .filter(|(_, value)| !value.starts_with(b"() {"))
        .collect()
}

const VOLATILE: [&str; 5] =
    ["_", "_AST_FEATURES", "CMD_DURATION_MS", "LAST_EXIT_CODE", "XONSH_CAPTURE_ALWAYS"];

/// What a shell says where some names hold more than a text.
const REFUSED: &str = "venvars: no variable was set: this shell cannot replace GLOBS DASH JSON_KEY NUMBER a";

fn check(gallery: &Gallery, shell: &Shell, scenario: &Scenario) -> Result<(), Failed> {
    gallery.once(shell, scenario.name, || both_sides(gallery, shell, scenario))
}

fn both_sides(gallery: &Gallery, shell: &Shell, scenario: &Scenario) -> Result<(), Failed> {
    let applied = run(gallery, shell, scenario, Side::Applied)?;
    let untouched = gallery.untouched(shell, scenario)?;
    let fails = untouched.dumps.iter().any(Option::is_none);
    let known = known_to_fail(gallery, shell, scenario);
    if fails && !known {
        return Err(format!("the untouched script fails:\n{}", untouched.output).into());
    }
    if fails || (known && untouched.output.contains("bad substitution")) {
        // The shell does not get past the generator's own script.
        let ours = |dump: &Environment| {
            !dump.contains_key("VIRTUAL_ENV") && dump.keys().any(|name| name.starts_with("_VENVARS"))
        };
        return if applied.dumps.iter().flatten().any(ours) {
            Err("set, although the activation failed".into())
        } else {
            Ok(())
        };
    }
    for (number, shows) in scenario.dumps.iter().enumerate() {
        let expected = untouched.dumps[number].clone().unwrap_or_default();
        let Some(found) = applied.dumps[number].clone() else {
            return Err(format!("dump {number} is missing:\n{}", applied.output).into());
        };
        let variables = match shows {
            Shows::A | Shows::B if !expected.contains_key("VIRTUAL_ENV") && known => {
                vec![]
            }
            Shows::A => gallery.nasty(),
            Shows::B => values::second(),
            Shows::AIfActive
                if expected.get("VIRTUAL_ENV").is_some_and(|folder| !folder.is_empty())
                    || untouched.output.contains("active: /") =>
            {
                gallery.nasty()
            }
            Shows::AIfActive | Shows::Nothing => vec![],
            Shows::Anything => continue,
        };
        compare(shell, gallery, expected, found, &variables)
            .map_err(|what| format!("dump {number}: {what}\n{}", applied.output))?;
    }
    // Where the generator's own deactivate fails half-way, it stays, and our block in it.
    if let (Some(found), Some(expected)) = (&applied.state, &untouched.state)
        && !expected.contains("deactivate")
    {
        same_state(found, expected)?;
    }
    let told = |run: &Run| {
        run.output
            .lines()
            // What venvars says, and a shell of its readonly variable, is not said of the untouched.
            .filter(|line| !line.starts_with("venvars: ") && !line.ends_with("QUOTES: is read only"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let mut expected = told(&untouched);
    if scenario.name == "status-without-hash" {
        // An activation that worked says so, whatever the generator's last command said.
        expected.iter_mut().filter(|line| *line == "status 1").for_each(|line| "status 0".clone_into(line));
    }
    if scenario.name == "typed-variables" && !applied.output.lines().any(|line| line == REFUSED) {
        return Err(format!("not refused by name:\n{}", applied.output).into());
    }
    if told(&applied) != expected {
        return Err(format!("printed:\n{}\ninstead of:\n{}", applied.output, untouched.output).into());
    }
    if applied.success != untouched.success {
        return Err("another exit status".into());
    }
    Ok(())
}

/// Whether the generator's own script is known to fail in this shell (traps 3 and 13 of the contract,
/// and what `set -u` or an aliased `export` does to it): then nothing is compared but that nothing
/// of ours is set.
fn known_to_fail(gallery: &Gallery, shell: &Shell, scenario: &Scenario) -> bool {
    let generator = gallery.generator.name.as_str();
    match shell.grammar {
        // "prompt: Undefined variable."
        Grammar::Csh => !generator.starts_with("uv"),
        Grammar::Nu => ["virtualenv-20.13.4", "virtualenv-20.16.7"].contains(&generator),
        Grammar::Posix => {
            // uv's scripts, and virtualenv's from 21.15.11 on, use what these two do not parse.
            let bash = generator.starts_with("uv") || generator == "virtualenv-newest";
            (bash && matches!(shell.name, "mksh" | "yash"))
                || matches!(scenario.name, "nounset" | "strict")
                || (generator, shell.name, scenario.name) == ("virtualenv-20.0.35", "zsh", "errexit")
                || (generator.starts_with("virtualenv-21") || generator == "virtualenv-newest")
                    && (shell.name, scenario.name) == ("yash", "posixly-correct")
        }
        _ => false,
    }
}

/// Whether `found` is `expected` and the variables that this shell can hold.
fn compare(
    shell: &Shell,
    gallery: &Gallery,
    mut expected: Environment,
    found: Environment,
    variables: &Variables,
) -> Result<(), String> {
    let left_out = left_out(shell, gallery, variables);
    for (name, value) in variables {
        if !left_out.contains(name) {
            expected.insert(name.clone(), value.clone().into_bytes());
        }
    }
    let found: Environment =
        found.into_iter().filter(|(name, _)| variables.is_empty() || !name.starts_with("_VENVARS")).collect();
    let shown = |value: Option<&Vec<u8>>| {
        value.map(|value| {
            let text: String = String::from_utf8_lossy(value).chars().take(200).collect();
            format!("{text:?} ({} bytes)", value.len())
        })
    };
    let wrong: Vec<String> = expected
        .keys()
        .chain(found.keys())
        .filter(|name| expected.get(*name) != found.get(*name))
        .map(|name| {
            format!("{name}: {:?} instead of {:?}", shown(found.get(name)), shown(expected.get(name)))
        })
        .collect();
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// The names that the shell cannot hold, as venvars says it.
fn left_out(shell: &Shell, gallery: &Gallery, variables: &Variables) -> Vec<String> {
    if variables.is_empty() {
        return vec![];
    }
    if shell.name == "bsd-csh" {
        // Said when it is activated: the same script serves tcsh, which holds them.
        let longest = if gallery.is_live { 2000 } else { 8185 };
        return variables
            .iter()
            .filter(|(_, value)| value.len() > longest)
            .map(|(name, _)| name.clone())
            .collect();
    }
    let mut known = gallery.left_out.lock().expect("no trial panics here");
    if let Some(names) = known.get(&(shell.export_name(), variables.len())) {
        return names.clone();
    }
    let secrets = if variables.len() == values::second().len() { "b.toml" } else { "a.toml" };
    let mut command = gallery.venvars(&gallery.venvs(Side::Applied));
    let output = command
        .args(["--secrets", secrets, "status", "--json", "--venv", "A"])
        .output()
        .expect("our own program");
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let names: Vec<String> = document["left_out"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|entry| entry["shell"] == shell.export_name())
        .filter_map(|entry| entry["name"].as_str().map(str::to_owned))
        .collect();
    known.insert((shell.export_name(), variables.len()), names.clone());
    names
}

/// Whether the shell itself is as it would have been: variables, functions, aliases.
fn same_state(found: &str, expected: &str) -> Result<(), Failed> {
    const VOLATILE: [&str; 27] = [
        "RANDOM",
        "SRANDOM",
        "SECONDS",
        "LINENO",
        "EPOCH",
        "BASH_",
        "PPID",
        "_=",
        "_AST",
        "HISTCMD",
        "TTYIDLE",
        "_ ",
        "PIPESTATUS",
        "COMP_",
        "FUNCNAME",
        "pipestatus",
        "status",
        "?=",
        "$=",
        "!=",
        "fish_pid",
        "version",
        "FUNCNEST",
        "argv",
        "BASHPID",
        "KSH_MATCH",
        "'$'=",
    ];
    let lines = |text: &str| -> Vec<String> {
        text.lines()
            .filter(|line| !VOLATILE.iter().any(|prefix| line.starts_with(prefix)))
            .map(str::to_owned)
            .collect()
    };
    let (found, expected) = (lines(found), lines(expected));
    let extra: Vec<_> = found.iter().filter(|line| !expected.contains(line)).take(10).collect();
    let lacking: Vec<_> = expected.iter().filter(|line| !found.contains(line)).take(10).collect();
    if extra.is_empty() && lacking.is_empty() {
        Ok(())
    } else {
        Err(format!("the shell is another: left behind {extra:#?}, lost {lacking:#?}").into())
    }
}

/// Activation and deactivation start as many processes as the untouched scripts do, and one more where
/// they ask for the values.
fn no_process(gallery: &Gallery, shell: &Shell) -> Result<(), Failed> {
    gallery.once(shell, "no-process", || same_processes(gallery, shell))
}

fn same_processes(gallery: &Gallery, shell: &Shell) -> Result<(), Failed> {
    let count = |side| -> Result<(usize, bool), Failed> {
        let out = tempfile::tempdir_in(&gallery.root)?;
        let steps = [Step::Activate("A"), Step::Activate("B"), Step::Deactivate];
        let text = shell.write(&steps, &gallery.venvs(side), out.path());
        let trace = out.path().join("trace");
        let trace_text = trace.display().to_string();
        let before = ["strace", "-f", "-qq", "-e", "trace=process", "-e", "signal=none", "-o", &trace_text];
        let output = shell.run(&before, &text, out.path(), &gallery.root, &values::preset());
        let trace = fs::read_to_string(trace)?;
        // A thread is no process.
        let started = trace
            .lines()
            .filter(|line| {
                ["fork(", "execve("].iter().any(|call| line.contains(call))
                    || (line.contains("clone") && !line.contains("CLONE_THREAD") && !line.contains("resumed"))
            })
            .count();
        Ok((started, output.status.success()))
    };
    let (applied, untouched) = (count(Side::Applied)?, count(Side::Untouched)?);
    // To ask takes one process for each of the two activations: it is forked and becomes venvars.
    let asked = if gallery.is_live { 2 * 2 } else { 0 };
    // These can tell only in a process of its own whether a variable that exists is exported.
    let old = matches!(shell.name, "bash-3.2" | "bash-4.2" | "bash-4.3");
    let there = |values: Variables| {
        values::preset().iter().filter(|(name, _)| values.iter().any(|(other, _)| other == name)).count()
    };
    let asked = if old { asked + there(values::nasty()) + there(values::second()) } else { asked };
    if applied.0 > untouched.0 + asked && untouched.1 {
        return Err(format!("{} processes instead of {}", applied.0, untouched.0).into());
    }
    Ok(())
}
