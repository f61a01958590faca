//! Every value and every old value, through the scripts that each generator writes on Windows: what a program sees that
//! is started after the activation, after one more, and after `deactivate.bat`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use libtest_mimic::{Failed, Trial};

use crate::support::generators::{self, Generator};
use crate::support::{clean, is_wine, succeed, trial, venvars, write_secrets};

type Values = BTreeMap<String, String>;

/// What a batch file can hold: to be there exactly.
const HELD: [&str; 59] = [
    "100%",
    "%PATH%",
    "%%",
    "%1 %* %~dp0",
    "%PATH:~0,4%",
    "a%b%c%d",
    "%_VENVARS%",
    "%ERRORLEVEL% %CD%",
    "pg://u:p%40ss@h:5432/db",
    "it's",
    " x ",
    "\tx\t",
    "üéß",
    "日本語 中文",
    "🚒♞",
    "a\u{a0}b",
    "\u{feff}x",
    "a\u{2028}b",
    "€",
    "a\u{85}b",
    "(x)",
    ") else (",
    ")",
    r"C:\Program Files (x86)\x",
    "::",
    ":label",
    "rem x",
    r"C:\dir\",
    r"a\\",
    r"\\server\share",
    "=a=b=",
    ";a;b",
    ",a,b",
    "*?",
    "~",
    "@echo off",
    "`",
    "$x ${y}",
    "#x",
    "/?",
    "/a 1+1",
    "/p x",
    "-x",
    ".",
    "\u{1}",
    "\u{8}",
    "\u{b}",
    "\u{c}",
    "\u{1b}[31m",
    "\u{7f}",
    "Gm+/u9c3Ab//+zzQ0l5Y+w==",
    "192b9bdd22ab9ed4d12e236c78afcb9a",
    "x",
    "0",
    "null",
    "goto :eof",
    "%~f0%",
    "a  b",
    "'quoted'",
];

/// What none can hold safely: to be refused by name.
const REFUSED: [&str; 15] = [
    "a^b",
    "a^",
    "a&b",
    "https://h/?a=1&b=2",
    "a|b",
    "a<b",
    "a>b",
    "a!b",
    "!PATH!",
    "say \"hi\"",
    "{\"a\": 1}",
    "a\u{1a}b",
    "a\nb",
    "a\rb",
    "",
];

/// What is there before the activation: to be there after it again.
const OLD: [&str; 24] = [
    "plain",
    "a\" & echo INJECTED> mark & rem \"",
    "{\"a\": \"b & c\", \"d\": \"^|<>\"}",
    "^^ a^b | c < d > e ) ( \"",
    "100% %PATH% %1 =x",
    "say \"hi\"",
    "a\"b",
    "a^b",
    "a&b",
    "a|b",
    "a<b>c",
    " sp ",
    "(x) (",
    ") else (",
    r"ends\",
    "=x",
    "%PATH%",
    "100%",
    "it's `x` $y",
    "a;b,c",
    "@echo off",
    "/?",
    ":label",
    "x",
];

/// A long one, by the number of times that a text is in it: a line has 8,191 bytes, and 17 of them are not the value's.
const LONG: [(&str, usize); 5] = [("x", 8000), ("x", 8174), ("%", 4000), ("%", 4087), ("日", 2700)];
const TOO_LONG: [(&str, usize); 4] = [("x", 8175), ("%", 4088), ("日", 8000), ("x", 20000)];

/// Names that other shells keep for themselves in lower case.
const OTHERS: [&str; 2] = ["HOSTNAME", "VERBOSE"];

fn values() -> (Values, Values) {
    let long = |of: &[(&str, usize)]| of.iter().map(|(text, count)| text.repeat(*count)).collect::<Vec<_>>();
    let named = |kind: &str, short: &[&str], long: Vec<String>| -> Values {
        let all = short.iter().map(ToString::to_string).chain(long);
        all.enumerate().map(|(number, value)| (format!("{kind}_KEY_{number:03}"), value)).collect()
    };
    let mut held = named("H", &HELD, long(&LONG));
    held.extend(OTHERS.map(|name| (name.to_owned(), "x".to_owned())));
    (held, named("R", &REFUSED, long(&TOO_LONG)))
}

/// The environment that the program under test's own test program has written to `file`.
fn dumped(file: &Path) -> Result<Values, Failed> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let own = |name: &str| name.contains("_KEY_") || name.starts_with("_VENVARS") || OTHERS.contains(&name);
    Ok(text
        .split_terminator('\0')
        .filter_map(|entry| entry.split_once('='))
        .filter(|(name, _)| own(name))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect())
}

/// What is not as expected, by name, in few words.
fn differences(found: &Values, expected: &Values) -> Vec<String> {
    let short = |value: Option<&String>| value.map(|value| value.chars().take(60).collect::<String>());
    let names = found.keys().chain(expected.keys()).collect::<std::collections::BTreeSet<_>>();
    let differ = names.into_iter().filter(|name| found.get(*name) != expected.get(*name));
    differ
        .map(|name| format!("{name}: {:?}, not {:?}", short(found.get(name)), short(expected.get(name))))
        .collect()
}

/// Whether a value is read as it is: Wine's `for /f` reads each byte that a program prints as a character.
fn is_read(value: &str, is_live: bool) -> bool {
    !(is_live && is_wine()) || value.is_ascii()
}

fn check(generator: &Generator, delayed: &str, is_live: bool, has_old: bool) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    generator.make(&path.join("A"), path)?;
    let (mut held, refused) = values();
    held.retain(|_, value| is_read(value, is_live));
    let all: Vec<_> =
        held.iter().chain(&refused).map(|(name, value)| (name.clone(), value.clone())).collect();
    write_secrets(&path.join("secrets.toml"), &all);
    if is_live {
        fs::write(path.join("venvars.toml"), "mode = \"live\"\n")?;
    }
    let before: Vec<_> = ["activate.bat", "deactivate.bat"]
        .iter()
        .map(|name| Ok((path.join("A/Scripts").join(name), fs::read(path.join("A/Scripts").join(name))?)))
        .collect::<Result<_, std::io::Error>>()?;
    let said = succeed(venvars(path).args(["apply", "--shell", "cmd", "--venv", "A"]))?.stderr;
    let said = String::from_utf8_lossy(&said);
    // A live script says it when it is activated.
    for name in refused.keys().filter(|_| !is_live) {
        if !said.contains(&format!("{name} is left out for cmd.exe: ")) {
            return Err(format!("{name} is not said to be left out\n{said}").into());
        }
    }
    if said.contains("H_KEY") {
        return Err(format!("something is left out that can be held\n{said}").into());
    }
    let names = held.keys().chain(refused.keys()).take(if has_old { usize::MAX } else { 0 });
    // A name that is left out keeps its value all the time.
    let old: Values =
        names.zip(OLD.iter().cycle()).map(|(name, old)| (name.clone(), (*old).to_owned())).collect();
    let dump = |name: &str| {
        format!("\"{}\" dump-environment {name}\r\n", std::env::current_exe().unwrap().display())
    };
    let call = |name: &str| format!("call \"{}\\A\\Scripts\\{name}\"\r\n", path.display());
    let lines = [
        "@echo off\r\n".to_owned(),
        call("activate.bat"),
        dump("first"),
        call("activate.bat"),
        dump("second"),
        call("deactivate.bat"),
        dump("after"),
    ];
    fs::write(path.join("scenario.bat"), lines.concat())?;
    let mut cmd = Command::new("cmd");
    clean(&mut cmd, path);
    let output = cmd.envs(&old).args(["/d", delayed, "/c", "scenario.bat"]).current_dir(path).output()?;
    let printed = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    if path.join("mark").exists() {
        return Err(format!("what was inherited was run\n{printed}").into());
    }
    let list: String = held.keys().map(|name| format!("{name} ")).collect();
    let mut active = old.clone();
    active.extend(held.clone());
    active.insert("_VENVARS".to_owned(), list);
    let kept = old.iter().filter(|(name, _)| held.contains_key(*name));
    active.extend(kept.map(|(name, old)| (format!("_VENVARS_OLD_{name}"), old.clone())));
    for (name, expected) in [("first", &active), ("second", &active), ("after", &old)] {
        let differences = differences(&dumped(&path.join(name))?, expected);
        if !differences.is_empty() {
            return Err(format!("{name}: {}\n{printed}", differences.join("\n")).into());
        }
    }
    succeed(venvars(path).args(["remove", "--venv", "A"]))?;
    for (file, before) in before {
        if fs::read(&file)? != before {
            return Err(format!("{} is not as it was", file.display()).into());
        }
    }
    Ok(())
}

pub fn trials(modes: &[(&str, &'static str)]) -> Vec<Trial> {
    let mut trials = Vec::new();
    for (suffix, delayed) in modes.iter().copied() {
        for generator in generators::all() {
            for (kind, is_live, has_old) in
                [("values", false, false), ("old-values", false, true), ("live", true, true)]
            {
                let generator = generator.clone();
                let name = format!("{kind}::{}{suffix}", generator.name);
                trials.push(trial(name, generator.missing(), move || {
                    check(&generator, delayed, is_live, has_old)
                }));
            }
        }
    }
    trials
}
