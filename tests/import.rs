//! `venvars import`, beside the programs whose files it reads.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use libtest_mimic::{Failed, Trial};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use support::{cache, clean, succeed, trial, values, venvars, write_secrets};
use venvars::import::{self, Format, Imported, What};

type Values = BTreeMap<String, String>;

/// The random texts that `strategy` gives, the same in every run.
fn texts(strategy: impl Strategy<Value = String>, count: usize) -> Result<Vec<String>, Failed> {
    let mut runner = TestRunner::deterministic();
    (0..count)
        .map(|_| Ok(strategy.new_tree(&mut runner).map_err(|reason| reason.message().to_owned())?.current()))
        .collect()
}

/// Random texts made of these pieces.
fn mixed(pieces: &[&str], most: usize, count: usize) -> Result<Vec<String>, Failed> {
    let pieces: Vec<String> = pieces.iter().map(ToString::to_string).collect();
    texts(
        prop::collection::vec(prop::sample::select(pieces), 0..most).prop_map(|pieces| pieces.concat()),
        count,
    )
}

/// What a program prints that gets `input` as JSON.
fn ask(program: &Path, arguments: &[&str], input: &impl serde::Serialize) -> Result<serde_json::Value, Failed> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("input.json");
    fs::write(&file, serde_json::to_vec(input)?)?;
    let mut command = Command::new(program);
    clean(&mut command, folder.path());
    let output = succeed(command.args(arguments).arg(&file).current_dir(folder.path()))?;
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The values that the entries come to; the templates of our own syntax are put in.
fn resolved(imported: &Imported) -> Result<Values, Failed> {
    fn value(imported: &Imported, name: &str, depth: usize) -> Result<String, String> {
        if depth > 200 {
            return Err(format!("{name}: a loop"));
        }
        let entry = imported.entries.iter().find(|entry| entry.name.as_str() == name);
        let template = match &entry.ok_or(format!("{name}: referred to and not there"))?.value {
            What::Literal(text) => return Ok(text.to_string()),
            What::Template(template) => template,
        };
        let mut text = String::new();
        let mut rest = template.as_str();
        while let Some((before, after)) = rest.split_once('$') {
            text.push_str(before);
            if let Some(after) = after.strip_prefix('$') {
                text.push('$');
                rest = after;
            } else {
                let (name, after) =
                    after.strip_prefix('{').and_then(|after| after.split_once('}')).ok_or("a dollar alone")?;
                text.push_str(&value(imported, name, depth + 1)?);
                rest = after;
            }
        }
        Ok(text + rest)
    }
    let names = imported.entries.iter().map(|entry| entry.name.to_string());
    names.map(|name| Ok((name.clone(), value(imported, &name, 0)?))).collect()
}

fn python() -> std::path::PathBuf {
    cache().join("readers/bin/python")
}

/// Reads files as dotenv does, in an environment without and in one with the names in question.
const DOTENV: &str = r#"
import json, logging, os, sys, dotenv
from dotenv.parser import parse_stream
from dotenv.variables import Variable, parse_variables
logging.disable()
def read(text):
    with open("f", "w", newline="", encoding="utf-8") as f:
        f.write(text)
    return dotenv.dotenv_values("f", encoding="utf-8")
answers = []
for text in json.load(open(sys.argv[1])):
    kept = dict(os.environ)
    bare = read(text)
    for binding in parse_stream(open("f", encoding="utf-8")):
        for atom in parse_variables(binding.value or ""):
            if isinstance(atom, Variable) and atom.name and not set("=\0") & set(atom.name):
                os.environ[atom.name] = "FROM THE ENVIRONMENT"
    other = read(text)
    os.environ.clear()
    os.environ.update(kept)
    answers.append([bare, other])
print(json.dumps(answers))
"#;

fn beside_dotenv(texts: &[String]) -> Result<(), Failed> {
    let answers = ask(&python(), &["-c", DOTENV], &texts)?;
    let (mut entries, mut templates, mut left_out) = (0, 0, 0);
    for (text, answer) in texts.iter().zip(answers.as_array().ok_or("no list")?) {
        let imported = import::read(Format::Dotenv, text).map_err(|error| error.to_string())?;
        let found = resolved(&imported).map_err(|error| format!("{text:?}: {error:?}"))?;
        let mut expected = Values::new();
        for (name, bare) in answer[0].as_object().ok_or("no object")? {
            // What cannot be the name of a variable, has no value or depends on the environment.
            let (Some(value), true) = (bare.as_str(), venvars::name::Name::new(name).is_ok()) else { continue };
            if answer[1][name] == *bare && !value.contains('\0') {
                expected.insert(name.clone(), value.to_owned());
            } else {
                left_out += 1;
            }
        }
        if found != expected {
            return Err(format!("{text:?}\nours:   {found:?}\ndotenv: {expected:?}\n{:?}", imported.left_out).into());
        }
        entries += found.len();
        templates += imported.entries.iter().filter(|one| matches!(one.value, What::Template(_))).count();
    }
    println!("{} files, {entries} values, {templates} templates, {left_out} left out", texts.len());
    if texts.len() > 1000 && (entries < 1000 || templates < 100 || left_out < 100) {
        return Err("too little was compared".into());
    }
    Ok(())
}

const DOTENV_TABLE: &[&str] = &[
    "",
    "\u{feff}A=1\r\nB=2\r\n",
    "A=1\rB=2\r",
    "A\nB=1\nA=2\nB\n",
    "export A=1\nexport\tB = 2\nexport\nexport=3\nexportC=4\nexport  \nD=5",
    "'A'=1\n'A B'=2\n'=3\n''=4\nB=5",
    "A='it\\'s \\\\ \\n'\nB=\"\\a\\b\\f\\n\\r\\t\\v\\\\\\'\\\"\\x\\0\"",
    "A='two\nlines' # c\nB=\"two\r\nlines\"\nC='x'y\nD=1",
    "A=un#quoted\nB=un #quoted\nC=  # none\nD=#some\nE= x \t#y # z",
    "A=a\\nb\nB='unclosed\nC=1\nD=\"unclosed\nE=2",
    "=1\nA=1\n B=2\n\n\n# C=3\n#D=4\n   #E\n",
    "A=\u{a0}x\u{a0}\nB\u{a0}=1\n\u{1c}C=1\u{1c}#x\n\u{2028}D=1\u{85}",
    "A=1\nB=${A}\nC=${B}${A}\nA=2\nD=${A}\n",
    "A=1\nB='${A}'\nC=\"\\${A}\"\nD=$A ${ ${A} $${A}\n",
    "B=${A}\nA=1\nC=${A:-x}\nD=${E:-x}\n",
    "A=${A}\nA=1\nA=${A}2\nB=${A}\n",
    "A\nB=${A}x${A:-y}\n",
    "B=${:-$}{A}\nC=${:-x}${}\nD=${=:-y}\n",
    "A=1\nB=${A:}\nC=${A:=x}\nD=${A-x}\nE=${A:-}\n",
    "A=\nB=${A:-x}\nC=[${A}]\n",
    "A-B=1\nB=${A-B}\nÉ=2\nC=${É}\nPATH=/x\nD=${PATH}:/y\n",
    "A=${B}\nC=${A}\nD=1${C:-x}\n",
    "A='a\0b'\nB=${A}\nC=1\n",
    "A=1 ${${A}\nB=${A\nC=}\n",
];

fn dotenv_table() -> Result<(), Failed> {
    let mut texts: Vec<String> = DOTENV_TABLE.iter().map(ToString::to_string).collect();
    texts.push("A=x\n".repeat(3) + &"A=${A}${A}\n".repeat(10) + "B=${A}\n");
    beside_dotenv(&texts)
}

fn dotenv_random() -> Result<(), Failed> {
    let mut all = mixed(
        &[
            "A=", "B=", "C = ", "D=", "A", "export ", "'", "\"", "\\", "#", " #", " ", "\n", "\n", "\r\n", "\r",
            "\t", "=", "$", "${A}", "${B}", "${C:-d}", "${E}", "${:-$}", "${", "}", ":", "-", "x", "é", "\u{a0}",
            "\u{1c}", "\u{85}", "n", "\\n", "'x'", "\"y\"", "\0",
        ],
        40,
        3000,
    )?;
    // Whole lines, so that most of them are valid.
    let line = "(export )?(A|B|C|D|'A')( ?= ?(\\$\\{(A|B|C|D|E)(:-d)?\\}|[a-z$]{1,3}|'[a-z#\\$\\\\]{0,4}'|\"[a-z# \\\\]{0,4}\\$\\{(A|B)\\}\")( #c)?)?\n";
    all.extend(texts(prop::collection::vec(line, 0..12).prop_map(|lines| lines.concat()), 3000)?);
    beside_dotenv(&all)
}

fn main() {
    let readers = (!cache().join("readers/complete").exists()).then(|| "the Python readers".to_owned());
    let trials = vec![
        trial("dotenv::table".to_owned(), readers.clone(), dotenv_table),
        trial("dotenv::random".to_owned(), readers.clone(), dotenv_random),
    ];
    support::run(trials).exit();
}
