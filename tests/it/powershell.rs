//! PowerShell's grammar on every script, and an independent evaluator on the literals. The real shells
//! run the scenarios of `contract`, wherever they are on the PATH.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use crate::support::generators::{self, Generator};
use crate::support::shells::Grammar;
use crate::support::{succeed, trial, values, venvars, write_secrets};
use libtest_mimic::{Failed, Trial};
use ps_parser::PowerShellSession;

/// Where the grammar sees no PowerShell in `text`, as line numbers.
fn errors(text: &str) -> Vec<usize> {
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&tree_sitter_powershell::LANGUAGE.into()).expect("a grammar of this version");
    let tree = parser.parse(text, None).expect("no time limit is set");
    let mut errors = Vec::new();
    let mut nodes = vec![tree.root_node()];
    while let Some(node) = nodes.pop() {
        if node.is_error() || node.is_missing() {
            errors.push(node.start_position().row + 1);
        }
        nodes.extend((0..node.child_count()).filter_map(|index| node.child(u32::try_from(index).ok()?)));
    }
    errors
}

fn script(folder: &Path) -> Option<std::path::PathBuf> {
    ["Activate.ps1", "activate.ps1"]
        .iter()
        .map(|name| folder.join("bin").join(name))
        .find(|file| file.exists())
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
    let said = succeed(venvars(folder.path()).arg("apply"))?.stderr;
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

/// `ps-parser` evaluates each literal to the value, byte for byte. (It does not hold up everywhere: it
/// leaves the doubled quote of `'it''s'` doubled, has no surrogates and gives up after some time, so such
/// values and long ones are left out.)
fn literals() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    for (name, value) in values::nasty().into_iter().filter(|(_, value)| !value.is_empty()) {
        let plain = value.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if value.len() > 5000 || plain && value.contains('\'') || value.chars().any(|c| c > '\u{ffff}') {
            continue;
        }
        write_secrets(&folder.path().join("secrets.toml"), &[(name.clone(), value.clone())]);
        let text = succeed(venvars(folder.path()).args(["export", "--format", "powershell"]))?.stdout;
        let text = String::from_utf8(text)?;
        let literal = text.trim_end().split_once(" = ").ok_or("no assignment")?.1;
        let found = PowerShellSession::new().safe_eval(literal);
        match found {
            Ok(found) if found == value => {}
            Ok(found) => {
                return Err(format!("{name}: {:?}", found.chars().take(80).collect::<String>()).into());
            }
            Err(error) => return Err(format!("{name}: {error}").into()),
        }
    }
    Ok(())
}

pub fn trials() -> Vec<Trial> {
    let mut trials: Vec<Trial> = vec![trial("literals".to_owned(), None, literals)];
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
