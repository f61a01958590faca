//! `venvars import`, beside the programs whose files it reads.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::generators::{self, venv_in};
use crate::support::{self, BIN, cache, clean, succeed, trial, values, venvars, write_secrets};
use libtest_mimic::{Failed, Trial};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::json;
use venvars::engines::import::{self, ImportFormat, Imported, What};
use venvars::words::error::Error;
use venvars::world;
use zeroize::Zeroizing;

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
fn ask(
    program: &Path,
    arguments: &[&str],
    input: &impl serde::Serialize,
) -> Result<serde_json::Value, Failed> {
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
                let (name, after) = after
                    .strip_prefix('{')
                    .and_then(|after| after.split_once('}'))
                    .ok_or("a dollar alone")?;
                text.push_str(&value(imported, name, depth + 1)?);
                rest = after;
            }
        }
        Ok(text + rest)
    }
    let names = imported.entries.iter().map(|entry| entry.name.to_string());
    names.map(|name| Ok((name.clone(), value(imported, &name, 0)?))).collect()
}

/// As the command reads it.
fn read(format: ImportFormat, text: &str) -> venvars::words::error::Result<Imported> {
    import::read(format, text, &world::python::run)
}

fn python() -> std::path::PathBuf {
    cache().join("readers-2/bin/python")
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
        let imported = read(ImportFormat::Dotenv, text).map_err(|error| error.to_string())?;
        let found = resolved(&imported).map_err(|error| format!("{text:?}: {error:?}"))?;
        let mut expected = Values::new();
        for (name, bare) in answer[0].as_object().ok_or("no object")? {
            // What cannot be the name of a variable, has no value or depends on the environment.
            let (Some(value), true) = (bare.as_str(), venvars::words::name::Name::new(name).is_ok()) else {
                continue;
            };
            if answer[1][name] == *bare && !value.contains('\0') {
                expected.insert(name.clone(), value.to_owned());
            } else {
                left_out += 1;
            }
        }
        if found != expected {
            return Err(format!(
                "{text:?}\nours:   {found:?}\ndotenv: {expected:?}\n{:?}",
                imported.left_out
            )
            .into());
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
            "A=", "B=", "C = ", "D=", "A", "export ", "'", "\"", "\\", "#", " #", " ", "\n", "\n", "\r\n",
            "\r", "\t", "=", "$", "${A}", "${B}", "${C:-d}", "${E}", "${:-$}", "${", "}", ":", "-", "x", "é",
            "\u{a0}", "\u{1c}", "\u{85}", "n", "\\n", "'x'", "\"y\"", "\0",
        ],
        40,
        3000,
    )?;
    // Whole lines, so that most of them are valid.
    let line = "(export )?(A|B|C|D|'A')( ?= ?(\\$\\{(A|B|C|D|E)(:-d)?\\}|[a-z$]{1,3}|'[a-z#\\$\\\\]{0,4}'|\"[a-z# \\\\]{0,4}\\$\\{(A|B)\\}\")( #c)?)?\n";
    all.extend(texts(prop::collection::vec(line, 0..12).prop_map(|lines| lines.concat()), 3000)?);
    beside_dotenv(&all)
}

/// Runs modules, and says what their variables are and which of them a reader has to find: those
/// that are literals at the top level and bound nowhere else.
const PYTHON: &str = r#"
import ast, json, sys, warnings
warnings.simplefilter("ignore")
def plain(value):
    return isinstance(value, (str, int, float)) and not any(0xD800 <= ord(c) < 0xE000 for c in str(value))
answers = []
for text in json.load(open(sys.argv[1])):
    try:
        tree = ast.parse(text)
        module = {"__name__": "module"}
        exec(compile(tree, "module", "exec"), module)
    except SyntaxError:
        answers.append(None)
        continue
    except Exception:
        answers.append({"values": {}, "found": []})
        continue
    values = {name: str(value) for name, value in module.items() if plain(value)}
    bound, simple = {}, {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound[node.id] = bound.get(node.id, 0) + 1
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        for target in targets:
            if isinstance(target, ast.Name) and isinstance(node.value, ast.Constant) and plain(node.value.value):
                simple[target.id] = simple.get(target.id, 0) + 1
    plainly = "import" not in text and "def " not in text and "class " not in text and "except" not in text
    found = [name for name in simple if plainly and simple[name] == bound[name]]
    answers.append({"values": values, "found": found})
print(json.dumps(answers))
"#;

const PYTHON_TABLE: &[&str] = &[
    "A = 'a' \"b\" '''c\n''' r'\\d'\nB: str = 'x'\nC = D = 'y'\nE: int\nF = ('p' 'q')\n",
    "A = 0x10\nB = 1_000\nC = -5\nD = +7\nE = 0o17\nF = 0b11\nG = -0\nH = 123456789012345678901234567890\nI = -00\n",
    "A = 1.0\nB = 1e16\nC = 1.5e-5\nD = 0.0001\nE = 1e22\nF = -0.0\nG = 1e400\nH = 123456789.125\nI = 1_0.0_1\nJ = 9999999999999998.0\nK=5e-324\nL=.5\nM=5.\n",
    "A = True\nB = False\nC = None\nD = b'x'\nE = f'{A}'\nF = 'a' + 'b'\nG = 1j\nH = (1, 2)\nI = ...\nJ = 'x'.upper()\n",
    "A = 'x'\nA = A + 'y'\nB = 'x'\nB += 'y'\nC = 'x'\ndel C\nD = 'x'\nif A:\n    D = 'z'\nE = 'x'\nfor E in 'ab':\n    pass\n",
    "import os\nA = os.environ.get('NOPE', 'x')\nB = 'x'\nfrom os.path import *\nC = 'y'\nsep = 'z'\n",
    "A = 'x'\ndef A(): pass\nB = 'x'\ndef f():\n    global B\n    B = 'y'\nf()\nC = 'x'\nclass C: pass\nD = 'x'\nimport os as D\n",
    "A, B = 'x', 'y'\n[C] = ['x']\nD = 'x'\nprint((D := 'y'), file=open('/dev/null', 'w'))\nE = [x for x in 'ab']\nx = 'kept'\n",
    "A = 'x'\nwith open('/dev/null') as A: pass\nB = 'x'\ntry:\n    1 / 0\nexcept ZeroDivisionError as B: pass\nC = 'x'\nmatch 1:\n    case C: pass\n",
    "A = '\\ud800'\nB = '\\U0001F692 \\N{BULLET} \\x41 \\101 \\q'\nC = '\\ufffd'\nD = r'\\ud800'\n",
    "\u{feff}A = 'x'\r\nB = 'two\\\r\nlines'\r\nC = '''a\r\nb'''\r\n",
    "\u{ff21} = 'wide'\nÉ = 'x'\n_a = 'x'\nA = 'x'; B = 'y'\n",
    "if True:\n    A = 'x'\nelse:\n    A = 'y'\nclass K:\n    B = 'in'\nB = 'out'\n",
    "A = 'x\nB = 'y'\n",
];

/// Every value that is found is Python's, and every one that has to be found is; says how many.
fn beside_python(texts: &[String], run: import::Python) -> Result<usize, Failed> {
    let answers = ask(&python(), &["-c", PYTHON], &texts)?;
    let mut compared = 0;
    for (text, answer) in texts.iter().zip(answers.as_array().ok_or("no list")?) {
        if answer.is_null() {
            continue;
        }
        let imported = import::read(ImportFormat::PythonModule, text, run)
            .map_err(|error| format!("{text:?}: {error}"))?;
        // A module that fails has no values to compare with.
        if answer["values"].as_object().is_none_or(serde_json::Map::is_empty) {
            continue;
        }
        let found = resolved(&imported)?;
        for (name, value) in &found {
            let pythons = &answer["values"][name];
            if pythons != value.as_str() {
                return Err(format!("{text:?}\n{name}: ours {value:?}, Python's {pythons}").into());
            }
            compared += 1;
        }
        for name in answer["found"].as_array().ok_or("no list")?.iter().filter_map(|name| name.as_str()) {
            let nul = answer["values"][name].as_str().is_some_and(|value| value.contains('\0'));
            if venvars::words::name::Name::new(name).is_ok() && !found.contains_key(name) && !nul {
                return Err(format!("{text:?}\n{name} is not found: {:?}", imported.left_out).into());
            }
        }
    }
    Ok(compared)
}

/// What the `python` that is to read modules prints.
fn run_python(
    python: &Path,
    program: &str,
    input: &str,
) -> venvars::words::error::Result<Zeroizing<Vec<u8>>> {
    let mut command = Command::new(python);
    command.args(["-I", "-S", "-X", "utf8", "-c", program]);
    let output =
        support::fed(&mut command, input.as_bytes()).map_err(|error| Error::program(format!("{error:?}")))?;
    if output.status.success() { Ok(Zeroizing::new(output.stdout)) } else { Err(Error::program("it failed")) }
}

/// The same results whatever Python reads the modules, from 3.8 on.
fn python_version(python: &Path) -> Result<(), Failed> {
    let mut texts: Vec<String> = PYTHON_TABLE.iter().map(ToString::to_string).collect();
    let run = |program: &str, input: &str| run_python(python, program, input);
    // `match` came with Python 3.10.
    let knows_match = run("match 1:\n case _: pass", "").is_ok();
    texts.retain(|text| knows_match || !text.contains("match 1:"));
    enough(beside_python(&texts, &run)?, 30)
}

/// The Pythons that are here, newest last.
fn pythons() -> Vec<(String, PathBuf)> {
    let named = (8..30).map(|minor| format!("python3.{minor}"));
    let found = named.filter_map(|name| Some((name.clone(), which::which(name).ok()?)));
    // One of pyenv's may be a name and nothing behind it.
    let works =
        |python: &Path| Command::new(python).arg("--version").output().is_ok_and(|it| it.status.success());
    found.filter(|(_, python)| works(python)).collect()
}

fn python_table() -> Result<(), Failed> {
    let texts: Vec<String> = PYTHON_TABLE.iter().map(ToString::to_string).collect();
    beside_python(&texts, &world::python::run)?;
    for (text, line) in [("A = 'hunter2\n", 1), ("A = 1\n  B = 2\n", 2)] {
        let error = read(ImportFormat::PythonModule, text).err().ok_or("no error")?.in_file(Path::new("f"));
        if error.to_string().contains("hunter2") || !error.to_string().starts_with(&format!("f:{line}:")) {
            return Err(error.to_string().into());
        }
    }
    // No depth is too deep.
    for (open, inner, close) in [
        ("(", "1", ")"),
        ("f'{", "1", "}'"),
        ("[", "", "]"),
        ("-", "1", ""),
        ("{1:", "1", "}"),
        ("1+", "1", ""),
    ] {
        for depth in [150, 1900, 3900, 100_000] {
            let text = format!("A = {}{inner}{}\n", open.repeat(depth), close.repeat(depth));
            let _ = read(ImportFormat::PythonModule, &text);
        }
    }
    Ok(())
}

/// One Python that runs programs one after the other: thousands of starts would take minutes.
const PROGRAMS: &str = r#"
import contextlib, io, json, sys
for line in sys.stdin:
    program, text = json.loads(line)
    out, own = io.StringIO(), sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(text.encode()))
    with contextlib.redirect_stdout(out):
        exec(program, {"__name__": "__main__"})
    sys.stdin = own
    print(json.dumps(out.getvalue()), flush=True)
"#;

/// Calls `action` with a Python that stays.
fn with_python<T>(action: impl FnOnce(import::Python) -> Result<T, Failed>) -> Result<T, Failed> {
    let mut child = Command::new(python())
        .args(["-c", PROGRAMS])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let input = RefCell::new(child.stdin.take().ok_or("no pipe")?);
    let output = RefCell::new(BufReader::new(child.stdout.take().ok_or("no pipe")?));
    let ask = |program: &str, text: &str| -> io::Result<String> {
        writeln!(input.borrow_mut(), "{}", json!([program, text]))?;
        let mut line = String::new();
        output.borrow_mut().read_line(&mut line)?;
        Ok(serde_json::from_str(&line)?)
    };
    let result = action(&|program, text| match ask(program, text) {
        Ok(answer) => Ok(Zeroizing::new(answer.into_bytes())),
        Err(error) => Err(Error::program(error.to_string())),
    });
    drop(input);
    child.wait()?;
    result
}

fn python_random() -> Result<(), Failed> {
    let literal = "r?('[a-z\"#{}é🚒\\\\]{0,6}'|\"(\\\\[a-z0-7'\"\\\\]|x41|[a-z']|\\\\u00e9){0,6}\")( 'z')?|-?[0-9]{1,3}(\\.[0-9]{0,3})?(e-?[0-9]{1,2})?|-?0x[0-9a-f]{1,15}|True|None|b'x'|A|f'x'";
    let line = format!("(A|B|C|D)( = (B|E))?(: str)? (=|=|=|\\+=) ({literal})( # c)?\n");
    let lines = texts(prop::collection::vec(line.as_str(), 1..6).prop_map(|lines| lines.concat()), 4000)?;
    let pieces = [
        "hunter-2",
        "A =",
        "B: str = ",
        "'",
        "\"",
        "\\",
        "(",
        ")",
        "f'",
        "\n",
        "\n  ",
        "if A:",
        "1",
        "\0",
        "é",
        " ",
    ];
    let texts = mixed(&pieces, 12, 1000)?;
    with_python(|python| {
        for text in &texts {
            let said = match import::read(ImportFormat::PythonModule, text, python) {
                Ok(imported) => imported.left_out.iter().map(ToString::to_string).collect(),
                Err(error) => format!("{error}{error:?}"),
            };
            if said.contains("hunter") {
                return Err(format!("{text:?}: {said}").into());
            }
        }
        enough(beside_python(&lines, python)?, 500)
    })
}

/// A comparison of few values proves nothing.
fn enough(compared: usize, least: usize) -> Result<(), Failed> {
    println!("{compared} values");
    if compared < least { Err("too little was compared".into()) } else { Ok(()) }
}

/// Runs each script in the shell; what it exports is compared with what was read.
fn beside_shell(shell: &str, texts: &[String]) -> Result<usize, Failed> {
    let folder = tempfile::tempdir()?;
    let (env, shell) = (which::which("env")?, which::which(shell)?);
    let mut compared = 0;
    for text in texts {
        let dump = folder.path().join("dump");
        let _ = fs::remove_file(&dump);
        // Both forms of a line are read, so that both have to be in the environment.
        let script = format!("set -a\n{text}\n{} -0 >{}\n", env.display(), dump.display());
        fs::write(folder.path().join("script"), script)?;
        let mut command = Command::new(&shell);
        clean(&mut command, folder.path());
        // Nothing but the shell's own commands is to be found.
        command.env("PATH", "/nowhere").arg("script").current_dir(folder.path());
        command.output()?;
        // A script that the shell gives up has nothing to compare with.
        let Ok(dump) = fs::read(&dump) else { continue };
        let environment: Vec<&[u8]> = dump.split(|byte| *byte == 0).collect();
        for (name, value) in resolved(&read(ImportFormat::Sh, text).map_err(|error| error.to_string())?)? {
            let line = format!("{name}={value}");
            if !environment.contains(&line.as_bytes()) {
                let real = environment.iter().find(|one| one.starts_with(format!("{name}=").as_bytes()));
                let real = real.map(|one| String::from_utf8_lossy(one).into_owned());
                return Err(format!("{text:?}\nours: {line:?}\n{}: {real:?}", shell.display()).into());
            }
            compared += 1;
        }
    }
    Ok(compared)
}

/// Scripts, the names that are to be found in them, and those that are left out by name.
const SH_TABLE: &[(&str, &str, &str)] = &[
    ("export A='1'\nexport B='two words'\nC=\"a\\\"b\\$c\\\\d\\e\"'f'\\ g\n", "A B C", ""),
    ("A=1\nB=2; export A\nexport B C=3 # comment\nD=4 # comment\n\texport  E=5\n", "D E", "A B C"),
    ("export A=1 B=2\nA=1 true\nexport C\nD=1\nexport D\n", "D", "A B C"),
    ("A=$HOME\nB=\"$(echo x)\"\nC=`echo y`\nD=${A:-\"}\"}\nE='$x'\nF=\"a$ $\"\n", "E F", "A B C D"),
    ("A=~/x\nB=\"~/x\"\nC=a:~\nD=x~\nE='a'~\nexport F={a,b}\n", "B D E", "A C F"),
    ("if true; then export A=1; fi\nB=1\nif true\nthen\n  C=1\nfi\nD=1\n", "B D", "A C"),
    ("for B in 1; do export B; done\nexport C=1\nwhile false; do C=2; done\nD=1\n", "D", "C"),
    ("A=1\nA=2\nB=1\nunset B\nC=1; C=$A\nA+=3\n", "", "A B C"),
    ("f() { export A=1; }\ng ()\n{\n  B=1\n}\nB=2\n( export C=1 )\n{ export D=1; }\n", "B", "A C D"),
    ("A=1\ncat <<EOF\nexport B=1\nEOF\nC=1\n", "A", "B C"),
    ("false && export A=1\ntrue || export B=2\nC=3 | cat\nD=4 &\ntrue &&\nE=1\nF=6\n", "F", "A B C D E"),
    ("A='two\nlines'\nB=\"con\\\ntinued\"\nC=con\\\ntinued\n", "A B C", ""),
    ("case x in\n  y) export A=1 ;;\n  z)\n    B=2\n    ;;\nesac\nC=1\n", "C", "A B"),
    ("echo \"don't; fi\" # it's\nA=1\necho 'more\nthan' one\nB=2\n", "A", "B"),
    ("export A=#x\nexport B=a#b #c=1\n export C=*?[a] \nexport D=\nexport E=''\n", "A B C D E", ""),
    ("export A=$'a'\nexport -- B=1\ndeclare -x C=1\nset -a\nD=1\n", "D", "A B C"),
];

fn sh_table() -> Result<(), Failed> {
    for (text, names, left_out) in SH_TABLE {
        let imported = read(ImportFormat::Sh, text).map_err(|error| error.to_string())?;
        let mut found: Vec<&str> = imported.entries.iter().map(|entry| entry.name.as_str()).collect();
        let mut others: Vec<&str> = imported.left_out.iter().filter_map(|one| one.name.as_deref()).collect();
        found.sort_unstable();
        others.sort_unstable();
        if found.join(" ") != *names || others.join(" ") != *left_out {
            return Err(format!("{text:?}: {found:?}, {:?}", imported.left_out).into());
        }
    }
    let texts: Vec<String> = SH_TABLE.iter().map(|(text, ..)| (*text).to_owned()).collect();
    for shell in ["bash", "dash"] {
        beside_shell(shell, &texts)?;
    }
    Ok(())
}

fn sh_random(shell: &'static str) -> Result<(), Failed> {
    let mut pieces = vec![
        "export A=",
        "export B=",
        "A=",
        " C=",
        "export A",
        "unset A",
        "\n",
        "\n",
        "; ",
        " ",
        "'",
        "'x y'",
        "\"",
        "\"y\"",
        "\\",
        "$",
        "$A",
        "${B}",
        "$(",
        ")",
        "`",
        "#",
        " #",
        "a",
        "é",
        "~",
        ":",
        "=",
        "*",
        "[",
        "{",
        "}",
        ",",
        "!",
        "&&",
        "if :; then ",
        "\nfi\n",
        "(",
        "f() {\n",
        "\n}\n",
        "%",
        "\\\n",
        "\t",
    ];
    if shell == "bash" {
        pieces.extend(["$'", "$'\\n'", "\\x41", "\\101", "\\u00e9"]);
    }
    let mut all = mixed(&pieces, 14, 1200)?;
    let value = "('[a-z $\"\\\\\n]{0,4}'|\"[a-z ']{0,3}(\\\\[\"$\\\\nx]|\\\\\n|\\$)?[ a-z]{0,2}\"|[a-z:=@%.,/-]{1,3}|\\\\[a-z $'\"]|\\$|~){0,4}";
    let line = format!("(export )?(A|B|C)={value}(|||| # c| D={value}|; export A)\n");
    all.extend(texts(prop::collection::vec(line.as_str(), 1..4).prop_map(|lines| lines.concat()), 1500)?);
    // dash does not know `$'…'`, which is POSIX's since 2024.
    all.retain(|text| shell == "bash" || !text.contains("$'"));
    enough(beside_shell(shell, &all)?, 500)
}

const ENVIRONMENT_D: &str = "/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator";

/// A line that the generator prints, as the shell that it is for reads it.
fn unquoted(line: &str) -> Option<(String, String)> {
    let (name, quoted) = line.split_once('=')?;
    let Some(inner) = quoted.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')) else {
        return Some((name.to_owned(), quoted.to_owned()));
    };
    let mut value = String::new();
    let mut characters = inner.chars();
    while let Some(c) = characters.next() {
        value.push(match c {
            '\\' => match characters.next()? {
                'n' => '\n',
                't' => '\t',
                other => other,
            },
            _ => c,
        });
    }
    Some((name.to_owned(), value))
}

/// systemd reads environment.d with the reader of `EnvironmentFile=`, and then expands dollars: so
/// there is none in these files.
fn systemd() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join(".config/environment.d/x.conf");
    fs::create_dir_all(file.parent().ok_or("no parent")?)?;
    let mut all = mixed(
        &[
            "A=", "B = ", "C=", "\nA=", "\nB=", "'", "\"", "\\", " ", "\t", "\n", "\n", "#", ";", "x", "é",
            "y z", "=", "'q'", "\"d\"", "\\\n", "`",
        ],
        20,
        1500,
    )?;
    all.push("# c\nA=1\n; c\nB=a\\ b  \nC=two\\\nlines\nD=\"m\nn\"  'o' p\nE\n".to_owned());
    // Up to systemd 253 a comment that ends in a backslash went on in the next line.
    let goes_on = |line: &str| line.trim_start().starts_with(['#', ';']) && line.trim_end().ends_with('\\');
    all.retain(|text| !text.lines().any(goes_on));
    let mut compared = 0;
    for text in all {
        fs::write(&file, &text)?;
        let mut command = Command::new(ENVIRONMENT_D);
        command.env_clear().env("HOME", folder.path()).env("LANG", "C.UTF-8");
        let said = String::from_utf8(succeed(&mut command)?.stdout)?;
        let mut expected: Values = said.lines().filter_map(unquoted).collect();
        expected.retain(|name, _| matches!(name.as_str(), "A" | "B" | "C" | "D"));
        let mut found = resolved(&read(ImportFormat::Systemd, &text).map_err(|error| error.to_string())?)?;
        // For environment.d, unlike for a service, an empty value is none.
        expected.retain(|name, _| found.get(name).is_none_or(|value| !value.is_empty()));
        found.retain(|name, value| matches!(name.as_str(), "A" | "B" | "C" | "D") && !value.is_empty());
        if found != expected {
            return Err(format!("{text:?}\nours:    {found:?}\nsystemd: {expected:?}").into());
        }
        compared += found.len();
    }
    enough(compared, 500)
}

fn docker() -> Result<(), Failed> {
    let text = "\u{feff}A=1\r\n  B= two words \n# C=3\n\t# D\nE=#x\nF='q' \"r\"=\\n\nG\n=H\nI J=1\nK=\nA=2\n";
    let imported = read(ImportFormat::Docker, text).map_err(|error| error.to_string())?;
    let found = resolved(&imported)?;
    let expected: Values = [("A", "2"), ("B", " two words "), ("E", "#x"), ("F", "'q' \"r\"=\\n"), ("K", "")]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let lines: Vec<usize> = imported.left_out.iter().map(|left_out| left_out.line).collect();
    if found == expected && lines == [7, 8, 9] {
        Ok(())
    } else {
        Err(format!("{found:?} {imported:?}").into())
    }
}

/// What `venvars export` writes, `venvars import` reads.
fn round_trip(format: &'static str) -> Result<(), Failed> {
    let (one, other) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let mut held = Vec::new();
    for pair in values::nasty() {
        write_secrets(&one.path().join("secrets.toml"), std::slice::from_ref(&pair));
        if venvars(one.path()).args(["export", "--format", format]).output()?.status.success() {
            held.push(pair);
        }
    }
    if held.len() < 30 {
        return Err("too many are refused".into());
    }
    write_secrets(&one.path().join("secrets.toml"), &held);
    let exported = succeed(venvars(one.path()).args(["export", "--format", format]))?.stdout;
    fs::write(other.path().join("export"), exported)?;
    write_secrets(&other.path().join("secrets.toml"), &[]);
    let done = succeed(venvars(other.path()).args(["import", "export", "--format", format]))?;
    let said = String::from_utf8_lossy(&done.stderr);
    if said.contains("left out") {
        return Err(said.into_owned().into());
    }
    let json = succeed(venvars(other.path()).args(["export", "--format", "json"]))?.stdout;
    let found: Values = serde_json::from_slice(&json)?;
    match held.iter().find(|(name, value)| found.get(name) != Some(value)) {
        None => Ok(()),
        Some((name, _)) => {
            let shown: Option<String> = found.get(name).map(|value| value.chars().take(60).collect());
            Err(format!("{name}: {shown:?}").into())
        }
    }
}

/// A venv, and lines that a person put into its script; `--take` gives the script back.
fn activate() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    venv_in(path);
    let script = path.join(".venv").join(BIN).join("activate");
    let generated = fs::read_to_string(&script)?;
    write_secrets(&path.join("secrets.toml"), &[("OTHER".to_owned(), "x".to_owned())]);
    succeed(venvars(path).arg("apply"))?;
    let applied = fs::read_to_string(&script)?;
    // As the venv of Python 3.12 has it.
    let of_python_3_12 =
        generated.clone() + "if x; then\n    export VIRTUAL_ENV=$(cygpath \"C:\\x y\")\nfi\n";
    for text in [&generated, &applied, &of_python_3_12] {
        let read = read(ImportFormat::Activate, text).map_err(|error| error.to_string())?;
        if read != Imported::default() {
            return Err(format!("{read:?}").into());
        }
    }
    // Lines at the end, and in `deactivate` what undoes them.
    let with = |unset: &str, export: &str| {
        let place = "    if [ ! \"${1:-}\" = \"nondestructive\" ] ; then\n";
        let both = applied.replacen(place, &format!("{place}{unset}"), 1);
        (both != applied).then(|| both + export).ok_or("another layout")
    };
    let kept = with("        unset HOME_DIR\n", "export HOME_DIR=\"$HOME/x\"\n# mine\n")?;
    let unset = "        unset TOKEN\n        unset PORT\n        unset HOME_DIR\n";
    let export = "export TOKEN=\"a b'c\"\nexport PORT=5000\nexport HOME_DIR=\"$HOME/x\"\n\
        # mine\nexport SECRET_KEY='it'\\''s' # of old\n";
    fs::write(&script, with(unset, export)?)?;
    let done = succeed(venvars(path).args(["import", &format!(".venv/{BIN}/activate"), "--take"]))?;
    let (out, err) = (String::from_utf8(done.stdout)?, String::from_utf8(done.stderr)?);
    if out != "new      TOKEN\nnew      PORT\nnew      SECRET_KEY\n"
        || !err.contains("HOME_DIR: the shell computes")
    {
        return Err(format!("{out}{err}").into());
    }
    let json = succeed(venvars(path).args(["export", "--format", "json"]))?.stdout;
    let found: Values = serde_json::from_slice(&json)?;
    if found["TOKEN"] != "a b'c" || found["SECRET_KEY"] != "it's" || found["PORT"] != "5000" {
        return Err(format!("{found:?}").into());
    }
    // What is left are the lines for the variable that was left out.
    let left = fs::read_to_string(&script)?;
    if left != kept {
        return Err(format!("{} bytes are left of {}", left.len(), kept.len()).into());
    }
    // No block is emptied, and no line that does more is taken out.
    let text = "deactivate () {\n    if x; then\n        unset A\n    fi\n    unset A\n    unset -f deactivate\n}\nexport A=1; echo x\nexport A=2\n";
    let without = text.replacen("    fi\n    unset A\n", "    fi\n", 1).replace("export A=2\n", "");
    let names = [venvars::words::name::Name::new("A").map_err(|refusal| refusal.to_string())?];
    if import::take(text, &names) != without {
        return Err(import::take(text, &names).into());
    }
    // Where all were taken, the script is as it was.
    fs::write(&script, with("        unset PORT\n", "export PORT=5000\n")?)?;
    succeed(venvars(path).args(["import", &format!(".venv/{BIN}/activate"), "--take"]))?;
    if fs::read_to_string(&script)? == applied { Ok(()) } else { Err("not as it was".into()) }
}

struct Done {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Done {
    /// Whether it is as it has to be, and shows no value.
    fn check(&self, ok: bool) -> Result<(), Failed> {
        if ok && !format!("{}{}", self.out, self.err).contains("hunter2") {
            Ok(())
        } else {
            Err(format!("{:?}\n{}\n{}", self.code, self.out, self.err).into())
        }
    }
}

fn run(folder: &Path, arguments: &[&str], input: &str) -> Result<Done, Failed> {
    let output = support::fed(venvars(folder).args(arguments), input.as_bytes())?;
    let (out, err) = (String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?);
    Ok(Done { code: output.status.code(), out, err })
}

/// What the command prints, refuses and writes.
fn module() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    write_secrets(&path.join("secrets.toml"), &[]);
    fs::write(path.join("secrets.py"), "KEY = 'hunter2'\n")?;
    let done = run(path, &["import", "secrets.py"], "")?;
    done.check(
        done.code == Some(0) && done.err.contains("shadows Python's own") && done.out == "new      KEY\n",
    )?;
    let done = run(path, &["import", "-", "--format", "python"], "A = 'hunter2")?;
    done.check(done.code == Some(2) && done.err.contains("standard input:1:"))
}

fn command() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    let secrets = path.join("secrets.toml");
    let done = run(path, &["import"], "")?;
    done.check(done.code == Some(2) && done.err.contains("no .env and no secrets.py"))?;
    fs::write(path.join(".env"), "A=hunter2-a\nB='hunter2 b'\nC=hunter2$C${NOPE}\n!!x y\nD\n")?;
    let done = run(path, &["import"], "")?;
    done.check(done.code == Some(2) && done.err.contains("venvars init"))?;
    let text = "# kept\nA = 'hunter2-a' # same\nB = 'old'\n";
    fs::write(&secrets, text)?;
    support::private(&secrets);
    let done = run(path, &["import", "--dry-run"], "")?;
    done.check(done.code == Some(0) && done.out == "same     A\nchanged  B\n")?;
    done.check(done.err.contains("left out, line 3: C: it takes NOPE from the environment"))?;
    done.check(done.err.contains("left out, line 5: a name without a value"))?;
    let done = run(path, &["import"], "")?;
    done.check(
        done.code == Some(2) && done.err.contains("another value: B") && done.err.contains("--force"),
    )?;
    done.check(fs::read_to_string(&secrets)? == text)?;
    let done = run(path, &["import", "--force"], "")?;
    done.check(done.code == Some(0))?;
    done.check(fs::read_to_string(&secrets)? == text.replace("'old'", "\"hunter2 b\""))?;
    fs::write(path.join("secrets.py"), "KEY = 'hunter2'\n")?;
    let done = run(path, &["import"], "")?;
    done.check(done.code == Some(2) && done.err.contains("found .env and secrets.py"))?;
    let done = run(path, &["import", "-"], "X=1\n")?;
    done.check(done.code == Some(2) && done.err.contains("--format"))?;
    let json = "{\"TOKEN\": \"hunter2\", \"N\": 1.10, \"L\": [1]}";
    let done = run(path, &["import", "-", "--format", "heroku"], json)?;
    done.check(done.code == Some(0) && done.out == "new      TOKEN\nnew      N\n")?;
    done.check(done.err.contains("left out, line 1: L: a list"))?;
    done.check(run(path, &["get", "N"], "")?.out == "1.10")?;
    for (format, input) in [("json", "[\"hunter2\"]"), ("json", "{\"A\": hunter2}"), ("toml", "A = hunter2")]
    {
        let done = run(path, &["import", "-", "--format", format], input)?;
        done.check(done.code == Some(2) && done.err.contains("standard input:1:"))?;
    }
    let done = run(path, &["import", ".env", "--take"], "")?;
    done.check(done.code == Some(2) && done.err.contains("only works with an activate script"))?;
    fs::write(path.join("bad.env"), b"A=\xff\n")?;
    let done = run(path, &["import", "bad.env"], "")?;
    done.check(done.code == Some(2) && done.err.contains("bad.env:1:3: invalid UTF-8"))?;
    // Where git would take the file, nothing is written.
    support::git(path, &["init", "-q"])?;
    let done = run(path, &["import", ".env"], "")?;
    done.check(done.code == Some(2) && done.err.contains("git does not ignore"))
}

pub fn trials() -> Vec<Trial> {
    let readers = (!cache().join("readers-2/complete").exists()).then(|| "the Python readers".to_owned());
    let lacks = |program: &str| which::which(program).is_err().then(|| program.to_owned());
    let generator = (cfg!(not(unix)) || !Path::new(ENVIRONMENT_D).exists()).then(|| "systemd".to_owned());
    let no_python = if cfg!(windows) { lacks("py").and_then(|_| lacks("python")) } else { lacks("python3") };
    let mut trials = vec![
        trial("dotenv::table".to_owned(), readers.clone(), dotenv_table),
        trial("dotenv::random".to_owned(), readers.clone(), dotenv_random),
        trial("python::table".to_owned(), readers.clone(), python_table),
        trial("python::random".to_owned(), readers.clone(), python_random),
        trial("sh::table".to_owned(), lacks("bash").or_else(|| lacks("dash")), sh_table),
        trial("systemd".to_owned(), generator, systemd),
        trial("activate".to_owned(), generators::all()[0].missing(), activate),
        trial("docker".to_owned(), None, docker),
        trial("command".to_owned(), lacks("git"), command),
        trial("module".to_owned(), no_python.clone(), module),
    ];
    for (name, python) in pythons() {
        trials.push(trial(format!("python::{name}"), readers.clone(), move || python_version(&python)));
    }
    for shell in ["bash", "dash"] {
        trials.push(trial(format!("sh::random::{shell}"), lacks(shell), move || sh_random(shell)));
    }
    for format in ["dotenv", "json", "toml", "docker", "systemd", "python", "sh"] {
        let missing = no_python.clone().filter(|_| format == "python");
        trials.push(trial(format!("round-trip::{format}"), missing, move || round_trip(format)));
    }
    trials
}
