use super::*;

fn place() -> (&'static Path, Position) {
    (Path::new("secrets.toml"), Position { line: 3, column: 1 })
}

#[test]
fn context_keeps_place_hint_code_and_others() {
    let (file, position) = place();
    let other = Error::no_file(Path::new("other"));
    let first = Error::service("no answer").in_file(file).at(position).hint("ask again").exit_code(127);
    let both = Error::all(vec![first, other]).unwrap_err();
    let error = both.context("TOKEN").adding("; nothing was written");
    assert_eq!(error.to_string(), "TOKEN: secrets.toml:3:1: no answer; nothing was written");
    assert_eq!((error.remedy(), error.code()), (Some("ask again"), 127));
    assert_eq!(error.others().iter().map(Error::to_string).collect::<Vec<_>>(), ["other: no such file"]);
    assert_eq!(*error.cause(), Cause::Service("no answer".to_owned()));
    // The context has a place of its own, and can have a context again.
    let error = error.in_file(Path::new("outer")).context("first");
    assert_eq!(error.to_string(), "first: outer: TOKEN: secrets.toml:3:1: no answer; nothing was written");
}

#[test]
fn a_hint_is_given_once_and_names_the_nearest() {
    let hint = |word: &str| {
        let error = Error::usage("what?").did_you_mean(word, ["TOKEN", "DEBUG"], "look");
        error.or_hint("never").remedy().unwrap().to_owned()
    };
    assert_eq!(hint("TOKEN1"), "did you mean TOKEN?");
    assert_eq!(hint("PASSWORD"), "look");
    assert_eq!(Error::usage("what?").or_hint("look").remedy(), Some("look"));
}

#[test]
fn the_same_is_the_same_whatever_its_hint() {
    let (file, position) = place();
    let error = || Error::no_file(file).at(position);
    assert!(error().is_same(&error().hint("make it").exit_code(1)));
    assert!(!error().is_same(&Error::no_file(file)) && !error().is_same(&error().context("A")));
    assert!(!error().is_same(&Error::from(Cause::NotAFile).in_file(file).at(position)));
}

#[test]
fn a_malformed_name_is_not_shown() {
    let said = |text: &str| Error::bad_name(text, crate::words::name::Name::new(text).unwrap_err());
    assert_eq!(said("PATH").to_string(), "PATH: the name is reserved by the activate scripts");
    assert!(!format!("{0}{0:?}", said("hunter2!")).contains("hunter2"));
}

#[test]
fn what_is_not_utf8_has_its_place() {
    let bytes = [b"A = 1\nB = ".as_slice(), &[0xff]].concat();
    let error = Error::not_utf8(Path::new("f"), &bytes, std::str::from_utf8(&bytes).unwrap_err());
    assert_eq!(error.to_string(), "f:2:5: invalid UTF-8 from here on");
    let bytes = [0xff, 0xfe, b'A', 0].to_vec();
    let error = Error::not_utf8(Path::new("f"), &bytes, std::str::from_utf8(&bytes).unwrap_err());
    assert_eq!(error.to_string(), "f: the encoding is UTF-16");
}

#[test]
fn the_kind_of_the_systems_answer_is_kept() {
    let answer = io::Error::from_raw_os_error(if cfg!(windows) { 5 } else { 13 });
    let error = Error::io("read", Path::new("f"), &answer);
    assert!(matches!(error.cause(), Cause::Io { kind: io::ErrorKind::PermissionDenied, .. }));
    assert!(error.to_string().starts_with("f: could not read: ") && !error.to_string().contains("os error"));
}

#[test]
fn what_recurs_has_one_sentence() {
    let own = str::to_owned;
    for (cause, said) in [
        (
            Cause::Nul(own("the entry")),
            "the entry contains a NUL character, which an environment variable cannot hold",
        ),
        (Cause::NotUtf8(own("the assignment")), "the assignment is not valid UTF-8"),
        (Cause::NoRandomness(own("none")), "the system has no random bytes: none"),
        (
            Cause::Ended { program: own("pass"), status: own("exit status: 1") },
            "pass failed (exit status: 1)",
        ),
        (
            Cause::KeyringSilent { entry: own("a/b"), within: String::new() },
            "the keyring did not answer about a/b",
        ),
        (Cause::OneOnInput, "standard input is the value of one variable"),
        (Cause::Refused(own("no")), "no"),
    ] {
        assert_eq!(cause.to_string(), said);
        assert_eq!(Error::from(cause).to_string(), said);
    }
}
