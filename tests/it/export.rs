//! Every format of `venvars export`, read by the program that it is for.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::shells::{self, Grammar, Shell, Step};
use crate::support::{cache, clean, succeed, trial, values, venvars, write_secrets};
use libtest_mimic::{Failed, Trial};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

type Variables = Vec<(String, String)>;

/// `venvars export --format FORMAT` of these variables.
fn export(folder: &Path, format: &str, variables: &Variables) -> Result<Vec<u8>, Failed> {
    write_secrets(&folder.join("secrets.toml"), variables);
    Ok(succeed(venvars(folder).args(["export", "--format", format]))?.stdout)
}

/// The variables that `format` can hold; the others are refused by name, each on its own.
fn held(folder: &Path, format: &str) -> Result<Variables, Failed> {
    let mut held = Vec::new();
    for (name, value) in values::nasty() {
        let variable = vec![(name.clone(), value.clone())];
        write_secrets(&folder.join("secrets.toml"), &variable);
        let output = venvars(folder).args(["export", "--format", format]).output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        match output.status.code() {
            Some(0) => held.push((name, value)),
            Some(2) if said.contains(&format!("{name}: ")) && output.stdout.is_empty() => {}
            code => return Err(format!("{name}: exit {code:?}: {said}").into()),
        }
    }
    Ok(held)
}

fn same(found: &BTreeMap<String, String>, expected: &Variables) -> Result<(), Failed> {
    for (name, value) in expected {
        if found.get(name) != Some(value) {
            let shown: Option<String> = found.get(name).map(|value| value.chars().take(100).collect());
            return Err(format!("{name}: {shown:?}").into());
        }
    }
    Ok(())
}

/// All that is nasty, as far as the shell can hold it.
fn nasty(shell: &Shell) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let mut variables = held(folder.path(), shell.export_name())?;
    if shell.name == "bsd-csh" {
        variables.retain(|(_, value)| value.len() <= 2000);
    }
    if variables.len() < 40 {
        return Err("too many are refused".into());
    }
    sourced(shell, folder.path(), &variables)
}

/// Five hundred random values, the same in every run, rich in what means something to some shell.
fn random(shell: &Shell) -> Result<(), Failed> {
    let special: Vec<char> =
        "'\"\\$`!%^&|;<>(){}[]*?~#=:,@+- \t\n\r\u{1b}\u{7f}\u{85}\u{a0}‘’‚‛“”0aZ_.中🚒\u{301}"
            .chars()
            .collect();
    let piece = prop_oneof![
        6 => prop::sample::select(special),
        1 => any::<char>().prop_filter("no NUL", |c| *c != '\0'),
    ];
    let values = prop::collection::vec(piece, 1..40).prop_map(String::from_iter);
    let mut runner = TestRunner::deterministic();
    let variables: Variables = (0..500)
        .map(|number| Ok((format!("RANDOM_{number}"), values.new_tree(&mut runner)?.current())))
        .collect::<Result<_, proptest::test_runner::Reason>>()
        .map_err(|reason| reason.message().to_owned())?;
    let folder = tempfile::tempdir()?;
    sourced(shell, folder.path(), &variables)
}

/// A shell sources the lines; the environment of what it starts then is compared.
fn sourced(shell: &Shell, path: &Path, variables: &Variables) -> Result<(), Failed> {
    // Nushell, xonsh and PowerShell look at the extension.
    let (file, source) = match shell.grammar {
        Grammar::Posix => ("export.sh", ". ./export.sh"),
        Grammar::Nu => ("export.nu", "source ./export.nu"),
        Grammar::Xonsh => ("export.xsh", "source ./export.xsh"),
        Grammar::PowerShell => ("export.ps1", ". ./export.ps1"),
        _ => ("export.txt", "source ./export.txt"),
    };
    fs::write(path.join(file), export(path, shell.export_name(), variables)?)?;
    let steps = [Step::Raw(source), Step::Dump(0)];
    let text = shell.write(&steps, path, path);
    let output = shell.run(&[], &text, path, path, &[]);
    let dump =
        fs::read(path.join("dump0")).map_err(|_| String::from_utf8_lossy(&output.stderr).into_owned())?;
    let found = dump
        .split(|byte| *byte == 0)
        .filter_map(|entry| String::from_utf8(entry.to_vec()).ok())
        .filter_map(|entry| entry.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())))
        .collect();
    same(&found, variables)
}

/// Python programs that read a format and print what they found as JSON.
const READERS: [(&str, &str); 6] = [
    ("dotenv", "import json, dotenv; print(json.dumps(dotenv.dotenv_values('export')))"),
    ("json", "import json; print(json.dumps(json.load(open('export'))))"),
    ("toml", "import json, tomllib; print(json.dumps(tomllib.load(open('export', 'rb'))))"),
    (
        "python",
        "import json, shutil; shutil.copy('export', 'values.py'); import sys; sys.path.insert(0, '.'); import values; print(json.dumps({k: v for k, v in vars(values).items() if isinstance(v, str)}))",
    ),
    (
        "kubernetes",
        "import base64, json, yaml; s = yaml.safe_load(open('export')); assert s['kind'] == 'Secret' and s['metadata']['name']; print(json.dumps({k: base64.b64decode(v).decode() for k, v in s['data'].items()}))",
    ),
    // The runner's own rules: NAME<<DELIMITER, lines up to the delimiter, joined by newlines.
    (
        "github",
        "import json\ntext = open('export', newline='').read().split('\\n')\nfound = {}\nwhile text and text[0]:\n    name, end = text.pop(0).split('<<', 1)\n    lines = []\n    while text[0] != end:\n        lines.append(text.pop(0))\n    text.pop(0)\n    found[name] = '\\n'.join(lines)\nprint(json.dumps(found))",
    ),
];

/// The documented rules of the two formats whose programs are not to be had here: docker's env file
/// (a line is NAME=value, as it stands) and systemd's EnvironmentFile (shell-like double quotes).
const RULES: [(&str, &str); 2] = [
    (
        "docker",
        "import json\nprint(json.dumps(dict(line.removesuffix('\\r').split('=', 1) for line in open('export', newline='').read().split('\\n') if line)))",
    ),
    (
        "systemd",
        r#"
import json, re
text = open('export', newline='').read()
found = {}
for name, quoted in re.findall(r'^([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"$', text, re.M | re.S):
    found[name] = re.sub(r'\\([`"$\\])', r'\1', quoted)
print(json.dumps(found))
"#,
    ),
];

fn read_by_python(format: &str, program: &str) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    let variables = held(path, format)?;
    if variables.len() < 30 {
        return Err("too many are refused".into());
    }
    fs::write(path.join("export"), export(path, format, &variables)?)?;
    let mut command = Command::new(cache().join("readers-2/bin/python"));
    clean(&mut command, path);
    let output = succeed(command.args(["-c", program]).current_dir(path))?;
    let found: BTreeMap<String, String> = serde_json::from_slice(&output.stdout)?;
    same(&found, &variables)
}

/// Random values of what dotenv readers and shells have words for.
fn dotenv_values(count: usize) -> Result<Variables, Failed> {
    let pieces: Vec<&str> = "' ' \" ` ` \\ \\ \\\\ $ ${ } :- { ( ) $( # = ; & | \n >m \n>m\n \n>m# `>m` $(>m) \r a n r t 0 \u{85} \u{feff} é"
        .split(' ')
        .chain([" ", "\n", "\r\n", "\t", "\n>m #", "` >m `"])
        .collect();
    let values =
        prop::collection::vec(prop::sample::select(pieces), 0..10).prop_map(|pieces| pieces.concat());
    let mut runner = TestRunner::deterministic();
    (0..count)
        .map(|number| Ok((format!("V{number}"), values.new_tree(&mut runner)?.current())))
        .collect::<Result<_, prop::test_runner::Reason>>()
        .map_err(|reason| reason.message().into())
}

/// A value is never code for a shell that sources the file.
fn dotenv_is_no_code(shell: &Shell) -> Result<(), Failed> {
    let text = |text: &str| text.to_owned();
    let mut cases: Vec<Vec<String>> = vec![
        vec![text("it's $(touch m)")],
        vec![text("it's `touch m`")],
        vec![text("it's ${x:-$(touch m)} $((a[$(touch m)]))")],
        vec![text("x\r`touch m`")],
        // zsh ran it where the backticks were the defaults of `${:-…}`.
        vec![text("'`\n>m #`\n>m\n{"), text("\n>m #))'{((")],
        vec![text("x'`"), text("\"\ntouch m\n`")],
    ];
    let random: Vec<String> = dotenv_values(150)?.into_iter().map(|(_, value)| value).collect();
    cases.extend(random.chunks(3).map(<[String]>::to_vec));
    for case in cases {
        let folder = tempfile::tempdir()?;
        let path = folder.path();
        let variables = case.iter().enumerate().map(|(number, value)| (format!("V{number}"), value.clone()));
        let exported = export(path, "dotenv", &variables.collect())?;
        fs::remove_file(path.join("secrets.toml"))?;
        let place = path.join("place");
        fs::create_dir(&place)?;
        fs::write(path.join("export"), exported)?;
        shell.run(&[], "cd place\n. ../export\n", path, path, &[]);
        if fs::read_dir(&place)?.count() > 0 {
            return Err(format!("{case:?} ran: {}", fs::read_to_string(path.join("export"))?).into());
        }
    }
    Ok(())
}

/// What a shell would read otherwise is said by name, and only that.
fn dotenv_says_what_is_not_for_shells(shell: &Shell) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    let variables = dotenv_values(200)?;
    write_secrets(&path.join("secrets.toml"), &variables);
    let output = succeed(venvars(path).args(["export", "--format", "dotenv"]))?;
    let note = String::from_utf8(output.stderr)?;
    let named: Vec<&str> = note.trim().rsplit(": ").next().unwrap_or_default().split(", ").collect();
    for (name, value) in variables {
        let line = export(path, "dotenv", &vec![(name.clone(), value.clone())])?;
        fs::write(path.join("export"), line)?;
        let script = format!(". ./export\nprintf '%s.' \"${name}\" > read\n");
        let _ = fs::remove_file(path.join("read"));
        shell.run(&[], &script, path, path, &[]);
        let is_same = fs::read(path.join("read")).is_ok_and(|read| read == format!("{value}.").as_bytes());
        if is_same == named.contains(&&*name) && (!is_same || shell.name != "zsh") {
            return Err(format!("{name}={value:?}: read and named: {is_same}").into());
        }
    }
    Ok(())
}

/// python-dotenv of this version reads each value exactly.
fn dotenv_of(version: &str) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    let mut variables = values::nasty();
    variables.extend(dotenv_values(3000)?);
    fs::write(path.join("export"), export(path, "dotenv", &variables)?)?;
    let mut command = Command::new(cache().join(format!("dotenv-{version}/bin/python")));
    clean(&mut command, path);
    let output = succeed(command.args(["-c", READERS[0].1]).current_dir(path))?;
    let found: BTreeMap<String, String> = serde_json::from_slice(&output.stdout)?;
    same(&found, &variables)
}

/// `--to-env` appends to the file of `$GITHUB_ENV` and prints a mask for each line, and nothing else.
fn github_to_env() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    let variables: Variables =
        [("KEY", "-----BEGIN\n 50% a\r\n\n \n-----END\n"), ("B", "two"), ("EMPTY", "")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
    let plain = String::from_utf8(export(path, "github", &variables)?)?;
    let to_env = |format: &str, file: Option<&str>| {
        let mut command = venvars(path);
        command.args(["export", "--format", format, "--to-env"]);
        file.map(|file| command.env("GITHUB_ENV", file));
        command.output()
    };
    let file = path.join("env");
    for (before, expected) in
        [("", plain.clone()), ("X=1\n", format!("X=1\n{plain}")), ("X=1", format!("X=1\n{plain}"))]
    {
        fs::write(&file, before)?;
        let output = to_env("github", file.to_str())?;
        assert!(output.status.success() && fs::read_to_string(&file)? == expected);
        let masks =
            "::add-mask::-----BEGIN\n::add-mask:: 50%25 a%0D\n::add-mask::-----END\n::add-mask::two\n";
        assert_eq!(String::from_utf8(output.stdout)?, masks);
    }
    for (format, file, says) in [
        ("github", None, "GITHUB_ENV is not set"),
        ("github", Some(""), "GITHUB_ENV is not set"),
        ("github", Some("no/such/folder/env"), "no/such/folder/env: could not write to"),
        ("sh", file.to_str(), "--to-env does not work with sh"),
    ] {
        let output = to_env(format, file)?;
        let said = String::from_utf8(output.stderr)?;
        assert!(output.status.code() == Some(2) && said.contains(says), "{said}");
    }
    // What is declared to be no secret is no mask.
    fs::write(path.join("venvars.toml"), "[variables.B]\nsecret = false\n")?;
    let masks = String::from_utf8(to_env("github", file.to_str())?.stdout)?;
    assert!(masks.contains("BEGIN") && !masks.contains("two"), "{masks}");
    // What the form cannot hold is refused before anything is written.
    write_secrets(&path.join("secrets.toml"), &[("GITHUB_X".to_owned(), "v".to_owned())]);
    fs::write(&file, "")?;
    assert!(to_env("github", file.to_str())?.status.code() == Some(2) && fs::read(&file)?.is_empty());
    Ok(())
}

pub fn trials() -> Vec<Trial> {
    let mut trials: Vec<Trial> = vec![trial("github-to-env".to_owned(), None, github_to_env)];
    for version in ["0.21.1", "1.0.0", "1.2.2", "1.2.4"] {
        let complete = cache().join(format!("dotenv-{version}/complete"));
        let missing = (!complete.exists()).then(|| format!("python-dotenv {version}"));
        trials.push(trial(format!("dotenv::python-dotenv-{version}"), missing, || dotenv_of(version)));
    }
    for shell in shells::all().into_iter().filter(|shell| shell.grammar == Grammar::Posix) {
        let (one, other) = (shell.clone(), shell.clone());
        trials.push(trial(format!("dotenv::no-code::{}", shell.name), shell.missing(), move || {
            dotenv_is_no_code(&one)
        }));
        trials.push(trial(format!("dotenv::note::{}", shell.name), shell.missing(), move || {
            dotenv_says_what_is_not_for_shells(&other)
        }));
    }
    let others = shells::all().into_iter().filter(|shell| shell.grammar != Grammar::Python);
    for shell in others.chain(shells::windows()) {
        let (one, other) = (shell.clone(), shell.clone());
        trials.push(trial(format!("sourced-by::{}", shell.name), shell.missing(), move || nasty(&one)));
        trials.push(trial(format!("random::{}", shell.name), shell.missing(), move || random(&other)));
    }
    let missing = (!cache().join("readers-2/complete").exists()).then(|| "the Python readers".to_owned());
    for (format, program) in READERS.into_iter().chain(RULES) {
        trials
            .push(trial(format!("read::{format}"), missing.clone(), move || read_by_python(format, program)));
    }
    trials
}
