//! PowerShell for Windows, run by Wine: the contract's scenarios, and what is a matter of Windows alone. With the path of our
//! program for Windows in `VENVARS_TEST_WINDOWS`, with scripts that it wrote as well.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::contract;
use crate::support::generators::{self, Generator};
use crate::support::shells;
use crate::support::{fed, succeed, trial, values, venvars, wine, write_secrets};
use libtest_mimic::{Failed, Trial};
use tempfile::TempDir;

type Variables = Vec<(String, String)>;

fn owned(variables: &[(&str, &str)]) -> Variables {
    variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn venv() -> Generator {
    generators::all().into_iter().next().expect("the first is venv").for_windows()
}

/// A project with a venv `A`, to which `of_a` is applied, and an untouched one, `B`.
fn project(of_a: &[(String, String)]) -> Result<TempDir, Failed> {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    for name in ["A", "B"] {
        venv().make(&path.join(name), path)?;
    }
    write_secrets(&path.join("secrets.toml"), of_a);
    succeed(venvars(path).args(["apply", "--venv", "A"]))?;
    Ok(folder)
}

/// What PowerShell prints that runs `lines` in `folder`, in which `{}` is the folder. It has to come to the end, in silence.
fn printed(folder: &Path, lines: &[&str], environment: &[(&str, &str)]) -> Result<Vec<String>, Failed> {
    let out = tempfile::tempdir_in(folder)?;
    let text = lines.join("\n").replace("{}", &wine::path(folder));
    let output = shells::wine_powershell().run(
        &[],
        &format!("{text}\n'[end]'\n"),
        out.path(),
        folder,
        &owned(environment),
    );
    let text = String::from_utf8_lossy(&output.stdout).replace('\r', "");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    match text.strip_suffix("[end]\n") {
        Some(text) if errors.is_empty() => Ok(text.lines().map(str::to_owned).collect()),
        _ => Err(format!("{text}\n{errors}\n{}", output.status).into()),
    }
}

#[track_caller]
fn prints(
    folder: &Path,
    lines: &[&str],
    environment: &[(&str, &str)],
    expected: &[&str],
) -> Result<(), Failed> {
    let found = printed(folder, lines, environment)?;
    if found == expected { Ok(()) } else { Err(format!("{found:#?} instead of {expected:#?}").into()) }
}

/// The line that has a child write its environment into the file `dump` of the project.
fn child() -> String {
    let program = wine::powershell().unwrap_or_default();
    format!("& '{}' --dumpenv '{{}}\\dump'", wine::path(&program))
}

/// The environment that a child was given.
fn dumped(folder: &Path) -> Result<BTreeMap<String, String>, Failed> {
    let text = fs::read_to_string(folder.join("dump"))?;
    Ok(text
        .split('\0')
        .filter_map(|entry| entry.split_once('='))
        .map(|(a, b)| (a.into(), b.into()))
        .collect())
}

/// The values that Windows can hold.
fn nasty() -> Variables {
    let is_short = |(_, value): &(String, String)| value.encode_utf16().count() < 32_700;
    values::nasty().into_iter().filter(is_short).collect()
}

fn holds(found: &BTreeMap<String, String>, expected: &[(String, String)]) -> Result<(), Failed> {
    let wrong = expected.iter().filter(|(name, value)| found.get(name) != Some(value));
    let wrong: Vec<_> =
        wrong.map(|(name, value)| format!("{name}: {:?} instead of {value:?}", found.get(name))).collect();
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

/// A child of an active shell has each value.
fn a_child_has_the_values() -> Result<(), Failed> {
    let folder = project(&nasty())?;
    printed(folder.path(), &[". '{}\\A\\Scripts\\Activate.ps1'", &child()], &[])?;
    holds(&dumped(folder.path())?, &nasty())
}

/// What `export` prints can be evaluated whole or line by line.
fn export_is_evaluated() -> Result<(), Failed> {
    let folder = project(&nasty())?;
    let text = succeed(venvars(folder.path()).args(["export", "--format", "powershell"]))?.stdout;
    fs::write(folder.path().join("export"), text)?;
    for way in ["-Raw | Invoke-Expression", "| Invoke-Expression", "| Out-String | Invoke-Expression"] {
        let line = format!("Get-Content -LiteralPath '{{}}\\export' {way}");
        printed(folder.path(), &[&line, &child()], &[])?;
        holds(&dumped(folder.path())?, &nasty()).map_err(|failed| format!("{way}: {failed:?}"))?;
    }
    Ok(())
}

const SHOW: &str = "\"$env:KEY|$env:NEW|$([bool]$env:VIRTUAL_ENV)\"";
const LEFT: &str = "(Get-ChildItem Env:, Function:, Variable:).Name -match '_venvars'";

/// Straight into a venv without our lines: the values are gone at the next prompt, whoever's prompt that is.
fn the_guard_looks() -> Result<(), Failed> {
    let folder = project(&owned(&[("KEY", "of a"), ("NEW", "new")]))?;
    let look = "$null = prompt 6>$null";
    for prompt in ["", "function global:prompt { 'mine> ' }"] {
        let lines = [
            prompt,
            ". '{}\\A\\Scripts\\Activate.ps1'",
            look,
            SHOW,
            ". '{}\\B\\Scripts\\Activate.ps1'",
            look,
            SHOW,
            "deactivate",
            look,
            SHOW,
            LEFT,
        ];
        prints(folder.path(), &lines, &[("KEY", "old")], &["of a|new|True", "old||True", "old||False"])
            .map_err(|failed| format!("{prompt}: {failed:?}"))?;
    }
    let forgotten = [". '{}\\A\\Scripts\\Activate.ps1'", "Remove-Item Env:VIRTUAL_ENV", look, SHOW];
    prints(folder.path(), &forgotten, &[("KEY", "old")], &["old||False"])
}

/// Where a policy stops the script, what `apply` says to run instead works.
fn a_policy_leaves_a_way() -> Result<(), Failed> {
    let folder = project(&owned(&[("KEY", "of a"), ("NEW", "new")]))?;
    let text = succeed(venvars(folder.path()).args(["export", "--format", "powershell"]))?.stdout;
    fs::write(folder.path().join("export"), text)?;
    for policy in ["Restricted", "AllSigned"] {
        let lines = [
            &format!("Set-ExecutionPolicy -Scope Process {policy} -Force"),
            "try { . '{}\\A\\Scripts\\Activate.ps1' } catch { $_.FullyQualifiedErrorId }",
            SHOW,
            "Get-Content -LiteralPath '{}\\export' | Out-String | Invoke-Expression",
            SHOW,
            "Set-ExecutionPolicy -Scope Process RemoteSigned -Force",
            ". '{}\\A\\Scripts\\Activate.ps1'",
            SHOW,
        ];
        let expected = ["UnauthorizedAccess", "old||False", "of a|new|False", "of a|new|True"];
        prints(folder.path(), &lines, &[("KEY", "old")], &expected)
            .map_err(|failed| format!("{policy}: {failed:?}"))?;
    }
    Ok(())
}

/// The venv is made again while it is active, and applied with other values.
fn made_again() -> Result<(), Failed> {
    let folder = project(&owned(&[("KEY", "of a"), ("NEW", "new")]))?;
    let path = folder.path();
    let script = path.join("A/Scripts/Activate.ps1");
    fs::rename(&script, path.join("first"))?;
    venv().make(&path.join("A"), path)?;
    let untouched = fs::read(&script)?;
    write_secrets(&path.join("secrets.toml"), &owned(&[("KEY", "of a now")]));
    succeed(venvars(path).args(["apply", "--venv", "A"]))?;
    fs::rename(&script, path.join("second"))?;
    fs::copy(path.join("first"), &script)?;
    let activate = ". '{}\\A\\Scripts\\Activate.ps1'";
    let replace = "Copy-Item -LiteralPath '{}\\second' '{}\\A\\Scripts\\Activate.ps1'";
    let lines = [activate, SHOW, replace, activate, SHOW, "deactivate", SHOW, LEFT];
    prints(path, &lines, &[("KEY", "old")], &["of a|new|True", "of a now||True", "old||False"])?;
    succeed(venvars(path).args(["remove", "--venv", "A"]))?;
    if fs::read(&script)? == untouched { Ok(()) } else { Err("the script is not as it was".into()) }
}

/// What is read is older than the secrets.
fn an_old_script_is_told() -> Result<(), Failed> {
    let folder = project(&owned(&[("KEY", "of a")]))?;
    let soon = std::time::SystemTime::now() + std::time::Duration::from_secs(10);
    fs::File::options().append(true).open(folder.path().join("secrets.toml"))?.set_modified(soon)?;
    let secrets = wine::path(&folder.path().join("secrets.toml"));
    let script = folder.path().join("A/Scripts/Activate.ps1");
    // The path that this system's program wrote is none of Windows.
    let text = fs::read_to_string(&script)?
        .replace(&folder.path().join("secrets.toml").display().to_string(), &secrets);
    fs::write(&script, text)?;
    for mode in ["FullLanguage", "ConstrainedLanguage"] {
        let lines = [
            &format!("$ExecutionContext.SessionState.LanguageMode = '{mode}'"),
            ". '{}\\A\\Scripts\\Activate.ps1' 3>&1 | ForEach-Object { \"$_\" }",
        ];
        let expected = ["venvars: this script is older than secrets.toml; run: venvars apply"];
        prints(folder.path(), &lines, &[], &expected).map_err(|failed| format!("{mode}: {failed:?}"))?;
    }
    Ok(())
}

/// What it says, and whether it succeeds.
fn said(command: &mut Command) -> Result<(bool, String), Failed> {
    let output = command.output()?;
    let said = [output.stdout, output.stderr].concat();
    Ok((output.status.success(), String::from_utf8_lossy(&said).replace('\r', "")))
}

/// Windows has one variable for both.
fn names_that_differ_in_case_are_refused(exe: &Path) -> Result<(), Failed> {
    let folder = project(&owned(&[("KEY", "a")]))?;
    write_secrets(&folder.path().join("secrets.toml"), &owned(&[("KEY", "a"), ("Key", "b")]));
    let (ok, text) = said(wine::venvars(exe, folder.path()).args(["apply", "--venv", "A"]))?;
    if ok || !text.contains("Windows has one variable for both") {
        return Err(text.into());
    }
    Ok(())
}

/// PowerShell ends with CR LF what it pipes into a program.
fn a_piped_value_has_no_line_end(exe: &Path) -> Result<(), Failed> {
    let folder = project(&owned(&[("KEY", "a")]))?;
    let program = wine::path(exe);
    let lines = [
        "Set-Location -LiteralPath '{}'",
        &format!("'it''s piped' | & '{program}' set KEY 2>$null"),
        &format!("\"$(& '{program}' get KEY)\""),
        &format!("& '{program}' export --format powershell | Invoke-Expression; $env:KEY"),
        &format!(
            "$env:KEY = ''; & '{program}' export --format powershell | Out-String | Invoke-Expression; $env:KEY"
        ),
    ];
    let found = printed(folder.path(), &lines, &[("VENVARS_TRUST", &wine::path(&std::env::temp_dir()))])?;
    let values: Vec<&str> = found.iter().map(|line| &**line).filter(|line| line.contains("it's")).collect();
    let secrets = fs::read_to_string(folder.path().join("secrets.toml"))?;
    if values == ["it's piped"; 3] && secrets.contains("\"it's piped\"") {
        Ok(())
    } else {
        Err(format!("{found:#?}\n{secrets}").into())
    }
}

/// The completions of a real PowerShell.
fn completions(exe: &Path) -> Result<(), Failed> {
    let folder = project(&owned(&[("SECRET_KEY", "hunter2-hunter2"), ("SEED", "b")]))?;
    let script = succeed(wine::venvars(exe, folder.path()).args(["completions", "powershell"]))?.stdout;
    fs::write(folder.path().join("venvars.ps1"), script)?;
    let lines = [
        "Set-Location -LiteralPath '{}'",
        ". '{}\\venvars.ps1'",
        // Under Wine it finds no program by its name.
        &format!("function Get-Command {{ '{}' }}", wine::path(exe)),
        "foreach ($line in 'venvars get SE', 'venvars get SEE', 'venvars export --format po', 'venvars app') {",
        "    (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText -join ' '",
        "}",
    ];
    prints(folder.path(), &lines, &[], &["SECRET_KEY SEED", "SEED", "powershell", "apply"])
}

/// `apply` and `doctor` say where PowerShell will not run the script.
fn the_execution_policy_is_told(exe: &Path) -> Result<(), Failed> {
    let folder = project(&owned(&[("KEY", "a")]))?;
    let cases = [
        (
            "Restricted",
            "does not run scripts (execution policy Restricted)",
            "Set-ExecutionPolicy -Scope CurrentUser RemoteSigned",
        ),
        (
            "AllSigned",
            "runs signed scripts only (execution policy AllSigned)",
            "venvars export --format powershell",
        ),
        ("RemoteSigned", "", ""),
    ];
    for (policy, what, way) in cases {
        for arguments in
            [&["remove", "--venv", "A"][..], &["apply", "--venv", "A"], &["doctor", "--venv", "A"]]
        {
            let mut command = wine::venvars(exe, folder.path());
            let (_, text) = said(command.args(arguments).env("PSExecutionPolicyPreference", policy))?;
            let is_told = text.contains("execution policy");
            let expected = arguments[0] != "remove" && !what.is_empty();
            if is_told != expected || expected && !(text.contains(what) && text.contains(way)) {
                return Err(format!("{policy}, {}: {text}", arguments[0]).into());
            }
        }
    }
    // As the registry has it, where the process says nothing; Wine's Windows 10 is no server.
    let key = "HKCU\\SOFTWARE\\Microsoft\\PowerShell\\1\\ShellIds\\Microsoft.PowerShell";
    let registry = |arguments: &[&str]| {
        let mut command = Command::new("wine");
        crate::support::clean(&mut command, folder.path());
        succeed(command.arg("reg").args(arguments).env("WINEPREFIX", wine::prefix())).map(drop)
    };
    let doctor = || said(wine::venvars(exe, folder.path()).args(["doctor", "--venv", "A"]));
    registry(&["add", key, "/v", "ExecutionPolicy", "/d", "AllSigned", "/f"])?;
    let (_, signed) = doctor()?;
    registry(&["add", key, "/v", "ExecutionPolicy", "/d", "RemoteSigned", "/f"])?;
    let (_, remote) = doctor()?;
    registry(&["delete", key, "/v", "ExecutionPolicy", "/f"])?;
    if !signed.contains("policy AllSigned") || remote.contains("execution policy") {
        return Err(format!("{signed}\n{remote}").into());
    }
    Ok(())
}

/// A value with all there is, set from a pipe in UTF-8.
fn writes_and_reads(exe: &Path) -> Result<(), Failed> {
    let folder = project(&owned(&[("KEY", "a")]))?;
    let value = "it's \u{2019} \u{1f692} %PATH% \"q\" $x";
    let mut command = wine::venvars(exe, folder.path());
    let output = fed(command.args(["set", "KEY"]), format!("{value}\r\n").as_bytes())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    succeed(wine::venvars(exe, folder.path()).args(["apply", "--venv", "A"]))?;
    printed(folder.path(), &[". '{}\\A\\Scripts\\Activate.ps1'", &child()], &[])?;
    holds(&dumped(folder.path())?, &owned(&[("KEY", value)]))
}

pub fn trials(folder: &Path) -> Vec<Trial> {
    let shell = shells::wine_powershell();
    let exe = wine::exe();
    let mut trials = contract::windows(&folder.join("contract"), None);
    if let Some(exe) = &exe {
        trials.extend(contract::windows(&folder.join("contract-by-exe"), Some(exe)));
    }
    let alone: [(&str, fn() -> Result<(), Failed>); 6] = [
        ("a-child-has-the-values", a_child_has_the_values),
        ("export-is-evaluated", export_is_evaluated),
        ("the-guard-looks", the_guard_looks),
        ("a-policy-leaves-a-way", a_policy_leaves_a_way),
        ("made-again", made_again),
        ("an-old-script-is-told", an_old_script_is_told),
    ];
    trials.extend(alone.map(|(name, run)| trial(name.to_owned(), shell.missing(), run)));
    let by_exe: [(&str, fn(&Path) -> Result<(), Failed>); 5] = [
        ("by-exe::case", names_that_differ_in_case_are_refused),
        ("by-exe::piped", a_piped_value_has_no_line_end),
        ("by-exe::completions", completions),
        ("by-exe::execution-policy", the_execution_policy_is_told),
        ("by-exe::writes-and-reads", writes_and_reads),
    ];
    let missing = || shell.missing().or_else(|| exe.is_none().then(|| "venvars.exe".to_owned()));
    for (name, run) in by_exe {
        let exe: PathBuf = exe.clone().unwrap_or_default();
        trials.push(trial(name.to_owned(), missing(), move || run(&exe)));
    }
    trials
}
