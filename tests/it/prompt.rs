//! Typing a value that is not shown, on a real terminal, which has to be as before afterwards.

use std::fs;
use std::path::Path;

use crate::support::private;
use crate::support::terminal::{Seen, at_terminal};
use libtest_mimic::Trial;
use serde_json::json;
use tempfile::TempDir;

pub fn trials() -> Vec<Trial> {
    trials![
        what_is_typed_is_what_is_stored,
        what_is_no_line_of_text_is_refused,
        a_signal_leaves_the_terminal_as_it_was,
        stopped_it_goes_on_with_its_question
    ]
}

const ASKED: &str = "A_KEY (not shown): ";

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
        let seen = typed(folder.path(), keys);
        assert_eq!(seen.code, 0, "{}", seen.shown);
        assert_eq!(seen.shown.split("\r\n").next(), Some(ASKED), "nothing of it is shown");
        assert_eq!(value(folder.path()), expected);
    }
}

fn what_is_no_line_of_text_is_refused() {
    let folder = project();
    for (keys, said) in [
        ("first\rsecond\rthird", "more than one line was pasted"),
        ("an arrow\u{1b}[D\r", "a key was pressed that is no character"),
        ("\u{0}\r", "a key was pressed that is no character"),
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
    assert!(seen.code == 2 && seen.shown.contains("what was typed is no UTF-8"), "{}", seen.shown);
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
            json!(["expect", "ready> "]),
            json!(["send", "exit\r"]),
        ],
    );
    assert_eq!(value(folder.path()), "all of it");
}
