use super::*;
use crate::words::secret::Secret;

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn leak<'a>(name: &'a Name, value: &'a Secret, reason: &str) -> Leak<'a> {
    Leak { name, value, reason: reason.to_owned() }
}

fn value(text: &str) -> Secret {
    Secret::new(text.to_owned()).unwrap()
}

fn suspect<'a>(name: &'a Name, value: &'a str) -> Suspect<'a> {
    Suspect { name, value, is_secret: true }
}

#[test]
fn what_was_remembered_is_known_again_and_nothing_else() {
    let (a, b) = (name("A"), name("B"));
    let (one, two) = (value("hunter2-one"), value("hunter2-two"));
    let mut ledger = Ledger::default();
    let leaks = [leak(&b, &one, "a \u{1b}[31m\nb"), leak(&a, &two, ""), leak(&b, &one, "again")];
    assert_eq!(ledger.add(&leaks, "2026-11-25").unwrap(), [true, true, false]);
    let text = ledger.text();
    assert!(!text.contains("hunter2"), "{text}");
    let read: Ledger = text.parse().unwrap();
    assert_eq!(read.entries, ledger.entries);
    assert_eq!(read.entries.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["A", "B"]);
    assert_eq!(read.entries[1].reason, "a [31m b");
    let (salt, other) = (read.entries[0].recipe.salt(), read.entries[1].recipe.salt());
    assert_eq!(salt, other);
    let found = read
        .find(&[
            suspect(&a, "hunter2-one"),
            suspect(&a, "hunter2-two"),
            suspect(&name("C"), "hunter2-one"),
            suspect(&a, "hunter2-thr"),
        ])
        .unwrap();
    assert_eq!(
        found.iter().map(|entry| entry.map(|entry| &entry.name)).collect::<Vec<_>>(),
        [Some(&b), Some(&a), Some(&b), None]
    );
}

#[test]
fn the_lines_of_two_ledgers_are_one() {
    let a = name("A");
    let line = |text: &str, reason: &str| {
        let mut ledger = Ledger::default();
        ledger.add(&[leak(&a, &value(text), reason)], "2026-11-25").unwrap();
        ledger.entries.remove(0).line()
    };
    let (one, two) = (line("hunter2-one", "x"), line("hunter2-two", "y"));
    let text = format!("version = 1\ncompromised = [\n{two}{one}{two}]\n");
    let mut ledger: Ledger = text.parse().unwrap();
    for value in ["hunter2-one", "hunter2-two"] {
        assert!(ledger.find(&[suspect(&a, value)]).unwrap()[0].is_some(), "{value}");
    }
    ledger.sort();
    assert_eq!(ledger.entries.len(), 2);
}

#[test]
fn a_damaged_ledger_is_told_with_its_place() {
    let a = name("A");
    let mut ledger = Ledger::default();
    ledger.add(&[leak(&a, &value("hunter2-one"), "x")], "2026-11-25").unwrap();
    let good = ledger.text();
    for (from, to, said) in [
        ("version = 1", "version = 2\nnews = 1", "is of version 2"),
        ("version = 1", "version = \"x\"", "has no version"),
        ("version = 1", "version = 1\nversion = 1", "4:1: "),
        ("compromised =", "compromized =", "unknown field"),
        ("name = \"A\"", "name = \"A-B\"", "5:3: the name"),
        ("date = 2026-11-25", "date = 10:00:00", "5:3: the date"),
        ("memory = 19456", "memory = 19456000", "5:3: the salt"),
        ("memory = 19456", "memory = -1", "5:"),
        ("salt = \"", "salt = \"*", "5:3: the salt"),
        ("]\n", "", "array"),
        ("]\n", "<<<<<<<\n]\n", "6:"),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good);
        let error = bad.parse::<Ledger>().unwrap_err();
        let shown = error.in_file(Path::new("f")).to_string();
        assert!(shown.contains(said), "{to}: {shown}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(pieces in proptest::collection::vec("version = 1\n|compromised = \\[\n|\\]\n|\\{ name = \"A\", date = 2026-11-25, memory = 8, passes = 1, lanes = 1, salt = \"AAAAAAAAAAA\", fingerprint = \"x\" \\},\n|[ -~\n]{0,4}", 0..6)) {
        let _ = pieces.concat().parse::<Ledger>();
    }
}
