//! PowerShell's grammar on every script. The real shells run the scenarios of `contract`, wherever they are on the
//! PATH.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use crate::support::generators::{self, Generator};
use crate::support::shells::Grammar;
use crate::support::{BIN, succeed, trial, values, venvars, write_secrets};
use libtest_mimic::{Failed, Trial};
use tree_sitter::{Node, Tree};
use venvars::world::execution_policy::{Edition, Obstacle, Policy};

fn parsed(text: &str) -> Tree {
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&tree_sitter_powershell::LANGUAGE.into()).expect("a grammar of this version");
    parser.parse(text, None).expect("no time limit is set")
}

fn children(node: Node<'_>) -> Vec<Node<'_>> {
    (0..node.child_count()).filter_map(|index| node.child(u32::try_from(index).ok()?)).collect()
}

/// All nodes of `tree`.
fn nodes(tree: &Tree) -> impl Iterator<Item = Node<'_>> {
    let mut nodes = vec![tree.root_node()];
    std::iter::from_fn(move || {
        let node = nodes.pop()?;
        nodes.extend(children(node));
        Some(node)
    })
}

/// Where the grammar sees no PowerShell in `text`, as line numbers.
fn errors(text: &str) -> Vec<usize> {
    let tree = parsed(text);
    let wrong = nodes(&tree).filter(|node| node.is_error() || node.is_missing());
    wrong.map(|node| node.start_position().row + 1).collect()
}

/// What Windows PowerShell 5.1 has of what our programs use: its cmdlets with their parameters (from their pages at
/// <https://learn.microsoft.com/powershell/module/?view=powershell-5.1>), which may not be shortened.
const CMDLETS: &[(&str, &str)] = &[
    ("ForEach-Object", "Process Begin End InputObject RemainingScripts MemberName ArgumentList"),
    ("Get-Command", "Name Verb Noun Module CommandType TotalCount Syntax ArgumentList All ListImported"),
    ("Get-Content", "Path LiteralPath Raw Encoding TotalCount Tail ReadCount Delimiter Wait"),
    ("Get-ExecutionPolicy", "Scope List"),
    ("Get-Item", "Path LiteralPath Filter Include Exclude Force Stream"),
    ("Invoke-Expression", "Command"),
    ("Out-String", "InputObject Stream Width"),
    ("Register-ArgumentCompleter", "CommandName ParameterName ScriptBlock Native"),
    ("Remove-Item", "Path LiteralPath Filter Include Exclude Recurse Force Stream"),
    ("Remove-Variable", "Name Include Exclude Force Scope"),
    ("Set-ExecutionPolicy", "ExecutionPolicy Scope Force"),
    ("Set-Item", "Path LiteralPath Value Force PassThru Filter Include Exclude"),
    ("Test-Path", "Path LiteralPath Filter Include Exclude PathType IsValid OlderThan NewerThan"),
    ("Write-Warning", "Message"),
];
/// What every cmdlet takes there: about_CommonParameters.
const COMMON: &str = "ErrorAction ErrorVariable WarningAction WarningVariable InformationAction OutVariable Verbose Debug WhatIf Confirm";
/// What is called of .NET Framework 4.5, with the number of arguments: some have more only in .NET Core.
const METHODS: &[&str] = &[
    "EscapeSingleQuotedStringContent 1",
    "GetLastWriteTimeUtc 1",
    "GetNewClosure 0",
    "Substring 1",
    // Of 5.0: it makes an object.
    "new 4",
];

/// What of `text` Windows PowerShell 5.1 does not have, or is not known to have.
fn newer(text: &str) -> Vec<String> {
    let tree = parsed(text);
    let of = |node: Node<'_>| text[node.byte_range()].to_owned();
    let mut found = Vec::new();
    for node in nodes(&tree) {
        let line = node.start_position().row + 1;
        match node.kind() {
            _ if node.is_error() || node.is_missing() => found.push(format!("{line}: no PowerShell")),
            // `&&`, `||`, `&` at the end
            "pipeline_chain_tail" | "background_operator" => found.push(format!("{line}: {}", of(node))),
            "command" => {
                let Some(name) = node.child_by_field_name("command_name") else { continue };
                if name.kind() != "command_name" {
                    continue;
                }
                let full = of(name);
                let name = full.rsplit('\\').next().unwrap_or(&full);
                if ["_venvars_", "venvars", "deactivate", "."].iter().any(|own| name.starts_with(own)) {
                    continue;
                }
                let Some((_, known)) = CMDLETS.iter().find(|(cmdlet, _)| *cmdlet == name) else {
                    found.push(format!("{line}: {name}"));
                    continue;
                };
                let elements = children(node).into_iter().filter(|child| child.kind() == "command_elements");
                for parameter in elements.flat_map(children).filter(|one| one.kind() == "command_parameter") {
                    let shown = of(parameter);
                    let shown = shown.trim_start_matches('-').trim_end_matches(':');
                    if !known.split(' ').chain(COMMON.split(' ')).any(|one| one == shown) {
                        found.push(format!("{line}: {name} -{shown}"));
                    }
                }
            }
            "invokation_expression" => {
                let name = children(node).into_iter().find(|child| child.kind() == "member_name").map(of);
                let list = children(node).into_iter().find(|child| child.kind() == "argument_list");
                let expressions = list.into_iter().flat_map(children);
                let count: usize = expressions
                    .filter(|child| child.kind() == "argument_expression_list")
                    .map(|list| {
                        children(list).iter().filter(|child| child.kind() == "argument_expression").count()
                    })
                    .sum();
                let shown = format!("{} {count}", name.unwrap_or_default());
                if !METHODS.contains(&&*shown) {
                    found.push(format!("{line}: .{shown}"));
                }
            }
            _ => {}
        }
    }
    found
}

/// The judge of the next trial knows what is newer.
fn knows_what_is_newer() -> Result<(), Failed> {
    let samples = [
        "$a ? 1 : 2",
        "$a ?? 1",
        "$a ??= 1",
        "${a}?.Length",
        "${a}?[0]",
        "Get-Item x && Get-Item y",
        "Get-Item x || Get-Item y",
        "Get-Item x &",
        "Get-Content x -AsByteStream",
        "1 | ForEach-Object -Parallel { $_ }",
        "Get-Content -LiteralPath x | Out-String -NoNewline",
        "Join-String x",
        "'a'.Replace('a', 'b', [StringComparison]::Ordinal)",
        "if ($a) { Test-Path -Lit x }",
        "\"$(Remove-Alias x)\"",
    ];
    match samples.iter().find(|sample| newer(sample).is_empty()) {
        Some(sample) => Err(format!("nothing is said of {sample}").into()),
        None => Ok(()),
    }
}

/// Windows PowerShell 5.1 has all that our programs use, and what the documentation and the messages say to type.
fn runs_in_5_1() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    let venv = path.join(".venv");
    fs::create_dir_all(venv.join(BIN))?;
    fs::write(venv.join("pyvenv.cfg"), "")?;
    let script = venv.join(BIN).join("Activate.ps1");
    fs::write(&script, "function global:deactivate ([switch]$NonDestructive) {\n}\n")?;
    let values = [("A", "it's"), ("B", "b\u{2019}\n"), ("C", "")];
    let values: Vec<_> =
        values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    write_secrets(&path.join("secrets.toml"), &values);
    let mut texts = Vec::new();
    for settings in ["", "override = false\n", "mode = \"live\"\n"] {
        fs::write(path.join("venvars.toml"), settings)?;
        succeed(venvars(path).args(["apply", "--shell", "powershell"]))?;
        let text = fs::read_to_string(&script)?;
        if !text.contains("_venvars_unset -NonDestructive:") || text.len() < 1000 {
            return Err(format!("not applied with {settings:?}").into());
        }
        texts.push((format!("a script with {settings:?}"), text));
    }
    let printed = |arguments: &[&str]| -> Result<String, Failed> {
        Ok(String::from_utf8(succeed(venvars(path).args(arguments))?.stdout)?)
    };
    texts.push(("export".to_owned(), printed(&["export", "--format", "powershell"])?));
    texts.push(("completions".to_owned(), printed(&["completions", "powershell"])?));
    let installed = succeed(venvars(path).args(["completions", "powershell", "--install"]))?.stderr;
    let installed = String::from_utf8(installed)?;
    let line = installed.lines().find(|line| line.starts_with("  . ")).ok_or("no line for the profile")?;
    texts.push(("completions --install".to_owned(), line.trim().to_owned()));
    for policy in [Policy::Restricted, Policy::AllSigned] {
        let obstacle = Obstacle { edition: Edition::Windows, policy, is_imposed: false };
        texts.push((obstacle.to_string(), obstacle.remedy().to_owned()));
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = fs::read_dir(root.join("docs"))?.map(|entry| entry.map(|entry| entry.path()));
    for page in pages.chain([Ok(root.join("README.md"))]) {
        let page = page?;
        let text = fs::read_to_string(&page).unwrap_or_default();
        let blocks = text.split("\n```powershell").skip(1).filter_map(|rest| rest.split_once('\n'));
        for (_, rest) in blocks {
            texts.push((
                page.display().to_string(),
                rest.split("\n```").next().unwrap_or_default().to_owned(),
            ));
        }
    }
    for (what, text) in texts {
        let found = newer(&text);
        if !found.is_empty() {
            return Err(format!("{what}: {found:#?}").into());
        }
        // It reads a file without a byte-order mark in the ANSI code page.
        if !text.is_ascii() {
            return Err(format!("{what}: not all of it is ASCII").into());
        }
    }
    Ok(())
}

fn script(folder: &Path) -> Option<std::path::PathBuf> {
    ["Activate.ps1", "activate.ps1"].iter().map(|name| folder.join(BIN).join(name)).find(|file| file.exists())
}

/// Applying adds no error that the grammar did not see before.
fn parses(generator: &Generator) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    generator.make(&folder.path().join(".venv"), folder.path())?;
    let file = script(&folder.path().join(".venv")).ok_or("the generator writes no script")?;
    let before = errors(&fs::read_to_string(&file)?).len();
    let secrets = folder.path().join("secrets.toml");
    let settings = folder.path().join("venvars.toml");
    // A script that asks, and one that gives way to what is there.
    for (line, what) in [("mode = \"live\"\n", "live"), ("override = false\n", "defaults")] {
        write_secrets(&secrets, &[("A".to_owned(), "it's".to_owned()), ("B".to_owned(), "b".to_owned())]);
        fs::write(&settings, line)?;
        succeed(venvars(folder.path()).args(["apply", "--shell", "powershell"]))?;
        let text = fs::read_to_string(&file)?;
        if !text.contains("# >>> venvars >>> 1 ") || errors(&text).len() > before {
            return Err(format!("{what}: no PowerShell in lines {:?}", errors(&text)).into());
        }
    }
    fs::remove_file(&settings)?;
    for (name, value) in values::nasty() {
        write_secrets(&secrets, &[(name.clone(), value)]);
        succeed(venvars(folder.path()).args(["apply", "--shell", "powershell"]))?;
        let text = fs::read_to_string(&file)?;
        let found = errors(&text);
        if found.len() > before {
            return Err(format!("{name}: no PowerShell in lines {found:?}").into());
        }
        let (_, block) = text.split_once("# >>> venvars >>>").unwrap_or_default();
        if !block.is_ascii() && name != "EMPTY" {
            return Err(format!("{name}: a script without a byte-order mark has to be ASCII").into());
        }
    }
    Ok(())
}

/// A signature is kept out of sight and given back.
fn signed(generator: &Generator) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    generator.make(&folder.path().join(".venv"), folder.path())?;
    let file = script(&folder.path().join(".venv")).ok_or("no script")?;
    let signed = fs::read_to_string(&file)?
        + "\r\n# SIG # Begin signature block\r\n# MIIoPAYJKoZI\r\n# hvcNAQcC\r\n# SIG # End signature block\r\n";
    fs::write(&file, &signed)?;
    write_secrets(&folder.path().join("secrets.toml"), &values::second());
    let said =
        succeed(venvars(folder.path()).arg("apply").env("PSExecutionPolicyPreference", "AllSigned"))?.stderr;
    // Only Windows looks at it.
    if String::from_utf8_lossy(&said).contains("AllSigned") != cfg!(windows) {
        return Err("it is told where it matters, and only there, that the signature is void".into());
    }
    let applied = fs::read_to_string(&file)?;
    if applied.contains("# SIG #") || !applied.contains("MIIoPAYJKoZI") || !errors(&applied).is_empty() {
        return Err("the signature is not kept out of sight".into());
    }
    succeed(venvars(folder.path()).arg("remove"))?;
    if fs::read_to_string(&file)? == signed { Ok(()) } else { Err("the signature is not as it was".into()) }
}

pub fn trials() -> Vec<Trial> {
    let mut trials: Vec<Trial> = vec![
        trial("knows-what-is-newer".to_owned(), None, knows_what_is_newer),
        trial("runs-in-5-1".to_owned(), None, runs_in_5_1),
    ];
    for generator in generators::all().into_iter().filter(|one| one.writes(Grammar::PowerShell)) {
        let generator = Arc::new(generator);
        let (one, missing) = (generator.clone(), generator.missing());
        trials.push(trial(format!("{}::parses", generator.name), missing.clone(), move || parses(&one)));
        if generator.name == "venv" {
            let one = generator.clone();
            trials.push(trial("venv::signed".to_owned(), missing, move || signed(&one)));
        }
    }
    trials
}
