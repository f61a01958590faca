//! Straight from a venv of ours into one that venvars never saw, at a terminal, in the real shells.
//!
//! Each case is typed twice, with venvs that are all as their generator made them, and with A and C
//! applied. Whatever it leaves in a file has to be the same, but for the variables.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::support::generators::{self, Generator};
use crate::support::shells::{self, Grammar, Shell, Step};
use crate::support::{once, succeed, terminal, trial, venvars, write_secrets};
use libtest_mimic::{Failed, Trial};

use Step::{Activate, Deactivate, Dump, Raw};

/// What a dump of the environment has to show of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shows {
    A,
    C,
    Nothing,
}

struct Case {
    name: &'static str,
    steps: Vec<Step>,
    dumps: Vec<Shows>,
}

const A: [(&str, &str); 2] = [("SECRET_KEY", "of A: it's $HOME"), ("TOKEN", "of A")];
const C: [(&str, &str); 2] = [("SECRET_KEY", "of C"), ("OTHER", "of C")];
/// What is there before.
const BEFORE: (&str, &str) = ("SECRET_KEY", "the user's own");

const SIDES: [&str; 2] = ["untouched", "venv-vars"];

fn case(name: &'static str, steps: Vec<Step>, dumps: &[Shows]) -> Case {
    Case { name, steps, dumps: dumps.to_vec() }
}

/// Tried in every shell with a guard and with the newest of each kind of generator.
fn basic(left: Step) -> Vec<Case> {
    use Shows::{A, C, Nothing};
    vec![
        case(
            "unknown",
            vec![
                Activate("A"),
                Dump(0),
                Activate("B"),
                Dump(1),
                left.clone(),
                Deactivate,
                Dump(2),
                left.clone(),
            ],
            &[A, Nothing, Nothing],
        ),
        case(
            "twice",
            vec![Activate("A"), Activate("A"), Dump(0), Deactivate, Dump(1), left.clone()],
            &[A, Nothing],
        ),
        case(
            "known",
            vec![
                Activate("A"),
                Activate("C"),
                Dump(0),
                Activate("A"),
                Activate("C"),
                Dump(1),
                Deactivate,
                Dump(2),
                left.clone(),
            ],
            &[C, C, Nothing],
        ),
        case(
            "known-unknown",
            vec![
                Activate("A"),
                Activate("C"),
                Activate("B"),
                Dump(0),
                left.clone(),
                Activate("C"),
                Dump(1),
                Activate("B"),
                Dump(2),
                Deactivate,
                Dump(3),
                left,
            ],
            &[Nothing, C, Nothing, Nothing],
        ),
    ]
}

/// Leaves what there is of ours in a file.
const LEFT: Step =
    Raw("{ set; alias; typeset -f; trap; } | grep -i '^ *_*venvars_\\|_venvars_guard' >> left || :");
/// The shell's own business, and no other program's.
const NO_GUARD_OUTSIDE: &str = "printenv _VENVARS_GUARD >> said || :";
const LEFT_FISH: Step = Raw("begin; set; functions --names --all; end | grep -i '^_*venvars_' >> left");

const LEFT_XONSH: Step = Raw(
    "open('left', 'a').write(' '.join(name for name in list(vars(__xonsh__)) + list(__xonsh__.ctx) if 'venvars' in name) + ' '.join(repr(one) for one in events.on_pre_prompt if 'venvars' in repr(one)))",
);

/// `there`, between what is said about the prompt before and after.
fn prompt(before: &'static str, said: &'static str, there: Vec<Step>) -> Vec<Step> {
    let mut steps = vec![Raw(before), Raw(said)];
    steps.extend(there);
    steps.push(Raw(said));
    steps
}

/// The venv is forgotten by hand, and a prompt comes before `deactivate`.
fn forgotten() -> Case {
    let steps = vec![Activate("A"), Raw("unset VIRTUAL_ENV"), Dump(0), Deactivate, Dump(1), LEFT];
    case("forgotten", steps, &[Shows::Nothing, Shows::Nothing])
}

/// From A straight into B and out again, with what is `said` about the prompt in B.
fn there(said: &'static str) -> Vec<Step> {
    vec![
        Activate("A"),
        Raw("(exit 3)"),
        Raw("false | true"),
        Dump(0),
        Activate("B"),
        Raw("(exit 4)"),
        Dump(1),
        LEFT,
        Raw(said),
        Deactivate,
        Raw("(exit 5)"),
        Dump(2),
    ]
}

fn bash() -> Vec<Case> {
    use Shows::{A, Nothing};
    const SAID: &str = "declare -p PROMPT_COMMAND >> said 2>&1 || :";
    let changed = |line: &'static str| {
        vec![
            Activate("A"),
            Raw(line),
            Raw("(exit 3)"),
            Activate("B"),
            Raw("(exit 4)"),
            Dump(0),
            LEFT,
            Raw(SAID),
            Deactivate,
            Raw("(exit 5)"),
            Dump(1),
        ]
    };
    let log = "PROMPT_COMMAND='echo \"$? ${PIPESTATUS[*]} $_\" >> log'";
    let mut cases = vec![forgotten()];
    for (name, before) in [
        ("string", log),
        ("empty", "PROMPT_COMMAND="),
        ("unset", ":"),
        ("comment", "PROMPT_COMMAND='echo $? >> log # and so on'"),
        ("array", "PROMPT_COMMAND=('echo one $? >> log' 'echo two $? >> log')"),
        ("empty-array", "PROMPT_COMMAND=()"),
        ("sparse-array", "PROMPT_COMMAND=([3]='echo three $? >> log' [7]='echo seven >> log')"),
        ("exported", "export PROMPT_COMMAND='echo $? >> log'"),
        ("nounset", "set -u"),
        ("errexit", "set -e; PROMPT_COMMAND='echo $? >> log'"),
        ("posix", "set -o posix; PROMPT_COMMAND='echo $? >> log'"),
        ("odd-ifs", "IFS=_venars; PROMPT_COMMAND='echo $? >> log'"),
        ("nocasematch", "shopt -s nocasematch; PROMPT_COMMAND='echo $? >> log'"),
        ("err-trap", "trap 'echo err >> log' ERR"),
        ("nullglob", "shopt -s nullglob"),
        ("failglob", "shopt -s failglob"),
        // Before 5.1 the shell knew no array there, and the guard looks no further than this name.
        ("old-string", "BASH_VERSION=5.0.18; PROMPT_COMMAND='echo \"$? ${PIPESTATUS[*]} $_\" >> log'"),
        ("old-empty", "BASH_VERSION=4.4.23; PROMPT_COMMAND="),
        ("old-unset", "BASH_VERSION=3.2.57; unset PROMPT_COMMAND"),
    ] {
        let mut steps = prompt(before, SAID, there(SAID));
        if name == "errexit" {
            // The shell ends with these.
            steps.retain(|step| !matches!(step, Raw(line) if line.starts_with("(exit")));
        }
        if name == "exported" {
            // The environment shows the guard for as long as it is there.
            steps.insert(2, Raw("alias dumped=:"));
            steps.retain(|step| !matches!(step, Dump(0)));
            for step in &mut steps {
                if let Dump(number) = step {
                    *number -= 1;
                }
            }
            cases.push(case(name, steps, &[Nothing, Nothing]));
            continue;
        }
        cases.push(case(name, steps, &[A, Nothing, Nothing]));
    }
    for (name, before, line) in [
        ("replaced", log, "PROMPT_COMMAND='echo \"new $?\" >> log'"),
        ("set", ":", "PROMPT_COMMAND='echo \"new $?\" >> log'"),
        ("exported-meanwhile", log, "export PROMPT_COMMAND=\"echo new \\$? >> log; $PROMPT_COMMAND\""),
        ("put-before", log, "PROMPT_COMMAND=\"echo new \\$? >> log${PROMPT_COMMAND:+;$PROMPT_COMMAND}\""),
        ("put-behind", log, "PROMPT_COMMAND=\"${PROMPT_COMMAND:+$PROMPT_COMMAND;} echo new >> log\""),
        ("put-behind-none", ":", "PROMPT_COMMAND=\"${PROMPT_COMMAND:+$PROMPT_COMMAND;} echo new >> log\""),
    ] {
        cases.push(case(name, prompt(before, SAID, changed(line)), &[Nothing, Nothing]));
    }
    cases.push(case(
        // As when the user's own settings are read once more. What stands between the two does nothing.
        "exported-put-behind",
        vec![
            Raw("export PROMPT_COMMAND='echo one $? >> log'"),
            Activate("A"),
            Raw("PROMPT_COMMAND=\"$PROMPT_COMMAND; echo two >> log\""),
            Raw("(exit 3)"),
            Activate("B"),
            Raw("case $PROMPT_COMMAND in *VENVARS*) echo left >> said ;; esac"),
        ],
        &[],
    ));
    cases.push(case(
        // Only what stands in the array is compared: that it stays one is the user's own doing.
        "element-added",
        vec![
            Raw(log),
            Activate("A"),
            Raw("PROMPT_COMMAND=('echo first $? >> log' \"${PROMPT_COMMAND[@]}\" 'echo last $? >> log')"),
            Raw("(exit 3)"),
            Activate("B"),
            Dump(0),
            LEFT,
            Raw("printf '%s\\n' \"${PROMPT_COMMAND[@]}\" >> said"),
        ],
        &[Nothing],
    ));
    cases.push(case(
        "readonly",
        vec![
            Raw("PROMPT_COMMAND='echo $? >> log'; readonly PROMPT_COMMAND"),
            Activate("A"),
            Dump(0),
            Raw("(exit 3)"),
            Deactivate,
            Dump(1),
            LEFT,
            Raw(SAID),
        ],
        &[A, Nothing],
    ));
    cases.push(case(
        "readonly-meanwhile",
        vec![
            Raw("PROMPT_COMMAND='echo $? >> log'"),
            Activate("A"),
            Raw("readonly PROMPT_COMMAND"),
            Activate("B"),
            Raw("(exit 3)"),
            Dump(0),
            Deactivate,
            Dump(1),
        ],
        &[Nothing, Nothing],
    ));
    cases.push(case(
        // As bash-preexec, starship and VS Code find out where the user's command begins.
        "debug-trap",
        vec![
            Raw("ready=; seen() { case $ready in 1) ready=; echo \"$1\" >> log ;; esac; }"),
            Raw("PROMPT_COMMAND='ready=1'"),
            Raw("trap 'seen \"$BASH_COMMAND\"' DEBUG"),
            Activate("A"),
            Raw("true one"),
            Raw("true two"),
            Raw("(exit 3)"),
            Deactivate,
            Raw("true three"),
        ],
        &[],
    ));
    cases.push(case(
        "allexport",
        vec![
            Raw("PROMPT_COMMAND='echo $? >> log'; set -a"),
            Activate("A"),
            Raw("bash --norc -c '. ../B/bin/activate; deactivate' >> said 2>&1"),
            Raw(NO_GUARD_OUTSIDE),
            Activate("B"),
            Deactivate,
            Raw("set +a"),
            LEFT,
            Raw(SAID),
        ],
        &[],
    ));
    for (name, before) in [("nested", ":"), ("nested-exported", "export PROMPT_COMMAND='echo $? >> log'")] {
        cases.push(case(
            name,
            vec![
                Raw(before),
                Activate("A"),
                Raw("bash --norc -i 2>> said"),
                Raw("(exit 3)"),
                Activate("B"),
                Deactivate,
                Activate("A"),
                Activate("B"),
                Dump(0),
                LEFT,
                Raw("exit"),
                Activate("B"),
                Dump(1),
                LEFT,
                Raw(SAID),
            ],
            &[Nothing, Nothing],
        ));
    }
    cases
}

fn zsh() -> Vec<Case> {
    use Shows::{A, Nothing};
    const SAID: &str = "typeset -p precmd_functions >> said 2>&1 || :; typeset -f precmd >> said || :";
    let mut cases = vec![forgotten()];
    for (name, before) in [
        ("precmd", "precmd() { echo $? $pipestatus >> log }"),
        ("functions", "one() { echo one $? $pipestatus >> log }; precmd_functions=(one)"),
        ("unique", "one() { echo $? >> log }; typeset -U precmd_functions; precmd_functions=(one)"),
        ("empty", "precmd_functions=()"),
        ("unset", ":"),
        ("readonly", "one() { echo $? >> log }; typeset -r precmd_functions=(one)"),
        ("nounset", "set -u"),
        ("errexit", "set -e; precmd() { echo $? >> log }"),
        ("emulate-sh", "emulate sh; precmd() { echo $? >> log; }"),
        (
            "ksh-arrays",
            "setopt ksh_arrays; one() { echo $? >> log }; two() { : }; precmd_functions=(one two)",
        ),
        ("global-warning", "setopt warn_create_global"),
        ("allexport", "setopt all_export; one() { echo $? >> log }; precmd_functions=(one)"),
    ] {
        let mut steps = prompt(before, SAID, there(SAID));
        let mut dumps = vec![A, Nothing, Nothing];
        match name {
            "errexit" => steps.retain(|step| !matches!(step, Raw(line) if line.starts_with("(exit"))),
            "readonly" => {
                // No guard can be had: `deactivate` is what gives the values back.
                steps = vec![
                    Raw(before),
                    Raw(SAID),
                    Activate("A"),
                    Dump(0),
                    Deactivate,
                    Dump(1),
                    LEFT,
                    Raw(SAID),
                ];
                dumps = vec![A, Nothing];
            }
            "allexport" => {
                steps.retain(|step| !matches!(step, Dump(_)));
                steps.insert(3, Raw(NO_GUARD_OUTSIDE));
                dumps.clear();
            }
            _ => {}
        }
        cases.push(case(name, steps, &dumps));
    }
    for (name, before, line) in [
        ("precmd-changed", "precmd() { echo old $? >> log }", "precmd() { echo new $? >> log }"),
        (
            "function-added",
            "one() { echo $? >> log }; two() { echo two $? >> log }; precmd_functions=(one)",
            "precmd_functions+=(two)",
        ),
        ("function-put-first", "two() { echo two $? >> log }", "precmd_functions=(two $precmd_functions)"),
    ] {
        cases.push(case(
            name,
            vec![
                Raw(before),
                Activate("A"),
                Raw(line),
                Raw("(exit 3)"),
                Activate("B"),
                Raw("(exit 4)"),
                Dump(0),
                LEFT,
                Raw(SAID),
                Deactivate,
                Dump(1),
                Raw(SAID),
            ],
            &[Nothing, Nothing],
        ));
    }
    cases
}

fn fish() -> Vec<Case> {
    use Shows::{A, Nothing};
    vec![
        case(
            "at-once",
            vec![
                Raw(
                    "source ../A/bin/activate.fish; source ../B/bin/activate.fish; env -0 > dump0; deactivate",
                ),
                Dump(1),
                LEFT_FISH,
            ],
            &[Nothing, Nothing],
        ),
        case(
            "prompt",
            vec![
                Raw("function fish_prompt; echo $status $pipestatus >> log; end"),
                Activate("A"),
                Raw("false | true"),
                Raw("function other; return 3; end; other"),
                Activate("B"),
                Raw("other"),
                Dump(0),
                Deactivate,
                Raw("other"),
            ],
            &[Nothing],
        ),
        case(
            "status",
            vec![
                Activate("A"),
                Raw("function other; return 3; end"),
                Raw("other; set -e VIRTUAL_ENV; echo $status >> log"),
                Dump(0),
                LEFT_FISH,
            ],
            &[Nothing],
        ),
        case(
            "no-activation",
            vec![
                Activate("A"),
                Raw(
                    "VIRTUAL_ENV=x true; begin; set -lx VIRTUAL_ENV y; true; end; set -gx VIRTUAL_ENV $VIRTUAL_ENV",
                ),
                Raw("function local; set -l VIRTUAL_ENV y; set VIRTUAL_ENV z; end; local"),
                Dump(0),
            ],
            &[A],
        ),
        case(
            "nested",
            vec![
                Activate("A"),
                Raw("fish --no-config -i 2>> said"),
                Activate("B"),
                Deactivate,
                Activate("A"),
                Activate("B"),
                Dump(0),
                LEFT_FISH,
                Raw("exit"),
                Activate("B"),
                Dump(1),
                LEFT_FISH,
            ],
            &[Nothing, Nothing],
        ),
    ]
}

fn xonsh() -> Vec<Case> {
    use Shows::{A, Nothing};
    vec![case(
        "prompt",
        vec![
            Raw(
                "$PROMPT = lambda: open('log', 'a').write(str(__xonsh__.last and __xonsh__.last.rtn) + '\\n') and '> '",
            ),
            Raw("_ = events.on_pre_prompt(lambda **_: open('log', 'a').write('mine\\n'))"),
            Activate("A"),
            Dump(0),
            Raw("bash -c 'exit 3'"),
            Activate("B"),
            Dump(1),
            Deactivate,
            Dump(2),
            LEFT_XONSH,
        ],
        &[A, Nothing, Nothing],
    )]
}

/// Whether a case needs a bash that knows several prompt commands (5.1 and later): before, the guard is text in
/// the one, and gone with it, is seen where others put theirs around it, and is exported under `set -a`.
fn needs_more(case: &str) -> bool {
    const NEED: [&str; 8] = [
        "replaced",
        "set",
        "element-added",
        "empty-array",
        "sparse-array",
        "put-behind",
        "put-behind-none",
        "allexport",
    ];
    // A pretended version is for a bash that is none of these.
    NEED.contains(&case) || case.starts_with("old-")
}

/// What one generator made, on both sides; in live scripts, or without a guard.
struct Gallery {
    generator: Generator,
    settings: &'static str,
    root: PathBuf,
    made: OnceLock<Result<(), String>>,
}

impl Gallery {
    fn make(&self) -> Result<(), Failed> {
        once(&self.made, || self.make_now())
    }

    fn make_now(&self) -> Result<(), Failed> {
        for folder in [".config/fish", ".local/share/fish", ".cache/fish"] {
            fs::create_dir_all(self.root.join(folder))?;
        }
        for side in SIDES {
            let venvs = self.root.join(side);
            fs::create_dir_all(&venvs)?;
            fs::write(venvs.join("venvars.toml"), self.settings)?;
            for (venv, values) in [("A", A), ("B", A), ("C", C)] {
                self.generator.make(&venvs.join(venv), &self.root)?;
                if side == SIDES[1] && venv != "B" {
                    let secrets = format!("{venv}.toml");
                    let values = values.map(|(name, value)| (name.to_owned(), value.to_owned()));
                    write_secrets(&venvs.join(&secrets), &values);
                    succeed(venvars(&venvs).args(["--secrets", &secrets, "apply", "--venv", venv]))?;
                }
            }
        }
        Ok(())
    }
}

/// What no two shells share.
const VOLATILE: [&str; 3] = ["_", "PROMPT", "XONSH_HISTORY_FILE"];

type Environment = BTreeMap<String, String>;

/// What a case left behind on one side.
struct Left {
    environments: Vec<Environment>,
    files: BTreeMap<String, String>,
    shown: String,
}

fn left(gallery: &Gallery, shell: &Shell, case: &Case, side: &str) -> Result<Left, Failed> {
    let venvs = gallery.root.join(side);
    let out = tempfile::Builder::new().prefix("out-").tempdir_in(&venvs)?;
    let mut lines = shell.write(&case.steps, &venvs, out.path());
    lines.push_str("exit\n");
    let mut command = shell.interactive(&gallery.root);
    command.env(BEFORE.0, BEFORE.1).current_dir(out.path());
    let shown = terminal::typed(&command, &lines, shell.grammar == Grammar::Xonsh)?;
    let name = out.path().file_name().ok_or("no name")?.to_string_lossy().into_owned();
    let same = |text: &str| text.replace(&name, "out").replace(side, SIDES[0]);
    let mut left = Left { environments: Vec::new(), files: BTreeMap::new(), shown };
    for number in 0..case.dumps.len() {
        let file = out.path().join(format!("dump{number}"));
        let dump = fs::read(&file).map_err(|_| format!("dump {number} is missing:\n{}", left.shown))?;
        fs::remove_file(&file)?;
        left.environments.push(
            String::from_utf8_lossy(&dump)
                .split('\0')
                .filter_map(|entry| entry.split_once('='))
                .filter(|(name, _)| !VOLATILE.contains(name))
                .map(|(name, value)| (name.to_owned(), same(value)))
                .collect(),
        );
    }
    for entry in fs::read_dir(out.path())? {
        let file = entry?.path();
        let name = file.file_name().ok_or("no name")?.to_string_lossy().into_owned();
        left.files.insert(name, same(&fs::read_to_string(&file)?));
    }
    Ok(left)
}

fn check(gallery: &Gallery, shell: &Shell, case: &Case) -> Result<(), Failed> {
    gallery.make()?;
    let untouched = left(gallery, shell, case, SIDES[0])?;
    let applied = left(gallery, shell, case, SIDES[1])?;
    for (number, shows) in case.dumps.iter().enumerate() {
        let mut expected = untouched.environments[number].clone();
        let values = match shows {
            Shows::A => &A[..],
            Shows::C => &C[..],
            Shows::Nothing => &[],
        };
        expected.extend(values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let mut found = applied.environments[number].clone();
        if *shows != Shows::Nothing {
            found.retain(|name, _| !name.starts_with("_VENVARS"));
        }
        let names =
            expected.keys().chain(found.keys()).filter(|name| expected.get(*name) != found.get(*name));
        let wrong: Vec<_> = names
            .map(|name| format!("{name}: {:?} instead of {:?}", found.get(name), expected.get(name)))
            .collect();
        if !wrong.is_empty() {
            return Err(format!("dump {number}: {}\n{}", wrong.join("\n"), applied.shown).into());
        }
    }
    if applied.files != untouched.files {
        return Err(format!(
            "left {:#?}\ninstead of {:#?}\n{}\n{}",
            applied.files, untouched.files, applied.shown, untouched.shown
        )
        .into());
    }
    Ok(())
}

/// A script has no prompt, so nothing watches.
fn in_a_script(gallery: &Gallery, shell: &Shell) -> Result<(), Failed> {
    gallery.make()?;
    let venvs = gallery.root.join(SIDES[1]);
    let out = tempfile::tempdir_in(&venvs)?;
    let steps = [Activate("A"), Raw("typeset -f; typeset")];
    let text = shell.write(&steps, &venvs, out.path());
    let output = shell.run(&[], &text, out.path(), &gallery.root, &[]);
    let said = String::from_utf8_lossy(&output.stdout);
    let has = |name: &str| said.lines().any(|line| line.starts_with(name));
    if !said.contains("of A") || has("_venvars_guard") || has("_VENVARS_GUARD") {
        return Err(said.into_owned().into());
    }
    Ok(())
}

pub fn trials(folder: &Path) -> Vec<Trial> {
    let newest =
        |generator: &Generator| ["venv", "virtualenv-newest", "uv-newest"].contains(&generator.name.as_str());
    let mut trials = Vec::new();
    for generator in generators::all().into_iter().filter(newest) {
        for (mode, settings) in [("", ""), ("live-", "mode = \"live\"\n"), ("without-", "guard = false\n")] {
            let label = format!("{mode}{}", generator.name);
            let gallery = Arc::new(Gallery {
                generator: generator.clone(),
                settings,
                // A path may hold what is a pattern.
                root: folder.join(if label == "venv" { "[a-z]* venv" } else { &label }),
                made: OnceLock::new(),
            });
            let older = shells::bashes().into_iter().filter(|_| label == "venv");
            for shell in shells::all().into_iter().chain(older) {
                let cases = match (shell.name, mode) {
                    (_, "without-") => without(&shell),
                    (name, _) if shell.is_bash() || name == "zsh" => {
                        let special = if shell.is_bash() { bash() } else { zsh() };
                        let special = special.into_iter().filter(|case| {
                            label == "venv" && !(shell.has_one_prompt_command() && needs_more(case.name))
                        });
                        basic(LEFT).into_iter().chain(special).collect()
                    }
                    ("fish", _) => basic(LEFT_FISH).into_iter().chain(fish()).collect(),
                    ("xonsh", _) if generator.writes(Grammar::Xonsh) => {
                        basic(LEFT_XONSH).into_iter().chain(xonsh()).collect()
                    }
                    _ => vec![],
                };
                let missing = terminal::missing().or_else(|| generator.missing()).or_else(|| shell.missing());
                if label == "venv" && (shell.is_bash() || shell.name == "zsh") {
                    let (gallery, shell) = (gallery.clone(), shell.clone());
                    trials.push(trial(
                        format!("{label}::{}::in-a-script", shell.name),
                        missing.clone(),
                        move || in_a_script(&gallery, &shell),
                    ));
                }
                for case in cases {
                    let name = format!("{label}::{}::{}", shell.name, case.name);
                    let (gallery, shell) = (gallery.clone(), shell.clone());
                    trials.push(trial(name, missing.clone(), move || check(&gallery, &shell, &case)));
                }
            }
        }
    }
    trials
}

/// `guard = false`: nothing watches, and the values stay until our own `deactivate`.
fn without(shell: &Shell) -> Vec<Case> {
    let watching = match shell.grammar {
        Grammar::Posix if shell.is_bash() || shell.name == "zsh" => {
            Raw("typeset -f _venvars_guard _venvars_hook >> said; echo \"${_VENVARS_GUARD-}\" >> said")
        }
        Grammar::Fish => Raw("functions _venvars_guard >> said"),
        _ => return vec![],
    };
    vec![case(
        "off",
        vec![Activate("A"), watching, Dump(0), Deactivate, Dump(1)],
        &[Shows::A, Shows::Nothing],
    )]
}
