//! Typing a value that is not shown, on a real terminal, which has to be as before afterwards.

use std::fs;
use std::path::Path;

use crate::support::private;
use crate::support::terminal::{Seen, at_terminal};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use tempfile::TempDir;

pub fn trials() -> Vec<Trial> {
    trials![
        what_is_typed_is_what_is_stored,
        what_is_no_line_of_text_is_refused,
        a_signal_leaves_the_terminal_as_it_was,
        stopped_it_goes_on_with_its_question,
        what_is_pasted_is_taken_whole_and_asked_for_once,
        what_nothing_can_check_is_asked_for_twice,
        what_is_declared_is_asked_for_once,
        what_is_not_secret_is_shown,
        nothing_is_asked_for_a_keyring_that_is_not_there
    ]
}

const ASKED: &str = "A_KEY (not shown): ";
const AGAIN: &str = "A_KEY (once more): ";

fn project() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secrets.toml");
    fs::write(&file, "A_KEY = \"before\"\n").unwrap();
    private(&file);
    folder
}

/// What is seen when `keys` are typed at the question for a value.
fn typed(folder: &Path, keys: &str) -> Seen {
    let set = [env!("CARGO_BIN_EXE_venvars"), "set", "A_KEY"];
    at_terminal(folder, &set, &[json!(["expect", ASKED]), json!(["send", keys])])
}

fn value(folder: &Path) -> String {
    let text = fs::read_to_string(folder.join("secrets.toml")).unwrap();
    let table: toml::Table = text.parse().unwrap();
    table["A_KEY"].as_str().unwrap().to_owned()
}

fn what_is_typed_is_what_is_stored() {
    let folder = project();
    let long = "0123456789".repeat(1000);
    for (keys, expected) in [
        ("plain\r", "plain"),
        ("\ttabs\tand spaces  \r", "\ttabs\tand spaces  "),
        ("schl\u{fc}ssel-\u{1f692}\r", "schl\u{fc}ssel-\u{1f692}"),
        ("not\u{15}this\r", "this"),
        ("\u{1f692}\u{e9}\u{7f}\u{8}\u{7f}left\r", "left"),
        ("ends with the key for it\u{4}", "ends with the key for it"),
        (&format!("{long}\r"), &long),
    ] {
        let set = [env!("CARGO_BIN_EXE_venvars"), "set", "A_KEY"];
        let steps = [
            json!(["expect", ASKED]),
            json!(["send", keys]),
            json!(["expect", AGAIN]),
            json!(["send", keys]),
        ];
        let seen = at_terminal(folder.path(), &set, &steps);
        assert_eq!(seen.code, 0, "{}", seen.shown);
        let lines: Vec<_> = seen.shown.split("\r\n").take(2).collect();
        assert_eq!(lines, [ASKED, AGAIN], "nothing of it is shown");
        assert_eq!(value(folder.path()), expected);
    }
}

fn what_is_no_line_of_text_is_refused() {
    let folder = project();
    for (keys, said) in [
        ("first\rsecond\rthird", "more than one line was pasted"),
        ("an arrow\u{1b}[D\r", "a key was pressed that is not a character"),
        ("\u{0}\r", "a key was pressed that is not a character"),
        ("\u{4}", "nothing was typed"),
    ] {
        let seen = typed(folder.path(), keys);
        assert!(seen.code == 2 && seen.shown.contains(said), "{} {}", seen.code, seen.shown);
        assert!(!seen.shown.contains("second") && !seen.shown.contains("third"), "{}", seen.shown);
        assert_eq!(value(folder.path()), "before");
    }
    // What a terminal in Latin-1 sends for "café".
    let set = [env!("CARGO_BIN_EXE_venvars"), "set", "A_KEY"];
    let seen = at_terminal(folder.path(), &set, &[json!(["expect", ASKED]), json!(["bytes", "636166e90d"])]);
    assert!(seen.code == 2 && seen.shown.contains("what was typed is not valid UTF-8"), "{}", seen.shown);
    assert_eq!(value(folder.path()), "before");
}

fn a_signal_leaves_the_terminal_as_it_was() {
    let folder = project();
    for (key, code) in [("abc\u{3}", -2), ("abc\u{1c}", -3)] {
        assert_eq!(typed(folder.path(), key).code, code);
    }
    let set = [env!("CARGO_BIN_EXE_venvars"), "set", "A_KEY"];
    for (name, code) in [("TERM", -15), ("HUP", -1), ("INT", -2)] {
        let seen = at_terminal(folder.path(), &set, &[json!(["expect", ASKED]), json!(["signal", name])]);
        assert_eq!(seen.code, code, "{name}");
    }
    assert_eq!(value(folder.path()), "before");
}

fn stopped_it_goes_on_with_its_question() {
    let folder = project();
    fs::write(folder.path().join("rc"), "PS1='ready> '\n").unwrap();
    let bash = ["bash", "--noprofile", "--noediting", "--rcfile", "rc"];
    at_terminal(
        folder.path(),
        &bash,
        &[
            json!(["expect", "ready> "]),
            json!(["send", "$VENVARS set A_KEY\r"]),
            json!(["expect", ASKED]),
            json!(["send", "half of\u{1a}"]),
            json!(["expect", "Stopped"]),
            json!(["expect", "ready> "]),
            json!(["send", "echo sh''own\r"]),
            json!(["expect", "shown"]),
            json!(["send", "fg\r"]),
            json!(["expect", ASKED]),
            json!(["send", "all of it\r"]),
            json!(["expect", AGAIN]),
            json!(["send", "all of it\r"]),
            json!(["expect", "ready> "]),
            json!(["send", "exit\r"]),
        ],
    );
    assert_eq!(value(folder.path()), "all of it");
}

/// What is seen at a terminal that tells where a paste begins and ends.
fn at_xterm(folder: &Path, steps: &[Value]) -> Seen {
    at_terminal(folder, &["env", "TERM=xterm", env!("CARGO_BIN_EXE_venvars"), "set", "A_KEY"], steps)
}

fn what_is_pasted_is_taken_whole_and_asked_for_once() {
    let folder = project();
    let key = "-----BEGIN KEY-----\rhunter2+hunter2/=\r-----END KEY-----";
    for (keys, expected) in [
        (format!("\u{1b}[200~{key}\u{1b}[201~\r"), key.replace('\r', "\n")),
        // Copied with the end of its last line.
        (format!("\u{1b}[200~{key}\r\u{1b}[201~\r"), key.replace('\r', "\n")),
        ("\u{1b}[200~hunter2\u{1b}[201~\r".to_owned(), "hunter2".to_owned()),
        // Taken back, and pasted again.
        ("not\u{15}\u{1b}[200~this\u{1b}[201~\r".to_owned(), "this".to_owned()),
        ("\u{1b}[200~hunter2\u{1b}[201~\u{7f}\u{7f}\r".to_owned(), "hunte".to_owned()),
    ] {
        let seen = at_xterm(folder.path(), &[json!(["expect", ASKED]), json!(["send", keys])]);
        assert!(seen.code == 0 && !seen.shown.contains("hunte"), "{}", seen.shown);
        // The shell that comes next has a terminal as it was.
        assert!(seen.shown.ends_with("\r\n") && seen.shown.contains("\u{1b}[?2004l"), "{:?}", seen.shown);
        assert_eq!(value(folder.path()), expected);
    }
    let before = value(folder.path());
    let seen = at_xterm(
        folder.path(),
        &[json!(["expect", ASKED]), json!(["send", "\u{1b}[200~a\u{0}b\u{1b}[201~\r"])],
    );
    assert!(seen.code == 2 && seen.shown.contains("not a character"), "{}", seen.shown);
    let seen = at_xterm(folder.path(), &[json!(["expect", ASKED]), json!(["send", "\u{1b}[200~abc\u{3}"])]);
    assert!(seen.code == -2 && seen.shown.contains("\u{1b}[?2004l"), "{} {:?}", seen.code, seen.shown);
    assert_eq!(value(folder.path()), before);
}

fn what_nothing_can_check_is_asked_for_twice() {
    let folder = project();
    let set = [env!("CARGO_BIN_EXE_venvars"), "set", "A_KEY"];
    let steps = [
        json!(["expect", ASKED]),
        json!(["send", "hunter2\r"]),
        json!(["expect", AGAIN]),
        json!(["send", "hunter3\r"]),
        json!(["expect", "the two values differ"]),
        json!(["expect", ASKED]),
        json!(["send", "hunter4\r"]),
        json!(["expect", AGAIN]),
        json!(["send", "hunter4\r"]),
    ];
    let seen = at_terminal(folder.path(), &set, &steps);
    assert!(seen.code == 0 && !seen.shown.contains("hunter"), "{}", seen.shown);
    assert_eq!(value(folder.path()), "hunter4");
}

fn what_is_declared_is_asked_for_once() {
    let folder = project();
    fs::write(folder.path().join("venvars.toml"), "[variables.A_KEY]\npattern = \"sk-[a-z]+\"\n").unwrap();
    let set = [env!("CARGO_BIN_EXE_venvars"), "set", "A_KEY"];
    let steps = [
        json!(["expect", ASKED]),
        json!(["send", "wrong\r"]),
        json!(["expect", "does not match"]),
        json!(["expect", ASKED]),
        json!(["send", "sk-right\r"]),
    ];
    assert_eq!(at_terminal(folder.path(), &set, &steps).code, 0);
    assert_eq!(value(folder.path()), "sk-right");
}

fn what_is_not_secret_is_shown() {
    let folder = project();
    fs::write(folder.path().join("venvars.toml"), "[variables.A_KEY]\nsecret = false\n").unwrap();
    let set = [env!("CARGO_BIN_EXE_venvars"), "set", "A_KEY"];
    let asked = json!(["expect", "A_KEY: "]);
    let seen = at_terminal(folder.path(), &set, &[asked.clone(), json!(["send", "my hoss\u{7f}t\r"])]);
    assert!(seen.code == 0 && seen.shown.contains("A_KEY: my hoss"), "{}", seen.shown);
    assert_eq!(value(folder.path()), "my host");
    for (keys, code, said) in [
        ("one\rtwo\r", 2, "more than one line was pasted"),
        ("\u{4}", 2, "nothing was typed"),
        ("half\u{3}", -2, ""),
    ] {
        let seen = at_terminal(folder.path(), &set, &[asked.clone(), json!(["send", keys])]);
        assert!(seen.code == code && seen.shown.contains(said), "{keys}: {} {}", seen.code, seen.shown);
    }
    assert_eq!(value(folder.path()), "my host");
}

/// On macOS there always is one.
fn nothing_is_asked_for_a_keyring_that_is_not_there() {
    if cfg!(target_os = "macos") {
        return;
    }
    let folder = project();
    let set = [env!("CARGO_BIN_EXE_venvars"), "set", "A_KEY", "--keyring"];
    let seen = at_terminal(folder.path(), &set, &[]);
    assert!(seen.shown.contains("no session bus") && !seen.shown.contains(ASKED), "{}", seen.shown);
}
